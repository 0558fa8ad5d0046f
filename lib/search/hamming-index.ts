/**
 * Exact search of binary codes by Hamming distance: every code is compared, so nothing is ever missed, at the
 * rate of the machine's memory for one query and of its arithmetic for many. Results do not depend on threads,
 * batches, or the order in which work was done.
 */

import { activeBackend } from '../backend/active.ts';
import type { KernelCall, Running } from '../backend/kernels.ts';
import {
  allocated,
  checkCallback,
  checkInteger,
  checkMaking,
  checkOptions,
  checkSignal,
  checkThreads,
  MAKING,
} from '../check.ts';
import { BitCodes } from '../codes/bit-codes.ts';
import { checkPadding } from '../codes/packed.ts';
import { withoutMemory, wrongKind } from '../errors.ts';
import type { Progress } from '../hash/hasher.ts';
import { HammingStore, type StoredCodes, wordsOf } from './hamming-store.ts';
import { type Neighbors, NO_ID } from './neighbors.ts';

/** Most bits that an indexed code may have. */
export const MAX_CODE_BITS: number = 2 ** 24;

const MOST_NEIGHBORS = 2 ** 32 - 1;

/** An asynchronous call hands over as many queries as compare this many codes' bytes for each byte of a chunk. */
const COMPARISONS_PER_BYTE = 4096;

/** Options of {@link HammingIndex.create}. */
export interface HammingIndexOptions {
  /** Bits of every code, 1 to 2^24. */
  bits: number;
}

/** Options of a blocking search. */
export interface SearchOptions {
  /** Threads to use, 1 to 256; default 1. */
  threads?: number;
}

/** Options of an asynchronous search. */
export interface SearchAsyncOptions {
  /** Threads of the package's own pool to use, 1 to 256; default: what the machine has. */
  threads?: number;
  /** Aborting rejects with `signal.reason` once the running blocks, of a few milliseconds, have ended. */
  signal?: AbortSignal;
  /** Called on the event loop as queries are done, ascending; the last call has done = total. */
  onProgress?: (progress: Progress) => void;
}

/** One search: its queries as words, and its results to be filled. */
interface Search {
  readonly codes: StoredCodes;
  readonly queries: BigUint64Array;
  readonly found: Neighbors<Uint32Array>;
}

/**
 * An index of binary codes that is searched exhaustively and exactly. Codes are numbered from 0 in the order in
 * which they were added.
 *
 * @example
 * ```ts
 * import { BitCodes, HammingIndex } from 'flyhash';
 * const index = HammingIndex.create({ bits: 8 });
 * index.add(BitCodes.from(Uint8Array.of(0b11110000, 0b11111111, 0b00000001), 8));
 * const { ids, distances } = index.search(BitCodes.from(Uint8Array.of(0b11110001), 8), 2);
 * console.assert(ids[0] === 0 && distances[0] === 1);
 * console.assert(ids[1] === 1 && distances[1] === 3);
 * ```
 */
export class HammingIndex {
  /** Bits of every code. */
  readonly bits: number;
  readonly #store: HammingStore;

  private constructor(making: symbol, bits: number) {
    this.bits = checkMaking(making, 'HammingIndex', 'HammingIndex.create', bits);
    this.#store = new HammingStore(bits);
  }

  /**
   * An empty index.
   *
   * @throws RangeError when bits is not a whole number from 1 to 2^24.
   */
  static create(options: HammingIndexOptions): HammingIndex {
    checkOptions(options, 'options', ['bits']);
    return new HammingIndex(MAKING, checkInteger(options.bits, 'bits', 1, MAX_CODE_BITS));
  }

  /** Number of codes. */
  get size(): number {
    return this.#store.rows;
  }

  /**
   * Appends codes; they are copied. Searches in flight do not see them.
   *
   * @throws TypeError unless codes are BitCodes, RangeError when they have other bits, or more memory than an
   * index can have would be needed. Then nothing has been added.
   */
  add(codes: BitCodes): void {
    this.#store.append(this.#checkedCodes(codes, 'codes'));
  }

