// What a second thread buys one query: the scan of all codes split over two threads against one, in turns. (The
// batches of hashing on two threads are in the benches of their kernels.)

import { BitCodes, HammingIndex } from '../../lib/index.ts';
import { randomBits } from '../framework/data.ts';
import { type Bench, defineBench } from '../framework/define.ts';

const oneQuery = defineBench({
  name: 'two-threads/hamming-1m-256-one',
  limit: 'xor-32m',
  baseline: 'one thread',
  threads: 2,
  targets: { speedup: 1 },
  setup: ({ threads, quick }) => {
    const bits = 256;
    const rows = quick ? 200_000 : 1_000_000;
    const codes = randomBits(rows, bits);
    const index = HammingIndex.create({ bits });
    index.add(BitCodes.from(codes, bits));
    const query = BitCodes.from(randomBits(1, bits, 2), bits);
    return {
      run: () => index.search(query, 10, { threads }),
      baseline: () => index.search(query, 10, { threads: 1 }),
      work: codes.length,
      limitBuffer: codes,
    };
  },
});

export const benches: readonly Bench[] = [oneQuery];
