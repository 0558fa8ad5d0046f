/**
 * Damage for files of every kind, in two manners: bytes changed, inserted, deleted and spliced as chance has it, with
 * the checksum left alone or put right; and parts that were changed before they were encoded again, so that header
 * and checksum are right and only what they say is wrong. A seed and a number make one damaged file again.
 */

import { bytesOfParts, partsOfBytes } from '../../lib/files/bytes.ts';
import type { Json, Parts, Tensor, TensorData } from '../../lib/files/parts.ts';
import { type RandomStream, stream } from '../../lib/random.ts';
import { withChecksum } from './stored.ts';

const NUMBERS = [
  0,
  -0,
  1,
  2,
  7,
  8,
  9,
  255,
  65535,
  2 ** 20,
  2 ** 24,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  -1,
  0.5,
  1e300,
];
const VALUES: readonly Json[] = [null, true, '', 'x', [], {}, [[[]]], { kind: 'SimHash' }];
const TEXTS = ['"', '{', '}', '[', ']', ',', ':', '0', '-', '9999999999', '"U8"', '\\u0000', 'e9'];

function pick<T>(random: RandomStream, list: readonly T[]): T {
  return list[random.below(list.length)];
}

function joined(...pieces: Uint8Array[]): Uint8Array {
  const result = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    result.set(piece, at);
    at += piece.length;
  }
  return result;
}

/** A place in a file: anywhere, or in its first bytes, where the structure is. */
function place(random: RandomStream, length: number): number {
  if (length === 0) return 0;
  return random.below(random.below(2) === 0 ? length : Math.min(length, 500));
}

type Change = (
  bytes: Uint8Array,
  random: RandomStream,
  others: readonly Uint8Array[],
) => Uint8Array;

const byteChanges: readonly Change[] = [
  (bytes, random) => {
    bytes[place(random, bytes.length)] ^= 1 << random.below(8);
    return bytes;
  },
  (bytes, random) => {
    bytes[place(random, bytes.length)] = random.below(256);
    return bytes;
  },
  (bytes, random) => {
    const text = new TextEncoder().encode(pick(random, TEXTS));
    const at = place(random, bytes.length);
    bytes.set(text.subarray(0, Math.max(0, bytes.length - at)), at);
    return bytes;
  },
  (bytes, random) => {
    const at = place(random, bytes.length);
    const more = Uint8Array.from({ length: 1 + random.below(40) }, () => random.below(256));
    return joined(bytes.subarray(0, at), more, bytes.subarray(at));
  },
  (bytes, random) => {
    const at = place(random, bytes.length);
    return joined(bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(40)));
  },
  (bytes, random) => {
    const at = place(random, bytes.length);
    const piece = bytes.slice(place(random, bytes.length)).subarray(0, random.below(100));
    return joined(bytes.subarray(0, at), piece, bytes.subarray(at + piece.length));
  },
  (bytes, random, others) => {
    const other = pick(random, others);
    const at = place(random, Math.min(bytes.length, other.length));
    return joined(bytes.subarray(0, at), other.subarray(at));
  },
];

function damagedBytes(file: Uint8Array, random: RandomStream, others: readonly Uint8Array[]) {
  let bytes: Uint8Array = file.slice();
  for (let count = 1 + random.below(4); count > 0; count--) {
    bytes = pick(random, byteChanges)(bytes, random, others);
  }
  return random.below(2) === 0 ? bytes : withChecksum(bytes.slice());
}

function number(random: RandomStream, now: number): number {
  switch (random.below(4)) {
    case 0:
      return now + 1;
    case 1:
      return now - 1;
    case 2:
      return random.below(40);
    default:
      return pick(random, NUMBERS);
  }
}

/** Entries of an object or list with one of them missing, added or changed. */
function changedEntries(entries: [string, Json][], random: RandomStream): [string, Json][] {
  const at = random.below(entries.length);
  const [key, inner] = entries[at];
  switch (random.below(8)) {
    case 0:
      return entries.filter((_, i) => i !== at);
    case 1:
      return [...entries, ['more', random.below(9)]];
    default:
      return entries.with(at, [key, changedJson(inner, random)]);
  }
}

