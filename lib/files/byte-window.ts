/**
 * The next bytes of a file in one piece of memory, which grows until it holds what its reader needs to see at a time: a
 * line, a row. What a file claims is never allocated before its bytes have come.
 */

import { allocated } from '../check.ts';
import type { FlyhashError } from '../errors.ts';
import type { ByteReader } from './byte-reader.ts';
import { unlessAborted } from './sources.ts';

const FIRST_BYTES = 1 << 17;

export class ByteWindow {
  bytes: Uint8Array = new Uint8Array(FIRST_BYTES);
  /** The bytes that are there and not yet used: from start to end. */
  start = 0;
  end = 0;
  readonly #reader: ByteReader;
  readonly #signal: AbortSignal | undefined;

  constructor(reader: ByteReader, signal: AbortSignal | undefined) {
    this.#reader = reader;
    this.#signal = signal;
  }

  /** The place in the file of a byte of the window. */
  offsetOf(at: number): number {
    return this.#reader.offset - (this.end - at);
  }

  /** Bytes of the file, where it is not packed. */
  get size(): number | undefined {
    return this.#reader.size;
  }

  /** What is wrong with the file at a byte of the window. */
  corrupt(expected: string, got: string, at: number): FlyhashError {
    return this.#reader.corrupt(expected, got, this.offsetOf(at));
  }

  /** Where a byte is that ends what begins at start, or -1. */
  find(byte: number, from: number): number {
    const found = this.bytes.subarray(from, this.end).indexOf(byte);
    return found < 0 ? -1 : from + found;
  }

  /** Puts the next bytes behind those that are there, which move to the front; false at the end of the file. */
  async more(): Promise<boolean> {
    const length = this.end - this.start;
    if (length > this.bytes.length / 2) {
      const longer = allocated(Uint8Array, 1, 2 * this.bytes.length, 'a row of the file');
      longer.set(this.bytes.subarray(this.start, this.end));
      this.bytes = longer;
    } else {
      this.bytes.copyWithin(0, this.start, this.end);
    }
    [this.start, this.end] = [0, length];
    const room = this.bytes.length - length;
    const some = await unlessAborted(this.#reader.some(room), this.#signal);
    this.bytes.set(some, length);
    this.end += some.length;
    return some.length > 0;
  }
}
