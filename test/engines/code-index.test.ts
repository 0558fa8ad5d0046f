/**
 * The interface that local indexes and those of engines share, told by the type checker and by one function that works
 * with any of them; and what can be said of engines without one: merging of shards, packages and servers that are not
 * there, arguments that are none.
 */

import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { BitCodes } from '../../lib/codes/bit-codes.ts';
import type { SparseCodes } from '../../lib/codes/sparse-codes.ts';
import type { CodeIndex } from '../../lib/engines/code-index.ts';
import { engineFault, optionalPackage } from '../../lib/engines/engine-faults.ts';
import { compareKeys } from '../../lib/engines/engine-keys.ts';
import {
  MilvusHammingIndex,
  MilvusInvertedIndex,
  mergeMatches,
  modelHash,
} from '../../lib/engines/milvus.ts';
import { PgHammingIndex, PgInvertedIndex, PgLshIndex } from '../../lib/engines/pgvector.ts';
import { SimHash } from '../../lib/hash/sim-hash.ts';
import { HammingIndex } from '../../lib/search/hamming-index.ts';
import type { InvertedIndex } from '../../lib/search/inverted-index.ts';
import type { Key } from '../../lib/search/keys.ts';
import { LshIndex } from '../../lib/search/lsh-index.ts';
import { NO_ID } from '../../lib/search/neighbors.ts';
import { codes } from '../support/codes.ts';

const MODEL = 'a'.repeat(64);

describe('the shared interface', () => {
  it('is that of every index of codes', () => {
    expectTypeOf<HammingIndex>().toExtend<CodeIndex<BitCodes>>();
    expectTypeOf<LshIndex>().toExtend<CodeIndex<BitCodes>>();
    expectTypeOf<InvertedIndex>().toExtend<CodeIndex<SparseCodes>>();
    expectTypeOf<PgHammingIndex>().toExtend<CodeIndex<BitCodes>>();
    expectTypeOf<PgLshIndex>().toExtend<CodeIndex<BitCodes>>();
    expectTypeOf<PgInvertedIndex>().toExtend<CodeIndex<SparseCodes>>();
    expectTypeOf<MilvusHammingIndex>().toExtend<CodeIndex<BitCodes>>();
    expectTypeOf<MilvusInvertedIndex>().toExtend<CodeIndex<SparseCodes>>();
    expectTypeOf<HammingIndex>().not.toExtend<CodeIndex<SparseCodes>>();
  });

  it('lets one function use any of them', async () => {
    const rows = codes(9, 40, 'random', 1);
    async function nearestTwo(index: CodeIndex<BitCodes>): Promise<unknown> {
      await index.add(rows.slice(0, 8), [0, 1, 2, 3, 4, 5, 6, 7]);
      await index.upsert(rows.slice(0, 1), [0]);
      expect(await index.remove([7, 99])).toBe(1);
      expect(await index.has(6)).toBe(true);
      const { keys, distances } = await index.search(rows.slice(8), 2, { filter: [1, 2, 3, 7] });
      return { keys, distances };
    }
    const exact = await nearestTwo(HammingIndex.create({ bits: 40 }));
    const all = { bits: 40, tables: 1, keyBits: 8, probes: 8 };
    expect(await nearestTwo(LshIndex.create(all))).toEqual(exact);
  });
});

describe('mergeMatches', () => {
  const rows = fc.uniqueArray(fc.tuple(fc.integer(), fc.nat(5), fc.nat(3)), {
    selector: ([key]) => key,
    maxLength: 30,
  });

  function top(list: readonly (readonly [number, number, number])[], k: number) {
    const near = [...list].sort((a, b) => a[1] - b[1] || a[0] - b[0]).slice(0, k);
    const empty = Array.from({ length: k - near.length }, () => null);
    const keys: (Key | null)[] = [...near.map(([key]) => key), ...empty];
    const distances = Uint32Array.from([
      ...near.map(([, distance]) => distance),
      ...empty.map(() => NO_ID),
    ]);
    return { rows: 1, k, keys, distances, counts: Uint32Array.of(near.length) };
  }

  it('gives the nearest of all rows, however they are spread', () => {
    const property = fc.property(rows, fc.nat(8), (all, k) => {
      const shards = [0, 1, 2, 3].map((shard) =>
        top(
          all.filter((row) => row[2] === shard),
          k,
        ),
      );
      expect(mergeMatches(shards, k)).toEqual(top(all, k));
    });
    fc.assert(property);
  });

  it('says what is wrong with its arguments', () => {
    const one = top([], 2);
    expect(() => mergeMatches([], 1)).toThrow(/^shards must be a list of results, at least one/);
    expect(() => mergeMatches([one], 3)).toThrow(/^k must be a whole number from 0 to 2, got 3$/);
    expect(() => mergeMatches([one, { ...one, rows: 2 }], 1)).toThrow(
      /^shards\[1\].rows must be 1/,
    );
  });
});

describe('keys of one kind', () => {
  it('are in the order of their bytes in UTF-8', () => {
    const property = fc.property(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'binary' }),
      (a, b) => {
        const order = Buffer.compare(Buffer.from(a), Buffer.from(b));
        expect(Math.sign(compareKeys(a, b))).toBe(order);
      },
    );
    fc.assert(property, { examples: [['\uffee', '\u{1f600}']] });
  });
});

