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

/** A package that only users of an engine install. */
export async function optionalPackage<Module>(
  name: string,
  load: () => Promise<Module>,
): Promise<Module> {
  try {
    return await load();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw cause;
    const message = `flyhash must find the package '${name}', got none: npm install ${name}`;
    throw new FlyhashError('ERR_MISSING_PACKAGE', message, { cause });
  }
}
