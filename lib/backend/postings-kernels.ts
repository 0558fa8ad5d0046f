/** The kernels of search by overlap, a part of the one list (kernels.ts), where what all kernels promise is said. */

export interface PostingsKernels {
  /**
   * The k rows of largest overlap with each query, ties by the smaller row; rows without a common unit are not found.
   * codes rows x active units, ascending; rows in blocks of blockRows (a multiple of 64 up to 65,536). The lists of
   * the first `sealed` blocks: starts sealed x (units + 1), and within blockRows x active offsets a block, the rows
   * of unit u of a block are offsets[starts[u]] .. offsets[starts[u + 1] - 1], ascending. The next block's are
   * tailOffsets and tailStarts, when tailPostings > 0. Rows in stale (ascending) are counted from their codes, and so
   * must be all rows without lists. Bit i of allowed is row i, first bit highest; undefined allows all. Queries
   * queryCount x queryActive. distances are queryActive less overlap. Filled up to counts. Returns 0.
   */
  postingsSearch(
    offsets: Uint16Array,
    starts: Uint32Array,
    sealed: number,
    tailOffsets: Uint16Array,
    tailStarts: Uint32Array,
    tailPostings: number,
    codes: Uint32Array,
    stale: Uint32Array,
    staleCount: number,
    rows: number,
    active: number,
    units: number,
    blockRows: number,
    queries: Uint32Array,
    queryCount: number,
    queryActive: number,
    allowed: Uint8Array | undefined,
    k: number,
    ids: Uint32Array,
    distances: Uint32Array,
    counts: Uint32Array,
  ): number;

  /** The same by bitmaps [ceil(rows / 512)][units][8]: bit i of a unit's words, lowest first, is row i of the block. */
  postingsBitmapsSearch(
    bitmaps: BigUint64Array,
    rows: number,
    units: number,
    queries: Uint32Array,
    queryCount: number,
    queryActive: number,
    allowed: Uint8Array | undefined,
    k: number,
    ids: Uint32Array,
    distances: Uint32Array,
    counts: Uint32Array,
  ): number;
}
