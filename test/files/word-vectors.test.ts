/** Words with their vectors: made from arrays, looked up, and refused when they are not what they must be. */

import { describe, expect, it } from 'vitest';
import { WordVectors } from '../../lib/files/word-vectors.ts';

describe('WordVectors', () => {
  const made = WordVectors.from(['fly', 'plum'], [[1, 2, 3], Float64Array.of(4, 5, 0.1)]);

  it('gives the vector of a word', () => {
    expect([made.rows, made.dim, made.id('plum'), made.has('bee')]).toEqual([2, 3, 1, false]);
    expect(made.vector('plum')).toEqual(Float32Array.of(4, 5, 0.1));
    expect(made.vector('bee')).toBeUndefined();
    expect(() => made.id(1 as never)).toThrow('word must be a string, got 1');
  });

  it('copies what it is made of, flat or in rows', () => {
    const flat = Float32Array.of(1, 2, 3, 4);
    const words = ['a', 'b'];
    const own = WordVectors.from(words, flat);
    flat[0] = 9;
    words[0] = 'c';
    expect([own.words, [...own.vectors], own.dim]).toEqual([['a', 'b'], [1, 2, 3, 4], 2]);
    expect(WordVectors.from(['a', 'b'], [1, 2, 3, 4]).vectors).toEqual(own.vectors);
  });

  it('comes back from bytes', () => {
    const copy = WordVectors.fromBytes(made.toBytes());
    expect(copy).toEqual(made);
    expect(copy.vector('plum')).toEqual(made.vector('plum'));
  });

  it.each<[string, unknown, unknown, string]>([
    ['no array', 'ab', [[1]], 'words must be an array of strings, got "ab"'],
    ['no words', [], [], 'words.length must be at least 1, got 0'],
    ['a number as a word', ['a', 1], [[1], [2]], 'words[1] must be a string, got 1'],
    ['an empty word', ['a', ''], [[1], [2]], 'words[1] must be a word of whole characters, got ""'],
    ['half a pair', ['\ud800'], [[1]], 'words[0] must be a word of whole characters'],
    [
      'a word twice',
      ['a', 'b', 'a'],
      [[1], [2], [3]],
      'words[2] must be unlike the words before, got "a"',
    ],
    ['a row less', ['a', 'b'], [[1]], 'vectors must be rows for 2 words, got 1'],
    ['rows that differ', ['a', 'b'], [[1], [2, 3]], 'vectors[1].length must be dim = 1, got 2'],
    [
      'numbers that are no rows',
      ['a', 'b'],
      Float32Array.of(1, 2, 3),
      'vectors.length must be a multiple of the 2 words, got 3',
    ],
    ['no numbers', ['a', 'b'], [], 'dim must be a whole number from 1'],
    ['nan', ['a', 'b'], [[1], [Number.NaN]], 'vectors[1][0] must be finite, got NaN'],
    ['a huge number', ['a'], [[1e39]], 'vectors[0][0] must be finite as a float32, got 1e+39'],
    ['no vectors', ['a'], undefined, 'vectors must be a Float32Array'],
  ])('is not made of %s', (_what, words, vectors, sentence) => {
    expect(() => WordVectors.from(words as string[], vectors as number[][])).toThrow(sentence);
  });
});
