/**
 * The one list of kernels. The addon and the reference both satisfy it, and everything above it does not know
 * which of them runs. A kernel reads and fills given arrays and returns a number: hashing kernels return the
 * flat position of the first value that is not finite, or -1. Arrays may be longer than needed.
 */

import type { BucketKernels } from './bucket-kernels.ts';
import type { CompetitionKernels } from './competition-kernels.ts';
import type { CooccurrenceKernels } from './cooccurrence-kernels.ts';
import type { JoinKernels } from './join-kernels.ts';
import type { MatrixKernels } from './matrix-kernels.ts';
import type { PostingsKernels } from './postings-kernels.ts';
import type { ShortlistKernels } from './shortlist-kernels.ts';
import type { WindowsKernels } from './windows-kernels.ts';
import type { WindowsLearningKernels } from './windows-learning-kernels.ts';

/** A packed network: Uint16Array up to 8191 inputs, else Uint32Array. */
export type Connections = Uint16Array | Uint32Array;

/** Every kernel with its arguments; the comments give shapes. */
export interface Kernels
  extends BucketKernels,
    CompetitionKernels,
    CooccurrenceKernels,
    JoinKernels,
    MatrixKernels,
    PostingsKernels,
    ShortlistKernels,
    WindowsKernels,
    WindowsLearningKernels {
  /** vectors rows x dim, thresholds dim, codes rows x ceil(dim / 8): bit = value > threshold. */
  signCodes(
    vectors: Float32Array,
    rows: number,
    dim: number,
    thresholds: Float32Array,
    codes: Uint8Array,
  ): number;

  /** panels and thresholds as packed by lib/hash/panels.ts; codes rows x ceil(bits / 8). */
  projectionSigns(
    vectors: Float32Array,
    rows: number,
    dim: number,
    panels: Float32Array,
    thresholds: Float32Array,
    bits: number,
    codes: Uint8Array,
  ): number;

  /** The products themselves: values rows x outputs, in natural order. */
  projectionValues(
    vectors: Float32Array,
    rows: number,
    dim: number,
    panels: Float32Array,
    outputs: number,
    values: Float32Array,
  ): number;

  /**
   * Rotations by sign flips and Hadamard transforms: size is a power of two, at least 16 and dim; signs
   * ceil(bits / size) x 3 x size words, 0 or 0x80000000; thresholds packed by lib/hash/panels.ts.
   */
  rotationSigns(
    vectors: Float32Array,
    rows: number,
    dim: number,
    size: number,
    signs: Uint32Array,
    thresholds: Float32Array,
    bits: number,
    codes: Uint8Array,
  ): number;

  /** The rotated values themselves: values rows x outputs, in natural order. */
  rotationValues(
    vectors: Float32Array,
    rows: number,
    dim: number,
    size: number,
    signs: Uint32Array,
    outputs: number,
    values: Float32Array,
  ): number;

  /**
   * Distances of every query to every row of data, as lib/search/metric.ts defines them: data rows x dim, queries
   * queryCount x dim, metric its place in METRICS, distances queryCount x rows. Positions of values that are not
   * finite count as if the queries stood after the data.
   */
  dotDistances(
    data: Float32Array,
    rows: number,
    queries: Float32Array,
    queryCount: number,
    dim: number,
    metric: number,
    distances: Float32Array,
  ): number;

  /** The k nearest rows of each query, nearest first, ties by row: ids and distances queryCount x k; k <= rows. */
  dotNeighbors(
    data: Float32Array,
    rows: number,
    queries: Float32Array,
    queryCount: number,
    dim: number,
    metric: number,
    k: number,
    ids: Uint32Array,
    distances: Float32Array,
  ): number;

  /**
   * The active largest units of each row, ascending, ties to the smaller unit: indices and their sums, unless
   * values is undefined, rows x active. Connections as packed by lib/hash/connections.ts; 1 <= active <= units.
   */
  flyWinners(
    vectors: Float32Array,
    rows: number,
    dim: number,
    connections: Connections,
    units: number,
    fanIn: number,
    active: number,
    indices: Uint32Array,
    values: Float32Array | undefined,
  ): number;

  /** Signs of the sums of row-mean-centred inputs: codes rows x ceil(units / 8). */
  flySigns(
    vectors: Float32Array,
    rows: number,
    dim: number,
    connections: Connections,
    units: number,
    fanIn: number,
    codes: Uint8Array,
  ): number;

  /** Signs of the sums over keyBits equal blocks of those units: codes rows x ceil(keyBits / 8). */
  flyPseudoSigns(
    vectors: Float32Array,
    rows: number,
    dim: number,
    connections: Connections,
    units: number,
    fanIn: number,
    keyBits: number,
    codes: Uint8Array,
  ): number;

  /** The sums themselves, not centred: values rows x units. */
  flyValues(
    vectors: Float32Array,
    rows: number,
    dim: number,
    connections: Connections,
    units: number,
    fanIn: number,
    values: Float32Array,
  ): number;

  /** The k largest of each row of rows x n values, largest first, ties to the smaller index; 1 <= k <= n. */
  topK(
    values: Float32Array,
    rows: number,
    n: number,
    k: number,
    ids: Uint32Array,
    best: Float32Array,
  ): number;

  /** Words to skip in fresh memory so that a store starts at a cache line: speed only; the reference says 0. */
  hammingAlignment(memory: BigUint64Array): number;

  /**
   * Codes rows x codeBytes into a store from row firstRow on. A store is [ceil(rows / 8)][words][8] words of 64
   * bits, words = ceil(codeBytes / 8): word w of a code is its bytes 8 w .. 8 w + 7, little end first. Returns 0.
   */
  hammingInterleave(
    codes: Uint8Array,
    rows: number,
    codeBytes: number,
    firstRow: number,
    store: BigUint64Array,
  ): number;

  /** The reverse: codes rows x codeBytes from row firstRow of a store on. Returns 0. */
  hammingDeinterleave(
    store: BigUint64Array,
    firstRow: number,
    rows: number,
    codeBytes: number,
    codes: Uint8Array,
  ): number;

  /** store as above, queries queryCount x words, distances queryCount x rows. Returns 0. */
  hammingDistances(
    store: BigUint64Array,
    rows: number,
    words: number,
    queries: BigUint64Array,
    queryCount: number,
    distances: Uint32Array,
  ): number;

  /**
   * The k nearest rows of each query: smaller distance first, then smaller row. Whole groups of eight rows are
   * read from store, the rows % 8 others from tail (one group, or nothing), so that the store may grow meanwhile.
   * ids and distances queryCount x k, filled up to counts (queryCount); the rest is left alone. With allowed
   * (ceil(rows / 8) bytes, row 0 the highest bit of the first) only rows whose bit is set can enter. Returns 0.
   */
  hammingSearch(
    store: BigUint64Array,
    tail: BigUint64Array,
    rows: number,
    bits: number,
    queries: BigUint64Array,
    queryCount: number,
    k: number,
    ids: Uint32Array,
    distances: Uint32Array,
    counts: Uint32Array,
    allowed?: Uint8Array,
  ): number;

  /**
   * All rows within radius of each query, from a store as in hammingSearch: counts (queryCount) says how many a
   * query has. Where all of them fit in ids and distances, these hold them, query after query, smaller distance
   * first, then smaller row; else they are left alone. Returns how many there are.
   */
  hammingRange(
    store: BigUint64Array,
    tail: BigUint64Array,
    rows: number,
    bits: number,
    queries: BigUint64Array,
    queryCount: number,
    radius: number,
    ids: Uint32Array,
    distances: Uint32Array,
    counts: Uint32Array,
    allowed?: Uint8Array,
  ): number;
}

