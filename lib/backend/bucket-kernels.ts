/** The kernels of hash tables, a part of the one list (kernels.ts), where what all kernels promise is said. */

export interface BucketKernels {
  /**
   * keys rows x tables of hash tables: bit j of a key, from the highest of keyBits (1 to 32) down, is the code's bit
   * positions[table x keyBits + j]. Row r is code members[r], or code r without members. codes codeRows x codeBytes,
   * most significant bit first. Returns 0.
   */
  bucketKeys(
    codes: Uint8Array,
    codeRows: number,
    codeBytes: number,
    members: Uint32Array | undefined,
    rows: number,
    positions: Uint32Array,
    tables: number,
    keyBits: number,
    keys: Uint32Array,
  ): number;

  /**
   * A segment of hash tables, as lib/reference/buckets.ts describes it, from keys rows x tables; members, the ids of
   * the rows, ascending, or absent. Returns 0.
   */
  bucketSort(
    keys: Uint32Array,
    members: Uint32Array | undefined,
    rows: number,
    tables: number,
    keyBits: number,
    directoryBits: number,
    segment: Uint32Array,
  ): number;

  /**
   * The k nearest of each query among the rows that its probes meet: smaller distance first, then smaller row. codes
   * and queries are rows of words, allowed a bitmap; masks, probes, radius and margins say which keys are visited.
   * ids and distances queryCount x k, filled up to counts; candidates tells the rows compared. sizes has rows,
   * directoryBits and limit of each segment; its tables and its bitmap of stale ids end the arguments. Returns 0.
   */
  bucketSearch(
    codes: BigUint64Array,
    rows: number,
    bits: number,
    allowed: Uint8Array | undefined,
    tables: number,
    keyBits: number,
    queries: BigUint64Array,
    queryKeys: Uint32Array,
    queryCount: number,
    masks: Uint32Array,
    probes: number,
    radius: number,
    margins: Float32Array | undefined,
    k: number,
    ids: Uint32Array,
    distances: Uint32Array,
    counts: Uint32Array,
    candidates: Uint32Array,
    sizes: Uint32Array,
    segmentCount: number,
    ...segments: readonly (Uint32Array | Uint8Array | undefined)[]
  ): number;
}
