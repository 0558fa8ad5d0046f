/** FlyHash: its winners, its laws, the winners' values, and its own bad options. */

import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { FlyHash, type FlyHashOptions } from '../../lib/hash/fly-hash.ts';
import { stream } from '../../lib/random.ts';
import { allBackends, useBackend } from '../support/backends.ts';

/** Integers: sums of a few are exact, so laws over the reals hold exactly. */
const integers = (rows: number, dim: number): fc.Arbitrary<Float32Array> =>
  fc
    .array(fc.integer({ min: -1000, max: 1000 }), {
      minLength: rows * dim,
      maxLength: rows * dim,
    })
    .map((values) => Float32Array.from(values));

/** The sums of one vector by the definition, from connections drawn anew. */
function sums(hasher: FlyHash, vector: Float32Array): number[] {
  return Array.from({ length: hasher.units }, (_, unit) => {
    const inputs = stream(hasher.seed, 'connections', unit).sample(hasher.fanIn, hasher.dim);
    return inputs.reduce((sum, input) => Math.fround(sum + vector[input]), 0);
  });
}

describe.each([...allBackends])('FlyHash on %s', (_name, backend) => {
  beforeEach(() => useBackend(backend));

  it('has defaults of 10 x dim units, a twentieth of them active, a tenth of the inputs each', () => {
    const { units, active, fanIn, seed } = FlyHash.create({ dim: 128 });
    expect({ units, active, fanIn, seed }).toEqual({ units: 1280, active: 64, fanIn: 12, seed: 0 });
    const least = FlyHash.create({ dim: 1 });
    expect([least.units, least.active, least.fanIn]).toEqual([10, 1, 1]);
  });

  it('takes the largest sums, ties to the smaller unit, ascending, with their values', () => {
    fc.assert(
      fc.property(integers(1, 20), fc.nat(), fc.integer({ min: 1, max: 60 }), (v, seed, active) => {
        const hasher = FlyHash.create({ dim: 20, units: 60, active, fanIn: 3, seed });
        const own = sums(hasher, v);
        const order = own.map((_, unit) => unit).sort((a, b) => own[b] - own[a] || a - b);
        const winners = order.slice(0, active).sort((a, b) => a - b);
        const { codes, values } = hasher.activations(v);
        expect([...codes.indices]).toEqual(winners);
        expect([...values]).toEqual(winners.map((unit) => own[unit]));
        expect(codes.equals(hasher.hash(v))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('gives exactly `active` winners, ascending, for any vectors', () => {
    const hasher = FlyHash.create({ dim: 40, units: 900, active: 45, seed: 1 });
    const vectors = new Float32Array(40 * 33);
    stream(9, 'sample').fillNormals(vectors);
    vectors.fill(0, 0, 40);
    vectors.fill(3e38, 40, 80);
    vectors.fill(-3e38, 80, 120);
    const codes = hasher.hash(vectors);
    expect([codes.rows, codes.active, codes.units]).toEqual([33, 45, 900]);
    for (const row of codes) {
      expect(row.every((unit, i) => unit < 900 && (i === 0 || unit > row[i - 1]))).toBe(true);
    }
    for (const row of [0, 1, 2]) {
      expect([...codes.row(row)]).toEqual(Array.from({ length: 45 }, (_, i) => i));
    }
  });

  it('does not change codes by a power of two or an added constant', () => {
    const hasher = FlyHash.create({ dim: 30, units: 400, active: 20, seed: 2 });
    fc.assert(
      fc.property(
        integers(5, 30),
        fc.integer({ min: -40, max: 40 }),
        fc.integer({ min: -5000, max: 5000 }),
        (vectors, power, constant) => {
          const codes = hasher.hash(vectors);
          expect(hasher.hash(vectors.map((v) => v * 2 ** power)).equals(codes)).toBe(true);
          expect(hasher.hash(vectors.map((v) => v + constant)).equals(codes)).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('orders sums that overflow to infinity', () => {
    const hasher = FlyHash.create({ dim: 4, units: 50, active: 5, fanIn: 2, seed: 7 });
    const v = Float32Array.of(3e38, 3e38, -3e38, -3e38);
    const own = sums(hasher, v);
    expect(own).toContain(Number.POSITIVE_INFINITY);
    const order = own.map((_, unit) => unit);
    order.sort((a, b) => (own[a] === own[b] ? a - b : own[a] > own[b] ? -1 : 1));
    const winners = order.slice(0, 5).sort((a, b) => a - b);
    expect([...hasher.hash(v).indices]).toEqual(winners);
  });

  it('gives the same activations on any number of threads, and empty ones', () => {
    const hasher = FlyHash.create({ dim: 16, units: 300, seed: 5 });
    const vectors = new Float32Array(16 * 2000);
    stream(4, 'sample').fillNormals(vectors);
    const one = hasher.activations(vectors);
    const three = hasher.activations(vectors, { threads: 3 });
    expect(three.codes.equals(one.codes)).toBe(true);
    expect(three.values).toEqual(one.values);
    const none = hasher.activations([]);
    expect([none.codes.rows, none.values.length]).toEqual([0, 0]);
  });

  it.each([
    [{ dim: 0 }, RangeError, 'dim must be a whole number from 1 to 16777216, got 0'],
    [{ dim: '3' }, TypeError, 'dim must be a number, got "3"'],
    [{ dim: 3, units: 0 }, RangeError, 'units must be a whole number from 1 to 16777216, got 0'],
    [{ dim: 3, units: 2 ** 25 }, RangeError, 'units must be a whole number'],
    [{ dim: 3, active: 31 }, RangeError, 'active must be a whole number from 1 to 30, got 31'],
    [{ dim: 3, active: 0 }, RangeError, 'active must be a whole number from 1 to 30, got 0'],
    [{ dim: 3, fanIn: 4 }, RangeError, 'fanIn must be a whole number from 1 to 3, got 4'],
    [{ dim: 3, seed: -1 }, RangeError, 'seed must be a whole number'],
    [{ dim: 3, unit: 5 }, TypeError, 'got "unit"'],
    [{ dim: 2 ** 24, units: 2 ** 24 }, RangeError, 'connections, must take at most'],
    [null, TypeError, 'options must be an object, got null'],
  ])('refuses %j', (options, kind, sentence) => {
    const create = (): FlyHash => FlyHash.create(options as FlyHashOptions);
    expect(create).toThrow(kind);
    expect(create).toThrow(sentence);
  });

  it('refuses bad arguments of activations as hash does', () => {
    const hasher = FlyHash.create({ dim: 3 });
    expect(() => hasher.activations([1, 2])).toThrow('vectors must have a multiple of dim = 3');
    expect(() => hasher.activations([1, 2, Number.NaN])).toThrow(
      'vectors[0][2] must be finite, got NaN',
    );
    expect(() => hasher.activations([], { threads: 0 })).toThrow(RangeError);
    expect(() => hasher.activations([], { signal: 1 } as never)).toThrow(TypeError);
  });
});
