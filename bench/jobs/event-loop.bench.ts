// How free the event loop stays while a million vectors are hashed beside it: the 99th percentile of its delay
// with as many threads as hashAsync takes when nobody says. A service that answers requests meanwhile waits
// that long.

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { SimHash } from '../../lib/index.ts';
import { randomVectors } from '../framework/data.ts';
import { type Bench, defineBench } from '../framework/define.ts';

const RESOLUTION_MILLISECONDS = 1;

export const benches: readonly Bench[] = [
  defineBench({
    name: 'event-loop/simhash-async-1m-128-256',
    targets: { readings: { 'p99 delay ms': 10 } },
    skipLevels: ['scalar', 'reference'],
    setup: ({ quick }) => {
      const dim = 128;
      const rows = quick ? 100_000 : 1_000_000;
      const vectors = randomVectors(rows, dim);
      const hasher = SimHash.create({ dim, bits: 256, seed: 1, projection: 'gaussian' });
      const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MILLISECONDS });
      let calls = 0;
      return {
        run: () => {
          // The first call warms up; input made by setup still delays the loop before it.
          if (calls++ === 1) delay.enable();
          return hasher.hashAsync(vectors);
        },
        items: rows,
        readings: () => {
          delay.disable();
          return { 'p99 delay ms': delay.percentile(99) / 1e6, 'most ms': delay.max / 1e6 };
        },
        close: () => delay.disable(),
      };
    },
  }),
];
