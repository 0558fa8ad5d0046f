/**
 * What an inverted index asks of its memory, which has two forms: posting lists where units are seldom active, and
 * posting bitmaps where they are active often. Both store sparse codes by id, and search them through one kernel call.
 */

import type { KernelCall } from '../backend/kernels.ts';
import type { Tensor } from '../files/parts.ts';

/** Queries of one kernel call, and where its results go; distances are active units of the query less overlap. */
export interface OverlapQueries {
  /** count x active units. */
  readonly units: Uint32Array;
  readonly count: number;
  readonly active: number;
  /** Rows that may be found, first bit highest; undefined for all. */
  readonly allowed: Uint8Array | undefined;
  readonly k: number;
  readonly ids: Uint32Array;
  readonly distances: Uint32Array;
  readonly counts: Uint32Array;
}

/** A store as it was at one moment: later appends do not show in it. */
export interface StoredOverlaps {
  readonly rows: number;
  /** The call that answers queries. */
  call(queries: OverlapQueries): KernelCall;
}

export interface OverlapStore {
  /** Rows, holes included. */
  readonly rows: number;
  /** Queries of about a millisecond's search, for asynchronous calls. */
  chunkQueries(active: number): number;
  /** Writes codes, ids.length x active units, at ids below `rows`, the rows afterwards; on failure nothing has changed. */
  write(codes: Uint32Array, ids: Uint32Array, rows: number): void;
  /** Forgets rows. */
  erase(ids: Uint32Array): void;
  /** A copy of the codes first .. first + count - 1; zeros for rows that were erased. */
  read(first: number, count: number): Uint32Array;
  /** Moves to a copy of the memory. */
  unshare(): void;
  snapshot(): StoredOverlaps;
  /** The memory itself, for sharing. */
  tensors(): Tensor[];
}
