/**
 * The memory of a Hamming index: codes interleaved by eight, as the kernels want them (lib/reference/hamming.ts),
 * in one array that doubles when it is full. Rows never move. A search in flight holds the array of its start and a
 * copy of its last group, so that rows may be appended meanwhile; whoever writes to older rows copies the store first.
 */

import { activeBackend } from '../backend/active.ts';
import { alignedArray } from '../backend/aligned-memory.ts';
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

/** The codes as rows of 64-bit words, zero-filled, in new memory or in zeros that are given: what kernels take. */
export function wordsOf(codes: BitCodes, given?: BigUint64Array): BigUint64Array {
  const words = Math.ceil(codes.bytes / WORD_BYTES);
  const result = given ?? allocated(BigUint64Array, codes.rows, words, 'queries');
  const bytes = new Uint8Array(result.buffer, result.byteOffset, result.byteLength);
  if (codes.bytes === words * WORD_BYTES) {
    bytes.set(codes.data);
    return result;
  }
  for (let row = 0; row < codes.rows; row++) bytes.set(codes.row(row), row * words * WORD_BYTES);
  return result;
}

/** The end of the run of consecutive ids that begins at `start`. */
function runEnd(ids: Uint32Array, start: number): number {
  let end = start + 1;
  while (end < ids.length && ids[end] === ids[end - 1] + 1) end++;
  return end;
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
    for (let start = 0, end = 0; start < ids.length; start = end) {
      end = runEnd(ids, start);
      const run = codes.data.subarray(start * this.bytes, end * this.bytes);
      this.#interleave(run, end - start, ids[start]);
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
    for (const id of ids) {
      const start = Math.floor(id / GROUP) * this.words * GROUP + (id % GROUP);
      for (let word = 0; word < this.words; word++) this.#memory[start + word * GROUP] = 0n;
    }
  }

  /** A copy of the codes first .. first + count - 1. */
  read(first: number, count: number): Uint8Array {
    const codes = alignedArray(Uint8Array, count, this.bytes, 'codes');
    const args = [this.memory(), first, count, this.bytes, codes] as const;
    activeBackend().run({ name: 'hammingDeinterleave', args }, 1);
    return codes;
  }

  /** The codes of now; later appends do not show in them. */
  snapshot(): StoredCodes {
    const whole = Math.floor(this.#rows / GROUP) * GROUP * this.words;
    const end = this.#rows % GROUP === 0 ? whole : whole + GROUP * this.words;
    return { store: this.#memory, tail: this.#memory.slice(whole, end), rows: this.#rows };
  }

  /** Moves to a copy of the memory. */
  unshare(): void {
    const copy = alignedArray(BigUint64Array, 1, this.#memory.length, 'index');
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
    const grown = alignedArray(BigUint64Array, wanted, GROUP * this.words, 'index');
    grown.set(this.#memory);
    this.#memory = grown;
  }
}
