/**
 * Keys as engines hold them: all of an index are numbers, or all are strings, since a column has one type. Numbers
 * are safe integers in 64 bits, and one that an engine gives back is never rounded: what is no safe integer is an
 * error. Where distances tie, results are in the order of keys: numbers ascending, strings by their code points.
 */

import { checkOneOf } from '../check.ts';
import { FlyhashError, wrongKind, wrongValue } from '../errors.ts';
import { checkKey, checkKeys, type Key } from '../search/keys.ts';

/** What the keys of an index are. */
export type KeyKind = 'number' | 'string';

export const KEY_KINDS: readonly KeyKind[] = ['number', 'string'];

/** The kind of keys of an index, numbers unless it is said. */
export function checkKeyKind(value: unknown): KeyKind {
  return value === undefined ? 'number' : checkOneOf(value, 'keyType', KEY_KINDS);
}

/** What keys an index takes. */
export interface KeyRule {
  readonly kind: KeyKind;
  /** Characters that no string may have, and what they are called. */
  readonly forbidden: RegExp;
  readonly forbiddenName: string;
  /** Most bytes of a string in UTF-8. */
  readonly mostBytes: number;
}

const EXPECTED = { number: 'a safe integer', string: 'a string' } as const;

/** A key that the index takes. */
export function checkKeyOf(rule: KeyRule, value: unknown, name: string): Key {
  const key = checkKey(value, name);
  if (typeof key !== rule.kind) {
    throw wrongKind(name, `${EXPECTED[rule.kind]}, as the keys of the index`, key);
  }
  if (typeof key !== 'string') return key;
  if (rule.forbidden.test(key)) {
    throw wrongValue(name, `a string without ${rule.forbiddenName}`, key);
  }
  const mostLength = Math.floor(rule.mostBytes / 3); // so many units are never too many bytes
  if (key.length > mostLength && new TextEncoder().encode(key).length > rule.mostBytes) {
    throw wrongValue(name, `a string of at most ${rule.mostBytes} bytes of UTF-8`, key);
  }
  return key;
}

/** A copy of the keys of a batch, each one that the index takes. */
export function checkKeysOf(rule: KeyRule, keys: unknown, name = 'keys'): Key[] {
  return checkKeys(keys, name).map((key, i) => checkKeyOf(rule, key, `${name}[${i}]`));
}

/** One key for each of `rows` rows, no two alike. */
export function checkRowKeys(rule: KeyRule, keys: unknown, rows: number): Key[] {
  const checked = checkKeysOf(rule, keys);
  if (checked.length !== rows) {
    throw new RangeError(`keys must be ${rows}, one for each row, got ${checked.length}`);
  }
  const seen = new Set<Key>();
  for (const [i, key] of checked.entries()) {
    if (seen.has(key)) throw wrongValue(`keys[${i}]`, 'another key than those before it', key);
    seen.add(key);
  }
  return checked;
}

/** A key as an engine gave it. */
export function keyFrom(kind: KeyKind, value: unknown): Key {
  if (kind === 'string' && typeof value === 'string') return value;
  const number = Number(value);
  if (kind === 'number' && Number.isSafeInteger(number)) return number;
  const message = `key of the index must be ${EXPECTED[kind]}, got ${String(value)}`;
  throw new FlyhashError('ERR_ENGINE', message);
}

/** UTF-16 puts surrogates below the characters from U+E000 on, code points put them above. */
function codePointPlace(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** The order of keys of one kind. */
export function compareKeys(a: Key, b: Key): number {
  if (typeof a === 'number' || typeof b === 'number') return Number(a) - Number(b);
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = codePointPlace(a.charCodeAt(i)) - codePointPlace(b.charCodeAt(i));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
