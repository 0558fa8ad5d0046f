/**
 * Word vectors as text: a word and its numbers on each line, between spaces or tabs. word2vec and fastText (.vec) put a
 * line before, with the number of words and of numbers; GloVe does not. The numbers of a line are taken from its end,
 * so that words may have spaces within, as some of GloVe's have.
 */

import type { ByteWindow } from './byte-window.ts';
import { parseDecimal } from './decimal.ts';
import { MOST_WORD_DIM, type WordVectorRows } from './word-vector-rows.ts';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
const LONGEST_LINE = 1 << 28;
/** Least bytes of a number of a line: a digit and a space. */
const LEAST_BYTES = 2;

const isGap = (byte: number): boolean => byte === SPACE || byte === TAB;

/** Where bytes of a line end, gaps and a carriage return behind them left out. */
function endOfFields(bytes: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start && (isGap(bytes[at - 1]) || bytes[at - 1] === CARRIAGE_RETURN)) at--;
  return at;
}

/** Where the last field before `end` begins. */
function startOfField(bytes: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start && !isGap(bytes[at - 1])) at--;
  return at;
}

/** The lines of a file, one after the other. */
class TextVectors {
  readonly #window: ByteWindow;
  readonly #rows: WordVectorRows;
  readonly #limit: number;
  constructor(window: ByteWindow, rows: WordVectorRows, limit: number) {
    this.#window = window;
    this.#rows = rows;
    this.#limit = limit;
  }

  /** Takes the line from start to end; lines without fields are passed over. */
  line(start: number, end: number): void {
    const { bytes } = this.#window;
    const stop = endOfFields(bytes, start, end);
    if (stop === start || (this.#rows.dim === 0 && this.#isHeader(start, stop))) return;
    if (this.#rows.dim === 0) this.#rows.begin(this.#dimOf(start, stop), 0);
    this.#row(start, stop);
  }

  #corrupt(expected: string, got: string, at: number): Error {
    return this.#window.corrupt(expected, got, at);
  }

  /** Whether the line is two whole numbers, rows and numbers of a row. */
  #isHeader(start: number, stop: number): boolean {
    const { bytes, size } = this.#window;
    const text = String.fromCharCode(...bytes.subarray(start, Math.min(stop, start + 64)));
    const [, rows, dim] = (/^(\d+)[ \t]+(\d+)$/.exec(text) ?? []).map(Number);
    if (dim === undefined) return false;
    if (dim < 1 || dim > MOST_WORD_DIM || !Number.isSafeInteger(rows)) {
      throw this.#corrupt(`rows of 1 to ${MOST_WORD_DIM} numbers`, `"${text}"`, start);
    }
    this.#rows.claimed = rows;
    const isBelievable = size !== undefined && rows * dim * LEAST_BYTES <= size;
    this.#rows.begin(dim, isBelievable ? Math.min(rows, this.#limit) : 0);
    return true;
  }

  /** How many numbers stand behind the first word of a file without a header. */
  #dimOf(start: number, stop: number): number {
    const { bytes } = this.#window;
    let dim = 0;
    for (let end = stop; ; dim++) {
      const field = startOfField(bytes, start, end);
      if (field === start || Number.isNaN(parseDecimal(bytes, field, end))) break;
      end = endOfFields(bytes, start, field);
    }
    if (dim >= 1 && dim <= MOST_WORD_DIM) return dim;
    throw this.#corrupt(`a word and 1 to ${MOST_WORD_DIM} numbers`, `${dim} numbers`, start);
  }

  #row(start: number, stop: number): void {
    const rows = this.#rows;
    const { bytes } = this.#window;
    const place = rows.nextRow();
    let end = stop;
    for (let column = rows.dim - 1; column >= 0; column--) {
      const field = startOfField(bytes, start, end);
      if (field === start) {
        const expected = `a word and ${rows.dim} numbers in row ${rows.read}`;
        throw this.#corrupt(expected, `${rows.dim - 1 - column} numbers`, start);
      }
      rows.values[place + column] = this.#number(field, end, column);
      end = endOfFields(bytes, start, field);
    }
    this.#checkWord(start, end);
    rows.add(bytes.subarray(start, end));
  }

  #number(start: number, end: number, column: number): number {
    const { bytes } = this.#window;
    const value = Math.fround(parseDecimal(bytes, start, end));
    if (Number.isFinite(value)) return value;
    const got = JSON.stringify(
      String.fromCharCode(...bytes.subarray(start, Math.min(end, start + 40))),
    );
    const where = `row ${this.#rows.read}, column ${column}`;
    throw this.#corrupt(`a number that is finite as a float32 in ${where}`, got, start);
  }

  /** A word may have gaps; one that ends with a number is a row with a number too many. */
  #checkWord(start: number, end: number): void {
    const { bytes } = this.#window;
    const { read, dim } = this.#rows;
    if (start === end) throw this.#corrupt(`a word in row ${read}`, 'none', start);
    const last = startOfField(bytes, start, end);
    if (last === start || Number.isNaN(parseDecimal(bytes, last, end))) return;
    throw this.#corrupt(`${dim} numbers in row ${read}`, 'more', last);
  }

  /** The file has ended. More rows than it claims are welcome: such files exist, and every one of them is whole. */
  end(): void {
    const { read, claimed } = this.#rows;
    if (claimed === undefined || read >= claimed) return;
    throw this.#corrupt(`the first of ${claimed - read} more rows`, 'the end', this.#window.end);
  }
}

/** Reads rows until there are `limit`, or the file ends; tells after each piece of the file. */
export async function readTextVectors(
  window: ByteWindow,
  rows: WordVectorRows,
  limit: number,
  tell: () => void,
): Promise<void> {
  const text = new TextVectors(window, rows, limit);
  for (;;) {
    for (let end = window.find(LINE_FEED, window.start); end >= 0; ) {
      text.line(window.start, end);
      window.start = end + 1;
      if (rows.read === limit) return;
      end = window.find(LINE_FEED, window.start);
    }
    tell();
    if (window.end - window.start > LONGEST_LINE) {
      throw window.corrupt(`the end of a line within ${LONGEST_LINE} bytes`, 'more', window.start);
    }
    if (!(await window.more())) break;
  }
  if (window.start < window.end) text.line(window.start, window.end);
  if (rows.read < limit) text.end();
}
