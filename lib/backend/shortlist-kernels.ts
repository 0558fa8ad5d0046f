/**
 * The kernels of shortlists and their re-ranking, a part of the one list (kernels.ts), where what all kernels promise
 * is said. Stores of codes are those of the Hamming kernels.
 */

export interface ShortlistKernels {
  /**
   * The k nearest allowed rows of each query by the first words of codes, as a set: ids queryCount x k, ascending,
   * of which counts (queryCount) are meant. Nearer first, then the smaller row. store and tail as for hammingSearch; allowed is a bitmap,
   * most significant bit first, or undefined for all rows; queries queryCount x stride, of which words are used.
   * Returns 0.
   */
  shortlistScan(
    store: BigUint64Array,
    tail: BigUint64Array,
    rows: number,
    words: number,
    allowed: Uint8Array | undefined,
    queries: BigUint64Array,
    stride: number,
    queryCount: number,
    k: number,
    ids: Uint32Array,
    counts: Uint32Array,
  ): number;

  /**
   * The k nearest of each query's list by whole codes: smaller distance first, then smaller row. codes rows x words,
   * queries queryCount x words; lists of at most places ids, ascending, listCounts how many: one list a query, or one
   * for all where shared is 1. Ids that are no rows are passed over. ids and distances queryCount x k, filled up to
   * counts (queryCount). Returns 0.
   */
  shortlistRefine(
    codes: BigUint64Array,
    rows: number,
    words: number,
    queries: BigUint64Array,
    queryCount: number,
    lists: Uint32Array,
    listCounts: Uint32Array,
    places: number,
    shared: number,
    k: number,
    ids: Uint32Array,
    distances: Uint32Array,
    counts: Uint32Array,
  ): number;

  /**
   * The k nearest rows of each query's list, lists as above but in any order, by the distances of dotDistances: data
   * rows x dim, queries queryCount x dim, all finite; results as above. Returns 0.
   */
  rerankFloats(
    data: Float32Array,
    rows: number,
    queries: Float32Array,
    queryCount: number,
    dim: number,
    metric: number,
    lists: Uint32Array,
    listCounts: Uint32Array,
    places: number,
    shared: number,
    k: number,
    ids: Uint32Array,
    distances: Float32Array,
    counts: Uint32Array,
  ): number;

  /**
   * The same by vectors of signed bytes with a scale each and the sum of the squares of the bytes, dim below 2^17
   * (docs/numerics.md). Returns 0.
   */
  rerankBytes(
    data: Uint8Array,
    rows: number,
    scales: Float32Array,
    norms: Uint32Array,
    queries: Uint8Array,
    queryCount: number,
    queryScales: Float32Array,
    queryNorms: Uint32Array,
    dim: number,
    metric: number,
    lists: Uint32Array,
    listCounts: Uint32Array,
    places: number,
    shared: number,
    k: number,
    ids: Uint32Array,
    distances: Float32Array,
    counts: Uint32Array,
  ): number;
}
