/**
 * What counts say of a unit and a word: the share of the word's occurrences that the unit won, which is FlyVec's rule
 * when it has settled (Liang et al. 2021), or the positive pointwise mutual information of both. Doubles with + - * /
 * and roots only, added up word after word, so that they are the same everywhere.
 */

import { exponential, power } from '../exponential.ts';
import type { KernelWork } from '../hash/kernel-work.ts';
import { naturalLogarithm } from '../random.ts';

/** Counts whose logarithms are made once. */
const LOGARITHMS = 2 ** 16;

/** Weights that are gone over between two turns of the event loop. */
const STEP = 2 ** 18;

const MOST_WEIGHT = 32767;

/** How counts become weights. */
export type Weighing = 'share' | 'pmi';

export const WEIGHINGS: readonly Weighing[] = ['share', 'pmi'];

/** Weights of all units by rows: those of words of one block of counts, then of the next. */
export interface WeightRows {
  readonly words: number;
  readonly units: number;
  readonly blocks: number;
  /** Writes the weights of a word. */
  fill(block: number, word: number, weights: Float64Array): void;
}

/** Counts as blocks of words x units. */
export interface CountBlocks {
  readonly words: number;
  readonly units: number;
  readonly blocks: readonly Uint32Array[];
}

/** Each count over the word's frequency to the power of alpha. */
export class ShareRows implements WeightRows {
  readonly words: number;
  readonly units: number;
  readonly blocks: number;
  readonly #counts: readonly Uint32Array[];
  readonly #shares: Float64Array;

  constructor({ words, units, blocks }: CountBlocks, frequencies: Float64Array, alpha: number) {
    this.words = words;
    this.units = units;
    this.blocks = blocks.length;
    this.#counts = blocks;
    this.#shares = frequencies.map((count) => 1 / (alpha === 1 ? count : power(count, alpha)));
  }

  fill(block: number, word: number, weights: Float64Array): void {
    const counts = this.#counts[block];
    const share = this.#shares[word];
    const from = word * this.units;
    for (let unit = 0; unit < weights.length; unit++) weights[unit] = counts[from + unit] * share;
  }
}

/**
 * max(0, ln (n(word, unit) Z / (n(word) n(unit)^smoothing))), Z being the sum of n(unit)^smoothing: the rows of all blocks
 * are words of their own.
 */
export class PmiRows implements WeightRows {
  readonly words: number;
  readonly units: number;
  readonly blocks: number;
  readonly #counts: readonly Uint32Array[];
  readonly #ofRows: Float64Array;
  readonly #ofUnits: Float64Array;
  readonly #logarithms = new Float64Array(LOGARITHMS);

  private constructor({ words, units, blocks }: CountBlocks) {
    this.words = words;
    this.units = units;
    this.blocks = blocks.length;
    this.#counts = blocks;
    this.#ofRows = new Float64Array(words * blocks.length);
    this.#ofUnits = new Float64Array(units);
    for (let count = 1; count < LOGARITHMS; count++) {
      this.#logarithms[count] = naturalLogarithm(count);
    }
  }

  static async of(counts: CountBlocks, smoothing: number, work: KernelWork): Promise<PmiRows> {
    const rows = new PmiRows(counts);
    await rows.#addUp(work);
    rows.#take(smoothing);
    return rows;
  }

  /** The counts of each row and of each unit. */
  async #addUp(work: KernelWork): Promise<void> {
    const [ofRows, ofUnits, units] = [this.#ofRows, this.#ofUnits, this.units];
    for (const [block, counts] of this.#counts.entries()) {
      await forEachWord(this, work, (word) => {
        let sum = 0;
        for (let unit = 0, at = word * units; unit < units; unit++, at++) {
          sum += counts[at];
          ofUnits[unit] += counts[at];
        }
        ofRows[block * this.words + word] = sum;
      });
    }
  }

