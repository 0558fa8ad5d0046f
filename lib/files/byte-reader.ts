/**
 * A file of vectors as bytes in order, unpacked where its name ends in .gz, with the offset at which it stops making sense.
 * Never more is held than was asked for and has really come, so that a header may claim any size.
 */

import type { Readable } from 'node:stream';
import { FlyhashError } from '../errors.ts';
import { builtin } from './builtin.ts';
import { disk, refused } from './paths.ts';

/** Bytes that are asked of the stream at a time when much is wanted. */
const STEP = 1 << 20;

/** A module that whoever has a disk has too, but for a Node that was built without it. */
function required<Name extends 'node:fs' | 'node:net' | 'node:zlib'>(name: Name) {
  const found = builtin(name);
  if (found === undefined) throw new FlyhashError('ERR_FILE', `Node must have ${name}, got none`);
  return found;
}

/** A stream of bytes, and how to let go of it. */
interface Chunks {
  readonly iterator: AsyncIterator<Uint8Array>;
  end(): void;
}

/** The bytes of a stream, unpacked where they are packed. */
function chunksOf(stream: Readable, isPacked: boolean): Chunks {
  const gunzip = isPacked ? required('node:zlib').createGunzip({ chunkSize: STEP }) : undefined;
  const last = gunzip === undefined ? stream : stream.pipe(gunzip);
  if (gunzip !== undefined) stream.on('error', (error) => gunzip.destroy(error));
  const end = (): void => {
    stream.destroy();
    last.destroy();
  };
  return { iterator: last[Symbol.asyncIterator](), end };
}

/**
 * A named pipe as a socket, which waits for bytes without holding a thread: a thread that reads a pipe cannot be called
 * back, and a process that was interrupted would not end before the pipe does.
 */
async function openPipe(path: string): Promise<Readable> {
  const { open } = required('node:fs');
  const fd = await new Promise<number>((resolve, reject) => {
    open(path, 'r', (error, found) => (error === null ? resolve(found) : reject(error)));
  });
  const { Socket } = required('node:net');
  return new Socket({ fd, readable: true, writable: false });
}

export class ByteReader {
  readonly path: string;
  /** Bytes of the file, where it is one and not packed. */
  readonly size: number | undefined;
  #chunks: Chunks;
  #rest: Uint8Array = new Uint8Array(0);
  #offset = 0;

  private constructor(path: string, chunks: Chunks, size: number | undefined) {
    this.path = path;
    this.size = size;
    this.#chunks = chunks;
  }

  /** Opens a file, a pipe or a device; FlyhashError ERR_FILE when the system refuses. */
  static async open(path: string, isPacked: boolean = path.endsWith('.gz')): Promise<ByteReader> {
    const status = await disk()
      .fs.stat(path)
      .catch((error: unknown) => {
        throw refused(path, 'a readable file', error);
      });
    if (status.isFIFO()) {
      const pipe = await openPipe(path).catch((error: unknown) => {
        throw refused(path, 'a readable file', error);
      });
      return new ByteReader(path, chunksOf(pipe, isPacked), undefined);
    }
    const size = status.isFile() && !isPacked ? status.size : undefined;
    const file = required('node:fs').createReadStream(path, { highWaterMark: STEP });
    return new ByteReader(path, chunksOf(file, isPacked), size);
  }

  /** Reads what a stream gives; `name` stands for it in errors. */
  static of(stream: Readable, name: string, isPacked: boolean): ByteReader {
    return new ByteReader(name, chunksOf(stream, isPacked), undefined);
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
      const { done, value } = await this.#chunks.iterator.next().catch((error: unknown) => {
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
    const bytes = joined(await this.#parts(count));
    if (bytes.length === count) return bytes;
    if (bytes.length === 0) return undefined;
    throw this.corrupt(`followed by ${count - bytes.length} more bytes of ${what}`, 'the end');
  }

  /** The same, where the file may not end. */
  async need(count: number, what: string): Promise<Uint8Array> {
    const bytes = await this.take(count, what);
    if (bytes === undefined) throw this.corrupt(`the first byte of ${what}`, 'the end');
    return bytes;
  }

  /** Up to `most` bytes, fewer only at the end, in memory of their own that begins at offset 0. */
  async upTo(most: number): Promise<Uint8Array> {
    return joined(await this.#parts(most));
  }

  /** Passes over bytes; over many of a file without reading them. */
  async skip(count: number, what: string): Promise<void> {
    if (this.size !== undefined && count > this.#rest.length + STEP) {
      const start = this.#offset + count;
      if (start > this.size) throw this.corrupt(`followed by ${count} bytes of ${what}`, 'fewer');
      this.#chunks.end();
      const file = required('node:fs').createReadStream(this.path, { start, highWaterMark: STEP });
      this.#chunks = chunksOf(file, false);
      [this.#rest, this.#offset] = [new Uint8Array(0), start];
      return;
    }
    for (let left = count; left > 0; ) {
      const part = await this.some(Math.min(left, STEP));
      if (part.length === 0)
        throw this.corrupt(`followed by ${left} more bytes of ${what}`, 'the end');
      left -= part.length;
    }
  }

  /** Throws unless the file ends here. */
  async end(): Promise<void> {
    const offset = this.#offset;
    if ((await this.some(1)).length > 0) throw this.corrupt('the end', 'more bytes', offset);
  }

  close(): void {
    this.#chunks.end();
  }

  async #parts(most: number): Promise<Uint8Array[]> {
    const parts: Uint8Array[] = [];
    for (let have = 0; have < most; have += parts[parts.length - 1].length) {
      const part = await this.some(Math.min(most - have, STEP));
      if (part.length === 0) break;
      parts.push(part);
    }
    return parts;
  }

  #failure(error: unknown): unknown {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code.startsWith('Z_')) return this.corrupt('gzip', String((error as Error).message));
    return refused(this.path, 'readable to its end', error);
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
