/**
 * Hamming search of some rows only, and of all rows within a radius, at every level against the oracle: bitmaps of
 * any density, forbidden rows that are nearer than the allowed ones, results that do not fit, and work split over
 * threads; and the oracle against a plain loop.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Backend, KernelCall } from '../../lib/backend/kernels.ts';
import type { BitCodes } from '../../lib/codes/bit-codes.ts';
import { HammingStore, type StoredCodes, wordsOf } from '../../lib/search/hamming-store.ts';
import { levelBackends, reference, useBackend } from '../support/backends.ts';
import { codeBits, codeKind, codes } from '../support/codes.ts';
import { length, RUNS } from '../support/generators.ts';

const BITMAP_KINDS = ['none', 'all', 'half', 'few', 'most', 'runs', 'one', 'random'] as const;

interface Problem {
  readonly rows: number;
  readonly bits: number;
  readonly queries: number;
  readonly kind: Parameters<typeof codes>[2];
  readonly queryKind: Parameters<typeof codes>[2];
  readonly bitmapKind: (typeof BITMAP_KINDS)[number] | 'absent';
  readonly seed: number;
  /** k or radius, as a share of what is possible. */
  readonly share: number;
}

function problems(
  rows: fc.Arbitrary<number>,
  bits: fc.Arbitrary<number>,
  queries: fc.Arbitrary<number>,
): fc.Arbitrary<Problem> {
  const share = fc.oneof(fc.constantFrom(0, 1, 0.01), fc.double({ min: 0, max: 1, noNaN: true }));
  const bitmapKind = fc.constantFrom('absent' as const, ...BITMAP_KINDS);
  const kinds = { kind: codeKind, queryKind: codeKind, bitmapKind };
  return fc.record({ rows, bits, queries, ...kinds, seed: fc.nat(), share });
}

const small = problems(length(0, 300), codeBits(600), length(0, 20));
const blocks = problems(
  fc.integer({ min: 3000, max: 12_000 }),
  fc.constantFrom(17, 64, 128, 192, 256),
  fc.constantFrom(1, 3, 13, 30),
);
const longCodes = problems(length(0, 150), fc.constantFrom(4096, 65_537, 70_001), length(0, 5));

const KINDS = [
  ['small stores', small, RUNS * 3],
  ['several blocks', blocks, RUNS / 10],
  ['long codes', longCodes, RUNS / 10],
] as const;

const TIMEOUT = 120_000;

/** A bitmap of a kind: whole bytes at random, and bits after the last row set, which must not matter. */
function bitmapOf({ rows, bitmapKind, seed }: Problem): Uint8Array | undefined {
  if (bitmapKind === 'absent') return undefined;
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1;
  const draw = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  const allows = {
    none: () => false,
    all: () => true,
    half: () => draw() % 2 === 0,
    few: () => draw() % 200 === 0,
    most: () => draw() % 200 !== 0,
    runs: (row: number) => Math.floor((row + seed) / 1000) % 3 === 1,
    one: (row: number) => row === seed % Math.max(rows, 1),
    random: () => draw() % 5 === 0,
  }[bitmapKind];
  const bitmap = new Uint8Array(Math.ceil(rows / 8)).fill(0);
  for (let row = 0; row < bitmap.length * 8; row++) {
    if (row >= rows || allows(row)) bitmap[row >> 3] |= 0x80 >> (row & 7);
  }
  return bitmap;
}

function stored(base: BitCodes): StoredCodes {
  useBackend(reference);
  const store = new HammingStore(base.bits);
  store.append(base);
  return store.snapshot();
}

interface Given {
  readonly base: StoredCodes;
  readonly queries: BitCodes;
  readonly allowed: Uint8Array | undefined;
}

function givenBy(p: Problem): Given {
  const base = stored(codes(p.rows, p.bits, p.kind, p.seed));
  return { base, queries: codes(p.queries, p.bits, p.queryKind, p.seed), allowed: bitmapOf(p) };
}

type Outputs = readonly [number, Uint32Array, Uint32Array, Uint32Array];

function run(
  backend: Backend,
  name: 'hammingSearch' | 'hammingRange',
  { base, queries, allowed }: Given,
  limit: number,
  places: number,
  threads: number,
): Outputs {
  const ids = new Uint32Array(places).fill(7);
  const distances = new Uint32Array(places).fill(7);
  const counts = new Uint32Array(queries.rows).fill(7);
  const words = wordsOf(queries);
  const codesOf = [base.store, base.tail, base.rows, queries.bits, words, queries.rows] as const;
  const args = [...codesOf, limit, ids, distances, counts, allowed] as const;
  const result = backend.run({ name, args } as KernelCall, threads);
  return [result, counts, distances, ids];
}

