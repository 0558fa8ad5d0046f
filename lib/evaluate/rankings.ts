/**
 * Distances as rankings with ties: groups of rows at equal distance for the average precisions, and the place of each true
 * neighbour for the list overlap. Rows that may not be found (the query itself, its duplicates) are left out here.
 */

import type { TiedGroup } from './average-precision.ts';
import type { TiedPlace } from './list-overlap.ts';

/** Groups of whole-number distances, nearest first: counts[d] rows at distance d, relevant[d] of them relevant. */
export function* groupsOfCounts(
  counts: Uint32Array,
  relevant: Uint32Array,
): Generator<TiedGroup, void, undefined> {
  for (let d = 0; d < counts.length; d++) {
    if (counts[d] > 0) yield { count: counts[d], relevant: relevant[d] };
  }
}

/** The `count`-th smallest distance of the allowed rows; the largest where there are fewer. */
function cutOf(
  distances: ArrayLike<number>,
  isAllowed: (row: number) => boolean,
  count: number,
): number {
  const near = new Float64Array(2 * count);
  let [held, limit] = [0, Number.POSITIVE_INFINITY];
  for (let row = 0; row < distances.length; row++) {
    if (!(distances[row] <= limit && isAllowed(row))) continue;
    near[held++] = distances[row];
    if (held < near.length) continue;
    near.sort();
    held = count;
    limit = near[count - 1];
  }
  const rest = near.subarray(0, held).sort();
  return held === 0 ? limit : rest[Math.min(count, held) - 1];
}

/**
 * The distances of the allowed rows, ascending: all of them, or with `count` as many of the smallest, and with them those
 * that equal the last.
 */
export function sortedDistances(
  distances: ArrayLike<number>,
  isAllowed: (row: number) => boolean,
  count: number = distances.length,
): Float64Array {
  const isAll = count >= distances.length;
  const limit = isAll ? Number.POSITIVE_INFINITY : cutOf(distances, isAllowed, Math.max(1, count));
  const own = new Float64Array(distances.length);
  let kept = 0;
  for (let row = 0; row < distances.length; row++) {
    if (distances[row] <= limit && isAllowed(row)) own[kept++] = distances[row];
  }
  return own.subarray(0, kept).sort();
}

/** The first place from which sorted values are at least `value`, or above it. */
function bound(sorted: Float64Array, value: number, isAbove: boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value || (isAbove && sorted[middle] === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where a row at that distance stands among the sorted distances; undefined where none of them is its own. */
export function tiedPlace(sorted: Float64Array, distance: number): TiedPlace | undefined {
  const before = bound(sorted, distance, false);
  const tied = bound(sorted, distance, true) - before;
  return tied === 0 ? undefined : { before, tied };
}

/**
 * Groups of the sorted distances as far as the limit reaches, its own group whole; `truth` has the distances of the
 * relevant rows.
 */
export function groupsUpTo(
  sorted: Float64Array,
  truth: readonly number[],
  limit: number,
): TiedGroup[] {
  const relevant = new Map<number, number>();
  for (const distance of truth) relevant.set(distance, (relevant.get(distance) ?? 0) + 1);
  const groups: TiedGroup[] = [];
  for (let at = 0; at < Math.min(limit, sorted.length); ) {
    const end = bound(sorted, sorted[at], true);
    groups.push({ count: end - at, relevant: relevant.get(sorted[at]) ?? 0 });
    at = end;
  }
  return groups;
}

/** The `count` nearest allowed rows, nearest first, ties to the smaller row. */
export function nearestRows(
  distances: ArrayLike<number>,
  isAllowed: (row: number) => boolean,
  count: number,
): number[] {
  const sorted = sortedDistances(distances, isAllowed, count);
  if (sorted.length === 0 || count === 0) return [];
  const limit = sorted[Math.min(count, sorted.length) - 1];
  const rows: number[] = [];
  for (let row = 0; row < distances.length; row++) {
    if (distances[row] <= limit && isAllowed(row)) rows.push(row);
  }
  return rows.sort((a, b) => distances[a] - distances[b] || a - b).slice(0, count);
}
