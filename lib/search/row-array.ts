/**
 * Rows of numbers of one width in one typed array that doubles when it is full. Rows never move, so that a search in
 * flight, which holds the array of its start, may go on while rows are appended; whoever writes to older rows moves
 * to a copy first.
 */

import { type ArrayKind, alignedArray } from '../backend/aligned-memory.ts';
import { MAX_BYTES } from '../check.ts';

const LEAST_ROWS = 64;

type RowData = BigUint64Array | Float32Array | Uint8Array | Uint32Array;

export class RowArray<Data extends RowData> {
  /** Elements of a row. */
  readonly width: number;
  readonly #kind: ArrayKind<Data>;
  #data: Data;

  /** No rows, or those of `data`: foreign memory must be copied before it is written to. */
  constructor(kind: ArrayKind<Data>, width: number, data: Data = new kind(0)) {
    this.#kind = kind;
    this.width = width;
    this.#data = data;
  }

  /** Rows first .. end - 1, in place. */
  rows(first: number, end: number): Data {
    return this.#data.subarray(first * this.width, end * this.width) as Data;
  }

  /** Makes room; on failure nothing has changed. */
  reserve(rows: number): void {
    const { length } = this.#data;
    if (rows * this.width <= length) return;
    const rowBytes = this.width * this.#kind.BYTES_PER_ELEMENT;
    const most = Math.floor(MAX_BYTES / rowBytes);
    const doubled = Math.max(length === 0 ? 0 : LEAST_ROWS, (2 * length) / this.width);
    const wanted = Math.max(rows, Math.min(doubled, most));
    const grown = alignedArray(this.#kind, wanted, this.width, 'index');
    grown.set(this.#data as never);
    this.#data = grown;
  }

  /** Writes rows at ids, for which room was made. */
  write(values: Data, ids: Uint32Array): void {
    const { width } = this;
    const isRun = ids.every((id, i) => id === ids[0] + i);
    if (isRun) {
      if (ids.length > 0) this.#data.set(values as never, ids[0] * width);
      return;
    }
    for (const [i, id] of ids.entries()) {
      this.#data.set(values.subarray(i * width, (i + 1) * width) as never, id * width);
    }
  }

  /** Zeroes rows. */
  erase(ids: Uint32Array): void {
    const zeros = new this.#kind(this.width);
    for (const id of ids) this.#data.set(zeros as never, id * this.width);
  }

  /** Moves to a copy of the memory. */
  unshare(): void {
    const copy = alignedArray(this.#kind, 1, this.#data.length, 'index');
    copy.set(this.#data as never);
    this.#data = copy;
  }
}
