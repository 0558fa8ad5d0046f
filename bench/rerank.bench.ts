// The price of re-ranking: rows of a list are gathered from anywhere in memory, so that the limit is reading as much
// memory in order. Measured as a search for all of few rows, whose codes are then not looked at: a filter names them.

import { VectorIndex } from '../lib/index.ts';
import { randomVectors } from './framework/data.ts';
import { type Bench, defineBench } from './framework/define.ts';

const QUERIES = 64;
const LISTED = 400;

interface Size {
  readonly rows: number;
  readonly dim: number;
  readonly rerank: 'float32' | 'int8';
}

function rerankBench({ rows, dim, rerank }: Size): Bench {
  return defineBench({
    name: `rerank/${rerank}-${LISTED}-of-${rows}x${dim}`,
    limit: 'read-128m',
    skipLevels: ['scalar', 'reference'],
    setup: ({ threads }) => {
      const index = VectorIndex.create({ dim, metric: 'l2', rerank, bits: 64, shortlist: LISTED });
      index.add(randomVectors(rows, dim));
      const queries = randomVectors(QUERIES, dim, 2);
      const step = Math.floor(rows / LISTED);
      const filter = index.bitmap((_key, id) => id % step === 0 && id < step * LISTED);
      return {
        run: () => index.search(queries, 10, { threads, filter }),
        items: QUERIES * LISTED,
        work: QUERIES * LISTED * dim * (rerank === 'float32' ? 4 : 1),
      };
    },
  });
}

export const benches: readonly Bench[] = [
  rerankBench({ rows: 60_000, dim: 784, rerank: 'float32' }),
  rerankBench({ rows: 60_000, dim: 784, rerank: 'int8' }),
  rerankBench({ rows: 6_000, dim: 512, rerank: 'float32' }),
];
