/**
 * Hash tables that take new rows without being rebuilt: segments of rows sorted by key, each several times as large
 * as the next, and rows still to be sorted (the logarithmic method of Bentley and Saxe, 1980). A row is in one
 * segment; where its code changed or went, its entry there is stale. What a search finds does not depend on how rows
 * are spread over segments. Segments never change but for their stale bits, so a search in flight keeps its own.
 */

import { activeBackend } from '../backend/active.ts';
import { alignedArray } from '../backend/aligned-memory.ts';
import { allocated } from '../check.ts';
import { FlyhashError } from '../errors.ts';
import { bitmapBytes, hasBit, setBit } from './bitmap.ts';
import { type KeyLayout, keysOf } from './lsh-keys.ts';
import type { Roster } from './roster.ts';
import type { RowStore } from './row-store.ts';

/** Sorted rows, as the kernel takes them. */
export interface Segment {
  readonly tables: Uint32Array;
  readonly rows: number;
  readonly directoryBits: number;
  /** All ids are below it. */
  readonly limit: number;
  stale: Uint8Array | undefined;
  staleRows: number;
}

/** A segment is merged with what comes after it unless it has this many times its rows. */
const RATIO = 8;
/** Rows that are worth sorting when they are written; fewer wait for a search. */
const SORTED_AT_ONCE = 1024;
/** Most bits that a directory tells: it takes 64 MiB then. */
export const MAX_DIRECTORY_BITS = 24;

/** Of rows: in no segment, or to be sorted. Otherwise 1 + the place of their segment. */
const NOWHERE = 0;
const UNSORTED = 255;

/** Bits that a directory tells: whole keys where that takes no more than the ids do, else about a row a cell. */
function directoryBitsOf(rows: number, keyBits: number): number {
  const bits = Math.min(MAX_DIRECTORY_BITS, Math.ceil(Math.log2(rows + 1)));
  return keyBits <= Math.min(MAX_DIRECTORY_BITS, bits + 1) ? keyBits : bits;
}

/** Elements of one table of a segment. */
export function tableSize(rows: number, keyBits: number, directoryBits: number): number {
  return 2 ** directoryBits + 1 + rows * (directoryBits < keyBits ? 2 : 1);
}

export class LshTables {
  readonly #layout: KeyLayout;
  #segments: readonly Segment[] = [];
  #owners: Uint8Array = new Uint8Array(64);
  #unsorted: Uint32Array[] = [];
  #unsortedRows = 0;

  constructor(layout: KeyLayout) {
    this.#layout = layout;
  }

  /** Tables over one segment that holds all rows. */
  static over(layout: KeyLayout, segment: Segment | undefined, roster: Roster): LshTables {
    const tables = new LshTables(layout);
    if (segment === undefined) return tables;
    tables.#segments = [segment];
    tables.reserve(roster.rows);
    for (const id of roster.ids()) tables.#owners[id] = 1;
    return tables;
  }

