/** Faults of engines as errors of this package: what was asked, what the engine said, and its own error as the cause. */

import { FlyhashError, type FlyhashErrorCode } from '../errors.ts';

/** The text of anything that was thrown; an AggregateError of a connection has its texts inside. */
export function textOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause.message !== '') return cause.message;
  if (cause instanceof AggregateError) return cause.errors.map(textOf).join('; ');
  return cause.name;
}

/** FlyhashError: the engine could not do what it was asked. */
export function engineFault(what: string, code: FlyhashErrorCode, cause: unknown): FlyhashError {
  return new FlyhashError(code, `${what} must succeed, got: ${textOf(cause)}`, { cause });
}

export { optionalPackage } from '../files/optional-package.ts';
