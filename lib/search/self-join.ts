/**
 * All pairs of codes of one index within a radius: near duplicates. The pairs come as a stream of blocks, ordered by
 * left id and then right id; the next block is computed when it is asked for, so that memory does not depend on how
 * many pairs there are. Rows are copied when the stream starts, so that the index may change while it runs.
 */

import { activeBackend } from '../backend/active.ts';
import { alignedArray } from '../backend/aligned-memory.ts';
import type { Backend, KernelCall, Kernels } from '../backend/kernels.ts';
import { allocated } from '../check.ts';
import { hasBit } from './bitmap.ts';
import type { StoredCodes } from './hamming-store.ts';
import { type CodePairs, Cursor, FoundPairs, type JoinRows } from './join-pairs.ts';
import {
  COMPARE_ALL,
  type JoinPlan,
  type JoinSizes,
  likelyPlan,
  scanCost,
  tableCost,
} from './join-plan.ts';
import type { Key } from './keys.ts';
import type { CheckedAsync } from './search-run.ts';

/** The rows of an index at one moment, kept as they are until they are released. */
export interface JoinSource {
  readonly codes: StoredCodes;
  readonly bits: number;
  /** A bitmap of the ids to be joined; undefined for all. */
  readonly allowed: Uint8Array | undefined;
  readonly keys: readonly (Key | undefined)[] | undefined;
  release(): void;
}

const BLOCK_PAIRS = 1 << 16;

/** A block ends where the left row passes a multiple of this, so that few pairs need not wait for many. */
const BLOCK_LEFTS = 1 << 14;

/** A kernel call does work for about this long for each byte of a backend's chunk: native, 26 ms a thread. */
const NANOSECONDS_PER_BYTE = 25;

/**
 * The stream of pairs within radius. The source is released when its rows are copied, or the stream is closed before.
 * The plan is chosen here; tests give others, which must find the same pairs.
 */
export function selfJoin(
  source: JoinSource,
  radius: number,
  options: CheckedAsync,
  plan?: JoinPlan,
): AsyncGenerator<CodePairs, void, undefined> {
  const join = new SelfJoin(source, radius, options, plan);
  const stream = join.pairs();
  // A generator that was never asked for anything runs no code when it is closed.
  const { return: close, throw: fail } = stream;
  stream.return = (value) => {
    join.releaseUnlessBegun();
    return close.call(stream, value);
  };
  stream.throw = (error) => {
    join.releaseUnlessBegun();
    return fail.call(stream, error);
  };
  return stream;
}

interface Tables {
  readonly plan: JoinPlan;
  readonly starts: Uint32Array;
  readonly members: Uint32Array;
  readonly store: BigUint64Array;
  /** Nanoseconds of all of it, estimated. */
  readonly cost: number;
}

class SelfJoin {
  readonly #backend: Backend = activeBackend();
  readonly #source: JoinSource;
  readonly #bits: number;
  readonly #words: number;
  readonly #radius: number;
  readonly #options: CheckedAsync;
  readonly #plan: JoinPlan | undefined;
  #begun = false;

  constructor(source: JoinSource, radius: number, options: CheckedAsync, plan?: JoinPlan) {
    this.#source = source;
    this.#bits = source.bits;
    this.#words = Math.ceil(source.bits / 64);
    this.#radius = radius;
    this.#options = options;
    this.#plan = plan;
  }

  /** For a stream that is closed before it was read. */
  releaseUnlessBegun(): void {
    if (!this.#begun) this.#source.release();
    this.#begun = true;
  }

  async *pairs(): AsyncGenerator<CodePairs, void, undefined> {
    this.#begun = true;
    const rows = await this.#copied();
    const tables = await this.#prepared(rows);
    const cursor = new Cursor(rows.count, this.#mostLefts(rows, tables));
    const pairs = new Uint32Array(3 * BLOCK_PAIRS);
    while (cursor.left < rows.count) {
      const block = await this.#block(rows, tables, cursor, pairs);
      this.#options.signal?.throwIfAborted();
      if (block.count > 0) yield block;
    }
  }

  /** Runs a kernel beside the event loop; throws the reason of an abort. */
  async #run<Name extends keyof Kernels>(name: Name, args: Parameters<Kernels[Name]>) {
    const { signal, threads } = this.#options;
    signal?.throwIfAborted();
    const running = this.#backend.start({ name, args } as unknown as KernelCall, threads);
    const stop = (): void => running.stop();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      const result = await running.result;
      signal?.throwIfAborted();
      return result ?? 0;
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  /** The rows as they were at the call; then the index is released. */
  async #copied(): Promise<JoinRows> {
    const { codes: stored, allowed, keys, release } = this.#source;
    try {
      const ids = idsOf(allowed, stored.rows);
      const padded = 8 * Math.ceil(ids.length / 8);
      const codes = alignedArray(BigUint64Array, padded, this.#words, 'join');
      await this.#run('hammingJoinGather', [
        stored.store,
        stored.rows,
        this.#words,
        ids,
        ids.length,
        codes,
      ]);
      const keysOfRows = keys === undefined ? undefined : Array.from(ids, (id) => keys[id]);
      return { count: ids.length, ids, keys: keysOfRows, codes };
    } finally {
      release();
    }
  }

