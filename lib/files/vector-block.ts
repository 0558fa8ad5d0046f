/** Some rows of a file of vectors. */
export interface VectorBlock {
  readonly dim: number;
  /** Whole rows. */
  readonly values: Float32Array;
}

/** Most numbers that a row of a file may have. */
export const MAX_FILE_DIM: number = 2 ** 24;

const BLOCK_NUMBERS = 1 << 18;

/** Rows that are read at a time. */
export function blockRows(dim: number): number {
  return Math.max(1, Math.floor(BLOCK_NUMBERS / dim));
}
