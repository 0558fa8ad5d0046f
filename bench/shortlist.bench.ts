// The price of shortlists: a whole search in a VectorIndex whose vectors are short, so that it is the codes that cost:
// a scan of 256 of 1,024 bits that keeps hundreds of rows, then whole codes of those. The limit is XOR and population
// count of the scanned bits, over cache for a batch and over memory for one query.

import { VectorIndex } from '../lib/index.ts';
import { randomVectors } from './framework/data.ts';
import { type Bench, defineBench } from './framework/define.ts';

const DIM = 32;
const SCANNED_BYTES = 32;

function shortlistBench(rows: number, queryCount: number, shortlist: number): Bench {
  return defineBench({
    name: `shortlist/${shortlist}-of-${rows}-by-${queryCount}`,
    limit: queryCount === 1 ? 'xor-32m' : 'xor-512k',
    skipLevels: ['scalar', 'reference'],
    setup: ({ threads, quick }) => {
      const count = quick ? rows / 4 : rows;
      const index = VectorIndex.create({ dim: DIM, shortlist });
      index.add(randomVectors(count, DIM));
      const queries = randomVectors(queryCount, DIM, 2);
      return {
        run: () => index.search(queries, 10, { threads }),
        items: queryCount,
        work: queryCount * count * SCANNED_BYTES,
      };
    },
  });
}

export const benches: readonly Bench[] = [
  shortlistBench(60_000, 200, 100),
  shortlistBench(60_000, 1, 100),
  shortlistBench(1_000_000, 100, 100),
];
