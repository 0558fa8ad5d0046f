/**
 * How often the words of a corpus stand near each other (Church and Hanks 1990; Levy, Goldberg and Dagan 2015): for every
 * word, the words within a radius in the same paragraph, each occurrence counted with the weight of its distance. Words
 * that are masked are not counted, but keep their places. The numbered text is gathered to batches of some million
 * tokens, whatever the segments in which it comes; each is counted by the kernel, together with the last tokens of the
 * one before. So the counts are exact integers, equal for any segments and any number of threads, and need some 250 MB
 * at most beside their disk, however long the text is.
 */

import { alignedArray } from '../backend/aligned-memory.ts';
import { allocated } from '../check.ts';
import type { KernelWork } from '../hash/kernel-work.ts';
import { PARAGRAPH_END } from '../reference/cooccurrences.ts';
import { type CountRows, CountTables } from './count-rows.ts';
import { MOST_ENTRIES_IN_MEMORY } from './entry-store.ts';

/** Tokens of a batch: 32 MiB of them, and as much for their places. */
const BATCH_TOKENS = 2 ** 23;

/** Entries that the kernel gives at a time; one row must fit. */
const LEAST_CAPACITY = 2 ** 21;

/** Parts in which the places of words are sorted: more threads than these find nothing to do there. */
const PARTS = 8;

/** How the occurrences of a word at a distance count: all alike, or with the inverse of the distance. */
export type Weighting = 'flat' | 'inverse';

export const WEIGHTINGS: readonly Weighting[] = ['flat', 'inverse'];

/** Most words on either side of a word that can be counted. */
export const MOST_RADIUS = 256;

/**
 * The weights of the distances 1 .. radius, as whole numbers: all 1, or 60 / distance, which is exact up to six words,
 * rounded to the nearest from 1 on beyond.
 */
export function windowWeights(radius: number, weighting: Weighting): Uint32Array {
  return Uint32Array.from({ length: radius }, (_, i) =>
    weighting === 'flat' ? 1 : Math.max(1, Math.round(60 / (i + 1))),
  );
}

/** What is counted. */
export interface CooccurrenceSettings {
  /** Words of the vocabulary: ids below this number. */
  readonly words: number;
  /** Words on either side: 1 to 256. */
  readonly radius: number;
  readonly weighting: Weighting;
}

/** How the counting goes about it; nothing of it shows in the counts. */
export interface CountingMeans {
  readonly work: KernelWork;
  /** Tokens of a batch. */
  readonly batchTokens?: number;
  /** Entries that stay in memory; more go to temporary files. */
  readonly entriesInMemory?: number;
  /** Told after each batch how many numbers of the text are counted. */
  readonly onCounted?: (numbers: number) => void;
}

/** The counts of a text. `close` lets go of what they hold. */
export class Cooccurrences {
  readonly words: number;
  /** The sum of the counts of each word: those of its row, and of its column, since near is near on both sides. */
  readonly totals: Float64Array;
  readonly #tables: CountTables;
  readonly #work: KernelWork;

  constructor(totals: Float64Array, tables: CountTables, work: KernelWork) {
    this.words = totals.length;
    this.totals = totals;
    this.#tables = tables;
    this.#work = work;
  }

  /** The rows in order, some at a time, columns ascending. */
  rows(): AsyncGenerator<CountRows, void, void> {
    return this.#tables.rows(this.#work);
  }

  async close(): Promise<void> {
    await this.#tables.close();
  }
}

/** Text that is gathered and counted, batch after batch. */
class Counting {
  readonly #settings: CooccurrenceSettings;
  readonly #work: KernelWork;
  readonly #weights: Uint32Array;
  readonly #tables: CountTables;
  readonly #totals: Float64Array;
  readonly #batch: Uint32Array;
  readonly #ends: Uint32Array;
  readonly #capacity: number;
  #length = 0;
  /** Tokens at the start of the batch that stood at the end of the one before. */
  #carried = 0;

