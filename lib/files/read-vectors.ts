/**
 * Files of vectors by the ending of their names, block by block, so that they may be larger than memory: .npy, idx, fvecs,
 * ivecs, bvecs, CSV and JSON lines, each also packed as .gz, raw float32, Parquet, Arrow and word vectors. What is
 * damaged, cut or lies about its size is a FlyhashError ERR_CORRUPT_FILE that names the file, and the byte where it is known.
 */

import { checkInteger, checkOneOf, checkOptions, checkSignal } from '../check.ts';
import { wrongKind } from '../errors.ts';
import { openVectors } from './open-vectors.ts';
import { checkPath } from './paths.ts';
import { untilAborted } from './sources.ts';
import { MAX_FILE_DIM, type VectorBlock } from './vector-block.ts';
import { VECTOR_FORMATS, type VectorFormat } from './vector-formats.ts';

/** Options of {@link readVectors}. */
export interface ReadVectorsOptions {
  /** Left out: what the name of the file tells. */
  format?: VectorFormat;
  /** Numbers of a row, for 'f32', which does not say. */
  dim?: number;
  /** The column (Parquet, Arrow) or field (JSON lines) of the vectors; left out: the only one of lists, or one called vector, embedding, embeddings or values. */
  column?: string;
  /** The column or field of the keys, which blocks then have. */
  keyColumn?: string;
  /** The first row that is read; 0 unless given. */
  first?: number;
  /** The row before which reading ends; left out: the end of the file. */
  end?: number;
  /** Aborting rejects with `signal.reason`. */
  signal?: AbortSignal;
}

const OPTIONS = ['format', 'dim', 'column', 'keyColumn', 'first', 'end', 'signal'] as const;

function checkText(value: unknown, name: string): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  throw wrongKind(name, 'a string', value);
}

/**
 * The vectors of a file, some rows at a time; all blocks have the same dim, and numbers become float32. A block is read
 * when it is asked for. Rows before `first` are passed over without being read where the format allows: .npy in C order,
 * idx, fvecs, ivecs, bvecs, f32 and Parquet, unless packed.
 *
 * @param path a path or file: URL; a name that ends in .gz is unpacked.
 * @throws (rejects) TypeError or RangeError for wrong arguments; FlyhashError ERR_FILE when the system refuses,
 * ERR_CORRUPT_FILE for a file that is damaged, ERR_MISSING_PACKAGE where hyparquet or apache-arrow is not installed;
 * `signal.reason` when aborted.
 *
 * @example
 * ```ts
 * import { rm, writeFile } from 'node:fs/promises';
 * import { readVectors } from 'flyhash';
 * await writeFile('small.csv', '1,2,3\n4,5,6\n');
 * for await (const { dim, rows, values } of readVectors('small.csv')) {
 *   console.assert(dim === 3 && rows === 2 && values.join() === '1,2,3,4,5,6');
 * }
 * await rm('small.csv');
 * ```
 */
export async function* readVectors(
  path: string | URL,
  options: ReadVectorsOptions = {},
): AsyncGenerator<VectorBlock, void, undefined> {
  checkOptions(options, 'options', OPTIONS);
  const name = checkPath(path);
  const { format, dim } = options;
  const first = checkInteger(options.first ?? 0, 'first', 0, Number.MAX_SAFE_INTEGER);
  const most = Number.MAX_SAFE_INTEGER;
  const end = options.end === undefined ? most : checkInteger(options.end, 'end', first, most);
  const signal = checkSignal(options.signal);
  const file = await openVectors(name, {
    format: format === undefined ? undefined : checkOneOf(format, 'format', VECTOR_FORMATS),
    dim: dim === undefined ? undefined : checkInteger(dim, 'dim', 1, MAX_FILE_DIM),
    column: checkText(options.column, 'column'),
    keyColumn: checkText(options.keyColumn, 'keyColumn'),
  });
  try {
    yield* untilAborted(file.blocks(first, end), signal);
  } finally {
    await file.close();
  }
}
