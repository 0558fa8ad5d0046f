/**
 * The memory of finding near duplicates: all pairs of a million codes take less than a gibibyte, whatever the radius
 * and however many pairs there are. A process of its own tells its peak.
 */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { PEAK_BYTES } from '../support/peak.ts';

const GIB = 2 ** 30;

/** Joins a million codes, reads so many blocks, and prints how many pairs they held and the peak of the process. */
const script = (data: string, radius: number, blocks: number): string => `${PEAK_BYTES}
  import { BitCodes, HammingIndex } from 'flyhash';
  const index = HammingIndex.create({ bits: 64 });
  const data = new Uint32Array(2e6);
  for (let i = 0, state = 1; i < data.length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    data[i] = ${data};
  }
  index.add(BitCodes.adopt(new Uint8Array(data.buffer), 64));
  let pairs = 0;
  let blocks = 0;
  for await (const block of index.selfJoin(${radius})) {
    pairs += block.count;
    if (++blocks === ${blocks}) break;
  }
  console.log(pairs, peakBytes());`;

describe('selfJoin of a million codes of 64 bits', () => {
  it.each([
    ['random, radius 3', 'state', 3, Number.MAX_SAFE_INTEGER, 0],
    ['all equal, as long as somebody reads', '7', 3, 40, 40 * 65_536],
  ])('takes less than a gibibyte: %s', (_what, data, radius, blocks, least) => {
    const { FLYHASH_BACKEND: _backend, ...env } = process.env;
    const args = ['--input-type=module', '-e', script(data, radius, blocks)];
    const cwd = fileURLToPath(new URL('../..', import.meta.url));
    const ended = spawnSync(process.execPath, args, { cwd, env, encoding: 'utf8' });
    expect(ended.stderr).toBe('');
    const [pairs, peak] = ended.stdout.split(' ').map(Number);
    expect(pairs).toBeGreaterThanOrEqual(least);
    expect(peak).toBeLessThan(GIB);
  });
});
