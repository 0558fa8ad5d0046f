/**
 * Which words of a text make its vocabulary: those that are no stop words and came often enough, the most frequent
 * first, and words that came equally often in the order of their code points, so that the same counts give the same
 * vocabulary however the text was ordered or cut.
 */

import type { VocabularyLimits } from './vocabulary-options.ts';
import { MASKED } from './word-ids.ts';
import { hashOf, type WordTable } from './word-table.ts';

/** Words of a table that make a vocabulary. */
export interface ChosenWords {
  /** Their numbers in the table, in the order of the vocabulary. */
  readonly ids: Uint32Array;
  /** Tokens of stop words. */
  readonly masked: number;
  /** Words that came too seldom. */
  readonly rareWords: number;
  /** Words that came often enough and found no room. */
  readonly leftOutWords: number;
}

/** The numbers of those words that the table has. */
function numbersOf(words: ReadonlySet<string>, table: WordTable): Set<number> {
  const encoder = new TextEncoder();
  const numbers = new Set<number>();
  for (const word of words) {
    const bytes = encoder.encode(word);
    numbers.add(table.find(bytes, 0, bytes.length, hashOf(bytes, 0, bytes.length)));
  }
  return numbers;
}

/** Below 0 where the first bytes come first; the order of UTF-8 is that of code points. */
function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
}

/** Chooses the vocabulary. */
export function chooseWords(
  table: WordTable,
  { size, minimumCount }: VocabularyLimits,
  stopWords: ReadonlySet<string>,
): ChosenWords {
  const { counts } = table;
  const stops = numbersOf(stopWords, table);
  let [masked, rareWords, often] = [0, 0, 0];
  const ids = new Uint32Array(table.size);
  for (let id = 0; id < table.size; id++) {
    if (stops.has(id)) masked += counts[id];
    else if (counts[id] >= minimumCount) ids[often++] = id;
    else if (counts[id] > 0) rareWords++;
  }
  const sorted = ids.subarray(0, often).sort((a, b) => {
    return counts[b] - counts[a] || compareBytes(table.bytesOf(a), table.bytesOf(b));
  });
  const chosen = sorted.slice(0, size);
  return { ids: chosen, masked, rareWords, leftOutWords: often - chosen.length };
}

/** Turns numbers of the table, as they came one after the other, into places in the vocabulary. */
export class Renumbering {
  readonly #places: Int32Array;
  readonly #births: Float64Array | undefined;
  /** Words that came so far. */
  #clock = 0;

  constructor(table: WordTable, { ids }: ChosenWords) {
    this.#places = new Int32Array(table.size).fill(MASKED);
    for (const [place, id] of ids.entries()) this.#places[id] = place;
    this.#births = table.births;
  }

  /** Renumbers the next numbers of the text in their place. */
  apply(numbers: Int32Array): void {
    const places = this.#places;
    const births = this.#births;
    let clock = this.#clock;
    for (let i = 0; i < numbers.length; i++) {
      const id = numbers[i];
      if (id < 0) continue;
      clock++;
      // A number that was given again belonged to another word before, which is forgotten.
      numbers[i] = births !== undefined && births[id] >= clock ? MASKED : places[id];
    }
    this.#clock = clock;
  }
}
