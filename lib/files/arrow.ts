/**
 * Arrow files and streams (also Feather 2) through apache-arrow, an optional peer: one column of lists of numbers, of fixed
 * length or not, is the vectors, another may be their keys. A record batch is held at a time.
 */

import type { DataType, RecordBatch, Vector } from 'apache-arrow';
import { FlyhashError } from '../errors.ts';
import { checkFooter, checkMessage } from './arrow-metadata.ts';
import type { ByteReader } from './byte-reader.ts';
import { packageNamed } from './optional-package.ts';
import { disk } from './paths.ts';
import {
  checkedColumn,
  cutBlock,
  keyOfCell,
  rowsOfLists,
  type TableColumns,
} from './table-cells.ts';
import { type OpenVectors, rowsWithin, type VectorBlock } from './vector-block.ts';

type Library = typeof import('apache-arrow');

/** What is wrong with a file, at the end of what was read of it. */
function corrupt({ path, offset }: ByteReader, cause: unknown): FlyhashError {
  const said = cause instanceof Error ? cause.message : String(cause);
  const message = `${path}: byte ${offset} must be behind whole batches of Arrow, got: ${said}`;
  return new FlyhashError('ERR_CORRUPT_FILE', message, { cause });
}

/** Throws unless a column has the numbers that its rows claim, before anything is made of the claim. */
function checkLength(library: Library, column: Vector, from: ByteReader): void {
  for (const { length, type, children, valueOffsets } of column.data) {
    const isFixed = library.DataType.isFixedSizeList(type);
    const wanted = isFixed ? length * type.listSize : length + 1;
    const found = isFixed ? children[0]?.length : valueOffsets?.length;
    const values = children[0]?.values as ArrayLike<unknown> | undefined;
    // Of lists of no numbers there may be any number of rows, for which nothing in the file stands.
    const isEmpty = isFixed && !(type.listSize > 0) && length > 0;
    if (!isEmpty && found >= wanted && (values?.length ?? 0) >= (children[0]?.length ?? 0))
      continue;
    throw corrupt(from, `a batch of ${length} rows without their numbers`);
  }
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
  from: ByteReader,
  columns: TableColumns,
  first: number,
): VectorBlock | undefined {
  const { path } = from;
  const { fields } = batch.schema;
  const { DataType: is } = library;
  const lists = fields.filter(({ type }) => is.isFixedSizeList(type) || is.isList(type));
  const nameOf = ({ name }: { name: string }): string => name;
  const column = checkedColumn(path, fields.map(nameOf), lists.map(nameOf), columns);
  const vectors = batch.getChild(column);
  if (vectors === null || batch.numRows === 0) return undefined;
  checkLength(library, vectors, from);
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

/** What a file begins and ends with; a stream does not. */
const MAGIC = 'ARROW1';
const MAGIC_BYTES = 8;
/** Bytes of the mark that ends a stream. */
const END_BYTES = 8;

/** What begins a message since Arrow 0.15; before, its length did. */
const CONTINUATION = -1;
const LENGTH_BYTES = 4;
const MOST_METADATA = 1 << 28;
const STEP = 1 << 20;

/**
 * Bytes of a file or a stream as a stream, which is what a file is between its magic and its footer: apache-arrow's own reader
 * of files follows a footer that lies anywhere, for ever. Metadata are looked at before they go on. The last bytes are kept,
 * since they tell whether a file is whole.
 */
class ArrowBytes {
  readonly #reader: ByteReader;
  #isFile = false;
  #tail = '';
  /** The first bytes of a stream, which had to be seen. */
  #first: Uint8Array = new Uint8Array(0);

  constructor(reader: ByteReader) {
    this.#reader = reader;
  }

  /** The bytes; apache-arrow writes files without the schema that the format wants first, which is then in the footer. */
  async *chunks(library: Library): AsyncGenerator<Uint8Array, void> {
    const start = await this.#reader.upTo(MAGIC_BYTES);
    this.#isFile = textOf(start).startsWith(MAGIC);
    if (!this.#isFile) this.#first = start;
    else if (this.#reader.size !== undefined) yield await schemaBytes(library, this.#reader.path);
    for (;;) {
      const head = await this.#head();
      if (head.length === 0) return;
      const length = lengthOf(head);
      yield head;
      if (length === 0) return;
      if (length < 0 || length > MOST_METADATA) throw new Error(`metadata of ${length} bytes`);
      const metadata = await this.#reader.need(length, 'metadata');
      const bodyLength = checkMessage(metadata);
      yield metadata;
      yield* this.#body(bodyLength);
    }
  }

  /** Throws where a file is cut. */
  async end(): Promise<void> {
    for (let bytes = await this.#next(STEP); bytes.length > 0; ) bytes = await this.#next(STEP);
    if (!this.#isFile || this.#tail === MAGIC) return;
    throw this.#reader.corrupt(
      `behind ${MAGIC}, the end of an Arrow file`,
      JSON.stringify(this.#tail),
    );
  }

  /** What stands before the metadata of a message: their length, or a mark and their length; nothing at the end. */
  async #head(): Promise<Uint8Array> {
    const first = await this.#four();
    if (first === undefined) return new Uint8Array(0);
    if (numberIn(first) !== CONTINUATION) return first;
    const second = await this.#four();
    if (second === undefined) throw this.#reader.corrupt('a length of metadata', 'the end');
    return new Uint8Array([...first, ...second]);
  }

  async #four(): Promise<Uint8Array | undefined> {
    if (this.#first.length === 0) return this.#reader.take(LENGTH_BYTES, 'a message');
    const four = this.#first.slice(0, LENGTH_BYTES);
    this.#first = this.#first.slice(LENGTH_BYTES);
    if (four.length < LENGTH_BYTES)
      throw this.#reader.corrupt('more bytes of a message', 'the end');
    return four;
  }

  async *#body(length: number): AsyncGenerator<Uint8Array, void> {
    for (let left = length; left > 0; ) {
      const bytes = await this.#next(Math.min(left, STEP));
      if (bytes.length === 0)
        throw this.#reader.corrupt(`${left} more bytes of a batch`, 'the end');
      left -= bytes.length;
      yield bytes;
    }
  }

  async #next(most: number): Promise<Uint8Array> {
    const bytes = await this.#reader.some(most);
    const tail = this.#tail + textOf(bytes.subarray(-MAGIC.length));
    this.#tail = tail.slice(-MAGIC.length);
    return bytes;
  }
}

const numberIn = (bytes: Uint8Array): number =>
  new DataView(bytes.buffer, bytes.byteOffset).getInt32(0, true);

const lengthOf = (head: Uint8Array): number => numberIn(head.subarray(-LENGTH_BYTES));

/** The schema in the footer of a file, as the message that a stream begins with. */
async function schemaBytes(library: Library, path: string): Promise<Uint8Array> {
  const { Footer } = await packageNamed<typeof import('apache-arrow/ipc/metadata/file')>(
    'apache-arrow',
    'apache-arrow/ipc/metadata/file',
  );
  const handle = await disk().fs.open(path, 'r');
  try {
    const { size } = await handle.stat();
    const last = new DataView(new ArrayBuffer(4));
    await handle.read(last, 0, 4, Math.max(0, size - MAGIC.length - 4));
    const length = last.getInt32(0, true);
    const start = size - MAGIC.length - 4 - length;
    if (length <= 0 || length > MOST_METADATA || start < MAGIC_BYTES)
      throw new Error(`a footer of ${length} bytes`);
    const footer = new Uint8Array(length);
    await handle.read(footer, 0, length, start);
    checkFooter(footer);
    const writer = new library.RecordBatchStreamWriter();
    writer.reset(undefined, Footer.decode(footer).schema);
    writer.finish();
    const message = await writer.toUint8Array();
    return message.subarray(0, message.length - END_BYTES);
  } finally {
    await handle.close();
  }
}

const textOf = (bytes: Uint8Array): string =>
  String.fromCharCode(...bytes.subarray(0, MAGIC_BYTES));

/** The batches, each fault of theirs as one of the file. */
async function* batchesOf(library: Library, from: ByteReader): AsyncGenerator<RecordBatch, void> {
  const bytes = new ArrowBytes(from);
  try {
    const chunks = bytes.chunks(library) as AsyncIterable<Uint8Array<ArrayBuffer>>;
    const reader = await library.RecordBatchReader.from(chunks);
    await reader.open();
    if (reader.schema === undefined) throw new Error('no schema');
    for await (const batch of reader) yield batch;
  } catch (error) {
    throw error instanceof FlyhashError ? error : corrupt(from, error);
  }
  await bytes.end();
}

/** What apache-arrow throws at values, which it looks at only when they are asked for, as a fault of the file. */
function soundly<Result>(from: ByteReader, make: () => Result): Result {
  try {
    return make();
  } catch (error) {
    const isSaid = error instanceof Error && error.message.startsWith(from.path);
    throw isSaid ? error : corrupt(from, error);
  }
}

async function* blocksOf(
  library: Library,
  reader: ByteReader,
  columns: TableColumns,
): AsyncGenerator<VectorBlock, void> {
  let [row, dim] = [0, 0];
  for await (const batch of batchesOf(library, reader)) {
    const block = soundly(reader, () => blockOfBatch(library, batch, reader, columns, row));
    if (block === undefined) continue;
    if (dim !== 0 && block.dim !== dim) {
      throw corrupt(reader, `rows of ${dim} and of ${block.dim} numbers`);
    }
    dim = block.dim;
    row += block.rows;
    yield* cutBlock(block);
  }
}

/** The rows of a file or stream. */
export async function openArrow(reader: ByteReader, columns: TableColumns): Promise<OpenVectors> {
  const library = await packageNamed<Library>('apache-arrow');
  const blocks = (first: number, end: number) =>
    rowsWithin(blocksOf(library, reader, columns), first, end);
  return { dim: undefined, rows: undefined, blocks };
}
