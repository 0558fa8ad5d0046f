/**
 * Indexes of commands: one that was saved; codes of the package or of `flyhash hash`, in an exact index over them; or vectors,
 * hashed by a model and found again by their codes, re-ranked by themselves.
 */

import { BitCodes } from '../codes/bit-codes.ts';
import { SparseCodes } from '../codes/sparse-codes.ts';
import { FlyhashError, wrongKind, wrongValue } from '../errors.ts';
import { ByteReader } from '../files/byte-reader.ts';
import { NPY_HEADER_BYTES } from '../files/npy-header.ts';
import { openVectors } from '../files/open-vectors.ts';
import { sha256 } from '../files/sha256.ts';
import { untilAborted } from '../files/sources.ts';
import type { Stored } from '../files/stored.ts';
import type { VectorFormat } from '../files/vector-formats.ts';
import type { Hasher } from '../hash/hasher.ts';
import { HammingIndex, InvertedIndex, LshIndex, VectorIndex } from '../index.ts';
import type { Metric } from '../search/metric.ts';
import type { Codes } from './code-formats.ts';
import { type Manifest, readManifest } from './manifest.ts';
import { loadStored, type Model } from './models.ts';

/** Any index. */
export type AnyIndex = HammingIndex | InvertedIndex | LshIndex | VectorIndex;

const isIndex = (stored: Stored): stored is AnyIndex =>
  [HammingIndex, InvertedIndex, LshIndex, VectorIndex].some((kind) => stored instanceof kind);

/** An exact index over codes. */
export function indexOfCodes(codes: Codes): HammingIndex | InvertedIndex {
  if (codes instanceof BitCodes) {
    const index = HammingIndex.create({ bits: codes.bits });
    index.add(codes);
    return index;
  }
  const index = InvertedIndex.create({ units: codes.units, active: codes.active });
  index.add(codes);
  return index;
}

/** The index in a file, or over the codes in it. */
export async function loadIndex(path: string, signal: AbortSignal): Promise<AnyIndex> {
  const stored = await loadStored(path, signal);
  if (isIndex(stored)) return stored;
  if (stored instanceof BitCodes || stored instanceof SparseCodes) return indexOfCodes(stored);
  throw new FlyhashError('ERR_WRONG_KIND', `${path} must be an index or codes, got a hasher`);
}

/** The bytes behind the header of an .npy file of codes, which must be those of its manifest. */
async function npyBytes(path: string, { output }: Manifest): Promise<Uint8Array> {
  const reader = await ByteReader.open(path);
  try {
    const hash = sha256();
    hash.update(await reader.need(NPY_HEADER_BYTES, 'the header'));
    const bytes = await reader.need(output.bytes - NPY_HEADER_BYTES, 'the codes');
    await reader.end();
    hash.update(bytes);
    if (Buffer.from(hash.digest()).toString('hex') === output.sha256) return bytes;
    const message = `${path} must be the ${output.bytes} bytes of its manifest, got others`;
    throw new FlyhashError('ERR_CORRUPT_FILE', message);
  } finally {
    reader.close();
  }
}

/** Codes that flyhash hash wrote as .npy, with their manifest; or those of the package. */
export async function loadCodes(path: string, signal: AbortSignal, model?: Model): Promise<Codes> {
  if (!path.endsWith('.npy')) {
    const stored = await loadStored(path, signal);
    if (stored instanceof BitCodes || stored instanceof SparseCodes) return stored;
    throw new FlyhashError('ERR_WRONG_KIND', `${path} must be codes, got a model or an index`);
  }
  const manifest = await readManifest(path);
  const { codes, model: own } = manifest;
  if (model !== undefined && own.sha256 !== model.sha256) {
    const message = `${path} must have codes of the model ${model.sha256}, got those of ${own.sha256}`;
    throw new FlyhashError('ERR_WRONG_MODEL', message);
  }
  const bytes = await npyBytes(path, manifest);
  if (codes.kind === 'BitCodes') return BitCodes.adopt(bytes, codes.bits);
  const { units, active } = codes;
  return SparseCodes.adopt(new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4), {
    units,
    active,
  });
}

/** How vectors are indexed. */
export interface VectorIndexing {
  readonly format: VectorFormat | undefined;
  readonly column: string | undefined;
  readonly key: string | undefined;
  readonly metric: Metric | undefined;
  readonly shortlist: number | undefined;
  readonly signal: AbortSignal;
}

/** An index over the vectors of a file. */
export async function indexOfVectors(
  path: string,
  model: Model | undefined,
  { format, column, key, metric, shortlist, signal }: VectorIndexing,
): Promise<AnyIndex> {
  const dim = model?.hasher.dim;
  const file = await openVectors(path, { format, column, keyColumn: key, dim });
  const isSparse =
    model !== undefined && model.hasher.hash(new Float32Array(0)) instanceof SparseCodes;
  let index: AnyIndex | undefined;
  try {
    for await (const { values, keys, dim: own } of untilAborted(
      file.blocks(0, Number.MAX_SAFE_INTEGER),
      signal,
    )) {
      if (dim !== undefined && own !== dim)
        throw wrongValue(`${path}: numbers of a row`, `${dim}, as the model has`, own);
      if (isSparse) {
        const codes = (await model.hasher.hashAsync(values, { signal })) as SparseCodes;
        index ??= InvertedIndex.create({ units: codes.units, active: codes.active });
        (index as InvertedIndex).add(codes, keys);
        continue;
      }
      const hasher = model?.hasher as Hasher<BitCodes> | undefined;
      index ??= VectorIndex.create({
        ...(hasher === undefined ? { dim: own } : { hasher }),
        ...(metric === undefined ? {} : { metric }),
        ...(shortlist === undefined ? {} : { shortlist }),
      });
      (index as VectorIndex).add(values, keys);
    }
  } finally {
    await file.close();
  }
  if (index === undefined) throw wrongKind(path, 'a file with at least one vector', undefined);
  return index;
}
