/** Models of commands: hashers and whatever else was saved, loaded with an error that names the file. */

import { modelHash } from '../engines/model-hash.ts';
import { FlyhashError } from '../errors.ts';
import { PARTS } from '../files/parts.ts';
import type { Stored } from '../files/stored.ts';
import { Hasher } from '../hash/hasher.ts';
import { load } from '../index.ts';
import type { Codes } from './code-formats.ts';
import { namingFile } from './file-faults.ts';

/** A hasher with what tells it from others. */
export interface Model {
  readonly hasher: Hasher<Codes>;
  readonly kind: string;
  /** SHA-256 of its bytes. */
  readonly sha256: string;
}

/** What was saved in a file, with the file's name in the errors. */
export async function loadStored(path: string, signal: AbortSignal): Promise<Stored> {
  return namingFile(path, load(path, { signal }));
}

/** The hasher in a file. */
export async function loadHasher(path: string, signal: AbortSignal): Promise<Model> {
  const stored = await loadStored(path, signal);
  const { kind } = stored[PARTS]();
  if (stored instanceof Hasher) return { hasher: stored, kind, sha256: modelHash(stored) };
  throw new FlyhashError('ERR_WRONG_KIND', `${path} must be a hasher, got a ${kind}`);
}
