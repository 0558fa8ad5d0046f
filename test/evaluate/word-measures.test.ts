/**
 * Measures of word vectors: by hand where a case is small, against plain definitions where it is drawn, and with ties, which
 * are most of what short codes give.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spearman } from '../../lib/evaluate/spearman.ts';
import { wordAnalogies } from '../../lib/evaluate/word-analogies.ts';
import { type ContextPair, wordInContext } from '../../lib/evaluate/word-in-context.ts';
import { wordOutliers } from '../../lib/evaluate/word-outliers.ts';
import {
  parseAnalogies,
  parseJudgedPairs,
  parseOutliers,
  parseWordInContext,
} from '../../lib/evaluate/word-sets.ts';
import { wordSimilarity } from '../../lib/evaluate/word-similarity.ts';
import { cosineSpace, type WordSpace } from '../../lib/evaluate/word-space.ts';
import '../../lib/index.ts';
import { RUNS } from '../support/generators.ts';

/** A space whose similarities are written down. */
function spaceOf(words: readonly string[], rows: readonly (readonly number[])[]): WordSpace {
  const id = (word: string) => words.indexOf(word);
  return { words, bits: 1, id, similarities: (row) => Float32Array.from(rows[row]) };
}

describe('spearman', () => {
  it('is 1 for the same order, -1 for the reverse', () => {
    expect(spearman([3, 1, 2], [30, 10, 20])).toBe(1);
    expect(spearman([3, 1, 2], [-30, -10, -20])).toBe(-1);
  });

  it('gives ties the mean of their ranks', () => {
    // Ranks 1.5, 1.5, 3, 4 and 1, 2, 3, 4: 4.5 / sqrt(4.5 * 5).
    expect(spearman([1, 1, 2, 3], [1, 2, 3, 4])).toBeCloseTo(4.5 / Math.sqrt(22.5), 12);
  });

  it('has no value where everything ties, or nothing is there', () => {
    expect(spearman([1, 1], [1, 2])).toBeNaN();
    expect(spearman([], [])).toBeNaN();
  });

  it('is Pearson of ranks counted one by one', () => {
    const values = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.double({ noNaN: true })), {
      minLength: 2,
      maxLength: 30,
    });
    const rank = (all: readonly number[]) =>
      all.map((v) => all.filter((o) => o < v).length + (all.filter((o) => o === v).length + 1) / 2);
    fc.assert(
      fc.property(values, (pairs) => {
        const [x, y] = [rank(pairs.map(([a]) => a)), rank(pairs.map(([, b]) => b))];
        const mean = (x.length + 1) / 2;
        const sum = (a: readonly number[], b: readonly number[]) =>
          a.reduce((total, v, i) => total + (v - mean) * (b[i] - mean), 0);
        const expected = sum(x, y) / Math.sqrt(sum(x, x) * sum(y, y));
        const got = spearman(
          pairs.map(([a]) => a),
          pairs.map(([, b]) => b),
        );
        if (Number.isNaN(expected)) expect(got).toBeNaN();
        else expect(got).toBeCloseTo(expected, 9);
      }),
      { numRuns: RUNS },
    );
  });

  it('refuses lists of different lengths and what is no number', () => {
    expect(() => spearman([1, 2], [1])).toThrow('y must be of 2 numbers, as x, got 1');
    expect(() => spearman([1, Number.NaN], [1, 2])).toThrow('values[1] must be a number, got NaN');
  });
});

describe('wordSimilarity', () => {
  const space = spaceOf(
    ['a', 'b', 'c'],
    [
      [1, 0.5, 0.2],
      [0.5, 1, 0.7],
      [0.2, 0.7, 1],
    ],
  );

  it('counts the pairs that it knows, in lower case too', () => {
    const pairs = [
      { first: 'A', second: 'b', score: 5 },
      { first: 'a', second: 'c', score: 1 },
      { first: 'b', second: 'c', score: 9 },
      { first: 'a', second: 'nowhere', score: 9 },
    ];
    expect(wordSimilarity(space, pairs)).toEqual({ asked: 4, covered: 3, spearman: 1 });
  });

  it('has no figure for no pairs', () => {
    expect(wordSimilarity(space, [])).toEqual({ asked: 0, covered: 0, spearman: Number.NaN });
  });
});

describe('wordAnalogies', () => {
  it('counts a right word among several best by its share', () => {
    const words = ['a', 'b', 'c', 'x', 'y'];
    const zero = [0, 0, 0, 0, 0];
    const space = spaceOf(words, [zero, [0, 0, 0, 1, 1], zero, zero, zero]);
    const question = { from: 'a', to: 'b', other: 'c', answer: 'x' };
    expect(wordAnalogies(space, [question]).all).toEqual({ asked: 1, covered: 1, accuracy: 0.5 });
  });

  it('never answers with a word of the question', () => {
    const vectors = Float32Array.of(1, 0, 1, 0.1, 0, 1);
    const space = cosineSpace(['a', 'b', 'c'], vectors);
    const question = { from: 'a', to: 'b', other: 'a', answer: 'b' };
    expect(wordAnalogies(space, [question]).all.accuracy).toBe(0);
  });

  it('reports kinds and what is not covered', () => {
    const space = cosineSpace(
      ['man', 'woman', 'king', 'queen'],
      Float32Array.of(1, 0, 0, 1, 0, 0, 1, 0, 1, 0, 1, 1),
    );
    const right = { from: 'man', to: 'woman', other: 'king', answer: 'queen', kind: 'royal' };
    const unknown = { from: 'man', to: 'woman', other: 'uncle', answer: 'aunt', kind: 'family' };
    const { all, kinds } = wordAnalogies(space, [right, unknown]);
    expect(all).toEqual({ asked: 2, covered: 1, accuracy: 1 });
    expect(kinds.get('royal')).toEqual({ asked: 1, covered: 1, accuracy: 1 });
    expect(kinds.get('family')).toEqual({ asked: 1, covered: 0, accuracy: Number.NaN });
  });
});

