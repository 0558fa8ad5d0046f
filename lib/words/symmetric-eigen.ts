/**
 * All eigenvalues and eigenvectors of a symmetric matrix of some hundred rows: Householder's reduction to tridiagonal
 * form, then the implicit QL method with Wilkinson's shift (Bowdler, Martin, Reinsch and Wilkinson 1968; Golub and Van
 * Loan, "Matrix Computations", 8.3), which needs no parameter and no luck. Doubles with + - * / and square roots in one
 * fixed order, so every engine gives the same bits; eigenvalues are within some units of the last place of the largest
 * one, and eigenvectors orthonormal to the same.
 */

import type { KernelWork } from '../hash/kernel-work.ts';

/** QL steps that no eigenvalue of finite numbers needs: two or three are usual. */
const MOST_STEPS = 60;

/** Eigenvalues, largest first, and the eigenvector of each as a row of length 1. */
export interface Eigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

/** A symmetric tridiagonal matrix, and the rows that turn with it. */
interface Tridiagonal {
  readonly diagonal: Float64Array;
  /** Entry i stands between rows i and i + 1; the last is 0. */
  readonly beside: Float64Array;
  /** n x n. */
  readonly rows: Float64Array;
}

/** Takes factor x direction away from `size` numbers of a matrix at a place. */
function subtract(
  matrix: Float64Array,
  place: number,
  factor: number,
  direction: Float64Array,
  size: number,
): void {
  for (let i = 0; i < size; i++) matrix[place + i] -= factor * direction[i];
}

function dot(matrix: Float64Array, place: number, other: Float64Array, size: number): number {
  let [even, odd] = [0, 0];
  const whole = size - (size % 2);
  for (let i = 0; i < whole; i += 2) {
    even += matrix[place + i] * other[i];
    odd += matrix[place + i + 1] * other[i + 1];
  }
  return size > whole ? even + odd + matrix[place + whole] * other[whole] : even + odd;
}

/** A reflection I - factor v v^T; it maps the vector that v was made of to a multiple of the first axis. */
interface Reflection {
  readonly v: Float64Array;
  readonly factor: number;
}

/** Squares below this are of numbers that are nothing beside a largest entry of 1, and near where doubles end. */
const NOTHING = 2 ** -900;

/** Reflects `size` numbers at a place to `image` x the first axis. */
function reflectionOf(matrix: Float64Array, place: number, size: number) {
  const v = matrix.slice(place, place + size);
  const square = dot(v, 0, v, size);
  if (square < NOTHING) return { image: 0, reflection: { v, factor: 0 } };
  const image = v[0] > 0 ? -Math.sqrt(square) : Math.sqrt(square);
  v[0] -= image;
  return { image, reflection: { v, factor: 2 / dot(v, 0, v, size) } };
}

/** H B H for the trailing block B, size x size, that begins at row and column n - size. */
function reflectBlock(matrix: Float64Array, n: number, { v, factor }: Reflection): void {
  const size = v.length;
  const corner = (n - size) * (n + 1);
  const image = new Float64Array(size);
  for (let i = 0; i < size; i++) image[i] = factor * dot(matrix, corner + i * n, v, size);
  const share = (factor / 2) * dot(image, 0, v, size);
  for (let i = 0; i < size; i++) image[i] -= share * v[i];
  for (let i = 0; i < size; i++) {
    const place = corner + i * n;
    const [own, other] = [v[i], image[i]];
    for (let j = 0; j < size; j++) matrix[place + j] -= own * image[j] + other * v[j];
  }
}

/** Householder's reduction; the matrix is written over. */
async function tridiagonal(
  matrix: Float64Array,
  n: number,
  work: KernelWork,
): Promise<Tridiagonal> {
  const [diagonal, beside] = [new Float64Array(n), new Float64Array(n)];
  const reflections: Reflection[] = [];
  for (let k = 0; k < n; k++) {
    diagonal[k] = matrix[k * n + k];
    if (k + 1 === n) break;
    const { image, reflection } = reflectionOf(matrix, k * n + k + 1, n - k - 1);
    beside[k] = image;
    reflections.push(reflection);
    reflectBlock(matrix, n, reflection);
    await work.rest();
  }
  const rows = new Float64Array(n * n);
  for (let i = 0; i < n; i++) rows[i * n + i] = 1;
  for (let k = n - 2; k >= 0; k--) {
    const { v, factor } = reflections[k];
    for (let row = k + 1; row < n; row++) {
      const place = row * n + k + 1;
      subtract(rows, place, factor * dot(rows, place, v, v.length), v, v.length);
    }
    await work.rest();
  }
  return { diagonal, beside, rows };
}

