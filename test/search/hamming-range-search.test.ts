/** Range search of HammingIndex on every backend: its answers, its limit, its threads, progress and aborting. */

import { beforeAll, describe, expect, it } from 'vitest';
import { BitCodes } from '../../lib/codes/bit-codes.ts';
import { HammingIndex } from '../../lib/search/hamming-index.ts';
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

describe.each([...allBackends])('range search on %s', (_name, backend) => {
  beforeAll(() => useBackend(backend));

  it('gives all codes within the radius, by distance and then by position', () => {
    const index = indexOf(bytes(0xff, 0x0f, 0x00, 0x0f, 0x01), ['a', 'b', 'c', 'd', 'e']);
    const { rows, starts, ids, distances, keys } = index.rangeSearch(bytes(0x00, 0xff, 0xaa), 3);
    expect(rows).toBe(3);
    expect([...starts]).toEqual([0, 2, 3, 3]);
    expect([...ids]).toEqual([2, 4, 0]);
    expect([...distances]).toEqual([0, 1, 0]);
    expect(keys).toEqual(['c', 'e', 'a']);
  });

  it('answers no queries, an empty index, radius 0 and a radius over all bits', async () => {
    const index = indexOf(bytes(7, 7, 0xf8));
    const nothing = { ids: new Uint32Array(0), distances: new Uint32Array(0) };
    const empty = HammingIndex.create({ bits: 8 });
    for (const find of ['rangeSearch', 'rangeSearchAsync'] as const) {
      expect(await index[find](bytes(), 8)).toEqual({
        rows: 0,
        starts: Uint32Array.of(0),
        ...nothing,
      });
      const unfound = { rows: 1, starts: Uint32Array.of(0, 0), ...nothing };
      expect(await empty[find](bytes(7), 8)).toEqual(unfound);
      expect([...(await index[find](bytes(7), 0)).ids]).toEqual([0, 1]);
      for (const radius of [8, 9, 2 ** 24]) {
        expect([...(await index[find](bytes(7), radius)).ids]).toEqual([0, 1, 2]);
      }
    }
  });

  it('is search with a k that reaches the radius', async () => {
    const index = indexOf(codes(150, 100, 'near', 1));
    const queries = codes(12, 100, 'near', 1);
    const { ids, distances } = index.search(queries, 150);
    for (const radius of [0, 1, 2, 5, 50]) {
      const range = index.rangeSearch(queries, radius);
      for (let query = 0; query < queries.rows; query++) {
        const found = distances.subarray(query * 150, query * 150 + 150);
        const count = found.filter((distance) => distance <= radius).length;
        const [from, to] = [range.starts[query], range.starts[query + 1]];
        expect(range.ids.subarray(from, to)).toEqual(
          ids.subarray(query * 150, query * 150 + count),
        );
        expect(range.distances.subarray(from, to)).toEqual(found.subarray(0, count));
      }
      for (const threads of [1, 2, 3]) {
        expect(index.rangeSearch(queries, radius, { threads })).toEqual(range);
        expect(await index.rangeSearchAsync(queries, radius, { threads })).toEqual(range);
      }
    }
  });

  it('gives more results than it had places for at first', () => {
    const rows = backend.kind === 'native' ? 30_000 : 9000;
    const index = indexOf(codes(rows, 64, 'few', 2));
    const queries = codes(10, 64, 'few', 2);
    const { starts, ids, distances } = index.rangeSearch(queries, 64, { threads: 2 });
    expect(starts[10]).toBe(10 * rows);
    expect([ids.length, distances.length]).toEqual([10 * rows, 10 * rows]);
    const last = ids.slice(9 * rows).sort();
    expect(last.every((id, i) => id === i)).toBe(true);
  });

  it('says how many results there are when they are more than the limit', async () => {
    const index = indexOf(codes(50, 64, 'equal', 3));
    const queries = codes(4, 64, 'equal', 3);
    const message = 'radius must give at most 199 results (the option limit), got 200';
    expect(() => index.rangeSearch(queries, 1, { limit: 199 })).toThrow(RangeError);
    expect(() => index.rangeSearch(queries, 1, { limit: 199 })).toThrow(message);
    await expect(index.rangeSearchAsync(queries, 1, { limit: 199 })).rejects.toThrow(message);
    expect(index.rangeSearch(queries, 1, { limit: 200 }).ids.length).toBe(200);
    expect(() => index.rangeSearch(queries, 1, { limit: 0 })).toThrow('got 200');
    expect(index.rangeSearch(codes(4, 64, 'complement', 3), 1, { limit: 0 }).ids.length).toBe(0);
  });

  it('reports progress upwards to the end, and obeys its signal', async () => {
    const index = indexOf(codes(3000, 256, 'random', 4));
    const queries = codes(backend.kind === 'native' ? 3000 : 9, 256, 'random', 5);
    const seen: number[] = [];
    const onProgress = ({ done }: { done: number }): unknown => seen.push(done);
    await index.rangeSearchAsync(queries, 90, { onProgress });
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(queries.rows);
    const before = index.rangeSearchAsync(queries, 90, { signal: AbortSignal.abort('early') });
    await expect(before).rejects.toBe('early');
    const controller = new AbortController();
    const running = index.rangeSearchAsync(queries, 90, { signal: controller.signal });
    controller.abort('late');
    await expect(running).rejects.toBe('late');
    expect(index.rangeSearch(queries.slice(0, 1), 256).ids.length).toBe(3000);
  });
});
