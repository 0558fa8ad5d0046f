/**
 * What every index promises about its rows: keys, ids that stay, holes that are filled, and answers that depend on
 * nothing but the rows that live, for any filter, threads and batches, blocking or not.
 */

import { beforeEach, describe, expect, it } from 'vitest';
import { hasBit } from '../../lib/search/bitmap.ts';
import type { Key } from '../../lib/search/keys.ts';
import {
  type AnyIndex,
  expectedNeighbors,
  indexCases,
  neighborsOf,
  range,
} from '../support/indexes.ts';

/** A bitmap of those ids. */
function bitmapOf(ids: readonly number[], rows: number): Uint8Array {
  const bitmap = new Uint8Array(Math.ceil(rows / 8));
  for (const id of ids) bitmap[id >> 3] |= 0x80 >> (id & 7);
  return bitmap;
}

const all = (): boolean => true;

const MIXED: readonly Key[] = [7, '7', 0, '', Number.MAX_SAFE_INTEGER, -5, 'caf\u00e9 \u{1f41d}'];

describe.each(indexCases)('$indexName on $name', ({ backend, kind, prepared }) => {
  beforeEach(prepared);
  const { pick, stored } = kind;

  function indexOf(count: number, keys?: readonly Key[]): AnyIndex {
    const index = kind.create();
    index.add(pick(range(0, count)), keys);
    return index;
  }

  it('without keys names rows by ids, in the order of adding', () => {
    const index = kind.create();
    expect([...index.add(pick([3, 4]))]).toEqual([0, 1]);
    expect([...index.add(pick([]))]).toEqual([]);
    expect([...index.add(pick([5]))]).toEqual([2]);
    expect([index.size, index.rows]).toEqual([3, 3]);
    expect([...index.keys()]).toEqual([0, 1, 2]);
    expect([index.has(2), index.has(3), index.has(-1), index.has('2')]).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(index.get(1)).toEqual(stored(4));
    expect(index.get(3)).toBeUndefined();
    expect('keys' in index.search(pick([0]), 2)).toBe(false);
  });

  it('keeps keys of every kind apart', () => {
    const index = indexOf(MIXED.length, MIXED);
    MIXED.forEach((key, id) => {
      expect(index.has(key)).toBe(true);
      expect(index.get(key)).toEqual(stored(id));
    });
    expect([...index.keys()]).toEqual(MIXED);
    for (const key of [1, '0', '-5', 7.0 + 1, ' ']) expect(index.has(key)).toBe(false);
    expect([index.has(-0), index.has('-0')]).toEqual([true, false]);
    const { ids, keys } = index.search(pick([2]), MIXED.length + 1);
    const expected = [...ids].slice(0, -1).map((id) => MIXED[id]);
    expect(keys).toEqual([...expected, null]);
  });

  it('takes integers as keys in a typed array', () => {
    const given = [Float64Array.of(1, -0, 2 ** 53 - 1), Uint32Array.of(1, 0, 7)];
    for (const keys of [...given, Int32Array.of(-1, 0, 7)]) {
      const index = kind.create();
      index.add(pick([0, 1, 2]), keys);
      expect([...index.keys()]).toEqual([...keys].map((key) => key + 0));
      expect(index.remove(keys.subarray(0, 2))).toBe(2);
      expect(index.size).toBe(1);
    }
  });

  it('leaves ids as they are and fills holes in ascending order', () => {
    const index = indexOf(10);
    expect(index.remove([7, 2, 2, 99, 'none', 5])).toBe(3);
    expect([index.size, index.rows]).toEqual([7, 10]);
    expect([...index.keys()]).toEqual([0, 1, 3, 4, 6, 8, 9]);
    expect([index.has(5), index.get(5)]).toEqual([false, undefined]);
    expect(index.remove([7, 2])).toBe(0);
    expect([...index.add(pick([20, 21]))]).toEqual([2, 5]);
    expect(index.remove([0])).toBe(1);
    expect([...index.add(pick([22, 23, 24, 25]))]).toEqual([0, 7, 10, 11]);
    expect([index.size, index.rows]).toEqual([12, 12]);
    expect(index.get(7)).toEqual(stored(23));
    expect(index.get(9)).toEqual(stored(9));
  });

  it('replaces rows in place and adds those that are new', () => {
    const index = indexOf(3, ['a', 'b', 'c']);
    expect([...index.upsert(pick([10, 11, 12]), ['d', 'b', 'e'])]).toEqual([3, 1, 4]);
    expect([index.size, index.get('b'), index.get('e')]).toEqual([5, stored(11), stored(12)]);
    index.remove(['a']);
    expect([...index.upsert(pick([13, 14]), ['c', 'f'])]).toEqual([2, 0]);
    expect([...index.keys()]).toEqual(['f', 'b', 'c', 'd', 'e']);
    const living = new Map([14, 11, 13, 10, 12].map((row, id) => [id, row]));
    const expected = expectedNeighbors(kind, living, [0, 11], 4);
    expect(index.search(pick([0, 11]), 4)).toMatchObject(expected);
  });

  it('replaces rows by id where there are no keys', () => {
    const index = indexOf(4);
    expect([...index.upsert(pick([9, 8]), [3, 1])]).toEqual([3, 1]);
    expect([index.size, index.get(3), index.get(1)]).toEqual([4, stored(9), stored(8)]);
    index.remove([1]);
    expect(() => index.upsert(pick([9]), [1])).toThrow('keys[0] must be an id of the index, which');
    expect(() => index.upsert(pick([9]), ['1'])).toThrow(RangeError);
    const empty = kind.create();
    empty.upsert(pick([1]), ['first']);
    expect([...empty.keys()]).toEqual(['first']);
  });

  it('is keyed or not from its first row to its last, also when all are gone', () => {
    const keyed = indexOf(1, ['a']);
    keyed.remove(['a']);
    expect(() => keyed.add(pick([1]))).toThrow('keys must be given, as for the rows before');
    expect([...keyed.add(pick([1]), ['b'])]).toEqual([0]);
    const keyless = indexOf(1);
    keyless.remove([0]);
    expect(() => keyless.add(pick([1]), ['b'])).toThrow('keys must be absent, as for the rows');
    expect([...keyless.add(pick([1]))]).toEqual([0]);
    const undecided = kind.create();
    undecided.add(pick([]), []);
    undecided.add(pick([]));
    expect([...undecided.add(pick([1]), ['a'])]).toEqual([0]);
  });

  it('finds the same for a filter as bitmap, as keys and as predicate', async () => {
    const index = indexOf(40);
    index.remove([3, 4, 39]);
    const ids = range(0, 40).filter((id) => id % 3 !== 1);
    const living = new Map(ids.filter((id) => index.has(id)).map((id) => [id, id]));
    const expected = expectedNeighbors(kind, living, [1, 50, 51], 30);
    const bitmap = bitmapOf(ids, 40);
    const forms: unknown[] = [
      ...[
        bitmap,
        Buffer.from(bitmap),
        index.bitmap(bitmap),
        ids,
        [...ids, 41, 'x'],
        ids.concat(ids),
      ],
      ...[Uint32Array.from(ids), Float64Array.from(ids), (_key: Key, id: number) => id % 3 !== 1],
    ];
    for (const filter of forms) {
      expect(index.search(pick([1, 50, 51]), 30, { filter })).toEqual(expected);
      expect(await index.searchAsync(pick([1, 50, 51]), 30, { filter })).toEqual(expected);
      expect([...index.bitmap(filter)]).toEqual([...bitmapOf([...living.keys()], 40)]);
    }
  });

  it('asks a predicate once for each row that lives, with key and id', () => {
    const index = indexOf(
      10,
      range(0, 10).map((i) => `k${i}`),
    );
    index.remove(['k4', 'k0']);
    const asked: unknown[] = [];
    const filter = (...row: unknown[]): boolean => asked.push(row) % 2 === 0;
    const { counts } = index.search(pick([1, 2, 3]), 10, { filter });
    expect([...counts]).toEqual([4, 4, 4]);
    expect(asked).toEqual([1, 2, 3, 5, 6, 7, 8, 9].map((id) => [`k${id}`, id]));
  });

  it('answers k = 0, k beyond its rows, no queries, no rows and no allowed rows', async () => {
    const index = indexOf(9);
    for (const find of ['search', 'searchAsync'] as const) {
      const found = async (at: AnyIndex, ...given: Parameters<AnyIndex['search']>) =>
        at[find](...given);
      const none = await found(index, pick([1, 2]), 0);
      expect([none.rows, none.k, none.ids.length, [...none.counts]]).toEqual([2, 0, 0, [0, 0]]);
      const all = await found(index, pick([1, 2]), 12);
      expect([...all.counts]).toEqual([9, 9]);
      expect(all).toEqual(
        expectedNeighbors(kind, new Map(range(0, 9).map((i) => [i, i])), [1, 2], 12),
      );
      expect((await found(index, pick([]), 5)).rows).toBe(0);
      for (const at of [kind.create(), index]) {
        const filter = (): boolean => false;
        const unfound = await found(at, pick([1]), 2, { filter });
        expect([...unfound.ids, ...unfound.counts]).toEqual([0xffffffff, 0xffffffff, 0]);
      }
    }
  });

  it('finds the same for any threads and any cut of the queries, blocking or not', async () => {
    const index = indexOf(400);
    index.remove(range(0, 400).filter((id) => id % 7 === 2));
    const queries = range(300, backend.kind === 'native' ? 640 : 340);
    const filter = index.bitmap((_key: Key, id: number) => id % 5 !== 0);
    for (const options of [{ filter: undefined }, { filter }]) {
      const wanted = range(0, 400).filter((id) => hasBit(index.bitmap(options.filter ?? all), id));
      const living = new Map(wanted.map((id) => [id, id]));
      const expected = expectedNeighbors(kind, living, queries, 12);
      for (const threads of [1, 2, 3]) {
        const given = { ...options, threads };
        expect(index.search(pick(queries), 12, given)).toEqual(expected);
        expect(await index.searchAsync(pick(queries), 12, given)).toEqual(expected);
      }
      for (const [first, end] of [
        [0, 1],
        [1, 18],
        [18, 40],
      ]) {
        const found = index.search(pick(queries.slice(first, end)), 12, options);
        expect(found).toMatchObject(neighborsOf(expected, first, end));
      }
    }
  });
});
