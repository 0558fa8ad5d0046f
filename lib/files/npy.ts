/**
 * NumPy's .npy (format versions 1 to 3; numpy.lib.format): magic, a Python dict of descr, fortran_order and shape, and the
 * numbers. Arrays of one dimension are rows of one number, of more dimensions rows of all but the first.
 */

import { allocated } from '../check.ts';
import type { ByteReader } from './byte-reader.ts';
import { NUMBER_KINDS, type NumberKind, readNumbers } from './numbers.ts';
import { packedRows } from './packed-rows.ts';
import {
  blockOf,
  MAX_FILE_DIM,
  type OpenVectors,
  rowsWithin,
  type VectorBlock,
} from './vector-block.ts';

const MAGIC = '\x93NUMPY';
const MOST_HEADER = 1 << 20;

interface Header {
  readonly own: NumberKind;
  readonly isLittle: boolean;
  readonly isFortran: boolean;
  readonly rows: number;
  readonly dim: number;
}

async function headerText(reader: ByteReader): Promise<string> {
  const start = await reader.need(8, 'the magic string');
  if (String.fromCharCode(...start.subarray(0, 6)) !== MAGIC) {
    throw reader.corrupt("the start of an .npy file, '\\x93NUMPY'", 'another', 0);
  }
  const [major] = start.subarray(6);
  if (major < 1 || major > 3) throw reader.corrupt('format version 1, 2 or 3', String(major), 6);
  const width = major === 1 ? 2 : 4;
  const lengthBytes = await reader.need(width, "the header's length");
  const view = new DataView(lengthBytes.buffer);
  const length = width === 2 ? view.getUint16(0, true) : view.getUint32(0, true);
  if (length > MOST_HEADER) {
    throw reader.corrupt(`a header of at most ${MOST_HEADER} bytes`, String(length), 8);
  }
  return new TextDecoder().decode(await reader.need(length, 'the header'));
}

function field(reader: ByteReader, text: string, name: string, form: string): string {
  const found = new RegExp(`['"]${name}['"]\\s*:\\s*${form}`).exec(text)?.[1];
  if (found === undefined) {
    throw reader.corrupt(`a header with ${name}`, JSON.stringify(text.slice(0, 80)), 10);
  }
  return found;
}

function shapeOf(reader: ByteReader, text: string): { rows: number; dim: number } {
  const sizes = text
    .split(',')
    .map((size) => size.trim().replace(/L$/, ''))
    .filter((size) => size !== '');
  const numbers = sizes.map(Number);
  if (numbers.length === 0 || !numbers.every((n) => Number.isSafeInteger(n) && n >= 0)) {
    throw reader.corrupt('a shape of one dimension or more', `(${text})`, 10);
  }
  const [rows, ...rest] = numbers;
  const dim = rest.reduce((product, n) => product * n, 1);
  if (dim < 1 || dim > MAX_FILE_DIM) {
    throw reader.corrupt(`rows of 1 to ${MAX_FILE_DIM} numbers`, `(${text})`, 10);
  }
  return { rows, dim };
}

async function headerOf(reader: ByteReader): Promise<Header> {
  const text = await headerText(reader);
  const descr = field(reader, text, 'descr', '[\'"]([^\'"]*)[\'"]');
  const order = descr[0] ?? '';
  const own = NUMBER_KINDS[descr.slice(1)];
  if (!'<>|='.includes(order) || own === undefined) {
    const kinds = Object.keys(NUMBER_KINDS).join(', ');
    throw reader.corrupt(`numbers of a kind among ${kinds}`, JSON.stringify(descr), 10);
  }
  const isFortran = field(reader, text, 'fortran_order', '(True|False)') === 'True';
  const shape = shapeOf(reader, field(reader, text, 'shape', '\\(([^)]*)\\)'));
  const header = { own, isLittle: order !== '>', isFortran, ...shape };
  const wanted = reader.offset + header.rows * header.dim * own.bytes;
  if (reader.size !== undefined && reader.size !== wanted) {
    throw reader.corrupt(
      `followed by the ${wanted - reader.offset} bytes of its shape`,
      `${reader.size - reader.offset}`,
    );
  }
  return header;
}

/** A whole array in Fortran order, turned. */
async function* fortranBlocks(
  reader: ByteReader,
  { rows, dim, own, isLittle }: Header,
): AsyncGenerator<VectorBlock, void, undefined> {
  const columns: Float32Array[] = [];
  for (let c = 0; c < dim; c++) {
    const bytes = await reader.need(rows * own.bytes, `column ${c}`);
    columns.push(readNumbers(bytes, own, isLittle));
  }
  await reader.end();
  const values = allocated(Float32Array, rows, dim, 'an array in Fortran order');
  for (const [c, column] of columns.entries()) {
    for (let row = 0; row < rows; row++) values[row * dim + c] = column[row];
  }
  yield blockOf(values, dim);
}

/** The array that a file holds; one in Fortran order is read as a whole. */
export async function openNpy(reader: ByteReader): Promise<OpenVectors> {
  const header = await headerOf(reader);
  const { rows, dim, isFortran } = header;
  if (!isFortran || dim === 1 || rows === 0) {
    return { dim, rows, blocks: (first, end) => packedRows(reader, header, first, end) };
  }
  return {
    dim,
    rows,
    blocks: (first, end) => rowsWithin(fortranBlocks(reader, header), first, end),
  };
}