  /** Tables where they are worth their while, else the rows interleaved for the comparison of all. */
  async #prepared(rows: JoinRows): Promise<Tables> {
    const sizes = { rows: rows.count, bits: this.#bits, radius: this.#radius };
    const plan = this.#plan ?? this.#likelyPlan(sizes);
    const none = new Uint32Array(0);
    if (plan.blocks > 0) {
      const { blocks, flips, keyBits } = plan;
      const starts = alignedArray(Uint32Array, blocks, 2 ** keyBits + 1, 'join');
      const members = alignedArray(Uint32Array, blocks, rows.count, 'join');
      const candidates = await this.#run('hammingJoinTables', [
        rows.codes,
        rows.count,
        this.#bits,
        blocks,
        flips,
        keyBits,
        starts,
        members,
      ]);
      const cost = tableCost(sizes, plan, candidates);
      if (this.#plan !== undefined || cost < scanCost(sizes)) {
        return { plan, starts, members, store: new BigUint64Array(0), cost };
      }
    }
    const store = await this.#interleaved(rows);
    return { plan: COMPARE_ALL, starts: none, members: none, store, cost: scanCost(sizes) };
  }

  /** The oracle compares every pair, whatever tables it is given. */
  #likelyPlan(sizes: JoinSizes): JoinPlan {
    return this.#backend.kind === 'reference' ? COMPARE_ALL : likelyPlan(sizes);
  }

  /** The rows in groups of eight; one word a code is in that order anyway. */
  async #interleaved({ codes, count }: JoinRows): Promise<BigUint64Array> {
    if (this.#words === 1) return codes;
    const store = alignedArray(BigUint64Array, 1, codes.length, 'join');
    const bytes = new Uint8Array(codes.buffer, codes.byteOffset, codes.byteLength);
    await this.#run('hammingInterleave', [bytes, count, 8 * this.#words, 0, store]);
    return store;
  }

  /** Left rows of a kernel call: some tens of milliseconds of work. */
  #mostLefts(rows: JoinRows, { cost }: Tables): number {
    const nanoseconds = this.#backend.chunkBytes * NANOSECONDS_PER_BYTE * this.#options.threads;
    return Math.max(1, Math.floor((nanoseconds * rows.count) / (cost + 1)));
  }

  /** The next block, perhaps without a pair. */
  async #block(
    rows: JoinRows,
    tables: Tables,
    cursor: Cursor,
    pairs: Uint32Array,
  ): Promise<CodePairs> {
    const { plan, starts, members, store } = tables;
    const end = Math.min(rows.count, (Math.floor(cursor.left / BLOCK_LEFTS) + 1) * BLOCK_LEFTS);
    const found = new FoundPairs(rows);
    while (cursor.left < end && found.count < BLOCK_PAIRS) {
      const capacity = BLOCK_PAIRS - found.count;
      const step = Math.min(end, cursor.left + cursor.lefts);
      const count = await this.#run('hammingJoin', [
        rows.codes,
        rows.count,
        this.#bits,
        this.#radius,
        plan.blocks,
        plan.flips,
        plan.keyBits,
        starts,
        members,
        store,
        cursor.left,
        cursor.right,
        step,
        capacity,
        pairs,
      ]);
      found.append(pairs, capacity, count);
      const before = cursor.left;
      cursor.advance(pairs, capacity, count, step);
      if (cursor.left > before) {
        this.#options.onProgress?.({ done: cursor.left, total: rows.count });
      }
    }
    return found.block();
  }
}

/** The ids in a bitmap, ascending. */
function idsOf(allowed: Uint8Array | undefined, rows: number): Uint32Array {
  const ids = allocated(Uint32Array, 1, rows, 'join');
  let count = 0;
  for (let id = 0; id < rows; id++) {
    if (allowed === undefined || hasBit(allowed, id)) ids[count++] = id;
  }
  return ids.subarray(0, count);
}
