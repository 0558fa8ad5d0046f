// The price of SimHash with a dense projection, through the public call: batches against the peak of multiply-adds,
// the same on two threads against one, and a single vector, where the call itself counts.

import { SimHash } from '../lib/index.ts';
import { randomVectors } from './framework/data.ts';
import { type Bench, defineBench } from './framework/define.ts';

const rowsFor = (quick: boolean): number => (quick ? 9600 : 100_000);

function batchBench(dim: number, bits: number): Bench {
  return defineBench({
    name: `projection/simhash-${dim}-to-${bits}`,
    limit: 'fma',
    targets: { limitShare: { avx512: 0.88, avx2: 0.88 } },
    skipLevels: ['scalar', 'reference'],
    setup: ({ threads, quick }) => {
      const rows = rowsFor(quick);
      const vectors = randomVectors(rows, dim);
      const hasher = SimHash.create({ dim, bits, seed: 1 });
      const run = (): unknown => hasher.hash(vectors, { threads });
      return { run, items: rows, work: 2 * rows * dim * bits };
    },
  });
}

function twoThreadsBench(dim: number, bits: number): Bench {
  return defineBench({
    name: `projection/simhash-${dim}-to-${bits}-two-threads`,
    baseline: 'one thread',
    threads: 2,
    targets: { speedup: { avx512: 1.8, avx2: 1.8 } },
    skipLevels: ['scalar', 'reference'],
    setup: ({ quick }) => {
      const rows = rowsFor(quick);
      const vectors = randomVectors(rows, dim);
      const hasher = SimHash.create({ dim, bits, seed: 1 });
      return {
        run: () => hasher.hash(vectors, { threads: 2 }),
        baseline: () => hasher.hash(vectors, { threads: 1 }),
        items: rows,
      };
    },
  });
}

function oneVectorBench(dim: number, bits: number): Bench {
  return defineBench({
    name: `projection/simhash-${dim}-to-${bits}-one-vector`,
    limit: 'fma',
    targets: { microseconds: { avx512: 2, avx2: 2 } },
    setup: () => {
      const vector = randomVectors(1, dim);
      const hasher = SimHash.create({ dim, bits, seed: 1 });
      return { run: () => hasher.hash(vector), work: 2 * dim * bits };
    },
  });
}

export const benches: readonly Bench[] = [
  ...[128, 384, 768, 1536].flatMap((dim) => [256, 1024].map((bits) => batchBench(dim, bits))),
  twoThreadsBench(128, 1024),
  twoThreadsBench(768, 256),
  oneVectorBench(128, 256),
];
