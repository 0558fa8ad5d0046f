/**
 * What every reader of vectors gives: what a file says of itself before its rows are read, and the rows, block by block,
 * so that no file is ever held as a whole.
 */

/** Some rows of a file of vectors, in order. */
export interface VectorBlock {
  /** Numbers of a row. */
  readonly dim: number;
  /** Rows of the block, at least one. */
  readonly rows: number;
  /** The rows, rows x dim numbers. */
  readonly values: Float32Array;
  /** The keys of the rows, where the file was read with a column or field of keys. */
  readonly keys?: readonly (number | string)[];
}

/** A file of vectors that has been opened. */
export interface OpenVectors {
  /** Numbers of a row, where the file says so before its rows. */
  readonly dim: number | undefined;
  /** Rows of the file, where it says so. */
  readonly rows: number | undefined;
  /** The rows from one to before another, which the file need not have; to be called once. */
  blocks(first: number, end: number): AsyncIterable<VectorBlock>;
}

/** Most numbers that a row of a file may have. */
export const MAX_FILE_DIM: number = 2 ** 24;

const BLOCK_NUMBERS = 1 << 18;

/** Rows that are read at a time. */
export function blockRows(dim: number): number {
  return Math.max(1, Math.floor(BLOCK_NUMBERS / dim));
}

/** A block of these numbers. */
export function blockOf(
  values: Float32Array,
  dim: number,
  keys?: readonly (number | string)[],
): VectorBlock {
  const block = { dim, rows: values.length / dim, values };
  return keys === undefined ? block : { ...block, keys };
}

/** The rows from first to before end of blocks that begin with row 0. */
export async function* rowsWithin(
  blocks: AsyncIterable<VectorBlock>,
  first: number,
  end: number,
): AsyncGenerator<VectorBlock, void, undefined> {
  if (end <= first) return;
  let row = 0;
  for await (const { dim, rows, values, keys } of blocks) {
    const [from, to] = [Math.max(0, first - row), Math.min(rows, end - row)];
    row += rows;
    if (from < to) yield blockOf(values.subarray(from * dim, to * dim), dim, keys?.slice(from, to));
    if (row >= end) return;
  }
}
