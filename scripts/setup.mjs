// Makes a checkout ready to run: installed packages, the native addon, the compiled TypeScript. Called before
// `npm test`, `npm run demo` and `npm run bench`, so that each of them works as the first and only command in
// a clean clone. Does nothing when everything is newer than its sources; --rebuild builds all the same. Plain
// Node, because it runs before anything is installed. Promises that a failure ends with one sentence that says what to do.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync, rmSync, statSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const ADDON = join(ROOT, 'build', 'Release', 'flyhash.node');
const INSTALLED = join(ROOT, 'node_modules', '.package-lock.json');
const REBUILD = process.argv.includes('--rebuild');
const DIST = join(ROOT, 'dist');
const COMPILER_ADVICE = [
  'Building the native addon needs Python 3, make and a C++20 compiler (GCC 11, clang 14, MSVC 2022 or later):',
  '  Debian, Ubuntu   apt-get install -y python3 make g++',
  '  Fedora           dnf install -y python3 make gcc-c++',
  '  Alpine           apk add python3 make g++',
  '  macOS            xcode-select --install',
  '  Windows          Visual Studio Build Tools with "Desktop development with C++"',
  'Without a compiler, FLYHASH_BACKEND=reference runs everything in TypeScript, slower, with the same results.',
];

/** Time of the newest file below the paths in milliseconds; 0 where nothing exists. */
function newest(...paths) {
  let time = 0;
  for (const path of paths) {
    const status = statSync(path, { throwIfNoEntry: false });
    if (status === undefined) continue;
    // A folder's own time changes when a file is added or removed.
    time = Math.max(time, status.mtimeMs);
    if (!status.isDirectory()) continue;
    for (const name of readdirSync(path)) time = Math.max(time, newest(join(path, name)));
  }
  return time;
}

function fail(step, advice) {
  console.error(
    ['', `flyhash setup: ${step} failed; the reason stands above.`, ...advice].join('\n'),
  );
  process.exit(1);
}

function run(step, command, args, { advice = [], env = process.env } = {}) {
  console.log(`flyhash setup: ${step}`);
  const options = { cwd: ROOT, env, stdio: ['ignore', 'inherit', 'inherit'] };
  const windowsShell = process.platform === 'win32' && command === 'npm';
  const result = spawnSync(command, args, windowsShell ? { ...options, shell: true } : options);
  if (result.error !== undefined) console.error(result.error.message);
  if (result.status !== 0) fail(step, advice);
}

/** Where Node's own headers lie, so that an offline build works; undefined leaves node-gyp to download them. */
function nodeHeaders() {
  if (process.env.npm_config_nodedir) return process.env.npm_config_nodedir;
  const prefix = dirname(dirname(realpathSync(process.execPath)));
  return existsSync(join(prefix, 'include', 'node', 'node_api.h')) ? prefix : undefined;
}

function installPackages() {
  const wanted = newest(join(ROOT, 'package-lock.json'));
  if (newest(INSTALLED) >= wanted && existsSync(join(ROOT, 'node_modules', '.bin'))) return;
  const args = ['ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund'];
  const npm = process.env.npm_execpath;
  const viaNode = npm !== undefined && /\.c?js$/.test(npm);
  const advice = ['`npm ci` must be able to reach a package registry.'];
  const step = 'installing packages (npm ci)';
  if (viaNode) run(step, process.execPath, [npm, ...args], { advice });
  else run(step, 'npm', args, { advice });
}

function buildAddon() {
  if (process.env.FLYHASH_BACKEND === 'reference') return;
  const recipes = ['binding.gyp', 'native/addon.gypi', 'native/sources.json'];
  const recipe = newest(...recipes.map((name) => join(ROOT, name)));
  const sources = ['addon', 'isa', 'kernels', 'simd', 'threads', 'dispatch.cc', 'dispatch.h'];
  const changed = newest(...sources.map((name) => join(ROOT, 'native', name)));
  const built = newest(ADDON);
  if (!REBUILD && built >= Math.max(recipe, changed)) return;
  const headers = nodeHeaders();
  const env = headers === undefined ? process.env : { ...process.env, npm_config_nodedir: headers };
  const nodeGyp = join(ROOT, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js');
  const configured = newest(join(ROOT, 'build', 'config.gypi'));
  const commands = REBUILD ? ['rebuild'] : configured < recipe ? ['configure', 'build'] : ['build'];
  const args = [nodeGyp, ...commands, '--jobs=max', '--loglevel=warn'];
  run('building the native addon (node-gyp)', process.execPath, args, {
    env,
    advice: COMPILER_ADVICE,
  });
  // Where nothing had to be compiled, nothing was written either.
  utimesSync(ADDON, new Date(), new Date());
}

function buildTypeScript() {
  const lib = join(ROOT, 'lib');
  if (!existsSync(join(lib, 'index.ts'))) return;
  const bundler = join(ROOT, 'scripts', 'bundle.mjs');
  const configuration = ['tsconfig.json', 'tsconfig.build.json', 'package.json'];
  const built = newest(join(DIST, 'bundle', 'index.js'));
  if (!REBUILD && built >= newest(lib, bundler, ...configuration.map((name) => join(ROOT, name))))
    return;
  rmSync(DIST, { recursive: true, force: true });
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  run('compiling TypeScript (tsc)', process.execPath, [compiler, '-p', 'tsconfig.build.json']);
  run('joining modules (esbuild)', process.execPath, [bundler]);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`flyhash setup: Node 20.19 or later is needed, this is ${process.version}.`);
  process.exit(1);
}

checkNode();
installPackages();
buildAddon();
buildTypeScript();
