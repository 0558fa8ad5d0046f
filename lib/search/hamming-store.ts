/**
 * The memory of a Hamming index: codes interleaved by eight, as the kernels want them (lib/reference/hamming.ts),
 * in one array that doubles when it is full. Rows never move and whole groups of eight never change once written,
 * so that a search in flight keeps what it saw: it holds the array of its start, and a copy of the last group.
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
function alignedWords(count: number): BigUint64Array {
  const memory = allocated(BigUint64Array, 1, count + GROUP, 'index');
  const skipped = activeBackend().run({ name: 'hammingAlignment', args: [memory] }, 1);
  return memory.subarray(skipped, skipped + count);
}

export class HammingStore {
  /** 64-bit words of a code. */
  readonly words: number;
  #rows = 0;
  #memory: BigUint64Array = new BigUint64Array(0);

  constructor(bits: number) {
    this.words = Math.ceil(bits / (WORD_BYTES * 8));
  }

  /** Codes stored. */
  get rows(): number {
    return this.#rows;
  }

  /** Appends codes; on failure nothing has changed. */
  append(codes: BitCodes): void {
    const rows = this.#rows + codes.rows;
    this.#reserve(rows);
    activeBackend().run(
      {
        name: 'hammingInterleave',
        args: [codes.data, codes.rows, codes.bytes, this.#rows, this.#memory],
      },
      1,
    );
    this.#rows = rows;
  }

  /** The codes of now; later appends do not show in them. */
  snapshot(): StoredCodes {
    const whole = Math.floor(this.#rows / GROUP) * GROUP * this.words;
    const end = this.#rows % GROUP === 0 ? whole : whole + GROUP * this.words;
    return { store: this.#memory, tail: this.#memory.slice(whole, end), rows: this.#rows };
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
