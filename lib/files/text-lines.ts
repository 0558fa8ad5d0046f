/** The lines of a text file, as many at a time as have come, so that a pipe's are used while it waits for more. */

import type { ByteReader } from './byte-reader.ts';

const LONGEST_LINE = 1 << 26;
const STEP = 1 << 18;

/** Some lines that follow one another, without their ends. */
export interface Lines {
  readonly lines: readonly string[];
  /** Lines of the file before these. */
  readonly before: number;
  /** Where in the file a line of these begins. */
  offsetOf(index: number): number;
}

function linesOf(texts: readonly string[], before: number, offset: number): Lines {
  const bytes = (text: string): number => new TextEncoder().encode(text).length + 1;
  return {
    lines: texts.map((text) => (text.endsWith('\r') ? text.slice(0, -1) : text)),
    before,
    offsetOf: (index) => texts.slice(0, index).reduce((sum, text) => sum + bytes(text), offset),
  };
}

/** Bytes behind the last line feed. */
function lengthBehind(bytes: Uint8Array): number {
  return bytes.length - 1 - bytes.lastIndexOf(0x0a);
}

/** The lines of a file; the last one need not have an end. */
export async function* readLines(reader: ByteReader): AsyncGenerator<Lines, void, undefined> {
  const decoder = new TextDecoder();
  let [rest, before, offset] = ['', 0, 0];
  for (let isEnd = false; !isEnd; ) {
    const bytes = await reader.some(STEP);
    isEnd = bytes.length === 0;
    const text = decoder.decode(bytes, { stream: !isEnd });
    rest += text;
    if (rest.length > LONGEST_LINE) throw reader.corrupt('the end of a line', 'more', offset);
    if (!isEnd && !text.includes('\n')) continue;
    const texts = rest.split('\n');
    if (!isEnd || texts.at(-1) === '') rest = texts.pop() ?? '';
    if (texts.length > 0) yield linesOf(texts, before, offset);
    before += texts.length;
    // The bytes of a character that the decoder still holds back belong to the rest.
    offset = reader.offset - lengthBehind(bytes);
  }
}
