/**
 * What a model is told by in an engine: the SHA-256 of its bytes. Codes of two models look alike and mean nothing to
 * each other, so an index of an engine remembers whose codes it has, and is not opened for those of another.
 */

import { FlyhashError, wrongKind, wrongValue } from '../errors.ts';
import { sha256 } from '../files/sha256.ts';
import { Stored } from '../files/stored.ts';

/** A model, or what {@link modelHash} gave for it. */
export type Model = Stored | string;

const HASH = /^[0-9a-f]{64}$/;

/**
 * The SHA-256 of a model's bytes as 64 hexadecimal digits: equal for equal models, on every machine.
 *
 * @throws TypeError when it is no model of this package.
 *
 * @example
 * ```ts
 * import { SimHash } from 'flyhash';
 * import { modelHash } from 'flyhash/pgvector';
 * const hasher = SimHash.create({ dim: 4, bits: 16, seed: 1 });
 * console.assert(modelHash(hasher) === modelHash(SimHash.fromBytes(hasher.toBytes())));
 * ```
 */
export function modelHash(model: Stored): string {
  if (!(model instanceof Stored)) throw wrongKind('model', 'a hasher of this package', model);
  const digest = sha256();
  digest.update(model.toBytes());
  return Array.from(digest.digest(), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The hash of a model that is given either way. */
export function checkModel(model: unknown): string {
  if (typeof model !== 'string') return modelHash(model as Stored);
  if (!HASH.test(model)) throw wrongValue('model', 'a hasher or its hash of 64 digits', model);
  return model;
}

/** Throws when the codes of an index are those of another model. */
export function expectModel(where: string, stored: string, own: string): void {
  if (stored === own) return;
  const message = `${where} must have codes of the model ${own}, got those of ${stored}`;
  throw new FlyhashError('ERR_WRONG_MODEL', message);
}
