/**
 * Word vectors as word2vec writes them with -binary 1: a line with the number of words and of numbers, then for each
 * word its bytes, a space, and its numbers as little-endian float32. The original puts a line feed behind each row,
 * gensim does not; both are read.
 */

import type { ByteWindow } from './byte-window.ts';
import { NUMBER_KINDS, readNumbers } from './numbers.ts';
import { MOST_WORD_DIM, type WordVectorRows } from './word-vector-rows.ts';

const LINE_FEED = 0x0a;
const SPACE = 0x20;
const LONGEST_HEADER = 64;
const LONGEST_WORD = 1 << 16;
const FLOAT_BYTES = 4;

/** Where a byte is that must come within `most` bytes of the start of the window. */
async function within(
  window: ByteWindow,
  byte: number,
  most: number,
  what: string,
): Promise<number> {
  for (;;) {
    const found = window.find(byte, window.start);
    if (found >= 0 && found - window.start <= most) return found;
    if (window.end - window.start > most) {
      throw window.corrupt(`${what} of at most ${most} bytes`, 'more', window.start);
    }
    if (!(await window.more())) throw window.corrupt(what, 'the end', window.end);
  }
}

async function readHeader(window: ByteWindow): Promise<{ claimed: number; dim: number }> {
  const end = await within(window, LINE_FEED, LONGEST_HEADER, 'a first line');
  const text = String.fromCharCode(...window.bytes.subarray(window.start, end)).trim();
  const [, claimed, dim] = (/^(\d+)[ \t]+(\d+)$/.exec(text) ?? []).map(Number);
  if (dim === undefined || dim < 1 || dim > MOST_WORD_DIM || !Number.isSafeInteger(claimed)) {
    const expected = `a first line of two numbers, rows of 1 to ${MOST_WORD_DIM} numbers`;
    throw window.corrupt(expected, JSON.stringify(text), window.start);
  }
  window.start = end + 1;
  return { claimed, dim };
}

/** Reads rows until there are `limit`, or as many as the file claims; tells now and then. */
export async function readBinaryVectors(
  window: ByteWindow,
  rows: WordVectorRows,
  limit: number,
  tell: () => void,
): Promise<void> {
  const { claimed, dim } = await readHeader(window);
  rows.claimed = claimed;
  const rowBytes = FLOAT_BYTES * dim;
  const most = Math.min(claimed, limit);
  const isBelievable = window.size !== undefined && most * (rowBytes + 2) <= window.size;
  rows.begin(dim, isBelievable ? most : 0);
  for (let told = -1; rows.read < most; ) {
    if (window.end - window.start < rowBytes && rows.read > told) {
      told = rows.read;
      tell();
    }
    await readRow(window, rows, rowBytes);
  }
  if (limit >= claimed) await checkEnd(window);
}

async function readRow(window: ByteWindow, rows: WordVectorRows, rowBytes: number): Promise<void> {
  if (window.start === window.end && !(await window.more())) {
    throw window.corrupt(`the first byte of row ${rows.read}`, 'the end', window.end);
  }
  if (window.bytes[window.start] === LINE_FEED) window.start++;
  const space = await within(window, SPACE, LONGEST_WORD, `a word and a space in row ${rows.read}`);
  const wordBytes = space - window.start;
  if (wordBytes === 0) throw window.corrupt(`a word in row ${rows.read}`, 'none', space);
  while (window.end - window.start < wordBytes + 1 + rowBytes) {
    if (await window.more()) continue;
    throw window.corrupt(`the numbers of row ${rows.read}`, 'the end', window.end);
  }
  const { bytes, start } = window;
  const first = start + wordBytes + 1;
  const numbers = readNumbers(bytes.slice(first, first + rowBytes), NUMBER_KINDS.f4, true);
  const bad = numbers.findIndex((number) => !Number.isFinite(number));
  if (bad >= 0) {
    const expected = `a finite number in row ${rows.read}, column ${bad}`;
    throw window.corrupt(expected, String(numbers[bad]), first + FLOAT_BYTES * bad);
  }
  const place = rows.nextRow();
  rows.values.set(numbers, place);
  rows.add(bytes.subarray(start, start + wordBytes));
  window.start = first + rowBytes;
}

/** All rows are read: at most a line feed may follow. */
async function checkEnd(window: ByteWindow): Promise<void> {
  if (window.start === window.end) await window.more();
  if (window.start < window.end && window.bytes[window.start] === LINE_FEED) window.start++;
  if (window.start < window.end || (await window.more())) {
    throw window.corrupt('the end, or a line feed and the end', 'more bytes', window.start);
  }
}
