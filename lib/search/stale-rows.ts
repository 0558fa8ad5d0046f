/**
 * Which rows of posting lists are out of date: a bit a row, and a count for each block, so that a block which has too
 * many is known at once and one that has none costs nothing.
 */

import { allocated } from '../check.ts';
import { bitmapBytes, hasBit, setBit } from './bitmap.ts';

export class StaleRows {
  readonly #blockRows: number;
  #bits: Uint8Array = new Uint8Array(8);
  readonly #counts: number[] = [];
  #ids: Uint32Array | undefined;

  /** Blocks have a multiple of 8 rows. */
  constructor(blockRows: number) {
    this.#blockRows = blockRows;
  }

  /** Stale rows of a block. */
  count(block: number): number {
    return this.#counts[block] ?? 0;
  }

  /** Makes room for that many rows; on failure nothing has changed. */
  reserve(rows: number): void {
    if (bitmapBytes(rows) <= this.#bits.length) return;
    const wanted = Math.max(bitmapBytes(rows), 2 * this.#bits.length);
    const grown = allocated(Uint8Array, 1, wanted, 'index');
    grown.set(this.#bits);
    this.#bits = grown;
  }

  /** Takes note of a row, for which room was made; gives its block. */
  mark(id: number): number {
    const block = Math.floor(id / this.#blockRows);
    while (this.#counts.length <= block) this.#counts.push(0);
    if (!hasBit(this.#bits, id)) {
      setBit(this.#bits, id);
      this.#counts[block]++;
    }
    this.#ids = undefined;
    return block;
  }

  /** Forgets the rows of a block, whose lists were made. */
  clear(block: number): void {
    const blockBytes = this.#blockRows / 8;
    this.#bits.fill(0, block * blockBytes, (block + 1) * blockBytes);
    this.#counts[block] = 0;
    this.#ids = undefined;
  }

  /** The ids of all stale rows, ascending: an array that is never written again. */
  ids(): Uint32Array {
    if (this.#ids !== undefined) return this.#ids;
    const total = this.#counts.reduce((sum, count) => sum + count, 0);
    const ids = allocated(Uint32Array, 1, total, 'index');
    let at = 0;
    for (const [block, count] of this.#counts.entries()) {
      const end = at + count;
      for (let byte = (block * this.#blockRows) / 8; at < end; byte++) {
        if (this.#bits[byte] === 0) continue;
        for (let id = 8 * byte; id < 8 * byte + 8; id++) {
          if (hasBit(this.#bits, id)) ids[at++] = id;
        }
      }
    }
    this.#ids = ids;
    return ids;
  }
}
