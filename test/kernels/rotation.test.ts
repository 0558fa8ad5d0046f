/**
 * The rotation kernel at every level against its oracle, bit for bit. Each property run checks all outputs of
 * many rows: over 10^5 generated cases a level.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packThresholds } from '../../lib/hash/panels.ts';
import { levelBackends, reference } from '../support/backends.ts';
import { atOffset, floats, length, RUNS } from '../support/generators.ts';

interface Problem {
  readonly rows: number;
  readonly dim: number;
  readonly size: number;
  readonly bits: number;
  readonly vectors: Float32Array;
  readonly signs: Uint32Array;
  readonly thresholds: Float32Array;
  readonly threads: number;
}

/** Sign words from a linear congruential sequence: their pattern matters less than the values. */
function signWords(count: number, seed: number): Uint32Array {
  let state = seed;
  return Uint32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state & 0x80000000;
  });
}

const problem: fc.Arbitrary<Problem> = fc
  .record({
    rows: length(0, 7),
    size: fc.constantFrom(16, 32, 64, 128, 256, 512),
    seed: fc.integer(),
    offset: fc.nat(15),
    threads: fc.integer({ min: 1, max: 3 }),
  })
  .chain(({ rows, size, seed, offset, threads }) =>
    fc
      .record({ dim: length(1, Math.min(size, 140)), bits: length(1, 2 * size + 30) })
      .chain(({ dim, bits }) =>
        fc.record({
          rows: fc.constant(rows),
          size: fc.constant(size),
          dim: fc.constant(dim),
          bits: fc.constant(bits),
          vectors: floats(rows * dim).map((values) => atOffset(values, offset)),
          signs: fc.constant(signWords(Math.ceil(bits / size) * 3 * size, seed)),
          thresholds: floats(16).map((few) =>
            Float32Array.from({ length: bits }, (_, j) => few[j & 15]),
          ),
          threads: fc.constant(threads),
        }),
      ),
  );

function signsCall(p: Problem, thresholds: Float32Array, codes: Uint8Array) {
  const args = [p.vectors, p.rows, p.dim, p.size, p.signs, thresholds, p.bits, codes] as const;
  return { name: 'rotationSigns', args } as const;
}

function valuesCall(p: Problem, values: Float32Array) {
  const args = [p.vectors, p.rows, p.dim, p.size, p.signs, p.bits, values] as const;
  return { name: 'rotationValues', args } as const;
}

/** Bit patterns, with every NaN made the same one: its payload is not part of the law. */
function patterns(values: Float32Array): Uint32Array {
  return new Uint32Array(values.map((value) => (Number.isNaN(value) ? Number.NaN : value)).buffer);
}

describe.each([...levelBackends])('rotation at level %s', (_level, backend) => {
  it('gives the values of the reference', () => {
    fc.assert(
      fc.property(problem, (p) => {
        const expected = new Float32Array(p.rows * p.bits);
        const actual = new Float32Array(expected.length).fill(7);
        expect(backend.run(valuesCall(p, actual), p.threads)).toBe(
          reference.run(valuesCall(p, expected), 1),
        );
        expect(patterns(actual)).toEqual(patterns(expected));
      }),
      { numRuns: RUNS },
    );
  });

  it('gives the codes of the reference, ties included', () => {
    fc.assert(
      fc.property(problem, fc.boolean(), (p, tied) => {
        const codeBytes = Math.ceil(p.bits / 8);
        const expected = new Uint8Array(p.rows * codeBytes);
        const actual = new Uint8Array(expected.length).fill(0xff);
        const { thresholds } = p;
        if (tied && p.rows > 0) {
          const values = new Float32Array(p.rows * p.bits);
          reference.run(valuesCall(p, values), 1);
          thresholds.set(values.subarray(0, p.bits));
        }
        const packed = packThresholds(thresholds);
        backend.run(signsCall(p, packed, actual), p.threads);
        reference.run(signsCall(p, packed, expected), 1);
        expect(actual).toEqual(expected);
      }),
      { numRuns: RUNS },
    );
  });

  it.each([
    [3, 1000, 1024, 1024],
    [2, 2048, 2048, 5000],
    [1, 5000, 8192, 8192],
    [1, 70_000, 131_072, 1000],
  ])('takes large rows: %i x %i in a rotation of %i to %i', (rows, dim, size, bits) => {
    const vectors = Float32Array.from({ length: rows * dim }, (_, i) => ((i * 7919) % 2003) - 1001);
    const signs = signWords(Math.ceil(bits / size) * 3 * size, 5);
    const p = {
      rows,
      dim,
      size,
      bits,
      vectors,
      signs,
      thresholds: new Float32Array(bits),
      threads: 2,
    };
    const expected = new Float32Array(rows * bits);
    const actual = new Float32Array(expected.length);
    backend.run(valuesCall(p, actual), 2);
    reference.run(valuesCall(p, expected), 1);
    expect(Buffer.from(actual.buffer).equals(Buffer.from(expected.buffer))).toBe(true);
  });

  it('is refused for a size that is no power of two', () => {
    const p = {
      ...{ rows: 1, dim: 3, size: 24, bits: 4, threads: 1 },
      vectors: new Float32Array(3),
      signs: new Uint32Array(72),
      thresholds: new Float32Array(4),
    };
    expect(() => backend.run(valuesCall(p, new Float32Array(4)), 1)).toThrow(RangeError);
  });
});
