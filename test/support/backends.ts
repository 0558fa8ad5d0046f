/**
 * Every backend that this machine can run: the reference, and the addon at each level. Kernel tests compare
 * each level with the reference; class tests run once on each. What the machine lacks is said aloud.
 */

import { replaceBackend } from '../../lib/backend/active.ts';
import type { Backend, KernelCall, Running } from '../../lib/backend/kernels.ts';
import { type Addon, loadAddon, NativeBackend } from '../../lib/backend/native.ts';
import { ReferenceBackend } from '../../lib/reference/backend.ts';

/** The addon held at one level, whatever other backends ran in between. */
class LevelBackend extends NativeBackend {
  readonly level: string;
  readonly #addon: Addon;

  constructor(addon: Addon, file: string, level: string) {
    super(addon, file);
    this.#addon = addon;
    this.level = level;
  }

  override run(call: KernelCall, threads: number): number {
    this.#addon.selectLevel(this.level);
    return super.run(call, threads);
  }

  override start(call: KernelCall, threads: number): Running {
    this.#addon.selectLevel(this.level);
    return super.start(call, threads);
  }
}

const loaded = loadAddon();
if ('reasons' in loaded)
  throw new Error(`the addon must be built before the tests: ${loaded.reasons.join('; ')}`);

export const addon: Addon = loaded.addon;

/** The levels to test: all of the machine, or the one that FLYHASH_ISA names. */
export const LEVELS: readonly string[] = process.env.FLYHASH_ISA
  ? [process.env.FLYHASH_ISA]
  : addon.levels().split(' ');

const missing = ['avx2', 'avx512', 'neon'].filter(
  (level) => !addon.levels().split(' ').includes(level),
);
if (missing.length > 0 && process.env.VITEST_POOL_ID === '1') {
  console.warn(`levels that this machine lacks, not tested here: ${missing.join(', ')}`);
}

export const reference: Backend = new ReferenceBackend();

/** The addon at each level, by name. */
export const levelBackends: ReadonlyMap<string, Backend> = new Map(
  LEVELS.map((level) => [level, new LevelBackend(addon, loaded.file, level)]),
);

/** Every backend by name: reference, then the levels. FLYHASH_BACKEND leaves only the reference, or only the levels. */
export const allBackends: ReadonlyMap<string, Backend> = new Map<string, Backend>([
  ...(process.env.FLYHASH_BACKEND === 'native' ? [] : [['reference', reference] as const]),
  ...(process.env.FLYHASH_BACKEND === 'reference' ? [] : levelBackends),
]);

/** Makes a backend the one that the classes use, until the next call. */
export function useBackend(backend: Backend): void {
  replaceBackend(backend);
}