describe('wordOutliers', () => {
  it('finds the word that does not belong', () => {
    const vectors = Float32Array.of(1, 0, 1, 0.1, 1, 0.2, 0, 1);
    const space = cosineSpace(['cat', 'dog', 'fox', 'car'], vectors);
    const sets = [{ words: ['cat', 'dog', 'fox'], outliers: ['car', 'unheard'] }];
    expect(wordOutliers(space, sets)).toEqual({ asked: 2, covered: 1, accuracy: 1, opp: 1 });
  });

  it('counts ties by expectation', () => {
    const ones = [1, 1, 1];
    const space = spaceOf(['a', 'b', 'c'], [ones, ones, ones]);
    const score = wordOutliers(space, [{ words: ['a', 'b'], outliers: ['c'] }]);
    expect(score).toEqual({ asked: 1, covered: 1, accuracy: 1 / 3, opp: 0.5 });
  });
});

describe('wordInContext', () => {
  const pair = (same: boolean, value: number | undefined): ContextPair & { value?: number } => ({
    sentences: [['w'], ['w']],
    positions: [0, 0],
    same,
    value,
  });
  const similarity = (one: ContextPair): number | undefined => (one as { value?: number }).value;

  it('fits the threshold on the training pairs alone', () => {
    const train = [pair(true, 3), pair(true, 2), pair(false, 1), pair(false, 2.5)];
    const test = [pair(true, 1.5), pair(false, 0), pair(true, undefined)];
    const result = wordInContext(train, test, similarity);
    expect(result.threshold).toBe(2);
    expect(result.trainAccuracy).toBe(0.75);
    expect(result).toMatchObject({ asked: 3, covered: 2, testAccuracy: 1 / 3 });
  });

  it('is as right as the best of all thresholds, tried one by one', () => {
    const pairs = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 6 })), {
      minLength: 1,
    });
    fc.assert(
      fc.property(pairs, (drawn) => {
        const train = drawn.map(([same, value]) => pair(same, value));
        const thresholds = [...drawn.map(([, value]) => value), Number.POSITIVE_INFINITY];
        const shares = thresholds.map(
          (t) => drawn.filter(([same, value]) => value >= t === same).length / drawn.length,
        );
        const { trainAccuracy } = wordInContext(train, train, similarity);
        expect(trainAccuracy).toBe(Math.max(...shares));
      }),
      { numRuns: RUNS },
    );
  });

  it('needs training pairs', () => {
    expect(() => wordInContext([], [], similarity)).toThrow('train must be at least one pair');
  });
});

describe('files of word sets', () => {
  it('are read with any separator, a head or none, and comments', () => {
    const pairs = [
      { first: 'tiger', second: 'cat', score: 7.35 },
      { first: 'book', second: 'paper', score: -1 },
    ];
    expect(parseJudgedPairs('tiger\tcat\t7.35\nbook\tpaper\t-1')).toEqual(pairs);
    expect(
      parseJudgedPairs('# pairs\r\nWord 1,Word 2,Human\r\ntiger,cat,7.35,x\r\nbook;paper; -1\r\n'),
    ).toEqual(pairs);
    expect(parseJudgedPairs('')).toEqual([]);
    const wrong = () => parseJudgedPairs('tiger cat 7.35\n\nbook paper\n');
    expect(wrong).toThrow('line 3 must be two words and a number, got "book paper"');
  });

  it('hold analogies in both forms', () => {
    const analogy = {
      from: 'Athens',
      to: 'Greece',
      other: 'Oslo',
      answer: 'Norway',
      kind: 'capital',
    };
    expect(parseAnalogies(': capital\nAthens Greece Oslo Norway\n')).toEqual([analogy]);
    const csv = ',type,word1,word2,word3,target\n0,capital,Athens,Greece,Oslo,"Norway"\n';
    expect(parseAnalogies(csv)).toEqual([analogy]);
    expect(() => parseAnalogies('Athens Greece Oslo')).toThrow('line 1 must be four words');
    expect(() => parseAnalogies('type,word1\nx,y\n')).toThrow('line 1 must be a head with word2');
    const short = () => parseAnalogies('type,word1,word2,word3,target\na,b,c\n');
    expect(short).toThrow('line 2 must be of 5 cells, as the head, got "a,b,c"');
  });

  it('hold outliers as Python prints lists', () => {
    const csv = `,category,outliers,words\n0,x,"['dog', '']","['lion', ""l'ynx""]"\n`;
    expect(parseOutliers(csv)).toEqual([{ words: ['lion', "l'ynx"], outliers: ['dog'] }]);
  });

  it('hold words in context in two files', () => {
    const data = 'bank\tN\t1-0\tThe bank .\tBank on it .\n';
    const pair = {
      sentences: [
        ['The', 'bank', '.'],
        ['Bank', 'on', 'it', '.'],
      ],
      positions: [1, 0],
    };
    expect(parseWordInContext(data, 'F\n')).toEqual([{ ...pair, same: false }]);
    expect(() => parseWordInContext(data, '')).toThrow('gold must be of 1 lines, as data, got 0');
    expect(() => parseWordInContext(data, 'x')).toThrow('line 1 of gold must be T or F, got "x"');
    expect(() => parseWordInContext('a\tN\t1-9\tThe a\tx', 'T')).toThrow('line 1 of data');
  });
});
