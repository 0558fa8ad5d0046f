/**
 * The fvecs, ivecs and bvecs of the TEXMEX collections (SIFT1M, GIST1M): every row has its number of numbers before it, a
 * little-endian int32, which must be the same for all rows.
 */

import type { ByteReader } from './byte-reader.ts';
import { NUMBER_KINDS, readNumbers } from './numbers.ts';
import { blockRows, MAX_FILE_DIM, type VectorBlock } from './vector-block.ts';

const KINDS = { fvecs: NUMBER_KINDS.f4, ivecs: NUMBER_KINDS.i4, bvecs: NUMBER_KINDS.u1 } as const;

export type VecsFormat = keyof typeof KINDS;

function dimAt(reader: ByteReader, bytes: Uint8Array): number {
  const dim = new DataView(bytes.buffer, bytes.byteOffset).getInt32(0, true);
  if (dim >= 1 && dim <= MAX_FILE_DIM) return dim;
  throw reader.corrupt(
    `a number of numbers from 1 to ${MAX_FILE_DIM}`,
    `${dim}`,
    reader.offset - 4,
  );
}

/** The rows, block by block. */
export async function* readVecs(
  reader: ByteReader,
  format: VecsFormat,
): AsyncGenerator<VectorBlock, void, undefined> {
  const own = KINDS[format];
  let dim = 0;
  let rows: Float32Array[] = [];
  for (;;) {
    const head = await reader.take(4, "a row's number of numbers");
    if (head === undefined) break;
    const found = dimAt(reader, head);
    if (dim !== 0 && found !== dim) {
      throw reader.corrupt(`${dim}, the numbers of every row`, `${found}`, reader.offset - 4);
    }
    dim = found;
    rows.push(readNumbers(await reader.need(dim * own.bytes, 'a row'), own, true));
    if (rows.length < blockRows(dim)) continue;
    yield { dim, values: joined(rows, dim) };
    rows = [];
  }
  if (rows.length > 0) yield { dim, values: joined(rows, dim) };
}

function joined(rows: readonly Float32Array[], dim: number): Float32Array {
  const values = new Float32Array(rows.length * dim);
  for (const [i, row] of rows.entries()) values.set(row, i * dim);
  return values;
}
