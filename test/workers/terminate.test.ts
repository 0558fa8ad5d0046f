/**
 * Workers that end while their work is in flight, and processes that exit so: nothing crashes, because an
 * environment stops its jobs and waits for them before it goes. Runs the built package in real workers.
 */

import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';

const worker = new URL('./hash-forever.mjs', import.meta.url);

async function startAndTerminate(): Promise<number> {
  const running = new Worker(worker);
  const [message] = await once(running, 'message');
  expect(message).toBe('working');
  return running.terminate();
}

describe('workers with work in flight', () => {
  it('can be terminated a hundred times', async () => {
    for (let cycle = 0; cycle < 100; cycle += 4) {
      const codes = await Promise.all(Array.from({ length: 4 }, startAndTerminate));
      expect(codes).toEqual([1, 1, 1, 1]);
    }
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
    const ended = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
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
