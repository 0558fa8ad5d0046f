/**
 * The kernels of windows of words at every level against their oracles, integer for integer: any tokens, ties, weights
 * at the ends of 16 bits, windows that are cut, blocks that begin inside a paragraph, on one to three threads; and the
 * oracles against the sums of bags, which are made in another way.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Backend, KernelCall } from '../../lib/backend/kernels.ts';
import {
  END_OF_PARAGRAPH,
  MOST_GROUP_REACH,
  MOST_REACH,
  NO_WINNER,
} from '../../lib/backend/windows-kernels.ts';
import { levelBackends, reference } from '../support/backends.ts';
import { length, RUNS } from '../support/generators.ts';
import { longText, table, tokens } from '../support/windows-cases.ts';

const FEWER_RUNS = Math.ceil(RUNS / 2);

const flag = fc.constantFrom<0 | 1>(0, 1);

const text = fc
  .record({
    count: length(0, 90),
    vocabulary: fc.integer({ min: 0, max: 12 }),
    units: length(1, 130),
    radius: fc.oneof(fc.integer({ min: 0, max: 8 }), fc.constantFrom(30, 200)),
    threads: fc.integer({ min: 1, max: 3 }),
  })
  .chain((sizes) =>
    fc.record({
      sizes: fc.constant(sizes),
      tokens: tokens(sizes.count, sizes.vocabulary),
      context: table(sizes.vocabulary, sizes.units),
      target: table(sizes.vocabulary, sizes.units),
      targetWeight: fc.oneof(
        fc.integer({ min: 0, max: 4 }),
        fc.constantFrom(0, 100, MOST_REACH - sizes.radius),
      ),
      onlyFull: flag,
      onlyWords: flag,
      groupSize: fc.integer({ min: 1, max: 5 }),
    }),
  );

type Text = typeof text extends fc.Arbitrary<infer Value> ? Value : never;

function winnersCall(problem: Text, winners: Uint32Array): KernelCall {
  const { sizes, context, target, targetWeight, onlyFull, onlyWords } = problem;
  const { count, radius, vocabulary, units } = sizes;
  const own = [problem.tokens, count, radius, context, target, vocabulary, units] as const;
  const args = [...own, targetWeight, onlyFull, onlyWords, winners] as const;
  return { name: 'windowsWinners', args };
}

function winnersOf(backend: Backend, problem: Text, threads: number): Uint32Array {
  const winners = new Uint32Array(problem.sizes.count).fill(7);
  expect(backend.run(winnersCall(problem, winners), threads)).toBe(0);
  return winners;
}

/** Where the words of a text stand. */
function placesOf(backend: Backend, problem: Text, threads: number) {
  const { count, vocabulary } = problem.sizes;
  const starts = new Uint32Array(vocabulary + 1).fill(7);
  const positions = new Uint32Array(count).fill(7);
  const args = [problem.tokens, count, vocabulary, starts, positions] as const;
  expect(backend.run({ name: 'windowsOrder', args }, threads)).toBe(0);
  return { starts, positions };
}

function groupWinnersOf(backend: Backend, problem: Text, threads: number): Uint32Array {
  const { sizes, context, target, targetWeight, groupSize } = problem;
  const { count, radius, vocabulary, units } = sizes;
  const { starts, positions } = placesOf(reference, problem, 1);
  const winners = new Uint32Array(count).fill(7);
  const own = [problem.tokens, count, radius, context, target, vocabulary, units] as const;
  const args = [...own, targetWeight, starts, positions, groupSize, winners] as const;
  expect(backend.run({ name: 'windowsGroupWinners', args }, threads)).toBe(0);
  return winners;
}

function countsOf(backend: Backend, problem: Text, winners: Uint32Array, threads: number) {
  const { count, radius, vocabulary, units } = problem.sizes;
  const { starts, positions } = placesOf(reference, problem, 1);
  const contextCounts = new Uint32Array(vocabulary * units).fill(3);
  const targetCounts = new Uint32Array(vocabulary * units).fill(2 ** 32 - 1);
  const own = [winners, count, radius, starts, positions, vocabulary, units] as const;
  const args = [...own, contextCounts, targetCounts] as const;
  expect(backend.run({ name: 'windowsCounts', args }, threads)).toBe(0);
  return { contextCounts, targetCounts };
}

type Sizes = readonly [count: number, units: number, radius: number, targetWeight: number];

