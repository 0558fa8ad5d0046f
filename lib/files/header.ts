/**
 * The header of a file: the safetensors layout (huggingface/safetensors, README, "Format") with the rules that
 * docs/formats.md adds. Eight bytes say how long the JSON is, which is padded with spaces until the data starts at a
 * multiple of 64; the JSON names the tensors in the order of their data, biggest elements first, so that each one is
 * aligned and there are no holes; `__metadata__` says what the file is. The last tensor is the checksum.
 * Writing is canonical: equal parts give equal bytes. Reading believes nothing.
 */

import { MAX_BYTES } from '../check.ts';
import { FlyhashError } from '../errors.ts';
import { parseJson } from './json.ts';
import { corrupt, type Json, type Parts, type Tensor, type TensorData } from './parts.ts';
import { DIGEST_BYTES } from './sha256.ts';

/** What `__metadata__.format` says. */
const FORMAT = 'flyhash';

/** The version that is written, and the newest that is read. */
export const FORMAT_VERSION: number = 1;

/** Bytes of the number that a file begins with. */
export const LENGTH_BYTES: number = 8;

/** Data starts at a multiple of this: a cache line, and the largest vector of any processor here. */
const ALIGNMENT = 64;

/** Most bytes of JSON; the indexes here need about a thousand. */
const MAX_HEADER_BYTES = 2 ** 20;

/** The tensor that holds the SHA-256 of every byte before it. */
const CHECKSUM = 'sha256';

const METADATA = '__metadata__';
const METADATA_KEYS = ['format', 'format_version', 'kind', 'parameters'] as const;
const NAME = /^[A-Za-z][\w.-]{0,99}$/;

type TensorKind = {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): TensorData;
};

const DTYPES: ReadonlyMap<string, TensorKind> = new Map<string, TensorKind>([
  ['F64', Float64Array],
  ['I64', BigInt64Array],
  ['U64', BigUint64Array],
  ['F32', Float32Array],
  ['I32', Int32Array],
  ['U32', Uint32Array],
  ['I16', Int16Array],
  ['U16', Uint16Array],
  ['I8', Int8Array],
  ['U8', Uint8Array],
]);

/** A tensor as the header describes it. */
export interface Entry {
  readonly name: string;
  readonly kind: TensorKind;
  readonly shape: readonly number[];
  readonly bytes: number;
}

/** What a header says. */
export interface Header {
  readonly version: number;
  readonly kind: string;
  readonly parameters: Readonly<Record<string, Json>>;
  /** In the order of their data; without the checksum. */
  readonly entries: readonly Entry[];
}

function dtypeOf(data: TensorData): string {
  for (const [dtype, kind] of DTYPES) if (data instanceof kind) return dtype;
  throw new TypeError('internal: no dtype for the data of a tensor');
}

/** The tensors in the order of their data: biggest elements first, else as given. */
export function inFileOrder(tensors: readonly Tensor[]): Tensor[] {
  return [...tensors].sort((a, b) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
}

/** The first bytes of a file: the length, the JSON and its padding. Tensors are in file order. */
export function encodeHeader(parts: Parts, tensors: readonly Tensor[]): Uint8Array {
  const header: Record<string, unknown> = {
    [METADATA]: {
      format: FORMAT,
      format_version: String(FORMAT_VERSION),
      kind: parts.kind,
      parameters: JSON.stringify(parts.parameters),
    },
  };
  let start = 0;
  const describe = (name: string, dtype: string, shape: readonly number[], bytes: number): void => {
    header[name] = { dtype, shape, data_offsets: [start, start + bytes] };
    start += bytes;
  };
  for (const { name, shape, data } of tensors) {
    describe(name, dtypeOf(data), shape, data.byteLength);
  }
  describe(CHECKSUM, 'U8', [DIGEST_BYTES], DIGEST_BYTES);
  const json = new TextEncoder().encode(JSON.stringify(header));
  const length = Math.ceil((LENGTH_BYTES + json.length) / ALIGNMENT) * ALIGNMENT - LENGTH_BYTES;
  if (length > MAX_HEADER_BYTES) {
    throw new RangeError(`parameters must fit ${MAX_HEADER_BYTES} bytes of JSON, got ${length}`);
  }
  const bytes = new Uint8Array(LENGTH_BYTES + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, LENGTH_BYTES);
  return bytes;
}

/** The length that the first eight bytes say, when there can be a header of that many bytes. */
export function headerLength(bytes: Uint8Array): number {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length < 2n || length > BigInt(MAX_HEADER_BYTES)) {
    throw corrupt('header length', `from 2 to ${MAX_HEADER_BYTES}`, String(length));
  }
  return Number(length);
}

