// The k largest of each row, against std::partial_sort of the values (which does not even tell the indices), timed
// in the same process. Ties, constant and sorted rows must stay within three times the time of random ones.

import { activeBackend } from '../lib/backend/active.ts';
import { topK } from '../lib/index.ts';
import { randomVectors } from './framework/data.ts';
import { type Bench, defineBench, type Targets } from './framework/define.ts';
import { nativeLimits } from './framework/levels.ts';

type Kind = 'normal' | 'tied' | 'constant' | 'ascending' | 'descending';

function rowsOf(kind: Kind, rows: number, n: number): Float32Array {
  const values = randomVectors(rows, n);
  switch (kind) {
    case 'tied':
      return values.map((_, i) => (Math.imul(i, 0x9e3779b1) >>> 26) & 63);
    case 'constant':
      return values.fill(3);
    case 'ascending':
      return values.map((_, i) => i % n);
    case 'descending':
      return values.map((_, i) => -(i % n));
    default:
      return values;
  }
}

function topBench(k: number, n: number, kind: Kind, targets: Targets): Bench {
  return defineBench({
    name: `top-k/${k}-of-${n}-${kind}`,
    baseline: 'std::partial_sort',
    targets,
    skipLevels: ['reference'],
    threads: 1,
    setup: ({ quick }) => {
      const rows = Math.ceil((quick ? 500_000 : 2_000_000) / n);
      const values = rowsOf(kind, rows, n);
      const scratch = new Float32Array(n);
      const sorted = new Float32Array(rows * k);
      const limits = nativeLimits();
      return {
        run: () => topK(values, { k, columns: n }),
        items: rows,
        baseline: () => limits.limitPartialSort(1, undefined, values, rows, n, k, scratch, sorted),
      };
    },
  });
}

/** The kernel alone, into memory that is there: what other kernels pay for a selection. */
function kernelBench(k: number, n: number): Bench {
  return defineBench({
    name: `top-k/kernel-${k}-of-${n}`,
    skipLevels: ['reference'],
    threads: 1,
    setup: () => {
      const rows = Math.ceil(500_000 / n);
      const values = randomVectors(rows, n);
      const ids = new Uint32Array(rows * k);
      const best = new Float32Array(rows * k);
      const args = [values, rows, n, k, ids, best] as const;
      return { run: () => activeBackend().run({ name: 'topK', args }, 1), items: rows };
    },
  });
}

const WORST: readonly Kind[] = ['tied', 'constant', 'ascending', 'descending'];

export const benches: readonly Bench[] = [
  topBench(32, 2_000, 'normal', { speedup: { avx512: 8, avx2: 8 } }),
  ...WORST.map((kind) => topBench(32, 2_000, kind, { microseconds: { avx512: 2.5, avx2: 2.5 } })),
  topBench(10, 2_000, 'normal', {}),
  topBench(100, 2_000, 'normal', {}),
  topBench(32, 16_000, 'normal', {}),
  topBench(784, 15_680, 'normal', {}),
  kernelBench(32, 2_000),
];
