/** Opening a file of any kind, for programs that do not know what is in it. */

import { readAnyKind } from './kinds.ts';
import { loadParts } from './load.ts';
import type { FileOptions } from './save.ts';
import type { Source } from './sources.ts';
import { madeFrom, type Stored } from './stored.ts';

/**
 * The model, codes or index in a file, in bytes or in a stream of bytes, whatever it is: an object of the class that
 * saved it. Where the class is known, its own `load` says so in its type.
 *
 * @param source as for {@link Stored.load}.
 * @throws (rejects) as {@link Stored.load}.
 *
 * @example
 * ```ts
 * import { FlyHash, load } from 'flyhash';
 * const model = await load(FlyHash.create({ dim: 10, seed: 1 }).toBytes());
 * console.assert(model instanceof FlyHash && model.dim === 10);
 * ```
 */
export async function load(source: Source, options: FileOptions = {}): Promise<Stored> {
  const parts = await loadParts(source, options);
  return madeFrom(parts, (reader) => readAnyKind(reader) as Stored);
}
