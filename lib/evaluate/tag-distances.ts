/**
 * Distances from one row to all rows, of dense vectors and of tags that keep the values of their active units: what the
 * Science 2017 protocol ranks by.
 */

import { activeBackend } from '../backend/active.ts';
import { METRICS } from '../search/metric.ts';
import type { Matrix } from './evaluation-options.ts';

/** Distances of all rows to one of them. The array may be used again. */
export type RowDistances = (row: number) => ArrayLike<number>;

/** Squared Euclidean distances, float32 as `exactNeighbors` has them. */
export function denseDistances({ rows, dim, values }: Matrix, threads = 1): RowDistances {
  const distances = new Float32Array(rows);
  const metric = METRICS.indexOf('l2');
  return (row) => {
    const query = values.subarray(row * dim, (row + 1) * dim);
    const args = [values, rows, query, 1, dim, metric, distances] as const;
    activeBackend().run({ name: 'dotDistances', args }, threads);
    return distances;
  };
}

/** Tags: `active` unit numbers a row, ascending, and their values. */
export interface SparseTags {
  readonly units: number;
  readonly active: number;
  readonly indices: Uint32Array;
  readonly values: Float32Array;
}

/** Squared Euclidean distances between tags, zero where a unit is not active. */
export function sparseDistances({ units, active, indices, values }: SparseTags): RowDistances {
  const rows = indices.length / active;
  const squares = new Float64Array(rows);
  for (let i = 0; i < values.length; i++) squares[Math.floor(i / active)] += values[i] ** 2;
  const own = new Float64Array(units);
  const distances = new Float64Array(rows);
  return (query) => {
    const [from, to] = [query * active, (query + 1) * active];
    for (let i = from; i < to; i++) own[indices[i]] = values[i];
    for (let row = 0, i = 0; row < rows; row++) {
      let product = 0;
      for (const end = i + active; i < end; i++) product += own[indices[i]] * values[i];
      distances[row] = squares[row] + squares[query] - 2 * product;
    }
    for (let i = from; i < to; i++) own[indices[i]] = 0;
    return distances;
  };
}
