// What codes that were learnt cost to make: Itq hashes by one projection and thresholds of its own, so that it should take
// as long as SimHash with Gaussian weights, which is timed beside it.

import { Itq, SimHash } from '../../lib/index.ts';
import { randomVectors } from '../framework/data.ts';
import { type Bench, defineBench } from '../framework/define.ts';

function itqBench(dim: number, bits: number): Bench {
  return defineBench({
    name: `learned-codes/itq-${dim}-to-${bits}`,
    limit: 'fma',
    baseline: 'SimHash gaussian',
    targets: { speedup: 0.97 },
    skipLevels: ['scalar', 'reference'],
    setup: async ({ threads, quick }) => {
      const rows = quick ? 4800 : 48_000;
      const vectors = randomVectors(rows, dim);
      const sample = vectors.subarray(0, 4 * dim * dim);
      const itq = await Itq.train(sample, { dim, bits, seed: 1, iterations: 1 });
      const simHash = await SimHash.train(sample, { dim, bits, seed: 1, center: true });
      return {
        run: () => itq.hash(vectors, { threads }),
        baseline: () => simHash.hash(vectors, { threads }),
        items: rows,
        work: 2 * rows * dim * bits,
      };
    },
  });
}

export const benches: readonly Bench[] = [itqBench(384, 256), itqBench(784, 64)];
