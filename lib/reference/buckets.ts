/**
 * Oracle of the hash-table kernels: keys of codes, rows sorted by key, and the nearest codes among the rows whose
 * keys lie near a query's (Indyk and Motwani, STOC 1998; probes by margin: Lv et al., VLDB 2007). A segment is, for
 * each table, 2^directoryBits + 1 starts over the top bits of the keys, the ids sorted by key and then id, and, where
 * directoryBits < keyBits, the sorted keys. Codes lie row after row in words of 64 bits.
 */

import { hasBit } from '../search/bitmap.ts';
import { popcount } from './hamming.ts';

/** Elements of one table of a segment. */
export function bucketTableSize(rows: number, keyBits: number, directoryBits: number): number {
  return 2 ** directoryBits + 1 + rows * (directoryBits < keyBits ? 2 : 1);
}

/**
 * keys rows x tables: bit j of a table's key, from the highest of keyBits down, is the code's bit positions[table x
 * keyBits + j]. Row r is code members[r], or code r without members.
 */
export function bucketKeys(
  codes: Uint8Array,
  _codeRows: number,
  codeBytes: number,
  members: Uint32Array | undefined,
  rows: number,
  positions: Uint32Array,
  tables: number,
  keyBits: number,
  keys: Uint32Array,
): number {
  for (let row = 0; row < rows; row++) {
    const start = (members === undefined ? row : members[row]) * codeBytes;
    for (let table = 0; table < tables; table++) {
      let key = 0;
      for (let j = 0; j < keyBits; j++) {
        const at = positions[table * keyBits + j];
        key = (key << 1) | ((codes[start + (at >> 3)] >> (7 - (at & 7))) & 1);
      }
      keys[row * tables + table] = key;
    }
  }
  return 0;
}

/** Writes a segment from keys rows x tables; members ascending, or 0, 1, 2, ... where there are none. */
export function bucketSort(
  keys: Uint32Array,
  members: Uint32Array | undefined,
  rows: number,
  tables: number,
  keyBits: number,
  directoryBits: number,
  segment: Uint32Array,
): number {
  const cells = 2 ** directoryBits;
  const size = bucketTableSize(rows, keyBits, directoryBits);
  for (let t = 0; t < tables; t++) {
    const keyOf = (row: number): number => keys[row * tables + t];
    const order = Uint32Array.from({ length: rows }, (_, row) => row);
    order.sort((a, b) => keyOf(a) - keyOf(b) || a - b);
    const table = segment.subarray(t * size, (t + 1) * size);
    let cell = 0;
    order.forEach((row, i) => {
      const own = Math.floor(keyOf(row) / 2 ** (keyBits - directoryBits));
      while (cell <= own) table[cell++] = i;
      table[cells + 1 + i] = members === undefined ? row : members[row];
      if (directoryBits < keyBits) table[cells + 1 + rows + i] = keyOf(row);
    });
    while (cell <= cells) table[cell++] = rows;
  }
  return 0;
}

/** A table of a segment, with a key for every row. */
interface Table {
  readonly directory: Uint32Array;
  readonly ids: Uint32Array;
  readonly keyAt: (place: number) => number;
  readonly shift: number;
}

/** Keys that the directory alone tells: cell i holds key i. */
function directoryKeys(directory: Uint32Array, rows: number): (place: number) => number {
  const keys = new Uint32Array(rows);
  for (let cell = 0; cell + 1 < directory.length; cell++) {
    keys.fill(cell, directory[cell], directory[cell + 1]);
  }
  return (place) => keys[place];
}

function tableOf(
  segment: Uint32Array,
  table: number,
  rows: number,
  keyBits: number,
  directoryBits: number,
): Table {
  const size = bucketTableSize(rows, keyBits, directoryBits);
  const all = segment.subarray(table * size, (table + 1) * size);
  const directory = all.subarray(0, 2 ** directoryBits + 1);
  const ids = all.subarray(directory.length, directory.length + rows);
  const keys = all.subarray(directory.length + rows);
  const keyAt =
    directoryBits < keyBits
      ? (place: number): number => keys[place]
      : directoryKeys(directory, rows);
  return { directory, ids, keyAt, shift: keyBits - directoryBits };
}

/** Calls back with the rows that have that key; a directory in shared memory may say anything. */
function visitBucket({ directory, ids, keyAt, shift }: Table, key: number, visit: Visit): void {
  const cell = Math.floor(key / 2 ** shift);
  const end = Math.min(directory[cell + 1], ids.length);
  for (let place = directory[cell]; place < end; place++) {
    if (keyAt(place) === key) visit(ids[place]);
  }
}

type Visit = (id: number) => void;

/**
 * The first `probes` sets of bits to flip, as masks of a key, by ascending score: the running sum of the squared
 * margins, smallest margin first. Bits of equal margin are taken in their order; of equal scores the set comes first
 * that is smaller as a number, whose bit i stands for the i-th smallest margin. Sets are reached from {0} by two
 * moves: the last bit to the next one (shift), or the next one added (expand).
 */
