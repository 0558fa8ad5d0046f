// Gets the competitors: the npm ones into bench/peers/node_modules, the Python ones into virtual environments
// under .cache/peers. Nothing here belongs to the package. What cannot be had is skipped, and said aloud.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const CACHE = fileURLToPath(new URL('../../.cache/peers', import.meta.url));

function quietly(program: string, args: string[], cwd = FOLDER): void {
  const shell = process.platform === 'win32' && program === 'npm';
  execFileSync(program, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'], shell });
}

export function skip(what: string, error: unknown): void {
  const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
  console.error(`SKIPPED ${what}: ${reason}`);
}

/** A package of bench/peers, or undefined. */
export function npmPeer<Module>(name: string): Module | undefined {
  try {
    if (!existsSync(join(FOLDER, 'node_modules'))) {
      quietly('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund']);
    }
    return createRequire(join(FOLDER, 'package.json'))(name) as Module;
  } catch (error) {
    skip(name, error);
    return undefined;
  }
}

/** A Python with the packages of a list in this folder, in an environment of its own, or undefined. */
export function pythonWithPeers(environment: string, list: string): string | undefined {
  const windows = process.platform === 'win32';
  const folder = join(CACHE, environment);
  const python = join(folder, windows ? 'Scripts/python.exe' : 'bin/python');
  try {
    if (!existsSync(python)) {
      mkdirSync(CACHE, { recursive: true });
      quietly(windows ? 'python' : 'python3', ['-m', 'venv', folder]);
    }
    const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
    quietly(python, [...install, '--only-binary=:all:', '-r', join(FOLDER, list)]);
    return python;
  } catch (error) {
    skip(`Python with ${list}`, error);
    return undefined;
  }
}
