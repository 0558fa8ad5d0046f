/** Files of vectors of any format, opened: what they say of themselves, and their rows, from a path or from a stream. */

import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { FlyhashError, wrongValue } from '../errors.ts';
import { openArrow } from './arrow.ts';
import { ByteReader } from './byte-reader.ts';
import { openCsv } from './csv.ts';
import { openIdx } from './idx.ts';
import { openNdjson } from './ndjson.ts';
import { openNpy } from './npy.ts';
import { openParquet } from './parquet.ts';
import { disk, refused } from './paths.ts';
import { openRaw } from './raw.ts';
import { readWordVectors } from './read-word-vectors.ts';
import { cutBlock, type TableColumns } from './table-cells.ts';
import { openVecs } from './vecs.ts';
import { blockOf, type OpenVectors, rowsWithin, type VectorBlock } from './vector-block.ts';
import { formatOfName, type VectorFormat } from './vector-formats.ts';

/** Where vectors come from: a path, or a stream with what stands for it in errors. */
export type VectorOrigin = string | { readonly stream: Readable; readonly name: string };

/** How a file is read. */
export interface Reading extends TableColumns {
  readonly format: VectorFormat | undefined;
  /** Numbers of a row of raw numbers. */
  readonly dim: number | undefined;
}

/** A file of vectors that has been opened, to be closed by whoever opened it. */
export interface VectorFile extends OpenVectors {
  readonly name: string;
  readonly format: VectorFormat;
  /** Bytes of the file, where it is one. */
  readonly bytes: number | undefined;
  close(): Promise<void>;
}

function fromReader(
  reader: ByteReader,
  format: VectorFormat,
  reading: Reading,
): Promise<OpenVectors> {
  switch (format) {
    case 'npy':
      return openNpy(reader);
    case 'idx':
      return openIdx(reader);
    case 'csv':
      return openCsv(reader);
    case 'ndjson':
      return openNdjson(reader, reading);
    case 'f32':
      return openRaw(reader, reading.dim);
    case 'arrow':
      return openArrow(reader, reading);
    case 'fvecs':
    case 'ivecs':
    case 'bvecs':
      return openVecs(reader, format);
    default: {
      const from = 'a file that is not packed';
      throw wrongValue(`${reader.path}: where ${format} comes from`, from, 'a stream or .gz');
    }
  }
}

/** Parquet is read by places. */
async function openTable(path: string, reading: Reading): Promise<VectorFile> {
  const failed = (error: unknown): never => {
    throw refused(path, 'a readable file', error);
  };
  const handle: FileHandle = await disk().fs.open(path, 'r').catch(failed);
  try {
    const { size: bytes } = await handle.stat();
    const opened = await openParquet(handle, path, reading);
    return { ...opened, name: path, format: 'parquet', bytes, close: () => handle.close() };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Word vectors are read as a whole: words that come twice are found so. */
async function openWords(path: string, format: VectorFormat): Promise<VectorFile> {
  const form = format === 'word2vec' ? 'text' : 'binary';
  const { vectors, words, dim, rows } = await readWordVectors(path, { format: form });
  const all = async function* (): AsyncGenerator<VectorBlock, void> {
    yield* cutBlock(blockOf(vectors, dim, words));
  };
  const blocks = (first: number, end: number) => rowsWithin(all(), first, end);
  return { dim, rows, blocks, name: path, format, bytes: undefined, close: async () => {} };
}

/** Opens a file of vectors. */
export async function openVectors(origin: VectorOrigin, reading: Reading): Promise<VectorFile> {
  if (typeof origin !== 'string') {
    const { stream, name } = origin;
    if (reading.format === undefined) {
      throw new FlyhashError('ERR_FILE', `${name} must come with its format, got none`);
    }
    return openReader(ByteReader.of(stream, name, false), reading.format, reading);
  }
  const format = reading.format ?? formatOfName(origin);
  if (format === 'word2vec' || format === 'word2vec-binary') return openWords(origin, format);
  if (format === 'parquet' && !origin.endsWith('.gz')) return openTable(origin, reading);
  return openReader(await ByteReader.open(origin), format, reading);
}

async function openReader(
  reader: ByteReader,
  format: VectorFormat,
  reading: Reading,
): Promise<VectorFile> {
  try {
    const { dim, rows, blocks } = await fromReader(reader, format, reading);
    const close = async (): Promise<void> => reader.close();
    return { dim, rows, blocks, name: reader.path, format, bytes: reader.size, close };
  } catch (error) {
    reader.close();
    throw error;
  }
}
