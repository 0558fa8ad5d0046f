/** Rows of numbers that follow one another without anything between them, as .npy, idx and raw files have them. */

import type { ByteReader } from './byte-reader.ts';
import { type NumberKind, readNumbers } from './numbers.ts';
import { blockOf, blockRows, type VectorBlock } from './vector-block.ts';

/** The numbers that follow where a reader is. */
export interface PackedRows {
  readonly rows: number;
  readonly dim: number;
  readonly own: NumberKind;
  readonly isLittle: boolean;
}

/** The rows from first to before end; when the last is among them, nothing may follow it. */
export async function* packedRows(
  reader: ByteReader,
  { rows, dim, own, isLittle }: PackedRows,
  first: number,
  end: number,
): AsyncGenerator<VectorBlock, void, undefined> {
  const last = Math.min(end, rows);
  if (first >= last && rows > 0) return;
  await reader.skip(first * dim * own.bytes, 'rows');
  const step = blockRows(dim);
  for (let row = first; row < last; row += step) {
    const count = Math.min(step, last - row);
    const bytes = await reader.need(count * dim * own.bytes, `rows ${row} and after`);
    yield blockOf(readNumbers(bytes, own, isLittle), dim);
  }
  if (last === rows) await reader.end();
}
