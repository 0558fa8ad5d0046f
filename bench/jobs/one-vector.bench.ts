// The latency of hashing one vector at a time, as a service does, with the cheapest hasher: almost all of it is the
// call itself, so there is no limit to divide by, only the time to stay under.

import { BinaryQuantizer } from '../../lib/index.ts';
import { randomVectors } from '../framework/data.ts';
import { type Bench, defineBench } from '../framework/define.ts';

const DIM = 128;

interface OneVectorHasher {
  hash(vectors: Float32Array): unknown;
}

function oneVectorBench(what: string, make: () => OneVectorHasher): Bench {
  return defineBench({
    name: `one-vector/${what}`,
    targets: { microseconds: { avx512: 2, avx2: 2 } },
    setup: () => {
      const vector = randomVectors(1, DIM);
      const hasher = make();
      return { run: () => hasher.hash(vector) };
    },
  });
}

export const benches: readonly Bench[] = [
  oneVectorBench('quantize-128', () => BinaryQuantizer.create({ dim: DIM })),
];
