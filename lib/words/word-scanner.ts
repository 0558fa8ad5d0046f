/**
 * The standard tokeniser, on bytes. A word is a letter or digit with the letters, digits and marks that follow, and with
 * apostrophes that stand between two of them; scripts without spaces are cut by the engine's segmenter, a run at a
 * time. Most words of most texts are ASCII letters up to a space: these take the short way, one loop that finds the end
 * and makes the hash in one go; all else goes from character to character. Both give the same words
 * (test/words/tokenizer.test.ts holds them against a tokeniser of strings).
 */

import {
  APOSTROPHE,
  BREAK,
  characterClasses,
  classOf,
  DIGIT,
  LETTER,
  MARK,
  SEPARATOR,
  UNSPACED,
} from './characters.ts';
import type { NumberList } from './number-list.ts';
import { segmentedWords } from './segmenter.ts';
import { ILL_FORMED, MORE, TextBuffer } from './text-buffer.ts';
import { PARAGRAPH_END, type WordIds } from './word-ids.ts';
import { HASH_FACTOR, HASH_START, hashOf, LONGEST_WORD_BYTES } from './word-table.ts';

/** Characters that the segmenter gets at a time; a longer run is cut there. */
const LONGEST_RUN = 1024;
/** What is in the class of bytes from 0x80 on, and of the sentinel. */
const NOT_ASCII = 7;
/** Longest word and longest run that may wait for more text, and a character that is not whole. */
const MOST_LEFT = 4 * LONGEST_RUN + 8;

/** ASCII letters, as they are or in lower case, at their own places; 0 at those of all other bytes. */
function letterBytes(isLower: boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => {
    const lower = byte | 0x20;
    if (lower < 0x61 || lower > 0x7a) return 0;
    return isLower ? lower : byte;
  });
}

/** Text to numbers of words, by the standard tokeniser. */
export class WordScanner extends TextBuffer {
  readonly #ids: WordIds;
  readonly #numbers: NumberList;
  readonly #classes = characterClasses();
  readonly #byteClasses = new Uint8Array(256).fill(NOT_ASCII);
  readonly #letters: Uint8Array;
  /** The number of every word with a digit, where all such words are one. */
  readonly #digitWord: number | undefined;
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  /** Whether a word was begun that is too long, and whose bytes are gone. */
  #isLong = false;
  #hasDigit = false;
  /** Whether the paragraph has a token. */
  #isOpen = false;
  /** Where the text begins that must wait for more. */
  #left = 0;

  /** @param digitWord the number of every word with a digit, where all such words are one. */
  constructor(ids: WordIds, numbers: NumberList, digitWord: number | undefined) {
    super(MOST_LEFT);
    this.#ids = ids;
    this.#numbers = numbers;
    this.#digitWord = digitWord;
    this.#byteClasses.set(this.#classes.subarray(0, 0x80));
    this.#letters = letterBytes(ids.isPlainNormal);
  }

  protected override scan(): number {
    // No token and no end of a paragraph takes less than a byte.
    this.#numbers.reserve(this.length + 1);
    let at = 0;
    while (at < this.length) {
      if (!this.#isLong) at = this.#plainWords(at);
      if (at === this.length) break;
      at = this.#step(at);
      if (at < 0) return this.#left;
    }
    return this.length;
  }

  /** Takes words of ASCII letters for as long as nothing else comes; gives where that is, or the end of the text. */
  #plainWords(from: number): number {
    const bytes = this.bytes;
    const letters = this.#letters;
    const classes = this.#byteClasses;
    for (let at = from; ; ) {
      let letter = letters[bytes[at]];
      while (letter === 0 && classes[bytes[at]] === SEPARATOR) letter = letters[bytes[++at]];
      if (letter === 0) return at;
      const start = at;
      let hash = HASH_START;
      do {
        bytes[at++] = letter;
        hash = Math.imul(hash ^ letter, HASH_FACTOR);
        letter = letters[bytes[at]];
      } while (letter !== 0);
      const after = classes[bytes[at]];
      if (after !== SEPARATOR && after !== BREAK) return start;
      this.#plainWord(start, at, hash);
    }
  }

