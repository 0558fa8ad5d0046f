// `npm run test:batch`: the recipes of docs/batch-hashing.md, as they are written, on the engines that they are for: GNU
// parallel, PySpark in local mode, Dask and Ray. Gets what is missing into .cache/batch: a virtual environment with the packages
// of PyPI; parallel from Debian, where that may be installed. What cannot be had is said loudly, and its tests do not run.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE, runSuite } from './suite.mjs';

const FOLDER = join(CACHE, 'batch');
const PACKAGES = [
  'pyspark==3.5.3',
  'dask==2024.12.1',
  'ray==2.40.0',
  'pandas==2.2.3',
  'pyarrow==18.1.0',
  'numpy==2.2.0',
  'setuptools==75.6.0',
];

function has(command, ...args) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

/** Python with the packages; made once. */
function python() {
  const own = join(FOLDER, 'python', 'bin', 'python');
  const stamp = join(FOLDER, 'complete');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === PACKAGES.join('\n')) return own;
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  if (!has('python3', '-m', 'venv', join(FOLDER, 'python'))) return undefined;
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PACKAGES];
  if (spawnSync(own, install, { stdio: 'inherit' }).status !== 0) return undefined;
  writeFileSync(stamp, PACKAGES.join('\n'));
  return own;
}

function hasParallel() {
  if (has('parallel', '--version')) return true;
  if (process.getuid?.() !== 0 || !has('apt-get', '--version')) return false;
  spawnSync('apt-get', ['-qq', 'update'], { stdio: 'ignore' });
  return has('apt-get', '-qq', 'install', '-y', '--no-install-recommends', 'parallel');
}

const skipped = [];
const engines = { python: python(), java: has('java', '-version'), parallel: hasParallel() };
if (engines.python === undefined)
  skipped.push('PySpark, Dask and Ray: their packages could not be installed');
else if (!engines.java) skipped.push('PySpark: no java');
if (!engines.parallel) skipped.push('GNU parallel: not installed');
const env = { FLYHASH_BATCH: JSON.stringify(engines) };
const passed = runSuite('batch', {
  env,
  args: ['test/batch', '--no-file-parallelism', ...process.argv.slice(2)],
});
for (const line of skipped) console.error(`!!! NOT TESTED: ${line} !!!`);
process.exit(passed ? 0 : 1);
