/**
 * The Rayleigh-Ritz step of the truncated SVD: given the scalar products of the columns of Y and of those of Z = M^T Y,
 * the combinations T of columns for which Y T is orthonormal and Z T orthogonal. The lengths of the columns of Z T are
 * then the singular values of M as far as the columns of Y know them (Golub and Van Loan, "Matrix Computations", 8.7: the
 * symmetric-definite generalised eigenproblem by Cholesky's factorisation). All in double.
 */

import type { KernelWork } from '../hash/kernel-work.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

/** A column that has less than this share of its length beside those before it only repeats them: float32 rounds so. */
const LEAST_SHARE = 1e-6;

/** Combinations of columns. */
export interface Ritz {
  /** How many: fewer than columns where some only repeat others. */
  readonly count: number;
  /** count x columns: the factors of each combination. */
  readonly factors: Float32Array;
  /** Singular values, largest first. */
  readonly values: Float64Array;
}

/**
 * Takes factors[j] x row j away from a row, for first <= j < end, four at a time. Rows have `size` numbers, of which
 * those from `from` on take part.
 */
function subtractRows(
  matrix: Float64Array,
  size: number,
  row: number,
  factors: Float64Array,
  {
    first,
    end,
    from = 0,
  }: { readonly first: number; readonly end: number; readonly from?: number },
): void {
  const to = row * size;
  let j = first;
  for (; j + 4 <= end; j += 4) {
    const [fa, fb, fc, fd] = factors.subarray(j, j + 4);
    const a = j * size;
    const [b, c, d] = [a + size, a + 2 * size, a + 3 * size];
    for (let i = from; i < size; i++) {
      matrix[to + i] -=
        fa * matrix[a + i] + fb * matrix[b + i] + (fc * matrix[c + i] + fd * matrix[d + i]);
    }
  }
  for (; j < end; j++) {
    const factor = factors[j];
    for (let i = from; i < size; i++) matrix[to + i] -= factor * matrix[j * size + i];
  }
}

function divideRow(matrix: Float64Array, size: number, row: number, divisor: number): void {
  for (let i = row * size; i < (row + 1) * size; i++) matrix[i] /= divisor;
}

/** The upper triangular R with R^T R = gram, and the columns it is made of: those that are not repetitions. */
interface Factor {
  readonly kept: readonly number[];
  /** kept x kept. */
  readonly upper: Float64Array;
}

/** Cholesky's factorisation, row by row; gram is written over. */
async function cholesky(gram: Float64Array, columns: number, work: KernelWork): Promise<Factor> {
  const kept: number[] = [];
  const factors = new Float64Array(columns);
  for (let column = 0; column < columns; column++) {
    const place = column * columns + column;
    const whole = gram[place];
    // The rows that are kept stand before this one, without gaps.
    const count = kept.length;
    for (let j = 0; j < count; j++) factors[j] = gram[j * columns + column];
    subtractRows(gram, columns, column, factors, { first: 0, end: count, from: column });
    await work.rest();
    const left = gram[place];
    if (!(left > LEAST_SHARE * LEAST_SHARE * whole)) continue;
    divideRow(gram, columns, column, Math.sqrt(left));
    gram.copyWithin(count * columns, column * columns, (column + 1) * columns);
    kept.push(column);
  }
  const n = kept.length;
  const upper = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) upper[i * n + j] = gram[i * columns + kept[j]];
  }
  return { kept, upper };
}

/** R^-T B for a square matrix B, in its place. */
async function solveLower(upper: Float64Array, matrix: Float64Array, n: number, work: KernelWork) {
  const factors = new Float64Array(n);
  for (let row = 0; row < n; row++) {
    for (let j = 0; j < row; j++) factors[j] = upper[j * n + row];
    subtractRows(matrix, n, row, factors, { first: 0, end: row });
    divideRow(matrix, n, row, upper[row * n + row]);
    await work.rest();
  }
}

/** R^-1 B for a square matrix B, in its place. */
async function solveUpper(upper: Float64Array, matrix: Float64Array, n: number, work: KernelWork) {
  for (let row = n - 1; row >= 0; row--) {
    const factors = upper.subarray(row * n, (row + 1) * n);
    subtractRows(matrix, n, row, factors, { first: row + 1, end: n });
    divideRow(matrix, n, row, upper[row * n + row]);
    await work.rest();
  }
}

/** Transposes a square matrix in its place. */
function transpose(matrix: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const above = matrix[i * n + j];
      matrix[i * n + j] = matrix[j * n + i];
      matrix[j * n + i] = above;
    }
  }
}

/** R^-T gram R^-1 of the kept columns. */
async function reduced(
  { kept, upper }: Factor,
  gram: Float64Array,
  columns: number,
  work: KernelWork,
) {
  const n = kept.length;
  const matrix = new Float64Array(n * n);
  for (const [i, row] of kept.entries()) {
    for (const [j, column] of kept.entries()) matrix[i * n + j] = gram[row * columns + column];
  }
  await solveLower(upper, matrix, n, work);
  transpose(matrix, n);
  await solveLower(upper, matrix, n, work);
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const mean = (matrix[i * n + j] + matrix[j * n + i]) / 2;
      matrix[i * n + j] = mean;
      matrix[j * n + i] = mean;
    }
  }
  return matrix;
}

/** The combinations for the scalar products of Y, which are written over, and of Z: columns x columns each. */
export async function rayleighRitz(
  gramY: Float64Array,
  gramZ: Float64Array,
  columns: number,
  work: KernelWork,
): Promise<Ritz> {
  const factor = await cholesky(gramY, columns, work);
  const { kept, upper } = factor;
  const count = kept.length;
  const matrix = await reduced(factor, gramZ, columns, work);
  const { values, vectors } = await symmetricEigen(matrix, count, work);
  transpose(vectors, count);
  await solveUpper(upper, vectors, count, work);
  const factors = new Float32Array(count * columns);
  for (const [i, column] of kept.entries()) {
    for (let j = 0; j < count; j++) factors[j * columns + column] = vectors[i * count + j];
  }
  return { count, factors, values: values.map((square) => Math.sqrt(Math.max(square, 0))) };
}
