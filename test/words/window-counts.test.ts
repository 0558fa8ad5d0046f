/**
 * What lies beneath the trainers on windows: counts of a corpus, which are exact wherever its segments end; weights that
 * follow from counts, beside formulas with Math.log; full windows in batches, wherever the text is cut.
 */

import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { KernelWork } from '../../lib/hash/kernel-work.ts';
import { Corpus } from '../../lib/words/corpus.ts';
import { PmiRows, ShareRows, type WeightRows, writeTables } from '../../lib/words/count-weights.ts';
import { checkVocabulary } from '../../lib/words/vocabulary-options.ts';
import { forEachWindowBatch } from '../../lib/words/window-batches.ts';
import { WindowCounts, type WindowTables } from '../../lib/words/window-counts.ts';
import { levelBackends, reference, useBackend } from '../support/backends.ts';
import { RUNS } from '../support/generators.ts';
import { longText } from '../support/windows-cases.ts';

const fastest = [...levelBackends.values()].at(-1) ?? reference;
beforeEach(() => useBackend(fastest));

const work = (): KernelWork => new KernelWork(2, undefined);

function corpusOf(text: string[]): Promise<Corpus> {
  return Corpus.read(text, checkVocabulary({ minimumCount: 1, stopWords: ['the'] }));
}

/** Tables of rows of at most 32 units. */
function tablesOf(context: number[][], target: number[][]): WindowTables {
  const [one, other] = [context, target].map((rows) => {
    const table = new Int16Array(rows.length * 32);
    for (const [word, row] of rows.entries()) table.set(row, word * 32);
    return table;
  });
  return { context: one, target: other };
}

const RULE = { units: 2, radius: 1, targetWeight: 1, groupSize: 1, onlyWords: false, isOne: false };

describe('counts of windows', () => {
  it('are those of a text that one can count by hand', async () => {
    // Words by frequency, then alphabet: ant, bee, cat, dog.
    await using corpus = await corpusOf(['ant bee the cat', 'ant bee', 'ant dog cat']);
    expect(corpus.vocabulary.words).toEqual(['ant', 'bee', 'cat', 'dog']);
    const counts = new WindowCounts(corpus, RULE, work());
    // Unit 0 is for ants, unit 1 for cats, whether they are in the middle or beside it.
    const rows = [
      [2, 0],
      [0, 0],
      [0, 3],
      [0, 0],
    ];
    const told: number[] = [];
    await counts.look(tablesOf(rows, rows), (tokens) => told.push(tokens));
    expect(told).toEqual([corpus.length]);
    // [ant] bee: 0. ant [bee] the: 0. bee [the] cat: 1. the [cat]: 1. [ant] bee: 0. ant [bee]: 0.
    // [ant] dog: 0. ant [dog] cat: 1. dog [cat]: 1.
    expect([...counts.target]).toEqual([3, 0, 2, 0, 0, 2, 0, 1]);
    // ant: beside bee, bee, dog; bee: beside ant, the, ant; cat: beside the, dog; dog: beside ant, cat.
    expect([...counts.context]).toEqual([2, 1, 2, 1, 0, 2, 1, 1]);
  });

  it('leave out windows around masked words when they shall', async () => {
    await using corpus = await corpusOf(['ant the']);
    const tables = tablesOf([[1, 0]], [[1, 0]]);
    const counts = new WindowCounts(corpus, { ...RULE, onlyWords: true }, work());
    await counts.look(tables, () => {});
    expect([...counts.context, ...counts.target]).toEqual([0, 0, 1, 0]);
  });

  it('are the same wherever segments end, look after look', async () => {
    const tokens = longText(3, 3000, 12);
    const text: string[] = [''];
    for (const token of tokens) {
      if (token === -2) text.push('');
      else text[text.length - 1] += ` ${token === -1 ? 'the' : `w${'abcdefghijkl'[token]}`}`;
    }
    await using corpus = await corpusOf(text);
    const longest = Math.max(...text.map((paragraph) => paragraph.split(' ').length));
    const rows = Array.from({ length: 12 }, (_, w) => Array.from(longText(w, 20, 2 ** 20)));
    const tables = tablesOf(rows, rows.toReversed());
    const rule = { ...RULE, units: 20, radius: 3 };
    const one = new WindowCounts(corpus, rule, work());
    await one.look(tables, () => {});
    for (const segment of [longest + 1, 1000]) {
      const other = new WindowCounts(corpus, rule, work(), segment);
      for (let look = 0; look < 2; look++) {
        await other.look(tables, () => {});
        expect(other.context).toEqual(one.context);
        expect(other.target).toEqual(one.target);
      }
    }
  });
});

const counted = fc
  .record({ words: fc.integer({ min: 1, max: 8 }), units: fc.integer({ min: 1, max: 40 }) })
  .chain(({ words, units }) => {
    const block = fc.uint32Array({
      minLength: words * units,
      maxLength: words * units,
      max: 90_000,
    });
    const sparse = block.map((counts) => counts.map((count) => (count % 3 === 0 ? count : 0)));
    return fc.record({
      words: fc.constant(words),
      units: fc.constant(units),
      blocks: fc.tuple(sparse, sparse),
      smoothing: fc.constantFrom(0, 0.75, 1),
    });
  });

