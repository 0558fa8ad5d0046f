/**
 * The backend of this process. The entry points set it once (index.ts: what load.ts finds; reference.ts: the
 * reference); tests set it again for each backend and level.
 */

import type { Backend } from './kernels.ts';

let active: Backend | undefined;

/** Sets the backend unless one is set already: both entry points in one process share the first. */
export function provideBackend(make: () => Backend): void {
  active ??= make();
}

/** For tests: replaces the backend. */
export function replaceBackend(backend: Backend): void {
  active = backend;
}

export function activeBackend(): Backend {
  if (active === undefined) throw new Error('import flyhash or flyhash/reference before its parts');
  return active;
}

/** What {@link backend} tells. */
export interface BackendInfo {
  /** native: the C++ addon; reference: pure TypeScript. Both give the same results. */
  readonly kind: 'native' | 'reference';
  /** Instruction-set level in use: scalar, avx2, avx512, neon, or reference. */
  readonly isa: string;
  /** The addon's file within the package; undefined for the reference. */
  readonly file: string | undefined;
  /** Threads that asynchronous calls use by default. */
  readonly threads: number;
  /** Why the reference runs although it was not asked for. */
  readonly reason?: string;
}

/**
 * Tells which backend and instruction-set level run in this process.
 *
 * @example
 * ```ts
 * import { backend } from 'flyhash';
 * const { kind, isa } = backend();
 * console.log(`${kind} at level ${isa}`);
 * ```
 */
export function backend(): BackendInfo {
  const { kind, isa, file, threads, reason } = activeBackend();
  return reason === undefined ? { kind, isa, file, threads } : { kind, isa, file, threads, reason };
}
