/** DenseFly: its bits and keys by the definition, its laws, and its own bad options. */

import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { DenseFly, type DenseFlyOptions } from '../../lib/hash/dense-fly.ts';
import { stream } from '../../lib/random.ts';
import { allBackends, useBackend } from '../support/backends.ts';
import { floats } from '../support/generators.ts';

function centredSums(hasher: DenseFly, vector: Float32Array): number[] {
  const total = vector.reduce((sum, value) => Math.fround(sum + value), 0);
  const mean = Math.fround(total / vector.length);
  return Array.from({ length: hasher.bits }, (_, unit) => {
    const inputs = stream(hasher.seed, 'connections', unit).sample(hasher.fanIn, hasher.dim);
    return inputs.reduce((sum, i) => Math.fround(sum + Math.fround(vector[i] - mean)), 0);
  });
}

/** Vectors at a given angle to one direction, both with mean zero, before a shift. */
function pairAtAngle(dim: number, angle: number, seed: number): [Float64Array, Float64Array] {
  const draw = (index: number): Float64Array => {
    const v = new Float64Array(dim);
    stream(seed, 'sample', index).fillNormals(v);
    const mean = v.reduce((a, b) => a + b, 0) / dim;
    return v.map((x) => x - mean);
  };
  const dot = (a: Float64Array, b: Float64Array): number => a.reduce((s, x, i) => s + x * b[i], 0);
  const first = draw(0);
  const other = draw(1);
  const unit = first.map((x) => x / Math.sqrt(dot(first, first)));
  const along = dot(other, unit);
  const side = other.map((x, i) => x - along * unit[i]);
  const length = Math.sqrt(dot(side, side));
  return [unit, unit.map((x, i) => x * Math.cos(angle) + (side[i] / length) * Math.sin(angle))];
}

describe.each([...allBackends])('DenseFly on %s', (_name, backend) => {
  beforeEach(() => useBackend(backend));

  it('has a bit for each centred sum above 0, and a key bit for each block of them', () => {
    fc.assert(
      fc.property(floats(21), fc.nat(), (v, seed) => {
        const hasher = DenseFly.create({ dim: 21, bits: 48, fanIn: 4, seed });
        const own = centredSums(hasher, v);
        const codes = hasher.hash(v);
        expect(own.map((_, i) => codes.bit(0, i))).toEqual(own.map((sum) => (sum > 0 ? 1 : 0)));
        const keys = hasher.pseudoHash(v, 6);
        const blocks = Array.from({ length: 6 }, (_, b) =>
          own.slice(b * 8, b * 8 + 8).reduce((sum, x) => Math.fround(sum + x), 0),
        );
        expect(blocks.map((_, i) => keys.bit(0, i))).toEqual(blocks.map((s) => (s > 0 ? 1 : 0)));
        const margins = hasher.pseudoMargins(v, 6);
        expect(margins.every(Number.isFinite)).toBe(true);
        if ([...own, ...blocks].every(Number.isFinite)) {
          expect([...margins]).toEqual(blocks.map(Math.abs));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('with one unit a key bit, gives the code itself', () => {
    const hasher = DenseFly.create({ dim: 10, bits: 37, seed: 1 });
    const vectors = new Float32Array(10 * 20);
    stream(2, 'sample').fillNormals(vectors);
    expect(hasher.pseudoHash(vectors, 37).equals(hasher.hash(vectors))).toBe(true);
  });

  it('collides as SimHash does: bits differ with probability angle / pi, whatever the mean', () => {
    const dim = 64;
    const hasher = DenseFly.create({ dim, bits: 4096, fanIn: 16, seed: 3 });
    for (const degrees of [15, 45, 90, 135, 165]) {
      const angle = (degrees * Math.PI) / 180;
      const [a, b] = pairAtAngle(dim, angle, degrees);
      const codes = hasher.hash([Float32Array.from(a, (x) => x + 2), Float32Array.from(b)]);
      let different = 0;
      for (let bit = 0; bit < 4096; bit++) different += codes.bit(0, bit) ^ codes.bit(1, bit);
      expect(different / 4096).toBeCloseTo(degrees / 180, 1);
    }
  });

  it('gives 0 for constant vectors', () => {
    const hasher = DenseFly.create({ dim: 16, bits: 20, seed: 1 });
    const codes = hasher.hash([new Float32Array(16).fill(3), new Float32Array(16)]);
    expect(new Set(codes.data)).toEqual(new Set([0]));
  });

  it('gives the same keys on any number of threads, and empty ones', () => {
    const hasher = DenseFly.create({ dim: 16, bits: 320, seed: 5 });
    const vectors = new Float32Array(16 * 2000);
    stream(4, 'sample').fillNormals(vectors);
    const one = hasher.pseudoHash(vectors, 16);
    expect(hasher.pseudoHash(vectors, 16, { threads: 3 }).equals(one)).toBe(true);
    expect(hasher.pseudoHash([], 16).rows).toBe(0);
  });

  it.each([
    [{ dim: 3 }, TypeError, 'bits must be a number, got undefined'],
    [{ dim: 3, bits: 0 }, RangeError, 'bits must be a whole number from 1 to 16777216, got 0'],
    [{ dim: 3, bits: 8, fanIn: 0 }, RangeError, 'fanIn must be a whole number from 1 to 3, got 0'],
    [{ dim: 1.5, bits: 8 }, RangeError, 'dim must be a whole number'],
    [{ dim: 3, bits: 8, seed: 'a' }, TypeError, 'seed must be a number, got "a"'],
    [{ dim: 3, bits: 8, units: 8 }, TypeError, 'got "units"'],
  ])('refuses %j', (options, kind, sentence) => {
    const create = (): DenseFly => DenseFly.create(options as DenseFlyOptions);
    expect(create).toThrow(kind);
    expect(create).toThrow(sentence);
  });

  it('refuses keys that do not divide the bits', () => {
    const hasher = DenseFly.create({ dim: 3, bits: 20 });
    expect(() => hasher.pseudoHash([], 3)).toThrow(RangeError);
    expect(() => hasher.pseudoHash([], 3)).toThrow('keyBits must be a divisor of bits = 20, got 3');
    expect(() => hasher.pseudoHash([], 0)).toThrow('keyBits must be a whole number from 1 to 20');
    expect(() => hasher.pseudoHash([], '4' as never)).toThrow(TypeError);
    expect(() => hasher.pseudoMargins([], 3)).toThrow('keyBits must be a divisor of bits = 20');
    const bad = (): Float32Array => hasher.pseudoMargins([1, 2, 3, 4, Number.NaN, 5], 4);
    expect(bad).toThrow('vectors[1][1] must be finite, got NaN');
    expect(() => hasher.pseudoHash([1, 2, Number.NaN], 4)).toThrow('vectors[0][2] must be finite');
  });
});
