/**
 * Hamming distances of query codes to all codes of a database, a few queries at a time, beside the event loop. Sparse codes
 * are compared as bits: with the same number of active units their distance is twice the units that they do not share,
 * so that it ranks as the overlap does.
 */

import { activeBackend } from '../backend/active.ts';
import { BitCodes } from '../codes/bit-codes.ts';
import type { SparseCodes } from '../codes/sparse-codes.ts';
import { HammingStore, wordsOf } from '../search/hamming-store.ts';

/** Distances that one call makes. */
const BLOCK_DISTANCES = 2 ** 21;

const asBits = (codes: BitCodes | SparseCodes): BitCodes =>
  codes instanceof BitCodes ? codes : codes.toBitCodes();

/** Called with every query's distances to all rows, in order; the array is used again. */
export type VisitDistances = (query: number, distances: Uint32Array) => void;

/** Visits the queries one after the other; rejects with the signal's reason when it is aborted. */
export async function forEachCodeDistances(
  database: BitCodes | SparseCodes,
  queries: BitCodes | SparseCodes,
  visit: VisitDistances,
  { threads, signal }: { readonly threads: number; readonly signal: AbortSignal | undefined },
): Promise<void> {
  const codes = asBits(database);
  const store = new HammingStore(codes.bits);
  store.write(
    codes,
    Uint32Array.from({ length: codes.rows }, (_, row) => row),
    codes.rows,
  );
  const { words, rows } = store;
  const asked = wordsOf(asBits(queries));
  const step = Math.max(1, Math.floor(BLOCK_DISTANCES / Math.max(1, rows)));
  const distances = new Uint32Array(Math.min(step, queries.rows) * rows);
  for (let first = 0; first < queries.rows; first += step) {
    const count = Math.min(step, queries.rows - first);
    const part = asked.subarray(first * words, (first + count) * words);
    const args = [store.memory(), rows, words, part, count, distances] as const;
    await activeBackend().start({ name: 'hammingDistances', args }, threads).result;
    signal?.throwIfAborted();
    for (let i = 0; i < count; i++) visit(first + i, distances.subarray(i * rows, (i + 1) * rows));
  }
}
