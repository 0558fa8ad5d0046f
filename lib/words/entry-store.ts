/**
 * Columns and counts of many rows, one after the other: in memory while they are few, else in two temporary files, where
 * there is a disk.
 */

import { canSpool, Spool } from '../files/spool.ts';

/** Entries that stay in memory, of eight bytes each (160 MiB), unless told otherwise. */
export const MOST_ENTRIES_IN_MEMORY: number = 20 * 2 ** 20;

/** Entries with the place of their first. */
interface Run {
  readonly place: number;
  readonly columns: Uint32Array;
  readonly counts: Uint32Array;
}

/** The same numbers as those that files hold. */
function signed(numbers: Uint32Array): Int32Array {
  return new Int32Array(numbers.buffer, numbers.byteOffset, numbers.length);
}

export class EntryStore {
  /** Entries in all. */
  length = 0;
  readonly #most: number;
  #runs: Run[] = [];
  #spools: readonly [Spool, Spool] | undefined;

  constructor(mostInMemory: number) {
    this.#most = canSpool() ? mostInMemory : Number.POSITIVE_INFINITY;
  }

  /** Puts entries behind the others; the arrays are the caller's again. */
  async append(columns: Uint32Array, counts: Uint32Array): Promise<void> {
    const run = { place: this.length, columns: columns.slice(), counts: counts.slice() };
    this.length += columns.length;
    this.#runs.push(run);
    if (this.length > this.#most) await this.#spill();
  }

  async #spill(): Promise<void> {
    if (this.#spools === undefined) {
      const columns = await Spool.open();
      try {
        this.#spools = [columns, await Spool.open()];
      } catch (error) {
        await columns.close();
        throw error;
      }
    }
    for (const { place, columns, counts } of this.#runs) {
      await this.#spools[0].write(signed(columns), place);
      await this.#spools[1].write(signed(counts), place);
    }
    this.#runs = [];
  }

  /** Fills both arrays, which are equally long, with the entries from a place on. */
  async read(place: number, columns: Uint32Array, counts: Uint32Array): Promise<void> {
    if (this.#spools !== undefined) {
      await this.#spools[0].read(signed(columns), place);
      await this.#spools[1].read(signed(counts), place);
      return;
    }
    for (const run of this.#runs) {
      const from = Math.max(place, run.place);
      const end = Math.min(place + columns.length, run.place + run.columns.length);
      if (from >= end) continue;
      columns.set(run.columns.subarray(from - run.place, end - run.place), from - place);
      counts.set(run.counts.subarray(from - run.place, end - run.place), from - place);
    }
  }

  /** Lets go of memory and files. */
  async close(): Promise<void> {
    const spools = this.#spools ?? [];
    [this.#spools, this.#runs] = [undefined, []];
    for (const spool of spools) await spool.close();
  }
}
