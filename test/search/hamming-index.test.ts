/** HammingIndex on every backend: its answers, its growth, what happens meanwhile, and bad input. */

import { beforeAll, describe, expect, it } from 'vitest';
import { BitCodes } from '../../lib/codes/bit-codes.ts';
import { HammingIndex } from '../../lib/search/hamming-index.ts';
import { NO_ID } from '../../lib/search/neighbors.ts';
import { allBackends, useBackend } from '../support/backends.ts';
import { codes } from '../support/codes.ts';

function bytes(...data: number[]): BitCodes {
  return BitCodes.from(Uint8Array.from(data), 8);
}

function indexOf(data: BitCodes): HammingIndex {
  const index = HammingIndex.create({ bits: data.bits });
  index.add(data);
  return index;
}

describe.each([...allBackends])('HammingIndex on %s', (_name, backend) => {
  beforeAll(() => useBackend(backend));

  it('orders by distance, then by position', () => {
    const index = indexOf(bytes(0xff, 0x0f, 0x00, 0x0f, 0x01));
    const { ids, distances, counts, rows, k } = index.search(bytes(0x00, 0xff), 4);
    expect([rows, k]).toEqual([2, 4]);
    expect([...ids]).toEqual([2, 4, 1, 3, 0, 1, 3, 4]);
    expect([...distances]).toEqual([0, 1, 4, 4, 0, 4, 4, 7]);
    expect([...counts]).toEqual([4, 4]);
  });

  it('fills the places after the last code', () => {
    const { ids, distances, counts } = indexOf(bytes(1, 0)).search(bytes(0), 3);
    expect([...ids]).toEqual([1, 0, NO_ID]);
    expect([...distances]).toEqual([0, 1, NO_ID]);
    expect([...counts]).toEqual([2]);
  });

  it('answers k = 0, no queries and an empty index', async () => {
    const index = indexOf(bytes(1, 2, 3));
    const empty = HammingIndex.create({ bits: 8 });
    const none = bytes();
    const nothing = { ids: new Uint32Array(0), distances: new Uint32Array(0) };
    for (const find of ['search', 'searchAsync'] as const) {
      expect(await index[find](bytes(1), 0)).toEqual({
        rows: 1,
        k: 0,
        counts: Uint32Array.of(0),
        ...nothing,
      });
      expect(await index[find](none, 5)).toEqual({
        rows: 0,
        k: 5,
        counts: new Uint32Array(0),
        ...nothing,
      });
      const filler = Uint32Array.of(NO_ID, NO_ID);
      const unfound = { ids: filler, distances: filler, counts: Uint32Array.of(0) };
      expect(await empty[find](bytes(1), 2)).toEqual({ rows: 1, k: 2, ...unfound });
    }
  });

  it('finds the same however the codes were added', () => {
    const data = codes(300, 100, 'random', 1);
    const queries = codes(20, 100, 'random', 2);
    const expected = indexOf(data).search(queries, 300);
    const index = HammingIndex.create({ bits: 100 });
    for (let first = 0, step = 0; first < data.rows; first += step, step = (step + 3) % 23) {
      index.add(data.slice(first, first + step));
    }
    expect(index.size).toBe(300);
    expect(index.search(queries, 300)).toEqual(expected);
  });

  it('finds the same asynchronously, on any number of threads', async () => {
    const index = indexOf(codes(500, 77, 'few', 3));
    const queries = codes(30, 77, 'random', 3);
    const expected = index.search(queries, 40);
    for (const threads of [1, 2, 3]) {
      expect(index.search(queries, 40, { threads })).toEqual(expected);
      expect(await index.searchAsync(queries, 40, { threads })).toEqual(expected);
    }
  });

  it('searches the codes and queries of the moment of the call', async () => {
    const index = indexOf(codes(333, 64, 'random', 4));
    const data = codes(10, 64, 'random', 5).toUbinary();
    const queries = BitCodes.adopt(data, 64);
    const expected = index.search(queries, 12);
    const running = Promise.all([1, 2, 3].map(() => index.searchAsync(queries, 12)));
    for (let i = 0; i < 200; i++) index.add(BitCodes.from(data, 64));
    data.fill(0);
    for (const found of await running) expect(found).toEqual(expected);
    expect(index.size).toBe(2333);
  });

  it('reports progress upwards to the end', async () => {
    const index = indexOf(codes(100, 64, 'random', 6));
    const seen: number[] = [];
    const onProgress = (progress: { done: number; total: number }): void => {
      expect(progress.total).toBe(25);
      seen.push(progress.done);
    };
    await index.searchAsync(codes(25, 64, 'random', 7), 3, { onProgress });
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(25);
  });

  it('rejects with the reason of its signal, before and on the way', async () => {
    const index = indexOf(codes(3000, 256, 'random', 8));
    const queries = codes(backend.kind === 'native' ? 3000 : 3, 256, 'random', 9);
    const before = index.searchAsync(queries, 3, { signal: AbortSignal.abort('early') });
    await expect(before).rejects.toBe('early');
    const controller = new AbortController();
    const running = index.searchAsync(queries, 3, { signal: controller.signal, threads: 1 });
    controller.abort('late');
    await expect(running).rejects.toBe('late');
    expect(index.search(queries.slice(0, 1), 1).counts[0]).toBe(1);
  });
});

