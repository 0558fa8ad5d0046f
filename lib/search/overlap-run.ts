/**
 * One search by overlap: its queries, its results to be filled, and their translation: a kernel tells how many units
 * of the query a row lacks, a user wants to know the overlap and the Hamming distance.
 */

import { allocated } from '../check.ts';
import type { SparseCodes } from '../codes/sparse-codes.ts';
import { type Neighbors, NO_ID } from './neighbors.ts';
import type { OverlapStore, StoredOverlaps } from './overlap-store.ts';
import type { SearchRun, SearchStep } from './search-run.ts';

/** Neighbours by overlap, largest overlap first, ties by the smaller id. */
export interface Overlaps extends Neighbors<Uint32Array> {
  /** Active units that query and neighbour share, rows x k; 0 in the places after a query's count. */
  readonly overlaps: Uint32Array;
}

export class OverlapRun implements SearchRun<Overlaps> {
  readonly queries: number;
  readonly chunkQueries: number;
  readonly #active: number;
  readonly #stored: StoredOverlaps;
  readonly #codes: SparseCodes;
  readonly #allowed: Uint8Array | undefined;
  readonly #found: Overlaps;

  constructor(
    active: number,
    store: OverlapStore,
    queries: SparseCodes,
    k: number,
    allowed: Uint8Array | undefined,
  ) {
    const { rows } = queries;
    this.queries = rows;
    this.chunkQueries = store.chunkQueries(queries.active);
    this.#active = active;
    this.#stored = store.snapshot();
    this.#codes = queries;
    this.#allowed = allowed;
    const ids = allocated(Uint32Array, rows, k, 'results').fill(NO_ID);
    const distances = allocated(Uint32Array, rows, k, 'results').fill(NO_ID);
    const overlaps = allocated(Uint32Array, rows, k, 'results');
    this.#found = { rows, k, ids, distances, overlaps, counts: new Uint32Array(rows) };
  }

  *steps(first: number, count: number): Iterable<SearchStep> {
    const { k, ids, distances, counts } = this.#found;
    const { active, indices } = this.#codes;
    const end = first + count;
    const call = this.#stored.call({
      units: indices.subarray(first * active, end * active),
      count,
      active,
      allowed: this.#allowed,
      k,
      ids: ids.subarray(first * k, end * k),
      distances: distances.subarray(first * k, end * k),
      counts: counts.subarray(first, end),
    });
    yield { call };
  }

  /** Kernels tell how many units of the query a row lacks. */
  found(): Overlaps {
    const { rows, k, distances, overlaps, counts } = this.#found;
    const { active } = this.#codes;
    for (let query = 0; query < rows; query++) {
      for (let i = query * k, end = i + counts[query]; i < end; i++) {
        overlaps[i] = active - distances[i];
        distances[i] = this.#active + active - 2 * overlaps[i];
      }
    }
    return this.#found;
  }
}