  /**
   * The k nearest codes of each query, blocking the caller: smaller distance first, then smaller position.
   *
   * @param queries codes of as many bits as the index has.
   * @param k places for each query, from 0; where the index has fewer codes, counts tells how many are real.
   * @returns ids and distances, queries x k; 0xffffffff in places that hold no neighbour.
   * @throws TypeError for a wrong kind, RangeError for other bits or for a k whose results cannot be held.
   */
  search(queries: BitCodes, k: number, options: SearchOptions = {}): Neighbors<Uint32Array> {
    checkOptions(options, 'options', ['threads']);
    const threads = checkThreads(options.threads, 1);
    const search = this.#prepare(queries, k);
    activeBackend().run(kernelCall(search, this.bits, 0, queries.rows), threads);
    return search.found;
  }

  /**
   * As {@link search}, by the package's own threads while the event loop stays free. The index and the queries
   * are those of the moment of the call: codes may be added meanwhile.
   *
   * @throws (rejects) as {@link search}; with `signal.reason` when aborted.
   */
  async searchAsync(
    queries: BitCodes,
    k: number,
    options: SearchAsyncOptions = {},
  ): Promise<Neighbors<Uint32Array>> {
    checkOptions(options, 'options', ['threads', 'signal', 'onProgress']);
    const threads = checkThreads(options.threads, activeBackend().threads);
    const onProgress = checkCallback(options.onProgress, 'onProgress');
    const signal = checkSignal(options.signal);
    const search = this.#prepare(queries, k);
    await runInChunks(search, this.bits, threads, signal, onProgress);
    return search.found;
  }

  #checkedCodes(codes: BitCodes, name: string): BitCodes {
    if (!(codes instanceof BitCodes)) throw wrongKind(name, 'BitCodes', codes);
    if (codes.bits !== this.bits) {
      throw new RangeError(`${name} must have ${this.bits} bits, as the index, got ${codes.bits}`);
    }
    if (codes.data.length !== codes.rows * codes.bytes) throw withoutMemory(name);
    checkPadding(codes.data, codes.bits, name); // the owner of adopted bytes may have written to them
    return codes;
  }

  #prepare(queries: BitCodes, k: number): Search {
    const { rows } = this.#checkedCodes(queries, 'queries');
    checkInteger(k, 'k', 0, MOST_NEIGHBORS);
    const ids = allocated(Uint32Array, rows, k, 'results');
    const distances = allocated(Uint32Array, rows, k, 'results');
    if (k > this.size) {
      ids.fill(NO_ID);
      distances.fill(NO_ID);
    }
    const found = { rows, k, ids, distances, counts: new Uint32Array(rows) };
    return { codes: this.#store.snapshot(), queries: wordsOf(queries), found };
  }
}

/** The kernel call for queries first .. first + rows - 1. */
function kernelCall(search: Search, bits: number, first: number, rows: number): KernelCall {
  const { codes, queries, found } = search;
  const words = Math.ceil(bits / 64);
  const end = first + rows;
  return {
    name: 'hammingSearch',
    args: [
      codes.store,
      codes.tail,
      codes.rows,
      bits,
      queries.subarray(first * words, end * words),
      rows,
      found.k,
      found.ids.subarray(first * found.k, end * found.k),
      found.distances.subarray(first * found.k, end * found.k),
      found.counts.subarray(first, end),
    ],
  };
}

/** Queries that one asynchronous kernel call takes. */
function chunkQueries(search: Search, bits: number): number {
  const bytes = search.codes.rows * Math.ceil(bits / 8) + 1;
  const comparisons = activeBackend().chunkBytes * COMPARISONS_PER_BYTE;
  return Math.max(1, Math.floor(comparisons / bytes));
}

async function runInChunks(
  search: Search,
  bits: number,
  threads: number,
  signal: AbortSignal | undefined,
  onProgress: ((progress: Progress) => void) | undefined,
): Promise<void> {
  const total = search.found.rows;
  const step = chunkQueries(search, bits);
  let running: Running | undefined;
  const stop = (): void => running?.stop();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    for (let first = 0; first < total; first += step) {
      const rows = Math.min(step, total - first);
      running = activeBackend().start(kernelCall(search, bits, first, rows), threads);
      await running.result;
      signal?.throwIfAborted();
      onProgress?.({ done: first + rows, total });
    }
  } finally {
    signal?.removeEventListener('abort', stop);
  }
  signal?.throwIfAborted();
}
