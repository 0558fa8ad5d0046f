/**
 * Lists of different words as arrays, for files: one UTF-8 text, and where each word ends in it. A reader believes
 * neither: the ends must rise to the end of the text, every word must be UTF-8, and no word may come twice.
 */

import { allocated } from '../check.ts';
import { corrupt, type PartsReader, type Tensor } from './parts.ts';

const FIRST_BYTES = 1 << 12;
/** Most bytes of UTF-8 that one UTF-16 unit can need. */
const BYTES_OF_UNIT = 3;

/** The tensors `name.ends` and `name.text`. */
export function wordListTensors(words: readonly string[], name: string): Tensor[] {
  const encoder = new TextEncoder();
  const ends = allocated(Float64Array, 1, words.length, 'words');
  let text = new Uint8Array(FIRST_BYTES);
  let bytes = 0;
  for (const [i, word] of words.entries()) {
    const most = bytes + BYTES_OF_UNIT * word.length;
    if (most > text.length) {
      const longer = allocated(Uint8Array, 1, 2 * most, 'words');
      longer.set(text);
      text = longer;
    }
    bytes += encoder.encodeInto(word, text.subarray(bytes)).written;
    ends[i] = bytes;
  }
  return [
    { name: `${name}.ends`, shape: [words.length], data: ends },
    { name: `${name}.text`, shape: [bytes], data: text.subarray(0, bytes) },
  ];
}

/** The words of those tensors, which no two of are equal; `rows` words, or any number. */
export function readWordList(
  reader: PartsReader,
  name: string,
  rows: number | undefined,
): string[] {
  const ends = reader.tensor(`${name}.ends`, Float64Array, [rows]);
  const text = reader.tensor(`${name}.text`, Uint8Array, [undefined]);
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const words = new Set<string>();
  let start = 0;
  for (const [i, end] of ends.entries()) {
    if (!(Number.isInteger(end) && end > start && end <= text.length)) {
      throw corrupt(`${name}.ends[${i}]`, `from ${start + 1} to ${text.length}`, end);
    }
    const word = readWord(text.subarray(start, end), decoder, `word ${i} of ${name}`);
    if (words.has(word)) throw corrupt(`word ${i} of ${name}`, 'unlike the others', word);
    words.add(word);
    start = end;
  }
  if (start !== text.length) throw corrupt(`${name}.text`, `of ${start} bytes`, text.length);
  return [...words];
}

function readWord(bytes: Uint8Array, decoder: TextDecoder, name: string): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw corrupt(name, 'UTF-8', 'other bytes');
  }
}