  /** Finds memory for that many rows; on failure nothing has changed. */
  reserve(rows: number): void {
    if (rows <= this.#owners.length) return;
    const grown = allocated(Uint8Array, 1, Math.max(rows, 2 * this.#owners.length), 'tables');
    grown.set(this.#owners);
    this.#owners = grown;
  }

  /** Takes rows whose codes were just written to the store. */
  write(ids: Uint32Array, store: RowStore): void {
    for (const id of ids) this.#leave(id, UNSORTED);
    this.#unsorted.push(ids.slice());
    this.#unsortedRows += ids.length;
    if (this.#unsortedRows < SORTED_AT_ONCE) return;
    try {
      this.segments(store);
    } catch (error) {
      // The rows are in the index all the same; the next search asks for the memory again.
      if (!(error instanceof FlyhashError && error.code === 'ERR_OUT_OF_MEMORY')) throw error;
    }
  }

  /** Forgets rows. */
  erase(ids: Uint32Array): void {
    for (const id of ids) this.#leave(id, NOWHERE);
  }

  /** Searches in flight keep the stale bits they know. */
  unshare(): void {
    this.#segments = this.#segments.map((segment) => ({
      ...segment,
      stale: segment.stale?.slice(),
    }));
  }

  /** Segments that hold every row, with the codes of now. */
  segments(store: RowStore): readonly Segment[] {
    const from = this.#mergeFrom();
    if (this.#unsortedRows > 0 || from < this.#segments.length) this.#merge(from, store);
    return this.#segments;
  }

  /** One segment that holds every row and nothing stale; undefined when there are no rows. */
  whole(store: RowStore): Segment | undefined {
    const [first] = this.segments(store);
    if (this.#segments.length > 1 || (first?.staleRows ?? 0) > 0) this.#merge(0, store);
    return this.#segments[0];
  }

  #leave(id: number, owner: number): void {
    const before = this.#owners[id];
    this.#owners[id] = owner;
    if (before === NOWHERE || before === UNSORTED) return;
    const segment = this.#segments[before - 1];
    segment.stale ??= new Uint8Array(bitmapBytes(segment.limit));
    setBit(segment.stale, id);
    segment.staleRows++;
  }

  /** The first segment to be merged with all after it and the unsorted rows. */
  #mergeFrom(): number {
    let rows = this.#unsortedRows;
    let from = this.#segments.length;
    for (let s = from - 1; s >= 0; s--) {
      const { rows: all, staleRows } = this.#segments[s];
      rows += all - staleRows;
      const live = all - staleRows;
      if (live < RATIO * (rows - live) || staleRows > live) from = s;
    }
    return from;
  }

  #merge(from: number, store: RowStore): void {
    const members = this.#membersFrom(from);
    const segment = members.length === 0 ? [] : [sorted(this.#layout, members, store)];
    this.#segments = [...this.#segments.slice(0, from), ...segment];
    for (const id of members) this.#owners[id] = from + 1;
    this.#unsorted = [];
    this.#unsortedRows = 0;
  }

  /** The rows of the segments from that one on, and those to be sorted, ascending. */
  #membersFrom(from: number): Uint32Array {
    const merged = this.#segments.slice(from);
    const most = merged.reduce((sum, { rows }) => sum + rows, this.#unsortedRows);
    const ids = allocated(Uint32Array, 1, most, 'tables');
    let count = 0;
    for (const [i, { tables, rows, directoryBits, limit, stale }] of merged.entries()) {
      const start = 2 ** directoryBits + 1;
      for (const id of tables.subarray(start, start + rows)) {
        const isHere = id < limit && this.#owners[id] === from + i + 1;
        if (isHere && !(stale && hasBit(stale, id))) ids[count++] = id;
      }
    }
    for (const unsorted of this.#unsorted) {
      for (const id of unsorted) if (this.#owners[id] === UNSORTED) ids[count++] = id;
    }
    return distinct(ids.subarray(0, count).sort());
  }
}

/** Without repetitions: a row may have been written, removed and written again before it was sorted. */
function distinct(ascending: Uint32Array): Uint32Array {
  let count = 0;
  for (const id of ascending) {
    if (count === 0 || ascending[count - 1] !== id) ascending[count++] = id;
  }
  return ascending.slice(0, count);
}

function sorted(layout: KeyLayout, members: Uint32Array, store: RowStore): Segment {
  const { tables: count, keyBits } = layout;
  const rows = members.length;
  const directoryBits = directoryBitsOf(rows, keyBits);
  const size = tableSize(rows, keyBits, directoryBits);
  const tables = alignedArray(Uint32Array, count, size, 'tables');
  const keys = keysOf(layout, store.memoryBytes(), store.words * 8, members);
  const args = [keys, members, rows, count, keyBits, directoryBits, tables] as const;
  activeBackend().run({ name: 'bucketSort', args }, 1);
  return {
    tables,
    rows,
    directoryBits,
    limit: members[rows - 1] + 1,
    stale: undefined,
    staleRows: 0,
  };
}
