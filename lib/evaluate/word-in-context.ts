/**
 * WiC, "word in context" (Pilehvar and Camacho-Collados 2019): does a word mean the same in two sentences? Whatever compares
 * words in their sentences answers with a similarity; the one number that is fitted, on training pairs alone, is the
 * threshold above which the answer is yes. Half of the pairs are yes, so that guessing gives 0.5.
 */

import { wrongValue } from '../errors.ts';

/** A word in two sentences, and whether it means the same in both. */
export interface ContextPair {
  /** Words of each sentence, as they stand. */
  readonly sentences: readonly [readonly string[], readonly string[]];
  /** Where the word stands in each. */
  readonly positions: readonly [number, number];
  /** Whether the word means the same in both. */
  readonly same: boolean;
}

/** How similar the two uses of a word are; undefined when nothing can be said of one of them. */
export type ContextSimilarity = (pair: ContextPair) => number | undefined;

/** How often the answer is right. */
export interface WordInContext {
  /** The answer is yes where the similarity is at least this. */
  readonly threshold: number;
  /** Share of right answers among the pairs that the threshold was fitted on. */
  readonly trainAccuracy: number;
  /** Share of right answers among all test pairs; pairs without a similarity are answered no. */
  readonly testAccuracy: number;
  /** Test pairs. */
  readonly asked: number;
  /** Test pairs with a similarity. */
  readonly covered: number;
}

/** What is compared: pairs without a similarity lie below every threshold. */
function scores(pairs: readonly ContextPair[], similarity: ContextSimilarity): Float64Array {
  return Float64Array.from(pairs, (pair) => similarity(pair) ?? Number.NEGATIVE_INFINITY);
}

function accuracy(pairs: readonly ContextPair[], values: Float64Array, threshold: number): number {
  const right = pairs.filter(({ same }, i) => values[i] >= threshold === same).length;
  return right / pairs.length;
}

/** The threshold of most right answers, of equally good ones the smallest. */
function bestThreshold(pairs: readonly ContextPair[], values: Float64Array): number {
  const order = Uint32Array.from(values, (_, i) => i).sort((a, b) => values[a] - values[b]);
  let right = pairs.filter(({ same }) => same).length; // all answered yes
  let [best, threshold] = [right, values[order[0]]];
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (end < order.length && values[order[end]] === values[order[start]]) {
      right += pairs[order[end++]].same ? -1 : 1; // now answered no
    }
    const next = end < order.length ? values[order[end]] : Number.POSITIVE_INFINITY;
    if (right > best) [best, threshold] = [right, next];
  }
  return threshold;
}

/**
 * Accuracy on test pairs with the threshold that is best on the training pairs.
 *
 * @example
 * ```ts
 * import { wordInContext } from 'flyhash/evaluate';
 * const pair = (a: string, b: string, same: boolean) =>
 *   ({ sentences: [[a, 'bank'], [b, 'bank']], positions: [1, 1], same }) as const;
 * const train = [pair('river', 'river', true), pair('river', 'money', false)];
 * const result = wordInContext(train, train, ({ sentences: [a, b] }) => (a[0] === b[0] ? 1 : 0));
 * console.assert(result.testAccuracy === 1 && result.threshold === 1);
 * ```
 */
export function wordInContext(
  train: readonly ContextPair[],
  test: readonly ContextPair[],
  similarity: ContextSimilarity,
): WordInContext {
  if (train.length === 0) throw wrongValue('train', 'at least one pair', 0);
  const trainValues = scores(train, similarity);
  const testValues = scores(test, similarity);
  const threshold = bestThreshold(train, trainValues);
  return {
    threshold,
    trainAccuracy: accuracy(train, trainValues, threshold),
    testAccuracy: accuracy(test, testValues, threshold),
    asked: test.length,
    covered: testValues.filter((value) => value > Number.NEGATIVE_INFINITY).length,
  };
}
