/**
 * Vectors as signed bytes: each has a scale of its own, its largest magnitude / 127, and its values are the nearest
 * multiples of it (docs/numerics.md). A quarter of the memory of float32; distances of such vectors come from exact
 * integer sums. Plain arithmetic on doubles, so that every machine makes the same bytes.
 */

import { allocated } from '../check.ts';

const MOST = 127;

/** Vectors of bytes must have fewer numbers than this: their sums of products fit 32 bits. */
export const MOST_BYTE_DIM: number = 2 ** 17 - 1;

/** Rows of bytes, one scale and one sum of squares of the bytes a row. */
export interface ByteVectors {
  readonly values: Uint8Array;
  readonly scales: Float32Array;
  readonly norms: Uint32Array;
}

/** The sums of the squares of rows of bytes. */
export function squaredNorms(values: Uint8Array, rows: number, dim: number): Uint32Array {
  const signed = new Int8Array(values.buffer, values.byteOffset, values.length);
  const norms = allocated(Uint32Array, 1, rows, 'vectors');
  for (let row = 0; row < rows; row++) {
    let norm = 0;
    for (let i = row * dim; i < (row + 1) * dim; i++) norm += signed[i] * signed[i];
    norms[row] = norm;
  }
  return norms;
}

/** Finite vectors as bytes: halves round up, toward +Infinity. */
export function byteVectors(vectors: Float32Array, rows: number, dim: number): ByteVectors {
  const values = allocated(Uint8Array, rows, dim, 'vectors');
  const scales = allocated(Float32Array, 1, rows, 'vectors');
  const norms = allocated(Uint32Array, 1, rows, 'vectors');
  for (let row = 0; row < rows; row++) {
    const end = (row + 1) * dim;
    let largest = 0;
    for (let i = row * dim; i < end; i++) largest = Math.max(largest, Math.abs(vectors[i]));
    const inverse = largest === 0 ? 0 : MOST / largest;
    let norm = 0;
    for (let i = row * dim; i < end; i++) {
      const value = Math.floor(vectors[i] * inverse + 0.5);
      values[i] = value;
      norm += value * value;
    }
    scales[row] = largest / MOST;
    norms[row] = norm;
  }
  return { values, scales, norms };
}

/** What bytes stand for. */
export function floatVector(values: Uint8Array, scale: number): Float32Array {
  const signed = new Int8Array(values.buffer, values.byteOffset, values.length);
  return Float32Array.from(signed, (value) => value * scale);
}
