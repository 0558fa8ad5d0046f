/**
 * Oracle of the dot kernel: dot products and squared differences of pairs in 16 interleaved fused partial sums,
 * folded 16 -> 8 -> 4 -> 2 -> 1, as distances (lib/search/metric.ts), and the nearest rows by a full sort.
 */

import { METRICS } from '../search/metric.ts';
import { fma } from './fma.ts';
import { firstNonFinite } from './sign.ts';

const LANES = 16;

/** The law's sum over one pair: step(element of a, element of b, sum so far), over a zero-filled tail. */
function laneSum(
  a: Float32Array,
  b: Float32Array,
  step: (a: number, b: number, sum: number) => number,
): number {
  const sums = new Float32Array(LANES);
  for (let i = 0; i < Math.ceil(a.length / LANES) * LANES; i++) {
    const [x, y] = i < a.length ? [a[i], b[i]] : [0, 0];
    sums[i % LANES] = step(x, y, sums[i % LANES]);
  }
  for (let half = LANES / 2; half >= 1; half /= 2) {
    for (let i = 0; i < half; i++) sums[i] += sums[i + half];
  }
  return sums[0];
}

/** The dot product of one pair. */
export function dot(a: Float32Array, b: Float32Array): number {
  return laneSum(a, b, fma);
}

function squaredDifference(a: Float32Array, b: Float32Array): number {
  return laneSum(a, b, (x, y, sum) => {
    const difference = Math.fround(x - y);
    return fma(difference, difference, sum);
  });
}

function norm(a: Float32Array): number {
  return Math.fround(Math.sqrt(dot(a, a)));
}

function cosine(a: Float32Array, b: Float32Array): number {
  const norms = Math.fround(norm(a) * norm(b));
  return norms === 0 ? 1 : Math.fround(1 - Math.fround(dot(a, b) / norms));
}

const DISTANCES = {
  dot: (a: Float32Array, b: Float32Array): number => 0 - dot(a, b),
  l2: squaredDifference,
  cosine,
} as const;

/** The distance of one pair under METRICS[metric]. */
function distanceOf(a: Float32Array, b: Float32Array, metric: number): number {
  const distance = DISTANCES[METRICS[metric]](a, b);
  return Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance;
}

/** First position that is not finite, the queries counted as if they stood after the data; or -1. */
function firstBad(
  data: Float32Array,
  dataLength: number,
  queries: Float32Array,
  length: number,
): number {
  const inData = firstNonFinite(data, dataLength);
  if (inData >= 0) return inData;
  const inQueries = firstNonFinite(queries, length);
  return inQueries < 0 ? -1 : dataLength + inQueries;
}

export function dotDistances(
  data: Float32Array,
  rows: number,
  queries: Float32Array,
  queryCount: number,
  dim: number,
  metric: number,
  distances: Float32Array,
): number {
  const bad = firstBad(data, rows * dim, queries, queryCount * dim);
  if (bad >= 0) return bad;
  for (let query = 0; query < queryCount; query++) {
    const a = queries.subarray(query * dim, (query + 1) * dim);
    for (let row = 0; row < rows; row++) {
      const b = data.subarray(row * dim, (row + 1) * dim);
      distances[query * rows + row] = distanceOf(a, b, metric);
    }
  }
  return -1;
}

export function dotNeighbors(
  data: Float32Array,
  rows: number,
  queries: Float32Array,
  queryCount: number,
  dim: number,
  metric: number,
  k: number,
  ids: Uint32Array,
  distances: Float32Array,
): number {
  const bad = firstBad(data, rows * dim, queries, queryCount * dim);
  if (bad >= 0) return bad;
  const all = new Float32Array(rows);
  for (let query = 0; query < queryCount; query++) {
    const one = queries.subarray(query * dim, (query + 1) * dim);
    dotDistances(data, rows, one, 1, dim, metric, all);
    const order = Uint32Array.from(all.keys()).sort((i, j) => all[i] - all[j] || i - j);
    ids.set(order.subarray(0, k), query * k);
    distances.set(
      Float32Array.from(order.subarray(0, k), (row) => all[row]),
      query * k,
    );
  }
  return -1;
}
