/**
 * Words and their vectors on their way out of a file: memory that grows with the rows that have come, whatever the file
 * claims, the first of several rows of one word, and the words that are no UTF-8 made readable, both counted.
 */

import { allocated } from '../check.ts';
import { MAX_FILE_DIM } from './vector-block.ts';

const FIRST_NUMBERS = 1 << 16;

/** Most numbers of a vector of words. */
export const MOST_WORD_DIM: number = MAX_FILE_DIM;

export class WordVectorRows {
  /** Numbers of a vector; 0 before the first row. */
  dim = 0;
  /** Rows that the first line claims, where there is one. */
  claimed: number | undefined;
  /** Rows read, of words that had come before too. */
  read = 0;
  /** Rows that were left out because their word had come before. */
  duplicates = 0;
  /** Words in which U+FFFD took the place of bytes that are no UTF-8. */
  replaced = 0;
  readonly words: Map<string, number> = new Map();
  /** Rows x dim numbers, and what comes next. */
  values: Float32Array = new Float32Array(0);
  readonly #strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  readonly #lenient = new TextDecoder('utf-8', { ignoreBOM: true });

  /** Says how many numbers a row has, and how many rows are surely there. */
  begin(dim: number, rows: number): void {
    this.dim = dim;
    const numbers = rows === 0 ? Math.max(dim, FIRST_NUMBERS) : rows * dim;
    this.values = allocated(Float32Array, 1, numbers, 'vectors');
  }

  /** Where in `values` the numbers of the next row go. */
  nextRow(): number {
    const place = this.words.size * this.dim;
    const needed = place + this.dim;
    if (needed > this.values.length) {
      const longer = allocated(Float32Array, 1, Math.max(needed, 2 * place), 'vectors');
      longer.set(this.values);
      this.values = longer;
    }
    return place;
  }

  /** The numbers of the next row are there: they are those of this word. */
  add(bytes: Uint8Array): void {
    const word = this.#decoded(bytes);
    this.read++;
    if (this.words.has(word)) this.duplicates++;
    else this.words.set(word, this.words.size);
  }

  /** The numbers of all rows. */
  numbers(): Float32Array {
    const length = this.words.size * this.dim;
    return length === this.values.length ? this.values : this.values.slice(0, length);
  }

  #decoded(bytes: Uint8Array): string {
    try {
      return this.#strict.decode(bytes);
    } catch {
      this.replaced++;
      return this.#lenient.decode(bytes);
    }
  }
}