describe('modelHash', () => {
  it('tells models apart, and takes nothing else', () => {
    const of = (seed: number): string => modelHash(SimHash.create({ dim: 3, bits: 8, seed }));
    expect(of(1)).toMatch(/^[0-9a-f]{64}$/);
    expect(of(1)).toBe(of(1));
    expect(of(1)).not.toBe(of(2));
    expect(() => modelHash('x' as never)).toThrow(
      /^model must be a hasher of this package, got "x"$/,
    );
  });
});

describe('an engine that is not there', () => {
  it('needs a package: it is named', async () => {
    const absent = Object.assign(new Error('no'), { code: 'ERR_MODULE_NOT_FOUND' });
    await expect(optionalPackage('pg', () => Promise.reject(absent))).rejects.toMatchObject({
      code: 'ERR_MISSING_PACKAGE',
      message: "flyhash must find the package 'pg', got none: npm install pg",
    });
    const broken = new Error('broken');
    await expect(optionalPackage('pg', () => Promise.reject(broken))).rejects.toBe(broken);
  });

  it('does not answer: it is said, with its own error as the cause', async () => {
    const address = '127.0.0.1:1';
    const options = { name: 'pages', bits: 8, model: MODEL };
    const unreachable = { code: 'ERR_UNREACHABLE', cause: expect.anything() };
    await expect(MilvusHammingIndex.open(address, options)).rejects.toMatchObject(unreachable);
    const url = `postgres://nobody@${address}/none`;
    await expect(PgHammingIndex.open(url, options)).rejects.toMatchObject(unreachable);
  });

  it('says all of what went wrong at several addresses', () => {
    const cause = new AggregateError([new Error('first'), new Error('second')]);
    expect(engineFault('opening', 'ERR_ENGINE', cause).message).toBe(
      'opening must succeed, got: first; second',
    );
  });

  it('is none: it is said before anything is sent', async () => {
    const options = { name: 'pages', bits: 8, model: MODEL };
    const pool = { connect: async () => undefined, query: async () => undefined }; // a Client, not a Pool
    await expect(PgHammingIndex.open(pool as never, options)).rejects.toThrow(
      /^database must be a Pool of pg, a connection string, or a PGlite, got /,
    );
    await expect(MilvusHammingIndex.open({} as never, options)).rejects.toThrow(
      /^server must be a MilvusClient or an address, got /,
    );
  });
});

describe('wrong options', () => {
  const good = { name: 'pages', bits: 64, model: MODEL };
  const wrong: [object, RegExp][] = [
    [{ ...good, bits: 0 }, /^bits must be a whole number from 1 to/],
    [{ ...good, name: '' }, /^name must be /],
    [{ ...good, name: 5 }, /^name must be a string, got 5$/],
    [{ ...good, model: 'abc' }, /^model must be a hasher or its hash of 64 digits, got "abc"$/],
    [{ ...good, model: undefined }, /^model must be a hasher of this package, got undefined$/],
    [{ ...good, keyType: 'bigint' }, /^keyType must be one of 'number', 'string', got "bigint"$/],
    [{ ...good, vectorDim: 0 }, /^vectorDim must be a whole number from 1 to/],
    [{ ...good, size: 3 }, /^options must have only the keys name, /],
  ];

  it.each(wrong)('%o', async (options, message) => {
    await expect(PgHammingIndex.open('postgres://127.0.0.1:1', options as never)).rejects.toThrow(
      message,
    );
    await expect(MilvusHammingIndex.open('127.0.0.1:1', options as never)).rejects.toThrow(message);
  });

  it('of one engine only', async () => {
    const url = 'postgres://127.0.0.1:1';
    const sizes = { tables: 2, keyBits: 8 };
    const calls: [Promise<unknown>, RegExp][] = [
      [
        PgHammingIndex.open(url, { ...good, name: 'x'.repeat(56) }),
        /^name must be a string of 1 to 55 bytes/,
      ],
      [PgHammingIndex.open(url, { ...good, schema: 'a\0' }), /^schema must be a string of 1 to 55/],
      [
        PgLshIndex.open(url, { ...good, ...sizes, keys: 'external' }),
        /^keys must be 'slices' or 'sampl/,
      ],
      [
        PgLshIndex.open(url, { ...good, ...sizes, probes: { directed: 3 } }),
        /^probes must be 'exact'/,
      ],
      [
        PgLshIndex.open(url, { ...good, tables: 1, keyBits: 32, probes: 9 }),
        /^probes must be a radius of/,
      ],
      [
        PgInvertedIndex.open(url, { name: 'a', model: MODEL, units: 9, active: 10 }),
        /^active must be/,
      ],
      [
        MilvusHammingIndex.open('127.0.0.1:1', { ...good, name: 'a-b' }),
        /^name must be of 1 to 255 letters/,
      ],
      [
        MilvusHammingIndex.open('127.0.0.1:1', { ...good, lists: 0 }),
        /^lists must be a whole number/,
      ],
      [
        MilvusHammingIndex.open('127.0.0.1:1', { ...good, consistency: 'strong' as never }),
        /^consistency must/,
      ],
      [
        MilvusInvertedIndex.open('127.0.0.1:1', { name: 'a', model: MODEL, units: 9, active: 0 }),
        /^active/,
      ],
    ];
    for (const [call, message] of calls) await expect(call).rejects.toThrow(message);
  });
});
