/**
 * Processes killed while they save, 300 of them at all moments (fewer where FLYHASH_TEST_RUNS asks for less): the path
 * holds the old file or the new one, whole, and what a killed process leaves behind disturbs nobody.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BitCodes } from '../../lib/codes/bit-codes.ts';
import { reference, useBackend } from '../support/backends.ts';
import { RUNS } from '../support/generators.ts';

const KILLS = Math.min(300, RUNS);
/** Processes at a time, each with a path of its own: starting one takes longer than what is tested. */
const LANES = 3;
/** From one piece to several, so that some die between two writes. */
const ROWS = [1, 2_000, 100_000];
const SAVER = fileURLToPath(new URL('./saver.mjs', import.meta.url));

let folder: string;

beforeAll(async () => {
  useBackend(reference);
  folder = await mkdtemp(join(tmpdir(), 'flyhash-killed-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function started(path: string, rows: number): Promise<ChildProcess> {
  const saver = spawn(process.execPath, [SAVER, path, String(rows)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [chunk] = await Promise.race([once(saver.stdout, 'data'), once(saver, 'exit')]);
  expect(String(chunk)).toBe('saved\n');
  return saver;
}

/** Which of the two contents the path holds: 0 or 255. Anything else is what must never be. */
async function contentAt(path: string, rows: number): Promise<number> {
  const { data } = await BitCodes.load(path);
  expect(data.length).toBe(32 * rows);
  expect(Buffer.alloc(data.length, data[0]).equals(data)).toBe(true);
  return data[0];
}

async function killOne(path: string, rows: number, number: number): Promise<number> {
  const saver = await started(path, rows);
  const exited = once(saver, 'exit');
  await pause((number * 7) % 23);
  saver.kill('SIGKILL');
  await exited;
  return contentAt(path, rows);
}

describe(`${KILLS} processes killed while they save`, () => {
  it('leave the old file or the new one', async () => {
    const seen = new Set<number>();
    let left = KILLS;
    const lane = async (index: number): Promise<void> => {
      const path = join(folder, `codes-${index}.safetensors`);
      for (let number = index; left-- > 0; number += LANES) {
        seen.add(await killOne(path, ROWS[index % ROWS.length], number));
      }
    };
    await Promise.all(Array.from({ length: LANES }, (_, index) => lane(index)));
    expect([...seen].sort((a, b) => a - b)).toEqual([0, 255]);
  }, 600_000);

  it('leave nothing that later saving stumbles over', async () => {
    const names = await readdir(folder);
    const temporary = names.filter((name) => !name.startsWith('codes-'));
    expect(temporary.every((name) => /^\.flyhash-\d+-\d+\.tmp$/.test(name))).toBe(true);
    const path = join(folder, 'codes-0.safetensors');
    const codes = BitCodes.from(Uint8Array.of(1, 2, 3), 8);
    await codes.save(path);
    expect((await BitCodes.load(path)).equals(codes)).toBe(true);
    expect((await readdir(folder)).length).toBe(names.length);
  });
});
