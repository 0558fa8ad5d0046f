/**
 * The container: parts to bytes and back (docs/formats.md). A file is a header, the tensors, and the SHA-256 of all
 * of that. Reading is a generator that asks for bytes, so that one text serves memory, files and streams. It takes
 * nothing on trust: no tensor is allocated before the file is known to be that long (a stream: before its bytes have
 * come), and nothing is interpreted before the checksum was compared.
 */

import { FlyhashError } from '../errors.ts';
import {
  type Entry,
  encodeHeader,
  FORMAT_VERSION,
  headerLength,
  inFileOrder,
  LENGTH_BYTES,
  parseHeader,
} from './header.ts';
import type { Parts, Tensor } from './parts.ts';
import { DIGEST_BYTES, type Sha256 } from './sha256.ts';

/** Bytes that are read, hashed or written between two turns of the event loop: half a millisecond of hashing. */
export const PIECE_BYTES: number = 2 ** 20;

/** A file about to be written: everything before the checksum, in order, and the size with it. */
export interface Encoded {
  readonly pieces: readonly Uint8Array[];
  readonly bytes: number;
}

const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Files are little-endian, and arrays are stored as they lie in memory. */
function checkByteOrder(): void {
  if (IS_LITTLE_ENDIAN) return;
  const message = 'files must be read and written by a little-endian machine, got a big-endian one';
  throw new FlyhashError('ERR_BACKEND', message);
}

/** Parts as the bytes of their header and of each tensor; nothing is copied. */
export function encoded(parts: Parts): Encoded {
  checkByteOrder();
  const tensors = inFileOrder(parts.tensors);
  const data = tensors.map(({ data: { buffer, byteOffset, byteLength } }) => {
    return new Uint8Array(buffer, byteOffset, byteLength);
  });
  const pieces = [encodeHeader(parts, tensors), ...data];
  const bytes = pieces.reduce((sum, piece) => sum + piece.length, DIGEST_BYTES);
  return { pieces, bytes };
}

/** What a reader asks for. */
export interface Demand {
  /** This many bytes, the next of the file, in memory of their own. */
  readonly bytes: number;
  /** What they are, for the error when there are not as many. */
  readonly what: string;
  /** Whether they count for the checksum. */
  readonly isHashed: boolean;
  /** Bytes of the file as far as is known. */
  readonly total: number | undefined;
}

/** A reader of one container, which yields demands, takes their bytes, and returns the parts. */
export type ContainerReader = Generator<Demand, Parts, Uint8Array>;

/**
 * Reads a container of `size` bytes, or of a size that is not known. Whoever drives it hashes what is to be hashed.
 *
 * @throws FlyhashError ERR_CORRUPT_FILE, ERR_FORMAT_TOO_NEW
 */
export function* readContainer(size: number | undefined, hash: Sha256): ContainerReader {
  checkByteOrder();
  const demand = (bytes: number, what: string, total = size): Demand => {
    return { bytes, what, isHashed: true, total };
  };
  const length = headerLength(yield demand(LENGTH_BYTES, 'the length of the header'));
  const header = parseHeader(yield demand(length, 'the header'));
  const start = LENGTH_BYTES + length;
  if (header.version > FORMAT_VERSION) {
    if (size !== undefined) yield* skipChecked(start, size, hash);
    throw tooNew(header.version);
  }
  const total = header.entries.reduce((sum, { bytes }) => sum + bytes, start + DIGEST_BYTES);
  if (size !== undefined && size !== total) throw otherSize(total, size);
  const tensors: Tensor[] = [];
  for (const entry of header.entries) {
    tensors.push(tensorOf(entry, yield demand(entry.bytes, `tensor ${entry.name}`, total)));
  }
  yield* check(hash, total);
  return { kind: header.kind, parameters: header.parameters, tensors };
}

/** Compares the checksum, the next bytes of the file. */
function* check(hash: Sha256, total: number): Generator<Demand, void, Uint8Array> {
  const expected = hash.digest();
  const stored = yield { bytes: DIGEST_BYTES, what: 'the checksum', isHashed: false, total };
  if (expected.every((byte, i) => byte === stored[i])) return;
  throw new FlyhashError(
    'ERR_CORRUPT_FILE',
    'file: the checksum must be the SHA-256 of the bytes before it, got another: the file was changed or cut',
  );
}

/** A newer version is only said of a file that is whole: every version ends with this checksum. */
function* skipChecked(
  start: number,
  size: number,
  hash: Sha256,
): Generator<Demand, void, Uint8Array> {
  const end = size - DIGEST_BYTES;
  if (end < start) throw otherSize(start + DIGEST_BYTES, size);
  for (let at = start; at < end; at += PIECE_BYTES) {
    const bytes = Math.min(PIECE_BYTES, end - at);
    yield { bytes, what: 'the data', isHashed: true, total: size };
  }
  yield* check(hash, size);
}

function otherSize(expected: number, size: number): FlyhashError {
  const message = `file: the file must have ${expected} bytes, as its header says, got ${size}`;
  return new FlyhashError('ERR_CORRUPT_FILE', message);
}

/** The fault of a file that ends too early. */
export function cutShort({ what }: Demand): FlyhashError {
  return new FlyhashError(
    'ERR_CORRUPT_FILE',
    `file: ${what} must be whole, got the end of the file`,
  );
}

function tooNew(version: number): FlyhashError {
  return new FlyhashError(
    'ERR_FORMAT_TOO_NEW',
    `file: format_version must be at most ${FORMAT_VERSION}, got ${version}: a newer flyhash wrote it, which can read it`,
  );
}

function tensorOf({ name, kind, shape, bytes }: Entry, memory: Uint8Array): Tensor {
  const data = new kind(memory.buffer, memory.byteOffset, bytes / kind.BYTES_PER_ELEMENT);
  return { name, shape, data };
}
