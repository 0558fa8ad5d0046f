/**
 * The work of `flyhash info`: what a file is. Files of the package are read piece by piece, header and checksum, without being
 * loaded; files of vectors from end to end, for their rows and what is odd among their numbers.
 */

import { FlyhashError } from '../errors.ts';
import { ByteReader } from '../files/byte-reader.ts';
import { FORMAT_VERSION, headerLength, LENGTH_BYTES, parseHeader } from '../files/header.ts';
import type { Json } from '../files/parts.ts';
import { DIGEST_BYTES, sha256 } from '../files/sha256.ts';
import { hasVectorEnding } from '../files/vector-formats.ts';
import { namingFile } from './file-faults.ts';
import type { InputOptions } from './input-options.ts';
import type { Running } from './run.ts';
import { openInput } from './vector-input.ts';

/** What a file of the package is. */
interface StoredFile {
  readonly file: string;
  readonly format: 'flyhash';
  readonly version: number;
  readonly kind: string;
  readonly parameters: Readonly<Record<string, Json>>;
  readonly tensors: readonly {
    readonly name: string;
    readonly type: string;
    readonly shape: readonly number[];
    readonly bytes: number;
  }[];
  readonly bytes: number;
  /** Of the whole file: what tells one model from another. */
  readonly sha256: string;
}

/** What a file of vectors is. */
interface VectorsFile {
  readonly file: string;
  readonly format: string;
  readonly bytes: number | null;
  readonly rows: number;
  readonly dim: number | null;
  readonly least: number | null;
  readonly largest: number | null;
  readonly zeroRows: number;
  /** Numbers that no hasher takes: NaN and infinities. */
  readonly notFinite: number;
  readonly firstNotFinite?: { readonly row: number; readonly column: number };
}

/** Bytes of a file of the package on their way through both digests: that of the file, and the one stored in it. */
class CheckedBytes {
  readonly #whole = sha256();
  readonly #content = sha256();
  readonly #reader: ByteReader;

  constructor(reader: ByteReader) {
    this.#reader = reader;
  }

  async take(count: number, what: string): Promise<Uint8Array> {
    const bytes = await this.#reader.need(count, what);
    this.#whole.update(bytes);
    this.#content.update(bytes);
    return bytes;
  }

