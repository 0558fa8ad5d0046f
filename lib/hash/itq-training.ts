/**
 * The training of ITQ: mean, dominant directions, projections of a sample, rotation, and their product as the one matrix
 * that hashes. Every step is made of kernel calls and sums in a fixed order, so the model is the same for any number of
 * threads and on every level.
 */

import { activeBackend } from '../backend/active.ts';
import { wrongValue } from '../errors.ts';
import { stream } from '../random.ts';
import type { VectorSource } from '../vectors.ts';
import type { Progress } from './hasher.ts';
import { KernelWork } from './kernel-work.ts';
import { type CentredVectors, principalSubspace } from './principal-subspace.ts';
import { type Projector, weightsProjector } from './projectors.ts';
import { learnRotation } from './quantisation-rotation.ts';
import { columnMeans } from './thresholds.ts';

export interface ItqSettings {
  readonly bits: number;
  readonly seed: number;
  readonly iterations: number;
  readonly sample: number;
  readonly threads: number | undefined;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((progress: Progress) => void) | undefined;
}

export interface TrainedItq {
  readonly weights: Float32Array;
  readonly thresholds: Float32Array;
  readonly losses: Float64Array;
}

/** Rows that are projected at a time. */
const CHUNK_ROWS = 1024;

/** The rows that the rotation learns from, ascending: all, or a sample. */
function sampledRows(rows: number, sample: number, seed: number): Uint32Array {
  if (rows <= sample) return Uint32Array.from({ length: rows }, (_, row) => row);
  return Uint32Array.from(stream(seed, 'sample').sample(sample, rows)).sort();
}

/** The projections of sampled rows less the mean, scaled to a mean square of 1. */
async function projections(
  { source, mean }: CentredVectors,
  basis: Projector,
  settings: ItqSettings,
  work: KernelWork,
): Promise<Float32Array> {
  const { dim } = source;
  const chosen = sampledRows(source.rows, settings.sample, settings.seed);
  const values = new Float32Array(chosen.length * settings.bits);
  const vectors = new Float32Array(CHUNK_ROWS * dim);
  for (let first = 0; first < chosen.length; first += CHUNK_ROWS) {
    const rows = Math.min(CHUNK_ROWS, chosen.length - first);
    for (let i = 0; i < rows; i++) {
      const own = vectors.subarray(i * dim, (i + 1) * dim);
      source.copy(chosen[first + i], 1, own);
      for (let c = 0; c < dim; c++) own[c] -= mean[c];
    }
    await work.run(basis.values({ vectors, rows }, values.subarray(first * settings.bits)));
    await work.rest();
  }
  return unitScaled(values);
}

function unitScaled(values: Float32Array): Float32Array {
  let squares = 0;
  for (const value of values) squares += value * value;
  const scale = Math.sqrt(squares / values.length);
  if (!(scale > 0 && Number.isFinite(scale))) {
    const expected = 'different enough, and small enough for float32 when multiplied';
    throw wrongValue('vectors', expected, scale);
  }
  return values.map((value) => value / scale);
}

/** The product of a rotation, bits x bits, and a basis, bits x dim. */
function turned(rotation: Float32Array, basis: Float32Array, bits: number): Float32Array {
  const dim = basis.length / bits;
  const columns = new Float32Array(basis.length);
  for (let j = 0; j < bits; j++) {
    for (let i = 0; i < dim; i++) columns[i * bits + j] = basis[j * dim + i];
  }
  const weights = new Float32Array(bits * dim);
  const projector = weightsProjector(columns, dim, bits);
  activeBackend().run(projector.values({ vectors: rotation, rows: bits }, weights), 1);
  return weights;
}

/** The products with the mean: what each output is compared with. */
function thresholdsOf(weights: Float32Array, mean: Float32Array): Float32Array {
  const bits = weights.length / mean.length;
  const thresholds = new Float32Array(bits);
  const projector = weightsProjector(weights, bits, mean.length);
  activeBackend().run(projector.values({ vectors: mean, rows: 1 }, thresholds), 1);
  const bad = thresholds.findIndex((threshold) => !Number.isFinite(threshold));
  if (bad < 0) return thresholds;
  const expected = 'finite (the training vectors are too large for float32 when projected)';
  throw wrongValue(`threshold ${bad}`, expected, thresholds[bad]);
}

export async function trainItq(source: VectorSource, settings: ItqSettings): Promise<TrainedItq> {
  const { bits, seed, iterations, signal, onProgress } = settings;
  const work = new KernelWork(settings.threads, signal);
  const mean = await columnMeans(source, signal);
  const data = { source, mean };
  const basis = await principalSubspace(data, bits, seed, work);
  const projector = weightsProjector(basis, bits, source.dim);
  const values = await projections(data, projector, settings, work);
  let last = 0;
  const onRound = (round: number): void => {
    last = round;
    onProgress?.({ done: round, total: iterations });
  };
  const { rotation, losses } = await learnRotation(
    values,
    bits,
    { seed, iterations },
    work,
    onRound,
  );
  if (last < iterations || iterations === 0) onProgress?.({ done: iterations, total: iterations });
  const weights = turned(rotation, basis, bits);
  return { weights, thresholds: thresholdsOf(weights, mean), losses: Float64Array.from(losses) };
}
