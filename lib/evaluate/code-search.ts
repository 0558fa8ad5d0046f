/**
 * One hasher with the codes of a database, to be searched by vectors: what a comparison measures and times. Codes of
 * active units can be searched as lists (InvertedIndex) or as bits (HammingIndex); both rank alike, and what was
 * faster here is kept. Re-ranking is that of VectorIndex: exact distances to a shortlist, the k nearest of it.
 */

import { activeBackend } from '../backend/active.ts';
import { BitCodes } from '../codes/bit-codes.ts';
import type { SparseCodes } from '../codes/sparse-codes.ts';
import type { Hasher } from '../hash/hasher.ts';
import { HammingIndex } from '../search/hamming-index.ts';
import { InvertedIndex, MAX_ACTIVE, MAX_UNITS } from '../search/inverted-index.ts';
import { METRICS, type Metric } from '../search/metric.ts';
import { type Neighbors, NO_ID } from '../search/neighbors.ts';
import type { AnyHasher } from './compare-methods.ts';
import type { Split } from './compare-split.ts';

/** Codes as bits take this much memory at most; longer ones are only searched as lists. */
const MOST_BIT_BYTES = 2 ** 30;

/** Searches by which the faster form is told. */
const TRIALS = 3;

/** Searches of queries first .. end - 1 for so many places. */
export type RankedSearch = (first: number, end: number, places: number) => Neighbors<Uint32Array>;

/** Codes of a database, searched by vectors. */
export interface CodeSearch {
  readonly kind: 'HammingIndex' | 'InvertedIndex';
  /** Codes alone, thrown away: what hashing costs. */
  hash(vectors: Float32Array): unknown;
  /** The k rows nearest by codes, queries hashed on the way. */
  find(queries: Float32Array, k: number): Neighbors<Uint32Array>;
  /** The same for queries that are hashed once. */
  ranked(queries: Float32Array): RankedSearch;
}

function overBits(
  hash: (vectors: Float32Array) => BitCodes,
  codes: BitCodes,
  threads: number,
): CodeSearch {
  const index = HammingIndex.create({ bits: codes.bits });
  index.add(codes);
  const search = (queries: BitCodes, k: number) => index.search(queries, k, { threads });
  return {
    kind: 'HammingIndex',
    hash,
    find: (queries, k) => search(hash(queries), k),
    ranked: (queries) => {
      const asked = hash(queries);
      return (first, end, places) => search(asked.slice(first, end), places);
    },
  };
}

function overLists(hasher: Hasher<SparseCodes>, codes: SparseCodes, threads: number): CodeSearch {
  const index = InvertedIndex.create({ units: codes.units, active: codes.active });
  index.add(codes);
  const hash = (vectors: Float32Array): SparseCodes => hasher.hash(vectors, { threads });
  const search = (queries: SparseCodes, k: number) => index.search(queries, k, { threads });
  return {
    kind: 'InvertedIndex',
    hash,
    find: (queries, k) => search(hash(queries), k),
    ranked: (queries) => {
      const asked = hash(queries);
      return (first, end, places) => search(asked.slice(first, end), places);
    },
  };
}

/** Hashes the database and makes it searchable. */
export async function codeSearch(
  hasher: AnyHasher,
  { database, queries }: Split,
  { k, threads, signal }: { k: number; threads: number; signal: AbortSignal | undefined },
): Promise<CodeSearch> {
  const codes = await hasher.hashAsync(database, { threads, signal });
  if (codes instanceof BitCodes) {
    const dense = hasher as Hasher<BitCodes>;
    return overBits((vectors) => dense.hash(vectors, { threads }), codes, threads);
  }
  const sparse = hasher as Hasher<SparseCodes>;
  const asBits = (vectors: Float32Array): BitCodes =>
    sparse.hash(vectors, { threads }).toBitCodes();
  if (codes.units > MAX_UNITS || codes.active > MAX_ACTIVE) {
    return overBits(asBits, codes.toBitCodes(), threads);
  }
  const lists = overLists(sparse, codes, threads);
  if ((codes.rows * codes.units) / 8 > MOST_BIT_BYTES) return lists;
  const bits = overBits(asBits, codes.toBitCodes(), threads);
  return faster(lists, bits, queries, k);
}

/** Whichever finds the k nearest sooner: the best of a few searches each, in turns. */
function faster(one: CodeSearch, other: CodeSearch, queries: Float32Array, k: number): CodeSearch {
  const best = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let trial = 0; trial < TRIALS; trial++) {
    for (const [i, search] of [one, other].entries()) {
      const start = performance.now();
      search.find(queries, k);
      best[i] = Math.min(best[i], performance.now() - start);
    }
  }
  return best[0] <= best[1] ? one : other;
}

/**
 * Lists without empty places: an InvertedIndex never finds rows that share no unit with the query, which are the
 * farthest by codes, all alike; the smaller row is first, as everywhere.
 */
function filled(listed: Neighbors<Uint32Array>, rows: number): Neighbors<Uint32Array> {
  const { k: places, ids, counts } = listed;
  const lastQuery = new Uint32Array(rows).fill(NO_ID);
  for (let query = 0; query < listed.rows; query++) {
    let count = counts[query];
    if (count === places) continue;
    for (let i = 0; i < count; i++) lastQuery[ids[query * places + i]] = query;
    for (let row = 0; count < places; row++) {
      if (lastQuery[row] !== query) ids[query * places + count++] = row;
    }
    counts[query] = count;
  }
  return listed;
}

/** The k nearest by vectors of each query's shortlist by codes. */
export function rerankedSearch(
  search: CodeSearch,
  { database, rows, dim, queries, queryRows }: Split,
  { k, metric, threads }: { readonly k: number; readonly metric: Metric; readonly threads: number },
  shortlist: number,
): Neighbors<Float32Array> {
  const places = Math.min(rows, Math.max(k, shortlist));
  const listed = filled(search.find(queries, places), rows);
  const ids = new Uint32Array(queryRows * k);
  const distances = new Float32Array(queryRows * k);
  const counts = new Uint32Array(queryRows);
  const space = [dim, METRICS.indexOf(metric)] as const;
  const lists = [listed.ids, listed.counts, places, 0] as const;
  const args = [database, rows, queries, queryRows, ...space, ...lists, k, ids, distances, counts];
  activeBackend().run({ name: 'rerankFloats', args: args as never }, threads);
  return { rows: queryRows, k, ids, distances, counts };
}
