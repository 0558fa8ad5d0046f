/**
 * Co-occurrence counts as they are kept and read: tables of rows, each of a part of the text, added up row by row when
 * they are read, so that they never stand in memory as a whole. Where there are many tables they are made one.
 */

import { allocated } from '../check.ts';
import type { KernelWork } from '../hash/kernel-work.ts';
import { EntryStore } from './entry-store.ts';

/** Tables that are kept before they are added up to one. */
const MOST_TABLES = 16;

/** Entries of all tables that are read at a time, unless one row has more. */
const BLOCK_ENTRIES = 2 ** 20;

/** The largest count: more does not fit 32 bits. */
const MOST_COUNT = 2 ** 32 - 1;

/** Rows first, first + 1, ... of a table of counts, in compressed form. */
export interface CountRows {
  readonly first: number;
  /** Where each row ends among the entries. */
  readonly ends: Uint32Array;
  /** Ascending in each row. */
  readonly columns: Uint32Array;
  readonly counts: Uint32Array;
}

/** The rows of one table: where they stand in the store, and how long each is. */
interface Table {
  readonly place: number;
  readonly sizes: Uint32Array;
}

/** Adds rows up, in counters that are zero between rows. */
class RowSum {
  readonly #counters: Float64Array;
  readonly #touched: Uint32Array;

  constructor(words: number) {
    this.#counters = new Float64Array(words);
    this.#touched = new Uint32Array(Math.ceil(words / 32));
  }

  add({ columns, counts }: Pick<CountRows, 'columns' | 'counts'>, from: number, end: number): void {
    const counters = this.#counters;
    const touched = this.#touched;
    for (let i = from; i < end; i++) {
      const column = columns[i];
      counters[column] += counts[i];
      touched[column >>> 5] |= 1 << (column & 31);
    }
  }

  /** Writes the sums, ascending, from a place on, and clears them. Gives the place after them. */
  take(row: number, at: number, columns: Uint32Array, counts: Uint32Array): number {
    const counters = this.#counters;
    const touched = this.#touched;
    let end = at;
    for (let word = 0; word < touched.length; word++) {
      let left = touched[word];
      touched[word] = 0;
      while (left !== 0) {
        const lowest = left & -left;
        left ^= lowest;
        const column = 32 * word + (31 - Math.clz32(lowest));
        const count = counters[column];
        if (count > MOST_COUNT) throw tooMany(row, column, count);
        counters[column] = 0;
        columns[end] = column;
        counts[end++] = count;
      }
    }
    return end;
  }
}

function tooMany(row: number, column: number, count: number): RangeError {
  return new RangeError(
    `corpus must have no pair of words near each other more than ${MOST_COUNT} times, ` +
      `got ${count} for the words ${row} and ${column}`,
  );
}

/** Memory for entries that is used again. */
class EntryMemory {
  #columns = new Uint32Array(0);
  #counts = new Uint32Array(0);

  /** Room for that many entries; what was there is lost. */
  reserve(entries: number): void {
    if (this.#columns.length >= entries) return;
    this.#columns = allocated(Uint32Array, 1, entries, 'the counts of words');
    this.#counts = allocated(Uint32Array, 1, entries, 'the counts of words');
  }

  part(from: number, entries: number): Pick<CountRows, 'columns' | 'counts'> {
    const end = from + entries;
    return { columns: this.#columns.subarray(from, end), counts: this.#counts.subarray(from, end) };
  }
}

function runningSums(sizes: Uint32Array): Uint32Array {
  const ends = sizes.slice();
  for (let row = 1; row < ends.length; row++) ends[row] += ends[row - 1];
  return ends;
}

/** The sums of the same rows of several tables, written to memory that has room for them. */
function together(
  sum: RowSum,
  parts: readonly CountRows[],
  { first, end }: { readonly first: number; readonly end: number },
  memory: EntryMemory,
): CountRows {
  const ends = new Uint32Array(end - first);
  const most = parts.reduce((entries, { columns }) => entries + columns.length, 0);
  const { columns, counts } = memory.part(0, most);
  let at = 0;
  for (let row = 0; row < ends.length; row++) {
    for (const part of parts) sum.add(part, row === 0 ? 0 : part.ends[row - 1], part.ends[row]);
    at = sum.take(first + row, at, columns, counts);
    ends[row] = at;
  }
  return { first, ends, ...memory.part(0, at) };
}

/** The counts of a text, table by table. */
export class CountTables {
  readonly #words: number;
  readonly #most: number;
  #store: EntryStore;
  #tables: Table[] = [];

  constructor(words: number, mostInMemory: number) {
    this.#words = words;
    this.#most = mostInMemory;
    this.#store = new EntryStore(mostInMemory);
  }

  /** Begins a table; its rows follow, in order. */
  begin(): void {
    this.#tables.push({ place: this.#store.length, sizes: new Uint32Array(this.#words) });
  }

  /** Puts rows behind those of the last table; the arrays are the caller's again. */
  async append({ first, ends, columns, counts }: CountRows): Promise<void> {
    const { sizes } = this.#tables[this.#tables.length - 1];
    for (let row = 0; row < ends.length; row++) {
      sizes[first + row] = ends[row] - (row === 0 ? 0 : ends[row - 1]);
    }
    await this.#store.append(columns, counts);
  }

  /** Adds tables up where they have become many. */
  async settle(work: KernelWork): Promise<void> {
    if (this.#tables.length < MOST_TABLES) return;
    const together = new CountTables(this.#words, this.#most);
    try {
      together.begin();
      for await (const rows of this.rows(work)) await together.append(rows);
    } catch (error) {
      await together.close();
      throw error;
    }
    await this.close();
    [this.#store, this.#tables] = [together.#store, together.#tables];
  }

  /** All rows in order, some at a time; the arrays are written over by the next ones. */
  async *rows(work: KernelWork): AsyncGenerator<CountRows, void, void> {
    const sum = new RowSum(this.#words);
    const read = new EntryMemory();
    const added = new EntryMemory();
    const places = this.#tables.map(({ place }) => place);
    for (let first = 0; first < this.#words; ) {
      const { end, entries } = this.#block(first);
      read.reserve(entries);
      const parts: CountRows[] = [];
      let at = 0;
      for (const [i, { sizes }] of this.#tables.entries()) {
        const ends = runningSums(sizes.subarray(first, end));
        const part = { first, ends, ...read.part(at, ends[ends.length - 1]) };
        await this.#store.read(places[i], part.columns, part.counts);
        places[i] += part.columns.length;
        at += part.columns.length;
        parts.push(part);
      }
      if (parts.length !== 1) added.reserve(entries);
      yield parts.length === 1 ? parts[0] : together(sum, parts, { first, end }, added);
      await work.rest();
      first = end;
    }
  }

  /** The rows from a first one on that are read together: where they end, and their entries in all tables. */
  #block(first: number): { readonly end: number; readonly entries: number } {
    let entries = 0;
    for (let row = first; row < this.#words; row++) {
      const own = this.#tables.reduce((sum, { sizes }) => sum + sizes[row], 0);
      if (entries + own > BLOCK_ENTRIES && row > first) return { end: row, entries };
      entries += own;
    }
    return { end: this.#words, entries };
  }

  /** Lets go of memory and files. */
  async close(): Promise<void> {
    this.#tables = [];
    await this.#store.close();
  }
}
