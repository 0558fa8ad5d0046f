/**
 * The memory of files: loading takes at most twice the file, once as it lies on the disk and once as an index wants it,
 * and saving codes takes no more than its pieces. Processes of their own look at how far their peak grew, with room
 * for what V8 does meanwhile.
 */

import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BitCodes } from '../../lib/codes/bit-codes.ts';
import { HammingIndex } from '../../lib/search/hamming-index.ts';
import { addon, levelBackends, useBackend } from '../support/backends.ts';
import { PEAK_BYTES } from '../support/peak.ts';

const MIB = 2 ** 20;
const BYTES = 160 * MIB;
const SLACK = 96 * MIB;
const cwd = fileURLToPath(new URL('../..', import.meta.url));

let folder: string;

beforeAll(async () => {
  useBackend([...levelBackends.values()].at(-1) ?? expect.fail(addon.level()));
  folder = await mkdtemp(join(tmpdir(), 'flyhash-memory-'));
  const codes = BitCodes.adopt(new Uint8Array(BYTES).fill(85), 256);
  const index = HammingIndex.create({ bits: 256 });
  index.add(codes);
  await codes.save(join(folder, 'codes'));
  await index.save(join(folder, 'index'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Bytes that the peak of a process grew over while it did this. */
function growth(setup: string, action: string): number {
  const script = `${PEAK_BYTES}
    import { createReadStream } from 'node:fs';
    import { BitCodes, HammingIndex, load } from 'flyhash';
    const folder = ${JSON.stringify(folder)} + '/';
    await BitCodes.from(new Uint8Array(8), 8).save(folder + 'small');
    await load(folder + 'small');
    ${setup}
    const before = peakBytes();
    ${action}
    console.log(peakBytes() - before);`;
  const args = ['--input-type=module', '-e', script];
  // AddressSanitizer, where the suite runs under it, would keep 256 MiB of what was freed.
  const { ASAN_OPTIONS: sanitizer = '' } = process.env;
  const env = { ...process.env, ASAN_OPTIONS: `${sanitizer}:quarantine_size_mb=1` };
  const ended = spawnSync(process.execPath, args, { cwd, env, encoding: 'utf8' });
  expect(ended.stderr).toBe('');
  return Number(ended.stdout);
}

const loads: readonly (readonly [what: string, action: string, times: number])[] = [
  ['codes from a path', "const kept = await BitCodes.load(folder + 'codes');", 1],
  ['an index from a path', "const kept = await HammingIndex.load(folder + 'index');", 2],
  ['codes from a stream', "const kept = await load(createReadStream(folder + 'codes'));", 2],
];

describe('memory', () => {
  it.each(loads)('of loading %s', (_what, action, times) => {
    const grown = growth('', action);
    expect(grown).toBeLessThan(times * BYTES + SLACK);
    expect(grown).toBeGreaterThan(BYTES / 2);
  });

  it('of saving codes', () => {
    const setup = `const codes = BitCodes.adopt(new Uint8Array(${BYTES}).fill(85), 256);`;
    expect(growth(setup, "await codes.save(folder + 'again');")).toBeLessThan(SLACK);
  });
});