  #plainWord(start: number, end: number, hash: number): void {
    if (end - start > LONGEST_WORD_BYTES) this.#push(this.#ids.long());
    else if (this.#ids.isPlainNormal) this.#push(this.#ids.normal(this.bytes, start, end, hash));
    else this.#push(this.#ids.form(this.bytes, start, end));
  }

  #push(id: number): void {
    const numbers = this.#numbers;
    numbers.values[numbers.length++] = id;
    this.#isOpen = true;
  }

  /** Takes what begins with a character; gives where it ends, or MORE. */
  #step(at: number): number {
    if (this.#isLong) return this.#word(at);
    const kind = this.#classAt(at);
    if (kind === LETTER || kind === DIGIT) return this.#word(at);
    if (kind === UNSPACED) return this.#run(at);
    if (kind === MORE) return this.#wait(at);
    if (kind === ILL_FORMED) this.replaced++;
    if (kind === BREAK) this.#endParagraph();
    return this.next;
  }

  #wait(from: number): number {
    this.#left = from;
    return MORE;
  }

  #endParagraph(): void {
    if (!this.#isOpen) return;
    this.#push(PARAGRAPH_END);
    this.paragraphs++;
    this.#isOpen = false;
  }

  /** The class of a character, or MORE, or ILL_FORMED; its end is in `next`. */
  #classAt(at: number): number {
    const kind = this.#byteClasses[this.bytes[at]];
    if (kind === NOT_ASCII) {
      const point = this.decode(at);
      return point < 0 ? point : classOf(this.#classes, point);
    }
    this.next = at + 1;
    return kind;
  }

  #word(start: number): number {
    this.#hasDigit = false;
    for (let at = start; ; ) {
      const next = this.#inWord(at);
      if (next === MORE) {
        this.#isLong ||= at - start > LONGEST_WORD_BYTES;
        return this.#wait(this.#isLong ? at : start);
      }
      if (next === at) {
        this.#push(this.#idOf(start, at));
        this.#isLong = false;
        return at;
      }
      at = next;
    }
  }

  /** The end of a character that goes on with a word; its beginning, where the word has ended before; or MORE. */
  #inWord(at: number): number {
    const kind = this.#classAt(at);
    if (kind === DIGIT) this.#hasDigit = true;
    if (kind === LETTER || kind === DIGIT || kind === MARK) return this.next;
    if (kind !== APOSTROPHE) return kind === MORE ? MORE : at;
    const after = this.next;
    const follower = this.#classAt(after);
    if (follower === LETTER || follower === DIGIT) return after;
    return follower === MORE ? MORE : at;
  }

  #idOf(start: number, end: number): number {
    const ids = this.#ids;
    if (this.#isLong || end - start > LONGEST_WORD_BYTES) return ids.long();
    if (this.#hasDigit && this.#digitWord !== undefined) return ids.again(this.#digitWord);
    if (!ids.isPlainNormal || !this.#isPlain(start, end)) return ids.form(this.bytes, start, end);
    return ids.normal(this.bytes, start, end, hashOf(this.bytes, start, end));
  }

  /** Whether a word is of ASCII alone; its letters are in lower case then. */
  #isPlain(start: number, end: number): boolean {
    const { bytes } = this;
    for (let at = start; at < end; at++) {
      if (bytes[at] >= 0x80) return false;
      bytes[at] = this.#letters[bytes[at]] || bytes[at];
    }
    return true;
  }

  /** A run of a script without spaces, whole or as long as runs may be. */
  #run(start: number): number {
    let at = start;
    for (let characters = 0; characters < LONGEST_RUN; characters++) {
      const kind = this.#classAt(at);
      if (kind === MORE) return this.#wait(start);
      if (kind !== UNSPACED && kind !== MARK) break;
      at = this.next;
    }
    for (const word of segmentedWords(this.#decoder.decode(this.bytes.subarray(start, at)))) {
      this.#push(this.#ids.word(word));
      this.segmented++;
    }
    return at;
  }
}
