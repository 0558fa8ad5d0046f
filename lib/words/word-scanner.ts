/**
 * The standard tokeniser, on bytes. A word is a letter or digit with the letters, digits and marks that follow, and with
 * apostrophes that stand between two of them; scripts without spaces are cut by the engine's segmenter, a run at a
 * time. Most words of most texts are letters of one or two bytes up to a space: these take the short way, one loop that
 * finds the end, puts letters in lower case and makes the hash in one go; all else goes from character to character.
 * Both give the same words (test/words/tokenizer.test.ts holds them against a tokeniser of strings).
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
import { plainLetters } from './plain-letters.ts';
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

/** Text to numbers of words, by the standard tokeniser. */
export class WordScanner extends TextBuffer {
  readonly #ids: WordIds;
  readonly #numbers: NumberList;
  readonly #classes = characterClasses();
  readonly #byteClasses = new Uint8Array(256).fill(NOT_ASCII);
  /** Letters of one byte, as they are or in lower case, by their byte; 0 for all else. */
  readonly #letters: Uint8Array;
  /** Letters of two bytes, in the same way, by their code points. */
  readonly #pairs: Uint16Array;
  /** The number of every word with a digit, where all such words are one. */
  readonly #digitWord: number | undefined;
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  /** Whether a word was begun that is too long, and whose bytes are gone. */
  #isLong = false;
  #hasDigit = false;
  #hash = 0;
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
    const points = plainLetters(ids.isPlainNormal);
    this.#letters = new Uint8Array(256);
    this.#letters.set(points.subarray(0, 0x80));
    this.#pairs = points;
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

  /** Takes words of plain letters for as long as nothing else comes; gives where that is, or the end of the text. */
  #plainWords(from: number): number {
    const bytes = this.bytes;
    const classes = this.#byteClasses;
    for (let start = from; ; ) {
      while (classes[bytes[start]] === SEPARATOR) start++;
      const end = this.#plainEnd(start);
      const after = classes[bytes[end]];
      if (end === start || (after !== SEPARATOR && after !== BREAK)) return start;
      this.#plainWord(start, end);
      start = end;
    }
  }

  /** Where plain letters end; they are in lower case then, and `hash` is theirs. */
  #plainEnd(start: number): number {
    const bytes = this.bytes;
    const letters = this.#letters;
    let hash = HASH_START;
    for (let at = start; ; at += 2) {
      for (let letter = letters[bytes[at]]; letter !== 0; letter = letters[bytes[at]]) {
        bytes[at++] = letter;
        hash = Math.imul(hash ^ letter, HASH_FACTOR);
      }
      const pair = bytes[at] < 0x80 ? 0 : this.#pairAt(at);
      if (pair === 0) {
        this.#hash = hash;
        return at;
      }
      bytes[at] = 0xc0 | (pair >> 6);
      bytes[at + 1] = 0x80 | (pair & 0x3f);
      hash = hashOf(bytes, at, at + 2, hash);
    }
  }

  /** The plain letter of two bytes that is there, or 0. */
  #pairAt(at: number): number {
    const lead = this.bytes[at];
    const second = this.bytes[at + 1];
    if (lead < 0xc2 || lead > 0xdf || (second & 0xc0) !== 0x80) return 0;
    return this.#pairs[((lead & 0x1f) << 6) | (second & 0x3f)];
  }

  #plainWord(start: number, end: number): void {
    const ids = this.#ids;
    const hash = this.#hash;
    if (end - start > LONGEST_WORD_BYTES) this.#push(ids.long());
    else if (ids.isPlainNormal) this.#push(ids.normal(this.bytes, start, end, hash));
    else this.#push(ids.form(this.bytes, start, end, hash));
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
    const isNormal = ids.isPlainNormal && this.#isAscii(start, end);
    const hash = hashOf(this.bytes, start, end);
    if (isNormal) return ids.normal(this.bytes, start, end, hash);
    return ids.form(this.bytes, start, end, hash);
  }

  /** Whether a word is of ASCII alone; its letters are in lower case then. */
  #isAscii(start: number, end: number): boolean {
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
