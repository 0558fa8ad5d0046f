/** What the units of a model stand for: the words that activate each of them most. */

import type { WordModel } from './bio-word-parts.ts';
import { strideOf } from './synapses.ts';

/** A word that a unit stands for. */
export interface UnitWord {
  /** The word, in its normal form. */
  readonly word: string;
  /** The number of the word in the vocabulary. */
  readonly id: number;
  /** How strongly it activates the unit, in standard deviations above the mean of all words. */
  readonly weight: number;
}

/** The words of largest weight, strongest first, ties to the more frequent one; none whose weight is not above 0. */
export function unitWords(
  { vocabulary, synapses }: WordModel,
  unit: number,
  n: number,
): UnitWord[] {
  const { target, units, scale } = synapses;
  const stride = strideOf(units);
  const weightOf = (id: number): number => target[id * stride + unit];
  const order = Uint32Array.from(vocabulary.words, (_, id) => id)
    .filter((id) => weightOf(id) > 0)
    .sort((a, b) => weightOf(b) - weightOf(a) || a - b);
  return Array.from(order.subarray(0, n), (id) => {
    return { word: vocabulary.words[id], id, weight: weightOf(id) / scale };
  });
}
