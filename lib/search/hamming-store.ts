/**
 * The memory of a Hamming index: codes interleaved by eight, as the kernels want them (lib/reference/hamming.ts),
 * in one array that doubles when it is full. Rows never move. A search in flight holds the array of its start and a
 * copy of its last group, so that rows may be appended meanwhile; whoever writes to older rows copies the store first.
 */

import { activeBackend } from '../backend/active.ts';
import { allocated, MAX_BYTES } from '../check.ts';
import type { BitCodes } from '../codes/bit-codes.ts';
import { NO_ID } from './neighbors.ts';

const GROUP = 8;
const WORD_BYTES = 8;
const LEAST_GROUPS = 8;

/** A store as it was at one moment, for the search kernel. */
export interface StoredCodes {
  readonly store: BigUint64Array;
  readonly tail: BigUint64Array;
  readonly rows: number;
}

/** The codes as rows of 64-bit words, zero-filled: what the kernels take as queries. */
export function wordsOf(codes: BitCodes): BigUint64Array {
  const words = Math.ceil(codes.bytes / WORD_BYTES);
  const result = allocated(BigUint64Array, codes.rows, words, 'queries');
  const bytes = new Uint8Array(result.buffer);
  if (codes.bytes === words * WORD_BYTES) {
    bytes.set(codes.data);
    return result;
  }
  for (let row = 0; row < codes.rows; row++) bytes.set(codes.row(row), row * words * WORD_BYTES);
  return result;
}

/** Zeroed words that start at a cache line: a tenth faster than any other start (bench hamming). */
export function alignedWords(count: number): BigUint64Array {
  const memory = allocated(BigUint64Array, 1, count + GROUP, 'index');
  const skipped = activeBackend().run({ name: 'hammingAlignment', args: [memory] }, 1);
  return memory.subarray(skipped, skipped + count);
}

/** Whether ids are consecutive. */
function areConsecutive(ids: Uint32Array): boolean {
  for (let i = 1; i < ids.length; i++) {
    if (ids[i] !== ids[0] + i) return false;
  }
  return true;
}

export class HammingStore {
  /** Bytes of a code. */
  readonly bytes: number;
  /** 64-bit words of a code. */
  readonly words: number;
  #rows = 0;
  #memory: BigUint64Array = new BigUint64Array(0);

  constructor(bits: number) {
    this.bytes = Math.ceil(bits / 8);
    this.words = Math.ceil(bits / (WORD_BYTES * 8));
  }

  /** A store over the memory of another, as `memory` gave it; it must be copied before it is written to. */
  static over(bits: number, rows: number, memory: BigUint64Array): HammingStore {
    const store = new HammingStore(bits);
    store.#rows = rows;
    store.#memory = memory;
    return store;
  }

  /** Rows, holes included. */
  get rows(): number {
    return this.#rows;
  }

  /** The whole groups in use: [ceil(rows / 8)][words][8]. */
  memory(): BigUint64Array {
    return this.#memory.subarray(0, Math.ceil(this.#rows / GROUP) * GROUP * this.words);
  }

  /** Writes codes at ids below `rows`, the rows afterwards; on failure nothing has changed. */
  write(codes: BitCodes, ids: Uint32Array, rows: number): void {
    this.#reserve(rows);
    if (ids.length > 0 && areConsecutive(ids)) this.#interleave(codes.data, codes.rows, ids[0]);
    else {
      for (let i = 0; i < ids.length; i++) this.#interleave(codes.row(i), 1, ids[i]);
    }
    this.#rows = rows;
  }

  /** Writes codes after the last row. */
  append(codes: BitCodes): void {
    this.#reserve(this.#rows + codes.rows);
    this.#interleave(codes.data, codes.rows, this.#rows);
    this.#rows += codes.rows;
  }

  /** Zeroes rows. */
  erase(ids: Uint32Array): void {
    const zeros = new Uint8Array(this.bytes);
    for (const id of ids) this.#interleave(zeros, 1, id);
  }

  /** A copy of the codes first .. first + count - 1. */
  read(first: number, count: number): Uint8Array {
    const codes = allocated(Uint8Array, count, this.bytes, 'codes');
    const memory = this.memory();
    if (this.bytes % 4 === 0) {
      this.#readHalfWords(memory, first, new Uint32Array(codes.buffer));
      return codes;
    }
    const bytes = new Uint8Array(memory.buffer, memory.byteOffset, memory.byteLength);
    for (let i = 0; i < count; i++) {
      const row = first + i;
      const start = Math.floor(row / GROUP) * this.words * GROUP + (row % GROUP);
      for (let byte = 0; byte < this.bytes; byte++) {
        const from = (start + (byte >> 3) * GROUP) * WORD_BYTES + (byte & 7);
        codes[i * this.bytes + byte] = bytes[from];
      }
    }
    return codes;
  }

  /** As read, four bytes at a time: saving an index takes a quarter of the time. */
  #readHalfWords(memory: BigUint64Array, first: number, codes: Uint32Array): void {
    const halves = new Uint32Array(memory.buffer, memory.byteOffset, 2 * memory.length);
    const width = this.bytes / 4;
    for (let at = 0, row = first; at < codes.length; row++) {
      let from = 2 * (Math.floor(row / GROUP) * this.words * GROUP + (row % GROUP));
      for (const end = at + width; at < end; from += 2 * GROUP) {
        codes[at++] = halves[from];
        if (at < end) codes[at++] = halves[from + 1];
      }
    }
  }

  /** The codes of now; later appends do not show in them. */
  snapshot(): StoredCodes {
    const whole = Math.floor(this.#rows / GROUP) * GROUP * this.words;
    const end = this.#rows % GROUP === 0 ? whole : whole + GROUP * this.words;
    return { store: this.#memory, tail: this.#memory.slice(whole, end), rows: this.#rows };
  }

  /** Moves to a copy of the memory. */
  unshare(): void {
    const copy = alignedWords(this.#memory.length);
    copy.set(this.#memory);
    this.#memory = copy;
  }

  #interleave(codes: Uint8Array, rows: number, firstRow: number): void {
    const args = [codes, rows, this.bytes, firstRow, this.#memory] as const;
    activeBackend().run({ name: 'hammingInterleave', args }, 1);
  }

  #reserve(rows: number): void {
    const groupBytes = GROUP * this.words * WORD_BYTES;
    const groups = Math.ceil(rows / GROUP);
    if (groups * groupBytes > MAX_BYTES || rows >= NO_ID) {
      throw new RangeError(
        `index must take at most ${MAX_BYTES} bytes, got ${rows} codes of ${this.words * WORD_BYTES} bytes`,
      );
    }
    if (groups * groupBytes <= this.#memory.byteLength) return;
    const doubled = Math.max(LEAST_GROUPS, (2 * this.#memory.byteLength) / groupBytes);
    const most = Math.floor(MAX_BYTES / groupBytes);
    const wanted = Math.max(groups, Math.min(doubled, most));
    const grown = alignedWords(wanted * GROUP * this.words);
    grown.set(this.#memory);
    this.#memory = grown;
  }
}