describe('HammingIndex with bad input', () => {
  beforeAll(() => useBackend([...allBackends.values()][0]));
  const index = HammingIndex.create({ bits: 8 });
  const loose = index as unknown as Record<string, (...args: unknown[]) => unknown>;
  const create = HammingIndex.create as unknown as (options: unknown) => unknown;

  function detached(): BitCodes {
    const data = Uint8Array.of(1, 2, 3);
    const result = BitCodes.adopt(data, 8);
    structuredClone(data.buffer, { transfer: [data.buffer] });
    return result;
  }

  it.each([
    ['no options', () => create(undefined), TypeError, 'options must be an object, got undefined'],
    ['no bits', () => create({}), TypeError, 'bits must be a number, got undefined'],
    ['zero bits', () => create({ bits: 0 }), RangeError, 'bits must be a whole number from 1 to'],
    ['a misspelt option', () => create({ bit: 8 }), TypeError, 'only the keys bits, got "bit"'],
    ['no codes', () => loose.add(), TypeError, 'codes must be BitCodes, got undefined'],
    ['bytes', () => loose.add(Uint8Array.of(1)), TypeError, 'codes must be BitCodes, got Uint8Ar'],
    [
      'other bits',
      () => index.add(BitCodes.from(Uint8Array.of(0), 7)),
      RangeError,
      'codes must have 8 bits, as the index, got 7',
    ],
    ['detached codes', () => index.add(detached()), TypeError, 'codes must have its memory'],
    ['detached queries', () => index.search(detached(), 1), TypeError, 'queries must have its mem'],
    ['no queries', () => loose.search(null, 1), TypeError, 'queries must be BitCodes, got null'],
    ['no k', () => loose.search(bytes(1)), TypeError, 'k must be a number, got undefined'],
    ['half a k', () => index.search(bytes(1), 0.5), RangeError, 'k must be a whole number from 0'],
    ['negative k', () => index.search(bytes(1), -1), RangeError, 'k must be a whole number from 0'],
    ['absurd k', () => index.search(bytes(1), 2 ** 40), RangeError, 'from 0 to 4294967295, got 10'],
    [
      'results too large',
      () => index.search(bytes(1, 2), 2 ** 31),
      RangeError,
      'results must take at most 4294967296 bytes',
    ],
    [
      'no threads',
      () => index.search(bytes(1), 1, { threads: 0 }),
      RangeError,
      'threads must be a whole number from 1 to 256, got 0',
    ],
    ['bad options', () => loose.search(bytes(1), 1, 3), TypeError, 'options must be an object'],
  ])('refuses %s', (_what, call, kind, message) => {
    expect(call).toThrow(kind);
    expect(call).toThrow(message);
    expect(index.size).toBe(0);
  });

  it('rejects where it would throw', async () => {
    await expect(loose.searchAsync(null, 1)).rejects.toThrow('queries must be BitCodes, got null');
    await expect(loose.searchAsync(bytes(1), 1, { signal: 3 })).rejects.toThrow('signal must be');
    await expect(loose.searchAsync(bytes(1), 1, { onProgress: 3 })).rejects.toThrow('onProgress');
  });
});
