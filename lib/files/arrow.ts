/**
 * Arrow files and streams (also Feather 2) through apache-arrow, an optional peer: one column of lists of numbers, of fixed
 * length or not, is the vectors, another may be their keys. A record batch is held at a time.
 */

import type { FileHandle } from 'node:fs/promises';
import type { DataType, RecordBatch, Vector } from 'apache-arrow';
import { FlyhashError } from '../errors.ts';
import type { ByteReader } from './byte-reader.ts';
import { optionalPackage } from './optional-package.ts';
import {
  checkedColumn,
  cutBlock,
  keyOfCell,
  rowsOfLists,
  type TableColumns,
} from './table-cells.ts';
import { type OpenVectors, rowsWithin, type VectorBlock } from './vector-block.ts';

type Library = typeof import('apache-arrow');

/** A file with places, or a stream of bytes. */
type Bytes = FileHandle | AsyncIterable<Uint8Array>;

function corrupt(path: string, cause: unknown): FlyhashError {
  const said = cause instanceof Error ? cause.message : String(cause);
  return new FlyhashError('ERR_CORRUPT_FILE', `${path} must be whole Arrow, got: ${said}`, {
    cause,
  });
}

/** Lists of a column, as arrays. */
function* listsOf(
  library: Library,
  column: Vector,
  name: string,
  first: number,
): Generator<unknown> {
  const { valueType } = column.type as { valueType?: DataType };
  const isHalf =
    library.DataType.isFloat(valueType) && valueType.precision === library.Precision.HALF;
  for (let row = 0; row < column.length; row++) {
    const list: Vector | null = column.get(row);
    if (list === null || typeof list.toArray !== 'function') yield list;
    else if (list.nullCount > 0)
      throw new RangeError(`${name}[${first + row}] must be numbers, got null`);
    else yield isHalf ? Array.from(list) : list.toArray();
  }
}

function blockOfBatch(
  library: Library,
  batch: RecordBatch,
  path: string,
  columns: TableColumns,
  first: number,
): VectorBlock | undefined {
  const { fields } = batch.schema;
  const { DataType: is } = library;
  const lists = fields.filter(({ type }) => is.isFixedSizeList(type) || is.isList(type));
  const nameOf = ({ name }: { name: string }): string => name;
  const column = checkedColumn(path, fields.map(nameOf), lists.map(nameOf), columns);
  const vectors = batch.getChild(column);
  if (vectors === null || batch.numRows === 0) return undefined;
  const name = `${path}: ${column}`;
  const block = rowsOfLists([...listsOf(library, vectors, name, first)], name, first);
  const { keyColumn } = columns;
  if (keyColumn === undefined) return block;
  const cells = batch.getChild(keyColumn);
  const keys = Array.from({ length: block.rows }, (_, i) =>
    keyOfCell(cells?.get(i), `${path}: ${keyColumn}[${first + i}]`),
  );
  return { ...block, keys };
}

/** The batches, each fault of theirs as one of the file. */
async function* batchesOf(
  library: Library,
  bytes: Bytes,
  path: string,
): AsyncGenerator<RecordBatch, void> {
  try {
    const reader = await library.RecordBatchReader.from(
      bytes as AsyncIterable<Uint8Array<ArrayBuffer>>,
    );
    await reader.open();
    if (reader.schema === undefined) throw new Error('no schema');
    for await (const batch of reader) yield batch;
  } catch (error) {
    throw error instanceof FlyhashError ? error : corrupt(path, error);
  }
}

async function* blocksOf(
  library: Library,
  bytes: Bytes,
  path: string,
  columns: TableColumns,
): AsyncGenerator<VectorBlock, void> {
  let [row, dim] = [0, 0];
  const batches = batchesOf(library, bytes, path);
  for await (const batch of batches) {
    const block = blockOfBatch(library, batch, path, columns, row);
    if (block === undefined) continue;
    if (dim !== 0 && block.dim !== dim)
      throw corrupt(path, `rows of ${dim} and ${block.dim} numbers`);
    dim = block.dim;
    row += block.rows;
    yield* cutBlock(block);
  }
}

async function* chunksOf(reader: ByteReader): AsyncGenerator<Uint8Array, void> {
  for (;;) {
    const bytes = await reader.some(1 << 20);
    if (bytes.length === 0) return;
    yield bytes;
  }
}

/** The rows of an open file, or of what a reader gives. */
export async function openArrow(
  from: FileHandle | ByteReader,
  path: string,
  columns: TableColumns,
): Promise<OpenVectors> {
  const library = await optionalPackage('apache-arrow', () => import('apache-arrow'));
  const bytes = 'some' in from ? chunksOf(from) : from;
  const blocks = (first: number, end: number) =>
    rowsWithin(blocksOf(library, bytes, path, columns), first, end);
  return { dim: undefined, rows: undefined, blocks };
}