/** The value with one of its leaves, or all of it, changed. */
function changedJson(value: Json, random: RandomStream): Json {
  if (typeof value === 'object' && value !== null && random.below(8) > 0) {
    const entries = Object.entries(value);
    if (entries.length > 0) {
      const changed = changedEntries(entries, random);
      return Array.isArray(value) ? changed.map(([, each]) => each) : Object.fromEntries(changed);
    }
  }
  if (typeof value === 'number' && random.below(4) > 0) return number(random, value);
  return random.below(2) === 0 ? pick(random, VALUES) : pick(random, NUMBERS);
}

function withElement(data: TensorData, random: RandomStream): TensorData {
  const bytes = new Uint8Array(
    data.buffer.slice(0) as ArrayBuffer,
    data.byteOffset,
    data.byteLength,
  );
  for (let count = 1 + random.below(3); count > 0 && bytes.length > 0; count--) {
    const at = random.below(bytes.length);
    bytes[at] = pick(random, [0, 1, 0x7f, 0x80, 0xff, random.below(256)]);
  }
  const kind = data.constructor as new (
    buffer: ArrayBufferLike,
    offset: number,
    length: number,
  ) => TensorData;
  return new kind(bytes.buffer, bytes.byteOffset, data.length);
}

/** The tensor with one side longer or shorter, its data going along. */
function withShape(tensor: Tensor, random: RandomStream): Tensor {
  if (random.below(4) === 0) return { ...tensor, shape: [tensor.data.length] };
  const shape = [...tensor.shape];
  const side = random.below(shape.length);
  shape[side] = Math.max(0, shape[side] + pick(random, [-1, 1, 1, 7, -shape[side]]));
  const length = shape.reduce((product, size) => product * size, 1);
  const kind = tensor.data.constructor as new (length: number) => TensorData;
  const data = new kind(length);
  data.set(tensor.data.subarray(0, length) as never);
  return { ...tensor, shape, data };
}

function withKind(tensor: Tensor, random: RandomStream): Tensor {
  const Kind = pick(random, [Uint8Array, Int8Array, Uint16Array, Uint32Array, Float32Array]);
  const numbers = Array.from(tensor.data as Uint8Array, Number);
  return { ...tensor, data: Kind.from(numbers) };
}

function changedTensor(tensor: Tensor, random: RandomStream): Tensor {
  switch (random.below(8)) {
    case 0:
      return withKind(tensor, random);
    case 1:
      return { ...tensor, name: `${tensor.name}x` };
    case 2:
    case 3:
      return withShape(tensor, random);
    default:
      return { ...tensor, data: withElement(tensor.data, random) };
  }
}

function changedParts(parts: Parts, random: RandomStream, others: readonly Uint8Array[]): Parts {
  const tensors = [...parts.tensors];
  const at = random.below(tensors.length);
  switch (random.below(9)) {
    case 0:
      return { ...parts, kind: partsOfBytes(pick(random, others)).kind };
    case 1:
      return { ...parts, tensors: tensors.filter((_, i) => i !== at) };
    case 2:
      return { ...parts, parameters: partsOfBytes(pick(random, others)).parameters };
    case 3:
    case 4:
    case 5:
      return { ...parts, parameters: changedJson(parts.parameters, random) as Parts['parameters'] };
    default:
      tensors[at] = changedTensor(tensors[at], random);
      return { ...parts, tensors };
  }
}

function damagedParts(file: Uint8Array, random: RandomStream, others: readonly Uint8Array[]) {
  let parts = partsOfBytes(file);
  for (let count = 1 + random.below(3); count > 0; count--) {
    parts = changedParts(parts, random, others);
    if (parts.tensors.length === 0) break;
  }
  return bytesOfParts(parts);
}

/** Damaged file `index` made from these; equal seeds and indexes give equal bytes. */
export function damaged(files: readonly Uint8Array[], seed: number, index: number): Uint8Array {
  const random = stream(seed, 'evaluation', index);
  const file = pick(random, files);
  return random.below(2) === 0
    ? damagedBytes(file, random, files)
    : damagedParts(file, random, files);
}
