/**
 * Errors and their sentences. Every message names the argument, what was expected and what came, as in
 * `vectors[3][17] must be finite, got NaN`. The wrong kind is a TypeError, the wrong value a RangeError, and
 * faults of the environment or of stored data are a FlyhashError with a code (the pattern of Node itself).
 */

/** Codes of {@link FlyhashError}, fixed so that programs can switch on them. */
export type FlyhashErrorCode =
  | 'ERR_BACKEND'
  | 'ERR_OUT_OF_MEMORY'
  | 'ERR_CORRUPT_FILE'
  | 'ERR_FORMAT_TOO_NEW'
  | 'ERR_WRONG_KIND'
  | 'ERR_FILE'
  | 'ERR_MISSING_PACKAGE'
  | 'ERR_BUSY'
  | 'ERR_ENGINE'
  | 'ERR_UNREACHABLE'
  | 'ERR_WRONG_MODEL'
  | 'ERR_MISSING_EXTENSION';

/**
 * A fault that is neither a wrong kind nor a wrong value of an argument.
 *
 * @example
 * ```ts
 * import { FlyhashError } from 'flyhash';
 * const error = new FlyhashError('ERR_BACKEND', 'FLYHASH_ISA must be a level of this machine, got "sse9"');
 * console.assert(error.code === 'ERR_BACKEND');
 * ```
 */
export class FlyhashError extends Error {
  /** What happened, for programs; the message says it to people. */
  readonly code: FlyhashErrorCode;

  /** A fault with its code and sentence; `options.cause` is the error behind it. */
  constructor(code: FlyhashErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'FlyhashError';
    this.code = code;
  }
}

/** A value as an error message shows it: short, and clear about its kind. */
export function describe(value: unknown): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}...` : value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'symbol') return 'a symbol';
  if (typeof value !== 'object' || value === null)
    return Object.is(value, -0) ? '-0' : String(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  const name = (value.constructor as { name?: string } | undefined)?.name ?? 'an object';
  return ArrayBuffer.isView(value) && 'length' in value ? `${name}(${value.length})` : name;
}

/** TypeError: `name` is of the wrong kind. */
export function wrongKind(name: string, expected: string, value: unknown): TypeError {
  return new TypeError(`${name} must be ${expected}, got ${describe(value)}`);
}

/** TypeError: the memory of `name` was transferred away, or resized until the array fell outside it. */
export function withoutMemory(name: string): TypeError {
  return new TypeError(`${name} must have its memory, got a detached array`);
}

/** FlyhashError: memory that is within the limits could not be had. */
export function noMemoryFor(name: string, bytes: number, cause: unknown): FlyhashError {
  const message = `${name} must find ${bytes} bytes of memory, got none`;
  return new FlyhashError('ERR_OUT_OF_MEMORY', message, { cause });
}

/** RangeError: `name` is of the right kind with a wrong value. */
export function wrongValue(name: string, expected: string, value: unknown): RangeError {
  return new RangeError(`${name} must be ${expected}, got ${describe(value)}`);
}
