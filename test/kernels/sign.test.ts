/** The sign kernel at every level against its oracle, and the check for finite values that guards all hashers. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { levelBackends, reference } from '../support/backends.ts';
import { atOffset, floats, length, RUNS } from '../support/generators.ts';

const problem = fc
  .record({
    rows: length(0, 15),
    dim: length(1, 130),
    offset: fc.nat(15),
    threads: fc.integer({ min: 1, max: 3 }),
  })
  .chain(({ rows, dim, offset, threads }) =>
    fc.record({
      rows: fc.constant(rows),
      dim: fc.constant(dim),
      threads: fc.constant(threads),
      vectors: floats(rows * dim).map((values) => atOffset(values, offset)),
      thresholds: floats(dim),
    }),
  );

describe.each([...levelBackends])('sign at level %s', (_level, backend) => {
  it('gives the codes of the reference', () => {
    fc.assert(
      fc.property(problem, ({ rows, dim, threads, vectors, thresholds }) => {
        const expected = new Uint8Array(rows * Math.ceil(dim / 8));
        const actual = new Uint8Array(expected.length).fill(0xff);
        backend.run({ name: 'signCodes', args: [vectors, rows, dim, thresholds, actual] }, threads);
        reference.run({ name: 'signCodes', args: [vectors, rows, dim, thresholds, expected] }, 1);
        expect(actual).toEqual(expected);
      }),
      { numRuns: RUNS },
    );
  });

  it('reports the first value that is not finite, on any number of threads', () => {
    const values = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
    fc.assert(
      fc.property(
        problem,
        fc.array(fc.tuple(fc.nat(), values), { minLength: 1, maxLength: 4 }),
        (p, spoiled) => {
          fc.pre(p.rows > 0);
          for (const [at, value] of spoiled) p.vectors[at % p.vectors.length] = value;
          const expected = Math.min(...spoiled.map(([at]) => at % p.vectors.length));
          const codes = new Uint8Array(p.rows * Math.ceil(p.dim / 8));
          const args = [p.vectors, p.rows, p.dim, p.thresholds, codes] as const;
          const first = p.vectors.findIndex((value) => !Number.isFinite(value));
          expect(first).toBeLessThanOrEqual(expected);
          expect(backend.run({ name: 'signCodes', args: [...args] }, p.threads)).toBe(first);
          expect(reference.run({ name: 'signCodes', args: [...args] }, 1)).toBe(first);
        },
      ),
      { numRuns: RUNS },
    );
  });
});
