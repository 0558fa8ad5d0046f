/**
 * The tags of Science 2017, as its authors' code makes them: the winners' firing rates in steps of ten, random units, dense
 * Gaussian projections kept as real numbers, and the winners as bits, which is what FlyHash stores.
 */

import { FlyHash } from '../hash/fly-hash.ts';
import { stream } from '../random.ts';
import type { Matrix } from './evaluation-options.ts';
import { type CodeSize, sparseSize } from './protocol-run.ts';
import { denseDistances, type RowDistances, sparseDistances } from './tag-distances.ts';

/** Firing rates are counted in steps of this width. */
const WIDTH = 10;
const FLOAT_BITS = 32;

export interface Tags {
  readonly distances: RowDistances;
  readonly size: CodeSize;
}

const quantised = (values: Float32Array): Float32Array => values.map((x) => Math.floor(x / WIDTH));

function winners(data: Matrix, k: number, units: number, seed: number, hasValues: boolean): Tags {
  const hasher = FlyHash.create({ dim: data.dim, units, active: k, seed });
  const { codes, values } = hasher.activations(data.values);
  const kept = hasValues ? quantised(values) : new Float32Array(values.length).fill(1);
  const tags = { units, active: k, indices: codes.indices, values: kept };
  return { distances: sparseDistances(tags), size: sparseSize(units, k, hasValues) };
}

/** The sums of k random units: a fly of k units, all of them active. */
function randomTag(data: Matrix, k: number, seed: number): Tags {
  const hasher = FlyHash.create({ dim: data.dim, units: k, active: k, seed });
  const { values } = hasher.activations(data.values);
  const tags = { rows: data.rows, dim: k, values: quantised(values) };
  return { distances: denseDistances(tags), size: { bits: k * FLOAT_BITS } };
}

/** k dense Gaussian projections, real numbers. */
function projections(data: Matrix, k: number, seed: number): Tags {
  const { rows, dim, values } = data;
  const weights = new Float64Array(k * dim);
  stream(seed, 'gaussian').fillNormals(weights);
  const outputs = new Float32Array(rows * k);
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < k; j++) {
      let sum = 0;
      for (let i = 0; i < dim; i++) sum += values[row * dim + i] * weights[j * dim + i];
      outputs[row * k + j] = sum;
    }
  }
  const tags = { rows, dim: k, values: quantised(outputs) };
  return { distances: denseDistances(tags), size: { bits: k * FLOAT_BITS } };
}

/** Every tag by the name that reports show. Units are 20 k, the arithmetic of k dense projections, or 10 d. */
export const SCIENCE_METHODS = {
  'LSH, k real numbers': projections,
  'random units': randomTag,
  'fly 20k units, rates': (data: Matrix, k: number, seed: number) =>
    winners(data, k, 20 * k, seed, true),
  'fly 10d units, rates': (data: Matrix, k: number, seed: number) =>
    winners(data, k, 10 * data.dim, seed, true),
  'fly 10d units, bits': (data: Matrix, k: number, seed: number) =>
    winners(data, k, 10 * data.dim, seed, false),
} as const satisfies Record<string, (data: Matrix, k: number, seed: number) => Tags>;

/** A method of the protocol of Science 2017, by the name that reports show. */
export type ScienceMethod = keyof typeof SCIENCE_METHODS;

/** The figures that the paper prints in its text; all others exist only as curves. */
export const SCIENCE_PAPER: Readonly<
  Record<string, Partial<Record<ScienceMethod, Record<number, number>>>>
> = {
  sift: { 'random units': { 4: 0.177 }, 'fly 20k units, rates': { 4: 0.324 } },
  mnist: { 'LSH, k real numbers': { 4: 0.16 }, 'fly 10d units, rates': { 4: 0.448 } },
};