/** Texts of more than one block of positions; the units of some are more than one tile. */
const LONG: readonly Sizes[] = [
  [4_000, 2_500, 5, 1],
  [1_700, 300, 90, 30],
  [100_000, 3, 2, 0],
];

const longProblems = new Map<Sizes, ReturnType<typeof makeLongProblem>>();

/** A long text with what the reference says of it, which takes its time. */
function makeLongProblem([count, units, radius, targetWeight]: Sizes) {
  const vocabulary = 50;
  const entries = vocabulary * Math.ceil(units / 32) * 32;
  const drawn = Int16Array.from(longText(units, 2 * entries, 2 ** 20));
  const problem: Text = {
    sizes: { count, units, radius, vocabulary, threads: 3 },
    tokens: longText(count, count, vocabulary),
    context: drawn.subarray(0, entries),
    target: drawn.subarray(entries),
    ...{ targetWeight, onlyFull: 0, onlyWords: 0, groupSize: 4 },
  };
  const winners = winnersOf(reference, problem, 1);
  const counts = countsOf(reference, problem, winners, 1);
  return { problem, winners, counts, groupWinners: groupWinnersOf(reference, problem, 1) };
}

function longProblem(sizes: Sizes) {
  const known = longProblems.get(sizes) ?? makeLongProblem(sizes);
  longProblems.set(sizes, known);
  return known;
}

