// Inputs that make selection hard: rows of one value, rows with one value that is not zero, and few distinct
// values. They must stay exact (test/kernels) and within three times the usual time.

import { FlyHash } from '../../lib/index.ts';
import { randomVectors } from '../framework/data.ts';
import { type Bench, defineBench } from '../framework/define.ts';

type Fill = (usual: Float32Array, dim: number) => Float32Array;

const FILLS: Record<string, Fill> = {
  constant: (usual) => new Float32Array(usual.length).fill(1),
  'one-hot': (usual, dim) => {
    const values = new Float32Array(usual.length);
    for (let row = 0; row * dim < values.length; row++) values[row * dim + (row % dim)] = 1;
    return values;
  },
  'four-values': (usual) => usual.map((value) => Math.abs(Math.trunc(value)) % 4),
};

function worstCase(dim: number, active: number, kind: string): Bench {
  return defineBench({
    name: `worst-cases/fly-${dim}-${kind}`,
    baseline: 'usual rows',
    targets: { speedup: 1 / 3 },
    skipLevels: ['reference'],
    setup: ({ threads, quick }) => {
      const rows = Math.round((quick ? 1_000 : 10_000) * (128 / dim));
      const usual = randomVectors(rows, dim);
      const hard = FILLS[kind](usual, dim);
      const fanIn = Math.round(dim / 10);
      const hasher = FlyHash.create({ dim, units: 20 * dim, active, fanIn, seed: 1 });
      return {
        run: () => hasher.hash(hard, { threads }),
        baseline: () => hasher.hash(usual, { threads }),
        items: rows,
      };
    },
  });
}

export const benches: readonly Bench[] = Object.keys(FILLS).flatMap((kind) => [
  worstCase(128, 128, kind),
  worstCase(784, 784, kind),
]);
