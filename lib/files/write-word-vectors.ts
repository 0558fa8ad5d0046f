/**
 * Word vectors out, for other programs: word2vec text and binary, packed where the name ends in .gz. Written beside the
 * target and put in its place when all of it is there, as everything that is saved.
 */

import { checkCallback, checkOptions, checkSignal } from '../check.ts';
import { wrongKind, wrongValue } from '../errors.ts';
import { eventLoopTurn } from '../event-loop.ts';
import { shortestFloat32 } from './decimal.ts';
import { gzip } from './gzip.ts';
import { checkPath } from './paths.ts';
import {
  type WordVectorsFormat,
  type WordVectorsProgress,
  wordVectorsFormat,
} from './read-word-vectors.ts';
import { replaceFile, writeAll } from './save.ts';
import { WordVectors } from './word-vectors.ts';

/** Options of {@link writeWordVectors}. */
export interface WriteWordVectorsOptions {
  /** Left out: 'binary' for a name that ends in .bin or .bin.gz, else 'text'. */
  format?: WordVectorsFormat;
  /** Aborting rejects with `signal.reason` and leaves what was at the path. */
  signal?: AbortSignal;
  /** Called now and then; the last call has done = total. */
  onProgress?: (progress: WordVectorsProgress) => void;
}

/** Numbers that are written at a time: about a hundredth of a second of text. */
const PIECE_NUMBERS = 1 << 14;
const LINE_FEED = 0x0a;

/**
 * Writes word vectors to a file, in word2vec's text form (a first line of rows and columns, then a word and its numbers
 * on each line, each number in the fewest digits that give the same float32) or its binary form.
 *
 * @param path a path or file: URL; a name that ends in .gz is packed.
 * @throws (rejects) TypeError or RangeError for wrong arguments, and for a word with white space, which these forms cannot
 * hold; FlyhashError ERR_FILE when the system refuses; `signal.reason` when aborted.
 *
 * @example
 * ```ts
 * import { rm } from 'node:fs/promises';
 * import { readWordVectors, WordVectors, writeWordVectors } from 'flyhash';
 * const vectors = WordVectors.from(['fly', 'plum'], [[1, 0.1], [0, 3]]);
 * await writeWordVectors('small.bin', vectors);
 * const copy = await readWordVectors('small.bin');
 * console.assert(copy.words.join() === 'fly,plum' && copy.vectors.join() === vectors.vectors.join());
 * await rm('small.bin');
 * ```
 */
export async function writeWordVectors(
  path: string | URL,
  vectors: WordVectors,
  options: WriteWordVectorsOptions = {},
): Promise<void> {
  checkOptions(options, 'options', ['format', 'signal', 'onProgress']);
  const name = checkPath(path);
  if (!(vectors instanceof WordVectors)) throw wrongKind('vectors', 'WordVectors', vectors);
  const format = wordVectorsFormat(name, options.format);
  const signal = checkSignal(options.signal);
  const onProgress = checkCallback(options.onProgress, 'onProgress');
  checkWords(vectors.words);
  const pack = name.endsWith('.gz') ? gzip() : undefined;
  const { rows } = vectors;
  await replaceFile(name, async (handle) => {
    for (const { bytes, done } of piecesOf(vectors, format)) {
      await writeAll(handle, pack === undefined ? bytes : await pack(bytes));
      await eventLoopTurn();
      signal?.throwIfAborted();
      onProgress?.({ done, total: rows });
    }
  });
}

/** Refuses words that the readers of these forms would take apart. */
function checkWords(words: readonly string[]): void {
  for (const [i, word] of words.entries()) {
    if (/[\t-\r ]/.test(word)) throw wrongValue(`vectors.words[${i}]`, 'without white space', word);
  }
}

interface Piece {
  readonly bytes: Uint8Array;
  /** Rows that are written with it. */
  readonly done: number;
}

/** The file, some rows at a time. */
function* piecesOf(vectors: WordVectors, format: WordVectorsFormat): Generator<Piece, void, void> {
  const { rows, dim } = vectors;
  const encoder = new TextEncoder();
  yield { bytes: encoder.encode(`${rows} ${dim}\n`), done: 0 };
  const step = Math.max(1, Math.floor(PIECE_NUMBERS / dim));
  for (let first = 0; first < rows; first += step) {
    const done = Math.min(rows, first + step);
    if (format === 'binary') yield { bytes: binaryRows(vectors, first, done, encoder), done };
    else yield { bytes: encoder.encode(textRows(vectors, first, done)), done };
  }
}

function textRows({ words, vectors, dim }: WordVectors, first: number, end: number): string {
  let text = '';
  for (let row = first; row < end; row++) {
    text += words[row];
    for (let i = row * dim; i < (row + 1) * dim; i++) text += ` ${shortestFloat32(vectors[i])}`;
    text += '\n';
  }
  return text;
}

function binaryRows(
  { words, vectors, dim }: WordVectors,
  first: number,
  end: number,
  encoder: TextEncoder,
): Uint8Array {
  const encoded = words.slice(first, end).map((word) => encoder.encode(`${word} `));
  const wordBytes = encoded.reduce((sum, { length }) => sum + length, 0);
  const bytes = new Uint8Array(wordBytes + (end - first) * (4 * dim + 1));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (let row = first; row < end; row++) {
    bytes.set(encoded[row - first], at);
    at += encoded[row - first].length;
    for (let i = row * dim; i < (row + 1) * dim; i++, at += 4)
      view.setFloat32(at, vectors[i], true);
    bytes[at++] = LINE_FEED;
  }
  return bytes;
}