export type KernelName = keyof Kernels;

/** A kernel and its arguments, not yet run. */
export type KernelCall = {
  [N in KernelName]: { readonly name: N; readonly args: Readonly<Parameters<Kernels[N]>> };
}[KernelName];

/** A kernel call in flight. */
export interface Running {
  /** The kernel's number, or undefined when it was stopped. */
  readonly result: Promise<number | undefined>;
  /** No further block starts; `result` settles within one block's time. */
  stop(): void;
  /** Finished part, 0 to 1. */
  progress(): number;
}

/** Where kernels run. */
export interface Backend {
  readonly kind: 'native' | 'reference';
  /** Active level: scalar, avx2, avx512 or neon; `reference` for the reference. */
  readonly isa: string;
  /** The addon's file; undefined for the reference. */
  readonly file: string | undefined;
  /** Threads that a call uses when it does not say: the machine's for native, 1 for the reference. */
  readonly threads: number;
  /** Why the reference runs although nobody asked for it. */
  readonly reason: string | undefined;
  /** Bytes of input that an asynchronous call hands over at a time: about a millisecond or two of work. */
  readonly chunkBytes: number;
  /** Runs a kernel on the calling thread and threads - 1 others; blocks. */
  run(call: KernelCall, threads: number): number;
  /** Runs a kernel beside the calling thread. Its arrays must be private to the package until it ends. */
  start(call: KernelCall, threads: number): Running;
}
