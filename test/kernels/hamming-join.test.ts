/**
 * The kernels of the self-join at every level against their oracle: random, tied and clustered codes, every plan of
 * tables, output that is full in the middle of a row, and work split over threads.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Backend } from '../../lib/backend/kernels.ts';
import { HammingStore, wordsOf } from '../../lib/search/hamming-store.ts';
import { COMPARE_ALL, type JoinPlan, tablesOf } from '../../lib/search/join-plan.ts';
import { levelBackends, reference, useBackend } from '../support/backends.ts';
import { type CodeKind, codeBits, codeKind, codes } from '../support/codes.ts';
import { length, RUNS } from '../support/generators.ts';

interface Problem {
  readonly rows: number;
  readonly bits: number;
  readonly radius: number;
  readonly kind: CodeKind;
  readonly seed: number;
  readonly start: readonly [left: number, right: number, end: number];
  readonly capacity: number;
}

/** Rows, bits and radii, with a range of left rows and room for some, all, or no pairs. */
function problems(mostRows: number, bits: fc.Arbitrary<number>): fc.Arbitrary<Problem> {
  return fc
    .record({ rows: length(0, mostRows), bits, kind: codeKind, seed: fc.nat() })
    .chain((sizes) => {
      const row = fc.nat(sizes.rows + 2);
      return fc.record({
        ...(Object.fromEntries(
          Object.entries(sizes).map(([name, value]) => [name, fc.constant(value)]),
        ) as { [Name in keyof typeof sizes]: fc.Arbitrary<(typeof sizes)[Name]> }),
        radius: fc.oneof(fc.nat(Math.min(8, sizes.bits)), fc.nat(sizes.bits)),
        start: fc.oneof(fc.constant([0, 0, sizes.rows] as const), fc.tuple(row, row, row)),
        capacity: fc.oneof(
          fc.nat(20),
          fc.constant((sizes.rows * sizes.rows) / 2 + 1),
          fc.nat(5000),
        ),
      });
    })
    .map((problem) => ({ ...problem, capacity: Math.floor(problem.capacity) }));
}

interface Prepared {
  readonly words: BigUint64Array;
  readonly store: BigUint64Array;
}

function prepared({ rows, bits, kind, seed }: Problem): Prepared {
  useBackend(reference);
  const made = codes(rows, bits, kind, seed);
  const store = new HammingStore(bits);
  store.append(made);
  return { words: wordsOf(made), store: store.memory() };
}

interface Tables {
  readonly starts: Uint32Array;
  readonly members: Uint32Array;
  readonly candidates: number;
}

function tables(
  backend: Backend,
  { words }: Prepared,
  { rows, bits }: Problem,
  { blocks, flips, keyBits }: JoinPlan,
  threads: number,
): Tables {
  const starts = new Uint32Array(blocks * (2 ** keyBits + 1)).fill(7);
  const members = new Uint32Array(blocks * rows).fill(7);
  const args = [words, rows, bits, blocks, flips, keyBits, starts, members] as const;
  return { starts, members, candidates: backend.run({ name: 'hammingJoinTables', args }, threads) };
}

/** As toEqual, in a fraction of its time. */
function expectEqual(actual: readonly Uint32Array[], expected: readonly Uint32Array[]): void {
  const bytes = (array: Uint32Array): Buffer =>
    Buffer.from(array.buffer, array.byteOffset, array.byteLength);
  const isEqual = actual.every((array, i) => bytes(array).equals(bytes(expected[i])));
  if (!isEqual) expect(actual).toEqual(expected);
}

/** The pairs of a join as `count` lefts, rights and distances. */
function join(
  backend: Backend,
  { words, store }: Prepared,
  problem: Problem,
  plan: JoinPlan,
  threads: number,
): Uint32Array[] {
  const { rows, bits, radius, start, capacity } = problem;
  const { starts, members } = tables(backend, { words, store }, problem, plan, threads);
  const { blocks, flips, keyBits } = plan;
  const pairs = new Uint32Array(3 * capacity).fill(7);
  const plain = blocks > 0 ? new BigUint64Array(0) : store;
  const args = [
    words,
    rows,
    bits,
    radius,
    blocks,
    flips,
    keyBits,
    starts,
    members,
    plain,
    ...start,
    capacity,
    pairs,
  ] as const;
  const count = backend.run({ name: 'hammingJoin', args }, threads);
  return [0, 1, 2].map((i) => pairs.subarray(i * capacity, i * capacity + count));
}

