/** The options of vector indexes and of searches in them, and their checks. */

import { checkInteger, checkOneOf } from '../check.ts';
import type { BitCodes } from '../codes/bit-codes.ts';
import type { Hasher } from '../hash/hasher.ts';
import { MOST_NEIGHBORS } from './keyed-index.ts';
import { METRICS, type Metric } from './metric.ts';
import type { SearchAsyncOptions, SearchOptions } from './search-run.ts';
import { RERANK_KINDS, type Rerank } from './vector-store.ts';

/** Rows that a search re-ranks unless told otherwise (docs/vector-index.md). */
const DEFAULT_SHORTLIST = 100;

/** Options of {@link VectorIndex.create}. */
export interface VectorIndexOptions {
  /** Numbers a vector has; taken from the hasher when one is given. */
  dim?: number;
  /** What distance means: 1 - cosine (the default), minus the dot product, or squared Euclidean. */
  metric?: Metric;
  /**
   * What is kept of the vectors, and gives the distances: 'float32' (the default; exact), 'int8' (a quarter of the
   * memory; distances of the rounded vectors), 'none' (codes alone; Hamming distances).
   */
  rerank?: Rerank;
  /**
   * Rows whose vectors are compared with a query, at least 1; default 100. More find more of the true neighbours, and
   * take longer. A search may ask for another number.
   */
  shortlist?: number;
  /** The hasher, one that gives BitCodes; default: SimHash with Hadamard rotations. */
  hasher?: Hasher<BitCodes>;
  /** Bits of the default hasher; default 1024. */
  bits?: number;
  /** Seed of the default hasher; default 0. */
  seed?: number;
}

/** Options of {@link VectorIndex.train} and {@link VectorIndex.from}. */
export interface VectorIndexTraining extends Omit<VectorIndexOptions, 'hasher'> {
  /** Aborting rejects with `signal.reason`. */
  signal?: AbortSignal;
}

/** Options of a blocking search in a VectorIndex. */
export interface VectorSearchOptions extends SearchOptions {
  /** Rows whose vectors are compared with a query; default: that of the index. Never fewer than k. */
  shortlist?: number;
}

/** Options of an asynchronous search in a VectorIndex. */
export interface VectorSearchAsyncOptions extends SearchAsyncOptions {
  /** Rows whose vectors are compared with a query; default: that of the index. Never fewer than k. */
  shortlist?: number;
}

/** A number of rows to re-rank. */
export function checkShortlist(value: number): number {
  return checkInteger(value, 'shortlist', 1, MOST_NEIGHBORS);
}

/** The options of an index but its hasher, checked. */
export function checkModel(options: Omit<VectorIndexOptions, 'hasher'>): {
  metric: Metric;
  rerank: Rerank;
  shortlist: number;
} {
  const { metric = 'cosine', rerank = 'float32', shortlist = DEFAULT_SHORTLIST } = options;
  return {
    metric: checkOneOf(metric, 'metric', METRICS),
    rerank: checkOneOf(rerank, 'rerank', RERANK_KINDS),
    shortlist: checkShortlist(shortlist),
  };
}