  /** Reads the checksum, the last bytes; the SHA-256 of the whole file. */
  async end(): Promise<string> {
    const checksum = await this.#reader.need(DIGEST_BYTES, 'the checksum');
    await this.#reader.end();
    this.#whole.update(checksum);
    if (Buffer.from(this.#content.digest()).equals(checksum)) {
      return Buffer.from(this.#whole.digest()).toString('hex');
    }
    const message = 'file: the checksum must be the SHA-256 of the bytes before it, got another';
    throw new FlyhashError('ERR_CORRUPT_FILE', message);
  }
}

async function readStored(
  reader: ByteReader,
  { signal, onProgress }: Running,
): Promise<Omit<StoredFile, 'file' | 'format'>> {
  const bytes = new CheckedBytes(reader);
  const length = headerLength(await bytes.take(LENGTH_BYTES, 'the length of the header'));
  const { version, kind, parameters, entries } = parseHeader(
    await bytes.take(length, 'the header'),
  );
  if (version > FORMAT_VERSION) {
    const message = `file: format_version must be at most ${FORMAT_VERSION}, got ${version}`;
    throw new FlyhashError('ERR_FORMAT_TOO_NEW', message);
  }
  const total = entries.reduce((sum, entry) => sum + entry.bytes, reader.offset);
  while (reader.offset < total) {
    await bytes.take(Math.min(1 << 20, total - reader.offset), 'the data');
    signal.throwIfAborted();
    onProgress({ done: reader.offset, total, unit: 'bytes' });
  }
  const sha = await bytes.end();
  const tensors = entries.map((entry) => {
    return { name: entry.name, type: entry.kind.name, shape: entry.shape, bytes: entry.bytes };
  });
  return { version, kind, parameters, tensors, bytes: reader.offset, sha256: sha };
}

/** Reads a file of the package, whose checksum must be true. */
async function describeStored(path: string, running: Running): Promise<StoredFile> {
  const reader = await ByteReader.open(path, false);
  try {
    return {
      file: path,
      format: 'flyhash',
      ...(await namingFile(path, readStored(reader, running))),
    };
  } finally {
    reader.close();
  }
}

/** Numbers of a file, counted as they come. */
class NumberCount {
  rows = 0;
  zeroRows = 0;
  notFinite = 0;
  least = Number.POSITIVE_INFINITY;
  largest = Number.NEGATIVE_INFINITY;
  first: { readonly row: number; readonly column: number } | undefined;

  row(values: Float32Array, start: number, dim: number): void {
    let isZero = true;
    for (let i = 0; i < dim; i++) {
      const value = values[start + i];
      if (value !== 0) isZero = false;
      if (!Number.isFinite(value)) {
        this.notFinite++;
        this.first ??= { row: this.rows, column: i };
      } else {
        if (value < this.least) this.least = value;
        if (value > this.largest) this.largest = value;
      }
    }
    if (isZero) this.zeroRows++;
    this.rows++;
  }
}

async function describeVectors(
  options: InputOptions,
  { signal, onProgress }: Running,
): Promise<VectorsFile> {
  const file = await openInput(options);
  try {
    const count = new NumberCount();
    let dim = file.dim ?? null;
    for await (const block of file.blocks(0, Number.MAX_SAFE_INTEGER)) {
      signal.throwIfAborted();
      dim = block.dim;
      for (let i = 0; i < block.rows; i++) count.row(block.values, i * block.dim, block.dim);
      onProgress({ done: count.rows, total: file.rows, unit: 'rows' });
    }
    const { rows, zeroRows, notFinite, first } = count;
    const bound = (value: number): number | null => (Number.isFinite(value) ? value : null);
    const { name, format, bytes = null } = file;
    const found = {
      file: name,
      format,
      bytes,
      rows,
      dim,
      least: bound(count.least),
      largest: bound(count.largest),
    };
    return {
      ...found,
      zeroRows,
      notFinite,
      ...(first === undefined ? {} : { firstNotFinite: first }),
    };
  } finally {
    await file.close();
  }
}

/** Lines for people. */
function textOf(about: StoredFile | VectorsFile): string {
  if ('kind' in about) {
    const { file, kind, version, parameters, tensors, bytes, sha256: digest } = about;
    const arrays = tensors.map(
      ({ name, type, shape, bytes: own }) =>
        `  ${name}: ${type} ${shape.join(' x ')}, ${own} bytes`,
    );
    const settings = Object.entries(parameters).map(
      ([name, value]) => `  ${name}: ${JSON.stringify(value)}`,
    );
    return [
      `${file}: ${kind}, format ${version}, ${bytes} bytes`,
      ...settings,
      ...arrays,
      `  SHA-256 ${digest}`,
    ].join('\n');
  }
  const {
    file,
    format,
    rows,
    dim,
    least,
    largest,
    zeroRows,
    notFinite,
    firstNotFinite: first,
  } = about;
  const where =
    first === undefined ? '' : ` (the first in row ${first.row}, column ${first.column})`;
  const odd = [
    ...(zeroRows > 0 ? [`  ${zeroRows} rows are all zero`] : []),
    ...(notFinite > 0
      ? [`  ${notFinite} numbers are not finite${where}: no hasher takes them`]
      : []),
  ];
  return [
    `${file}: ${format}, ${rows} rows of ${dim ?? 0} numbers from ${least} to ${largest}`,
    ...odd,
  ].join('\n');
}

/** What the command is told. */
export interface InfoOptions extends Omit<InputOptions, 'in'> {
  readonly json?: boolean;
}

/** Describes files. */
export async function describeFiles(
  paths: readonly string[],
  options: InfoOptions,
  running: Running,
): Promise<void> {
  for (const path of paths) {
    const isStored = options.format === undefined && !hasVectorEnding(path);
    const about = isStored
      ? await describeStored(path, running)
      : await describeVectors({ ...options, in: path }, running);
    process.stdout.write(`${options.json === true ? JSON.stringify(about) : textOf(about)}\n`);
  }
}
