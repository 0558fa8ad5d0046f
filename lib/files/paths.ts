/**
 * Paths, and the file system that they need: Node's, loaded when a path is used. What the system refuses becomes a
 * FlyhashError ERR_FILE that says what was tried, with the system's own error, and its code, as the cause.
 */

import { FlyhashError, wrongKind, wrongValue } from '../errors.ts';
import { builtin } from './builtin.ts';

type FileSystem = NonNullable<ReturnType<typeof builtin<'node:fs/promises'>>>;
type Paths = NonNullable<ReturnType<typeof builtin<'node:path'>>>;

/** The file system and its names. */
export interface Disk {
  readonly fs: FileSystem;
  readonly paths: Paths;
  /** The number of this process, for names that are its own. */
  readonly pid: number;
}

/** Node's file system. */
export function disk(): Disk {
  const fs = builtin('node:fs/promises');
  const paths = builtin('node:path');
  const pid = builtin('node:process')?.pid;
  if (fs === undefined || paths === undefined || pid === undefined) {
    throw new FlyhashError('ERR_FILE', 'a path must be on the disk of a Node process, got another');
  }
  return { fs, paths, pid };
}

/** A path, from a string or a file: URL. */
export function checkPath(path: unknown): string {
  if (path instanceof URL) {
    if (path.protocol !== 'file:') throw wrongValue('path', 'a file: URL', path.href);
    const url = builtin('node:url');
    return url === undefined ? path.pathname : url.fileURLToPath(path);
  }
  if (typeof path !== 'string') throw wrongKind('path', 'a string or a file: URL', path);
  if (path === '' || path.includes('\0')) throw wrongValue('path', 'the name of a file', path);
  return path;
}

/** The fault of a path that the system refused. */
export function refused(path: string, expected: string, cause: unknown): FlyhashError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const message = `${path} must be ${expected}, got ${reason}`;
  return new FlyhashError('ERR_FILE', message, { cause });
}

/** Whether an error of the system has that code. */
export function hasCode(error: unknown, code: string): boolean {
  return (error as { code?: unknown } | null | undefined)?.code === code;
}
