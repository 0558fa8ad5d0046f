/**
 * The packed form of the dense matrix of a sparse product: slices of 64 outputs, [slice][row][64], the last one as
 * narrow as a multiple of 16 allows, so that a slice of a few thousand rows stays in cache. Outputs beyond the last are
 * zeros.
 */

import { allocated } from '../check.ts';

/** Outputs of a slice. */
const SLICE_OUTPUTS = 64;

/** Outputs with padding. */
function paddedOutputs(outputs: number): number {
  return Math.ceil(outputs / 16) * 16;
}

/** Where output j of a row stands among slices of that many rows. */
export function sliceIndex(row: number, output: number, rows: number, outputs: number): number {
  const first = output - (output % SLICE_OUTPUTS);
  const stride = Math.min(SLICE_OUTPUTS, paddedOutputs(outputs) - first);
  return first * rows + row * stride + (output - first);
}

/** Room for the slices of a matrix rows x outputs: zeros. */
export function emptySlices(rows: number, outputs: number): Float32Array {
  return allocated(Float32Array, rows, paddedOutputs(outputs), 'the dense matrix of a product');
}

/** Packs the rows first .. end - 1 of a matrix rows x outputs. */
export function writeSlices(
  dense: Float32Array,
  rows: number,
  outputs: number,
  first: number,
  end: number,
  slices: Float32Array,
): void {
  for (let output = 0; output < outputs; output += SLICE_OUTPUTS) {
    const width = Math.min(SLICE_OUTPUTS, outputs - output);
    for (let row = first; row < end; row++) {
      const from = row * outputs + output;
      slices.set(dense.subarray(from, from + width), sliceIndex(row, output, rows, outputs));
    }
  }
}
