/** What every search gives: for each query its nearest rows, nearest first, ties by the smaller row. */

import type { Key } from './keys.ts';

/** Neighbours of `rows` queries, k places each; flat, query after query. */
export interface Neighbors<
  Distances extends Float32Array | Uint32Array = Float32Array | Uint32Array,
> {
  /** Number of queries. */
  readonly rows: number;
  /** Places a query has in ids and distances. */
  readonly k: number;
  /** Positions of the neighbours, rows x k; 0xffffffff in the places after a query's count. */
  readonly ids: Uint32Array;
  /** Keys of the neighbours, rows x k, from an index that has keys; null in the places after a query's count. */
  readonly keys?: readonly (Key | null)[];
  /** Their distances, rows x k; the largest value of the kind in the places after a query's count. */
  readonly distances: Distances;
  /** Neighbours found for each query: k, or fewer where there are fewer rows. */
  readonly counts: Uint32Array;
}

/** All rows within a radius of each of `rows` queries, query after query, nearest first, ties by the smaller row. */
export interface RangeNeighbors {
  /** Number of queries. */
  readonly rows: number;
  /** Where the results of each query start, rows + 1: those of query i end before starts[i + 1]. */
  readonly starts: Uint32Array;
  /** Positions of the rows found. */
  readonly ids: Uint32Array;
  /** Their keys, from an index that has keys. */
  readonly keys?: readonly Key[];
  /** Their distances. */
  readonly distances: Uint32Array;
}

/** The id in places that hold no neighbour. */
export const NO_ID: number = 0xffffffff;
