/**
 * Paragraphs for a tokeniser of the user's own: each is handed over as a string. One of more than 64 KiB of UTF-8 comes
 * in parts, so that a text without line breaks needs no more memory than another: a part ends behind the last space or
 * tab within 64 KiB, or, where there is none, with the last whole character. Parts belong to one paragraph still.
 */

import { wrongKind } from '../errors.ts';
import { BREAK, characterClasses, classOf } from './characters.ts';
import type { NumberList } from './number-list.ts';
import { ILL_FORMED, MORE, TextBuffer } from './text-buffer.ts';
import type { Tokenize } from './tokenizer.ts';
import { PARAGRAPH_END, type WordIds } from './word-ids.ts';

/** Most bytes of a part of a paragraph. */
export const MOST_PARAGRAPH_BYTES: number = 1 << 16;

const LONGEST_CHARACTER = 4;
const SPACE = 0x20;
const TAB = 0x09;

/** Text to numbers of words, by a function that gets its paragraphs. */
export class ParagraphReader extends TextBuffer {
  readonly #ids: WordIds;
  readonly #numbers: NumberList;
  readonly #tokenize: Tokenize;
  readonly #classes = characterClasses();
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  /** Bytes of the text that were looked at and belong to the part that is not yet handed over. */
  #looked = 0;
  /** Where a part could end: behind the last space. 0: nowhere yet. */
  #gap = 0;
  #isOpen = false;

  constructor(ids: WordIds, numbers: NumberList, tokenize: Tokenize) {
    super(MOST_PARAGRAPH_BYTES + LONGEST_CHARACTER);
    this.#ids = ids;
    this.#numbers = numbers;
    this.#tokenize = tokenize;
  }

  protected override scan(): number {
    let start = 0;
    let at = this.#looked;
    for (;;) {
      const point = this.decode(at);
      if (point === MORE) break;
      start = this.#startAfter(start, at, point);
      if (point === SPACE || point === TAB) this.#gap = this.next;
      at = this.next;
    }
    this.#looked = at - start;
    this.#gap = Math.max(0, this.#gap - start);
    return start;
  }

  /** Where the part begins that is not yet handed over, once the character at `at` is seen. */
  #startAfter(start: number, at: number, point: number): number {
    if (point === ILL_FORMED) this.replaced++;
    else if (classOf(this.#classes, point) === BREAK) {
      this.#handOver(start, at);
      this.#endParagraph();
      return this.next;
    }
    if (this.next - start <= MOST_PARAGRAPH_BYTES) return start;
    const end = this.#gap > start ? this.#gap : at;
    this.#handOver(start, end);
    return end;
  }

  #endParagraph(): void {
    if (!this.#isOpen) return;
    this.#numbers.push(PARAGRAPH_END);
    this.paragraphs++;
    this.#isOpen = false;
  }

  #handOver(start: number, end: number): void {
    if (start === end) return;
    const paragraph = this.#decoder.decode(this.bytes.subarray(start, end));
    let index = 0;
    for (const word of checkedWords(this.#tokenize(paragraph))) {
      if (typeof word !== 'string') {
        throw wrongKind(`tokenize(paragraph)[${index}]`, 'a string', word);
      }
      this.#numbers.push(this.#ids.word(word));
      this.#isOpen = true;
      index++;
    }
  }
}

/** A string is an iterable of strings too, but of its characters: a tokeniser that gives one has made no words. */
function checkedWords(words: unknown): Iterable<unknown> {
  if (typeof words === 'object' && words !== null && Symbol.iterator in words) {
    return words as Iterable<unknown>;
  }
  throw wrongKind('tokenize(paragraph)', 'an iterable of strings', words);
}
