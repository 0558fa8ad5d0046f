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

  it.each([
    [0, 3, 5],
    [203, 33, 73],
    [96, 16, 64],
    [109, 2047, 17],
    [103, 2049, 9],
    [14, 4100, 70],
    [1, 5000, 200],
  ])('takes many rows and long inputs: %i x %i to %i', (rows, dim, bits) => {
    const mixed = (count: number, step: number) =>
      Float32Array.from({ length: count }, (_, i) => (((i * step) % 2003) - 1001) / 700);
    const vectors = mixed(rows * dim, 7919);
    const panels = packPanels(mixed(bits * dim, 104729), bits, dim);
    const expected = new Float32Array(rows * bits);
    const actual = new Float32Array(rows * bits).fill(7);
    backend.run({ name: 'projectionValues', args: [vectors, rows, dim, panels, bits, actual] }, 2);
    reference.run(
      { name: 'projectionValues', args: [vectors, rows, dim, panels, bits, expected] },
      1,
    );
    expect(Buffer.from(actual.buffer).equals(Buffer.from(expected.buffer))).toBe(true);
    const packed = packThresholds(rows > 0 ? expected.slice(0, bits) : new Float32Array(bits));
    const codes = [backend, reference].map((each) => {
      const data = new Uint8Array(rows * Math.ceil(bits / 8)).fill(0xff);
      each.run(
        { name: 'projectionSigns', args: [vectors, rows, dim, panels, packed, bits, data] },
        2,
      );
      return Buffer.from(data.buffer);
    });
    expect(codes[0].equals(codes[1])).toBe(true);
  });
});
