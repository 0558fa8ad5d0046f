/**
 * Random linear maps from vectors to outputs, each with its two kernel calls: the signs against thresholds, and
 * the values. Dense maps hold packed panels, rotations sign words; a seed decides all of their numbers, drawn
 * here in TypeScript, and the first outputs never depend on how many follow.
 */

import type { KernelCall } from '../backend/kernels.ts';
import { allocated, checkInteger } from '../check.ts';
import { corrupt, type PartsReader, type Tensor } from '../files/parts.ts';
import { fillNormals, stream } from '../random.ts';
import { ROTATION_ROUNDS } from '../reference/rotation.ts';
import type { RowRun } from './hasher.ts';
import { forEachOrthogonalRow } from './orthogonal.ts';
import { paddedOutputs, panelIndex } from './panels.ts';

/** The random maps that SimHash can use. */
export type ProjectionKind = 'gaussian' | 'orthogonal' | 'hadamard';

export const PROJECTION_KINDS: readonly ProjectionKind[] = ['gaussian', 'orthogonal', 'hadamard'];

/** Most outputs of a map. */
export const MAX_OUTPUTS: number = 2 ** 20;

/** Most inputs of a rotation: a thread's working row is then 4 MiB. */
const MAX_ROTATION_DIM = 2 ** 20;

/** A linear map from dim inputs to outputs. */
export interface Projector {
  readonly dim: number;
  readonly outputs: number;
  /** codes rows x ceil(outputs / 8), from their start: value > threshold; thresholds are packed. */
  signs(run: Omit<RowRun, 'first'>, thresholds: Float32Array, codes: Uint8Array): KernelCall;
  /** values rows x outputs. */
  values(run: Omit<RowRun, 'first'>, values: Float32Array): KernelCall;
  /** A map whose outputs from `skip` on are this one's from `start` on, `count` of them. */
  part(start: number, count: number): { readonly projector: Projector; readonly skip: number };
  /** The map in a file: the weights outputs x dim, or the signs of rotations, without the packing of kernels. */
  tensor(): Tensor;
}

const TENSOR = 'projection';

class DenseProjector implements Projector {
  readonly dim: number;
  readonly outputs: number;
  readonly #panels: Float32Array;

  constructor(panels: Float32Array, outputs: number, dim: number) {
    this.#panels = panels;
    this.outputs = outputs;
    this.dim = dim;
  }

