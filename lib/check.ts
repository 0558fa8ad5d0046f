/**
 * Checks of arguments, made once, first thing in every public function, so that nothing below them needs to
 * doubt its input. Each returns the checked value or throws one of the sentences of errors.ts.
 */

import { noMemoryFor, withoutMemory, wrongKind, wrongValue } from './errors.ts';

/** Most bytes that one typed array may have here: safe on every supported Node version. */
export const MAX_BYTES: number = 2 ** 32;

/** Most threads of one call. */
export const MAX_THREADS: number = 256;

/** A whole number from `least` to `most`. */
export function checkInteger(value: unknown, name: string, least: number, most: number): number {
  if (typeof value !== 'number') throw wrongKind(name, 'a number', value);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw wrongValue(name, `a whole number from ${least} to ${most}`, value);
  }
  return value;
}

/** A finite number from `least` to `most`. */
export function checkNumber(
  value: unknown,
  name: string,
  least: number,
  most: number = Number.POSITIVE_INFINITY,
): number {
  if (typeof value !== 'number') throw wrongKind(name, 'a number', value);
  if (Number.isFinite(value) && value >= least && value <= most) return value;
  const range = Number.isFinite(most) ? `from ${least} to ${most}` : `of at least ${least}`;
  throw wrongValue(name, `a finite number ${range}`, value);
}

/** A boolean. */
export function checkBoolean(value: unknown, name: string): boolean {
  if (typeof value !== 'boolean') throw wrongKind(name, 'true or false', value);
  return value;
}

/** One of the given strings. */
export function checkOneOf<T extends string>(
  value: unknown,
  name: string,
  choices: readonly T[],
): T {
  const expected = `one of ${choices.map((choice) => `'${choice}'`).join(', ')}`;
  if (typeof value !== 'string') throw wrongKind(name, expected, value);
  if (!(choices as readonly string[]).includes(value)) throw wrongValue(name, expected, value);
  return value as T;
}

/** An options object with known keys only: a misspelt option must not be ignored. */
export function checkOptions<T extends object>(
  value: T,
  name: string,
  keys: readonly (keyof T & string)[],
): T {
  if (
    typeof value !== 'object' ||
    value === null ||
    Array.isArray(value) ||
    ArrayBuffer.isView(value)
  ) {
    throw wrongKind(name, 'an object', value);
  }
  for (const key of Object.keys(value)) {
    if (!(keys as readonly string[]).includes(key)) {
      throw new TypeError(
        `${name} must have only the keys ${keys.join(', ')}, got ${JSON.stringify(key)}`,
      );
    }
  }
  return value;
}

/** The number of threads of a call; `fallback` when it is not given. */
export function checkThreads(value: unknown, fallback: number): number {
  return value === undefined ? fallback : checkInteger(value, 'threads', 1, MAX_THREADS);
}

/** An AbortSignal or nothing; throws its reason when it is aborted already. */
export function checkSignal(value: unknown): AbortSignal | undefined {
  if (value === undefined) return undefined;
  if (!(value instanceof AbortSignal)) throw wrongKind('signal', 'an AbortSignal', value);
  value.throwIfAborted();
  return value;
}

/** A function or nothing. */
export function checkCallback<F>(value: F | undefined, name: string): F | undefined {
  if (value !== undefined && typeof value !== 'function')
    throw wrongKind(name, 'a function', value);
  return value;
}

/** A new array of rows x width zeros, when one of that many bytes can exist and is to be had. */
export function allocated<Kind extends { readonly length: number }>(
  kind: { readonly BYTES_PER_ELEMENT: number; new (length: number): Kind },
  rows: number,
  width: number,
  name: string,
): Kind {
  const bytes = checkBytes(rows, width * kind.BYTES_PER_ELEMENT, name);
  try {
    return new kind(rows * width);
  } catch (error) {
    throw noMemoryFor(name, bytes, error);
  }
}

/** rows x rowBytes, when an array of that many bytes can exist. */
export function checkBytes(rows: number, rowBytes: number, name: string): number {
  const bytes = rows * rowBytes;
  if (bytes > MAX_BYTES) {
    throw new RangeError(
      `${name} must take at most ${MAX_BYTES} bytes, got ${rows} rows of ${rowBytes} bytes`,
    );
  }
  return bytes;
}

/** A typed array of the given kind that has its memory. */
export function checkTypedArray<Kind extends ArrayBufferView>(
  array: unknown,
  name: string,
  kind: new (...parameters: never[]) => Kind,
): asserts array is Kind {
  if (!ArrayBuffer.isView(array) || !(array instanceof kind)) {
    throw wrongKind(name, kind.name, array);
  }
  if (isDetached(array)) throw withoutMemory(name);
}

/** The first argument of every constructor: objects are made by static functions, which check what they take. */
export const MAKING: unique symbol = Symbol('made by flyhash');

/** The parts of an object, unless a program calls its constructor, whose arguments nobody checks. */
export function checkMaking<Parts>(
  making: unknown,
  name: string,
  how: string,
  parts: Parts,
): Parts {
  if (making !== MAKING) {
    throw new TypeError(`${name} must be made by ${how}, got a call of its constructor`);
  }
  return parts;
}

/** True when a view's buffer was transferred away, or resized until the view fell outside it. */
export function isDetached(view: ArrayBufferView): boolean {
  if (view.byteLength > 0) return false;
  try {
    (view as Uint8Array).at(0);
    return false;
  } catch {
    return true;
  }
}
