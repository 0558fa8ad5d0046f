/**
 * Results of engines in the shape of those of local indexes: flat, query after query, nearest first, ties by the
 * smaller key; and their re-ranking by the exact distances of vectors, with the kernels and so the bits of
 * exactNeighbors.
 */

import { allocated, checkInteger } from '../check.ts';
import { FlyhashError, wrongKind, wrongValue } from '../errors.ts';
import { exactNeighbors } from '../search/exact-neighbors.ts';
import type { Key } from '../search/keys.ts';
import type { Metric } from '../search/metric.ts';
import { NO_ID } from '../search/neighbors.ts';
import type { Vectors } from '../vectors.ts';
import type { Matches } from './code-index.ts';
import { compareKeys } from './engine-keys.ts';
import { type Payload, readyVectors } from './engine-rows.ts';

/** A row that an engine found. */
export interface FoundRow {
  readonly key: Key;
  /** Hamming distance. */
  readonly distance: number;
  readonly payload?: Payload;
  readonly vector?: Float32Array;
}

/** Results of a search in an engine: neighbours by Hamming distance. */
export interface EngineMatches extends Matches {
  readonly keys: readonly (Key | null)[];
  readonly distances: Uint32Array;
  /** What is stored beside the neighbours, rows x k, when it was asked for; null after a query's count. */
  readonly payloads?: readonly (Payload | null)[];
}

/** Results of a search by overlap. */
export interface EngineOverlaps extends EngineMatches {
  /** Active units that query and neighbour share, rows x k; 0 in the places after a query's count. */
  readonly overlaps: Uint32Array;
}

/** Results of a search that was re-ranked: neighbours by the distance of vectors. */
export interface RerankedMatches extends Matches {
  readonly keys: readonly (Key | null)[];
  readonly distances: Float32Array;
  readonly payloads?: readonly (Payload | null)[];
}

function byDistance(a: FoundRow, b: FoundRow): number {
  return a.distance - b.distance || compareKeys(a.key, b.key);
}

function flat<Value>(
  lists: readonly (readonly FoundRow[])[],
  k: number,
  value: (row: FoundRow) => Value,
): (Value | null)[] {
  const values: (Value | null)[] = new Array(lists.length * k).fill(null);
  for (const [query, list] of lists.entries()) {
    for (const [i, row] of list.entries()) values[query * k + i] = value(row);
  }
  return values;
}

/** Everything but the distances. */
function named(lists: readonly (readonly FoundRow[])[], k: number, hasPayloads: boolean) {
  const keys = flat(lists, k, ({ key }) => key);
  const counts = Uint32Array.from(lists, ({ length }) => length);
  const matches = { rows: lists.length, k, keys, counts };
  return hasPayloads
    ? { ...matches, payloads: flat(lists, k, ({ payload }) => payload ?? {}) }
    : matches;
}

/** The k nearest of each query, from what an engine found in any order. */
export function matchesOf(
  found: readonly (readonly FoundRow[])[],
  k: number,
  hasPayloads: boolean,
): EngineMatches {
  const lists = found.map((list) => [...list].sort(byDistance).slice(0, k));
  const distances = allocated(Uint32Array, lists.length, k, 'results').fill(NO_ID);
  for (const [query, list] of lists.entries()) {
    distances.set(
      list.map(({ distance }) => distance),
      query * k,
    );
  }
  return { ...named(lists, k, hasPayloads), distances };
}

/** The same with overlaps, which follow from the distances: active units of both, less twice the overlap. */
export function overlapsOf(matches: EngineMatches, activeOfBoth: number): EngineOverlaps {
  const overlaps = matches.distances.map((distance) =>
    distance === NO_ID ? 0 : (activeOfBoth - distance) / 2,
  );
  return { ...matches, overlaps };
}

