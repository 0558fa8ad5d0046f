/**
 * The synapses of a model: what every trainer's activations become, whatever they were. Each unit's activations are
 * standardised over the words of the vocabulary, so that no unit is active for all of them, and rounded to whole numbers
 * of 16 bits on one scale for all units and both tables. All codes are sums of rows of these tables, so they are exact in
 * any order. Mean and deviation are doubles with + - * / and roots only, summed word after word.
 */

import { alignedArray } from '../backend/aligned-memory.ts';
import type { KernelWork } from '../hash/kernel-work.ts';

/** The largest weight, and the smallest but for its sign. */
export const MOST_WEIGHT = 32767;

/** Numbers of activations that are gone over between two turns of the event loop. */
const STEP = 2 ** 18;

/** Activations of all units by every word, that can be read any number of times. */
export interface Activations {
  readonly words: number;
  readonly units: number;
  /** Words (1 where it is so) of which nothing was learnt: they count for no mean. */
  readonly silent?: Uint8Array | undefined;
  /**
   * All rows in order, words x units, some whole rows at a time; what is given may be written over by the next. They are
   * the same in every reading, and finite.
   */
  runs(): AsyncIterable<Float32Array | Float64Array> | Iterable<Float32Array | Float64Array>;
}

/** What a trainer has learnt: one object for both where a word has the same activations in both places. */
export interface Learnt {
  /** Of words in the middle of their window. */
  readonly target: Activations;
  /** Of words around it. */
  readonly context: Activations;
}

/** Weights, words x stride, the columns beyond units being zero. Nobody writes to them. */
export interface Synapses {
  readonly words: number;
  readonly units: number;
  /** A weight of this is an activation of one deviation above the mean; 0 when all weights are zero. */
  readonly scale: number;
  readonly target: Int16Array;
  /** The same table where there is only one. */
  readonly context: Int16Array;
}

/** Weights of a row: units rounded up to the blocks that the kernels read. */
export function strideOf(units: number): number {
  return Math.ceil(units / 32) * 32;
}

/** A table of zeros. */
export function emptyTable(words: number, units: number): Int16Array {
  return alignedArray(Int16Array, words, strideOf(units), 'words x units, the synapses,');
}

/** A row among the runs. */
interface RowRun {
  readonly values: Float32Array | Float64Array;
  /** Where it starts. */
  readonly at: number;
  readonly word: number;
}

/** Calls visit for every row that is not silent, in order. */
async function forEachRow(
  activations: Activations,
  work: KernelWork,
  visit: (row: RowRun) => void,
): Promise<void> {
  const { words, units, silent } = activations;
  const rest = Math.max(1, Math.floor(STEP / units));
  let word = 0;
  for await (const values of activations.runs()) {
    for (let at = 0; at < values.length; at += units, word++) {
      if (silent?.[word] !== 1) visit({ values, at, word });
      if (word % rest === 0) await work.rest();
    }
  }
  if (word !== words) throw new Error(`activations of ${word} words, not of ${words}`);
}

/** How the activations of each unit lie. */
interface Spread {
  readonly means: Float64Array;
  /** 0 for a unit whose activations are all alike. */
  readonly deviations: Float64Array;
  /** The largest distance from a mean, in deviations. */
  readonly reach: number;
}

/** Sums over words of what lies beside the first word's activation: exactly 0 where all are alike. */
class Sums {
  readonly #units: number;
  readonly #first: Float64Array;
  readonly #sums: Float64Array;
  readonly #squares: Float64Array;
  readonly #least: Float64Array;
  readonly #most: Float64Array;
  #words = 0;

  constructor(units: number) {
    this.#units = units;
    this.#first = new Float64Array(units);
    this.#sums = new Float64Array(units);
    this.#squares = new Float64Array(units);
    this.#least = new Float64Array(units);
    this.#most = new Float64Array(units);
  }

  add({ values, at }: RowRun): void {
    const [first, sums, squares] = [this.#first, this.#sums, this.#squares];
    const [least, most] = [this.#least, this.#most];
    if (this.#words++ === 0) first.set(values.subarray(at, at + this.#units));
    for (let unit = 0; unit < first.length; unit++) {
      const difference = values[at + unit] - first[unit];
      sums[unit] += difference;
      squares[unit] += difference * difference;
      if (difference < least[unit]) least[unit] = difference;
      if (difference > most[unit]) most[unit] = difference;
    }
  }

  spread(): Spread {
    const means = new Float64Array(this.#units);
    const deviations = new Float64Array(this.#units);
    let reach = 0;
    for (let unit = 0; unit < this.#units && this.#words > 0; unit++) {
      const mean = this.#sums[unit] / this.#words;
      const deviation = Math.sqrt(Math.max(0, this.#squares[unit] / this.#words - mean * mean));
      means[unit] = this.#first[unit] + mean;
      if (!Number.isFinite(deviation)) throw new RangeError('activations must be finite');
      if (deviation === 0) continue;
      deviations[unit] = deviation;
      const [below, above] = [mean - this.#least[unit], this.#most[unit] - mean];
      reach = Math.max(reach, below / deviation, above / deviation);
    }
    return { means, deviations, reach };
  }
}

async function spreadOf(activations: Activations, work: KernelWork): Promise<Spread> {
  const sums = new Sums(activations.units);
  await forEachRow(activations, work, (row) => sums.add(row));
  return sums.spread();
}

/** Where the row of each word goes: words that are silent as targets get none. */
interface Places {
  readonly words: number;
  /** The places of the words, or -1. */
  readonly of: Int32Array;
}

function placesOf({ words, silent }: Activations): Places {
  let next = 0;
  const of = Int32Array.from({ length: words }, (_, word) => (silent?.[word] === 1 ? -1 : next++));
  return { words: next, of };
}

/** The weights of activations: (activation - mean) / deviation x scale, to the nearest whole number. */
async function tableOf(
  activations: Activations,
  { means, deviations }: Spread,
  scale: number,
  places: Places,
  work: KernelWork,
): Promise<Int16Array> {
  const { units } = activations;
  const table = emptyTable(places.words, units);
  const stride = strideOf(units);
  const factors = deviations.map((deviation) => (deviation === 0 ? 0 : scale / deviation));
  await forEachRow(activations, work, ({ values, at, word }) => {
    const to = places.of[word] * stride;
    for (let unit = 0; unit < units && to >= 0; unit++) {
      const weight = Math.round((values[at + unit] - means[unit]) * factors[unit]);
      // Rounding may pass the end of the scale by one.
      table[to + unit] = Math.min(MOST_WEIGHT, Math.max(-MOST_WEIGHT, weight));
    }
  });
  return table;
}

/**
 * The synapses of what a trainer has learnt; all are zero where no unit tells one word from another. Words that are
 * silent as targets are left out.
 */
export async function synapsesOf({ target, context }: Learnt, work: KernelWork): Promise<Synapses> {
  const isShared = context === target;
  const spread = await spreadOf(target, work);
  const other = isShared ? spread : await spreadOf(context, work);
  const reach = Math.max(spread.reach, other.reach);
  const scale = reach === 0 ? 0 : MOST_WEIGHT / reach;
  const places = placesOf(target);
  const table = await tableOf(target, spread, scale, places, work);
  const around = isShared ? table : await tableOf(context, other, scale, places, work);
  return { words: places.words, units: target.units, scale, target: table, context: around };
}
