/**
 * The memory of hashing: never more than the input, the output and 8 MiB a thread. The scratch memory of kernels is
 * computed and bounded in native/test/fly.cc; here processes of their own hash much more than that and look at how
 * far their peak grew, with room for what V8 does meanwhile, so that a copy of the input would be seen.
 */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { PEAK_BYTES } from '../support/peak.ts';

const MIB = 2 ** 20;
const INPUT = 192 * MIB;
const SLACK = 64 * MIB;
const THREADS = 2;

/** Hashes INPUT bytes of rows and prints how many bytes the peak grew, and how many the output has. */
const script = (hasher: string, dim: number, method: 'hash' | 'hashAsync'): string => `${PEAK_BYTES}
  import { BinaryQuantizer, DenseFly, FlyHash, SimHash } from 'flyhash';
  const dim = ${dim};
  const hasher = ${hasher};
  const vectors = new Float32Array(${INPUT / 4});
  for (let i = 0; i < vectors.length; i++) vectors[i] = i & 1023;
  hasher.hash(vectors.subarray(0, dim));
  const before = peakBytes();
  const codes = await hasher.${method}(vectors, { threads: ${THREADS} });
  const output = (codes.data ?? codes.indices).byteLength;
  console.log(peakBytes() - before, output);`;

const hashers: [string, number][] = [
  ['BinaryQuantizer.create({ dim })', 128],
  ["SimHash.create({ dim, bits: 64, projection: 'gaussian' })", 128],
  ["SimHash.create({ dim, bits: 64, projection: 'hadamard' })", 2 ** 20],
  ['FlyHash.create({ dim, units: 640, active: 32, fanIn: 4 })', 128],
  ['FlyHash.create({ dim, units: 65536, active: 16384, fanIn: 2 })', 65536],
  ['DenseFly.create({ dim, bits: 640, fanIn: 4 })', 8192],
];

describe.each(['hash', 'hashAsync'] as const)('%s', (method) => {
  it.each(hashers)('of %s takes its input, its output and little more', (hasher, dim) => {
    const { FLYHASH_BACKEND: _backend, ...env } = process.env;
    const args = ['--input-type=module', '-e', script(hasher, dim, method)];
    const cwd = fileURLToPath(new URL('../..', import.meta.url));
    const ended = spawnSync(process.execPath, args, { cwd, env, encoding: 'utf8' });
    expect(ended.stderr).toBe('');
    const [grown, output] = ended.stdout.split(' ').map(Number);
    expect(grown).toBeLessThan(output + THREADS * 8 * MIB + SLACK);
  });
});
