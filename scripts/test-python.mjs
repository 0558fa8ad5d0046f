// Runs the tests that read files with Python's safetensors, which it gets into a venv under .cache/python. Where no
// registry has the package, says so and passes: nothing of flyhash needs Python. `npm run test:python`.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE, ROOT, runSuite } from './suite.mjs';

const folder = join(CACHE, 'python');
const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
const list = join(ROOT, 'test', 'files', 'requirements.txt');
const stamp = join(folder, 'installed.txt');

function quietly(program, args) {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (status === 0) return;
  const lines = (error?.message ?? stderr).trim().split('\n');
  console.error(`SKIPPED, not tested with Python's safetensors: ${lines.at(-1)}`);
  process.exit(0);
}

const wanted = readFileSync(list, 'utf8');
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  quietly(process.platform === 'win32' ? 'python' : 'python3', ['-m', 'venv', folder]);
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  quietly(python, [...install, '--only-binary=:all:', '-r', list]);
  writeFileSync(stamp, wanted);
}
const args = ['test/files/python.test.ts', ...process.argv.slice(2)];
process.exit(runSuite('python', { env: { FLYHASH_PYTHON: python }, args }) ? 0 : 1);
