// The price of SimHash with Hadamard rotations, through the public call, against the dense projection of the same
// shape in the same process: the rotation does dim log dim additions instead of dim x bits multiply-adds.

import { SimHash } from '../lib/index.ts';
import { randomVectors } from './framework/data.ts';
import { type Bench, defineBench, type PerLevel } from './framework/define.ts';

function rotationBench(dim: number, bits: number, speedup?: PerLevel): Bench {
  return defineBench({
    name: `rotation/simhash-${dim}-to-${bits}`,
    baseline: 'gaussian',
    ...(speedup === undefined ? {} : { targets: { speedup } }),
    skipLevels: ['scalar', 'reference'],
    setup: ({ threads, quick }) => {
      const rows = quick ? 2000 : 8000;
      const vectors = randomVectors(rows, dim);
      const rotation = SimHash.create({ dim, bits, seed: 1, projection: 'hadamard' });
      const gaussian = SimHash.create({ dim, bits, seed: 1, projection: 'gaussian' });
      return {
        run: () => rotation.hash(vectors, { threads }),
        baseline: () => gaussian.hash(vectors, { threads }),
        items: rows,
      };
    },
  });
}

export const benches: readonly Bench[] = [
  rotationBench(128, 256),
  rotationBench(768, 1024),
  rotationBench(1024, 1024, { avx512: 10, avx2: 15 }),
];
