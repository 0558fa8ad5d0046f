/**
 * One look at a whole numbered text by units that compete for its windows: how often each unit won a window with each
 * word around its middle, and with each word in it (FlyVec in batches; Liang et al. 2021). Winners are sums of whole
 * numbers and counts are whole numbers, so threads never show; segments end where the count of tokens says, so the
 * text's pieces never do.
 */

import { alignedArray } from '../backend/aligned-memory.ts';
import { allocated } from '../check.ts';
import type { KernelWork } from '../hash/kernel-work.ts';
import type { Corpus } from './corpus.ts';

/**
 * Tokens of a segment: the counts of all words are gone over once for each, so that few long ones are best. Groups of
 * windows, and windows in longer paragraphs, end with it.
 */
const SEGMENT = 2 ** 22;

/** Tokens whose places are kept from one look to the next; those of what follows are found anew. */
const MOST_KEPT = 2 ** 25;

/** The largest count. */
const MOST_COUNT = 2 ** 32 - 1;

/** Weights of all units, words x stride, as the kernels of windows read them. */
export interface WindowTables {
  readonly context: Int16Array;
  readonly target: Int16Array;
}

/** How windows are won. */
export interface WindowRule {
  readonly units: number;
  readonly radius: number;
  /** How often the word in the middle counts. */
  readonly targetWeight: number;
  /** Windows around one word that are won together. */
  readonly groupSize: number;
  /** Whether only windows around a word are won at all, and not those around a masked one. */
  readonly onlyWords: boolean;
  /** Whether words beside the middle and words in it are counted as one. */
  readonly isOne: boolean;
}

/** Where the words of a segment stand. */
interface Places {
  readonly starts: Uint32Array;
  readonly positions: Uint32Array;
}

/** Throws where counts of 32 bits may not suffice. */
function checkCounts({ vocabulary }: Corpus, radius: number): void {
  const most = Math.floor(MOST_COUNT / (2 * radius + 1));
  const id = vocabulary.counts.findIndex((count) => count > most);
  if (id < 0) return;
  const [word, count] = [JSON.stringify(vocabulary.words[id]), vocabulary.counts[id]];
  throw new RangeError(
    `text must have no word more than ${most} times in windows of this size, got ${word} ${count} times`,
  );
}

/** Counts of a corpus, made anew by every look. */
export class WindowCounts {
  readonly words: number;
  readonly units: number;
  /** words x units: windows that a unit won with the word beside the middle, as often as it stands there. */
  readonly context: Uint32Array;
  /** words x units: windows that a unit won around the word; the same counts where both are added up. */
  readonly target: Uint32Array;
  readonly #corpus: Corpus;
  readonly #rule: WindowRule;
  readonly #segment: number;
  readonly #work: KernelWork;
  readonly #winners: Uint32Array;
  readonly #kept: Places[] = [];

  constructor(corpus: Corpus, rule: WindowRule, work: KernelWork, segment: number = SEGMENT) {
    checkCounts(corpus, rule.radius);
    const words = corpus.vocabulary.size;
    this.words = words;
    this.units = rule.units;
    this.context = alignedArray(Uint32Array, words, rule.units, 'words x units, the counts,');
    this.target = rule.isOne
      ? this.context
      : alignedArray(Uint32Array, words, rule.units, 'words x units, the counts,');
    this.#corpus = corpus;
    this.#rule = rule;
    this.#segment = segment;
    this.#work = work;
    this.#winners = allocated(Uint32Array, 1, Math.min(segment, corpus.length), 'winners');
  }

  /** Counts what units of these weights win. */
  async look(tables: WindowTables, onTokens: (tokens: number) => void): Promise<void> {
    this.context.fill(0);
    this.target.fill(0);
    let [segment, done] = [0, 0];
    for await (const tokens of this.#corpus.segments(this.#segment)) {
      const places = this.#kept[segment] ?? (await this.#placesOf(tokens, done));
      await this.#win(tokens, tables, places);
      await this.#count(tokens.length, places);
      segment++;
      done += tokens.length;
      onTokens(done);
    }
  }

  /** Finds the places of words; those of the first segments are kept. */
  async #placesOf(tokens: Int32Array, done: number): Promise<Places> {
    const starts = new Uint32Array(this.words + 1);
    const positions = allocated(Uint32Array, 1, tokens.length, 'the places of words');
    const args = [tokens, tokens.length, this.words, starts, positions] as const;
    await this.#work.run({ name: 'windowsOrder', args });
    const places = { starts, positions };
    if (done + tokens.length <= MOST_KEPT) this.#kept.push(places);
    return places;
  }

  async #win(tokens: Int32Array, tables: WindowTables, places: Places): Promise<void> {
    const { radius, targetWeight, groupSize, onlyWords } = this.#rule;
    const { words, units } = this;
    const winners = this.#winners;
    const text = [tokens, tokens.length, radius] as const;
    const weights = [tables.context, tables.target, words, units, targetWeight] as const;
    if (groupSize > 1) {
      const groups = [places.starts, places.positions, groupSize, winners] as const;
      const args = [...text, ...weights, ...groups] as const;
      await this.#work.run({ name: 'windowsGroupWinners', args });
      return;
    }
    const args = [...text, ...weights, 0, onlyWords ? 1 : 0, winners] as const;
    await this.#work.run({ name: 'windowsWinners', args });
  }

  async #count(tokens: number, { starts, positions }: Places): Promise<void> {
    const text = [this.#winners, tokens, this.#rule.radius, starts, positions] as const;
    const args = [...text, this.words, this.units, this.context, this.target] as const;
    await this.#work.run({ name: 'windowsCounts', args });
  }
}
