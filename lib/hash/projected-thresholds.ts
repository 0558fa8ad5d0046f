/**
 * Thresholds of projected training data: the projection of the mean (which centres), or the mean or the median of
 * each output. Values come from the same kernels that hash, so they are the same everywhere; means sum doubles
 * over the rows, ascending, and round once; medians as in thresholds.ts. The projected values are never held
 * whole: medians take a few outputs a pass.
 */

import { activeBackend } from '../backend/active.ts';
import { wrongValue } from '../errors.ts';
import { eventLoopTurn } from '../event-loop.ts';
import type { VectorSource } from '../vectors.ts';
import type { Projector } from './projectors.ts';
import { columnMeans, forEachRun, median } from './thresholds.ts';

/** What each output is compared with: zero, or the mean or the median of the training data's. */
export type ThresholdKind = 'zero' | 'mean' | 'median';

export interface ThresholdOptions {
  readonly kind: ThresholdKind;
  readonly center: boolean;
  readonly signal: AbortSignal | undefined;
}

const VALUES_BYTES = 1 << 20;
const MEDIAN_BYTES = 1 << 25;

type Visit = (values: Float32Array, first: number, rows: number) => void;

/** Projects rows beside the event loop, as many at a time as keep the values small. */
async function project(
  projector: Projector,
  vectors: Float32Array,
  rows: number,
  visit: Visit,
): Promise<void> {
  const backend = activeBackend();
  const { dim, outputs } = projector;
  const step = Math.min(rows, Math.max(1, Math.floor(VALUES_BYTES / (4 * outputs))));
  const values = new Float32Array(step * outputs);
  for (let first = 0; first < rows; first += step) {
    const count = Math.min(step, rows - first);
    const part = vectors.subarray(first * dim, (first + count) * dim);
    await backend.start(projector.values({ vectors: part, rows: count }, values), backend.threads)
      .result;
    visit(values, first, count);
  }
}

async function forEachProjected(
  source: VectorSource,
  projector: Projector,
  visit: Visit,
  signal: AbortSignal | undefined,
): Promise<void> {
  const projectRun = (run: Float32Array, first: number, rows: number): Promise<void> =>
    project(projector, run, rows, (values, at, count) => visit(values, first + at, count));
  await forEachRun(source, projectRun, signal);
}

async function projectedMeans(
  source: VectorSource,
  projector: Projector,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const { outputs } = projector;
  const sums = new Float64Array(outputs);
  const addRows: Visit = (values, _first, rows) => {
    for (let row = 0; row < rows; row++) {
      for (let j = 0; j < outputs; j++) sums[j] += values[row * outputs + j];
    }
  };
  await forEachProjected(source, projector, addRows, signal);
  return Float32Array.from(sums, (sum) => sum / source.rows);
}

async function projectedMedians(
  source: VectorSource,
  projector: Projector,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const { outputs } = projector;
  const medians = new Float32Array(outputs);
  const width = Math.min(outputs, Math.max(1, Math.floor(MEDIAN_BYTES / (4 * source.rows))));
  const columns = new Float32Array(width * source.rows);
  for (let start = 0; start < outputs; start += width) {
    const count = Math.min(width, outputs - start);
    const { projector: part, skip } = projector.part(start, count);
    const keepColumns: Visit = (values, first, rows) => {
      for (let row = 0; row < rows; row++) {
        for (let c = 0; c < count; c++) {
          columns[c * source.rows + first + row] = values[row * part.outputs + skip + c];
        }
      }
    };
    await forEachProjected(source, part, keepColumns, signal);
    for (let c = 0; c < count; c++) {
      medians[start + c] = median(columns.subarray(c * source.rows, (c + 1) * source.rows));
      await eventLoopTurn();
    }
  }
  return medians;
}

async function projectionOfMean(
  source: VectorSource,
  projector: Projector,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const values = new Float32Array(projector.outputs);
  const mean = await columnMeans(source, signal);
  await project(projector, mean, 1, (projected) => values.set(projected));
  return values;
}

function thresholdsOf(
  source: VectorSource,
  projector: Projector,
  { kind, center, signal }: ThresholdOptions,
): Promise<Float32Array> {
  if (kind === 'mean') return projectedMeans(source, projector, signal);
  if (kind === 'median') return projectedMedians(source, projector, signal);
  if (center) return projectionOfMean(source, projector, signal);
  return Promise.resolve(new Float32Array(projector.outputs));
}

/**
 * One threshold an output: for 'zero' the projection of the mean vector when centred, else zero; for 'mean' and
 * 'median' the mean or median of the projected training vectors, which centring would move together with them.
 */
export async function projectedThresholds(
  source: VectorSource,
  projector: Projector,
  options: ThresholdOptions,
): Promise<Float32Array> {
  const thresholds = await thresholdsOf(source, projector, options);
  const bad = thresholds.findIndex((threshold) => !Number.isFinite(threshold));
  if (bad >= 0) {
    const expected = 'finite (the training vectors are too large for float32 when projected)';
    throw wrongValue(`threshold ${bad}`, expected, thresholds[bad]);
  }
  return thresholds;
}
