// Makes prebuilds/<platform>/flyhash.node: `npm run prebuilds` for the four Linux platforms, on any Linux machine, or
// for those that are named; on macOS and Windows for the machine's own. The Linux ones come from one compiler, zig's
// clang from PyPI (kept in .cache/zig), which brings each target's C library: an old glibc whatever the machine has,
// or musl. C++'s own library is linked in, and nothing of it is shown. Sources are those of native/sources.json,
// flags those of native/addon.gypi.

import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { PLATFORMS } from './platforms.mjs';
import { CACHE, must, ROOT } from './suite.mjs';

const { sources, addon, prebuild, definitions } = JSON.parse(
  readFileSync(join(ROOT, 'native', 'sources.json'), 'utf8'),
);
const EXPORTED = ['napi_register_module_v1', 'node_api_module_get_api_version_v1'];
/** What runs for every number of a vector is compiled for speed; doors, and the level of old processors, for size. */
const FAST = ['native/isa/avx2.cc', 'native/isa/avx512.cc', 'native/isa/neon.cc'];
const COMPILE = [
  ...['-std=c++20', '-g0', '-DNDEBUG', '-fPIC', '-fexceptions', '-fno-rtti'],
  ...['-ffp-contract=off', '-fvisibility=hidden', '-fvisibility-inlines-hidden'],
  ...['-ffunction-sections', '-fdata-sections', `-ffile-prefix-map=${ROOT}=.`],
  ...['-Wall', '-Wextra', '-Werror=missing-field-initializers'],
  ...['-Inative', ...modules('node-api-headers/include', 'node-addon-api')],
  ...[...definitions, 'NAPI_CPP_EXCEPTIONS', 'NODE_GYP_MODULE_NAME=flyhash'].map(
    (one) => `-D${one}`,
  ),
];

function modules(...folders) {
  return folders.flatMap((folder) => ['-isystem', `node_modules/${folder}`]);
}

/** The zig of the requirements, installed once. */
function zig() {
  const folder = join(CACHE, 'zig');
  const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const list = join(ROOT, 'scripts', 'zig-requirements.txt');
  const stamp = join(folder, 'installed.txt');
  const wanted = readFileSync(list, 'utf8');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    must('python3', ['-m', 'venv', '--clear', folder]);
    const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
    must(python, [...install, '--only-binary=:all:', '-r', list]);
    writeFileSync(stamp, wanted);
  }
  const where = 'import ziglang, os; print(os.path.join(ziglang.__path__[0], "zig"))';
  return spawnSync(python, ['-c', where], { encoding: 'utf8' }).stdout.trim();
}

function run(program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${basename(program)} ${args.join(' ')}: exit status ${code}`));
    });
  });
}

/** Runs the commands, as many at a time as there are cores. */
async function runAll(commands) {
  const waiting = [...commands];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await run(...next);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}

async function buildWithZig(compiler, platform, target) {
  const folder = join(CACHE, 'prebuilds', platform);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const driver = ['c++', '-target', target];
  const objects = [...sources, ...addon, ...prebuild].map((source) => [
    source,
    join(folder, `${source.replaceAll('/', '-')}.o`),
  ]);
  await runAll(
    objects.map(([source, object]) => [
      compiler,
      [
        ...[...driver, ...COMPILE, FAST.includes(source) ? '-O3' : '-Os'],
        ...['-c', source, '-o', object],
      ],
    ]),
  );
  const map = join(folder, 'exports.map');
  writeFileSync(map, `{ global: ${EXPORTED.join('; ')}; local: *; };\n`);
  const out = join(ROOT, 'prebuilds', platform, 'flyhash.node');
  mkdirSync(join(ROOT, 'prebuilds', platform), { recursive: true });
  const link = ['-shared', '-fPIC', '-O3', '-g0', '-s', '-Wl,--gc-sections', '-Wl,-z,nodelete'];
  const names = objects.map(([, object]) => object);
  await run(compiler, [...driver, ...link, `-Wl,--version-script=${map}`, '-o', out, ...names]);
}

/** With the machine's own compiler; what node-gyp made in build/Release is the prebuild. */
function buildHere(platform) {
  must(process.execPath, [join(ROOT, 'scripts', 'setup.mjs'), '--rebuild']);
  const out = join(ROOT, 'prebuilds', platform, 'flyhash.node');
  cpSync(join(ROOT, 'build', 'Release', 'flyhash.node'), out);
  if (process.platform === 'darwin') must('strip', ['-x', out]);
}

const own = `${process.platform}-${process.arch}`;
const linux = Object.keys(PLATFORMS).filter((platform) => PLATFORMS[platform].zig !== undefined);
const named = process.argv.slice(2);
const wanted = named.length > 0 ? named : process.platform === 'linux' ? linux : [own];
for (const platform of wanted) {
  const { zig: target } = PLATFORMS[platform] ?? {};
  if (target === undefined && platform !== own) {
    console.error(
      `prebuilds: ${platform} cannot be built here; on ${own}: ${[...linux, own].join(', ')}`,
    );
    process.exit(1);
  }
  const start = performance.now();
  if (target === undefined) buildHere(platform);
  else await buildWithZig(zig(), platform, target);
  console.log(`prebuilds: ${platform} in ${((performance.now() - start) / 1000).toFixed(0)} s`);
}
