/**
 * Which rows an index has: positions with their keys, and the holes that removal leaves. A position is the id of a
 * row for as long as the row lives; a hole is filled by a later row, lowest first, so that an index which forgets as
 * much as it learns stays as large as it is. Changes are planned first, so that what fails changes nothing.
 */

import { allocated } from '../check.ts';
import { wrongKind } from '../errors.ts';
import {
  allRows,
  bitmapBytes,
  bitsBelow,
  clearBit,
  countBits,
  hasBit,
  intersection,
  nextClear,
  setBit,
} from './bitmap.ts';
import { checkKeys, type Key, type Keys, KeyTable } from './keys.ts';
import { NO_ID } from './neighbors.ts';

/**
 * Rows that a search may find: a bitmap of ceil(index.rows / 8) bytes (id i is bit 7 - i % 8 of byte i / 8), a list of
 * keys (those that the index lacks are ignored), or a predicate of key and id, asked once for each row that lives.
 */
export type Filter = Uint8Array | Keys | ((key: Key, id: number) => boolean);

/** Rows about to be written: their ids, and the keys of those that are new. */
export interface Plan {
  readonly ids: Uint32Array;
  /** Rows of the index afterwards, holes included. */
  readonly rows: number;
  readonly named: { readonly ids: Uint32Array; readonly keys: readonly Key[] } | undefined;
}

export class Roster {
  #rows = 0;
  #size = 0;
  #lowestHole = 0;
  #alive: Uint8Array = new Uint8Array(8);
  #keys: KeyTable | undefined;

  /** Rows with these bits of life and keys, which are the roster's from here on: what a file holds. */
  static restored(rows: number, alive: Uint8Array | undefined, keys: KeyTable | undefined): Roster {
    const roster = new Roster();
    roster.#rows = rows;
    roster.#alive = alive ?? allRows(rows);
    roster.#keys = keys;
    roster.#size = countBits(roster.#alive, rows);
    return roster;
  }

  /** Positions used so far, holes included: every id is below it. */
  get rows(): number {
    return this.#rows;
  }

  /** Rows that live. */
  get size(): number {
    return this.#size;
  }

  /** Whether rows have keys of their own; undefined before the first row. */
  get keyed(): boolean | undefined {
    return this.#rows === 0 ? undefined : this.#keys !== undefined;
  }

  /** Keys by position, for an index that has keys. What {@link unshareKeys} promises holds. */
  get keys(): readonly (Key | undefined)[] | undefined {
    return this.#keys?.keys;
  }

  /** A copy of the bits of the rows that live; undefined when all do. */
  alive(): Uint8Array | undefined {
    return this.#size === this.#rows ? undefined : this.#alive.slice(0, bitmapBytes(this.#rows));
  }

