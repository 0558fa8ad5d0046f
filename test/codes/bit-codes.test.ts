// BitCodes: numpy's packbits as fixtures, round trips as properties, and every malformed input.

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BitCodes } from '../../lib/codes/bit-codes.ts';

interface Case {
  rows: number;
  bits: number;
  matrix: string[];
  msb: number[][];
  lsb: number[][];
  ubinary: number[][];
  binary: number[][];
}
const fixtures = JSON.parse(
  readFileSync(new URL('../fixtures/packbits.json', import.meta.url), 'utf8'),
) as { cases: Case[] };

const zeroPadded = fc
  .tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 1, max: 70 }), fc.nat())
  .map(([rows, bits, seed]) => {
    const bytes = Math.ceil(bits / 8);
    const data = Uint8Array.from({ length: rows * bytes }, (_, i) => (seed * (i + 7)) >> (i % 11));
    for (let row = 1; row <= rows; row++) data[row * bytes - 1] &= 0xff << (bytes * 8 - bits);
    return { data, bits, rows };
  });

function transfer(data: Uint8Array | Int8Array): void {
  structuredClone(data.buffer, { transfer: [data.buffer as ArrayBuffer] });
}

describe('BitCodes agrees with numpy', () => {
  it.each(fixtures.cases)('on $bits bits', ({ rows, bits, matrix, msb, lsb, ubinary, binary }) => {
    const codes = BitCodes.from(Uint8Array.from(msb.flat()), bits);
    expect(codes.rows).toBe(rows);
    expect(codes.bytes).toBe(Math.ceil(bits / 8));
    matrix.forEach((row, i) => {
      expect([...row].map((_, j) => codes.bit(i, j)).join('')).toBe(row);
      expect([...codes.row(i)]).toEqual(msb[i]);
    });
    expect(BitCodes.from(Uint8Array.from(lsb.flat()), bits, { order: 'lsb' }).equals(codes)).toBe(
      true,
    );
    expect(BitCodes.fromUbinary(Uint8Array.from(ubinary.flat()), bits).equals(codes)).toBe(true);
    expect(BitCodes.fromBinary(Int8Array.from(binary.flat()), bits).equals(codes)).toBe(true);
    expect([...codes.toUbinary()]).toEqual(ubinary.flat());
    expect([...codes.toBinary()]).toEqual(binary.flat());
    expect([...codes.toLsb()]).toEqual(lsb.flat());
  });
});

describe('BitCodes', () => {
  it('round-trips through every form', () => {
    fc.assert(
      fc.property(zeroPadded, ({ data, bits, rows }) => {
        const codes = BitCodes.from(data, bits);
        expect(codes.rows).toBe(rows);
        expect(BitCodes.fromUbinary(codes.toUbinary(), bits).data).toEqual(data);
        expect(BitCodes.fromBinary(codes.toBinary(), bits).data).toEqual(data);
        expect(BitCodes.from(codes.toLsb(), bits, { order: 'lsb' }).data).toEqual(data);
        expect(BitCodes.from(codes.toBuffer(), bits).data).toEqual(data);
        expect(Uint8Array.from([...codes].flatMap((row) => [...row]))).toEqual(data);
      }),
    );
  });

  it('slices as arrays do', () => {
    const rows = [3, 1, 4, 1, 5];
    const codes = BitCodes.from(Uint8Array.from(rows), 8);
    const bound = fc.option(fc.integer({ min: -8, max: 8 }), { nil: undefined });
    fc.assert(
      fc.property(bound, bound, (a, b) => {
        expect([...codes.slice(a, b).data]).toEqual(rows.slice(a, b));
      }),
    );
    expect(codes.slice(1, 3).slice(1).row(0)[0]).toBe(4);
    expect(codes.slice(Number.NaN, Number.POSITIVE_INFINITY).rows).toBe(5);
  });

  it('copies: later writes to the input change nothing', () => {
    const data = Uint8Array.of(1, 2);
    const codes = BitCodes.from(data, 8);
    const ubinary = codes.toUbinary();
    data[0] = 9;
    ubinary[1] = 9;
    expect([...codes.data]).toEqual([1, 2]);
    const buffer = Buffer.from([1, 2]);
    const fromBuffer = BitCodes.from(buffer, 8);
    buffer[0] = 9;
    expect(fromBuffer.equals(codes)).toBe(true);
    expect(fromBuffer.data.constructor).toBe(Uint8Array);
  });

  it('adopts without a copy, shared memory too', () => {
    const data = new Uint8Array(new SharedArrayBuffer(4));
    const codes = BitCodes.adopt(data, 16);
    expect(codes.data.buffer).toBe(data.buffer);
    data[3] = 7;
    expect(codes.row(1)[1]).toBe(7);
    expect(BitCodes.from(data, 16).data.buffer).toBeInstanceOf(ArrayBuffer);
    expect(codes.toBuffer().buffer).toBe(data.buffer);
  });

  it('compares rows, bits and bytes', () => {
    const codes = BitCodes.from(Uint8Array.of(0x80, 0), 8);
    expect(codes.equals(BitCodes.from(Uint8Array.of(0x80, 0), 8))).toBe(true);
    expect(codes.equals(BitCodes.from(Uint8Array.of(0x80, 0), 7))).toBe(false);
    expect(codes.equals(BitCodes.from(Uint8Array.of(0x80), 8))).toBe(false);
    expect(codes.equals(BitCodes.from(Uint8Array.of(0x80, 1), 8))).toBe(false);
  });

  it('may be empty', () => {
    const codes = BitCodes.from(new Uint8Array(0), 256);
    expect(codes.rows).toBe(0);
    expect([...codes]).toEqual([]);
    expect(codes.toBuffer().length).toBe(0);
  });
});

