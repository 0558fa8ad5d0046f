// The inner doors of the addon that only benches use: its limits, and the switch between levels inside one
// process. Users choose a level with FLYHASH_ISA.

import { replaceBackend } from '../../lib/backend/active.ts';
import { type Addon, loadAddon, NativeBackend } from '../../lib/backend/native.ts';
import { ReferenceBackend } from '../../lib/reference/backend.ts';
import type { Level } from './define.ts';

/** native/addon/limits.cc; every function takes (threads, done, ...) as all doors do. */
export interface NativeLimits {
  limitMultiplyAdd(threads: number, done: undefined, chains: number, iterations: number): number;
  limitXorPopcount(
    threads: number,
    done: undefined,
    bytes: Uint8Array,
    byteCount: number,
    passes: number,
  ): number;
  limitRead(
    threads: number,
    done: undefined,
    bytes: Uint8Array,
    byteCount: number,
    passes: number,
  ): number;
  limitPartialSort(
    threads: number,
    done: undefined,
    values: Float32Array,
    rows: number,
    n: number,
    k: number,
    scratch: Float32Array,
    sorted: Float32Array,
  ): number;
}

let loaded: ReturnType<typeof loadAddon> | undefined;

function requireAddon(): { addon: Addon & NativeLimits; file: string } {
  // Not at import: bench/compare.ts builds the addon first.
  loaded ??= loadAddon();
  if ('reasons' in loaded) {
    throw new Error(`the benches need the addon (npm run build): ${loaded.reasons.join('; ')}`);
  }
  return { addon: loaded.addon as Addon & NativeLimits, file: loaded.file };
}

export function nativeLimits(): NativeLimits {
  return requireAddon().addon;
}

/** Levels that this machine can run, slowest first, without the reference. */
export function machineLevels(): Level[] {
  return requireAddon().addon.levels().split(' ') as Level[];
}

/** What runs when nothing was asked for: every level of this machine but scalar, fastest first. */
export function defaultLevels(): Level[] {
  const levels = machineLevels().filter((level) => level !== 'scalar');
  return levels.length > 0 ? levels.reverse() : ['scalar'];
}

/** Makes a level, or the reference, the one that all later calls use. */
export function activate(level: Level): void {
  if (level === 'reference') {
    replaceBackend(new ReferenceBackend());
    return;
  }
  const { addon, file } = requireAddon();
  if (!addon.selectLevel(level)) {
    throw new RangeError(
      `this machine cannot run level ${level}; it has ${machineLevels().join(', ')}`,
    );
  }
  replaceBackend(new NativeBackend(addon, file));
}
