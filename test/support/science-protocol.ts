/**
 * The evaluation of Dasgupta, Stevens, Navlakha (Science 2017), as in the authors' own code: inputs made
 * non-negative and scaled to a mean of 100, then truncated; truth and prediction are the 200 nearest by Euclidean
 * distance, of the inputs and of the tags; the query and its exact duplicates are left out; average precision is
 * over the hits found, not over 200.
 */

import { type Purpose, type RandomStream, stream } from '../../lib/random.ts';

const NEAREST = 200;

/** Rows of values, flat. */
export interface Matrix {
  readonly rows: number;
  readonly dim: number;
  readonly values: Float32Array;
}

/** Distances of all rows to one query row. */
export type Distances = (query: number) => Float64Array;

/** Step 1: every column at least 0, every row of mean 100, whole numbers. */
export function standardised({ rows, dim, values }: Matrix): Matrix {
  const least = new Float64Array(dim).fill(Number.POSITIVE_INFINITY);
  values.forEach((value, i) => {
    least[i % dim] = Math.min(least[i % dim], value);
  });
  const result = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    const own = Float64Array.from(
      values.subarray(row * dim, (row + 1) * dim),
      (value, i) => value + Math.abs(least[i]),
    );
    const mean = own.reduce((sum, value) => sum + value, 0) / dim;
    for (let i = 0; i < dim; i++) result[row * dim + i] = Math.trunc((own[i] * 100) / mean);
  }
  return { rows, dim, values: result };
}

/** Squared Euclidean distances between dense rows. */
export function denseDistances({ rows, dim, values }: Matrix): Distances {
  return (query) => {
    const own = values.subarray(query * dim, (query + 1) * dim);
    const distances = new Float64Array(rows);
    for (let row = 0; row < rows; row++) {
      let sum = 0;
      for (let i = 0, at = row * dim; i < dim; i++, at++) sum += (own[i] - values[at]) ** 2;
      distances[row] = sum;
    }
    return distances;
  };
}

/** Squared Euclidean distances between sparse rows of `active` indices each, ascending, with their values. */
export function sparseDistances(
  rows: number,
  active: number,
  indices: Uint32Array,
  values: Float32Array,
): Distances {
  const square = (row: number): number =>
    values.subarray(row * active, (row + 1) * active).reduce((sum, x) => sum + x * x, 0);
  const squares = Float64Array.from({ length: rows }, (_, row) => square(row));
  return (query) => {
    const own = new Map<number, number>();
    for (let i = query * active; i < (query + 1) * active; i++) own.set(indices[i], values[i]);
    return squares.map((rowSquare, row) => {
      let product = 0;
      for (let i = row * active; i < (row + 1) * active; i++) {
        product += (own.get(indices[i]) ?? 0) * values[i];
      }
      return rowSquare + squares[query] - 2 * product;
    });
  };
}

/** The 200 nearest rows among those allowed; equal distances in the order of `priority`. */
function nearest(
  distances: Float64Array,
  isAllowed: (row: number) => boolean,
  priority: Uint32Array,
): number[] {
  const sorted = distances.filter((_, row) => isAllowed(row)).sort();
  const limit = sorted[Math.min(NEAREST, sorted.length) - 1];
  const rows: number[] = [];
  distances.forEach((distance, row) => {
    if (distance <= limit && isAllowed(row)) rows.push(row);
  });
  rows.sort((a, b) => distances[a] - distances[b] || priority[a] - priority[b]);
  return rows.slice(0, NEAREST);
}

function averagePrecision(predicted: readonly number[], truth: ReadonlySet<number>): number {
  let hits = 0;
  let sum = 0;
  predicted.forEach((row, i) => {
    if (truth.has(row)) sum += ++hits / (i + 1);
  });
  return hits === 0 ? 0 : sum / hits;
}

/** A stream of this evaluation. */
export function evaluationStream(seed: number, purpose: Purpose = 'evaluation'): RandomStream {
  return stream(seed, purpose);
}

/** Mean average precision, in percent, of each tag's distances over the same drawn queries. */
export function meanAveragePrecisions(
  data: Matrix,
  tags: readonly Distances[],
  queryCount: number,
  seed: number,
): number[] {
  const random = evaluationStream(seed);
  const queries = random.sample(queryCount, data.rows);
  const priority = random.shuffle(Uint32Array.from({ length: data.rows }, (_, i) => i));
  const exact = denseDistances(data);
  const sums = tags.map(() => 0);
  for (const query of queries) {
    const distances = exact(query);
    const isAllowed = (row: number): boolean => row !== query && distances[row] > 0;
    const truth = new Set(nearest(distances, isAllowed, priority));
    tags.forEach((tag, i) => {
      sums[i] += averagePrecision(nearest(tag(query), isAllowed, priority), truth);
    });
  }
  return sums.map((sum) => (100 * sum) / queryCount);
}
