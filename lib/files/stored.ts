/**
 * What everything that can be stored has: models, codes and indexes save themselves to a file or to bytes, and come
 * back from a path, bytes or a stream. A class only says what its parts are and how it is made from them.
 */

import { FlyhashError } from '../errors.ts';
import { type Bytes, bytesOfParts, partsOfBytes } from './bytes.ts';
import { loadParts } from './load.ts';
import { PARTS, type Parts, PartsReader, type Storable } from './parts.ts';
import { type FileOptions, saveParts } from './save.ts';
import type { Source } from './sources.ts';

/** A class of stored objects: how one is made from its parts. */
export interface StoredClass<Instance> {
  /** @internal */
  fromParts(reader: PartsReader): Instance;
}

/**
 * The object that parts describe. Their bytes are those that were written, but by whom? Whatever a class refuses to
 * be made from is a fault of the file.
 */
export function madeFrom<Instance>(
  parts: Parts,
  make: (reader: PartsReader) => Instance,
): Instance {
  try {
    return make(new PartsReader(parts));
  } catch (error) {
    if (error instanceof FlyhashError) throw error;
    const message = `file: ${parts.kind} must be one that can be made, got ${String(error)}`;
    throw new FlyhashError('ERR_CORRUPT_FILE', message, { cause: error });
  }
}

/** Objects that can be saved and loaded. */
export abstract class Stored implements Storable {
  /** @internal */
  abstract [PARTS](): Parts;

  /**
   * The object as bytes, for databases and sockets: a file as {@link save} writes it. Equal objects give equal bytes.
   *
   * @throws RangeError when they would be more than 4 GiB; `save` has no such limit.
   *
   * @example
   * ```ts
   * import { SimHash } from 'flyhash';
   * const hasher = SimHash.create({ dim: 4, bits: 16, seed: 1 });
   * const copy = SimHash.fromBytes(hasher.toBytes());
   * console.assert(copy.hash([[1, 2, 3, 4]]).equals(hasher.hash([[1, 2, 3, 4]])));
   * ```
   */
  toBytes(): Uint8Array {
    return bytesOfParts(this[PARTS]());
  }

  /**
   * Saves the object, as it is at the moment of the call, to a file: safetensors with a checksum (docs/formats.md).
   * Whatever happens meanwhile, the path holds what it held before or all of the new file, which is on the disk when
   * the promise resolves. A file that is replaced leaves its permissions to the new one; a symbolic link stays one.
   *
   * @param path a path or a file: URL.
   * @throws (rejects) TypeError or RangeError for a wrong path or wrong options; FlyhashError ERR_FILE when the
   * system refuses (a full disk, a missing folder), with its error as the cause; `signal.reason` when aborted.
   *
   * @example
   * ```ts
   * import { rm } from 'node:fs/promises';
   * import { BitCodes } from 'flyhash';
   * const codes = BitCodes.from(Uint8Array.of(1, 2, 3), 8);
   * await codes.save('codes.safetensors');
   * console.assert((await BitCodes.load('codes.safetensors')).equals(codes));
   * await rm('codes.safetensors');
   * ```
   */
  async save(path: string | URL, options: FileOptions = {}): Promise<void> {
    await saveParts(path, () => this[PARTS](), options);
  }

  /**
   * The object in bytes, which are copied, blocking the caller.
   *
   * @throws TypeError for another kind of bytes; FlyhashError: ERR_CORRUPT_FILE when they are not what was saved,
   * ERR_WRONG_KIND when another class saved them, ERR_FORMAT_TOO_NEW when a later version of the format did.
   */
  static fromBytes<Instance>(this: StoredClass<Instance>, bytes: Bytes): Instance {
    // biome-ignore lint/complexity/noThisInStatic: the class that the call names decides what is made
    const stored = checkClass(this, 'fromBytes');
    return madeFrom(partsOfBytes(bytes), (reader) => stored.fromParts(reader));
  }

  /**
   * The object in a file, in bytes or in a stream of bytes, read beside the event loop and checked before it is used.
   *
   * @param source a path, a file: URL, a Uint8Array, an ArrayBuffer, or a stream of Uint8Array: a Node Readable, a web
   * ReadableStream, or any async iterable.
   * @throws (rejects) as {@link fromBytes}; FlyhashError ERR_FILE when the system refuses to read, with its error as the
   * cause; the stream's own error; `signal.reason` when aborted.
   */
  static async load<Instance>(
    this: StoredClass<Instance>,
    source: Source,
    options: FileOptions = {},
  ): Promise<Instance> {
    // biome-ignore lint/complexity/noThisInStatic: the class that the call names decides what is made
    const stored = checkClass(this, 'load');
    const parts = await loadParts(source, options);
    return madeFrom(parts, (reader) => stored.fromParts(reader));
  }
}

/** Functions that were taken off their class do not know what to make. */
function checkClass<Instance>(
  stored: StoredClass<Instance> | undefined,
  name: string,
): StoredClass<Instance> {
  if (typeof stored?.fromParts === 'function') return stored;
  throw new TypeError(`${name} must be called on a class, as in SimHash.${name}(...)`);
}
