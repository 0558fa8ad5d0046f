/**
 * Codes whose bytes their owner takes away or changes after they were adopted: an error that names them, or the
 * answer of the bytes as they are, and never an answer made up from nothing.
 */

import { beforeAll, describe, expect, it } from 'vitest';
import { BitCodes } from '../../lib/codes/bit-codes.ts';
import { SparseCodes } from '../../lib/codes/sparse-codes.ts';
import { HammingIndex } from '../../lib/search/hamming-index.ts';
import { allBackends, useBackend } from '../support/backends.ts';

const GONE = 'must have its memory, got a detached array';

/** The two ways in which an array loses its memory. */
const takers: [string, (buffer: ArrayBuffer) => void][] = [
  ['transferred', (buffer) => structuredClone(buffer, { transfer: [buffer] })],
  ['resized', (buffer) => buffer.resize(1)],
];

function resizable(length: number): ArrayBuffer {
  return new ArrayBuffer(length, { maxByteLength: 2 * length });
}

describe.each(takers)('codes whose memory was %s', (_name, take) => {
  function bitCodes(): BitCodes {
    const data = new Uint8Array(resizable(4));
    const codes = BitCodes.adopt(data, 16);
    take(data.buffer as ArrayBuffer);
    return codes;
  }

  function sparseCodes(): SparseCodes {
    const indices = new Uint32Array(resizable(16));
    indices.set([0, 1, 0, 1]);
    const codes = SparseCodes.adopt(indices, { units: 9, active: 2 });
    take(indices.buffer as ArrayBuffer);
    return codes;
  }

  it('BitCodes say so in every method', () => {
    const codes = bitCodes();
    const calls: (() => unknown)[] = [
      () => codes.row(0),
      () => codes.bit(0, 3),
      () => codes.slice(1),
      () => codes.toBuffer(),
      () => codes.toUbinary(),
      () => codes.toBinary(),
      () => codes.toLsb(),
      () => codes.equals(bitCodes()),
      () => [...codes],
    ];
    for (const call of calls) {
      expect(call).toThrow(TypeError);
      expect(call).toThrow(`codes.data ${GONE}`);
    }
  });

  it('SparseCodes say so in every method', () => {
    const codes = sparseCodes();
    const calls: (() => unknown)[] = [
      () => codes.row(0),
      () => codes.slice(1),
      () => codes.toBitCodes(),
      () => codes.equals(sparseCodes()),
      () => [...codes],
    ];
    for (const call of calls) {
      expect(call).toThrow(TypeError);
      expect(call).toThrow(`codes.indices ${GONE}`);
    }
  });

  it('are refused by an index, which stays as it was', () => {
    const index = HammingIndex.create({ bits: 16 });
    expect(() => index.add(bitCodes())).toThrow(`codes ${GONE}`);
    expect(() => index.search(bitCodes(), 1)).toThrow(`queries ${GONE}`);
    expect(index.size).toBe(0);
  });
});

describe.each([...allBackends])('an index on %s', (_name, backend) => {
  beforeAll(() => useBackend(backend));

  it('refuses codes whose padding was written to after they were adopted', () => {
    const data = new Uint8Array(new SharedArrayBuffer(4));
    const codes = BitCodes.adopt(data, 13);
    data[3] = 1;
    const index = HammingIndex.create({ bits: 13 });
    expect(() => index.add(codes)).toThrow(RangeError);
    expect(() => index.add(codes)).toThrow('codes row 1 must have zero padding after its 13 bits');
    expect(() => index.search(codes, 1)).toThrow('queries row 1 must have zero padding');
    expect(index.size).toBe(0);
  });

  it('keeps its own bytes and those of queries in flight', async () => {
    const data = Uint8Array.from({ length: 3000 }, (_, i) => (i * 37) % 256);
    const index = HammingIndex.create({ bits: 24 });
    index.add(BitCodes.adopt(data, 24));
    const queries = BitCodes.from(data, 24);
    const expected = index.search(queries, 3);
    const given = BitCodes.adopt(data, 24);
    const running = index.searchAsync(given, 3);
    data.fill(0);
    structuredClone(data.buffer, { transfer: [data.buffer] });
    expect(await running).toEqual(expected);
    expect(index.search(queries, 3)).toEqual(expected);
    await expect(index.searchAsync(given, 3)).rejects.toThrow(`queries ${GONE}`);
  });
});

describe('codes cannot be made into something else', () => {
  it('as their fields are fixed', () => {
    const bits = BitCodes.from(Uint8Array.of(1), 8) as { rows: number };
    const sparse = SparseCodes.from(Uint32Array.of(1), { units: 2, active: 1 }) as {
      units: number;
    };
    expect(() => {
      bits.rows = 1e9;
    }).toThrow(TypeError);
    expect(() => {
      sparse.units = 1;
    }).toThrow(TypeError);
  });

  it('and options and arguments of other kinds are refused', () => {
    const from = BitCodes.from as unknown as (...args: readonly unknown[]) => unknown;
    const codes = BitCodes.from(Uint8Array.of(1), 8) as unknown as Record<
      string,
      (...args: readonly unknown[]) => unknown
    >;
    const data = Uint8Array.of(1);
    for (const [call, sentence] of [
      [() => from(data, 8, null), 'options must be an object, got null'],
      [() => from(data, 8, { ordering: 'lsb' }), 'got "ordering"'],
      [() => from(data, 8, { order: null }), "order must be one of 'msb', 'lsb', got null"],
      [() => from(data, '8'), 'bits must be a number, got "8"'],
      [
        () => from(new Uint8ClampedArray(1), 8),
        'data must be Uint8Array, got Uint8ClampedArray(1)',
      ],
      [() => from(new DataView(new ArrayBuffer(1)), 8), 'data must be Uint8Array, got DataView'],
      [() => codes.slice('1'), 'a must be a number, got "1"'],
      [() => codes.slice(0, 1n), 'b must be a number, got 1n'],
      [() => codes.row('0'), 'row must be a number, got "0"'],
      [() => codes.bit(0), 'bit must be a number, got undefined'],
      [() => codes.equals(null), 'other must be BitCodes, got null'],
    ] as const) {
      expect(call).toThrow(TypeError);
      expect(call).toThrow(sentence);
    }
  });
});
