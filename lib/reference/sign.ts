/**
 * Oracle of the sign kernel: one bit a coordinate, value > threshold, most significant bit first, and the check
 * for finiteness that every hashing kernel starts with.
 */

/** Flat position of the first NaN or infinity among the first `count` values, or -1. */
export function firstNonFinite(values: Float32Array, count: number): number {
  for (let i = 0; i < count; i++) {
    if (!Number.isFinite(values[i])) return i;
  }
  return -1;
}

/** Sets bit `position` of the code that starts at byte `start`; bit 0 is the top bit of the first byte. */
export function setBit(codes: Uint8Array, start: number, position: number): void {
  codes[start + (position >> 3)] |= 0x80 >> (position & 7);
}

export function signCodes(
  vectors: Float32Array,
  rows: number,
  dim: number,
  thresholds: Float32Array,
  codes: Uint8Array,
): number {
  const bad = firstNonFinite(vectors, rows * dim);
  if (bad >= 0) return bad;
  const codeBytes = Math.ceil(dim / 8);
  codes.fill(0, 0, rows * codeBytes);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < dim; i++) {
      if (vectors[row * dim + i] > thresholds[i]) setBit(codes, row * codeBytes, i);
    }
  }
  return -1;
}
