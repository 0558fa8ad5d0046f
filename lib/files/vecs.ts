/**
 * The fvecs, ivecs and bvecs of the TEXMEX collections (SIFT1M, GIST1M): every row has its number of numbers before it, a
 * little-endian int32, which must be the same for all rows.
 */

import type { ByteReader } from './byte-reader.ts';
import { NUMBER_KINDS, type NumberKind, readNumbers } from './numbers.ts';
import {
  blockOf,
  blockRows,
  MAX_FILE_DIM,
  type OpenVectors,
  type VectorBlock,
} from './vector-block.ts';

const KINDS = { fvecs: NUMBER_KINDS.f4, ivecs: NUMBER_KINDS.i4, bvecs: NUMBER_KINDS.u1 } as const;

export type VecsFormat = keyof typeof KINDS;

/** Bytes of a row's number of numbers. */
const HEAD = 4;

const dimAt = (bytes: Uint8Array, at: number): number =>
  new DataView(bytes.buffer, bytes.byteOffset).getInt32(at, true);

/** The first row's number of numbers; undefined for an empty file. */
async function firstDim(reader: ByteReader): Promise<number | undefined> {
  const head = await reader.take(HEAD, "a row's number of numbers");
  if (head === undefined) return undefined;
  const dim = dimAt(head, 0);
  if (dim >= 1 && dim <= MAX_FILE_DIM) return dim;
  throw reader.corrupt(`a number of numbers from 1 to ${MAX_FILE_DIM}`, `${dim}`, 0);
}

/** The numbers of rows that are followed by the heads of the next ones, every head checked; `start` is their offset. */
function numbersOf(
  reader: ByteReader,
  bytes: Uint8Array,
  dim: number,
  own: NumberKind,
  start: number,
): Float32Array {
  const width = dim * own.bytes;
  const rows = Math.ceil(bytes.length / (width + HEAD));
  const packed = new Uint8Array(rows * width);
  for (let row = 0, at = 0; row < rows; row++, at += width + HEAD) {
    if (at + width > bytes.length) {
      throw reader.corrupt(
        `followed by ${at + width - bytes.length} more bytes of a row`,
        'the end',
      );
    }
    packed.set(bytes.subarray(at, at + width), row * width);
    if (at + width === bytes.length) break;
    if (at + width + HEAD > bytes.length)
      throw reader.corrupt("whole, a row's number of numbers", 'the end');
    const found = dimAt(bytes, at + width);
    if (found === dim) continue;
    throw reader.corrupt(`${dim}, the numbers of every row`, `${found}`, start + at + width);
  }
  return readNumbers(packed, own, true);
}

/** The rows from first to before end; the reader is behind the head of row 0. */
async function* rowsOf(
  reader: ByteReader,
  dim: number,
  own: NumberKind,
  first: number,
  end: number,
): AsyncGenerator<VectorBlock, void, undefined> {
  if (end <= first) return;
  const rowBytes = dim * own.bytes + HEAD;
  if (first > 0) {
    await reader.skip(first * rowBytes - HEAD, 'rows');
    const head = await reader.take(HEAD, "a row's number of numbers");
    if (head === undefined) return;
    if (dimAt(head, 0) !== dim) {
      const got = `${dimAt(head, 0)}`;
      throw reader.corrupt(`${dim}, the numbers of every row`, got, reader.offset - HEAD);
    }
  }
  const step = blockRows(dim);
  for (let row = first; row < end; row += step) {
    const start = reader.offset;
    const count = Math.min(step, end - row);
    const bytes = await reader.upTo(count * rowBytes);
    // What follows the last head of all is a row too, if only a missing one.
    if (bytes.length === 0)
      throw reader.corrupt(`followed by ${rowBytes - HEAD} more bytes of a row`, 'the end');
    yield blockOf(numbersOf(reader, bytes, dim, own, start), dim);
    if (bytes.length % rowBytes !== 0) return;
  }
}

/** The rows of a file. */
export async function openVecs(reader: ByteReader, format: VecsFormat): Promise<OpenVectors> {
  const own = KINDS[format];
  const dim = await firstDim(reader);
  if (dim === undefined) return { dim, rows: 0, blocks: async function* () {} };
  const rows = reader.size === undefined ? undefined : reader.size / (dim * own.bytes + HEAD);
  return {
    dim,
    rows: Number.isInteger(rows) ? rows : undefined,
    blocks: (first, end) => rowsOf(reader, dim, own, first, end),
  };
}