function objectOf(value: unknown, name: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw corrupt(name, 'an object', typeof value);
}

function jsonOf(text: string, name: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (cause) {
    throw new FlyhashError('ERR_CORRUPT_FILE', `file: ${name} must be JSON, got other text`, {
      cause,
    });
  }
  return objectOf(value, name);
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    const message = 'file: header must be UTF-8, got other bytes';
    throw new FlyhashError('ERR_CORRUPT_FILE', message, { cause });
  }
}

/** What the JSON of a header says; of a version that is not known, only which one it is. */
export function parseHeader(bytes: Uint8Array): Header {
  const { [METADATA]: metadata = {}, ...tensors } = jsonOf(textOf(bytes), 'header');
  const about = objectOf(metadata, METADATA);
  if (about.format !== FORMAT) {
    throw corrupt(`${METADATA}.format`, `"${FORMAT}" in a flyhash file`, about.format ?? 'none');
  }
  const version = versionOf(about.format_version);
  if (version > FORMAT_VERSION) return { version, kind: '', parameters: {}, entries: [] };
  if ((LENGTH_BYTES + bytes.length) % ALIGNMENT !== 0) {
    throw corrupt('header length', `8 less than a multiple of ${ALIGNMENT}`, bytes.length);
  }
  for (const key of Object.keys(about)) {
    if (!(METADATA_KEYS as readonly string[]).includes(key)) {
      throw corrupt(METADATA, `an object of ${METADATA_KEYS.join(', ')}`, key);
    }
  }
  const { kind, parameters } = about;
  if (typeof kind !== 'string' || !NAME.test(kind)) throw corrupt('kind', 'a name', kind);
  if (typeof parameters !== 'string') throw corrupt('parameters', 'a text of JSON', parameters);
  const object = jsonOf(parameters, 'parameters') as Record<string, Json>;
  return { version, kind, parameters: object, entries: entriesOf(tensors) };
}

function versionOf(value: unknown): number {
  if (typeof value !== 'string' || !/^[1-9][0-9]{0,8}$/.test(value)) {
    throw corrupt('format_version', 'a whole number from 1', value);
  }
  return Number(value);
}

/** The tensors, each where the one before it ends; the checksum, the last one, is checked and left out. */
function entriesOf(tensors: Record<string, unknown>): Entry[] {
  const entries: Entry[] = [];
  let start = 0;
  for (const [name, value] of Object.entries(tensors)) {
    if (!NAME.test(name)) throw corrupt('the name of a tensor', 'letters, digits, . _ -', name);
    const entry = entryOf(name, objectOf(value, `tensor ${name}`), start);
    entries.push(entry);
    start += entry.bytes;
  }
  const last = entries.pop();
  if (last?.name !== CHECKSUM) throw corrupt('the last tensor', CHECKSUM, last?.name ?? 'none');
  const isDigest = last.kind === Uint8Array && last.shape.length === 1;
  if (!isDigest || last.bytes !== DIGEST_BYTES) {
    throw corrupt(`tensor ${CHECKSUM}`, `U8 of shape [${DIGEST_BYTES}]`, last.shape);
  }
  return entries;
}

function entryOf(name: string, value: Record<string, unknown>, start: number): Entry {
  const label = `tensor ${name}`;
  const { dtype, shape, data_offsets: offsets, ...rest } = value;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw corrupt(`${label}.${unknown}`, 'absent', 'a value');
  const kind = typeof dtype === 'string' ? DTYPES.get(dtype) : undefined;
  if (kind === undefined) throw corrupt(`${label}.dtype`, `one of ${[...DTYPES.keys()]}`, dtype);
  const bytes = bytesOfShape(label, shape, kind.BYTES_PER_ELEMENT);
  if (start % kind.BYTES_PER_ELEMENT !== 0) {
    throw corrupt(`${label}.data_offsets`, 'a multiple of its element size', start);
  }
  const isNext = Array.isArray(offsets) && offsets.length === 2 && offsets[0] === start;
  if (!isNext || offsets[1] !== start + bytes) {
    throw corrupt(`${label}.data_offsets`, JSON.stringify([start, start + bytes]), offsets);
  }
  return { name, kind, shape: shape as number[], bytes };
}

function bytesOfShape(label: string, shape: unknown, elementBytes: number): number {
  if (!Array.isArray(shape)) throw corrupt(`${label}.shape`, 'a list of sizes', shape);
  let bytes = elementBytes;
  for (const size of shape as unknown[]) {
    if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
      throw corrupt(`${label}.shape`, 'a list of sizes', shape);
    }
    bytes *= size;
  }
  if (bytes <= MAX_BYTES) return bytes;
  throw corrupt(`${label}.shape`, `of at most ${MAX_BYTES} bytes`, shape);
}
