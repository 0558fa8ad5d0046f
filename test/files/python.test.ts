/**
 * Files and Python: the safetensors package reads every kind as it was written, and a file that Python wrote by
 * docs/formats.md alone is read here. The package is not everywhere; `npm run test:python` gets it.
 */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BitCodes } from '../../lib/codes/bit-codes.ts';
import { partsOfBytes } from '../../lib/files/bytes.ts';
import { reference, useBackend } from '../support/backends.ts';
import { STORED } from '../support/stored.ts';

const SCRIPT = fileURLToPath(new URL('./container.py', import.meta.url));
const INSTALLED = fileURLToPath(new URL('../../.cache/python/bin/python', import.meta.url));
const PYTHON = process.env.FLYHASH_PYTHON ?? (existsSync(INSTALLED) ? INSTALLED : 'python3');

const DTYPES: Record<string, string> = {
  Uint8Array: 'uint8',
  Int8Array: 'int8',
  Uint16Array: 'uint16',
  Uint32Array: 'uint32',
  Int32Array: 'int32',
  BigInt64Array: 'int64',
  BigUint64Array: 'uint64',
  Float32Array: 'float32',
  Float64Array: 'float64',
};

let folder: string;

beforeAll(async () => {
  useBackend(reference);
  folder = await mkdtemp(join(tmpdir(), 'flyhash-python-'));
});
afterAll(() => rm(folder, { recursive: true }));

function python(...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(PYTHON, args, { encoding: 'utf8' });
  expect({ status, stderr, error }).toEqual({ status: 0, stderr: '', error: undefined });
  return stdout;
}

/** What Python must see of a file. */
function seen(bytes: Uint8Array): object {
  const { kind, parameters, tensors } = partsOfBytes(bytes);
  const entries = tensors.map(({ name, shape, data }) => {
    const { buffer, byteOffset, byteLength } = data;
    const hex = Buffer.from(buffer, byteOffset, byteLength).toString('hex');
    return [name, [DTYPES[data.constructor.name], shape, hex]] as const;
  });
  const digest = Buffer.from(bytes.subarray(-32)).toString('hex');
  const about = { format: 'flyhash', format_version: '1', kind };
  return {
    metadata: { ...about, parameters: JSON.stringify(parameters) },
    tensors: Object.fromEntries([...entries, ['sha256', ['uint8', [32], digest]]]),
  };
}

describe('Python', () => {
  it('writes what is read here', async () => {
    const path = join(folder, 'written.safetensors');
    python(SCRIPT, 'write', path);
    const codes = await BitCodes.load(path);
    const expected = BitCodes.from(Uint8Array.of(0b10100000, 0b11110000, 1, 0b01000000), 12);
    expect(codes.equals(expected)).toBe(true);
  });

  it('reads what is written here, with safetensors', async () => {
    const has = spawnSync(PYTHON, ['-c', 'import numpy, safetensors']);
    if (has.status !== 0) {
      console.warn(`NOT TESTED with safetensors: ${PYTHON} lacks it (npm run test:python gets it)`);
      expect(process.env.FLYHASH_PYTHON).toBeUndefined();
      return;
    }
    const paths: string[] = [];
    const expected: object[] = [];
    for (const [kind, make] of STORED) {
      const stored = await make();
      const path = join(folder, `${kind}.safetensors`);
      await stored.save(path);
      paths.push(path);
      expected.push(seen(stored.toBytes()));
    }
    expect(JSON.parse(python(SCRIPT, 'read', ...paths))).toEqual(expected);
  });
});
