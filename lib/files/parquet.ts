/**
 * Parquet through hyparquet, an optional peer: one column of lists of numbers is the vectors, another may be their keys.
 * A row group is held at a time, as numbers of four bytes, so that a file of any length is read in the memory of its
 * largest group. hyparquet unpacks Snappy by itself; with hyparquet-compressors, where it is installed, zstd and the others.
 */

import type { FileHandle } from 'node:fs/promises';
import type { AsyncBuffer, FileMetaData, ParquetReadOptions, SchemaTree } from 'hyparquet';
import { FlyhashError } from '../errors.ts';
import { packageNamed } from './optional-package.ts';
import { refused } from './paths.ts';
import {
  checkedColumn,
  cutBlock,
  keyOfCell,
  rowsOfLists,
  type TableColumns,
} from './table-cells.ts';
import type { OpenVectors, VectorBlock } from './vector-block.ts';

type Library = typeof import('hyparquet');

/** What a file is read with. */
interface Opened {
  readonly path: string;
  readonly library: Library;
  readonly file: ParquetBytes;
  readonly options: Pick<ParquetReadOptions, 'metadata' | 'compressors'>;
  readonly metadata: FileMetaData;
  readonly column: string;
  readonly keyColumn: string | undefined;
}

/**
 * A file as hyparquet reads it: any bytes, asked for by their place. hyparquet asks for several pieces at a time and waits for
 * one, so a piece that is not there must not be a rejection, which nobody might hear: it is empty, and the fault is kept.
 */
class ParquetBytes implements AsyncBuffer {
  readonly byteLength: number;
  /** What went wrong first. */
  fault: FlyhashError | undefined;
  readonly #handle: FileHandle;
  readonly #path: string;
  #last = { start: 0, end: 0 };

  constructor(handle: FileHandle, path: string, byteLength: number) {
    this.#handle = handle;
    this.#path = path;
    this.byteLength = byteLength;
  }

  /** What is wrong with the file, in the piece that was read last. */
  corrupt(cause: unknown): FlyhashError {
    const said = cause instanceof Error ? cause.message : String(cause);
    const { start, end } = this.#last;
    const message = `${this.#path}: bytes ${start} to ${end} must be of whole Parquet, got: ${said}`;
    return new FlyhashError('ERR_CORRUPT_FILE', message, { cause });
  }

  async slice(start: number, end: number = this.byteLength): Promise<ArrayBuffer> {
    if (!(start >= 0 && start <= end && end <= this.byteLength)) {
      const { start: from, end: to } = this.#last;
      const message = `${this.#path}: bytes ${from} to ${to} must name places among its ${this.byteLength}, got ${start} to ${end}`;
      this.fault ??= new FlyhashError('ERR_CORRUPT_FILE', message);
      return new ArrayBuffer(0);
    }
    this.#last = { start, end };
    const bytes = new Uint8Array(end - start);
    try {
      const { bytesRead } = await this.#handle.read(bytes, 0, bytes.length, start);
      if (bytesRead < bytes.length) throw new Error(`the end at byte ${start + bytesRead}`);
    } catch (error) {
      this.fault ??= refused(this.#path, 'readable to its end', error);
    }
    return bytes.buffer;
  }

  /** Waits for work of hyparquet; a fault of the bytes comes before whatever it made of them. */
  async during<Result>(work: Promise<Result>): Promise<Result> {
    const failed = (error: unknown): never => {
      throw this.fault ?? this.corrupt(error);
    };
    const result = await work.catch(failed);
    if (this.fault !== undefined) throw this.fault;
    return result;
  }
}

const isList = ({ element, children }: SchemaTree): boolean =>
  children.length === 1 &&
  (element.converted_type === 'LIST' || element.logical_type?.type === 'LIST');

/** All numbers, and keys, of some rows of one group. */
async function readGroup(opened: Opened, rowStart: number, rows: number): Promise<VectorBlock> {
  const { path, library, file, options, column, keyColumn } = opened;
  const found = new Map<string, ArrayLike<unknown>>();
  // What throws in a callback of hyparquet may be heard by nobody: cells are looked at afterwards.
  const reading = library.parquetRead({
    ...options,
    file,
    columns: keyColumn === undefined ? [column] : [column, keyColumn],
    ...{ rowStart, rowEnd: rowStart + rows },
    onChunk: ({ columnName, columnData }) => found.set(columnName, columnData),
  });
  await file.during(reading);
  const cells = (name: string): ArrayLike<unknown> => {
    const data = found.get(name);
    if (data?.length === rows) return data;
    throw file.corrupt(`${data?.length ?? 0} of ${rows} rows of a group`);
  };
  const block = rowsOfLists(cells(column), `${path}: ${column}`, rowStart);
  if (keyColumn === undefined) return block;
  const keys = Array.from(cells(keyColumn), (key, i) =>
    keyOfCell(key, `${path}: ${keyColumn}[${rowStart + i}]`),
  );
  return { ...block, keys };
}

async function* blocksOf(
  opened: Opened,
  first: number,
  end: number,
): AsyncGenerator<VectorBlock, void> {
  let [row, dim] = [0, 0];
  for (const group of opened.metadata.row_groups) {
    const start = row;
    row += Number(group.num_rows);
    const [from, to] = [Math.max(first, start), Math.min(end, row)];
    if (from >= to) continue;
    const block = await readGroup(opened, from, to - from);
    if (dim !== 0 && block.dim !== dim)
      throw opened.file.corrupt(`rows of ${dim} and of ${block.dim} numbers`);
    dim = block.dim;
    yield* cutBlock(block);
  }
}

/** Unpackers beyond Snappy, where they are installed. */
async function compressors(): Promise<Pick<ParquetReadOptions, 'compressors'>> {
  const found = await packageNamed<typeof import('hyparquet-compressors')>(
    'hyparquet-compressors',
  ).catch(() => undefined);
  return found === undefined ? {} : { compressors: found.compressors };
}

/** The rows of an open file. */
export async function openParquet(
  handle: FileHandle,
  path: string,
  columns: TableColumns,
): Promise<OpenVectors> {
  const library = await packageNamed<Library>('hyparquet');
  const file = new ParquetBytes(handle, path, (await handle.stat()).size);
  const metadata = await file.during(library.parquetMetadataAsync(file));
  const { children } = await file.during((async () => library.parquetSchema(metadata))());
  const names = children.map(({ element }) => element.name);
  const lists = children.filter(isList).map(({ element }) => element.name);
  const column = checkedColumn(path, names, lists, columns);
  const options = { metadata, ...(await compressors()) };
  const opened = { path, library, file, options, metadata, column, keyColumn: columns.keyColumn };
  const blocks = (first: number, end: number) => blocksOf(opened, first, end);
  return { dim: undefined, rows: Number(metadata.num_rows), blocks };
}
