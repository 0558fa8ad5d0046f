/**
 * Nothing but numbers: little-endian float32, row after row, as programs pass them through pipes. Only whoever reads them
 * knows how many make a row. Rows are given as soon as they have come.
 */

import { wrongKind } from '../errors.ts';
import type { ByteReader } from './byte-reader.ts';
import { NUMBER_KINDS, readNumbers } from './numbers.ts';
import { packedRows } from './packed-rows.ts';
import { blockOf, type OpenVectors, rowsWithin, type VectorBlock } from './vector-block.ts';

const own = NUMBER_KINDS.f4;
const STEP = 1 << 20;

/** Whole rows of what has come, and the rest of a row kept for the next. */
async function* blocksOf(
  reader: ByteReader,
  dim: number,
): AsyncGenerator<VectorBlock, void, undefined> {
  const rowBytes = dim * own.bytes;
  let rest = new Uint8Array(0);
  for (;;) {
    const bytes = await reader.some(STEP);
    if (bytes.length === 0) break;
    const all = new Uint8Array(rest.length + bytes.length);
    all.set(rest);
    all.set(bytes, rest.length);
    const whole = all.length - (all.length % rowBytes);
    if (whole > 0) yield blockOf(readNumbers(all.subarray(0, whole), own, true), dim);
    rest = all.slice(whole);
  }
  if (rest.length === 0) return;
  throw reader.corrupt(`followed by ${rowBytes - rest.length} more bytes of a row`, 'the end');
}

/** The rows of a raw file. */
export async function openRaw(reader: ByteReader, dim: number | undefined): Promise<OpenVectors> {
  if (dim === undefined) throw wrongKind('dim', 'given for raw numbers', dim);
  const size = reader.size ?? Number.NaN;
  const rows = size / (dim * own.bytes);
  if (!Number.isInteger(rows)) {
    const blocks = (first: number, end: number) => rowsWithin(blocksOf(reader, dim), first, end);
    return { dim, rows: undefined, blocks };
  }
  const packed = { dim, rows, own, isLittle: true };
  return { dim, rows, blocks: (first, end) => packedRows(reader, packed, first, end) };
}
