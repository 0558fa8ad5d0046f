// SparseCodes: the bits they stand for, round trips, and every malformed input.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SparseCodes } from '../../lib/codes/sparse-codes.ts';
import { stream } from '../../lib/random.ts';

const sizes = fc
  .tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 1, max: 90 }), fc.nat())
  .chain(([rows, units, seed]) =>
    fc.integer({ min: 1, max: units }).map((active) => ({ rows, units, active, seed })),
  );

function randomCodes(rows: number, units: number, active: number, seed: number): SparseCodes {
  const indices = new Uint32Array(rows * active);
  for (let i = 0; i < rows; i++) {
    indices.set(stream(seed, 'sample', i).sample(active, units), i * active);
  }
  return SparseCodes.from(indices, { units, active });
}

describe('SparseCodes', () => {
  it('become bit codes with exactly their units set', () => {
    fc.assert(
      fc.property(sizes, ({ rows, units, active, seed }) => {
        const codes = randomCodes(rows, units, active, seed);
        const bits = codes.toBitCodes();
        expect([bits.rows, bits.bits]).toEqual([rows, units]);
        for (let i = 0; i < rows; i++) {
          const set = [...Array(units).keys()].filter((j) => bits.bit(i, j) === 1);
          expect(set).toEqual([...codes.row(i)]);
        }
      }),
    );
  });

  it('slices, iterates and compares rows', () => {
    const codes = SparseCodes.from(Uint32Array.of(1, 4, 0, 9, 2, 3), { units: 10, active: 2 });
    expect([...codes].map((row) => [...row])).toEqual([
      [1, 4],
      [0, 9],
      [2, 3],
    ]);
    expect([...codes.slice(1).indices]).toEqual([0, 9, 2, 3]);
    expect(codes.slice(-2, -1).equals(codes.slice(1, 2))).toBe(true);
    expect(codes.slice(0, 1).equals(codes.slice(1, 2))).toBe(false);
    expect(codes.slice(2, 1).rows).toBe(0);
    const wider = SparseCodes.from(codes.indices, { units: 11, active: 2 });
    expect(wider.equals(codes)).toBe(false);
    expect(codes.slice(0, 2).equals(codes)).toBe(false);
  });

  it('copies, or adopts when asked to', () => {
    const indices = Uint32Array.of(1, 2);
    const copied = SparseCodes.from(indices, { units: 9, active: 2 });
    const adopted = SparseCodes.adopt(indices, { units: 9, active: 2 });
    indices[0] = 0;
    expect([...copied.indices]).toEqual([1, 2]);
    expect(adopted.indices.buffer).toBe(indices.buffer);
    expect([...adopted.indices]).toEqual([0, 2]);
  });

  it('takes all indices up to 2^32 - 1', () => {
    const codes = SparseCodes.from(Uint32Array.of(0, 2 ** 32 - 1), { units: 2 ** 32, active: 2 });
    expect(codes.row(0)[1]).toBe(2 ** 32 - 1);
  });

  it('may be empty', () => {
    const codes = SparseCodes.from(new Uint32Array(0), { units: 5, active: 2 });
    expect(codes.rows).toBe(0);
    expect(codes.toBitCodes().rows).toBe(0);
  });
});

describe('SparseCodes refuses', () => {
  const from = (indices: number[], units: number, active: number): SparseCodes =>
    SparseCodes.from(Uint32Array.from(indices), { units, active });

  it('rows that do not ascend or leave the units', () => {
    expect(() => from([0, 1, 3, 3], 9, 2)).toThrow(
      new RangeError('indices[1][1] must be above 3, the index before it, got 3'),
    );
    expect(() => from([0, 1, 3, 2], 9, 2)).toThrow(RangeError);
    expect(() => from([0, 1, 3, 9], 9, 2)).toThrow(
      new RangeError('indices[1][1] must be below 9, got 9'),
    );
  });

  it('wrong sizes', () => {
    expect(() => from([0, 1, 2], 9, 2)).toThrow(/multiple of 2 active units, got 3/);
    expect(() => from([], 2, 3)).toThrow(/whole number from 1 to 2, got 3/);
    for (const size of [0, -1, 1.5, Number.NaN, 2 ** 33]) {
      expect(() => from([], size, 1)).toThrow(RangeError);
      expect(() => from([], 5, size)).toThrow(RangeError);
    }
    expect(() => from([], '5' as never, 1)).toThrow(TypeError);
    expect(() => SparseCodes.from(new Uint32Array(0), undefined as never)).toThrow(TypeError);
    expect(() => SparseCodes.from(new Uint32Array(0), { units: 5, k: 1 } as never)).toThrow(
      TypeError,
    );
  });

  it('other kinds of arrays, and detached ones', () => {
    for (const indices of [null, [0], new Int32Array(1), new Uint8Array(1)]) {
      expect(() => SparseCodes.from(indices as never, { units: 5, active: 1 })).toThrow(TypeError);
    }
    const indices = new Uint32Array(4);
    structuredClone(indices.buffer, { transfer: [indices.buffer] });
    expect(() => SparseCodes.from(indices, { units: 5, active: 1 })).toThrow(/detached/);
  });

  it('bit codes that no memory holds', () => {
    const indices = Uint32Array.from({ length: 1 << 16 }, () => 3);
    const codes = SparseCodes.from(indices, { units: 2 ** 32, active: 1 });
    expect(() => codes.toBitCodes()).toThrow(
      new RangeError('codes must take at most 4294967296 bytes, got 65536 rows of 536870912 bytes'),
    );
  });

  it('rows that are not there', () => {
    const codes = from([1, 2], 5, 1);
    for (const i of [-1, 2, 0.5, Number.NaN]) expect(() => codes.row(i)).toThrow(RangeError);
  });
});
