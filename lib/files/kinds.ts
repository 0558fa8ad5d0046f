/**
 * Which class reads which kind of file. A class names itself here when its module is loaded, so that neither this
 * module nor a class that holds any other (a VectorIndex its hasher) needs to import them all.
 */

import { FlyhashError } from '../errors.ts';
import type { PartsReader, Storable } from './parts.ts';

type ReadKind = (reader: PartsReader) => Storable;

const kinds = new Map<string, ReadKind>();

/** Tells that parts of this kind are read by that function. */
export function registerKind(kind: string, read: ReadKind): void {
  kinds.set(kind, read);
}

/**
 * The object in parts of any kind.
 *
 * @throws FlyhashError ERR_WRONG_KIND when no class of this version has it.
 */
export function readAnyKind(reader: PartsReader): Storable {
  const read = kinds.get(reader.kind);
  if (read !== undefined) return read(reader);
  const known = [...kinds.keys()].sort().join(', ');
  throw new FlyhashError(
    'ERR_WRONG_KIND',
    `file: kind must be one of ${known}, got ${JSON.stringify(reader.kind)}`,
  );
}
