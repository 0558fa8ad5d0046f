/**
 * Sparse codes with posting lists, for units that are seldom active: rows in blocks of 32,768, whose counters fit the
 * first-level cache, and for each block and unit the list of its rows as offsets of 16 bits. Whole blocks have their
 * lists in one flat array, the last block, which is not full yet, in small arrays of its own. Rows that came or changed
 * since the lists of their block were made are a delta, counted from their codes (a step for each unit, about the cost
 * of the lists of 64 rows), and merged when there are more than a 64th of the block: results never depend on it.
 *
 * Memory: 4 bytes an active unit of the codes, 2 of the lists, and starts of at most 2 more, since a block gets lists
 * only once it has 9 active units for each 4 units there are; a bit a row and 4 bytes a row of the delta. Where so
 * many units are so seldom active that no block ever gets lists, all rows are counted from their codes. A search in
 * flight holds the arrays of its start. Rows that are appended touch none of them; whoever writes to older rows copies
 * the store first.
 */

import { activeBackend } from '../backend/active.ts';
import { type ArrayKind, alignedArray } from '../backend/aligned-memory.ts';
import type { KernelCall } from '../backend/kernels.ts';
import { allocated, MAX_BYTES } from '../check.ts';
import type { SparseSizes } from '../codes/sparse-codes.ts';
import type { Tensor } from '../files/parts.ts';
import { NO_ID } from './neighbors.ts';
import type { OverlapQueries, OverlapStore, StoredOverlaps } from './overlap-store.ts';
import { StaleRows } from './stale-rows.ts';

/** Rows of a block: their counters of one byte leave the first-level cache room for lists. */
export const BLOCK_ROWS = 32_768;

/** The share of a block that may be counted from codes. */
const STALE_SHARE = 1 / 64;

/** Active units that a block has for each unit before it gets lists: starts take less than 2 bytes for each then. */
const LEAST_ACTIVE = 9 / 4;

/** Postings and codes that an asynchronous call counts for each byte of a chunk. */
const POSTINGS_PER_BYTE = 16;

/** The lists of one block, or of several one after the other. */
export interface Lists {
  readonly offsets: Uint16Array;
  readonly starts: Uint32Array;
}

const NO_LISTS: Lists = { offsets: new Uint16Array(0), starts: new Uint32Array(0) };

/** The arrays of a store, as they are shared. */
export interface ListedCodes {
  readonly codes: Uint32Array;
  readonly sealed: Lists;
  readonly tail: Lists;
  /** Rows that are counted from their codes, ascending. */
  readonly stale: Uint32Array;
}

export class PostingLists implements OverlapStore {
  readonly units: number;
  readonly active: number;
  readonly #blockRows: number;
  /** Most rows of a block that are counted from their codes. */
  readonly #mostStale: number;
  #rows = 0;
  #codes: Uint32Array = new Uint32Array(0);
  /** Lists of the first #sealedBlocks blocks, which are full, and of the block after them. */
  #sealed: Lists = NO_LISTS;
  #sealedBlocks = 0;
  #tail: Lists = NO_LISTS;
  readonly #stale: StaleRows;
  /** All ids, where no block ever gets lists. */
  #all: Uint32Array = new Uint32Array(0);

