/**
 * The small interface that the indexes of this package and those of database engines share, so that moving from one
 * to the other is one changed line: keys name rows, a filter is a list of keys, and whoever awaits what a call gives
 * need not know whether it came at once.
 */

import type { Key, Keys } from '../search/keys.ts';

/** A value, now or later: `await` takes both. */
export type Awaitable<Value> = Value | Promise<Value>;

/** What every search gives, named by keys: `rows` queries, k places each, flat, query after query. */
export interface Matches {
  /** Number of queries. */
  readonly rows: number;
  /** Places a query has in keys and distances. */
  readonly k: number;
  /** Keys of the neighbours, nearest first, rows x k; null in the places after a query's count. */
  readonly keys?: readonly (Key | null)[];
  /** Their distances, rows x k; the largest value of the kind in the places after a query's count. */
  readonly distances: Float32Array | Uint32Array;
  /** Neighbours found for each query. */
  readonly counts: Uint32Array;
}

/** Options that every search understands. */
export interface MatchOptions {
  /** Keys that may be found; default: all. Those that the index lacks are ignored. */
  filter?: Keys;
}

/**
 * An index of codes under keys, here or in an engine. {@link HammingIndex} and {@link InvertedIndex} are ones, and so
 * are the indexes of flyhash/milvus and flyhash/pgvector.
 */
export interface CodeIndex<Codes> {
  /** Adds rows; none of the keys may be in the index. */
  add(codes: Codes, keys: Keys): Awaitable<unknown>;
  /** Adds rows, or replaces those whose keys are in the index: doing it again changes nothing. */
  upsert(codes: Codes, keys: Keys): Awaitable<unknown>;
  /** Removes the rows of these keys, and tells how many there were. */
  remove(keys: Keys): Awaitable<number>;
  /** Whether a row has this key. */
  has(key: Key): Awaitable<boolean>;
  /** The k nearest rows of each query. */
  search(queries: Codes, k: number, options?: MatchOptions): Awaitable<Matches>;
}
