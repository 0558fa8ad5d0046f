/**
 * The projection kernel at every level against its oracle, bit for bit. Each property run checks all outputs of
 * many rows: over 10^5 generated cases a level.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packPanels, packThresholds } from '../../lib/hash/panels.ts';
import { levelBackends, reference } from '../support/backends.ts';
import { atOffset, floats, length, RUNS } from '../support/generators.ts';

const shape = fc.record({
  rows: length(0, 15),
  dim: length(1, 70),
  bits: length(1, 140),
  offset: fc.nat(15),
});
const threads = fc.integer({ min: 1, max: 3 });

const problem = shape.chain(({ rows, dim, bits, offset }) =>
  fc.record({
    rows: fc.constant(rows),
    dim: fc.constant(dim),
    bits: fc.constant(bits),
    vectors: floats(rows * dim).map((values) => atOffset(values, offset)),
    weights: floats(bits * dim),
    thresholds: floats(bits),
    threads,
  }),
);

describe.each([...levelBackends])('projection at level %s', (_level, backend) => {
  it('gives the codes of the reference', () => {
    fc.assert(
      fc.property(problem, ({ rows, dim, bits, vectors, weights, thresholds, threads }) => {
        const panels = packPanels(weights, bits, dim);
        const packed = packThresholds(thresholds);
        const codeBytes = Math.ceil(bits / 8);
        const expected = new Uint8Array(rows * codeBytes);
        const actual = new Uint8Array(rows * codeBytes).fill(0xff);
        const call = (codes: Uint8Array) =>
          ({
            name: 'projectionSigns',
            args: [vectors, rows, dim, panels, packed, bits, codes],
          }) as const;
        expect(backend.run(call(actual), threads)).toBe(reference.run(call(expected), 1));
        expect(actual).toEqual(expected);
      }),
      { numRuns: RUNS },
    );
  });

  it('gives the values of the reference', () => {
    fc.assert(
      fc.property(problem, ({ rows, dim, bits, vectors, weights, threads }) => {
        const panels = packPanels(weights, bits, dim);
        const expected = new Float32Array(rows * bits);
        const actual = new Float32Array(rows * bits).fill(Number.NaN);
        const call = (values: Float32Array) =>
          ({ name: 'projectionValues', args: [vectors, rows, dim, panels, bits, values] }) as const;
        backend.run(call(actual), threads);
        reference.run(call(expected), 1);
        expect(new Uint32Array(actual.buffer)).toEqual(new Uint32Array(expected.buffer));
      }),
      { numRuns: RUNS },
    );
  });
});
