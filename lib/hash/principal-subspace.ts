/**
 * The directions in which centred vectors vary most: an orthonormal basis of the dominant subspace of their covariance, by
 * orthogonal iteration (Bauer 1957; Golub and Van Loan, "Matrix Computations", 8.2), which multiplies by the covariance
 * and makes orthonormal in turn. ITQ rotates inside the subspace, so that it needs no single eigenvectors; a library's
 * eigendecomposition (ml-matrix 6.15: 784 x 784 in three to six seconds, all the while holding the event loop) would be
 * spent on what the rotation forgets. The covariance comes from the projection kernel, a fixed number of rows at a time
 * whose float32 sums are added in double, so that threads and levels never show.
 */

import { wrongValue } from '../errors.ts';
import { stream } from '../random.ts';
import type { VectorSource } from '../vectors.ts';
import type { KernelWork } from './kernel-work.ts';
import { scalarProduct, subtractComponents } from './orthogonal.ts';
import { weightsProjector } from './projectors.ts';

/** Rows whose products are summed in float32 before they are added up in double. */
const CHUNK_ROWS = 2048;

/** Rounds of multiplying by the covariance and making orthonormal. */
const ROUNDS = 20;

/** Variances below this share of the largest are float32's rounding errors. */
const LEAST_SHARE = 1e-6;

/** Vectors, with what to subtract from them. */
export interface CentredVectors {
  readonly source: VectorSource;
  readonly mean: Float32Array;
}

/** Rows first .. first + count - 1 less the mean, as columns: dim x count. */
function centredColumns(
  { source, mean }: CentredVectors,
  first: number,
  count: number,
): Float32Array {
  const { dim } = source;
  const run = new Float32Array(count * dim);
  source.copy(first, count, run);
  const columns = new Float32Array(count * dim);
  for (let row = 0; row < count; row++) {
    for (let i = 0; i < dim; i++) columns[i * count + row] = run[row * dim + i] - mean[i];
  }
  return columns;
}

/** The covariance times the number of rows, dim x dim, in double. */
async function scatterMatrix(data: CentredVectors, work: KernelWork): Promise<Float64Array> {
  const { rows, dim } = data.source;
  const sums = new Float64Array(dim * dim);
  const products = new Float32Array(dim * dim);
  for (let first = 0; first < rows; first += CHUNK_ROWS) {
    const count = Math.min(CHUNK_ROWS, rows - first);
    const columns = centredColumns(data, first, count);
    const projector = weightsProjector(columns, dim, count);
    await work.run(projector.values({ vectors: columns, rows: dim }, products));
    for (let i = 0; i < sums.length; i++) sums[i] += products[i];
    await work.rest();
  }
  return sums;
}

/** Makes rows orthonormal, the earlier ones first; throws when one lies within the span of those before it. */
async function orthonormalise(
  rows: Float64Array[],
  outputs: number,
  work: KernelWork,
): Promise<void> {
  let longest = 0;
  for (const [index, row] of rows.entries()) {
    const earlier = rows.slice(0, index);
    subtractComponents(row, earlier);
    subtractComponents(row, earlier);
    const length = Math.sqrt(scalarProduct(row, row));
    longest = Math.max(longest, length);
    if (!(length > LEAST_SHARE * longest)) {
      const expected = `at most ${index}: the vectors vary in no more directions`;
      throw wrongValue('bits', expected, outputs);
    }
    for (let i = 0; i < row.length; i++) row[i] /= length;
    await work.rest();
  }
}

/** The matrix scaled to a largest entry of 1, as float32: directions do not depend on the scale. */
function scaled(matrix: Float64Array): Float32Array {
  let largest = 0;
  for (const value of matrix) if (Math.abs(value) > largest) largest = Math.abs(value);
  if (!(largest > 0 && Number.isFinite(largest))) {
    const expected = 'at least two different ones, small enough for float32 when multiplied';
    throw wrongValue('vectors', expected, largest);
  }
  return Float32Array.from(matrix, (value) => value / largest);
}

/**
 * An orthonormal basis, outputs x dim, of the subspace in which the centred rows vary most.
 *
 * @throws RangeError when they vary in fewer directions.
 */
export async function principalSubspace(
  data: CentredVectors,
  outputs: number,
  seed: number,
  work: KernelWork,
): Promise<Float32Array> {
  const { dim } = data.source;
  const scatter = weightsProjector(scaled(await scatterMatrix(data, work)), dim, dim);
  let basis = Array.from({ length: outputs }, (_, j) => {
    const row = new Float64Array(dim);
    stream(seed, 'initial', j).fillNormals(row);
    return row;
  });
  const vectors = new Float32Array(outputs * dim);
  const products = new Float32Array(outputs * dim);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [j, row] of basis.entries()) vectors.set(row, j * dim);
    await work.run(scatter.values({ vectors, rows: outputs }, products));
    basis = basis.map((_, j) => Float64Array.from(products.subarray(j * dim, (j + 1) * dim)));
    await orthonormalise(basis, outputs, work);
    await work.rest();
  }
  for (const [j, row] of basis.entries()) vectors.set(row, j * dim);
  return vectors;
}
