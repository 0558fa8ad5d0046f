/**
 * Oracle of the sparse product: each output is one running sum of fused multiply-adds over the entries of its row, in
 * their order, from +0. Entries of columns that do not exist count for nothing.
 */

import { sliceIndex } from '../words/dense-slices.ts';
import { fma } from './fma.ts';

export function sparseProduct(
  starts: Uint32Array,
  rows: number,
  columns: Uint32Array,
  values: Float32Array,
  entries: number,
  columnCount: number,
  slices: Float32Array,
  outputs: number,
  products: Float32Array,
): number {
  for (let row = 0; row < rows; row++) {
    const own = products.subarray(row * outputs, (row + 1) * outputs).fill(0);
    const end = Math.min(starts[row + 1], entries);
    for (let entry = starts[row]; entry < end; entry++) {
      const column = columns[entry];
      if (column >= columnCount) continue;
      for (let j = 0; j < outputs; j++) {
        const dense = slices[sliceIndex(column, j, columnCount, outputs)];
        own[j] = fma(values[entry], dense, own[j]);
      }
    }
  }
  return 0;
}
