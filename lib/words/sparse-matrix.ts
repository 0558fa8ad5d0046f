/** Sparse matrices of float32 numbers in compressed rows, their transposes, and their products with dense ones. */

import { allocated } from '../check.ts';
import type { KernelWork } from '../hash/kernel-work.ts';
import { emptySlices, writeSlices } from './dense-slices.ts';

/** Entries, or rows, between two turns of the event loop. */
const STEP = 2 ** 17;

/** A matrix of which only the entries that are not zero are kept. */
export interface SparseMatrix {
  readonly rows: number;
  readonly columnCount: number;
  /** rows + 1: where the entries of each row begin, and where the last ones end. */
  readonly starts: Uint32Array;
  /** The columns of the entries, ascending in each row. */
  readonly columns: Uint32Array;
  readonly values: Float32Array;
}

/** The transpose, columns ascending too. */
export async function transposed(matrix: SparseMatrix, work: KernelWork): Promise<SparseMatrix> {
  const { rows, columnCount, starts } = matrix;
  const entries = starts[rows];
  const ends = new Uint32Array(columnCount + 1);
  for (let at = 0; at < entries; at += STEP) {
    const end = Math.min(at + STEP, entries);
    for (let i = at; i < end; i++) ends[matrix.columns[i]]++;
    await work.rest();
  }
  // Each column's start, which moves to its end while it is filled.
  let before = 0;
  for (let column = 0; column <= columnCount; column++) {
    const count = ends[column];
    ends[column] = before;
    before += count;
  }
  const columns = allocated(Uint32Array, 1, entries, 'the entries of a matrix');
  const values = allocated(Float32Array, 1, entries, 'the entries of a matrix');
  for (let row = 0; row < rows; row++) {
    for (let i = starts[row]; i < starts[row + 1]; i++) {
      const to = ends[matrix.columns[i]]++;
      columns[to] = row;
      values[to] = matrix.values[i];
    }
    await work.rest();
  }
  ends.copyWithin(1, 0, columnCount);
  ends[0] = 0;
  return { rows: columnCount, columnCount: rows, starts: ends, columns, values };
}

/**
 * matrix x dense: dense columnCount x outputs, products rows x outputs. `slices` is memory as emptySlices(columnCount,
 * outputs) gives it, which may be used again.
 */
export async function sparseTimesDense(
  matrix: SparseMatrix,
  dense: Float32Array,
  outputs: number,
  work: KernelWork,
  slices: Float32Array = emptySlices(matrix.columnCount, outputs),
): Promise<Float32Array> {
  const { rows, columnCount, starts, columns, values } = matrix;
  const step = Math.ceil(STEP / outputs);
  for (let first = 0; first < columnCount; first += step) {
    const end = Math.min(first + step, columnCount);
    writeSlices(dense, columnCount, outputs, first, end, slices);
    await work.rest();
  }
  const products = allocated(Float32Array, rows, outputs, 'the product of a sparse matrix');
  const sparse = [starts, rows, columns, values, starts[rows], columnCount] as const;
  await work.run({ name: 'sparseProduct', args: [...sparse, slices, outputs, products] });
  return products;
}
