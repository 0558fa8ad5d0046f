/**
 * Sets of row numbers as bitmaps, in the bit order of all codes here: row i is bit 7 - i % 8 of byte i / 8, as in
 * numpy's packbits. Filters and the rows that live are kept so, and the search kernels read them so.
 */

import { allocated } from '../check.ts';

/** Bytes of a bitmap of that many rows. */
export function bitmapBytes(rows: number): number {
  return Math.ceil(rows / 8);
}

export function hasBit(bitmap: Uint8Array, row: number): boolean {
  return ((bitmap[row >>> 3] >> (7 - (row & 7))) & 1) === 1;
}

export function setBit(bitmap: Uint8Array, row: number): void {
  bitmap[row >>> 3] |= 0x80 >> (row & 7);
}

export function clearBit(bitmap: Uint8Array, row: number): void {
  bitmap[row >>> 3] &= ~(0x80 >> (row & 7));
}

/** The first row from `from` on whose bit is clear, or `rows`. */
export function nextClear(bitmap: Uint8Array, from: number, rows: number): number {
  let row = from;
  while (row < rows && hasBit(bitmap, row)) {
    if ((row & 7) === 0 && bitmap[row >>> 3] === 0xff) row += 8;
    else row++;
  }
  return Math.min(row, rows);
}

/** Rows in the bitmap below `rows`: a search asks for them, so that it counts four bytes at a time. */
export function countBits(bitmap: Uint8Array, rows: number): number {
  let count = 0;
  let row = 0;
  for (; row + 32 <= rows; row += 32) {
    const at = row >>> 3;
    let word = bitmap[at] | (bitmap[at + 1] << 8) | (bitmap[at + 2] << 16) | (bitmap[at + 3] << 24);
    word -= (word >>> 1) & 0x55555555;
    word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
    count += Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  for (; row < rows; row++) {
    if (hasBit(bitmap, row)) count++;
  }
  return count;
}

/** A copy of a bitmap, for that many rows: longer or shorter, without the bits after the last row. */
export function bitsBelow(bitmap: Uint8Array, rows: number): Uint8Array {
  const result = allocated(Uint8Array, 1, bitmapBytes(rows), 'filter');
  result.set(bitmap.subarray(0, result.length));
  if (rows % 8 !== 0) result[result.length - 1] &= 0xff << (8 - (rows % 8));
  return result;
}

/** The bits of both, over the rows of the first; the second may be shorter. */
export function intersection(a: Uint8Array, b: Uint8Array): Uint8Array {
  const result = allocated(Uint8Array, 1, a.length, 'filter');
  result.set(b.subarray(0, a.length));
  const aligned = a.byteOffset % 4 === 0 ? a : a.slice();
  const words = new Uint32Array(result.buffer, 0, result.length >>> 2);
  const others = new Uint32Array(aligned.buffer, aligned.byteOffset, words.length);
  for (let i = 0; i < words.length; i++) words[i] &= others[i];
  for (let i = 4 * words.length; i < a.length; i++) result[i] &= a[i];
  return result;
}

/** A bitmap of all of that many rows. */
export function allRows(rows: number): Uint8Array {
  const bitmap = allocated(Uint8Array, 1, bitmapBytes(rows), 'filter').fill(0xff);
  if (rows % 8 !== 0) bitmap[bitmap.length - 1] = 0xff << (8 - (rows % 8));
  return bitmap;
}
