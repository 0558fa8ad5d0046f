/**
 * A file of vectors as bytes in order, unpacked where its name ends in .gz, with the offset at which it stops making sense.
 * Never more is held than was asked for and has really come, so that a header may claim any size.
 */

import { FlyhashError } from '../errors.ts';
import { builtin } from './builtin.ts';
import { disk, refused } from './paths.ts';

/** Bytes that are asked of the stream at a time when much is wanted. */
const STEP = 1 << 20;

/** A module that whoever has a disk has too, but for a Node that was built without it. */
function required<Name extends 'node:fs' | 'node:zlib'>(name: Name) {
  const found = builtin(name);
  if (found === undefined) throw new FlyhashError('ERR_FILE', `Node must have ${name}, got none`);
  return found;
}

export class ByteReader {
  readonly path: string;
  /** Bytes of the file, where it is not packed. */
  readonly size: number | undefined;
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #end: () => void;
  #rest: Uint8Array = new Uint8Array(0);
  #offset = 0;

  private constructor(
    path: string,
    size: number | undefined,
    chunks: AsyncIterator<Uint8Array>,
    end: () => void,
  ) {
    this.path = path;
    this.size = size;
    this.#chunks = chunks;
    this.#end = end;
  }

  /** Opens a file; FlyhashError ERR_FILE when the system refuses. */
  static async open(path: string): Promise<ByteReader> {
    const isPacked = path.endsWith('.gz');
    const { size } = await disk()
      .fs.stat(path)
      .catch((error: unknown) => {
        throw refused(path, 'a readable file', error);
      });
    const file = required('node:fs').createReadStream(path, { highWaterMark: STEP });
    const gunzip = isPacked ? required('node:zlib').createGunzip({ chunkSize: STEP }) : undefined;
    const stream = gunzip === undefined ? file : file.pipe(gunzip);
    file.on('error', (error) => stream.destroy(error));
    const end = (): void => {
      file.destroy();
      stream.destroy();
    };
    const chunks: AsyncIterator<Uint8Array> = stream[Symbol.asyncIterator]();
    return new ByteReader(path, isPacked ? undefined : size, chunks, end);
  }

  /** Bytes read so far; of the unpacked content. */
  get offset(): number {
    return this.#offset;
  }

  /** What is wrong with the file, at this offset. */
  corrupt(expected: string, got: string, offset: number = this.#offset): FlyhashError {
    const message = `${this.path}: byte ${offset} must be ${expected}, got ${got}`;
    return new FlyhashError('ERR_CORRUPT_FILE', message);
  }

  /** Up to `most` bytes, empty only at the end. The array is the caller's. */
  async some(most: number): Promise<Uint8Array> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#chunks.next().catch((error: unknown) => {
        throw this.#failure(error);
      });
      if (done === true) return new Uint8Array(0);
      this.#rest = value;
    }
    const bytes = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(bytes.length);
    this.#offset += bytes.length;
    return bytes;
  }

  /** Exactly `count` bytes, in memory of their own that begins at offset 0; `undefined` at the end of the file. */
  async take(count: number, what: string): Promise<Uint8Array | undefined> {
    const parts: Uint8Array[] = [];
    let have = 0;
    while (have < count) {
      const part = await this.some(Math.min(count - have, STEP));
      if (part.length === 0) {
        if (have === 0) return undefined;
        throw this.corrupt(`followed by ${count - have} more bytes of ${what}`, 'the end');
      }
      parts.push(part);
      have += part.length;
    }
    const bytes = new Uint8Array(count);
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  /** The same, where the file may not end. */
  async need(count: number, what: string): Promise<Uint8Array> {
    const bytes = await this.take(count, what);
    if (bytes === undefined) throw this.corrupt(`the first byte of ${what}`, 'the end');
    return bytes;
  }

  close(): void {
    this.#end();
  }

  #failure(error: unknown): unknown {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code.startsWith('Z_')) return this.corrupt('gzip', String((error as Error).message));
    return refused(this.path, 'readable to its end', error);
  }
}
