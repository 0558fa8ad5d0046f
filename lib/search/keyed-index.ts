/**
 * What every index shares: rows that come, change and go under keys, filters, and searches that see the index of the
 * moment of their call. A subclass stores rows by id and prepares searches. While an asynchronous search is in flight
 * it reads the memory of its start; the first write that would change rows it reads moves the index to a copy.
 */

import { checkInteger, checkOptions, checkThreads } from '../check.ts';
import { PARTS, type Parts } from '../files/parts.ts';
import type { FileOptions } from '../files/save.ts';
import { type SharedIndex, sharedCopy } from '../files/shared.ts';
import { Stored } from '../files/stored.ts';
import { checkKey, checkKeys, type Key, type Keys } from './keys.ts';
import { type Neighbors, NO_ID } from './neighbors.ts';
import { type Filter, type Plan, Roster } from './roster.ts';
import {
  checkSearchAsync,
  runSearch,
  runSearchAsync,
  SEARCH_ASYNC_OPTIONS,
  SEARCH_OPTIONS,
  type SearchAsyncOptions,
  type SearchOptions,
  type SearchRun,
} from './search-run.ts';

/** Most neighbours that can be asked for. */
export const MOST_NEIGHBORS: number = 2 ** 32 - 1;

/** Rows that were checked and copied where needed: reading them runs no code of the caller any more. */
export interface ReadyRows {
  readonly rows: number;
}

/** The memory that searches in flight read: how many do, and whether others own it. */
interface Generation {
  readers: number;
  readonly foreign: boolean;
}

/** What a search is asked, checked; `allowed` is a bitmap of ids, undefined for all of them. */
export interface SearchRequest<Ready> {
  readonly queries: Ready;
  readonly k: number;
  readonly allowed: Uint8Array | undefined;
  /** The options of the call, of which a subclass reads its own. */
  readonly options: SearchOptions;
}

export abstract class KeyedIndex<
  Items,
  Row,
  Ready extends ReadyRows,
  Found extends Neighbors,
