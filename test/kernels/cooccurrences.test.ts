/**
 * The kernels of co-occurrence counts at every level against their oracle, and both against plain counting: any tokens,
 * ids that do not exist, parts, weights that overflow and tables of places that hold anything, on one to three threads.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Backend } from '../../lib/backend/kernels.ts';
import { PARAGRAPH_END } from '../../lib/reference/cooccurrences.ts';
import { levelBackends, reference } from '../support/backends.ts';
import { length, RUNS } from '../support/generators.ts';

const MASKED = 0xffffffff;

interface Case {
  readonly words: number;
  readonly tokens: Uint32Array;
  readonly fresh: number;
  readonly parts: number;
  readonly weights: Uint32Array;
  /** Room beyond that of one row. */
  readonly spare: number;
  readonly threads: number;
}

function tokensOf(words: number): fc.Arbitrary<number> {
  return fc.oneof(
    { weight: 6, arbitrary: fc.nat(words - 1) },
    { weight: 2, arbitrary: fc.constant(MASKED) },
    { weight: 1, arbitrary: fc.constant(PARAGRAPH_END) },
    { weight: 1, arbitrary: fc.integer({ min: words, max: 2 ** 32 - 1 }) },
  );
}

const weight = fc.oneof(fc.integer({ min: 1, max: 60 }), fc.nat(2 ** 32 - 1));

const problem: fc.Arbitrary<Case> = length(1, 140).chain((words) =>
  fc.array(tokensOf(words), { maxLength: 250 }).chain((tokens) =>
    fc.record({
      words: fc.constant(words),
      tokens: fc.constant(Uint32Array.from(tokens)),
      fresh: fc.oneof(fc.constant(0), fc.nat(tokens.length + 2)),
      parts: fc.integer({ min: 1, max: 9 }),
      weights: fc
        .array(weight, { minLength: 1, maxLength: 9 })
        .map((weights) => Uint32Array.from(weights)),
      spare: fc.nat(3 * words),
      threads: fc.integer({ min: 1, max: 3 }),
    }),
  ),
);

interface Places {
  readonly ends: Uint32Array;
  readonly places: Uint32Array;
}

function placesBy(backend: Backend, { words, tokens, parts, threads }: Case): Places {
  const ends = new Uint32Array(parts * (words + 1)).fill(7);
  const places = new Uint32Array(tokens.length).fill(7);
  const args = [tokens, tokens.length, words, parts, ends, places] as const;
  expect(backend.run({ name: 'cooccurrencePlaces', args }, threads)).toBe(0);
  return { ends, places };
}

/** The places that belong to words: what stands after them in a part is nothing. */
function ownPlaces({ words, tokens, parts }: Case, { ends, places }: Places): number[][] {
  const partLength = Math.ceil(tokens.length / parts);
  return Array.from({ length: parts }, (_, part) => {
    const own = ends[part * (words + 1) + words - 1];
    return [...places.subarray(part * partLength, part * partLength + own)];
  });
}

type Rows = readonly (readonly [column: number, count: number])[][];

/** All rows, in as many calls as the room asks for, and where each call ended. */
function rowsBy(
  backend: Backend,
  c: Case,
  { ends, places }: Places,
): { rows: Rows; calls: number[] } {
  const capacity = c.words + c.spare;
  const rows: [number, number][][] = [];
  const calls: number[] = [];
  for (let first = 0; first < c.words; ) {
    const rowEnds = new Uint32Array(c.words - first);
    const columns = new Uint32Array(capacity);
    const counts = new Uint32Array(capacity);
    const text = [c.tokens, c.tokens.length, c.fresh, c.words, c.parts, ends, places] as const;
    const args = [
      ...text,
      ...([c.weights, c.weights.length, first, capacity, rowEnds, columns, counts] as const),
    ] as const;
    const end = backend.run({ name: 'cooccurrenceCounts', args }, c.threads);
    expect(end).toBeGreaterThan(first);
    for (let row = 0, at = 0; row < end - first; row++) {
      const entries: [number, number][] = [];
      for (; at < rowEnds[row]; at++) entries.push([columns[at], counts[at]]);
      rows.push(entries);
    }
    calls.push(end);
    first = end;
  }
  return { rows, calls };
}

/** Plain counting, pair after pair. */
function countedPlainly({ words, tokens, fresh, weights }: Case): Rows {
  const counts = new Uint32Array(words * words);
  const touched = new Uint8Array(words * words);
  for (let a = 0; a < tokens.length; a++) {
    for (let b = a + 1; b < tokens.length && b - a <= weights.length; b++) {
      if (tokens[a] === PARAGRAPH_END || tokens[b] === PARAGRAPH_END) break;
      if (tokens[a] >= words || tokens[b] >= words || b < fresh) continue;
      for (const at of [tokens[a] * words + tokens[b], tokens[b] * words + tokens[a]]) {
        counts[at] += weights[b - a - 1];
        touched[at] = 1;
      }
    }
  }
  return Array.from({ length: words }, (_, row) =>
    Array.from({ length: words }, (_, column) => column)
      .filter((column) => touched[row * words + column] === 1)
      .map((column) => [column, counts[row * words + column]] as const),
  );
}

it('the oracle counts what plain counting counts', () => {
  fc.assert(
    fc.property(problem, (c) => {
      expect(rowsBy(reference, c, placesBy(reference, c)).rows).toEqual(countedPlainly(c));
    }),
    { numRuns: RUNS },
  );
});

describe.each([...levelBackends])('co-occurrences at level %s', (_level, backend) => {
  it('sorts the places of words as the reference does', () => {
    fc.assert(
      fc.property(problem, (c) => {
        const [expected, actual] = [placesBy(reference, c), placesBy(backend, c)];
        expect(actual.ends).toEqual(expected.ends);
        expect(ownPlaces(c, actual)).toEqual(ownPlaces(c, expected));
      }),
      { numRuns: RUNS },
    );
  });

  it('counts as the reference does, in as many calls', () => {
    fc.assert(
      fc.property(problem, (c) => {
        const places = placesBy(reference, c);
        expect(rowsBy(backend, c, places)).toEqual(rowsBy(reference, c, places));
      }),
      { numRuns: RUNS },
    );
  });

  it('stays within its memory whatever the tables of places hold', () => {
    const anything = fc.oneof(fc.nat(300), fc.nat(2 ** 32 - 1));
    fc.assert(
      fc.property(problem, fc.array(anything, { minLength: 1 }), (c, values) => {
        const of = (size: number) =>
          Uint32Array.from({ length: size }, (_, i) => values[i % values.length]);
        const places = { ends: of(c.parts * (c.words + 1)), places: of(c.tokens.length) };
        expect(rowsBy(backend, c, places)).toEqual(rowsBy(reference, c, places));
      }),
      { numRuns: RUNS },
    );
  });

  it('gives nothing where not even one row surely fits', () => {
    const tokens = Uint32Array.of(0, 1, 2, 0);
    const c = {
      words: 3,
      tokens,
      fresh: 0,
      parts: 1,
      weights: Uint32Array.of(1, 1),
      spare: 0,
      threads: 2,
    };
    const { ends, places } = placesBy(backend, c);
    const few = new Uint32Array(3);
    const text = [tokens, 4, 0, 3, 1, ends, places] as const;
    const args = [...text, ...([c.weights, 2, 0, 2, few, few, few] as const)] as const;
    expect(backend.run({ name: 'cooccurrenceCounts', args }, 1)).toBe(0);
  });
});
