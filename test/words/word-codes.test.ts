/**
 * Codes of words: nearest words, similarities and analogies against plain loops over the codes, ties to the first word, and
 * what is said of words that are not there.
 */

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { BitCodes } from '../../lib/codes/bit-codes.ts';
import { SparseCodes } from '../../lib/codes/sparse-codes.ts';
import { WordCodes } from '../../lib/words/word-codes.ts';
import { allBackends, useBackend } from '../support/backends.ts';
import { RUNS } from '../support/generators.ts';

const ROWS = 23;
const words = Array.from({ length: ROWS }, (_, i) => `word${i}`);

const dense = fc
  .tuple(fc.integer({ min: 1, max: 40 }), fc.array(fc.nat(), { minLength: ROWS, maxLength: ROWS }))
  .map(([bits, drawn]) => {
    const bytes = Math.ceil(bits / 8);
    const data = new Uint8Array(ROWS * bytes);
    for (const [row, seed] of drawn.entries()) {
      for (let bit = 0; bit < bits; bit++) {
        if ((seed >> (bit % 7)) % 2 === 1) data[row * bytes + (bit >> 3)] |= 0x80 >> (bit & 7);
      }
    }
    return BitCodes.adopt(data, bits);
  });

const sparse = fc.integer({ min: 1, max: 4 }).chain((active) => {
  const one = fc.uniqueArray(fc.nat(11), { minLength: active, maxLength: active });
  const all = fc.array(one, { minLength: ROWS, maxLength: ROWS });
  return all.map((rows) => {
    const indices = rows.flatMap((row) => [...row].sort((a, b) => a - b));
    return SparseCodes.from(Uint32Array.from(indices), { units: 12, active });
  });
});

/** The definition, bit by bit. */
function plainSimilarity(codes: BitCodes | SparseCodes, a: number, b: number): number {
  if (codes instanceof SparseCodes) {
    const other = new Set(codes.row(b));
    return [...codes.row(a)].filter((unit) => other.has(unit)).length / codes.active;
  }
  const bits = Array.from({ length: codes.bits }, (_, bit) => bit);
  const differing = bits.filter((bit) => codes.bit(a, bit) !== codes.bit(b, bit)).length;
  return 1 - differing / codes.bits;
}

describe.each([...allBackends])('codes of words on %s', (_name, backend) => {
  beforeAll(() => useBackend(backend));

  it('have the similarities and the nearest words of plain loops', () => {
    fc.assert(
      fc.property(fc.oneof(dense, sparse), fc.nat(ROWS - 1), fc.nat(ROWS + 3), (codes, own, n) => {
        const all = WordCodes.from(words, codes);
        const expected = words.map((_, row) => plainSimilarity(codes, own, row));
        expect(all.similarities(own)).toEqual(Float32Array.from(expected));
        expect(all.similarity(words[own], words[3])).toBe(expected[3]);
        const order = words
          .map((word, id) => ({ word, id, similarity: expected[id] }))
          .filter(({ id }) => id !== own)
          .filter(({ similarity }) => codes instanceof BitCodes || similarity > 0)
          .sort((x, y) => y.similarity - x.similarity || x.id - y.id);
        expect(all.nearest(words[own], n)).toEqual(order.slice(0, n));
        const code = all.vector(words[own]);
        const withItself = code === undefined ? undefined : all.nearest(code, ROWS);
        expect(withItself?.length).toBe(order.length + 1);
      }),
      { numRuns: Math.ceil(RUNS / 4) },
    );
  });

  it('answer analogies by similarities', () => {
    fc.assert(
      fc.property(fc.oneof(dense, sparse), (codes) => {
        const all = WordCodes.from(words, codes);
        const [a, b, c] = [0, 1, 2].map((id) => all.similarities(id));
        const order = words
          .map((word, id) => ({
            word,
            id,
            similarity: Math.fround(Math.fround(b[id] - a[id]) + c[id]),
          }))
          .slice(3)
          .sort((x, y) => y.similarity - x.similarity || x.id - y.id);
        const found = all.analogy('word0', 'word1', 'word2', 5);
        expect(found?.length).toBe(5);
        expect(found?.[0].similarity).toBeCloseTo(order[0].similarity, 6);
        expect(found?.every(({ id }) => id > 2)).toBe(true);
      }),
      { numRuns: Math.ceil(RUNS / 10) },
    );
  });
});

describe('codes of words', () => {
  const codes = SparseCodes.from(Uint32Array.of(0, 1, 1, 2, 5, 6), { units: 8, active: 2 });
  const named = WordCodes.from(['a', 'b', 'c'], codes);

  it('say what they take', () => {
    expect(named.bits).toBe(6);
    expect(WordCodes.from(['a'], BitCodes.from(Uint8Array.of(8), 5)).bits).toBe(5);
  });

  it('take a code of another number of active units', () => {
    const query = SparseCodes.from(Uint32Array.of(0, 1, 2, 3, 4, 5, 6, 7), { units: 8, active: 8 });
    expect(named.nearest(query, 9)?.map(({ similarity }) => similarity)).toEqual([0.5, 0.5, 0.5]);
  });

  it('know nothing of other words', () => {
    expect(named.id('x')).toBe(-1);
    expect(named.has('x')).toBe(false);
    expect(named.vector('x')).toBeUndefined();
    expect(named.similarity('a', 'x')).toBeUndefined();
    expect(named.nearest('x', 1)).toBeUndefined();
    expect(named.analogy('a', 'b', 'x', 1)).toBeUndefined();
  });

  it('refuse what is none', () => {
    const bits = BitCodes.from(Uint8Array.of(1, 2), 8);
    expect(() => WordCodes.from(['a'], codes)).toThrow(
      'codes.rows must be 1, as many as words, got 3',
    );
    expect(() => WordCodes.from(['a', 'a'], bits)).toThrow(
      'words[1] must be unlike the words before',
    );
    const wide = SparseCodes.from(Uint32Array.of(7), { units: 2 ** 31, active: 1 });
    expect(() => WordCodes.from(['a'], wide)).toThrow(
      'codes.units must be a whole number from 1 to 4194304, got 2147483648',
    );
    expect(() => WordCodes.from([], bits)).toThrow('words.length must be at least 1, got 0');
    expect(() => WordCodes.from(['a'], 'x' as never)).toThrow(
      'codes must be BitCodes or SparseCodes',
    );
    expect(() => named.nearest(bits as never, 1)).toThrow('query must be a word or SparseCodes');
    expect(() => named.nearest(codes, 1)).toThrow('query must be a code of one row, got 3');
    expect(() => named.nearest('a', -1)).toThrow('n must be a whole number');
    expect(() => named.similarities(3)).toThrow('id must be a whole number from 0 to 2, got 3');
    expect(() => named.id(3 as never)).toThrow('word must be a string, got 3');
  });
});
