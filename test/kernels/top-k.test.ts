/**
 * The top-k kernel at every level against its oracle, bit for bit, on ties, zeros of both signs, constant and sorted
 * rows, for small k and for k near n. A run checks every place of many rows: over 10^5 generated cases a level.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Backend } from '../../lib/backend/kernels.ts';
import { levelBackends, reference } from '../support/backends.ts';
import { atOffset, floats, length, RUNS } from '../support/generators.ts';

type Order = 'as drawn' | 'ascending' | 'descending' | 'constant';

interface Problem {
  rows: number;
  n: number;
  k: number;
  values: Float32Array;
  threads: number;
}

function ordered(values: Float32Array, order: Order): Float32Array {
  if (order === 'ascending') values.sort();
  if (order === 'descending') values.sort().reverse();
  if (order === 'constant') values.fill(values[0] ?? 0);
  return values;
}

const problem: fc.Arbitrary<Problem> = fc
  .record({
    rows: length(0, 6),
    n: fc.oneof(length(1, 100), fc.integer({ min: 280, max: 900 })),
    share: fc.constantFrom(0, 0.01, 0.1, 0.5, 1),
    offset: fc.nat(15),
    order: fc.constantFrom<Order[]>('as drawn', 'as drawn', 'ascending', 'descending', 'constant'),
  })
  .chain(({ rows, n, share, offset, order }) =>
    fc.record({
      rows: fc.constant(rows),
      n: fc.constant(n),
      k: fc.constant(Math.max(1, Math.floor(n * share))),
      values: floats(rows * n).map((values) => atOffset(ordered(values, order), offset)),
      threads: fc.integer({ min: 1, max: 3 }),
    }),
  );

function answer(on: Backend, { rows, n, k, values }: Problem, threads: number): unknown {
  const ids = new Uint32Array(rows * k).fill(0x55);
  const best = new Float32Array(rows * k).fill(0x55);
  const result = on.run({ name: 'topK', args: [values, rows, n, k, ids, best] }, threads);
  return [result, ...[ids, best].map((array) => Buffer.from(array.buffer).toString('base64'))];
}

describe.each([...levelBackends])('top-k at level %s', (_level, backend) => {
  it('gives the entries of the reference', () => {
    fc.assert(
      fc.property(problem, (p) => {
        expect(answer(backend, p, p.threads)).toEqual(answer(reference, p, 1));
      }),
      { numRuns: RUNS },
    );
  });

  it.each([
    [5000, 1],
    [5000, 127],
    [5000, 128],
    [5000, 129],
    [5000, 700],
    [5000, 5000],
  ])('gives those of %i values for k = %i, with 64 distinct values and with a sawtooth', (n, k) => {
    const tied = Float32Array.from({ length: n }, (_, i) => Math.imul(i, 40503) & 63);
    const sawtooth = Float32Array.from({ length: n }, (_, i) => (i % 500) + i / 8192);
    for (const values of [tied, sawtooth]) {
      const p = { rows: 1, n, k, values, threads: 1 };
      expect(answer(backend, p, 1)).toEqual(answer(reference, p, 1));
    }
  });
});