export function directedMasks(margins: Float32Array, keyBits: number, probes: number): number[] {
  const bits = Array.from({ length: keyBits }, (_, j) => j);
  const square = (j: number): number => margins[j] * margins[j];
  bits.sort((a, b) => square(a) - square(b) || a - b);
  const members = (set: number): number[] => bits.filter((_, i) => (set >>> i) & 1);
  const scored = (set: number) => ({
    set,
    score: members(set).reduce((sum, bit) => sum + square(bit), 0),
  });
  const masks = [0];
  const open = [scored(1)];
  while (masks.length < probes && open.length > 0) {
    open.sort((a, b) => b.score - a.score || b.set - a.set);
    const { set } = open.pop() as { set: number };
    masks.push(members(set).reduce((mask, bit) => mask | (1 << (keyBits - 1 - bit)), 0) >>> 0);
    const top = 31 - Math.clz32(set);
    if (top + 1 === keyBits) continue;
    const next = 2 ** (top + 1);
    open.push(scored(set - 2 ** top + next), scored(set + next));
  }
  return masks;
}

/** The k smallest of the distances of candidates, smaller first, then smaller id. */
function ranked(
  candidates: Iterable<number>,
  distanceOf: (id: number) => number,
  k: number,
): { id: number; distance: number }[] {
  const all = Array.from(candidates, (id) => ({ id, distance: distanceOf(id) }));
  all.sort((a, b) => a.distance - b.distance || a.id - b.id);
  return all.slice(0, k);
}

/** The Hamming distance of code id to a query, both rows of 32-bit halves of words. */
function distanceTo(codes: Uint32Array, query: Uint32Array): (id: number) => number {
  return (id) => {
    let sum = 0;
    for (let i = 0; i < query.length; i++) sum += popcount(codes[id * query.length + i] ^ query[i]);
    return sum;
  };
}

function halves(words: BigUint64Array): Uint32Array {
  return new Uint32Array(words.buffer, words.byteOffset, words.length * 2);
}

/** A segment among the arguments of a search, and whether an id found in it counts. */
interface SearchedSegment {
  readonly tableAt: (table: number) => Table;
  readonly holds: (id: number) => boolean;
}

/** The segments in the arguments of a search, without the rows that are not allowed, stale, or out of bounds. */
function searchedSegments(
  segments: readonly (Uint32Array | Uint8Array | undefined)[],
  sizes: Uint32Array,
  keyBits: number,
  allowed: Uint8Array | undefined,
): SearchedSegment[] {
  return Array.from({ length: segments.length / 2 }, (_, s) => {
    const [rows, directoryBits, limit] = sizes.subarray(3 * s);
    const tables = segments[2 * s] as Uint32Array;
    const stale = segments[2 * s + 1] as Uint8Array | undefined;
    const opened: Table[] = [];
    return {
      tableAt: (table) => {
        opened[table] ??= tableOf(tables, table, rows, keyBits, directoryBits);
        return opened[table];
      },
      holds: (id) =>
        id < limit &&
        (allowed === undefined || hasBit(allowed, id)) &&
        !(stale !== undefined && hasBit(stale, id)),
    };
  });
}

/** Visits the rows of a table whose key differs from that key by one of the masks, or within the radius. */
function visitProbes(
  table: Table,
  key: number,
  masks: ArrayLike<number>,
  radius: number,
  visit: Visit,
): void {
  for (const mask of Array.from(masks)) visitBucket(table, (key ^ mask) >>> 0, visit);
  if (masks.length > 0) return;
  for (const [place, id] of table.ids.entries()) {
    if (popcount(table.keyAt(place) ^ key) <= radius) visit(id);
  }
}

/**
 * The k nearest candidates of each query: the rows that some table holds under a key that the query visits, each
 * counted once. sizes has rows, directoryBits and limit of each segment, segments its tables and the bitmap of its
 * stale ids: ids from limit on, and stale ones, are passed over. The keys visited are the query's own changed by each
 * of the masks; or, with margins queryCount x tables x keyBits, by the first `probes` sets of directedMasks; or, when
 * probes is 0, all within the radius.
 */
export function bucketSearch(
  codes: BigUint64Array,
  _rows: number,
  bits: number,
  allowed: Uint8Array | undefined,
  tables: number,
  keyBits: number,
  queries: BigUint64Array,
  queryKeys: Uint32Array,
  queryCount: number,
  masks: Uint32Array,
  probes: number,
  radius: number,
  margins: Float32Array | undefined,
  k: number,
  ids: Uint32Array,
  distances: Uint32Array,
  counts: Uint32Array,
  candidates: Uint32Array,
  sizes: Uint32Array,
  _segmentCount: number,
  ...segments: readonly (Uint32Array | Uint8Array | undefined)[]
): number {
  const words = Math.ceil(bits / 64);
  const searched = searchedSegments(segments, sizes, keyBits, allowed);
  for (let query = 0; query < queryCount; query++) {
    const found = new Set<number>();
    for (let t = 0; k > 0 && t < tables; t++) {
      const start = (query * tables + t) * keyBits;
      const changes =
        margins === undefined
          ? masks.subarray(0, probes)
          : directedMasks(margins.subarray(start, start + keyBits), keyBits, probes);
      for (const { tableAt, holds } of searched) {
        const visit = (id: number): void => {
          if (holds(id)) found.add(id);
        };
        visitProbes(tableAt(t), queryKeys[query * tables + t], changes, radius, visit);
      }
    }
    const asked = halves(queries.subarray(query * words, (query + 1) * words));
    const nearest = ranked(found, distanceTo(halves(codes), asked), k);
    candidates[query] = found.size;
    counts[query] = nearest.length;
    nearest.forEach(({ id, distance }, place) => {
      ids[query * k + place] = id;
      distances[query * k + place] = distance;
    });
  }
  return 0;
}