> extends Stored {
  /** What rows are called in errors. */
  protected abstract readonly itemsName: string;
  /** Options of a search that this kind of index has besides those of all. */
  protected readonly ownOptions: readonly string[] = [];
  #roster: Roster;
  #generation: Generation;

  /** An empty index, or one over the rows of `roster`; foreign memory is copied before anything is written. */
  protected constructor(roster: Roster = new Roster(), foreign = false) {
    super();
    this.#roster = roster;
    this.#generation = { readers: 0, foreign };
  }

  /** The rows of an argument, checked against the index and safe from their owner. */
  protected abstract ready(items: Items, name: string): Ready;

  /** Stores rows at ids below `rows`, the rows of the index afterwards; on failure nothing has changed. */
  protected abstract write(items: Ready, ids: Uint32Array, rows: number): void;

  /** Forgets rows: their memory is zeroed. */
  protected abstract erase(ids: Uint32Array): void;

  /** Moves to a copy of the memory; searches in flight keep what they read. */
  protected abstract unshare(): void;

  /** A search over the memory of now. */
  protected abstract prepare(request: SearchRequest<Ready>): SearchRun<Found>;

  /** A copy of what is stored at an id. */
  protected abstract row(id: number): Row;

  /** The parts in the layout that searching wants, for {@link share}; those of a file unless overridden. */
  protected sharedParts(): Parts {
    return this[PARTS]();
  }

  /**
   * The index of now in shared memory, to be posted to workers: `fromShared` of the same class searches it there
   * without a copy. Later changes of this index do not show in it, and an index that was opened so copies the memory
   * before it changes anything.
   */
  share(): SharedIndex {
    return sharedCopy(this.sharedParts());
  }

  /** Saves the index of now: it may be changed while its parts are on their way to the disk. */
  override async save(path: string | URL, options: FileOptions = {}): Promise<void> {
    return this.leased(() => super.save(path, options));
  }

  /** Rows that live. */
  get size(): number {
    return this.#roster.size;
  }

  /** Ids that were ever used: every id is below it, and bitmaps have ceil(rows / 8) bytes. */
  get rows(): number {
    return this.#roster.rows;
  }

  /** Rows, keys and holes, for the parts of a subclass. */
  protected get roster(): Roster {
    return this.#roster;
  }

  /**
   * Adds rows; they are copied. Searches in flight do not see them.
   *
   * @param items rows to add.
   * @param keys one safe integer or string a row, none of them in the index. Without keys the id of a row is its
   * key; an index has keys for all rows or for none.
   * @returns the ids of the rows: the lowest that are free.
   * @throws TypeError for a wrong kind, RangeError for rows or keys that the index cannot take, and when it would
   * need more memory than it can have. Then nothing has been added.
   */
  add(items: Items, keys?: Keys): Uint32Array {
    const checkedKeys = keys === undefined ? undefined : checkKeys(keys);
    const rows = this.ready(items, this.itemsName);
    return this.#carryOut(rows, this.#roster.planAdd(rows.rows, checkedKeys));
  }

  /**
   * Adds rows, or replaces those whose keys are in the index, in place. In an index without keys every key must be
   * the id of a row that lives.
   *
   * @returns the ids of the rows.
   * @throws as {@link add}; RangeError when a key comes twice. Then nothing has changed.
   */
  upsert(items: Items, keys: Keys): Uint32Array {
    const checkedKeys = checkKeys(keys);
    const rows = this.ready(items, this.itemsName);
    return this.#carryOut(rows, this.#roster.planUpsert(rows.rows, checkedKeys));
  }

  /**
   * Removes the rows of these keys; keys that the index lacks are ignored. Their ids are free for later rows, their
   * memory is zeroed.
   *
   * @returns how many rows were removed.
   * @throws TypeError or RangeError when keys are no keys.
   */
  remove(keys: Keys): number {
    const found = new Set<number>();
    for (const key of checkKeys(keys)) {
      const id = this.#roster.find(key);
      if (id !== undefined) found.add(id);
    }
    const ids = Uint32Array.from(found).sort();
    if (ids.length === 0) return 0;
    this.#beforeWrite(true);
    this.erase(ids);
    this.#roster.remove(ids);
    return ids.length;
  }

  /** Whether a row has this key. */
  has(key: Key): boolean {
    return this.#roster.find(checkKey(key, 'key')) !== undefined;
  }

  /** What is stored under a key, a copy; undefined when there is none. */
  get(key: Key): Row | undefined {
    const id = this.#roster.find(checkKey(key, 'key'));
    return id === undefined ? undefined : this.row(id);
  }

  /** The keys of the rows that live, by ascending id; ids where the index has no keys. */
  *keys(): IterableIterator<Key> {
    for (const id of this.#roster.ids()) yield this.#roster.keyOf(id);
  }

  /**
   * A filter as a bitmap of ceil(rows / 8) bytes, to be used for many searches: id i is bit 7 - i % 8 of byte i / 8.
   * It fits until rows grow.
   */
  bitmap(filter: Filter): Uint8Array {
    return this.#roster.allowed(filter);
  }

  /**
   * The k nearest rows of each query, blocking the caller: smaller distance first, then smaller id.
   *
   * @param queries as rows are added.
   * @param k places for each query, from 0; where fewer rows are found, counts tells how many are real.
   * @returns ids and distances, queries x k, and keys if the index has them.
   * @throws TypeError for a wrong kind, RangeError for a wrong value or a k whose results cannot be held.
   */
  search(queries: Items, k: number, options: SearchOptions = {}): Found {
    checkOptions<object>(options, 'options', [...SEARCH_OPTIONS, ...this.ownOptions] as never[]);
    const threads = checkThreads(options.threads, 1);
    checkInteger(k, 'k', 0, MOST_NEIGHBORS);
    const run = this.#prepared(queries, k, options);
    return withKeys(runSearch(run, threads), this.#roster.keys);
  }

  /**
   * As {@link search}, by the package's own threads while the event loop stays free. The index, the queries and the
   * filter are those of the moment of the call, whatever is added, replaced or removed meanwhile.
   *
   * @throws (rejects) as {@link search}; with `signal.reason` when aborted.
   */
  async searchAsync(queries: Items, k: number, options: SearchAsyncOptions = {}): Promise<Found> {
    checkOptions<object>(options, 'options', [
      ...SEARCH_ASYNC_OPTIONS,
      ...this.ownOptions,
    ] as never[]);
    const checked = checkSearchAsync(options);
    checkInteger(k, 'k', 0, MOST_NEIGHBORS);
    const run = this.#prepared(queries, k, options);
    return this.leased(async (keys) => withKeys(await runSearchAsync(run, checked), keys));
  }

  #prepared(queries: Items, k: number, options: SearchOptions): SearchRun<Found> {
    return this.prepare({ ...this.asked(queries, options.filter), k, options });
  }

  /** The filter runs code of the caller, who may change the index: it comes first. */
  protected asked(
    queries: Items,
    filter: Filter | undefined,
  ): Omit<SearchRequest<Ready>, 'k' | 'options'> {
    const wanted = filter === undefined ? undefined : this.#roster.wanted(filter);
    const ready = this.ready(queries, 'queries');
    return { queries: ready, allowed: this.#roster.current(wanted) };
  }

  /** Runs work that reads the memory of now, with the keys of now, across turns of the event loop. */
  protected async leased<Result>(
    work: (keys: readonly (Key | undefined)[] | undefined) => Promise<Result>,
  ): Promise<Result> {
    const release = this.lease();
    try {
      return await work(this.#roster.keys);
    } finally {
      release();
    }
  }

  /** Keeps the memory and keys of now as they are until the function that it gives is called. */
  protected lease(): () => void {
    const generation = this.#generation;
    generation.readers++;
    let released = false;
    return () => {
      if (!released) generation.readers--;
      released = true;
    };
  }

  #carryOut(items: Ready, plan: Plan): Uint32Array {
    if (plan.ids.length === 0) return plan.ids;
    this.#beforeWrite(plan.ids.some((id) => id < this.#roster.rows));
    this.write(items, plan.ids, plan.rows);
    this.#roster.commit(plan);
    return plan.ids.slice();
  }

  #beforeWrite(overwrites: boolean): void {
    const { readers, foreign } = this.#generation;
    if (!foreign && (readers === 0 || !overwrites)) return;
    this.unshare();
    this.#roster.unshareKeys();
    this.#generation = { readers: 0, foreign: false };
  }
}

/** The result with the keys of its ids, where the index has keys. */
export function withKeys<Found extends Neighbors>(
  found: Found,
  keys: readonly (Key | undefined)[] | undefined,
): Found {
  if (keys === undefined) return found;
  const named = Array.from(found.ids, (id) => (id === NO_ID ? null : (keys[id] ?? null)));
  return { ...found, keys: named };
}
