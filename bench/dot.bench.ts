// The price of exact neighbours: exactNeighbors over float vectors that lie in cache or in memory. A pair costs a
// multiply-add an element, and for L2 a subtraction more, so the multiply-add peak bounds batches; one query over data
// in memory is bounded by reading the data once.

import { exactNeighbors, type Metric } from '../lib/index.ts';
import { randomVectors } from './framework/data.ts';
import { type Bench, defineBench } from './framework/define.ts';

interface Size {
  rows: number;
  queries: number;
  dim: number;
  k: number;
}

function neighborsBench(metric: Metric, size: Size): Bench {
  const { queries, dim, k } = size;
  return defineBench({
    name: `dot/${metric}-${size.rows}x${dim}-top${k}-by${queries}`,
    limit: queries === 1 ? 'read-128m' : 'fma',
    skipLevels: ['scalar', 'reference'],
    setup: ({ threads, quick }) => {
      const rows = quick ? Math.ceil(size.rows / 4) : size.rows;
      const data = randomVectors(rows, dim);
      const asked = randomVectors(queries, dim, 2);
      return {
        run: () => exactNeighbors(data, asked, k, { metric, dim, threads }),
        items: queries,
        work: queries === 1 ? data.byteLength : 2 * rows * queries * dim,
      };
    },
  });
}

export const benches: readonly Bench[] = [
  neighborsBench('dot', { rows: 20000, queries: 100, dim: 128, k: 10 }),
  neighborsBench('l2', { rows: 20000, queries: 100, dim: 128, k: 10 }),
  neighborsBench('cosine', { rows: 20000, queries: 100, dim: 128, k: 10 }),
  neighborsBench('l2', { rows: 20000, queries: 100, dim: 128, k: 200 }),
  neighborsBench('dot', { rows: 20000, queries: 100, dim: 784, k: 10 }),
  neighborsBench('l2', { rows: 20000, queries: 100, dim: 784, k: 10 }),
  neighborsBench('l2', { rows: 250000, queries: 1, dim: 128, k: 10 }),
  neighborsBench('dot', { rows: 250000, queries: 1, dim: 128, k: 10 }),
];
