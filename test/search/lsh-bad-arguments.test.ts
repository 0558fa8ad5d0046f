/** Bad arguments to LshIndex and to margins of SimHash: the kind of error and its sentence, and nothing changed. */

import { beforeAll, describe, expect, it } from 'vitest';
import { BitCodes } from '../../lib/codes/bit-codes.ts';
import { SimHash } from '../../lib/hash/sim-hash.ts';
import { LshIndex } from '../../lib/search/lsh-index.ts';
import { allBackends, useBackend } from '../support/backends.ts';

beforeAll(() => useBackend([...allBackends.values()][0]));

const right = { bits: 16, tables: 2, keyBits: 8 };
const code = BitCodes.from(Uint8Array.of(1, 2), 16);

function detached(bits: number): BitCodes {
  const codes = BitCodes.adopt(new Uint8Array(4), bits);
  structuredClone(codes.data.buffer, { transfer: [codes.data.buffer as ArrayBuffer] });
  return codes;
}

const create = (options: object) => (): unknown => LshIndex.create(options as never);

function filled(options: object): LshIndex {
  const index = LshIndex.create({ ...right, ...options });
  if (index.probes === 'exact') index.add(code);
  return index;
}

const add = (options: object, items: unknown) => (): unknown =>
  filled({ probes: 1, ...options }).add(items as never);
const search = (options: object, items: unknown) => (): unknown =>
  filled(options).search(items as never, 1);
const directed = { probes: { directed: 3 } };
const external = { keys: 'external' };
const other = BitCodes.from(Uint8Array.of(1), 8);
const two = BitCodes.from(new Uint8Array(4), 16);

describe('LshIndex', () => {
  it.each([
    ['bits 0', create({ ...right, bits: 0 }), RangeError, 'bits must be a whole number from 1 to'],
    [
      'no bits',
      create({ tables: 1, keyBits: 1 }),
      TypeError,
      'bits must be a number, got undefined',
    ],
    [
      'tables 0',
      create({ ...right, tables: 0 }),
      RangeError,
      'tables must be a whole number from 1 to 1024',
    ],
    [
      'keyBits 33',
      create({ ...right, keyBits: 33 }),
      RangeError,
      'keyBits must be a whole number from 1 to 32',
    ],
    [
      'slices that do not fit',
      create({ ...right, tables: 3 }),
      RangeError,
      'tables x keyBits must be at most bits = 16',
    ],
    [
      'sampled keys longer than codes',
      create({ bits: 4, tables: 1, keyBits: 5, keys: 'sampled' }),
      RangeError,
      'keyBits must be at most bits = 4, got 5',
    ],
    [
      'other keys',
      create({ ...right, keys: 'slice' }),
      RangeError,
      "keys must be one of 'slices', 'sampled', 'external'",
    ],
    [
      'a radius beyond keys',
      create({ ...right, probes: 9 }),
      RangeError,
      'probes must be a whole number from 0 to 8',
    ],
    [
      'probes of a kind',
      create({ ...right, probes: 'near' }),
      TypeError,
      "probes must be 'exact', a radius, or { directed }",
    ],
    [
      'no directed probes',
      create({ ...right, probes: { directed: 0 } }),
      RangeError,
      'probes.directed must be a whole number from 1',
    ],
    [
      'misspelt probes',
      create({ ...right, probes: { direct: 1 } }),
      TypeError,
      'probes must have only the keys directed',
    ],
    ['a seed', create({ ...right, seed: -1 }), RangeError, 'seed must be'],
    [
      'a misspelt option',
      create({ ...right, table: 1 }),
      TypeError,
      'options must have only the keys',
    ],
    [
      'no codes',
      add({}, undefined),
      TypeError,
      'codes must be BitCodes, or an object that holds codes',
    ],
    [
      'an object without codes',
      add({}, {}),
      TypeError,
      'codes.codes must be BitCodes, got undefined',
    ],
    [
      'codes of other bits',
      add({}, other),
      RangeError,
      'codes must have 16 bits, as the index, got 8',
    ],
    ['detached codes', add({}, detached(16)), TypeError, 'codes must have its memory'],
    [
      'margins of rows',
      add(directed, { codes: code, margins: new Float32Array(16) }),
      TypeError,
      'codes.margins must be absent',
    ],
    [
      'buckets that nobody wants',
      add({}, { codes: code, buckets: code }),
      TypeError,
      'codes.buckets must be absent',
    ],
    ['no buckets', add(external, code), TypeError, 'codes.buckets must be BitCodes, got undefined'],
    [
      'buckets of other bits',
      add(external, { codes: code, buckets: other }),
      RangeError,
      'codes.buckets must have 16 bits, tables x keyBits, got 8',
    ],
    [
      'other rows of buckets',
      add(external, { codes: code, buckets: two }),
      RangeError,
      'codes.buckets must have 1 rows, as the codes, got 2',
    ],
    [
      'a misspelt part',
      add({}, { codes: code, bucket: code }),
      TypeError,
      'codes must have only the keys',
    ],
    ['queries of other bits', search({}, other), RangeError, 'queries must have 16 bits'],
    [
      'no margins',
      search(directed, code),
      TypeError,
      'queries.margins must be Float32Array, got undefined',
    ],
    [
      'margins that nobody wants',
      search({}, { codes: code, margins: new Float32Array(16) }),
      TypeError,
      'queries.margins must be absent, unless directed',
    ],
    [
      'too few margins',
      search(directed, { codes: code, margins: new Float32Array(15) }),
      RangeError,
      'queries.margins must have 1 rows of 16 numbers, got 15 numbers',
    ],
    [
      'margins that are not finite',
      search(directed, { codes: code, margins: new Float32Array(16).fill(Number.NaN, 5, 6) }),
      RangeError,
      'queries.margins[0][5] must be finite, got NaN',
    ],
    [
      'bucket keys of no codes',
      () => LshIndex.create(right).bucketKeys(7 as never),
      TypeError,
      'codes must be BitCodes',
    ],
    [
      'no shared index',
      () => LshIndex.fromShared(7 as never),
      TypeError,
      'shared must be an object',
    ],
    [
      'the constructor',
      () => new (LshIndex as never as new () => unknown)(),
      TypeError,
      'LshIndex must be made by LshIndex.create',
    ],
  ] as const)('refuses %s', (_what, call, kind, sentence) => {
    expect(call).toThrow(kind);
    expect(call).toThrow(sentence);
  });

  it('has not changed after a refused add', () => {
    const index = filled({});
    expect(() => index.add(other)).toThrow(RangeError);
    expect(() => index.add(two, ['a', 'b'])).toThrow(TypeError);
    expect([index.size, index.rows]).toEqual([1, 1]);
    expect(index.search(code, 2).counts[0]).toBe(1);
  });

  it('stays within its memory whatever other threads write to shared tables', () => {
    const index = LshIndex.create({ bits: 64, tables: 4, keyBits: 10, probes: 2 });
    index.add(
      BitCodes.from(
        Uint8Array.from({ length: 8 * 300 }, (_, i) => i * 37),
        64,
      ),
    );
    const shared = index.share();
    const opened = LshIndex.fromShared(shared);
    const tables = shared.tensors.find(({ name }) => name === 'tables')?.data as Uint32Array;
    const queries = BitCodes.from(new Uint8Array(64), 64);
    for (const value of [0xffffffff, 300, 299, 0, 0x80000000]) {
      tables.fill(value);
      const { ids, counts } = opened.search(queries, 5);
      for (let q = 0; q < 8; q++) {
        expect(ids.subarray(q * 5, q * 5 + counts[q]).every((id) => id < 300)).toBe(true);
      }
    }
    opened.remove([1, 2, 3]);
    expect(opened.size).toBe(297);
  });
});

