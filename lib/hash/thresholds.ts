/**
 * Means and medians of training data, for centring and for thresholds that balance bits. Sums run in double
 * over the rows, ascending, so the result is the same everywhere; medians follow faiss: of an even number of
 * values, the mean of the two in the middle.
 */

import { eventLoopTurn } from '../event-loop.ts';
import { firstNonFinite } from '../reference/sign.ts';
import type { VectorSource } from '../vectors.ts';

const RUN_BYTES = 1 << 20;

/** Reads all rows in runs; throws at the first value that is not finite. */
export async function forEachRun(
  source: VectorSource,
  visit: (run: Float32Array, first: number, rows: number) => void | Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const step = Math.max(1, Math.floor(RUN_BYTES / (4 * source.dim)));
  const run = new Float32Array(Math.min(step, source.rows) * source.dim);
  for (let first = 0; first < source.rows; first += step) {
    const rows = Math.min(step, source.rows - first);
    source.copy(first, rows, run);
    const bad = firstNonFinite(run, rows * source.dim);
    if (bad >= 0) throw source.notFinite(first * source.dim + bad);
    await visit(run, first, rows);
    await eventLoopTurn();
    signal?.throwIfAborted();
  }
}

/** Mean of each column, rounded once to float32. */
export async function columnMeans(
  source: VectorSource,
  signal?: AbortSignal,
): Promise<Float32Array> {
  const sums = new Float64Array(source.dim);
  await forEachRun(
    source,
    (run, _first, rows) => {
      for (let row = 0; row < rows; row++) {
        for (let i = 0; i < source.dim; i++) sums[i] += run[row * source.dim + i];
      }
    },
    signal,
  );
  return Float32Array.from(sums, (sum) => sum / source.rows);
}

/** Splits values[low..high] around a pivot; returns the ends of the two parts that remain. */
function partition(values: Float32Array, low: number, high: number): [number, number] {
  const pivot = values[(low + high) >> 1];
  let i = low;
  let j = high;
  while (i <= j) {
    while (values[i] < pivot) i++;
    while (values[j] > pivot) j--;
    if (i > j) break;
    const value = values[i];
    values[i++] = values[j];
    values[j--] = value;
  }
  return [j, i];
}

/** Moves the value of rank `rank` to its place, smaller ones before it (Hoare's quickselect). */
function select(values: Float32Array, rank: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const [left, right] = partition(values, low, high);
    if (rank <= left) high = left;
    else if (rank >= right) low = right;
    else break;
  }
  return values[rank];
}

/** Median of finite values, as float32; reorders them. The mean of two middle values is rounded once. */
export function median(values: Float32Array): number {
  const middle = values.length >> 1;
  const upper = select(values, middle);
  if (values.length % 2 === 1) return upper;
  let lower = values[0];
  for (let i = 1; i < middle; i++) if (values[i] > lower) lower = values[i];
  return Math.fround((lower + upper) / 2);
}

const MEDIAN_BYTES = 1 << 25;

/** Median of each column, several columns a pass so that memory stays small. */
export async function columnMedians(
  source: VectorSource,
  signal?: AbortSignal,
): Promise<Float32Array> {
  const medians = new Float32Array(source.dim);
  const width = Math.min(source.dim, Math.max(1, Math.floor(MEDIAN_BYTES / (4 * source.rows))));
  const columns = new Float32Array(width * source.rows);
  for (let start = 0; start < source.dim; start += width) {
    const count = Math.min(width, source.dim - start);
    await forEachRun(
      source,
      (run, first, rows) => {
        for (let row = 0; row < rows; row++) {
          for (let c = 0; c < count; c++) {
            columns[c * source.rows + first + row] = run[row * source.dim + start + c];
          }
        }
      },
      signal,
    );
    for (let c = 0; c < count; c++) {
      medians[start + c] = median(columns.subarray(c * source.rows, (c + 1) * source.rows));
      await eventLoopTurn();
    }
  }
  return medians;
}