/** Turns two neighbouring rows in their plane. */
function turn(rows: Float64Array, n: number, row: number, cosine: number, sine: number): void {
  const first = row * n;
  const second = first + n;
  for (let i = 0; i < n; i++) {
    const [a, b] = [rows[first + i], rows[second + i]];
    rows[first + i] = cosine * a - sine * b;
    rows[second + i] = sine * a + cosine * b;
  }
}

/** One implicit QL step on the rows first .. last, which are not split. */
function qlStep({ diagonal, beside, rows }: Tridiagonal, first: number, last: number): void {
  const n = diagonal.length;
  const half = (diagonal[first + 1] - diagonal[first]) / (2 * beside[first]);
  const root = Math.sqrt(half * half + 1);
  let g = diagonal[last] - diagonal[first] + beside[first] / (half + (half < 0 ? -root : root));
  let [sine, cosine, lost] = [1, 1, 0];
  for (let i = last - 1; i >= first; i--) {
    const f = sine * beside[i];
    const b = cosine * beside[i];
    const length = Math.sqrt(f * f + g * g);
    beside[i + 1] = length;
    if (length === 0) {
      // The matrix splits here: the rest of the step has nothing to do.
      diagonal[i + 1] -= lost;
      beside[last] = 0;
      return;
    }
    sine = f / length;
    cosine = g / length;
    g = diagonal[i + 1] - lost;
    const r = (diagonal[i] - g) * sine + 2 * cosine * b;
    lost = sine * r;
    diagonal[i + 1] = g + lost;
    g = cosine * r - b;
    turn(rows, n, i, cosine, sine);
  }
  diagonal[first] -= lost;
  beside[first] = g;
  beside[last] = 0;
}

/** The first row from `first` on after which the matrix splits, but for rounding errors. */
function splitAfter({ beside }: Tridiagonal, first: number, negligible: number): number {
  let row = first;
  while (row + 1 < beside.length && Math.abs(beside[row]) > negligible) row++;
  return row;
}

async function diagonalise(matrix: Tridiagonal, work: KernelWork): Promise<void> {
  const { diagonal, beside } = matrix;
  let largest = 0;
  for (let i = 0; i < diagonal.length; i++) {
    largest = Math.max(largest, Math.abs(diagonal[i]) + Math.abs(beside[i]));
  }
  const negligible = largest * 2 ** -53;
  for (let row = 0; row < diagonal.length; row++) {
    for (let steps = 0; ; steps++) {
      const last = splitAfter(matrix, row, negligible);
      if (last === row) break;
      if (steps === MOST_STEPS) throw new Error('internal: an eigenvalue was not found');
      qlStep(matrix, row, last);
    }
    await work.rest();
  }
}

/** The eigenvalues and eigenvectors of a symmetric matrix n x n of finite numbers, which is written over. */
export async function symmetricEigen(
  matrix: Float64Array,
  n: number,
  work: KernelWork,
): Promise<Eigen> {
  let scale = 0;
  for (const value of matrix) scale = Math.max(scale, Math.abs(value));
  if (scale > 0) for (let i = 0; i < matrix.length; i++) matrix[i] /= scale;
  const reduced = await tridiagonal(matrix, n, work);
  await diagonalise(reduced, work);
  const { diagonal, rows } = reduced;
  const order = [...diagonal.keys()].sort((a, b) => diagonal[b] - diagonal[a] || a - b);
  const vectors = new Float64Array(n * n);
  for (const [place, row] of order.entries()) {
    vectors.set(rows.subarray(row * n, (row + 1) * n), place * n);
  }
  return { values: Float64Array.from(order, (row) => scale * diagonal[row]), vectors };
}