  /** Tests make small blocks: a multiple of 64 rows. */
  constructor({ units, active }: SparseSizes, blockRows = BLOCK_ROWS) {
    this.units = units;
    this.active = active;
    this.#blockRows = blockRows;
    this.#mostStale = Math.max(
      Math.floor(blockRows * STALE_SHARE),
      Math.ceil((LEAST_ACTIVE * units) / active),
    );
    this.#stale = new StaleRows(blockRows);
  }

  /** A store over the arrays of another, as `tensors` gave them; it must be copied before it is written to. */
  static over(sizes: SparseSizes, rows: number, listed: ListedCodes): PostingLists {
    const store = new PostingLists(sizes);
    store.#rows = rows;
    store.#codes = listed.codes;
    store.#sealed = listed.sealed;
    store.#sealedBlocks = listed.sealed.starts.length / (sizes.units + 1);
    store.#tail = listed.tail;
    if (!store.#hasLists) return store;
    store.#stale.reserve(rows);
    for (const id of listed.stale) store.#stale.mark(id);
    return store;
  }

  get rows(): number {
    return this.#rows;
  }

  chunkQueries(active: number): number {
    const touched = this.#rows * ((this.active * active) / this.units + 1 / 16);
    const most = activeBackend().chunkBytes * POSTINGS_PER_BYTE;
    return Math.max(1, Math.floor(most / (touched + this.#staleIds().length * this.active + 1)));
  }

  write(codes: Uint32Array, ids: Uint32Array, rows: number): void {
    this.#reserve(rows);
    for (let i = 0; i < ids.length; i++) {
      const code = codes.subarray(i * this.active, (i + 1) * this.active);
      this.#codes.set(code, ids[i] * this.active);
    }
    this.#rows = rows;
    this.#changed(ids);
  }

  erase(ids: Uint32Array): void {
    for (const id of ids) this.#codes.fill(0, id * this.active, (id + 1) * this.active);
    this.#changed(ids);
  }

  read(first: number, count: number): Uint32Array {
    return this.#codes.slice(first * this.active, (first + count) * this.active);
  }

  unshare(): void {
    const codes = alignedArray(Uint32Array, 1, this.#codes.length, 'index');
    codes.set(this.#codes);
    this.#sealed = copyOf(this.#sealed);
    this.#codes = codes;
  }

  snapshot(): StoredOverlaps {
    const stale = this.#staleIds();
    const [codes, sealed, blocks, tail] = [
      this.#codes,
      this.#sealed,
      this.#sealedBlocks,
      this.#tail,
    ];
    const sizes = [this.#rows, this.active, this.units, this.#blockRows] as const;
    const call = (asked: OverlapQueries): KernelCall => {
      const { units, count, active, allowed, k, ids, distances, counts } = asked;
      const lists = [sealed.offsets, sealed.starts, blocks, tail.offsets, tail.starts] as const;
      const delta = [tail.offsets.length, codes, stale, stale.length] as const;
      const queries = [units, count, active, allowed, k, ids, distances, counts] as const;
      return { name: 'postingsSearch', args: [...lists, ...delta, ...sizes, ...queries] };
    };
    return { rows: this.#rows, call };
  }

  tensors(): Tensor[] {
    const [rows, blocks, stale] = [this.#rows, this.#sealedBlocks, this.#staleIds()];
    const codes = this.#codes.subarray(0, rows * this.active);
    const offsets = this.#sealed.offsets.subarray(0, blocks * this.#blockRows * this.active);
    const starts = this.#sealed.starts.subarray(0, blocks * (this.units + 1));
    const tail = this.#tail;
    return [
      { name: 'codes', shape: [rows, this.active], data: codes },
      { name: 'offsets', shape: [blocks, this.#blockRows, this.active], data: offsets },
      { name: 'starts', shape: [blocks, this.units + 1], data: starts },
      { name: 'tail.offsets', shape: [tail.offsets.length], data: tail.offsets },
      { name: 'tail.starts', shape: [tail.starts.length], data: tail.starts },
      { name: 'stale', shape: [stale.length], data: stale },
    ];
  }

  /** Whether a block ever gets lists. */
  get #hasLists(): boolean {
    return this.#mostStale < this.#blockRows;
  }

  /** The ids of all rows that are counted from their codes, ascending: an array that is never written again. */
  #staleIds(): Uint32Array {
    if (this.#hasLists) return this.#stale.ids();
    if (this.#all.length !== this.#rows) {
      this.#all = allocated(Uint32Array, 1, this.#rows, 'index').map((_, id) => id);
    }
    return this.#all;
  }

  /** Takes note of written rows, and merges the blocks where they are too many or that are full now. */
  #changed(ids: Uint32Array): void {
    if (!this.#hasLists) return;
    const blocks = new Set<number>();
    for (const id of ids) blocks.add(this.#stale.mark(id));
    for (const block of blocks) {
      if (block < this.#sealedBlocks && this.#isTooStale(block)) this.#rebuild(block);
    }
    while (this.#rows >= (this.#sealedBlocks + 1) * this.#blockRows) this.#seal();
    if (this.#isTooStale(this.#sealedBlocks)) this.#tail = this.#listsOf(this.#sealedBlocks);
  }

  #isTooStale(block: number): boolean {
    return this.#stale.count(block) > this.#mostStale;
  }

  #rebuild(block: number): void {
    const { offsets, starts } = this.#listsOf(block);
    this.#sealed.offsets.set(offsets, block * this.#blockRows * this.active);
    this.#sealed.starts.set(starts, block * (this.units + 1));
  }

  /** The block after the sealed ones is full: its lists join theirs. Nothing that a search reads is changed. */
  #seal(): void {
    const block = this.#sealedBlocks;
    const { offsets, starts } = this.#listsOf(block);
    const [at, from] = [block * this.#blockRows * this.active, block * (this.units + 1)];
    this.#sealed = {
      offsets: withRoom(this.#sealed.offsets, at, this.#blockRows * this.active),
      starts: withRoom(this.#sealed.starts, from, this.units + 1),
    };
    this.#sealed.offsets.set(offsets, at);
    this.#sealed.starts.set(starts, from);
    this.#sealedBlocks++;
    this.#tail = NO_LISTS;
  }

  /** The lists of a block from its codes (a counting sort); then none of its rows is stale. Erased rows are left out. */
  #listsOf(block: number): Lists {
    const { units, active } = this;
    const first = block * this.#blockRows * active;
    const end = Math.min((block + 1) * this.#blockRows, this.#rows) * active;
    const codes = this.#codes.subarray(first, end);
    const starts = new Uint32Array(units + 1);
    const isErased = (at: number): boolean => active > 1 && codes[at + 1] === 0;
    for (let at = 0; at < codes.length; at += active) {
      if (isErased(at)) continue;
      for (let i = at; i < at + active; i++) starts[codes[i] + 1]++;
    }
    for (let unit = 0; unit < units; unit++) starts[unit + 1] += starts[unit];
    const offsets = new Uint16Array(starts[units]);
    const next = starts.slice(0, units);
    for (let at = 0, row = 0; at < codes.length; at += active, row++) {
      if (isErased(at)) continue;
      for (let i = at; i < at + active; i++) offsets[next[codes[i]]++] = row;
    }
    this.#stale.clear(block);
    return { offsets, starts };
  }

  #reserve(rows: number): void {
    const rowBytes = 4 * this.active;
    if (rows * rowBytes > MAX_BYTES || rows >= NO_ID) {
      throw new RangeError(
        `index must take at most ${MAX_BYTES} bytes, got ${rows} codes of ${rowBytes} bytes`,
      );
    }
    if (this.#hasLists) this.#stale.reserve(rows);
    this.#codes = withRoom(
      this.#codes,
      this.#rows * this.active,
      (rows - this.#rows) * this.active,
    );
  }
}

function copyOf({ offsets, starts }: Lists): Lists {
  return { offsets: offsets.slice(), starts: starts.slice() };
}

/** The array, or a larger copy: the first `used` elements, and room for `more`. */
function withRoom<Kind extends Uint16Array | Uint32Array>(
  array: Kind,
  used: number,
  more: number,
): Kind {
  if (used + more <= array.length) return array;
  const kind = array.constructor as unknown as ArrayKind<Kind>;
  const most = Math.floor(MAX_BYTES / array.BYTES_PER_ELEMENT);
  const wanted = Math.max(used + more, Math.min(Math.ceil(1.25 * array.length), most));
  const grown = alignedArray(kind, 1, wanted, 'index');
  grown.set(array.subarray(0, used));
  return grown;
}