/**
 * The k nearest of several indexes that hold different rows, such as the shards of one: smaller distance first, then
 * smaller key. Exact when theirs are: what is among the k nearest of all is among the k nearest of its own shard.
 *
 * @param shards what the same search gave in each; at least one.
 * @param k places for each query, at most those of every shard.
 * @throws TypeError or RangeError when they are not results of the same queries, or have fewer than k places.
 *
 * @example
 * ```ts
 * import { mergeMatches } from 'flyhash/pgvector';
 * const [rows, k] = [1, 2];
 * const one = { rows, k, keys: [7, 9], distances: Uint32Array.of(0, 3), counts: Uint32Array.of(2) };
 * const other = { rows, k, keys: [4, null], distances: Uint32Array.of(3, 2 ** 32 - 1), counts: Uint32Array.of(1) };
 * const { keys, distances } = mergeMatches([one, other], 2);
 * console.assert(keys.join() === '7,4' && distances.join() === '0,3');
 * ```
 */
export function mergeMatches(shards: readonly EngineMatches[], k: number): EngineMatches {
  if (!Array.isArray(shards) || shards.length === 0) {
    throw wrongKind('shards', 'a list of results, at least one', shards);
  }
  const [{ rows }] = shards;
  for (const [i, shard] of shards.entries()) {
    if (shard.rows !== rows) throw wrongValue(`shards[${i}].rows`, `${rows}`, shard.rows);
    checkInteger(k, 'k', 0, shard.k);
  }
  const hasPayloads = shards.every(({ payloads }) => payloads !== undefined);
  const lists = Array.from({ length: rows }, (_, query) =>
    shards.flatMap((shard) => foundIn(shard, query)),
  );
  return matchesOf(lists, k, hasPayloads);
}

/** The rows that a result has for a query. */
function foundIn(
  { k, keys, distances, counts, payloads }: EngineMatches,
  query: number,
): FoundRow[] {
  return Array.from({ length: counts[query] }, (_, i) => {
    const place = query * k + i;
    const payload = payloads?.[place];
    const found = { key: keys[place] as Key, distance: distances[place] };
    return payload === undefined || payload === null ? found : { ...found, payload };
  });
}

/** What re-ranking needs. */
export interface RerankRequest {
  /** queries x dim numbers. */
  readonly vectors: Float32Array;
  readonly dim: number;
  readonly metric: Metric;
  readonly k: number;
  readonly hasPayloads: boolean;
}

function vectorsOf(rows: readonly FoundRow[], dim: number): Float32Array {
  const vectors = new Float32Array(rows.length * dim);
  for (const [i, { key, vector }] of rows.entries()) {
    if (vector?.length !== dim) {
      const got = vector === undefined ? 'none' : `${vector.length} numbers`;
      const message = `vector of key ${JSON.stringify(key)} must have ${dim} numbers, got ${got}`;
      throw new FlyhashError('ERR_ENGINE', message);
    }
    vectors.set(vector, i * dim);
  }
  return vectors;
}

/** The k nearest of what was found, by the vectors that came with it. */
export function rerankedMatches(
  found: readonly (readonly FoundRow[])[],
  { vectors, dim, metric, k, hasPayloads }: RerankRequest,
): RerankedMatches {
  const distances = allocated(Float32Array, found.length, k, 'results');
  distances.fill(Number.POSITIVE_INFINITY);
  const lists = found.map((list, query) => {
    const rows = [...list].sort((a, b) => compareKeys(a.key, b.key)); // ids below are in the order of keys
    const asked = vectors.subarray(query * dim, (query + 1) * dim);
    const wanted = Math.min(k, rows.length);
    const near = exactNeighbors(vectorsOf(rows, dim), asked, wanted, { metric, dim });
    distances.set(near.distances, query * k);
    return Array.from(near.ids, (id) => rows[id]);
  });
  return { ...named(lists, k, hasPayloads), distances };
}

/** The vectors of everything that was found, asked for once. */
export async function lookedUp(
  lists: readonly (readonly FoundRow[])[],
  vectorsOf: (keys: readonly Key[]) => Vectors | Promise<Vectors>,
  dim: number,
): Promise<FoundRow[][]> {
  const keys = [...new Set(lists.flatMap((list) => list.map(({ key }) => key)))];
  if (keys.length === 0) return lists.map((list) => [...list]);
  const vectors = readyVectors(await vectorsOf(keys), dim, keys.length);
  const places = new Map(keys.map((key, i) => [key, i]));
  return lists.map((list) =>
    list.map((row) => {
      const place = places.get(row.key) as number;
      return { ...row, vector: vectors.subarray(place * dim, (place + 1) * dim) };
    }),
  );
}
