/**
 * Which backend a Node process gets: the addon where it loads, else the reference with a warning that says why
 * and what to do. FLYHASH_BACKEND=reference|native forces one, FLYHASH_ISA a level; a name that is unknown or
 * that this machine lacks is an error at load, never a silent other choice.
 */

import { FlyhashError } from '../errors.ts';
import { ReferenceBackend } from '../reference/backend.ts';
import { platformName } from './addon-files.ts';
import type { Backend } from './kernels.ts';
import { loadAddon, NativeBackend } from './native.ts';

const LEVELS: readonly string[] = ['scalar', 'avx2', 'avx512', 'neon'];

function failure(reasons: readonly string[]): string {
  const system = `${platformName()}, Node ${process.versions.node}`;
  return `the native addon did not load on ${system} (${reasons.join('; ')})`;
}

function checkedEnvironment(): { wanted: string | undefined; isa: string | undefined } {
  const wanted = process.env.FLYHASH_BACKEND || undefined;
  if (wanted !== undefined && wanted !== 'native' && wanted !== 'reference') {
    throw new FlyhashError(
      'ERR_BACKEND',
      `FLYHASH_BACKEND must be native or reference, got "${wanted}"`,
    );
  }
  const isa = process.env.FLYHASH_ISA || undefined;
  if (isa !== undefined && !LEVELS.includes(isa)) {
    throw new FlyhashError(
      'ERR_BACKEND',
      `FLYHASH_ISA must be one of ${LEVELS.join(', ')}, got "${isa}"`,
    );
  }
  return { wanted, isa };
}

/** Loads the backend that the environment asks for. */
export function loadBackend(): Backend {
  const { wanted, isa } = checkedEnvironment();
  if (wanted === 'reference') return new ReferenceBackend();
  const loaded = loadAddon();
  if ('reasons' in loaded) {
    const reason = failure(loaded.reasons);
    if (wanted === 'native' || isa !== undefined) throw new FlyhashError('ERR_BACKEND', reason);
    process.emitWarning(
      `${reason}. flyhash runs on its TypeScript reference: same results, much slower. A bundle must keep flyhash ` +
        'external or have the prebuild copied beside it; where no prebuild fits, "npx node-gyp rebuild" makes one ' +
        '(docs/installing.md). FLYHASH_BACKEND=reference accepts the reference.',
      { code: 'FLYHASH_REFERENCE' },
    );
    return new ReferenceBackend(reason);
  }
  const { addon, file } = loaded;
  if (isa !== undefined && !addon.selectLevel(isa)) {
    const levels = addon.levels().replaceAll(' ', ', ');
    throw new FlyhashError(
      'ERR_BACKEND',
      `FLYHASH_ISA must be a level of this machine (${levels}), got "${isa}"`,
    );
  }
  return new NativeBackend(addon, file);
}