/** Every plan that finds all pairs: none, keys that are equal, keys with a bit flipped; and keys of a few bits. */
function plans(problem: Problem): JoinPlan[] {
  const found = [0, 1].map((flips) => tablesOf(problem, flips));
  const real = found.filter((plan): plan is JoinPlan => plan !== undefined);
  return [
    COMPARE_ALL,
    ...real,
    ...real.map((plan) => ({ ...plan, keyBits: 1 + (plan.keyBits >> 2) })),
  ];
}

const shapes = [
  ['short codes', problems(150, codeBits(300)), RUNS * 2],
  ['one word', problems(300, fc.integer({ min: 1, max: 64 })), RUNS],
  ['long codes', problems(60, codeBits(4200)), RUNS / 2],
] as const;

describe.each([...levelBackends])('hamming-join at level %s', (_level, backend) => {
  it.each(shapes)(
    'finds the pairs of the reference by every plan on one to three threads: %s',
    (_name, problem, numRuns) => {
      fc.assert(
        fc.property(problem, fc.integer({ min: 1, max: 3 }), (p, threads) => {
          const ready = prepared(p);
          const expected = join(reference, ready, p, COMPARE_ALL, 1);
          for (const plan of plans(p)) {
            expectEqual(join(backend, ready, p, plan, threads), expected);
          }
        }),
        { numRuns: Math.ceil(numRuns) },
      );
    },
    60_000,
  );

  it('makes the tables of the reference', () => {
    fc.assert(
      fc.property(problems(100, codeBits(300)), fc.integer({ min: 1, max: 3 }), (p, threads) => {
        const ready = prepared(p);
        for (const plan of plans(p)) {
          const expected = tables(reference, ready, p, plan, 1);
          const actual = tables(backend, ready, p, plan, threads);
          expect(actual.candidates).toBe(expected.candidates);
          expectEqual([actual.starts, actual.members], [expected.starts, expected.members]);
        }
      }),
      { numRuns: Math.ceil(RUNS / 4) },
    );
  });

  it('gathers rows as the reference', () => {
    fc.assert(
      fc.property(
        problems(100, codeBits(300)),
        fc.array(fc.nat(), { maxLength: 50 }),
        (p, picks) => {
          const { store } = prepared(p);
          const ids = Uint32Array.from(p.rows === 0 ? [] : picks, (pick) => pick % p.rows);
          const words = Math.ceil(p.bits / 64);
          const gathered = (of: Backend): BigUint64Array => {
            const rows = new BigUint64Array(ids.length * words).fill(7n);
            const args = [store, p.rows, words, ids, ids.length, rows] as const;
            of.run({ name: 'hammingJoinGather', args }, 2);
            return rows;
          };
          expect(gathered(backend)).toEqual(gathered(reference));
        },
      ),
      { numRuns: Math.ceil(RUNS / 4) },
    );
  });

  it('keeps the order where a row has more pairs than a block of work keeps', () => {
    const rows = 140_000; // above the places that native/addon/hamming-join-blocks.cc gives to one row
    const words = new BigUint64Array(rows);
    const capacity = 2 * rows;
    const problem = { rows, bits: 64, radius: 3 };
    for (const plan of [COMPARE_ALL, tablesOf(problem, 0) as JoinPlan]) {
      const start = [3, 5, 5] as const;
      const whole = { ...problem, kind: 'equal', seed: 0, start, capacity } as const;
      const [lefts, rights, distances] = join(backend, { words, store: words }, whole, plan, 2);
      expect(lefts.length).toBe(rows - 5 + (rows - 5));
      expect(lefts.every((left, i) => left === (i < rows - 5 ? 3 : 4))).toBe(true);
      expect(rights.every((right, i) => right === 5 + (i % (rows - 5)))).toBe(true);
      expect(distances.every((distance) => distance === 0)).toBe(true);
    }
  });
});

describe('the oracle of hamming-join', () => {
  it('finds every pair once, in order, when it is resumed after each that it found', () => {
    const problem = { rows: 60, bits: 40, radius: 9, kind: 'near', seed: 5 } as const;
    const whole = { ...problem, start: [0, 0, 60], capacity: 2000 } as const;
    const ready = prepared(whole);
    const expected = join(reference, ready, whole, COMPARE_ALL, 1);
    const all = [...expected[0]].map((left, i) => [left, expected[1][i], expected[2][i]]);
    expect(all.length).toBeGreaterThan(100);
    const one: number[][] = [];
    for (let [left, right] = [0, 0]; ; ) {
      const step = { ...problem, start: [left, right, 60], capacity: 1 } as const;
      const found = join(reference, ready, step, COMPARE_ALL, 1).map(([value]) => value);
      if (found[0] === undefined) break;
      one.push(found);
      [left, right] = [found[0], found[1] + 1];
    }
    expect(one).toEqual(all);
  });
});
