/**
 * Sums and codes of bags of words at every level against their oracle, integer for integer: bags of any length, ties,
 * targets of any weight, sums that need more than 32 bits, any number of active units, on one to three threads.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Backend } from '../../lib/backend/kernels.ts';
import { levelBackends, reference } from '../support/backends.ts';
import { length, RUNS } from '../support/generators.ts';
import { table, tokens } from '../support/windows-cases.ts';

const FEWER_RUNS = Math.ceil(RUNS / 2);

const bags = fc
  .record({
    words: length(0, 60),
    bags: fc.integer({ min: 0, max: 8 }),
    vocabulary: fc.integer({ min: 0, max: 10 }),
    units: length(1, 130),
  })
  .chain((sizes) =>
    fc.record({
      ...{ vocabulary: fc.constant(sizes.vocabulary), units: fc.constant(sizes.units) },
      words: tokens(sizes.words, sizes.vocabulary),
      starts: fc
        .array(fc.nat(sizes.words), { minLength: sizes.bags + 1, maxLength: sizes.bags + 1 })
        .map((starts) => Uint32Array.from(starts).sort()),
      table: table(sizes.vocabulary, sizes.units),
      targetTable: table(sizes.vocabulary, sizes.units),
      targets: fc.option(tokens(sizes.bags, sizes.vocabulary), { nil: undefined }),
      weights: fc
        .array(
          fc.oneof(
            fc.integer({ min: -3, max: 9 }),
            fc.constantFrom(32767, -32767, 32768, -32768, 2 ** 31 - 1, -(2 ** 31)),
          ),
          { minLength: sizes.bags, maxLength: sizes.bags },
        )
        .map((weights) => Int32Array.from(weights)),
      active: fc.integer({ min: 1, max: sizes.units }),
      threads: fc.integer({ min: 1, max: 3 }),
    }),
  );

type Bags = typeof bags extends fc.Arbitrary<infer Value> ? Value : never;

function inputs(problem: Bags) {
  const { words, starts, vocabulary, units, targets, weights, targetTable } = problem;
  const own = [words, starts, starts.length - 1, problem.table, vocabulary, units] as const;
  const hasTargets = targets !== undefined;
  return [
    ...own,
    targets,
    hasTargets ? weights : undefined,
    hasTargets ? targetTable : undefined,
  ] as const;
}

function sumsOf(backend: Backend, problem: Bags, threads: number): Float64Array {
  const sums = new Float64Array((problem.starts.length - 1) * problem.units).fill(0.5);
  const args = [...inputs(problem), sums] as const;
  expect(backend.run({ name: 'windowsSums', args }, threads)).toBe(0);
  return sums;
}

function codesOf(backend: Backend, problem: Bags, threads: number): Uint32Array {
  const indices = new Uint32Array((problem.starts.length - 1) * problem.active).fill(7);
  const args = [...inputs(problem), problem.active, indices] as const;
  expect(backend.run({ name: 'windowsCodes', args }, threads)).toBe(0);
  return indices;
}

/** A bag of one word over and over, and one of all words, with sums beyond 32 bits. */
function longBags(repeats: number): Bags {
  const units = 70;
  const stride = 96;
  const words = new Int32Array(repeats + 3).fill(1);
  words.set([0, 2, -1], repeats);
  const weights = Int16Array.from({ length: 3 * stride }, (_, i) =>
    i % 7 === 0 ? -32768 : i % 5 === 0 ? 32767 : ((i * 7919) % 65536) - 32768,
  );
  return {
    ...{ vocabulary: 3, units, words, table: weights, targetTable: weights },
    starts: new Uint32Array([0, repeats, repeats + 3, repeats + 3]),
    targets: new Int32Array([2, 0, 1]),
    weights: new Int32Array([32767, 5, -(2 ** 31)]),
    ...{ active: 9, threads: 2 },
  };
}

describe.each([...levelBackends])('bags of words at level %s', (_level, backend) => {
  it('have the sums of the reference', () => {
    fc.assert(
      fc.property(bags, (problem) => {
        const expected = sumsOf(reference, problem, 1);
        expect(sumsOf(backend, problem, problem.threads)).toEqual(expected);
      }),
      { numRuns: RUNS },
    );
  });

  it('have the codes of the reference', () => {
    fc.assert(
      fc.property(bags, (problem) => {
        const expected = codesOf(reference, problem, 1);
        expect(codesOf(backend, problem, problem.threads)).toEqual(expected);
      }),
      { numRuns: RUNS },
    );
  });

  it.each([32_768, 32_769, 65_536, 65_537, 140_000])('of %i words are exact', (repeats) => {
    const problem = longBags(repeats);
    const sums = sumsOf(backend, problem, 2);
    expect(sums).toEqual(sumsOf(reference, problem, 1));
    const [word, target] = [problem.table[96 + 4], problem.table[2 * 96 + 4]];
    expect(sums[4]).toBe(repeats * word + 32767 * target);
    expect(codesOf(backend, problem, 2)).toEqual(codesOf(reference, problem, 1));
  });

  it('without another word are static codes', () => {
    const units = 400;
    const stride = 416;
    const words = Int32Array.from({ length: 500 }, (_, word) => word);
    const weights = Int16Array.from({ length: 500 * stride }, (_, i) => (i * 104729) % 997);
    const none = { targets: undefined, weights: new Int32Array(0), targetTable: weights };
    const starts = Uint32Array.from({ length: 501 }, (_, bag) => bag);
    const sizes = { vocabulary: 500, units, active: 16, threads: 3 };
    const problem: Bags = { ...sizes, ...none, words, starts, table: weights };
    expect(codesOf(backend, problem, 3)).toEqual(codesOf(reference, problem, 1));
  });

  it('stay within bounds whatever the starts say', () => {
    const starts = fc.array(fc.oneof(fc.nat(80), fc.nat(2 ** 32 - 1)), {
      minLength: 1,
      maxLength: 9,
    });
    fc.assert(
      fc.property(bags, starts, (given, lies) => {
        const count = lies.length - 1;
        const targets = new Int32Array(count).fill(-7);
        const weights = new Int32Array(count);
        const problem = { ...given, starts: Uint32Array.from(lies), targets, weights };
        expect(codesOf(backend, problem, 1)).toEqual(codesOf(reference, problem, 1));
      }),
      { numRuns: FEWER_RUNS },
    );
  });
});

describe('the oracle of codes', () => {
  it('chooses units that no other unit beats', () => {
    fc.assert(
      fc.property(bags, (problem) => {
        const { units, active } = problem;
        const sums = sumsOf(reference, problem, 1);
        const codes = codesOf(reference, problem, 1);
        for (let bag = 0; bag * active < codes.length; bag++) {
          const own = sums.subarray(bag * units, (bag + 1) * units);
          const code = codes.subarray(bag * active, (bag + 1) * active);
          const chosen = new Set(code);
          expect([...code]).toEqual([...chosen].sort((a, b) => a - b));
          for (let unit = 0; unit < units; unit++) {
            if (chosen.has(unit)) continue;
            expect(
              code.every((one) => own[one] > own[unit] || (own[one] === own[unit] && one < unit)),
            ).toBe(true);
          }
        }
      }),
      { numRuns: FEWER_RUNS },
    );
  });
});