  /** The id of a row that lives. */
  find(key: Key): number | undefined {
    if (this.#keys !== undefined) return this.#keys.find(key);
    if (typeof key !== 'number' || key < 0 || key >= this.#rows) return undefined;
    return hasBit(this.#alive, key) ? key : undefined;
  }

  /** The key of a row: its id where there are no keys. */
  keyOf(id: number): Key {
    return this.#keys?.at(id) ?? id;
  }

  /** The ids of the rows that live, ascending. */
  *ids(): IterableIterator<number> {
    for (let id = 0; id < this.#rows; id++) {
      if (hasBit(this.#alive, id)) yield id;
    }
  }

  /** Where `count` new rows would go; keys as checkKeys gave them. */
  planAdd(count: number, keys: readonly Key[] | undefined): Plan {
    this.#checkKeyed(count, keys);
    const { ids, rows } = this.#freshIds(count);
    if (keys === undefined) return { ids, rows, named: undefined };
    for (const [i, key] of keys.entries()) {
      if (this.#keys?.find(key) === undefined) continue;
      throw new RangeError(`keys[${i}] must not be in the index, got ${JSON.stringify(key)}`);
    }
    return { ids, rows, named: { ids, keys } };
  }

  /** Where rows of these keys would go: in place where the key is present, else as planAdd says. */
  planUpsert(count: number, keys: readonly Key[]): Plan {
    if (this.#rows > 0 && this.#keys === undefined) return this.#planReplace(count, keys);
    this.#checkKeyed(count, keys);
    const found = keys.map((key) => this.#keys?.find(key));
    const newKeys = keys.filter((_key, i) => found[i] === undefined);
    const fresh = this.#freshIds(newKeys.length);
    let next = 0;
    const ids = Uint32Array.from(found, (id) => id ?? fresh.ids[next++]);
    return { ids, rows: fresh.rows, named: { ids: fresh.ids, keys: newKeys } };
  }

  /** Carries a plan out. Nothing may have happened since it was made. */
  commit({ ids, rows, named }: Plan): void {
    if (ids.length === 0) return;
    this.#reserve(rows);
    this.#rows = rows;
    for (const id of ids) {
      if (hasBit(this.#alive, id)) continue;
      setBit(this.#alive, id);
      this.#size++;
    }
    this.#lowestHole = nextClear(this.#alive, this.#lowestHole, rows);
    if (named === undefined) return;
    this.#keys ??= new KeyTable();
    for (const [i, key] of named.keys.entries()) this.#keys.set(named.ids[i], key);
  }

  /** Forgets rows that live. */
  remove(ids: Uint32Array): void {
    for (const id of ids) {
      clearBit(this.#alive, id);
      this.#keys?.delete(id);
      this.#lowestHole = Math.min(this.#lowestHole, id);
    }
    this.#size -= ids.length;
  }

  /** From here on changes do not show in what {@link keys} gave before. */
  unshareKeys(): void {
    this.#keys?.unshare();
  }

  /** The rows of a filter that live, as a bitmap. */
  allowed(filter: Filter): Uint8Array {
    return this.current(this.wanted(filter)) ?? allRows(this.#rows);
  }

  /** The rows of a bitmap that live now; undefined means all rows there are. */
  current(wanted: Uint8Array | undefined): Uint8Array | undefined {
    const alive = this.alive();
    if (wanted === undefined) return alive;
    return alive === undefined ? bitsBelow(wanted, this.#rows) : intersection(alive, wanted);
  }

  /** A filter as a bitmap, perhaps the caller's own, perhaps of rows that do not live: for {@link current}. */
  wanted(filter: Filter): Uint8Array {
    if (typeof filter === 'function') return this.#matching(filter);
    if (filter instanceof Uint8Array) {
      if (filter.length === bitmapBytes(this.#rows)) return filter;
      throw new RangeError(
        `filter must have ceil(rows / 8) = ${bitmapBytes(this.#rows)} bytes, got ${filter.length}`,
      );
    }
    if (!Array.isArray(filter) && !ArrayBuffer.isView(filter)) {
      throw wrongKind('filter', 'a bitmap, a list of keys, or a function', filter);
    }
    const keys = checkKeys(filter, 'filter');
    const bitmap = new Uint8Array(bitmapBytes(this.#rows));
    for (const key of keys) {
      const id = this.find(key);
      if (id !== undefined) setBit(bitmap, id);
    }
    return bitmap;
  }

  /** The predicate may do anything, even to this index: it is asked about the rows of the moment it is asked. */
  #matching(predicate: (key: Key, id: number) => boolean): Uint8Array {
    const rows = this.#rows;
    const bitmap = new Uint8Array(bitmapBytes(rows));
    for (let id = 0; id < rows; id++) {
      if (hasBit(this.#alive, id) && predicate(this.keyOf(id), id)) setBit(bitmap, id);
    }
    return bitmap;
  }

  /** For an index without keys: rows are named by ids, which nobody can choose. */
  #planReplace(count: number, keys: readonly Key[]): Plan {
    checkCount(count, keys);
    const ids = keys.map((key, i) => {
      const id = this.find(key);
      if (id !== undefined) return id;
      const got = JSON.stringify(key);
      throw new RangeError(`keys[${i}] must be an id of the index, which has no keys, got ${got}`);
    });
    return { ids: Uint32Array.from(ids), rows: this.#rows, named: undefined };
  }

  #checkKeyed(count: number, keys: readonly Key[] | undefined): void {
    if (keys !== undefined) checkCount(count, keys);
    if (this.#rows === 0 || count === 0) return;
    if (keys === undefined && this.#keys !== undefined) {
      throw wrongKind('keys', 'given, as for the rows before', undefined);
    }
    if (keys !== undefined && this.#keys === undefined) {
      throw wrongKind('keys', 'absent, as for the rows before', keys);
    }
  }

  /** The lowest holes, then positions at the end. */
  #freshIds(count: number): { ids: Uint32Array; rows: number } {
    const filled = Math.min(count, this.#rows - this.#size);
    const rows = this.#rows + count - filled;
    if (rows >= NO_ID)
      throw new RangeError(`index must have fewer than 2^32 - 1 rows, got ${rows}`);
    const ids = allocated(Uint32Array, 1, count, 'ids');
    for (let i = 0, hole = this.#lowestHole; i < filled; i++, hole++) {
      hole = nextClear(this.#alive, hole, this.#rows);
      ids[i] = hole;
    }
    for (let i = filled; i < count; i++) ids[i] = this.#rows + i - filled;
    return { ids, rows };
  }

  #reserve(rows: number): void {
    const bytes = bitmapBytes(rows);
    if (bytes <= this.#alive.length) return;
    const grown = new Uint8Array(Math.max(bytes, 2 * this.#alive.length));
    grown.set(this.#alive);
    this.#alive = grown;
  }
}

function checkCount(count: number, keys: readonly Key[]): void {
  if (keys.length !== count) {
    throw new RangeError(`keys must be ${count}, one for each row, got ${keys.length}`);
  }
  const seen = new KeyTable();
  for (const [i, key] of keys.entries()) {
    if (seen.find(key) !== undefined) {
      throw new RangeError(
        `keys[${i}] must differ from those before it, got ${JSON.stringify(key)}`,
      );
    }
    seen.set(i, key);
  }
}
