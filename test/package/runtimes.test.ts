/** The installed package in worker threads, in Bun and in Deno: the addon runs there too, with the same results. */

import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { expectResults, PREBUILD } from './expected.ts';
import { type Registry, startRegistry } from './registry.ts';
import { Sandbox, tool } from './sandbox.ts';

const MACHINE = `${process.platform}-${process.arch}`;
/** Where npm puts the binary of each machine. */
const BUNS: Record<string, string> = {
  'linux-x64': 'bun-linux-x64',
  'linux-arm64': 'bun-linux-aarch64',
  'darwin-arm64': 'bun-darwin-aarch64',
};
const DENOS: Record<string, string> = {
  'linux-x64': 'linux-x64-glibc',
  'linux-arm64': 'linux-arm64-glibc',
  'darwin-arm64': 'darwin-arm64',
};
const BUN = tool('@oven', BUNS[MACHINE] ?? 'none', 'bin', 'bun');
const DENO = tool('@deno', DENOS[MACHINE] ?? 'none', 'deno');

let registry: Registry;
let sandbox: Sandbox;

beforeAll(async () => {
  registry = await startRegistry();
  sandbox = new Sandbox(registry.url);
  await sandbox.install('flyhash');
});
afterAll(async () => {
  sandbox.remove();
  await registry.close();
});

describe('worker threads', () => {
  it.each(['worker.mjs', 'worker.cjs'])('%s, twice at a time', async (name) => {
    const program = sandbox.writeProgram(name);
    const main = sandbox.write(
      'main.mjs',
      `import { Worker } from 'node:worker_threads';
       const outputs = await Promise.all([1, 2].map(() => new Promise((resolve, reject) => {
         const worker = new Worker(${JSON.stringify(program)}, { stdout: true });
         let text = '';
         worker.stdout.on('data', (data) => { text += data; });
         worker.on('error', reject);
         worker.on('exit', () => resolve(text));
       })));
       console.log(outputs[0] === outputs[1] ? outputs[0] : outputs);`,
    );
    expectResults(await sandbox.node([main]), 'native', PREBUILD);
  });
});

describe('other runtimes', () => {
  it('Bun runs it, and installs it', async ({ skip }) => {
    if (!existsSync(BUN)) skip(`there is no Bun for ${MACHINE} here`);
    const program = sandbox.writeProgram('program.mjs');
    expectResults(await sandbox.run(BUN, ['run', program]), 'native', PREBUILD);
    const other = new Sandbox(registry.url);
    try {
      await other.run(BUN, ['add', 'flyhash']);
      const required = other.writeProgram('program.cjs');
      expectResults(await other.run(BUN, ['run', required]), 'native', PREBUILD);
    } finally {
      other.remove();
    }
  });

  it('Deno', async ({ skip }) => {
    if (!existsSync(DENO)) skip(`there is no Deno for ${MACHINE} here`);
    const program = sandbox.writeProgram('program.mjs');
    const allowed = ['--allow-ffi', '--allow-read', '--allow-env', '--allow-sys', '--no-prompt'];
    const args = ['run', ...allowed, '--node-modules-dir=manual', program];
    expectResults(await sandbox.run(DENO, args), 'native', PREBUILD);
  });
});
