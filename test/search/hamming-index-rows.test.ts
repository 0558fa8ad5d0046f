/**
 * Rows of a HammingIndex that come, change and go: keys, holes, filters of each kind, reading back, and searches that
 * see the index of the moment of their call although all of it changes meanwhile.
 */

import { beforeAll, describe, expect, it } from 'vitest';
import { BitCodes } from '../../lib/codes/bit-codes.ts';
import { HammingIndex } from '../../lib/search/hamming-index.ts';
import { NO_ID } from '../../lib/search/neighbors.ts';
import { allBackends, useBackend } from '../support/backends.ts';
import { codes } from '../support/codes.ts';

function bytes(...data: number[]): BitCodes {
  return BitCodes.from(Uint8Array.from(data), 8);
}

function indexOf(data: BitCodes, keys?: (string | number)[]): HammingIndex {
  const index = HammingIndex.create({ bits: data.bits });
  index.add(data, keys);
  return index;
}

describe.each([...allBackends])('rows of a HammingIndex on %s', (_name, backend) => {
  beforeAll(() => useBackend(backend));

  it('are found under their keys', () => {
    const index = indexOf(bytes(0xff, 0x0f, 0x00), ['a', -5, 'c']);
    const { keys, ids, counts } = index.search(bytes(0x01), 4);
    expect(keys).toEqual(['c', -5, 'a', null]);
    expect([...ids, ...counts]).toEqual([2, 1, 0, NO_ID, 3]);
  });

  it('are read back, replaced in place, and gone when removed', () => {
    const index = indexOf(codes(21, 77, 'random', 1));
    const fresh = codes(2, 77, 'random', 2);
    expect(index.get(20)?.equals(codes(21, 77, 'random', 1).slice(20))).toBe(true);
    expect([...index.upsert(fresh, [20, 3])]).toEqual([20, 3]);
    expect(index.get(20)?.equals(fresh.slice(0, 1))).toBe(true);
    expect(index.get(3)?.equals(fresh.slice(1))).toBe(true);
    expect(index.remove([3, 99])).toBe(1);
    expect([index.get(3), index.has(3), index.size, index.rows]).toEqual([
      undefined,
      false,
      20,
      21,
    ]);
    expect([...index.search(fresh.slice(1), 21).ids]).not.toContain(3);
  });

  it('fill the holes, lowest first, and then the end', () => {
    const index = indexOf(codes(10, 64, 'random', 3));
    index.remove([7, 2, 9]);
    expect([...index.add(codes(5, 64, 'random', 4))]).toEqual([2, 7, 9, 10, 11]);
    expect(index.search(codes(5, 64, 'random', 4), 1).ids).toEqual(Uint32Array.of(2, 7, 9, 10, 11));
  });

  it('leave no trace in memory when they are removed', () => {
    const index = indexOf(codes(9, 128, 'complement', 5));
    index.remove([8, 4]);
    const store = index.share().tensors.find(({ name }) => name === 'store')?.data;
    const words = [...(store as BigUint64Array)];
    expect([4, 12, 16, 24].map((word) => words[word])).toEqual([0n, 0n, 0n, 0n]);
  });

  it('are filtered the same by a bitmap, by keys and by a predicate', () => {
    const index = indexOf(codes(500, 64, 'near', 6));
    index.remove(Array.from({ length: 50 }, (_, i) => i * 3));
    const queries = codes(20, 64, 'near', 6);
    const wanted = Array.from({ length: 500 }, (_, id) => id).filter((id) => id % 7 < 3);
    const expected = index.search(queries, 30, { filter: wanted });
    expect(expected.ids.every((id) => id % 7 < 3 && !(id % 3 === 0 && id < 150))).toBe(true);
    const predicate = (_key: unknown, id: number): boolean => id % 7 < 3;
    const filters = [predicate, index.bitmap(predicate), Uint32Array.from(wanted)];
    for (const filter of filters) {
      for (const threads of [1, 2, 3]) {
        expect(index.search(queries, 30, { filter, threads })).toEqual(expected);
      }
    }
  });

  it('are not found when the filter allows none', async () => {
    const index = indexOf(codes(100, 64, 'equal', 7));
    const nothing = index.search(codes(2, 64, 'equal', 7), 3, { filter: [] });
    expect([...nothing.counts]).toEqual([0, 0]);
    expect([...nothing.ids, ...nothing.distances]).toEqual(new Array(12).fill(NO_ID));
    const range = await index.rangeSearchAsync(codes(2, 64, 'equal', 7), 64, { filter: [] });
    expect([...range.starts]).toEqual([0, 0, 0]);
  });

  it('of the moment of the call are searched, whatever happens meanwhile', async () => {
    const rows = backend.kind === 'native' ? 20_000 : 300;
    const index = indexOf(codes(rows, 256, 'random', 8));
    index.remove([5, 6]);
    const queries = codes(32, 256, 'random', 9);
    const filter = index.bitmap((_key, id) => id % 2 === 0);
    const expected = [
      index.search(queries, 9),
      index.search(queries, 9, { filter }),
      index.rangeSearch(queries, 110),
    ];
    const running = [
      index.searchAsync(queries, 9, { threads: 1 }),
      index.searchAsync(queries, 9, { filter, threads: 1 }),
      index.rangeSearchAsync(queries, 110, { threads: 1 }),
    ];
    filter.fill(0);
    const ids = [...index.keys()].map(Number);
    index.upsert(codes(ids.length, 256, 'equal', 9), ids);
    index.remove(ids.filter((id) => id % 3 === 0));
    index.add(codes(100, 256, 'equal', 9));
    expect(await Promise.all(running)).toEqual(expected);
    expect([...index.search(codes(1, 256, 'equal', 9), 1).distances]).toEqual([0]);
  });

  it('of a shared index are searched without a copy, and copied before they change', () => {
    const index = indexOf(codes(100, 64, 'random', 10), [
      ...codes(100, 8, 'random', 1).data.keys(),
    ]);
    const shared = index.share();
    const [first, second] = [HammingIndex.fromShared(shared), HammingIndex.fromShared(shared)];
    const store = shared.tensors.find(({ name }) => name === 'store')?.data as BigUint64Array;
    const before = store.slice();
    const queries = codes(5, 64, 'random', 11);
    const expected = index.search(queries, 5);
    expect(first.search(queries, 5)).toEqual(expected);
    first.upsert(queries, [0, 1, 2, 3, 4]);
    first.remove([50]);
    first.add(queries, ['a', 'b', 'c', 'd', 'e']);
    expect(store).toEqual(before);
    expect(second.search(queries, 5)).toEqual(expected);
    expect([...first.search(queries, 1).distances]).toEqual([0, 0, 0, 0, 0]);
    store.fill(0n);
    expect([...second.search(queries, 1).ids]).toEqual([0, 0, 0, 0, 0]);
  });
});
