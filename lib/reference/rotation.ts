/**
 * Oracle of the rotation kernel: a row padded with zeros to `size`, then three rounds of sign flips and of an
 * unscaled Hadamard transform whose butterflies (a, b) -> (a + b, a - b) run at the strides size/2, size/4, ... 1,
 * in float32; further rotations follow when more outputs are asked for (Ailon and Chazelle 2006).
 */

import { firstNonFinite, setBit } from './sign.ts';

/** Rounds of one rotation. */
export const ROTATION_ROUNDS = 3;

function hadamard(values: Float32Array): void {
  for (let stride = values.length / 2; stride >= 1; stride /= 2) {
    for (let i = 0; i < values.length; i++) {
      if ((i & stride) !== 0) continue;
      const a = values[i];
      const b = values[i + stride];
      values[i] = a + b;
      values[i + stride] = a - b;
    }
  }
}

/** All `values.length` outputs of one rotation of a row; signs are 3 x size words, 0 or 0x80000000. */
function rotate(row: Float32Array, signs: Uint32Array, values: Float32Array): void {
  const size = values.length;
  values.fill(0);
  values.set(row);
  for (let round = 0; round < ROTATION_ROUNDS; round++) {
    for (let i = 0; i < size; i++) if (signs[round * size + i] !== 0) values[i] = -values[i];
    hadamard(values);
  }
}

function forEachOutput(
  vectors: Float32Array,
  rows: number,
  dim: number,
  size: number,
  signs: Uint32Array,
  outputs: number,
  visit: (row: number, output: number, value: number) => void,
): number {
  const bad = firstNonFinite(vectors, rows * dim);
  if (bad >= 0) return bad;
  const values = new Float32Array(size);
  for (let row = 0; row < rows; row++) {
    for (let begin = 0; begin < outputs; begin += size) {
      rotate(
        vectors.subarray(row * dim, (row + 1) * dim),
        signs.subarray(begin * ROTATION_ROUNDS),
        values,
      );
      const count = Math.min(size, outputs - begin);
      for (let j = 0; j < count; j++) visit(row, begin + j, values[j]);
    }
  }
  return -1;
}

export function rotationSigns(
  vectors: Float32Array,
  rows: number,
  dim: number,
  size: number,
  signs: Uint32Array,
  thresholds: Float32Array,
  bits: number,
  codes: Uint8Array,
): number {
  const codeBytes = Math.ceil(bits / 8);
  codes.fill(0, 0, rows * codeBytes);
  return forEachOutput(vectors, rows, dim, size, signs, bits, (row, j, value) => {
    if (value > thresholds[(j & ~15) + ((j & 15) ^ 7)]) setBit(codes, row * codeBytes, j);
  });
}

export function rotationValues(
  vectors: Float32Array,
  rows: number,
  dim: number,
  size: number,
  signs: Uint32Array,
  outputs: number,
  values: Float32Array,
): number {
  return forEachOutput(vectors, rows, dim, size, signs, outputs, (row, j, value) => {
    values[row * outputs + j] = value;
  });
}
