/**
 * Words as numbers: exact counts for as long as the table has room, and, when it has not, a rule that forgets rare words
 * and looks at nothing but the words that came; numbered text stays true through all of it.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseWords, Renumbering } from '../../lib/words/chosen-words.ts';
import { hashOf, WordTable } from '../../lib/words/word-table.ts';
import { RUNS } from '../support/generators.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function intern(table: WordTable, word: string): number {
  const bytes = encoder.encode(word);
  return table.intern(bytes, 0, bytes.length, hashOf(bytes, 0, bytes.length));
}

/** The words that have a number, with their counts. */
function counts(table: WordTable): Record<string, number> {
  const ids = Array.from({ length: table.size }, (_, id) => id).filter((id) => table.isGiven(id));
  return Object.fromEntries(ids.map((id) => [decoder.decode(table.bytesOf(id)), table.counts[id]]));
}

/** Few words, so that they come again, and words that share beginnings and lengths. */
const anyWord = fc.oneof(
  fc.integer({ min: 0, max: 30 }).map((n) => `w${n}`),
  fc.integer({ min: 0, max: 3000 }).map((n) => 'x'.repeat(n % 7) + n),
);

/** The rule in words: a full table forgets what came at most r times, r the least power of two that frees half. */
class NaiveTable {
  readonly counts = new Map<string, number>();
  forgotten: string[] = [];
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  add(word: string): void {
    if (!this.counts.has(word) && this.counts.size === this.#most) this.#reduce();
    this.counts.set(word, (this.counts.get(word) ?? 0) + 1);
  }

  #reduce(): void {
    const kept = (rare: number): string[] =>
      [...this.counts.keys()].filter((word) => (this.counts.get(word) ?? 0) > rare);
    let rare = 1;
    while (kept(rare).length > this.#most / 2) rare *= 2;
    const left = new Set(kept(rare));
    for (const word of [...this.counts.keys()]) {
      if (left.has(word)) continue;
      this.forgotten.push(word);
      this.counts.delete(word);
    }
  }
}

describe('a table of words', () => {
  it('counts every word exactly, and grows', () => {
    fc.assert(
      fc.property(fc.array(anyWord, { maxLength: 4000, size: 'max' }), (words) => {
        const table = new WordTable();
        const expected: Record<string, number> = {};
        for (const word of words) {
          expected[word] = (expected[word] ?? 0) + 1;
          intern(table, word);
        }
        expect(counts(table)).toEqual(expected);
        expect(table.words).toBe(Object.keys(expected).length);
        for (const word of words)
          expect(decoder.decode(table.bytesOf(intern(table, word)))).toBe(word);
      }),
      { numRuns: Math.ceil(RUNS / 20) },
    );
  });

  it('forgets by its rule when it is full, and numbered text knows what was forgotten', () => {
    const most = fc.integer({ min: 2, max: 40 });
    fc.assert(
      fc.property(fc.array(anyWord, { maxLength: 600, size: 'max' }), most, (words, room) => {
        const table = new WordTable(room);
        const naive = new NaiveTable(room);
        const numbers = Int32Array.from(words, (word) => {
          naive.add(word);
          return intern(table, word);
        });
        expect(counts(table)).toEqual(Object.fromEntries(naive.counts));
        expect(table.forgottenWords).toBe(naive.forgotten.length);
        const sum = [...naive.counts.values()].reduce((total, count) => total + count, 0);
        expect(table.forgottenTokens).toBe(words.length - sum);

        const chosen = chooseWords(table, { size: 1000, minimumCount: 1 }, new Set());
        new Renumbering(table, chosen).apply(numbers);
        const places = Array.from(chosen.ids, (id) => decoder.decode(table.bytesOf(id)));
        const found = new Map<string, number>();
        for (const [i, place] of numbers.entries()) {
          if (place < 0) continue;
          expect(places[place]).toBe(words[i]);
          found.set(words[i], (found.get(words[i]) ?? 0) + 1);
        }
        expect(Object.fromEntries(found)).toEqual(counts(table));
      }),
      { numRuns: RUNS },
    );
  });

  it('keeps the words that it must keep', () => {
    const table = new WordTable(4, 1);
    intern(table, 'kept');
    for (let i = 0; i < 100; i++) for (let n = 0; n < 3; n++) intern(table, `w${i}`);
    expect(counts(table).kept).toBe(1);
    expect(table.words).toBeLessThanOrEqual(4);
  });

  it('bounds the bytes of its words too', () => {
    const table = new WordTable(64);
    for (let i = 0; i < 64; i++) intern(table, `${i}`.padStart(250, 'x'));
    expect(table.forgottenWords).toBeGreaterThan(0);
    expect(Object.keys(counts(table)).join('').length).toBeLessThanOrEqual(64 * 32);
  });
});
