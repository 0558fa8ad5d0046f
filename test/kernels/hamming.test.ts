/**
 * The Hamming kernels at every level against their oracle, and the oracle against a plain sort: ties, complements,
 * distances at the limits of byte and 16-bit counters, any k, and work split over threads.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Backend } from '../../lib/backend/kernels.ts';
import type { BitCodes } from '../../lib/codes/bit-codes.ts';
import { HammingStore, type StoredCodes, wordsOf } from '../../lib/search/hamming-store.ts';
import { levelBackends, reference, useBackend } from '../support/backends.ts';
import { codeBits, codeKind, codes } from '../support/codes.ts';
import { length, RUNS } from '../support/generators.ts';

interface Problem {
  readonly rows: number;
  readonly bits: number;
  readonly queries: number;
  readonly k: number;
  readonly kind: Parameters<typeof codes>[2];
  readonly queryKind: Parameters<typeof codes>[2];
  readonly seed: number;
}

interface Found {
  readonly ids: Uint32Array;
  readonly distances: Uint32Array;
  readonly counts: Uint32Array;
}

function problems(
  rows: fc.Arbitrary<number>,
  bits: fc.Arbitrary<number>,
  queries: fc.Arbitrary<number>,
  mostPlaces = 300,
): fc.Arbitrary<Problem> {
  return fc
    .record({ rows, bits, queries, kind: codeKind, queryKind: codeKind, seed: fc.nat() })
    .chain((problem) =>
      fc
        .oneof(
          fc.integer({ min: 0, max: 12 }),
          fc.integer({ min: 0, max: Math.min(problem.rows + 2, mostPlaces) }),
        )
        .map((k) => ({ ...problem, k })),
    );
}

const small = problems(length(0, 300), codeBits(600), length(0, 40));
const manyQueries = problems(length(50, 500), codeBits(300), fc.integer({ min: 12, max: 140 }));
const longCodes = problems(length(0, 200), codeBits(4200), length(0, 20));
const split = problems(
  fc.integer({ min: 3000, max: 12000 }),
  fc.constantFrom(64, 100, 256),
  fc.integer({ min: 100, max: 140 }),
  1000,
);
const hugeCodes = problems(
  length(0, 40),
  fc.constantFrom(65_535, 65_536, 65_537, 65_600, 70_001),
  length(0, 14),
);

function stored(base: BitCodes): StoredCodes {
  useBackend(reference);
  const store = new HammingStore(base.bits);
  store.append(base);
  return store.snapshot();
}

/** As toEqual, in a fraction of its time. */
function expectEqual(actual: ArrayBufferView, expected: ArrayBufferView): void {
  const bytes = (view: ArrayBufferView): Buffer =>
    Buffer.from(view.buffer, view.byteOffset, view.byteLength);
  if (!bytes(actual).equals(bytes(expected))) expect(actual).toEqual(expected);
}

function search(
  backend: Backend,
  base: StoredCodes,
  queries: BitCodes,
  k: number,
  threads: number,
): Found {
  const found = {
    ids: new Uint32Array(queries.rows * k).fill(7),
    distances: new Uint32Array(queries.rows * k).fill(7),
    counts: new Uint32Array(queries.rows).fill(7),
  };
  const { store, tail, rows } = base;
  const words = wordsOf(queries);
  backend.run(
    {
      name: 'hammingSearch',
      args: [
        store,
        tail,
        rows,
        queries.bits,
        words,
        queries.rows,
        k,
        found.ids,
        found.distances,
        found.counts,
      ],
    },
    threads,
  );
  return found;
}

function sameOnOneToThreeThreads(backend: Backend, problem: Problem): void {
  const base = stored(codes(problem.rows, problem.bits, problem.kind, problem.seed));
  const queries = codes(problem.queries, problem.bits, problem.queryKind, problem.seed);
  const expected = search(reference, base, queries, problem.k, 1);
  for (const threads of [1, 2, 3]) {
    const actual = search(backend, base, queries, problem.k, threads);
    expectEqual(actual.counts, expected.counts);
    expectEqual(actual.distances, expected.distances);
    expectEqual(actual.ids, expected.ids);
  }
}

