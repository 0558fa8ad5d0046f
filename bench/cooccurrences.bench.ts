// The price of co-occurrence counts of numbered text, 20,000 words, ten words around each: the places of words and the
// counts of all rows, beside the same counts kept in a hash map of pairs, as one would write them first, and beside the
// rate at which memory gives the tokens of all windows. FLYHASH_TEXT names a real text to take instead of a drawn one.

import { activeBackend } from '../lib/backend/active.ts';
import { type Bench, defineBench } from './framework/define.ts';
import { numberedText } from './framework/text.ts';

const WORDS = 20_000;
const RADIUS = 5;
const PARTS = 8;
const CAPACITY = 2 ** 21;
/** The map is slow, so it counts a part of the text and repeats nothing. */
const SHARE = 20;

function counter(tokens: Uint32Array, threads: number): () => void {
  const { length } = tokens;
  const ends = new Uint32Array(PARTS * (WORDS + 1));
  const places = new Uint32Array(length);
  const weights = new Uint32Array(RADIUS).fill(1);
  const rows = new Uint32Array(WORDS);
  const [columns, counts] = [new Uint32Array(CAPACITY), new Uint32Array(CAPACITY)];
  return () => {
    const text = [tokens, length, WORDS, PARTS, ends, places] as const;
    activeBackend().run({ name: 'cooccurrencePlaces', args: text }, threads);
    for (let first = 0; first < WORDS; ) {
      const own = [tokens, length, 0, WORDS, PARTS, ends, places, weights, RADIUS] as const;
      const args = [...own, first, CAPACITY, rows, columns, counts] as const;
      first = activeBackend().run({ name: 'cooccurrenceCounts', args }, threads);
    }
  };
}

function countInMap(tokens: Uint32Array): Map<number, number> {
  const pairs = new Map<number, number>();
  for (let at = 0; at < tokens.length; at++) {
    const end = Math.min(at + RADIUS, tokens.length - 1);
    for (let other = at + 1; other <= end && tokens[other] !== 0xfffffffe; other++) {
      const [a, b] = [tokens[at], tokens[other]];
      if (a >= WORDS || b >= WORDS) continue;
      for (const key of [a * WORDS + b, b * WORDS + a]) pairs.set(key, (pairs.get(key) ?? 0) + 1);
    }
  }
  return pairs;
}

function countsBench(threads: number): Bench {
  return defineBench({
    name: `cooccurrences/window-5${threads === 2 ? '-two-threads' : ''}`,
    limit: 'read-32m',
    threads,
    baseline: `a Map of pairs, over a ${SHARE}th of the text, ${SHARE} times that`,
    targets: { speedup: { avx512: 100, avx2: 100 } },
    skipLevels: ['scalar', 'reference'],
    setup: ({ quick }) => {
      const { tokens } = numberedText(quick ? 300_000 : 4_000_000, WORDS);
      const numbers = new Uint32Array(tokens.buffer, tokens.byteOffset, tokens.length);
      const few = numbers.subarray(0, Math.ceil(numbers.length / SHARE));
      const baseline = (): void => {
        for (let i = 0; i < SHARE; i++) countInMap(few);
      };
      const work = tokens.length * 2 * RADIUS * 4;
      return { run: counter(numbers, threads), baseline, items: tokens.length, work };
    },
  });
}

export const benches: readonly Bench[] = [countsBench(1), countsBench(2)];
