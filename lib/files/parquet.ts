/**
 * Parquet through hyparquet, an optional peer: one column of lists of numbers is the vectors, another may be their keys.
 * A row group is held at a time, as numbers of four bytes, so that a file of any length is read in the memory of its
 * largest group. hyparquet unpacks Snappy by itself; with hyparquet-compressors, where it is installed, zstd and the others.
 */

import type { FileHandle } from 'node:fs/promises';
import type { AsyncBuffer, FileMetaData, ParquetReadOptions, SchemaTree } from 'hyparquet';
import { FlyhashError } from '../errors.ts';
import { optionalPackage } from './optional-package.ts';
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
  readonly options: Pick<ParquetReadOptions, 'file' | 'metadata' | 'compressors'>;
  readonly metadata: FileMetaData;
  readonly column: string;
  readonly keyColumn: string | undefined;
}

function corrupt(path: string, cause: unknown): FlyhashError {
  const said = cause instanceof Error ? cause.message : String(cause);
  return new FlyhashError('ERR_CORRUPT_FILE', `${path} must be whole Parquet, got: ${said}`, {
    cause,
  });
}

/** A file as hyparquet reads it: any bytes, asked for by their place. */
function bufferOf(handle: FileHandle, path: string, byteLength: number): AsyncBuffer {
  const slice = async (start: number, end = byteLength): Promise<ArrayBuffer> => {
    if (!(start >= 0 && start <= end && end <= byteLength)) {
      const message = `${path}: bytes ${start} to ${end} must be among its ${byteLength}, got others`;
      throw new FlyhashError('ERR_CORRUPT_FILE', message);
    }
    const bytes = new Uint8Array(end - start);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
    if (bytesRead === bytes.length) return bytes.buffer;
    throw new FlyhashError(
      'ERR_CORRUPT_FILE',
      `${path}: byte ${start + bytesRead} must be there, got the end`,
    );
  };
  return { byteLength, slice };
}

const isList = ({ element, children }: SchemaTree): boolean =>
  children.length === 1 &&
  (element.converted_type === 'LIST' || element.logical_type?.type === 'LIST');

/** All numbers, and keys, of one row group. */
async function readGroup(opened: Opened, rowStart: number, rows: number): Promise<VectorBlock> {
  const { path, library, options, column, keyColumn } = opened;
  let block: VectorBlock | undefined;
  let keys: (number | string)[] | undefined;
  await library
    .parquetRead({
      ...options,
      columns: keyColumn === undefined ? [column] : [column, keyColumn],
      ...{ rowStart, rowEnd: rowStart + rows },
      onChunk: ({ columnName, columnData }) => {
        if (columnName === column) block = rowsOfLists(columnData, `${path}: ${column}`, rowStart);
        else
          keys = Array.from(columnData, (key, i) =>
            keyOfCell(key, `${path}: ${columnName}[${rowStart + i}]`),
          );
      },
    })
    .catch((error: unknown) => {
      throw error instanceof FlyhashError || error instanceof RangeError
        ? error
        : corrupt(path, error);
    });
  if (block?.rows !== rows) throw corrupt(path, `${block?.rows ?? 0} of ${rows} rows of a group`);
  return keys === undefined ? block : { ...block, keys };
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
      throw corrupt(opened.path, `rows of ${dim} and of ${block.dim} numbers`);
    dim = block.dim;
    yield* cutBlock(block);
  }
}

/** Unpackers beyond Snappy, where they are installed. */
async function compressors(): Promise<Pick<ParquetReadOptions, 'compressors'>> {
  const found = await import('hyparquet-compressors').catch(() => undefined);
  return found === undefined ? {} : { compressors: found.compressors };
}

/** The rows of an open file. */
export async function openParquet(
  handle: FileHandle,
  path: string,
  columns: TableColumns,
): Promise<OpenVectors> {
  const library = await optionalPackage('hyparquet', () => import('hyparquet'));
  const file = bufferOf(handle, path, (await handle.stat()).size);
  const metadata = await library.parquetMetadataAsync(file).catch((error: unknown) => {
    throw corrupt(path, error);
  });
  const { children } = library.parquetSchema(metadata);
  const names = children.map(({ element }) => element.name);
  const lists = children.filter(isList).map(({ element }) => element.name);
  const column = checkedColumn(path, names, lists, columns);
  const options = { file, metadata, ...(await compressors()) };
  const opened = { path, library, options, metadata, column, keyColumn: columns.keyColumn };
  const blocks = (first: number, end: number) => blocksOf(opened, first, end);
  return { dim: undefined, rows: Number(metadata.num_rows), blocks };
}
