/**
 * What an index of an engine says of itself where it is stored, as JSON in a comment or description: its kind and
 * sizes, and whose codes it has. It is opened only as what it says.
 */

import { FlyhashError } from '../errors.ts';
import type { Json } from '../files/parts.ts';
import type { EngineSettings } from './engine-index.ts';
import { expectModel } from './model-hash.ts';

const FORMAT = 1;

/** What an index is, besides what every index has. */
export interface EngineKind {
  readonly kind: string;
  readonly sizes: Readonly<Record<string, Json>>;
}

/** The text that an index leaves. */
export function commentOf(settings: EngineSettings, { kind, sizes }: EngineKind): string {
  const { model, keys, vectorDim = 0 } = settings;
  return JSON.stringify({ flyhash: FORMAT, kind, ...sizes, keyType: keys.kind, vectorDim, model });
}

function parsed(comment: string | null): Record<string, Json> | undefined {
  try {
    const value: unknown = JSON.parse(comment ?? '');
    const isOurs = typeof value === 'object' && value !== null && 'flyhash' in value;
    return isOurs ? (value as Record<string, Json>) : undefined;
  } catch {
    return undefined;
  }
}

/** Throws unless what is stored at `where` says that it is what `own` says. */
export function expectComment(where: string, comment: string | null, own: string): void {
  const got = parsed(comment);
  const wanted = JSON.parse(own) as Record<string, Json>;
  if (got === undefined) {
    const message = `${where} must be made by flyhash, got one whose comment does not say so`;
    throw new FlyhashError('ERR_WRONG_KIND', message);
  }
  if (typeof got.flyhash === 'number' && got.flyhash > FORMAT) {
    const message = `${where} must be of format ${FORMAT}, got ${got.flyhash}: update flyhash`;
    throw new FlyhashError('ERR_FORMAT_TOO_NEW', message);
  }
  for (const [name, value] of Object.entries(wanted)) {
    const [one, other] = [JSON.stringify(value), JSON.stringify(got[name])];
    if (name === 'model' || one === other) continue;
    throw new FlyhashError('ERR_WRONG_KIND', `${where} must have ${name} ${one}, got ${other}`);
  }
  expectModel(where, String(got.model), String(wanted.model));
}
