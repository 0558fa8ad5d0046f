/**
 * One index in several threads and processes: workers that search shared memory beside its owner, that end in
 * mid-search, that meet memory which another thread fills with nonsense; and two processes that load one file and
 * search it with workers of theirs at the same time. Runs the built package in processes of its own.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('./shared-indexes.mjs', import.meta.url));
const cases = new URL('./index-cases.mjs', import.meta.url).href;
const folder = mkdtempSync(join(tmpdir(), 'flyhash-shared-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Node 20 may abort when a worker ends while V8 compiles on another thread: see terminate.test.ts. */
const NO_V8_THREADS = '--no-concurrent-recompilation';

interface Ended {
  readonly status: number | null;
  readonly signal: string | null;
  readonly lines: readonly string[];
  readonly stderr: string;
}

async function ended(args: readonly string[]): Promise<Ended> {
  const limits = { timeout: 110_000, killSignal: 'SIGKILL' } as const; // a child that hangs must not stay
  const child: ChildProcess = spawn(process.execPath, [NO_V8_THREADS, ...args], limits);
  if (child.stdout === null || child.stderr === null) throw new Error('a child must have pipes');
  const [stdout, stderr, [status, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null, string | null]>,
  ]);
  return { status, signal, lines: stdout.trim().split('\n'), stderr };
}

const { INDEX_CASES } = (await import(cases)) as { INDEX_CASES: Record<string, unknown> };

describe.each(Object.keys(INDEX_CASES))('%s', (name) => {
  it.each([
    ['together', 'is searched by its owner and by workers, whoever writes to their own'],
    ['terminated', 'is searched by others when a worker ends in mid-search'],
    ['hostile', 'survives another thread that writes to the memory it reads'],
  ])('%s: %s', async (scenario) => {
    const outcome = await ended([script, scenario, name]);
    expect(outcome).toEqual({ status: 0, signal: null, lines: ['done'], stderr: '' });
  });

  it('gives two processes that load it, and their workers, the answers of the one that saved it', async () => {
    const file = join(folder, name);
    const saving = `
      import { answer, filledIndex } from ${JSON.stringify(cases)};
      const index = filledIndex(${JSON.stringify(name)});
      await index.save(${JSON.stringify(file)});
      console.log(await answer(${JSON.stringify(name)}, index));`;
    const saved = await ended(['--input-type=module', '-e', saving]);
    expect(saved).toMatchObject({ status: 0, stderr: '' });
    const [expected] = saved.lines;
    const both = await Promise.all([1, 2].map(() => ended([script, 'loaded', name, file])));
    for (const { status, signal, lines, stderr } of both) {
      expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' });
      expect(lines).toEqual([...new Array<string>(5).fill(expected), 'done']);
    }
  });
});