describe('BitCodes refuses', () => {
  it('padding bits, naming the row, in either order', () => {
    const data = Uint8Array.of(0xff, 0xe0, 0xff, 0x10);
    expect(() => BitCodes.from(data, 11)).toThrow(
      new RangeError('data row 1 must have zero padding after its 11 bits, got last byte 16'),
    );
    expect(() => BitCodes.from(Uint8Array.of(0x07, 0x08), 3, { order: 'lsb' })).toThrow(
      /data row 1/,
    );
    expect(() => BitCodes.fromUbinary(Uint8Array.of(1), 7)).toThrow(RangeError);
    expect(() => BitCodes.fromBinary(Int8Array.of(1), 7)).toThrow(RangeError);
    expect(() => BitCodes.adopt(Uint8Array.of(1), 7)).toThrow(RangeError);
  });

  it('lengths that are no whole rows', () => {
    expect(() => BitCodes.from(new Uint8Array(5), 16)).toThrow(
      new RangeError('data.length must be a multiple of 2 bytes for 16 bits, got 5'),
    );
    expect(() => BitCodes.from(new Uint8Array(5), 2 ** 53 - 1)).toThrow(RangeError);
  });

  it.each([0, -8, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 33])('%s bits', (bits) => {
    expect(() => BitCodes.from(new Uint8Array(8), bits)).toThrow(RangeError);
  });

  it('other kinds of arguments', () => {
    const wrong = [null, undefined, 'x', [1], new Int8Array(1), new Float32Array(1), {}];
    for (const data of wrong) {
      expect(() => BitCodes.from(data as never, 8)).toThrow(TypeError);
      expect(() => BitCodes.adopt(data as never, 8)).toThrow(TypeError);
    }
    expect(() => BitCodes.fromBinary(new Uint8Array(1) as never, 8)).toThrow(
      new TypeError('data must be Int8Array, got Uint8Array(1)'),
    );
    expect(() => BitCodes.from(new Uint8Array(1), '8' as never)).toThrow(TypeError);
    expect(() => BitCodes.from(new Uint8Array(1), 8, { order: 'big' as never })).toThrow(
      RangeError,
    );
  });

  it('detached buffers', () => {
    const data = new Uint8Array(8);
    const signed = new Int8Array(8);
    transfer(data);
    transfer(signed);
    expect(() => BitCodes.from(data, 8)).toThrow(/detached/);
    expect(() => BitCodes.adopt(data, 8)).toThrow(TypeError);
    expect(() => BitCodes.fromBinary(signed, 8)).toThrow(TypeError);
  });

  it('rows and bits that are not there', () => {
    const codes = BitCodes.from(new Uint8Array(3), 7);
    for (const i of [-1, 3, 0.5, Number.NaN]) expect(() => codes.row(i)).toThrow(RangeError);
    for (const j of [-1, 7, 0.5, Number.NaN]) expect(() => codes.bit(0, j)).toThrow(RangeError);
  });
});
