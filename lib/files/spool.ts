/**
 * Numbers of four bytes in a temporary file: what a stream gave once, so that it can be read again. The file lies in a
 * new folder of the system's temporary folder, readable by its owner alone, and is gone when the spool is closed.
 */

import type { FileHandle } from 'node:fs/promises';
import { builtin } from './builtin.ts';
import { disk, refused } from './paths.ts';

/** Whether there is a disk to spool to. */
export function canSpool(): boolean {
  return builtin('node:fs/promises') !== undefined && builtin('node:os') !== undefined;
}

/** The numbers that can be spooled. */
type Numbers = Float32Array | Int32Array;

/** Numbers that are written at any place, then read at any place. */
export class Spool {
  readonly #folder: string;
  readonly #handle: FileHandle;

  private constructor(folder: string, handle: FileHandle) {
    this.#folder = folder;
    this.#handle = handle;
  }

  /** An empty spool. */
  static async open(): Promise<Spool> {
    const { fs, paths } = disk();
    const root = builtin('node:os')?.tmpdir() ?? '.';
    let folder: string | undefined;
    try {
      folder = await fs.mkdtemp(paths.join(root, 'flyhash-'));
      return new Spool(folder, await fs.open(paths.join(folder, 'rows'), 'wx+', 0o600));
    } catch (error) {
      if (folder !== undefined) await fs.rm(folder, { recursive: true, force: true });
      throw refused(root, 'a folder for a temporary file', error);
    }
  }

  /** Writes numbers at a place counted in numbers. */
  async write(numbers: Numbers, place: number): Promise<void> {
    const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
    try {
      for (let at = 0; at < bytes.length; ) {
        const { bytesWritten } = await this.#handle.write(
          bytes.subarray(at),
          0,
          bytes.length - at,
          4 * place + at,
        );
        at += bytesWritten;
      }
    } catch (error) {
      throw refused(this.#folder, 'a folder with room for the stream', error);
    }
  }

  /** Fills `numbers` from a place counted in numbers. */
  async read(numbers: Numbers, place: number): Promise<void> {
    const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
    for (let at = 0; at < bytes.length; ) {
      const { bytesRead } = await this.#handle.read(bytes, at, bytes.length - at, 4 * place + at);
      if (bytesRead === 0) throw refused(this.#folder, 'left alone', 'a file that was cut');
      at += bytesRead;
    }
  }

  /** Deletes the file. */
  async close(): Promise<void> {
    await this.#handle.close();
    await disk().fs.rm(this.#folder, { recursive: true, force: true });
  }
}