  constructor(settings: CooccurrenceSettings, means: CountingMeans) {
    const { words, radius } = settings;
    this.#settings = settings;
    this.#work = means.work;
    this.#weights = windowWeights(radius, settings.weighting);
    this.#tables = new CountTables(words, means.entriesInMemory ?? MOST_ENTRIES_IN_MEMORY);
    this.#totals = new Float64Array(words);
    // So few that no count of a batch can pass 32 bits.
    const around = 2 * this.#weights.reduce((sum, weight) => sum + weight, 0);
    const most = Math.floor((2 ** 32 - 1) / around);
    const tokens = radius + Math.min(means.batchTokens ?? BATCH_TOKENS, most - radius);
    // Tokens are visited in no order, which large pages make half again as fast.
    this.#batch = alignedArray(Uint32Array, 1, tokens, 'a batch of words');
    this.#ends = allocated(Uint32Array, PARTS, words + 1, 'the places of words');
    this.#capacity = Math.max(LEAST_CAPACITY, words);
  }

  get tables(): CountTables {
    return this.#tables;
  }

  async add(numbers: Int32Array, onBatch: () => void): Promise<void> {
    for (let from = 0; from < numbers.length; ) {
      const count = Math.min(numbers.length - from, this.#batch.length - this.#length);
      this.#batch.set(numbers.subarray(from, from + count), this.#length);
      this.#length += count;
      from += count;
      if (this.#length < this.#batch.length) continue;
      await this.#countBatch();
      onBatch();
    }
  }

  async end(): Promise<Cooccurrences> {
    if (this.#length > this.#carried && this.#settings.words > 0) await this.#countBatch();
    return new Cooccurrences(this.#totals, this.#tables, this.#work);
  }

  async #countBatch(): Promise<void> {
    const { words } = this.#settings;
    const length = this.#length;
    const places = new Uint32Array(length);
    const own = [this.#batch, length, words, PARTS, this.#ends, places] as const;
    await this.#work.run({ name: 'cooccurrencePlaces', args: own });
    this.#tables.begin();
    const rowEnds = new Uint32Array(words);
    const columns = new Uint32Array(this.#capacity);
    const counts = new Uint32Array(this.#capacity);
    for (let first = 0; first < words; ) {
      const text = [this.#batch, length, this.#carried, words, PARTS, this.#ends, places] as const;
      const window = [this.#weights, this.#weights.length] as const;
      const results = [this.#capacity, rowEnds, columns, counts] as const;
      const args = [...text, ...window, first, ...results] as const;
      const end = await this.#work.run({ name: 'cooccurrenceCounts', args });
      const ends = rowEnds.subarray(0, end - first);
      const size = ends[ends.length - 1];
      const entries = { columns: columns.subarray(0, size), counts: counts.subarray(0, size) };
      this.#sum({ first, ends, ...entries });
      await this.#tables.append({ first, ends, ...entries });
      first = end;
    }
    await this.#tables.settle(this.#work);
    this.#carry();
  }

  #sum({ first, ends, counts }: CountRows): void {
    let at = 0;
    for (let row = 0; row < ends.length; row++) {
      let sum = 0;
      for (; at < ends[row]; at++) sum += counts[at];
      this.#totals[first + row] += sum;
    }
  }

  /** Keeps what the first tokens of the next batch stand near to. */
  #carry(): void {
    let from = this.#length;
    const least = Math.max(0, from - this.#weights.length);
    while (from > least && this.#batch[from - 1] !== PARAGRAPH_END) from--;
    this.#batch.copyWithin(0, from, this.#length);
    this.#carried = this.#length - from;
    this.#length = this.#carried;
  }
}

/**
 * Counts numbered text: ids of words, a negative number for each token that is none (-2 for the end of a paragraph, any
 * other is masked). Segments may be cut anywhere.
 *
 * @throws RangeError when two words stand near each other more than 2^32 - 1 times.
 */
export async function countCooccurrences(
  segments: AsyncIterable<Int32Array> | Iterable<Int32Array>,
  settings: CooccurrenceSettings,
  means: CountingMeans,
): Promise<Cooccurrences> {
  const counting = new Counting(settings, means);
  try {
    let numbers = 0;
    for await (const segment of segments) {
      numbers += segment.length;
      await counting.add(segment, () => means.onCounted?.(numbers));
      await means.work.rest();
    }
    const counted = await counting.end();
    means.onCounted?.(numbers);
    return counted;
  } catch (error) {
    await counting.tables.close();
    throw error;
  }
}
