/**
 * What a command writes: to standard output, as fast as its reader takes it, or to a file that appears whole or not at all.
 * Every byte is counted and hashed on its way, for the manifest.
 */

import type { FileHandle } from 'node:fs/promises';
import { FlyhashError } from '../errors.ts';
import { replaceFile, writeAll } from '../files/save.ts';
import { type Sha256, sha256 } from '../files/sha256.ts';
import { unlessAborted } from '../files/sources.ts';

const PIECE_BYTES = 1 << 20;

/** Where a command's bytes go, in order. */
export interface Output {
  /** Whether the first bytes can still be replaced when the last are known. */
  readonly canReplaceStart: boolean;
  put(bytes: Uint8Array | string): Promise<void>;
  /** Puts others in place of the first bytes. */
  replaceStart(bytes: Uint8Array): Promise<void>;
}

/** What was written. */
export interface Written {
  readonly bytes: number;
  /** SHA-256 of all bytes, hexadecimal. */
  readonly sha256: string;
}

const bytesOf = (bytes: Uint8Array | string): Uint8Array =>
  typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes;

const hex = (digest: Uint8Array): string => Buffer.from(digest).toString('hex');

class FileOutput implements Output {
  readonly canReplaceStart = true;
  readonly #handle: FileHandle;
  #hash: Sha256 = sha256();
  #bytes = 0;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async put(given: Uint8Array | string): Promise<void> {
    const bytes = bytesOf(given);
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    await writeAll(this.#handle, bytes);
  }

  async replaceStart(bytes: Uint8Array): Promise<void> {
    await this.#handle.write(bytes, 0, bytes.length, 0);
    this.#hash = sha256();
    const piece = new Uint8Array(PIECE_BYTES);
    for (let at = 0; at < this.#bytes; ) {
      const { bytesRead } = await this.#handle.read(piece, 0, piece.length, at);
      if (bytesRead === 0)
        throw new FlyhashError('ERR_FILE', 'the output must stay whole, got a cut');
      this.#hash.update(piece.subarray(0, bytesRead));
      at += bytesRead;
    }
  }

  written(): Written {
    return { bytes: this.#bytes, sha256: hex(this.#hash.digest()) };
  }
}

class StandardOutput implements Output {
  readonly canReplaceStart = false;
  readonly #hash = sha256();
  readonly #signal: AbortSignal | undefined;
  #bytes = 0;

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  async put(given: Uint8Array | string): Promise<void> {
    const bytes = bytesOf(given);
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    const isTaken = new Promise<void>((resolve) => {
      // A fault ends the process where it is heard: endWhenNobodyReads.
      process.stdout.write(bytes, () => resolve());
    });
    await unlessAborted(isTaken, this.#signal);
  }

  async replaceStart(): Promise<void> {
    throw new FlyhashError('ERR_FILE', 'the output must be a file, got a stream');
  }

  written(): Written {
    return { bytes: this.#bytes, sha256: hex(this.#hash.digest()) };
  }
}

/** Writes to a path, '-' meaning standard output; a file is replaced when all of the new one is there. */
export async function writeOutput(
  path: string,
  signal: AbortSignal | undefined,
  write: (output: Output) => Promise<void>,
): Promise<Written> {
  if (path === '-') {
    const output = new StandardOutput(signal);
    await write(output);
    return output.written();
  }
  let written: Written | undefined;
  await replaceFile(path, async (handle) => {
    const output = new FileOutput(handle);
    await write(output);
    signal?.throwIfAborted();
    written = output.written();
  });
  if (written === undefined) throw new Error(`internal: nothing was written to ${path}`);
  return written;
}

/** Writes a text to a path, '-' meaning standard output. */
export async function writeText(path: string, text: string): Promise<void> {
  await writeOutput(path, undefined, (output) => output.put(text));
}
