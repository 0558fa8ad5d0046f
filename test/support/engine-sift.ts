/** Real vectors as codes for the tests of engines: SIFT descriptors under SimHash, some of them queries. */

import { siftSample } from '../../data/samples.ts';
import type { BitCodes } from '../../lib/codes/bit-codes.ts';
import { SimHash } from '../../lib/hash/sim-hash.ts';
import { HammingIndex } from '../../lib/search/hamming-index.ts';

/** Codes of 256 bits: rows to be loaded under their numbers, and queries that are not among them. */
export interface SiftCodes {
  readonly hasher: SimHash;
  readonly codes: BitCodes;
  readonly keys: readonly number[];
  readonly queries: BitCodes;
}

const QUERIES = 20;

/** The sample, hashed. */
export function siftCodes(rows: number): SiftCodes {
  const { values, dim } = siftSample();
  const hasher = SimHash.create({ dim, bits: 256, seed: 7 });
  const all = hasher.hash(values);
  const codes = all.slice(0, rows);
  const keys = Array.from({ length: rows }, (_, i) => i);
  return { hasher, codes, keys, queries: all.slice(all.rows - QUERIES) };
}

/** What a local index finds: keys are ids, so ties go to the smaller key. */
export function localMatches({ codes, queries }: SiftCodes, k: number) {
  const index = HammingIndex.create({ bits: codes.bits });
  index.add(codes);
  const { ids, distances } = index.search(queries, k);
  return { keys: [...ids], distances };
}

/** Mean share of the true neighbours' distances that were found, query by query. */
export function recallOf(found: Uint32Array, truth: Uint32Array, k: number): number {
  let hits = 0;
  for (let from = 0; from < truth.length; from += k) {
    const worst = truth[from + k - 1];
    hits += found.subarray(from, from + k).filter((distance) => distance <= worst).length;
  }
  return hits / truth.length;
}
