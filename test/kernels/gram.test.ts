/** The Gram matrix at every level against its oracle, bit for bit, on one to three threads. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Backend } from '../../lib/backend/kernels.ts';
import { levelBackends, reference } from '../support/backends.ts';
import { atOffset, floats, length, RUNS } from '../support/generators.ts';

const problem = fc
  .record({ rows: length(0, 40), columns: length(1, 70), offset: fc.nat(15) })
  .chain(({ rows, columns, offset }) =>
    fc.record({
      ...{ rows: fc.constant(rows), columns: fc.constant(columns) },
      vectors: floats(rows * columns).map((values) => atOffset(values, offset)),
      threads: fc.integer({ min: 1, max: 3 }),
    }),
  );

/** The bytes of the entries, so that 0 and -0 differ. */
function gramBy(
  backend: Backend,
  vectors: Float32Array,
  rows: number,
  columns: number,
  threads: number,
): string {
  const gram = new Float64Array(columns * columns).fill(7);
  const args = [vectors, rows, columns, gram] as const;
  expect(backend.run({ name: 'gramMatrix', args }, threads)).toBe(0);
  return Buffer.from(gram.buffer).toString('latin1');
}

describe.each([...levelBackends])('Gram matrix at level %s', (_level, backend) => {
  it('is that of the reference', () => {
    fc.assert(
      fc.property(problem, ({ rows, columns, vectors, threads }) => {
        const actual = gramBy(backend, vectors, rows, columns, threads);
        expect(actual).toBe(gramBy(reference, vectors, rows, columns, 1));
      }),
      { numRuns: RUNS },
    );
  });

  it.each([
    [700, 33],
    [131, 200],
    [64, 24],
  ])('of many rows and columns: %i x %i', (rows, columns) => {
    const vectors = Float32Array.from(
      { length: rows * columns },
      (_, i) => (((i * 7919) % 2003) - 1001) / 700,
    );
    const expected = gramBy(reference, vectors, rows, columns, 1);
    for (const threads of [1, 2, 3]) {
      expect(gramBy(backend, vectors, rows, columns, threads)).toBe(expected);
    }
  });
});
