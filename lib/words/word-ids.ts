/**
 * From the words of a text to their numbers: a word is normalised, looked up, and counted. What a word is normalised to
 * is remembered by its bytes as they stood in the text, so that a user's function, or Unicode's tables, are asked once
 * for a word and not once for each of its tokens.
 */

import { wrongKind } from '../errors.ts';
import { hashOf, LONGEST_WORD_BYTES, WordTable } from './word-table.ts';

/** Number of a token that is no word of the table; it keeps its position. */
export const MASKED = -1;
/** What ends a paragraph in numbered text. */
export const PARAGRAPH_END = -2;

/** Forms that are remembered at a time. */
const MOST_FORMS = 2 ** 18;
/** Instead of a number, for a form whose normal form is too long, or empty. */
const TOO_LONG = -2;
const EMPTY = -3;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** How words become numbers. */
export interface WordIdsOptions {
  readonly table: WordTable;
  readonly normalize: (word: string) => string;
  /** Whether words of ASCII letters and apostrophes are normal once their letters are in lower case. */
  readonly isPlainNormal: boolean;
  /** Whether words that have no number stay without. */
  readonly isFrozen: boolean;
}

export class WordIds {
  readonly table: WordTable;
  readonly isPlainNormal: boolean;
  /** Tokens of more than LONGEST_WORD_BYTES. */
  tooLong = 0;
  /** Tokens that were normalised to nothing. */
  emptied = 0;
  readonly #normalize: (word: string) => string;
  readonly #isFrozen: boolean;
  #forms = new WordTable();
  #ids = new Int32Array(1024);
  #reductions = 0;
  readonly #scratch = new Uint8Array(3 * LONGEST_WORD_BYTES);

  constructor({ table, normalize, isPlainNormal, isFrozen }: WordIdsOptions) {
    this.table = table;
    this.isPlainNormal = isPlainNormal;
    this.#normalize = normalize;
    this.#isFrozen = isFrozen;
  }

  /** The number of a word that is normal as it is, with its hash. */
  normal(bytes: Uint8Array, start: number, end: number, hash: number): number {
    if (this.#isFrozen) return Math.max(MASKED, this.table.find(bytes, start, end, hash));
    return this.table.intern(bytes, start, end, hash);
  }

  /** One more token of a number. */
  again(id: number): number {
    if (id >= 0 && !this.#isFrozen) this.table.counts[id]++;
    return id;
  }

  /** The number of a token that is too long for one. */
  long(): number {
    this.tooLong++;
    return MASKED;
  }

  /** The number of a word of the text as it stands there, well-formed and at most LONGEST_WORD_BYTES, with its hash. */
  form(bytes: Uint8Array, start: number, end: number, hash: number): number {
    if (this.#reductions !== this.table.reductions || this.#forms.size === MOST_FORMS) {
      this.#forget();
    }
    const form = this.#forms.find(bytes, start, end, hash);
    if (form >= 0) return this.#counted(this.#ids[form]);
    const normal: unknown = this.#normalize(decoder.decode(bytes.subarray(start, end)));
    if (typeof normal !== 'string') throw wrongKind('normalize(word)', 'a string', normal);
    return this.#remembered(this.#forms.intern(bytes, start, end, hash), normal);
  }

  /** The number of a word that a tokeniser of the user gave. */
  word(word: string): number {
    const written = this.#encoded(word);
    return written < 0
      ? this.long()
      : this.form(this.#scratch, 0, written, hashOf(this.#scratch, 0, written));
  }

  #remembered(form: number, normal: string): number {
    if (form === this.#ids.length) {
      const longer = new Int32Array(2 * form);
      longer.set(this.#ids);
      this.#ids = longer;
    }
    const written = normal === '' ? 0 : this.#encoded(normal);
    if (written > 0) {
      const hash = hashOf(this.#scratch, 0, written);
      this.#ids[form] = this.normal(this.#scratch, 0, written, hash);
      return this.#ids[form];
    }
    this.#ids[form] = written < 0 ? TOO_LONG : EMPTY;
    return this.#counted(this.#ids[form]);
  }

  /** One more token of a form that was met before. */
  #counted(id: number): number {
    if (id === TOO_LONG) return this.long();
    if (id === EMPTY) this.emptied++;
    return id === EMPTY ? MASKED : this.again(id);
  }

  /** Bytes of a word in the scratch memory, or -1 when it is too long. */
  #encoded(word: string): number {
    if (word.length > LONGEST_WORD_BYTES) return -1;
    const { written } = encoder.encodeInto(word, this.#scratch);
    return written > LONGEST_WORD_BYTES ? -1 : written;
  }

  /** Forgets all forms: there are too many, or the table has forgotten words. */
  #forget(): void {
    this.#forms = new WordTable();
    this.#reductions = this.table.reductions;
  }
}