const TIMEOUT = 120_000;

describe.each([...levelBackends])('hamming at level %s', (_level, backend) => {
  it.each([
    ['short codes', small, RUNS * 6],
    ['many queries', manyQueries, RUNS],
    ['long codes', longCodes, RUNS / 4],
    ['distances around 65,535', hugeCodes, RUNS / 16],
    ['work split into ranges', split, RUNS / 40],
  ] as const)(
    'finds the neighbours that the reference finds: %s',
    (_name, problem, numRuns) => {
      fc.assert(
        fc.property(problem, (p) => sameOnOneToThreeThreads(backend, p)),
        { numRuns: Math.ceil(numRuns) },
      );
    },
    TIMEOUT,
  );

  it('gives every distance as the reference', () => {
    const shape = problems(length(0, 100), codeBits(700), length(0, 20));
    fc.assert(
      fc.property(shape, fc.integer({ min: 1, max: 3 }), (p, threads) => {
        const { store } = stored(codes(p.rows, p.bits, p.kind, p.seed));
        const queries = wordsOf(codes(p.queries, p.bits, p.queryKind, p.seed));
        const words = Math.ceil(p.bits / 64);
        const distances = (of: Backend, on: number): Uint32Array => {
          const all = new Uint32Array(p.queries * p.rows).fill(7);
          const args = [store, p.rows, words, queries, p.queries, all] as const;
          of.run({ name: 'hammingDistances', args }, on);
          return all;
        };
        expectEqual(distances(backend, threads), distances(reference, 1));
      }),
      { numRuns: RUNS },
    );
  });

  it('interleaves codes as the reference, wherever they start, and takes them out again', () => {
    const shape = fc.record({
      rows: length(0, 40),
      first: length(0, 20),
      bits: codeBits(300),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(shape, ({ rows, first, bits, seed }) => {
        const { data, bytes } = codes(rows, bits, 'random', seed);
        const size = Math.ceil((first + rows) / 8) * 8 * Math.ceil(bytes / 8);
        const interleaved = (of: Backend): BigUint64Array => {
          const store = new BigUint64Array(size).fill(7n);
          of.run({ name: 'hammingInterleave', args: [data, rows, bytes, first, store] }, 1);
          return store;
        };
        expectEqual(interleaved(backend), interleaved(reference));
        const back = new Uint8Array(data.length).fill(7);
        const args = [interleaved(reference), first, rows, bytes, back] as const;
        backend.run({ name: 'hammingDeinterleave', args }, 1 + (seed % 3));
        expectEqual(back, data);
        back.fill(7);
        reference.run({ name: 'hammingDeinterleave', args }, 1);
        expectEqual(back, data);
      }),
      { numRuns: RUNS },
    );
  });
});

describe('the hamming oracle', () => {
  it('finds what sorting all distances finds', () => {
    fc.assert(
      fc.property(small, (p) => {
        const base = codes(p.rows, p.bits, p.kind, p.seed);
        const queries = codes(p.queries, p.bits, p.queryKind, p.seed);
        const found = search(reference, stored(base), queries, p.k, 1);
        for (let query = 0; query < p.queries; query++) {
          const sorted = sortedByDistance(base, queries.row(query)).slice(0, p.k);
          const start = query * p.k;
          expect(found.counts[query]).toBe(sorted.length);
          expect([...found.ids.subarray(start, start + sorted.length)]).toEqual(
            sorted.map(({ row }) => row),
          );
          expect([...found.distances.subarray(start, start + sorted.length)]).toEqual(
            sorted.map(({ distance }) => distance),
          );
        }
      }),
      { numRuns: Math.ceil(RUNS / 4) },
    );
  });
});

function sortedByDistance(base: BitCodes, query: Uint8Array): { row: number; distance: number }[] {
  const bitsOf = (byte: number): number => byte.toString(2).replaceAll('0', '').length;
  const all = [...base].map((code, row) => ({
    row,
    distance: code.reduce((sum, byte, i) => sum + bitsOf(byte ^ query[i]), 0),
  }));
  return all.sort((a, b) => a.distance - b.distance || a.row - b.row);
}