/** All weights, block after block. */
function weightsOf(rows: WeightRows): number[] {
  const weights: number[] = [];
  const own = new Float64Array(rows.units);
  for (let block = 0; block < rows.blocks; block++) {
    for (let word = 0; word < rows.words; word++) {
      rows.fill(block, word, own);
      weights.push(...own);
    }
  }
  return weights;
}

describe('weights of counts', () => {
  it('are shares of the frequencies of words', () => {
    const blocks = [Uint32Array.of(2, 0, 3, 9), Uint32Array.of(0, 4, 9, 0)];
    const counts = { words: 2, units: 2, blocks };
    const frequencies = Float64Array.of(4, 9);
    expect(weightsOf(new ShareRows(counts, frequencies, 1))).toEqual([
      ...[1 / 2, 0, 3 * (1 / 9), 1],
      ...[0, 1, 1, 0],
    ]);
    const roots = weightsOf(new ShareRows(counts, frequencies, 0.5));
    for (const [i, root] of [1, 0, 1, 3, 0, 2, 3, 0].entries())
      expect(roots[i]).toBeCloseTo(root, 12);
  });

  it('are the mutual information of word and unit', async () => {
    const even = { words: 2, units: 2, blocks: [Uint32Array.of(3, 3, 5, 5)] };
    for (const weight of weightsOf(await PmiRows.of(even, 1, work()))) {
      expect(weight).toBeCloseTo(0, 14);
    }
    const own = { words: 2, units: 2, blocks: [Uint32Array.of(7, 0, 0, 7)] };
    const [alike, other] = weightsOf(await PmiRows.of(own, 1, work()));
    expect(alike).toBeCloseTo(Math.LN2, 14);
    expect(other).toBe(0);
  });

  it('agree with the formula', async () => {
    await fc.assert(
      fc.asyncProperty(counted, async ({ smoothing, ...counts }) => {
        const { words, units } = counts;
        const all = counts.blocks.flatMap((block) => [...block]);
        const ofUnit = (unit: number) =>
          all.reduce((s, n, i) => s + (i % units === unit ? n : 0), 0);
        const ofUnits = Array.from({ length: units }, (_, unit) => ofUnit(unit));
        const sum = ofUnits.reduce((s, n) => s + (n > 0 ? n ** smoothing : 0), 0);
        const rows = await PmiRows.of(counts, smoothing, work());
        for (const [i, weight] of weightsOf(rows).entries()) {
          const row = all.slice(i - (i % units), i - (i % units) + units);
          const ofRow = row.reduce((s, n) => s + n, 0);
          const ratio = (all[i] * sum) / (ofRow * ofUnits[i % units] ** smoothing);
          expect(weight).toBeCloseTo(all[i] === 0 ? 0 : Math.max(0, Math.log(ratio)), 10);
        }
        expect(words * units * 2).toBe(all.length);
      }),
      { numRuns: Math.ceil(RUNS / 4) },
    );
  });

  it('become whole numbers of units of one length', async () => {
    // Unit 0: 3, 4, 0, 0, of length 5. Unit 1: 0, 0, 0, 2, of length 2. Unit 2 has won nothing.
    const blocks = [Uint32Array.of(3, 0, 0, 4, 0, 0), Uint32Array.of(0, 0, 0, 0, 2, 0)];
    const rows = new ShareRows({ words: 2, units: 3, blocks }, Float64Array.of(1, 1), 1);
    const tables = tablesOf([[], []], [[], []]);
    await writeTables(rows, [tables.context, tables.target], work());
    const tenth = (n: number) => Math.round((32767 * n) / 10);
    expect([...tables.context.subarray(0, 3)]).toEqual([tenth(6), 0, 0]);
    expect([...tables.context.subarray(32, 35)]).toEqual([tenth(8), 0, 0]);
    expect([...tables.target.subarray(0, 3)]).toEqual([0, 0, 0]);
    expect([...tables.target.subarray(32, 35)]).toEqual([0, 32767, 0]);
  });
});

const cutText = fc.record({
  tokens: fc.array(fc.constantFrom(0, 1, 2, 3, -1, -1, -2), { maxLength: 200 }),
  cuts: fc.array(fc.nat(40), { minLength: 1, maxLength: 10 }),
  radius: fc.integer({ min: 1, max: 4 }),
  batchSize: fc.integer({ min: 1, max: 30 }),
});

describe('full windows in batches', () => {
  it('are those of the text, in its order, wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(cutText, async ({ tokens, cuts, radius, batchSize }) => {
        const segments: Int32Array[] = [];
        for (let at = 0, i = 0; at < tokens.length; i++) {
          const end = at + (i < 300 ? cuts[i % cuts.length] : 40);
          segments.push(Int32Array.from(tokens.slice(at, end)));
          at = end;
        }
        const size = 2 * radius + 1;
        const expected = tokens
          .map((_, at) => tokens.slice(at, at + size))
          .filter((window) => window.length === size && !window.includes(-2));
        const found: number[][] = [];
        const sizes: number[] = [];
        await forEachWindowBatch(
          segments,
          { radius, batchSize },
          ({ tokens: own, positions, seen }) => {
            sizes.push(positions.length);
            for (const at of positions) found.push([...own.subarray(at - radius, at + radius + 1)]);
            expect(seen).toBeLessThanOrEqual(tokens.length);
          },
        );
        expect(found).toEqual(expected);
        expect(
          sizes.every((n, i) => n === batchSize || (i === sizes.length - 1 && n < batchSize)),
        ).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });
});
