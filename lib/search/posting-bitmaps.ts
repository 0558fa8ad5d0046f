/**
 * Sparse codes as posting bitmaps, for units that are active often: a block of 512 rows has a bitmap of 512 bits for
 * each unit (lib/reference/postings.ts), so that a search adds up whole bitmaps. Nothing else is stored: the bitmaps
 * are the codes. A search in flight holds the array of its start; rows that are appended only set bits of rows that it
 * does not look at, and whoever writes to older rows copies the store first.
 */

import { activeBackend } from '../backend/active.ts';
import { alignedArray } from '../backend/aligned-memory.ts';
import type { KernelCall } from '../backend/kernels.ts';
import { allocated, MAX_BYTES } from '../check.ts';
import type { SparseSizes } from '../codes/sparse-codes.ts';
import type { Tensor } from '../files/parts.ts';
import { NO_ID } from './neighbors.ts';
import type { OverlapQueries, OverlapStore, StoredOverlaps } from './overlap-store.ts';

/** Rows of a block. */
const BLOCK = 512;
/** 64-bit words of a bitmap, and the 32-bit words as which it is written here. */
const WORDS = BLOCK / 64;
const HALVES = BLOCK / 32;

/** Bytes of bitmaps that an asynchronous call reads for each byte of a chunk. */
const BITMAPS_PER_BYTE = 512;

export class PostingBitmaps implements OverlapStore {
  readonly units: number;
  readonly active: number;
  #rows = 0;
  #memory: BigUint64Array = new BigUint64Array(0);
  /** The same memory: bit i % 32 of half i / 32 of a bitmap is row i of its block. */
  #halves: Uint32Array = new Uint32Array(0);

  constructor({ units, active }: SparseSizes) {
    this.units = units;
    this.active = active;
  }

  /** A store over the memory of another, as `tensors` gave it; it must be copied before it is written to. */
  static over(sizes: SparseSizes, rows: number, memory: BigUint64Array): PostingBitmaps {
    const store = new PostingBitmaps(sizes);
    store.#rows = rows;
    store.#use(memory);
    return store;
  }

  get rows(): number {
    return this.#rows;
  }

  chunkQueries(active: number): number {
    const bytes = (this.#rows * active) / 8 + 1;
    return Math.max(1, Math.floor((activeBackend().chunkBytes * BITMAPS_PER_BYTE) / bytes));
  }

  write(codes: Uint32Array, ids: Uint32Array, rows: number): void {
    this.#reserve(rows);
    this.erase(ids.filter((id) => id < this.#rows));
    const halves = this.#halves;
    for (let i = 0, at = 0; i < ids.length; i++) {
      const half = this.#half(ids[i]);
      const bit = 1 << (ids[i] & 31);
      for (const end = at + this.active; at < end; at++) halves[half + codes[at] * HALVES] |= bit;
    }
    this.#rows = rows;
  }

  erase(ids: Uint32Array): void {
    const sorted = ids.slice().sort();
    for (let i = 0; i < sorted.length; ) {
      const block = Math.floor(sorted[i] / BLOCK);
      const masks = new Uint32Array(HALVES);
      for (; i < sorted.length && Math.floor(sorted[i] / BLOCK) === block; i++) {
        masks[(sorted[i] % BLOCK) >> 5] |= 1 << (sorted[i] & 31);
      }
      masks.forEach((mask, half) => {
        if (mask !== 0) this.#clear(block * this.units * HALVES + half, ~mask);
      });
    }
  }

  read(first: number, count: number): Uint32Array {
    const codes = allocated(Uint32Array, count, this.active, 'codes');
    if (count === 1) {
      this.#readRow(first, codes);
      return codes;
    }
    const filled = new Uint32Array(count);
    const blocks = Math.ceil((first + count) / BLOCK);
    for (let block = Math.floor(first / BLOCK); block < blocks; block++) {
      for (let unit = 0; unit < this.units; unit++) {
        this.#readBitmap(block, unit, first, codes, filled);
      }
    }
    return codes;
  }

  unshare(): void {
    const copy = alignedArray(BigUint64Array, 1, this.#memory.length, 'index');
    copy.set(this.#memory);
    this.#use(copy);
  }

  snapshot(): StoredOverlaps {
    const [bitmaps, rows, units] = [this.#memory, this.#rows, this.units];
    const call = (asked: OverlapQueries): KernelCall => {
      const { count, active, allowed, k, ids, distances, counts } = asked;
      return {
        name: 'postingsBitmapsSearch',
        args: [
          bitmaps,
          rows,
          units,
          asked.units,
          count,
          active,
          allowed,
          k,
          ids,
          distances,
          counts,
        ],
      };
    };
    return { rows, call };
  }

  tensors(): Tensor[] {
    const blocks = Math.ceil(this.#rows / BLOCK);
    const data = this.#memory.subarray(0, blocks * this.units * WORDS);
    return [{ name: 'bitmaps', shape: [blocks, this.units, WORDS], data }];
  }

  /** Where the bits of a row are in the bitmap of unit 0; those of unit u are u x HALVES further. */
  #half(row: number): number {
    return Math.floor(row / BLOCK) * this.units * HALVES + ((row % BLOCK) >> 5);
  }

  #clear(start: number, kept: number): void {
    const halves = this.#halves;
    const end = start + this.units * HALVES;
    for (let at = start; at < end; at += HALVES) halves[at] &= kept;
  }

  #readRow(row: number, code: Uint32Array): void {
    const start = this.#half(row);
    const bit = 1 << (row & 31);
    for (let unit = 0, filled = 0; unit < this.units; unit++) {
      if ((this.#halves[start + unit * HALVES] & bit) !== 0) code[filled++] = unit;
    }
  }

  /** Adds a unit to the codes of its rows in a block; never more units than a code has. */
  #readBitmap(
    block: number,
    unit: number,
    first: number,
    codes: Uint32Array,
    filled: Uint32Array,
  ): void {
    const start = (block * this.units + unit) * HALVES;
    for (let half = 0; half < HALVES; half++) {
      for (let bits = this.#halves[start + half]; bits !== 0; bits &= bits - 1) {
        const row = block * BLOCK + half * 32 + 31 - Math.clz32(bits & -bits) - first;
        if (row < 0 || row >= filled.length || filled[row] === this.active) continue;
        codes[row * this.active + filled[row]++] = unit;
      }
    }
  }

  #use(memory: BigUint64Array): void {
    this.#memory = memory;
    this.#halves = new Uint32Array(memory.buffer, memory.byteOffset, memory.length * 2);
  }

  #reserve(rows: number): void {
    const blockWords = this.units * WORDS;
    const blocks = Math.ceil(rows / BLOCK);
    const most = Math.floor(MAX_BYTES / (blockWords * 8));
    if (blocks > most || rows >= NO_ID) {
      throw new RangeError(
        `index must take at most ${MAX_BYTES} bytes, got ${rows} codes of ${this.units} units`,
      );
    }
    const had = this.#memory.length / blockWords;
    if (blocks <= had) return;
    const wanted = Math.max(blocks, Math.min(Math.ceil(had * 1.5), most));
    const grown = alignedArray(BigUint64Array, wanted, blockWords, 'index');
    grown.set(this.#memory);
    this.#use(grown);
  }
}
