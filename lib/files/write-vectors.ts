/**
 * Vectors out, for other programs, block by block: .npy, fvecs, ivecs, bvecs, CSV, JSON lines, raw float32, Parquet and Arrow,
 * text packed where the name ends in .gz. Written beside the target and put in its place when all of it is there.
 */

import { checkInteger, checkOneOf, checkOptions, checkSignal } from '../check.ts';
import { wrongKind, wrongValue } from '../errors.ts';
import { eventLoopTurn } from '../event-loop.ts';
import { isVectors, VectorSource, type Vectors } from '../vectors.ts';
import { gzip } from './gzip.ts';
import { checkPath } from './paths.ts';
import { replaceFile, writeAll } from './save.ts';
import { untilAborted } from './sources.ts';
import { blockOf, blockRows, MAX_FILE_DIM, type VectorBlock } from './vector-block.ts';
import { encoderOf, WRITABLE_FORMATS, type WritableFormat } from './vector-encoders.ts';
import { formatOfName } from './vector-formats.ts';

/** Options of {@link writeVectors}. */
export interface WriteVectorsOptions {
  /** Left out: what the name of the file tells. */
  format?: WritableFormat;
  /** Numbers of a row, of vectors that are one flat array. */
  dim?: number;
  /** The column (Parquet, Arrow) or field (JSON lines) of the vectors; 'vector' unless given. */
  column?: string;
  /** The column or field of the keys, where blocks have keys; 'key' unless given. */
  keyColumn?: string;
  /** Aborting rejects with `signal.reason` and leaves what was at the path. */
  signal?: AbortSignal;
}

const OPTIONS = ['format', 'dim', 'column', 'keyColumn', 'signal'] as const;

/** Vectors in memory, or blocks as they come. */
async function* blocksOf(
  vectors: Vectors | AsyncIterable<VectorBlock>,
  dim: number | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<VectorBlock, void> {
  if (!isVectors(vectors)) {
    if (
      typeof (vectors as Partial<AsyncIterable<VectorBlock>> | null)?.[Symbol.asyncIterator] !==
      'function'
    ) {
      throw wrongKind('vectors', 'vectors, or blocks of them as readVectors gives', vectors);
    }
    yield* untilAborted(vectors, signal);
    return;
  }
  const first: unknown = Array.isArray(vectors) ? vectors[0] : undefined;
  const own = dim ?? (first as { length?: number } | undefined)?.length;
  const width = checkInteger(own, 'dim', 1, MAX_FILE_DIM);
  const source = new VectorSource(vectors, width);
  const step = blockRows(width);
  for (let row = 0; row < source.rows; row += step) {
    const values = new Float32Array(Math.min(step, source.rows - row) * width);
    source.copy(row, values.length / width, values);
    yield blockOf(values, width);
  }
}

/**
 * Writes vectors to a file, each number as float32, in the fewest digits that give it again where it is text.
 *
 * @param path a path or file: URL.
 * @param vectors rows x dim numbers, flat or as an array of rows; or blocks, as `readVectors` gives them.
 * @returns how many rows were written.
 * @throws (rejects) TypeError or RangeError for wrong arguments, for blocks of several dims, and for numbers that ivecs or
 * bvecs cannot hold; FlyhashError ERR_FILE when the system refuses, ERR_MISSING_PACKAGE where hyparquet-writer or
 * apache-arrow is not installed; `signal.reason` when aborted.
 *
 * @example
 * ```ts
 * import { rm } from 'node:fs/promises';
 * import { readVectors, writeVectors } from 'flyhash';
 * await writeVectors('small.npy', [[1, 2], [3, 4]]);
 * await writeVectors('small.fvecs', readVectors('small.npy'));
 * for await (const { values } of readVectors('small.fvecs')) console.assert(values.join() === '1,2,3,4');
 * for (const name of ['small.npy', 'small.fvecs']) await rm(name);
 * ```
 */
export async function writeVectors(
  path: string | URL,
  vectors: Vectors | AsyncIterable<VectorBlock>,
  options: WriteVectorsOptions = {},
): Promise<number> {
  checkOptions(options, 'options', OPTIONS);
  const name = checkPath(path);
  const format = checkOneOf(options.format ?? formatOfName(name), 'format', WRITABLE_FORMATS);
  const signal = checkSignal(options.signal);
  const { column = 'vector', keyColumn = 'key' } = options;
  const isPacked = name.endsWith('.gz');
  if (isPacked && (format === 'npy' || format === 'parquet' || format === 'arrow')) {
    throw wrongValue('path', `without .gz for ${format}`, name);
  }
  const pack = isPacked ? gzip() : undefined;
  const encoder = await encoderOf(format, { column, keyColumn });
  let [rows, dim] = [0, options.dim ?? 0];
  await replaceFile(name, async (handle) => {
    const put = async (bytes: Uint8Array): Promise<void> => {
      if (bytes.length > 0) await writeAll(handle, pack === undefined ? bytes : await pack(bytes));
    };
    for await (const block of blocksOf(vectors, options.dim, signal)) {
      if (dim !== 0 && block.dim !== dim)
        throw wrongValue('the dim of a block', `${dim}, as before`, block.dim);
      if (rows === 0) await put(encoder.start(block));
      dim = block.dim;
      await put(await encoder.rows(block, rows));
      rows += block.rows;
      await eventLoopTurn();
      signal?.throwIfAborted();
    }
    const { end, start } = await encoder.end(rows, dim);
    await put(end);
    if (start !== undefined) await handle.write(start, 0, start.length, 0);
  });
  return rows;
}