  signs(
    { vectors, rows }: Omit<RowRun, 'first'>,
    thresholds: Float32Array,
    codes: Uint8Array,
  ): KernelCall {
    const args = [vectors, rows, this.dim, this.#panels, thresholds, this.outputs, codes] as const;
    return { name: 'projectionSigns', args };
  }

  values({ vectors, rows }: Omit<RowRun, 'first'>, values: Float32Array): KernelCall {
    const args = [vectors, rows, this.dim, this.#panels, this.outputs, values] as const;
    return { name: 'projectionValues', args };
  }

  part(start: number, count: number): { projector: Projector; skip: number } {
    const skip = start % 16;
    const panels = this.#panels.subarray((start - skip) * this.dim);
    return { projector: new DenseProjector(panels, skip + count, this.dim), skip };
  }

  tensor(): Tensor {
    const { dim, outputs } = this;
    const data = allocated(Float32Array, outputs, dim, 'projection');
    for (let j = 0; j < outputs; j++) {
      const start = panelIndex(j, dim);
      for (let i = 0; i < dim; i++) data[j * dim + i] = this.#panels[start + i * 16];
    }
    return { name: TENSOR, shape: [outputs, dim], data };
  }
}

class RotationProjector implements Projector {
  readonly dim: number;
  readonly outputs: number;
  readonly #size: number;
  readonly #signs: Uint32Array;

  constructor(signs: Uint32Array, size: number, outputs: number, dim: number) {
    this.#signs = signs;
    this.#size = size;
    this.outputs = outputs;
    this.dim = dim;
  }

  signs(
    { vectors, rows }: Omit<RowRun, 'first'>,
    thresholds: Float32Array,
    codes: Uint8Array,
  ): KernelCall {
    const { dim, outputs } = this;
    const args = [vectors, rows, dim, this.#size, this.#signs, thresholds, outputs, codes] as const;
    return { name: 'rotationSigns', args };
  }

  values({ vectors, rows }: Omit<RowRun, 'first'>, values: Float32Array): KernelCall {
    const { dim, outputs } = this;
    const args = [vectors, rows, dim, this.#size, this.#signs, outputs, values] as const;
    return { name: 'rotationValues', args };
  }

  part(start: number, count: number): { projector: Projector; skip: number } {
    const skip = start % this.#size;
    const signs = this.#signs.subarray((start - skip) * ROTATION_ROUNDS);
    return { projector: new RotationProjector(signs, this.#size, skip + count, this.dim), skip };
  }

  tensor(): Tensor {
    const data = Int8Array.from(this.#signs, (sign) => (sign === 0 ? 1 : -1));
    const rotations = data.length / (ROTATION_ROUNDS * this.#size);
    return { name: TENSOR, shape: [rotations, ROTATION_ROUNDS, this.#size], data };
  }
}

function writePanelRow(panels: Float32Array, output: number, row: ArrayLike<number>): void {
  const start = panelIndex(output, row.length);
  for (let i = 0; i < row.length; i++) panels[start + i * 16] = row[i];
}

function emptyPanels(outputs: number, dim: number): Float32Array {
  return allocated(Float32Array, paddedOutputs(outputs), dim, 'bits x dim, the projection,');
}

/** Independent standard normal weights. */
function gaussianProjector(dim: number, outputs: number, seed: number): Projector {
  const panels = emptyPanels(outputs, dim);
  const row = new Float32Array(dim);
  for (let j = 0; j < outputs; j++) {
    fillNormals(row, seed, 'gaussian', j);
    writePanelRow(panels, j, row);
  }
  return new DenseProjector(panels, outputs, dim);
}

function orthogonalProjector(dim: number, outputs: number, seed: number): Projector {
  const panels = emptyPanels(outputs, dim);
  forEachOrthogonalRow(outputs, dim, seed, (row, j) => writePanelRow(panels, j, row));
  return new DenseProjector(panels, outputs, dim);
}

/** The size of a rotation of dim inputs: a power of two from 16 on. */
function rotationSize(dim: number): number {
  let size = 16;
  while (size < dim) size *= 2;
  return size;
}

function rotationProjector(dim: number, outputs: number, seed: number): Projector {
  checkInteger(dim, 'dim', 1, MAX_ROTATION_DIM);
  const size = rotationSize(dim);
  const rotations = Math.ceil(outputs / size);
  const count = ROTATION_ROUNDS * size;
  const drawn = new Int8Array(rotations * count);
  for (let rotation = 0; rotation < rotations; rotation++) {
    const start = rotation * count;
    stream(seed, 'hadamard', rotation).fillSigns(drawn.subarray(start, start + count));
  }
  return new RotationProjector(signWords(drawn), size, outputs, dim);
}

/** Signs +1 and -1 as the bits that flip the sign of a float32. */
function signWords(signs: Int8Array): Uint32Array {
  return Uint32Array.from(signs, (sign) => (sign < 0 ? 0x80000000 : 0));
}

function readRotations(reader: PartsReader, dim: number, outputs: number): Projector {
  const size = rotationSize(dim);
  const shape = [Math.ceil(outputs / size), ROTATION_ROUNDS, size];
  const signs = reader.tensor(TENSOR, Int8Array, shape);
  const bad = signs.findIndex((sign) => sign !== 1 && sign !== -1);
  if (bad >= 0) throw corrupt(`tensor ${TENSOR}`, `1 or -1 at ${bad}`, signs[bad]);
  return new RotationProjector(signWords(signs), size, outputs, dim);
}

/** The map of given weights, outputs x dim. */
export function weightsProjector(weights: Float32Array, outputs: number, dim: number): Projector {
  const panels = emptyPanels(outputs, dim);
  for (let j = 0; j < outputs; j++) {
    writePanelRow(panels, j, weights.subarray(j * dim, (j + 1) * dim));
  }
  return new DenseProjector(panels, outputs, dim);
}

function readWeights(reader: PartsReader, dim: number, outputs: number): Projector {
  return weightsProjector(reader.finite(TENSOR, [outputs, dim]), outputs, dim);
}

/** The map of a kind that a file holds. */
export function readProjector(
  reader: PartsReader,
  kind: ProjectionKind,
  dim: number,
  outputs: number,
): Projector {
  if (kind !== 'hadamard') return readWeights(reader, dim, outputs);
  if (dim > MAX_ROTATION_DIM) throw corrupt('dim', `at most ${MAX_ROTATION_DIM}`, dim);
  return readRotations(reader, dim, outputs);
}

/** The map of a kind that a seed decides. */
export function randomProjector(
  kind: ProjectionKind,
  dim: number,
  outputs: number,
  seed: number,
): Projector {
  switch (kind) {
    case 'gaussian':
      return gaussianProjector(dim, outputs, seed);
    case 'orthogonal':
      return orthogonalProjector(dim, outputs, seed);
    case 'hadamard':
      return rotationProjector(dim, outputs, seed);
  }
}
