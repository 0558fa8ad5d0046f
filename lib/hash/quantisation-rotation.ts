/**
 * The rotation of iterative quantisation (Gong and Lazebnik, CVPR 2011): from a random one on, the signs of the rotated
 * projections and the rotation nearest to them (orthogonal Procrustes) are found in turn, each of which lowers the
 * quantisation loss, the mean of (sign - value)^2. The nearest rotation is the polar factor of projections^T signs, by
 * the Newton-Schulz iteration (Bjorck and Bowie 1971): matrix products alone, which the projection kernel makes in
 * float32, where a library's singular values would take seconds a step.
 */

import { stream } from '../random.ts';
import type { KernelWork } from './kernel-work.ts';
import { scalarProduct, subtractComponents } from './orthogonal.ts';
import { weightsProjector } from './projectors.ts';

/** Rows that are rotated at a time. */
const CHUNK_ROWS = 4096;

const MOST_STEPS = 60;
/** Steps end when no entry of X^T X is farther from the identity. */
const CLOSE = 1e-5;

/** A part of the projections in the two forms that products want. */
interface Part {
  readonly rows: number;
  /** Projects rows of bits numbers to one output for each row of the part. */
  readonly asOutputs: ReturnType<typeof weightsProjector>;
  /** Projects rows of as many numbers as the part has rows to bits outputs. */
  readonly asInputs: ReturnType<typeof weightsProjector>;
}

function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < columns; c++) result[c * rows + row] = values[row * columns + c];
  }
  return result;
}

async function partsOf(projections: Float32Array, bits: number, work: KernelWork): Promise<Part[]> {
  const rows = projections.length / bits;
  const parts: Part[] = [];
  for (let first = 0; first < rows; first += CHUNK_ROWS) {
    const count = Math.min(CHUNK_ROWS, rows - first);
    const own = projections.subarray(first * bits, (first + count) * bits);
    const asOutputs = weightsProjector(own, count, bits);
    const asInputs = weightsProjector(transposed(own, count, bits), bits, count);
    parts.push({ rows: count, asOutputs, asInputs });
    await work.rest();
  }
  return parts;
}

/** A random rotation, bits x bits. */
async function randomRotation(bits: number, seed: number, work: KernelWork): Promise<Float32Array> {
  const rows: Float64Array[] = [];
  const rotation = new Float32Array(bits * bits);
  for (let j = 0; j < bits; j++) {
    const row = new Float64Array(bits);
    stream(seed, 'orthogonal', j).fillNormals(row);
    subtractComponents(row, rows);
    subtractComponents(row, rows);
    const length = Math.sqrt(scalarProduct(row, row));
    for (let i = 0; i < bits; i++) row[i] /= length;
    rows.push(row);
    rotation.set(row, j * bits);
    await work.rest();
  }
  return rotation;
}

/** signs^T x projections, bits x bits, and the loss of these signs: one row a bit of the rotation. */
async function signProducts(
  parts: readonly Part[],
  rotation: Float32Array,
  bits: number,
  work: KernelWork,
): Promise<{ products: Float64Array; loss: number }> {
  const products = new Float64Array(bits * bits);
  const sums = new Float32Array(bits * bits);
  let [loss, count] = [0, 0];
  for (const { rows, asOutputs, asInputs } of parts) {
    const rotated = new Float32Array(bits * rows);
    await work.run(asOutputs.values({ vectors: rotation, rows: bits }, rotated));
    for (let i = 0; i < rotated.length; i++) {
      const sign = rotated[i] > 0 ? 1 : -1;
      loss += (sign - rotated[i]) * (sign - rotated[i]);
      rotated[i] = sign;
    }
    count += rotated.length;
    await work.run(asInputs.values({ vectors: rotated, rows: bits }, sums));
    for (let i = 0; i < products.length; i++) products[i] += sums[i];
    await work.rest();
  }
  return { products, loss: loss / count };
}

/** One step X (3 - X^T X) / 2, and how far X^T X was from the identity. */
async function newtonSchulz(matrix: Float32Array, bits: number, work: KernelWork) {
  const columns = transposed(matrix, bits, bits);
  const gram = new Float32Array(bits * bits);
  await work.run(
    weightsProjector(columns, bits, bits).values({ vectors: columns, rows: bits }, gram),
  );
  let farthest = 0;
  for (let i = 0; i < gram.length; i++) {
    const isDiagonal = i % (bits + 1) === 0;
    const off = Math.abs(gram[i] - (isDiagonal ? 1 : 0));
    if (off > farthest) farthest = off;
    gram[i] = ((isDiagonal ? 3 : 0) - gram[i]) / 2;
  }
  const next = new Float32Array(bits * bits);
  // The factor is symmetric: its rows are its columns.
  await work.run(weightsProjector(gram, bits, bits).values({ vectors: matrix, rows: bits }, next));
  return { next, farthest };
}

/** The orthogonal matrix nearest to a square one. */
async function polarFactor(
  products: Float64Array,
  bits: number,
  work: KernelWork,
): Promise<Float32Array> {
  let squares = 0;
  for (const value of products) squares += value * value;
  const length = Math.sqrt(squares);
  let matrix = Float32Array.from(products, (value) => value / length);
  for (let step = 0; step < MOST_STEPS; step++) {
    const { next, farthest } = await newtonSchulz(matrix, bits, work);
    matrix = next;
    if (farthest < CLOSE) break;
  }
  return matrix;
}

/** What the search for a rotation gave. */
export interface LearntRotation {
  /** bits x bits: output j = row j times the projections. */
  readonly rotation: Float32Array;
  /** The loss of each rotation that was tried, the first one random; they never rise. */
  readonly losses: readonly number[];
}

/** The rotation of projections, rows x bits, with the least loss of those that `iterations` rounds find. */
export async function learnRotation(
  projections: Float32Array,
  bits: number,
  settings: { readonly seed: number; readonly iterations: number },
  work: KernelWork,
  onRound: (round: number) => void,
): Promise<LearntRotation> {
  const parts = await partsOf(projections, bits, work);
  let rotation = await randomRotation(bits, settings.seed, work);
  let { products, loss } = await signProducts(parts, rotation, bits, work);
  const losses = [loss];
  for (let round = 1; round <= settings.iterations; round++) {
    const nearest = await polarFactor(products, bits, work);
    const found = await signProducts(parts, nearest, bits, work);
    onRound(round);
    if (!(found.loss < loss)) break; // a rounding error from the optimum
    rotation = nearest;
    ({ products, loss } = found);
    losses.push(loss);
  }
  return { rotation, losses };
}
