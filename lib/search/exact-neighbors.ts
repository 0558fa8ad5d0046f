/**
 * Exact nearest neighbours of float vectors, by looking at every pair: the truth that codes are measured against,
 * and the re-ranking of small sets. Register tiles of the `dot` kernel; distances and ties are those of
 * docs/numerics.md, equal on every machine.
 */

import { activeBackend } from '../backend/active.ts';
import {
  allocated,
  checkBytes,
  checkInteger,
  checkOneOf,
  checkOptions,
  checkThreads,
} from '../check.ts';
import { wrongValue } from '../errors.ts';
import { checkVectors, dimOf, MAX_DIM, VectorSource, type Vectors } from '../vectors.ts';
import { METRICS, type Metric } from './metric.ts';
import { type Neighbors, NO_ID } from './neighbors.ts';

/** Options of {@link exactNeighbors}. */
export interface ExactNeighborsOptions {
  /** What distance means: squared Euclidean, 1 - cosine, or minus the dot product. */
  metric: Metric;
  /** Numbers a vector has; needed when neither data nor queries is a list of rows. */
  dim?: number;
  /** Threads to use, 1 to 256; default 1. */
  threads?: number;
}

/**
 * The k nearest rows of data for each query, exactly; blocks the caller.
 *
 * @param data rows x dim numbers, flat or as a list of rows.
 * @param queries the same for the queries. Where both are flat, options must give dim.
 * @param k neighbours wanted, 0 or more. With k above the number of rows, `counts` tells how many there are; the
 * places after them hold id 0xffffffff and distance Infinity.
 * @param metric 'l2' (squared Euclidean), 'cosine' (1 - cosine; 1 where a norm is zero), 'dot' (minus the product),
 * or options that hold it. A distance that overflows to no number is Infinity.
 * @returns ids (rows of data) and distances, queries x k, nearest first, ties by the smaller row.
 * @throws TypeError for a wrong kind; RangeError for a wrong value or length, and for a value that is not finite,
 * naming its row and column.
 *
 * @example
 * ```ts
 * import { exactNeighbors } from 'flyhash';
 * const data = [[0, 0], [3, 4], [1, 1]];
 * const { ids, distances } = exactNeighbors(data, [[0, 1]], 2, 'l2');
 * console.assert(ids[0] === 0 && distances[0] === 1);
 * console.assert(ids[1] === 2 && distances[1] === 1);
 * ```
 */
export function exactNeighbors(
  data: Vectors,
  queries: Vectors,
  k: number,
  metric: Metric | ExactNeighborsOptions,
): Neighbors<Float32Array> {
  const options = optionsOf(metric);
  const threads = checkThreads(options.threads, 1);
  checkInteger(k, 'k', 0, 2 ** 32 - 1);
  const dim = options.dim === undefined ? sharedDim(data, queries) : options.dim;
  checkInteger(dim, 'dim', 1, MAX_DIM);
  const dataSource = new VectorSource(data, dim, 'data');
  const querySource = new VectorSource(queries, dim, 'queries');
  if (dataSource.rows >= NO_ID) throw wrongValue('data', 'fewer than 2^32 - 1 rows', data);
  checkBytes(querySource.rows, 4 * k, 'ids');
  const kernel = METRICS.indexOf(options.metric);
  const found = nearest(dataSource, querySource, Math.min(k, dataSource.rows), kernel, threads);
  return k > dataSource.rows ? widened(found, k) : found;
}

function optionsOf(metric: Metric | ExactNeighborsOptions): ExactNeighborsOptions {
  const options =
    typeof metric === 'string'
      ? { metric }
      : checkOptions(metric, 'metric', ['metric', 'dim', 'threads']);
  checkOneOf(options.metric, 'metric', METRICS);
  return options;
}

/** The length of the first row of whichever is a list of rows. */
function sharedDim(data: Vectors, queries: Vectors): number {
  checkVectors(data, 'data');
  checkVectors(queries, 'queries');
  const isList = Array.isArray(data) && data.length > 0 && typeof data[0] !== 'number';
  return isList ? dimOf(data, 'data') : dimOf(queries, 'queries');
}

/** The k nearest of every query, for k up to the number of rows. */
function nearest(
  data: VectorSource,
  queries: VectorSource,
  k: number,
  metric: number,
  threads: number,
): Neighbors<Float32Array> {
  const ids = allocated(Uint32Array, queries.rows, k, 'ids');
  const distances = allocated(Float32Array, queries.rows, k, 'distances');
  const rows = values(data, 'data');
  const asked = values(queries, 'queries');
  data.direct(); // reading queries may have run code of the caller, who must not have changed data
  const bad = activeBackend().run(
    {
      name: 'dotNeighbors',
      args: [rows, data.rows, asked, queries.rows, data.dim, metric, k, ids, distances],
    },
    threads,
  );
  const length = data.rows * data.dim;
  if (bad >= 0) throw bad < length ? data.notFinite(bad) : queries.notFinite(bad - length);
  const counts = new Uint32Array(queries.rows).fill(k);
  return { rows: queries.rows, k, ids, distances, counts };
}

/** All rows as one Float32Array: the user's own, or a copy. */
function values(source: VectorSource, name: string): Float32Array {
  const direct = source.direct();
  if (direct !== undefined) return direct;
  const copy = allocated(Float32Array, source.rows, source.dim, name);
  source.copy(0, source.rows, copy);
  return copy;
}

/** The same neighbours in more places, the new ones filled. */
function widened(found: Neighbors<Float32Array>, k: number): Neighbors<Float32Array> {
  const ids = allocated(Uint32Array, found.rows, k, 'ids').fill(NO_ID);
  const distances = allocated(Float32Array, found.rows, k, 'distances');
  distances.fill(Number.POSITIVE_INFINITY);
  for (let query = 0; query < found.rows; query++) {
    const from = query * found.k;
    ids.set(found.ids.subarray(from, from + found.k), query * k);
    distances.set(found.distances.subarray(from, from + found.k), query * k);
  }
  return { ...found, k, ids, distances };
}
