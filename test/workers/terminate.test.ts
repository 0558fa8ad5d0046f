/**
 * Workers that end while their work is in flight, and processes that exit so: nothing crashes, because an
 * environment stops its jobs and waits for them before it goes. Runs the built package in real workers.
 */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const worker = new URL('./hash-forever.mjs', import.meta.url);
const cycles = fileURLToPath(new URL('./cycles.mjs', import.meta.url));

/**
 * Node 20 unregisters a worker's isolate before it disposes of it. An optimising compilation that still runs on
 * a V8 thread then aborts the process when it allocates (assertion in NodePlatform::ForIsolate), with or without
 * an addon; compiling on the worker's own thread leaves only our jobs to be tested.
 */
const NO_V8_THREADS = '--no-concurrent-recompilation';

describe('workers with work in flight', () => {
  it('can be terminated a hundred times', () => {
    const ended = spawnSync(process.execPath, [NO_V8_THREADS, cycles], { encoding: 'utf8' });
    expect({ ...ended, output: undefined, pid: 0 }).toMatchObject({
      status: 0,
      signal: null,
      stdout: '100 cycles\n',
      stderr: '',
    });
  });

  it('end cleanly when only workers ever loaded the addon, and on process.exit', () => {
    const script = `
      import { once } from 'node:events';
      import { Worker } from 'node:worker_threads';
      for (let i = 0; i < 5; i++) {
        const worker = new Worker(new URL(${JSON.stringify(worker.href)}), { execArgv: [] });
        await once(worker, 'message');
        if (i < 4) await worker.terminate();
      }
      process.exit(0);`;
    const args = [NO_V8_THREADS, '--input-type=module', '-e', script];
    const ended = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect({ status: ended.status, signal: ended.signal, stderr: ended.stderr }).toEqual({
      status: 0,
      signal: null,
      stderr: '',
    });
  });

  it('end cleanly when the main thread exits with hashes in flight', () => {
    const script = `
      import { BinaryQuantizer } from 'flyhash';
      const quantizer = BinaryQuantizer.create({ dim: 128 });
      const vectors = new Float32Array(128 * 200_000);
      for (let i = 0; i < 4; i++) quantizer.hashAsync(vectors).then(() => {});
      setTimeout(() => process.exit(0), 5);`;
    const ended = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      cwd: new URL('../..', import.meta.url),
    });
    expect({ status: ended.status, signal: ended.signal, stderr: ended.stderr }).toEqual({
      status: 0,
      signal: null,
      stderr: '',
    });
  });
});