/** As toEqual, in a fraction of its time. */
function expectEqual(actual: Outputs, expected: Outputs): void {
  const bytes = (view: ArrayBufferView): Buffer =>
    Buffer.from(view.buffer, view.byteOffset, view.byteLength);
  expect(actual[0]).toBe(expected[0]);
  for (const i of [1, 2, 3] as const) {
    if (!bytes(actual[i]).equals(bytes(expected[i]))) expect(actual[i]).toEqual(expected[i]);
  }
}

describe.each([...levelBackends])('hamming at level %s', (_level, backend) => {
  it.each(KINDS)(
    'finds the allowed neighbours that the reference finds: %s',
    (_name, problem, runs) => {
      const property = fc.property(problem, (p) => {
        const given = givenBy(p);
        const k = Math.round(p.share * Math.min(p.rows + 1, 300));
        const expected = run(reference, 'hammingSearch', given, k, p.queries * k, 1);
        for (const threads of [1, 2, 3]) {
          const actual = run(backend, 'hammingSearch', given, k, p.queries * k, threads);
          expectEqual(actual, expected);
        }
      });
      fc.assert(property, { numRuns: Math.ceil(runs) });
    },
    TIMEOUT,
  );

  it.each(KINDS)(
    'finds the rows within a radius that the reference finds: %s',
    (_name, problem, runs) => {
      const property = fc.property(problem, fc.nat(3), (p, lack) => {
        const given = givenBy(p);
        const radius = Math.round(p.share * (p.bits + 1));
        const [total] = run(reference, 'hammingRange', given, radius, 0, 1);
        const places = Math.max(0, total + 1 - lack);
        const expected = run(reference, 'hammingRange', given, radius, places, 1);
        for (const threads of [1, 2, 3]) {
          expectEqual(run(backend, 'hammingRange', given, radius, places, threads), expected);
        }
      });
      fc.assert(property, { numRuns: Math.ceil(runs / 2) });
    },
    TIMEOUT,
  );
});

/** Rows of a query in their order: by a plain loop over bits. */
function plainly(p: Problem, query: Uint8Array): { row: number; distance: number }[] {
  const bitmap = bitmapOf(p);
  const onesOf = (byte: number): number => byte.toString(2).replaceAll('0', '').length;
  const all = [...codes(p.rows, p.bits, p.kind, p.seed)].map((code, row) => ({
    row,
    distance: code.reduce((sum, byte, i) => sum + onesOf(byte ^ query[i]), 0),
  }));
  return all
    .filter(({ row }) => bitmap === undefined || (bitmap[row >> 3] & (0x80 >> (row & 7))) !== 0)
    .sort((a, b) => a.distance - b.distance || a.row - b.row);
}

describe('the hamming oracle', () => {
  it('finds the allowed rows that sorting all distances finds', () => {
    const property = fc.property(small, (p) => {
      const given = givenBy(p);
      const k = Math.round(p.share * (p.rows + 1));
      const [, counts, distances, ids] = run(
        reference,
        'hammingSearch',
        given,
        k,
        p.queries * k,
        1,
      );
      for (let query = 0; query < p.queries; query++) {
        const sorted = plainly(p, given.queries.row(query)).slice(0, k);
        const [start, end] = [query * k, query * k + sorted.length];
        expect(counts[query]).toBe(sorted.length);
        expect([...ids.subarray(start, end)]).toEqual(sorted.map(({ row }) => row));
        expect([...distances.subarray(start, end)]).toEqual(sorted.map((found) => found.distance));
      }
    });
    fc.assert(property, { numRuns: Math.ceil(RUNS / 8) });
  });

  it('finds the rows within a radius that filtering all distances finds', () => {
    const property = fc.property(small, (p) => {
      const given = givenBy(p);
      const radius = Math.round(p.share * (p.bits + 1));
      const places = p.rows * p.queries;
      const [total, counts, distances, ids] = run(
        reference,
        'hammingRange',
        given,
        radius,
        places,
        1,
      );
      let start = 0;
      for (let query = 0; query < p.queries; query++) {
        const near = plainly(p, given.queries.row(query)).filter((row) => row.distance <= radius);
        const end = start + near.length;
        expect(counts[query]).toBe(near.length);
        expect([...ids.subarray(start, end)]).toEqual(near.map(({ row }) => row));
        expect([...distances.subarray(start, end)]).toEqual(near.map((found) => found.distance));
        start = end;
      }
      expect(total).toBe(start);
    });
    fc.assert(property, { numRuns: Math.ceil(RUNS / 8) });
  });
});
