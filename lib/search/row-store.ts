/**
 * Codes row after row in words of 64 bits, in one array that doubles when it is full: the memory of an index that
 * compares single codes rather than all of them, so that a code of up to 512 bits lies in one or two cache lines
 * (interleaved by eight, each of its words would be in another). Rows never move. Whoever writes to rows that a
 * search in flight may read copies the store first.
 */

import { alignedArray } from '../backend/aligned-memory.ts';
import { MAX_BYTES } from '../check.ts';
import type { BitCodes } from '../codes/bit-codes.ts';

const WORD_BYTES = 8;
const LEAST_ROWS = 64;

/** Whether ids are consecutive. */
function areConsecutive(ids: Uint32Array): boolean {
  for (let i = 1; i < ids.length; i++) {
    if (ids[i] !== ids[0] + i) return false;
  }
  return true;
}

export class RowStore {
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
  static over(bits: number, rows: number, memory: BigUint64Array): RowStore {
    const store = new RowStore(bits);
    store.#rows = rows;
    store.#memory = memory;
    return store;
  }

  /** Rows, holes included. */
  get rows(): number {
    return this.#rows;
  }

  /** The rows in use: rows x words. */
  memory(): BigUint64Array {
    return this.#memory.subarray(0, this.#rows * this.words);
  }

  /** The same as bytes, rows x words x 8. */
  memoryBytes(): Uint8Array {
    const memory = this.memory();
    return new Uint8Array(memory.buffer, memory.byteOffset, memory.byteLength);
  }

  /** Finds memory for that many rows; on failure nothing has changed. */
  reserve(rows: number): void {
    const rowBytes = this.words * WORD_BYTES;
    if (rows * rowBytes > MAX_BYTES) {
      throw new RangeError(
        `index must take at most ${MAX_BYTES} bytes, got ${rows} codes of ${rowBytes} bytes`,
      );
    }
    const held = this.#memory.length / this.words;
    if (rows <= held) return;
    const most = Math.floor(MAX_BYTES / rowBytes) - 1;
    const wanted = Math.max(rows, Math.min(most, Math.max(LEAST_ROWS, 2 * held)));
    const grown = alignedArray(BigUint64Array, wanted, this.words, 'index');
    grown.set(this.memory());
    this.#memory = grown;
  }

  /** Writes codes at ids below `rows`, the rows afterwards. */
  write(codes: BitCodes, ids: Uint32Array, rows: number): void {
    this.reserve(rows);
    this.#rows = rows;
    const bytes = this.memoryBytes();
    const stride = this.words * WORD_BYTES;
    if (ids.length > 0 && stride === this.bytes && areConsecutive(ids)) {
      bytes.set(codes.data, ids[0] * stride);
      return;
    }
    for (let i = 0; i < ids.length; i++) bytes.set(codes.row(i), ids[i] * stride);
  }

  /** Zeroes rows. */
  erase(ids: Uint32Array): void {
    const memory = this.memory();
    for (const id of ids) memory.fill(0n, id * this.words, (id + 1) * this.words);
  }

  /** A copy of the codes first .. first + count - 1, packed. */
  read(first: number, count: number): Uint8Array {
    const codes = alignedArray(Uint8Array, count, this.bytes, 'codes');
    const bytes = this.memoryBytes();
    const stride = this.words * WORD_BYTES;
    for (let i = 0; i < count; i++) {
      const start = (first + i) * stride;
      codes.set(bytes.subarray(start, start + this.bytes), i * this.bytes);
    }
    return codes;
  }

  /** Moves to a copy of the memory. */
  unshare(): void {
    const copy = alignedArray(BigUint64Array, 1, this.#memory.length, 'index');
    copy.set(this.#memory);
    this.#memory = copy;
  }
}
