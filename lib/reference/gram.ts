/**
 * Oracle of the Gram matrix: each entry is one running sum in double over the rows, ascending, from +0. A product of two
 * float32 numbers is exact in double, so each step rounds once.
 */

export function gramMatrix(
  vectors: Float32Array,
  rows: number,
  columns: number,
  gram: Float64Array,
): number {
  for (let i = 0; i < columns; i++) {
    for (let j = i; j < columns; j++) {
      let sum = 0;
      for (let at = 0; at < rows * columns; at += columns) sum += vectors[at + i] * vectors[at + j];
      gram[i * columns + j] = sum;
      gram[j * columns + i] = sum;
    }
  }
  return 0;
}
