// Builds and runs the native tests with a CMake preset (release, clang, asan, tsan, neon): `npm run test:native -- asan`.
// The preset asan also builds the addon, and the vitest suite runs on it, so that the doors of the addon meet
// their wrong arguments under AddressSanitizer.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE, DOORS, must, ROOT, runSuite, stage } from './suite.mjs';

const [preset = 'release', ...args] = process.argv.slice(2);
const build = join(ROOT, `build-${preset}`);
const EMULATOR = { neon: ['qemu-aarch64', '-L', '/usr/aarch64-linux-gnu'] }[preset] ?? [];

function runNativeTests() {
  mkdirSync(join(CACHE, 'reports'), { recursive: true });
  const report = `--gtest_output=json:${join(CACHE, 'reports', `native-${preset}.json`)}`;
  const [program, ...rest] = [...EMULATOR, join(build, 'flyhash-tests'), report, '--gtest_brief=1'];
  const result = spawnSync(program, rest, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (result.error !== undefined) console.error(result.error.message);
  return result.status === 0;
}

function runSuiteUnderAddressSanitizer() {
  const cwd = stage('asan', join(build, 'flyhash.node'));
  const library = execFileSync('g++', ['-print-file-name=libasan.so'], { encoding: 'utf8' }).trim();
  // Node itself is not built for leak detection, and V8 reserves what it does not free at exit.
  const env = {
    LD_PRELOAD: library,
    ASAN_OPTIONS: 'detect_leaks=0:alloc_dealloc_mismatch=0',
    UBSAN_OPTIONS: 'print_stacktrace=1',
    FLYHASH_BACKEND: 'native', // TypeScript alone has nothing to be found
    FLYHASH_MUTATIONS: process.env.FLYHASH_MUTATIONS ?? '100000',
  };
  const files = [
    '--exclude=test/kernels/bulk*',
    ...DOORS,
    'test/files/mutations',
    'test/hash/abort',
    'test/workers/',
  ];
  return runSuite('asan', { cwd, env, args: [...files, ...args] });
}

must('cmake', ['--preset', preset]);
must('cmake', ['--build', '--preset', preset]);
let passed = runNativeTests();
if (preset === 'asan') passed = runSuiteUnderAddressSanitizer() && passed;
process.exit(passed ? 0 : 1);
