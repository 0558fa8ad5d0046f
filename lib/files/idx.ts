/**
 * The idx files of MNIST: two zero bytes, the kind of number, the number of dimensions, their sizes as big-endian integers,
 * then the numbers, big end first. The first dimension counts rows; labels are rows of one number.
 */

import type { ByteReader } from './byte-reader.ts';
import { NUMBER_KINDS, type NumberKind } from './numbers.ts';
import { type PackedRows, packedRows } from './packed-rows.ts';
import { MAX_FILE_DIM, type OpenVectors } from './vector-block.ts';

const KINDS: Readonly<Record<number, NumberKind>> = {
  8: NUMBER_KINDS.u1,
  9: NUMBER_KINDS.i1,
  11: NUMBER_KINDS.i2,
  12: NUMBER_KINDS.i4,
  13: NUMBER_KINDS.f4,
  14: NUMBER_KINDS.f8,
};

async function headerOf(reader: ByteReader): Promise<PackedRows> {
  const [zero, alsoZero, code, dimensions] = await reader.need(4, 'the magic number');
  const own = KINDS[code];
  if (zero !== 0 || alsoZero !== 0 || own === undefined || dimensions === 0) {
    const got = [zero, alsoZero, code, dimensions].join(' ');
    throw reader.corrupt('the start of an idx file, 0 0, a kind and a count of dimensions', got, 0);
  }
  const bytes = await reader.need(4 * dimensions, 'the sizes');
  const view = new DataView(bytes.buffer);
  const sizes = Array.from({ length: dimensions }, (_, i) => view.getUint32(4 * i));
  const [rows, ...rest] = sizes;
  const dim = rest.reduce((product, size) => product * size, 1);
  if (dim < 1 || dim > MAX_FILE_DIM) {
    throw reader.corrupt(`rows of 1 to ${MAX_FILE_DIM} numbers`, sizes.join(' x '), 4);
  }
  return { own, rows, dim, isLittle: false };
}

/** The rows of an idx file. */
export async function openIdx(reader: ByteReader): Promise<OpenVectors> {
  const header = await headerOf(reader);
  const { rows, dim } = header;
  return { rows, dim, blocks: (first, end) => packedRows(reader, header, first, end) };
}