  /** Makes of the counts what is added to the logarithm of one. */
  #take(smoothing: number): void {
    const [ofRows, ofUnits] = [this.#ofRows, this.#ofUnits];
    let sum = 0;
    for (let unit = 0; unit < ofUnits.length; unit++) {
      if (ofUnits[unit] === 0) continue;
      const logarithm = smoothing * naturalLogarithm(ofUnits[unit]);
      ofUnits[unit] = -logarithm;
      sum += exponential(logarithm);
    }
    const shared = sum === 0 ? 0 : naturalLogarithm(sum);
    for (let row = 0; row < ofRows.length; row++) {
      ofRows[row] = ofRows[row] === 0 ? 0 : shared - naturalLogarithm(ofRows[row]);
    }
  }

  fill(block: number, word: number, weights: Float64Array): void {
    const [counts, ofUnits, logarithms] = [this.#counts[block], this.#ofUnits, this.#logarithms];
    const ofRow = this.#ofRows[block * this.words + word];
    const from = word * this.units;
    for (let unit = 0; unit < weights.length; unit++) {
      const count = counts[from + unit];
      if (count === 0) {
        weights[unit] = 0;
        continue;
      }
      const logarithm = count < LOGARITHMS ? logarithms[count] : naturalLogarithm(count);
      const information = logarithm + ofRow + ofUnits[unit];
      weights[unit] = information > 0 ? information : 0;
    }
  }
}

/** Calls visit for every word in order, with turns of the event loop in between. */
async function forEachWord(
  { words, units }: Pick<WeightRows, 'words' | 'units'>,
  work: KernelWork,
  visit: (word: number) => void,
): Promise<void> {
  const step = Math.max(1, Math.floor(STEP / units));
  for (let first = 0; first < words; first += step) {
    const end = Math.min(words, first + step);
    for (let word = first; word < end; word++) visit(word);
    await work.rest();
  }
}

/** The length of each unit over all rows, and the largest weight of each. */
async function measure(rows: WeightRows, work: KernelWork) {
  const weights = new Float64Array(rows.units);
  const lengths = new Float64Array(rows.units);
  const largest = new Float64Array(rows.units);
  for (let block = 0; block < rows.blocks; block++) {
    await forEachWord(rows, work, (word) => {
      rows.fill(block, word, weights);
      for (let unit = 0; unit < weights.length; unit++) {
        const weight = weights[unit];
        lengths[unit] += weight * weight;
        if (weight > largest[unit]) largest[unit] = weight;
      }
    });
  }
  for (let unit = 0; unit < lengths.length; unit++) lengths[unit] = Math.sqrt(lengths[unit]);
  return { lengths, largest };
}

/** The lengths of units, over all rows. */
export async function lengthsOf(rows: WeightRows, work: KernelWork): Promise<Float64Array> {
  return (await measure(rows, work)).lengths;
}

/**
 * Writes the weights of units that are made 1 long, as whole numbers of 16 bits, the largest of all becoming 32,767: each
 * block of rows to a table of its own.
 */
export async function writeTables(
  rows: WeightRows,
  tables: readonly Int16Array[],
  work: KernelWork,
): Promise<void> {
  const { lengths, largest } = await measure(rows, work);
  let reach = 0;
  for (const [unit, most] of largest.entries()) {
    if (most > 0) reach = Math.max(reach, most / lengths[unit]);
  }
  const factors = lengths.map((length) => (length > 0 ? MOST_WEIGHT / (reach * length) : 0));
  const weights = new Float64Array(rows.units);
  for (const [block, table] of tables.entries()) {
    const stride = table.length / rows.words;
    await forEachWord(rows, work, (word) => {
      rows.fill(block, word, weights);
      const to = word * stride;
      // No weight is below 0, so that to cut off is to round down.
      for (let unit = 0; unit < weights.length; unit++) {
        table[to + unit] = (weights[unit] * factors[unit] + 0.5) | 0;
      }
    });
  }
}
