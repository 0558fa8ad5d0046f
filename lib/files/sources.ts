/**
 * Where a container may come from: a file, memory, or a stream, each seen as bytes that are read piece by piece.
 * Reading a file goes straight to where the bytes will stay. What a stream gives is checked for its kind, and a
 * stream that stalls can still be given up.
 */

import type { FileHandle } from 'node:fs/promises';
import { isDetached } from '../check.ts';
import { withoutMemory, wrongKind } from '../errors.ts';
import { type Bytes, checkedBytes } from './bytes.ts';
import { checkPath, disk, refused } from './paths.ts';

/** A file's path, its bytes, or a stream of them. */
export type Source = string | URL | Bytes | AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>;

/** Bytes to be read once, from the first to the last. */
export interface ByteSource {
  /** Bytes in all, where that is known beforehand. */
  readonly size: number | undefined;
  /** Fills the start of `into`; gives how many bytes, 0 only at the end. */
  read(into: Uint8Array): Promise<number>;
  /** Lets go of the source; after a failure too. */
  close(): Promise<void>;
}

class MemorySource implements ByteSource {
  readonly size: number;
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.size = bytes.length;
  }

  async read(into: Uint8Array): Promise<number> {
    if (this.#bytes.length !== this.size) throw withoutMemory('source');
    const bytes = this.#bytes.subarray(this.#at, this.#at + into.length);
    into.set(bytes);
    this.#at += bytes.length;
    return bytes.length;
  }

  async close(): Promise<void> {}
}

class FileSource implements ByteSource {
  readonly size: number;
  readonly #handle: FileHandle;
  readonly #path: string;
  #at = 0;

  constructor(handle: FileHandle, path: string, size: number) {
    this.#handle = handle;
    this.#path = path;
    this.size = size;
  }

  async read(into: Uint8Array): Promise<number> {
    try {
      const { bytesRead } = await this.#handle.read(into, 0, into.length, this.#at);
      this.#at += bytesRead;
      return bytesRead;
    } catch (error) {
      throw refused(this.#path, 'read', error);
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

/** Chunks of any length, as they come. */
class StreamSource implements ByteSource {
  readonly size = undefined;
  readonly #chunks: AsyncIterator<unknown>;
  readonly #signal: AbortSignal | undefined;
  #rest = new Uint8Array(0);

  constructor(chunks: AsyncIterator<unknown>, signal: AbortSignal | undefined) {
    this.#chunks = chunks;
    this.#signal = signal;
  }

  async read(into: Uint8Array): Promise<number> {
    while (this.#rest.length === 0) {
      const { done, value } = await unlessAborted(this.#chunks.next(), this.#signal);
      if (done === true) return 0;
      if (!(value instanceof Uint8Array))
        throw wrongKind('a chunk of source', 'a Uint8Array', value);
      if (isDetached(value)) throw withoutMemory('a chunk of source');
      this.#rest = new Uint8Array(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength);
    }
    const bytes = this.#rest.subarray(0, into.length);
    into.set(bytes);
    this.#rest = this.#rest.subarray(bytes.length);
    return bytes.length;
  }

  async close(): Promise<void> {
    // Not awaited: a stream that stalls would never answer. Whether it likes to be left does not matter any more.
    Promise.resolve(this.#chunks.return?.()).catch(() => {});
  }
}

/** The promise, or a rejection as soon as the signal is aborted. */
export async function unlessAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (signal === undefined) return promise;
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
  return Promise.race([promise, aborted]).finally(() => {
    if (stop !== undefined) signal.removeEventListener('abort', stop);
  });
}

/** The items, each awaited no longer than the signal allows. */
export async function* untilAborted<T>(
  items: AsyncIterable<T>,
  signal: AbortSignal | undefined,
): AsyncGenerator<T, void, undefined> {
  const iterator = items[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await unlessAborted(iterator.next(), signal);
      if (done === true) return;
      yield value;
    }
  } finally {
    // Not awaited: what stalls would never answer.
    Promise.resolve(iterator.return?.()).catch(() => {});
  }
}

/** The chunks of a web stream, which not every browser can iterate over. */
export async function* chunksOf(
  stream: ReadableStream<unknown>,
): AsyncGenerator<unknown, void, void> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}

function chunkIterator(source: unknown): AsyncIterator<unknown> | undefined {
  if (typeof source !== 'object' || source === null) return undefined;
  const iterable = source as Partial<AsyncIterable<unknown>>;
  if (typeof iterable[Symbol.asyncIterator] === 'function') {
    return (iterable as AsyncIterable<unknown>)[Symbol.asyncIterator]();
  }
  const stream = source as Partial<ReadableStream<unknown>>;
  return typeof stream.getReader === 'function' ? chunksOf(source as ReadableStream) : undefined;
}

/** A file that is one has a size; pipes and devices are streams. */
async function openFile(path: string, signal: AbortSignal | undefined): Promise<ByteSource> {
  const { fs } = disk();
  let handle: FileHandle | undefined;
  try {
    handle = await fs.open(path, 'r');
    const status = await handle.stat();
    if (status.isFile()) return new FileSource(handle, path, status.size);
    if (status.isDirectory()) await handle.read(new Uint8Array(1)); // the system says why not
    return new StreamSource(handle.createReadStream()[Symbol.asyncIterator](), signal);
  } catch (error) {
    await handle?.close();
    throw refused(path, 'a file that can be read', error);
  }
}

/** The bytes of a source. */
export async function openSource(
  source: unknown,
  signal: AbortSignal | undefined,
): Promise<ByteSource> {
  if (typeof source === 'string' || source instanceof URL)
    return openFile(checkPath(source), signal);
  if (source instanceof Uint8Array || source instanceof ArrayBuffer) {
    return new MemorySource(checkedBytes(source, 'source'));
  }
  const chunks = chunkIterator(source);
  if (chunks !== undefined) return new StreamSource(chunks, signal);
  throw wrongKind(
    'source',
    'a path, a file: URL, a Uint8Array, an ArrayBuffer or a stream',
    source,
  );
}
