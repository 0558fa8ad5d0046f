/**
 * Files of word vectors in: word2vec text and binary, GloVe and fastText .vec, each also packed as .gz. Read piece by
 * piece; what is damaged, cut or lies about its size is a FlyhashError ERR_CORRUPT_FILE that names byte, row and column.
 */

import { checkCallback, checkInteger, checkOneOf, checkOptions, checkSignal } from '../check.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWindow } from './byte-window.ts';
import { checkPath } from './paths.ts';
import { WordVectorRows } from './word-vector-rows.ts';
import { WordVectors } from './word-vectors.ts';
import { readBinaryVectors } from './word-vectors-binary.ts';
import { readTextVectors } from './word-vectors-text.ts';

export const WORD_VECTOR_FORMATS = ['text', 'binary'] as const;

/** Form of a file of word vectors: of word2vec's text (GloVe, fastText .vec), or of its binary files. */
export type WordVectorsFormat = (typeof WORD_VECTOR_FORMATS)[number];

/** Options of {@link readWordVectors}. */
export interface ReadWordVectorsOptions {
  /** Left out: 'binary' for a name that ends in .bin or .bin.gz, else 'text'. */
  format?: WordVectorsFormat;
  /** Most rows that are read, from the first on; all unless given. */
  limit?: number;
  /** Aborting rejects with `signal.reason`. */
  signal?: AbortSignal;
  /** Called now and then, with the rows that the first line promises, where there is one. */
  onProgress?: (progress: WordVectorsProgress) => void;
}

/** How far the reading or writing of word vectors is, in rows. */
export interface WordVectorsProgress {
  /** Rows that are done. */
  readonly done: number;
  /** Of how many, where that is known. */
  readonly total: number | undefined;
}

/** The form of a file that a program asked for, or that its name tells. */
export function wordVectorsFormat(path: string, format: unknown): WordVectorsFormat {
  if (format !== undefined) return checkOneOf(format, 'format', WORD_VECTOR_FORMATS);
  return /\.bin(\.gz)?$/.test(path) ? 'binary' : 'text';
}

/**
 * Word vectors from a file. Text has a word and its numbers on each line, with a first line of the numbers of rows
 * and columns (word2vec, fastText .vec) or without (GloVe); binary is that of word2vec. Of rows with the same word the
 * first counts. A file with fewer rows than its first line claims was cut; text with more is read to its end (`report`
 * tells). Numbers become float32 as `Math.fround(Number(text))` would make them.
 *
 * @param path a path or file: URL; a name that ends in .gz is unpacked.
 * @throws (rejects) TypeError or RangeError for wrong arguments and for a file without rows; FlyhashError ERR_FILE when
 * the system refuses, ERR_CORRUPT_FILE, with the byte of the unpacked file, for what is no such file; `signal.reason`
 * when aborted.
 *
 * @example
 * ```ts
 * import { rm, writeFile } from 'node:fs/promises';
 * import { readWordVectors } from 'flyhash';
 * await writeFile('small.vec', '2 3\nfly 0.5 -1 2\nplum 0 1e-2 3\n');
 * const vectors = await readWordVectors('small.vec');
 * console.assert(vectors.words.join() === 'fly,plum' && vectors.vector('fly')?.join() === '0.5,-1,2');
 * await rm('small.vec');
 * ```
 */
export async function readWordVectors(
  path: string | URL,
  options: ReadWordVectorsOptions = {},
): Promise<WordVectors> {
  checkOptions(options, 'options', ['format', 'limit', 'signal', 'onProgress']);
  const name = checkPath(path);
  const isBinary = wordVectorsFormat(name, options.format) === 'binary';
  const limit = checkInteger(options.limit ?? MOST_ROWS, 'limit', 1, MOST_ROWS);
  const signal = checkSignal(options.signal);
  const onProgress = checkCallback(options.onProgress, 'onProgress');
  const reader = await ByteReader.open(name);
  const rows = new WordVectorRows();
  try {
    const window = new ByteWindow(reader, signal);
    const tell = (): void => {
      const { read: done, claimed } = rows;
      onProgress?.({ done, total: claimed === undefined ? undefined : Math.min(claimed, limit) });
    };
    await (isBinary ? readBinaryVectors : readTextVectors)(window, rows, limit, tell);
  } finally {
    reader.close();
  }
  if (rows.read === 0) throw reader.corrupt('the first row of vectors', 'the end');
  return WordVectors.adopt({
    words: [...rows.words.keys()],
    vectors: rows.numbers(),
    dim: rows.dim,
    report: { claimed: rows.claimed, duplicates: rows.duplicates, replaced: rows.replaced },
  });
}

const MOST_ROWS = 2 ** 32 - 1;
