/**
 * Oracle of the shortlist kernels: all distances, sorted, smaller first, then smaller row. A scan gives its rows as a
 * set, ascending; refining gives them nearest first. Lists of ids are one for each query, or one for all.
 */

import { hammingDistances } from './hamming.ts';

/** The ids that a query's list has; those that are no rows are left out. */
export function listed(
  lists: Uint32Array,
  listCounts: Uint32Array,
  places: number,
  shared: number,
  query: number,
  rows: number,
): Uint32Array {
  const list = shared === 1 ? 0 : query;
  const count = Math.min(listCounts[list], places);
  return lists.subarray(list * places, list * places + count).filter((id) => id < rows);
}

function isAllowed(allowed: Uint8Array | undefined, row: number): boolean {
  return allowed === undefined || ((allowed[row >> 3] >> (7 - (row & 7))) & 1) === 1;
}

export function shortlistScan(
  store: BigUint64Array,
  tail: BigUint64Array,
  rows: number,
  words: number,
  allowed: Uint8Array | undefined,
  queries: BigUint64Array,
  stride: number,
  queryCount: number,
  k: number,
  ids: Uint32Array,
  counts: Uint32Array,
): number {
  const whole = rows - (rows % 8);
  const all = new Uint32Array(rows);
  const candidates = Uint32Array.from(all.keys()).filter((row) => isAllowed(allowed, row));
  for (let query = 0; query < queryCount; query++) {
    const wanted = queries.subarray(query * stride, query * stride + words);
    hammingDistances(store, whole, words, wanted, 1, all);
    hammingDistances(tail, rows - whole, words, wanted, 1, all.subarray(whole));
    const order = candidates.slice().sort((a, b) => all[a] - all[b] || a - b);
    const nearest = order.subarray(0, k).sort();
    ids.set(nearest, query * k);
    counts[query] = nearest.length;
  }
  return 0;
}

/** The distance of two codes that lie in one piece each, as a store of one row. */
function distanceOf(code: BigUint64Array, query: BigUint64Array): number {
  const group = new BigUint64Array(code.length * 8);
  for (let w = 0; w < code.length; w++) group[w * 8] = code[w];
  const distance = new Uint32Array(1);
  hammingDistances(group, 1, code.length, query, 1, distance);
  return distance[0];
}

export function shortlistRefine(
  codes: BigUint64Array,
  rows: number,
  words: number,
  queries: BigUint64Array,
  queryCount: number,
  lists: Uint32Array,
  listCounts: Uint32Array,
  places: number,
  shared: number,
  k: number,
  ids: Uint32Array,
  distances: Uint32Array,
  counts: Uint32Array,
): number {
  for (let query = 0; query < queryCount; query++) {
    const wanted = queries.subarray(query * words, (query + 1) * words);
    const found = Array.from(listed(lists, listCounts, places, shared, query, rows), (id) => {
      const code = codes.subarray(id * words, (id + 1) * words);
      return { id, distance: distanceOf(code, wanted) };
    });
    found.sort((a, b) => a.distance - b.distance || a.id - b.id);
    counts[query] = Math.min(k, found.length);
    for (let i = 0; i < counts[query]; i++) {
      ids[query * k + i] = found[i].id;
      distances[query * k + i] = found[i].distance;
    }
  }
  return 0;
}
