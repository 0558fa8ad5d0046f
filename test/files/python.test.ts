/**
 * Files and Python: the safetensors package reads every kind as it was written, and files of every kind that Python
 * wrote by docs/formats.md alone are read here. The package is not everywhere; `npm run test:python` gets it.
 */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BitCodes } from '../../lib/codes/bit-codes.ts';
import { SparseCodes } from '../../lib/codes/sparse-codes.ts';
import { partsOfBytes } from '../../lib/files/bytes.ts';
import { load } from '../../lib/files/open.ts';
import type { Stored } from '../../lib/files/stored.ts';
import type { WordVectors } from '../../lib/files/word-vectors.ts';
import type { FlyHash } from '../../lib/hash/fly-hash.ts';
import type { SimHash } from '../../lib/hash/sim-hash.ts';
import type { HammingIndex } from '../../lib/search/hamming-index.ts';
import type { InvertedIndex } from '../../lib/search/inverted-index.ts';
import type { NoveltyFilter } from '../../lib/search/novelty-filter.ts';
import type { VectorIndex } from '../../lib/search/vector-index.ts';
import type { BioWord } from '../../lib/words/bio-word.ts';
import type { Vocabulary } from '../../lib/words/vocabulary.ts';
import type { WordCodes } from '../../lib/words/word-codes.ts';
import { reference, useBackend } from '../support/backends.ts';
import { STORED } from '../support/stored.ts';

const SCRIPT = fileURLToPath(new URL('./container.py', import.meta.url));
const INSTALLED = fileURLToPath(new URL('../../.cache/python/bin/python', import.meta.url));
const PYTHON = process.env.FLYHASH_PYTHON ?? (existsSync(INSTALLED) ? INSTALLED : 'python3');

const DTYPES: Record<string, string> = {
  Uint8Array: 'uint8',
  Int8Array: 'int8',
  Int16Array: 'int16',
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
  describe('writes by the page alone', () => {
    const written = new Map<string, Stored[]>();
    const bytesOf = new Map<Stored, Buffer>();

    beforeAll(async () => {
      for (const name of JSON.parse(python(SCRIPT, 'write', folder)) as string[]) {
        const path = join(folder, name);
        const stored = await load(path);
        bytesOf.set(stored, await readFile(path));
        const kind = stored.constructor.name;
        written.set(kind, [...(written.get(kind) ?? []), stored]);
      }
    });

    it('every kind, byte for byte as flyhash would', async () => {
      const kinds = await Promise.all(
        [...STORED.values()].map(async (make) => (await make()).constructor.name),
      );
      expect([...written.keys()].sort()).toEqual([...new Set(kinds)].sort());
      for (const [stored, bytes] of bytesOf) expect(Buffer.from(stored.toBytes())).toEqual(bytes);
    });

    it('codes and models', () => {
      const [codes] = written.get('BitCodes') as [BitCodes];
      const expected = BitCodes.from(Uint8Array.of(0b10100000, 0b11110000, 1, 0b01000000), 12);
      expect(codes.equals(expected)).toBe(true);
      const [gaussian] = written.get('SimHash') as [SimHash];
      expect([
        ...gaussian.hash([
          [1, 2],
          [2, 0.5],
        ]).data,
      ]).toEqual([0b11000000, 0b11100000]);
      const [fly] = written.get('FlyHash') as [FlyHash];
      expect([...fly.hash([[1, 5, 2, 3]]).indices]).toEqual([1, 4]);
    });

    it('words, their vectors and their codes', () => {
      const [vocabulary] = written.get('Vocabulary') as [Vocabulary];
      expect([...vocabulary.numbers('The fly, a B\u00c9E')]).toEqual([-1, 0, -1, 1, -2]);
      const [vectors] = written.get('WordVectors') as [WordVectors];
      expect([...(vectors.vector('b\u00e9e') ?? [])]).toEqual([-1, 2]);
      const [dense, sparse] = written.get('WordCodes') as WordCodes[];
      expect([dense.similarity('fly', 'b\u00e9e'), sparse.bits]).toEqual([0.5, 8]);
      const [one, other] = written.get('BioWord') as BioWord[];
      expect([...(one.vector('fly')?.indices ?? [])]).toEqual([0, 2]);
      expect([...(one.document('fly fly b\u00e9e')?.indices ?? [])]).toEqual([0, 1]);
      expect([...(other.document('fly fly b\u00e9e')?.indices ?? [])]).toEqual([0, 2]);
    });

    it('indexes with the keys, holes and neighbours that it meant', () => {
      const keys = ['a', -3, 2 ** 53 - 1, '\u00e9\u{1f41d}'];
      for (const kind of ['HammingIndex', 'LshIndex', 'InvertedIndex', 'VectorIndex']) {
        const [index] = written.get(kind) as unknown as [HammingIndex];
        expect([index.size, index.rows, [...index.keys()]]).toEqual([4, 5, keys]);
      }
      const [hamming] = written.get('HammingIndex') as [HammingIndex];
      const near = hamming.search(BitCodes.from(Uint8Array.of(1, 0), 12), 2);
      expect([near.keys, [...near.distances]]).toEqual([
        [keys[1], keys[3]],
        [1, 2],
      ]);
      const asked = SparseCodes.from(Uint32Array.of(4, 8), { units: 900, active: 2 });
      const [, lists] = written.get('InvertedIndex') as InvertedIndex[];
      const found = lists.search(asked, 3);
      expect([found.keys, [...found.overlaps]]).toEqual([
        [keys[2], keys[0], null],
        [2, 1, 0],
      ]);
      for (const index of (written.get('VectorIndex') as VectorIndex[]).slice(0, 2)) {
        const { keys: nearest, distances } = index.search([[2, 3]], 1);
        expect([nearest, distances[0] < 0.001]).toEqual([[keys[2]], true]);
      }
      const [, filter] = written.get('NoveltyFilter') as NoveltyFilter[];
      const units = SparseCodes.from(Uint32Array.of(0, 1, 2), { units: 3, active: 1 });
      expect([filter.count, ...filter.novelty(units)]).toEqual([4, 1, 0.25, 0.75]);
    });
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
