/** The kernels of matrices, a part of the one list (kernels.ts), where what all kernels promise is said. */

export interface MatrixKernels {
  /**
   * A sparse matrix times a dense one. The entries of row r are starts[r] .. starts[r + 1] - 1 (starts rows + 1) of
   * columns and values (entries each); those of columns from columnCount on count for nothing. The dense matrix,
   * columnCount x outputs, is packed by lib/words/dense-slices.ts. products rows x outputs: each is a running sum over
   * the entries of its row, in their order. Returns 0.
   */
  sparseProduct(
    starts: Uint32Array,
    rows: number,
    columns: Uint32Array,
    values: Float32Array,
    entries: number,
    columnCount: number,
    slices: Float32Array,
    outputs: number,
    products: Float32Array,
  ): number;

  /** The scalar products, in double, of all columns of vectors (rows x columns): gram columns x columns. Returns 0. */
  gramMatrix(vectors: Float32Array, rows: number, columns: number, gram: Float64Array): number;
}