describe('margins of SimHash', () => {
  const hasher = SimHash.create({ dim: 2, bits: 8, seed: 1 });

  it.each([
    ['another dim', () => hasher.margins([[1, 2, 3]]), RangeError, 'vectors[0]'],
    ['no vectors', () => hasher.margins(undefined as never), TypeError, 'vectors'],
    [
      'a number that is not finite',
      () => hasher.margins([[1, Number.NaN]]),
      RangeError,
      'vectors[0][1] must be finite, got NaN',
    ],
    [
      'a misspelt option',
      () => hasher.margins([[1, 2]], { thread: 1 } as never),
      TypeError,
      'options must have only the keys threads',
    ],
    ['an overflow', () => hasher.margins([[3e38, 3e38]]), RangeError, 'margins[0]['],
  ] as const)('refuses %s', (_what, call, kind, sentence) => {
    expect(call).toThrow(kind);
    expect(call).toThrow(sentence);
  });

  it('are zero or more, and small where a little noise turns a bit', async () => {
    const vectors = Float32Array.from({ length: 200 }, (_, i) => Math.sin(i * 5) + 0.5);
    const trained = await SimHash.train(vectors, { dim: 2, bits: 64, seed: 3 });
    const margins = trained.margins(vectors);
    expect(margins.length).toBe(100 * 64);
    expect(margins.every((margin) => margin >= 0)).toBe(true);
    const before = trained.hash(vectors);
    const after = trained.hash(vectors.map((value, i) => value + 1e-3 * Math.cos(i)));
    for (let row = 0; row < 100; row++) {
      for (let bit = 0; bit < 64; bit++) {
        if (before.bit(row, bit) === after.bit(row, bit)) continue;
        expect(margins[row * 64 + bit]).toBeLessThan(0.02);
      }
    }
  });
});
