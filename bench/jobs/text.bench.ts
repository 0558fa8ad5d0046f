// Text to counted and numbered words, on one thread, beside what a program would write by hand: lower case, a regular
// expression, and a Map. And word vectors from a text file, beside split and Number. The kernels have no part in it.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readWordVectors, Vocabulary, WordVectors, writeWordVectors } from '../../lib/index.ts';
import { randomVectors } from '../framework/data.ts';
import { type Bench, defineBench, type Level } from '../framework/define.ts';
import { type Letters, prose } from '../framework/prose.ts';

const WORDS = 2_000_000;
const QUICK_WORDS = 300_000;
const SKIPPED: readonly Level[] = ['scalar', 'reference'];

/** The counts of the words of a text, and all of them in numbers. */
function byHand(text: string): { counts: Map<string, number>; numbers: Int32Array } {
  const counts = new Map<string, number>();
  const places = new Map<string, number>();
  const numbers: number[] = [];
  for (const paragraph of text.split('\n')) {
    for (const [word] of paragraph.toLowerCase().matchAll(/[\p{L}\p{M}]+(?:'\p{L}+)*|\p{Nd}+/gu)) {
      counts.set(word, (counts.get(word) ?? 0) + 1);
      let place = places.get(word);
      if (place === undefined) {
        place = places.size;
        places.set(word, place);
      }
      numbers.push(place);
    }
    numbers.push(-2);
  }
  return { counts, numbers: Int32Array.from(numbers) };
}

function textBench(letters: Letters): Bench {
  return defineBench({
    name: `text/vocabulary-2m-${letters}`,
    baseline: 'toLowerCase, a regular expression, a Map',
    // Three million words a second; three times by hand.
    targets: { microseconds: 1 / 3, speedup: 3 },
    skipLevels: SKIPPED,
    setup: ({ quick }) => {
      const words = quick ? QUICK_WORDS : WORDS;
      const text = prose(words, letters);
      const bytes = new TextEncoder().encode(text);
      return {
        items: words,
        run: () => Vocabulary.fromText(bytes),
        baseline: () => byHand(text),
      };
    },
  });
}

const wordVectors = defineBench({
  name: 'text/word-vectors-10k-300',
  baseline: 'readFile, split, Number',
  targets: { speedup: 1 },
  skipLevels: SKIPPED,
  setup: async ({ quick }) => {
    const rows = quick ? 2000 : 10_000;
    const folder = mkdtempSync(join(tmpdir(), 'flyhash-bench-'));
    const path = join(folder, 'vectors.txt');
    const words = Array.from({ length: rows }, (_, row) => `word${row}`);
    await writeWordVectors(path, WordVectors.from(words, randomVectors(rows, 300)));
    return {
      items: rows,
      run: () => readWordVectors(path),
      baseline: () => {
        const lines = readFileSync(path, 'utf8').split('\n').slice(1);
        return lines.map((line) => Float32Array.from(line.split(' ').slice(1), Number));
      },
      close: () => rmSync(folder, { recursive: true }),
    };
  },
});

export const benches: readonly Bench[] = [textBench('latin'), textBench('cyrillic'), wordVectors];