describe.each([...levelBackends])('windows at level %s', (_level, backend) => {
  it('are won as on the reference', () => {
    fc.assert(
      fc.property(text, (problem) => {
        const expected = winnersOf(reference, problem, 1);
        expect(winnersOf(backend, problem, problem.sizes.threads)).toEqual(expected);
      }),
      { numRuns: RUNS },
    );
  });

  it('have places in order of their words', () => {
    fc.assert(
      fc.property(text, (problem) => {
        const expected = placesOf(reference, problem, 1);
        expect(placesOf(backend, problem, problem.sizes.threads)).toEqual(expected);
      }),
      { numRuns: FEWER_RUNS },
    );
  });

  it('are won in groups as on the reference', () => {
    fc.assert(
      fc.property(text, (problem) => {
        const expected = groupWinnersOf(reference, problem, 1);
        expect(groupWinnersOf(backend, problem, problem.sizes.threads)).toEqual(expected);
      }),
      { numRuns: RUNS },
    );
  });

  it('are counted as on the reference, whoever won them', () => {
    const winner = fc.oneof(fc.nat(140), fc.constantFrom(NO_WINNER, END_OF_PARAGRAPH, 2 ** 31));
    fc.assert(
      fc.property(text, fc.array(winner, { minLength: 90, maxLength: 90 }), (problem, won) => {
        for (const winners of [winnersOf(reference, problem, 1), Uint32Array.from(won)]) {
          const expected = countsOf(reference, problem, winners, 1);
          expect(countsOf(backend, problem, winners, problem.sizes.threads)).toEqual(expected);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it.each(LONG.map((sizes) => ({ sizes, name: sizes.join(', ') })))(
    'are won in blocks: $name',
    ({ sizes }) => {
      const { problem, winners, counts, groupWinners } = longProblem(sizes);
      for (const threads of [1, 3]) {
        expect(winnersOf(backend, problem, threads)).toEqual(winners);
        expect(countsOf(backend, problem, winners, threads)).toEqual(counts);
      }
      expect(groupWinnersOf(backend, problem, 2)).toEqual(groupWinners);
    },
  );

  it('stay within bounds whatever the places say', () => {
    const word = fc.oneof(fc.nat(100), fc.nat(2 ** 32 - 1));
    const lies = fc.array(word, { minLength: 110, maxLength: 110 });
    fc.assert(
      fc.property(text, lies, (problem, all) => {
        const { sizes, context, target } = problem;
        const { count, radius, vocabulary, units } = sizes;
        const starts = Uint32Array.from(all.slice(0, vocabulary + 1));
        const positions = Uint32Array.from(all.slice(vocabulary + 1));
        const winners = new Uint32Array(count);
        const counts = new Uint32Array(vocabulary * units);
        const own = [problem.tokens, count, radius, context, target, vocabulary, units] as const;
        const grouped = [...own, 1, starts, positions, 2, winners] as const;
        backend.run({ name: 'windowsGroupWinners', args: grouped }, 1);
        const counted = [winners, count, radius, starts, positions, vocabulary, units] as const;
        const args = [...counted, counts, counts] as const;
        expect(backend.run({ name: 'windowsCounts', args }, 1)).toBe(0);
      }),
      { numRuns: FEWER_RUNS },
    );
  });

  it('refuse what does not fit 32 bits', () => {
    const table32 = new Int16Array(32);
    const run = (radius: number, weight: number, groupSize?: number) => {
      const winners = new Uint32Array(1);
      const own = [new Int32Array(1), 1, radius, table32, table32, 1, 1, weight] as const;
      if (groupSize === undefined) {
        return backend.run({ name: 'windowsWinners', args: [...own, 0, 0, winners] }, 1);
      }
      const places = [new Uint32Array([0, 1]), new Uint32Array(1)] as const;
      const args = [...own, ...places, groupSize, winners] as const;
      return backend.run({ name: 'windowsGroupWinners', args }, 1);
    };
    expect(run(MOST_REACH, 0)).toBe(0);
    expect(() => run(MOST_REACH, 1)).toThrow(/radius \+ targetWeight/);
    expect(() => run(0, 2 ** 40)).toThrow(/radius \+ targetWeight/);
    expect(run(0, 1, MOST_GROUP_REACH)).toBe(0);
    expect(() => run(1, 1, MOST_GROUP_REACH / 2 + 1)).toThrow(/groupSize/);
  });
});

/** The words beside the middle of a window, whoever masks them. */
function contextOf({ tokens: text, sizes: { count, radius } }: Text, at: number): number[] {
  const before = text.subarray(Math.max(0, at - radius), at);
  const after = text.subarray(at + 1, Math.min(count, at + radius + 1));
  const end = after.indexOf(-2);
  return [
    ...before.subarray(before.lastIndexOf(-2) + 1),
    ...(end < 0 ? after : after.subarray(0, end)),
  ];
}

/** The winner of a window, by the sums of the bag of its words. */
function winnerOfBag(problem: Text, at: number): number {
  const { context, target, targetWeight } = problem;
  const { vocabulary, units } = problem.sizes;
  const middle = problem.tokens[at];
  if (middle === -2) return END_OF_PARAGRAPH;
  const bag = contextOf(problem, at);
  const counted = targetWeight > 0 ? [...bag, middle] : bag;
  if (!counted.some((token) => token >= 0 && token < vocabulary)) return NO_WINNER;
  const sums = new Float64Array(units);
  const own = [Int32Array.from(bag), new Uint32Array([0, bag.length]), 1, context] as const;
  const targets = [new Int32Array([middle]), new Int32Array([targetWeight])] as const;
  const args = [...own, vocabulary, units, ...targets, target, sums] as const;
  reference.run({ name: 'windowsSums', args }, 1);
  return sums.indexOf(Math.max(...sums));
}

/** How many words there are in the windows that were won, beside their middles and as these. */
function wordsInWindows(problem: Text, winners: Uint32Array) {
  const { count, vocabulary } = problem.sizes;
  const isWord = (token: number) => token >= 0 && token < vocabulary;
  let [context, target] = [0, 0];
  for (let at = 0; at < count; at++) {
    if (winners[at] >= END_OF_PARAGRAPH) continue;
    target += isWord(problem.tokens[at]) ? 1 : 0;
    context += contextOf(problem, at).filter(isWord).length;
  }
  return { context, target };
}

describe('the oracle of windows', () => {
  it('gives the unit whose sum over the bag of the window is largest', () => {
    fc.assert(
      fc.property(text, (given) => {
        const problem: Text = { ...given, onlyFull: 0, onlyWords: 0 };
        const winners = winnersOf(reference, problem, 1);
        const expected = Array.from(winners, (_, at) => winnerOfBag(problem, at));
        expect([...winners]).toEqual(expected);
      }),
      { numRuns: FEWER_RUNS },
    );
  });

  it('counts each word once for every window that it lies in and that was won', () => {
    fc.assert(
      fc.property(text, (problem) => {
        const winners = winnersOf(reference, problem, 1);
        const { context, target } = wordsInWindows(problem, winners);
        const counts = countsOf(reference, problem, winners, 1);
        const total = (values: Uint32Array, start: number) =>
          values.reduce((sum, value) => sum + ((value - start) >>> 0), 0);
        expect(total(counts.contextCounts, 3)).toBe(context);
        expect(total(counts.targetCounts, 2 ** 32 - 1)).toBe(target);
      }),
      { numRuns: FEWER_RUNS },
    );
  });
});
