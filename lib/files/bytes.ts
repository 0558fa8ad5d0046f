/**
 * Containers in memory: parts to one array of bytes and back, blocking the caller. For databases and sockets; files
 * of any size go through save.ts and load.ts. The bytes given are copied, so that nobody can change what was checked.
 */

import { alignedArray } from '../backend/aligned-memory.ts';
import { isDetached } from '../check.ts';
import { withoutMemory, wrongKind } from '../errors.ts';
import {
  type ContainerReader,
  cutShort,
  type Demand,
  encoded,
  PIECE_BYTES,
  readContainer,
} from './container.ts';
import type { Parts } from './parts.ts';
import { type Sha256, sha256 } from './sha256.ts';

/** Bytes that hold a container. */
export type Bytes = Uint8Array | ArrayBuffer;

/** Calls visit with the parts of `length` that are at most a piece long. */
export function forEachPiece(length: number, visit: (start: number, end: number) => void): void {
  for (let start = 0; start < length; start += PIECE_BYTES) {
    visit(start, Math.min(start + PIECE_BYTES, length));
  }
}

/** The container of these parts. */
export function bytesOfParts(parts: Parts): Uint8Array {
  const { pieces, bytes } = encoded(parts);
  const result = alignedArray(Uint8Array, 1, bytes, 'bytes');
  const hash = sha256();
  let at = 0;
  for (const piece of pieces) {
    forEachPiece(piece.length, (start, end) => {
      // What is hashed is the copy: the original may be shared with a thread that writes.
      const copy = result.subarray(at + start, at + end);
      copy.set(piece.subarray(start, end));
      hash.update(copy);
    });
    at += piece.length;
  }
  result.set(hash.digest(), at);
  return result;
}

/** The bytes as a plain Uint8Array, checked. */
export function checkedBytes(bytes: unknown, name: string): Uint8Array {
  if (bytes instanceof ArrayBuffer) return new Uint8Array(bytes);
  if (!(bytes instanceof Uint8Array)) throw wrongKind(name, 'a Uint8Array or ArrayBuffer', bytes);
  if (isDetached(bytes)) throw withoutMemory(name);
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * The parts in a container.
 *
 * @throws TypeError for another kind of bytes; FlyhashError ERR_CORRUPT_FILE, ERR_FORMAT_TOO_NEW.
 */
export function partsOfBytes(given: Bytes): Parts {
  const bytes = checkedBytes(given, 'bytes');
  const hash = sha256();
  const reader: ContainerReader = readContainer(bytes.length, hash);
  let at = 0;
  let step = reader.next();
  while (step.done !== true) {
    const demand = step.value;
    if (demand.bytes > bytes.length - at) throw cutShort(demand);
    step = reader.next(taken(bytes.subarray(at, at + demand.bytes), demand, hash));
    at += demand.bytes;
  }
  return step.value;
}

function taken(bytes: Uint8Array, { isHashed }: Demand, hash: Sha256): Uint8Array {
  const own = alignedArray(Uint8Array, 1, bytes.length, 'file');
  forEachPiece(bytes.length, (start, end) => {
    const piece = own.subarray(start, end);
    piece.set(bytes.subarray(start, end));
    if (isHashed) hash.update(piece);
  });
  return own;
}
