/**
 * The manifest beside hashed codes: what they were made from and with, which rows they are, and the SHA-256 of the file.
 * Equal work gives equal bytes, wherever and whenever it runs: there is no time and no machine in it. A file of codes
 * without a manifest was not finished.
 */

import { readFile, rm } from 'node:fs/promises';
import { FlyhashError } from '../errors.ts';
import { parseJson } from '../files/json.ts';
import { refused } from '../files/paths.ts';
import type { CodeFormat } from './code-endings.ts';
import type { CodeShape } from './code-formats.ts';
import { writeText } from './output.ts';

/** The version of manifests that is written and read. */
const MANIFEST_VERSION = 1;

/** What a file of codes is. */
export interface Manifest {
  readonly flyhash: 'codes';
  readonly version: number;
  readonly model: { readonly kind: string; readonly sha256: string };
  readonly input: {
    /** Its name without folders. */
    readonly name: string;
    readonly format: string;
    /** Bytes of the file; null for a stream. */
    readonly bytes: number | null;
    readonly dim: number;
  };
  /** Rows of the input from first to before end, of that many; null where the input was not read to its end. */
  readonly rows: { readonly first: number; readonly end: number; readonly of: number | null };
  readonly codes: CodeShape;
  readonly output: {
    readonly name: string;
    readonly format: CodeFormat;
    readonly bytes: number;
    readonly sha256: string;
  };
}

/** Where the manifest of a file is. */
export function manifestPath(output: string): string {
  return `${output}.manifest.json`;
}

export async function writeManifest(path: string, manifest: Manifest): Promise<void> {
  await writeText(path, `${JSON.stringify(manifest, undefined, 2)}\n`);
}

/** Takes an old manifest away before the file that it describes is replaced. */
export async function removeManifest(path: string): Promise<void> {
  await rm(path, { force: true }).catch((error: unknown) => {
    throw refused(path, 'a file that can be replaced', error);
  });
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

/** Whether it is what writeManifest wrote, in all that is used here. */
function isManifest(value: unknown): value is Manifest {
  const { flyhash, model, input, rows, codes, output } = (value ?? {}) as Partial<Manifest>;
  return (
    flyhash === 'codes' &&
    typeof model?.sha256 === 'string' &&
    typeof input?.name === 'string' &&
    isCount(rows?.first) &&
    isCount(rows?.end) &&
    (rows?.of === null || isCount(rows?.of)) &&
    isCount(codes?.rowBytes) &&
    isCount(output?.bytes) &&
    typeof output?.sha256 === 'string'
  );
}

/** The manifest of a file of codes. */
export async function readManifest(output: string): Promise<Manifest> {
  const path = manifestPath(output);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw refused(path, 'the manifest of codes that are complete', error);
  });
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (cause) {
    throw new FlyhashError('ERR_CORRUPT_FILE', `${path} must be JSON, got other text`, { cause });
  }
  if (!isManifest(value)) {
    throw new FlyhashError(
      'ERR_CORRUPT_FILE',
      `${path} must be a manifest of codes, got other JSON`,
    );
  }
  if (value.version === MANIFEST_VERSION) return value;
  const message = `${path}: version must be ${MANIFEST_VERSION}, got ${value.version}`;
  throw new FlyhashError('ERR_FORMAT_TOO_NEW', message);
}

/** A manifest of this version. */
export function manifestOf(parts: Omit<Manifest, 'flyhash' | 'version'>): Manifest {
  return { flyhash: 'codes', version: MANIFEST_VERSION, ...parts };
}
