/**
 * Similarity of words against human judgement (WordSim-353, MEN, SimLex-999, RG-65 and their like): Spearman's correlation
 * over the pairs whose words are both known. Pairs that are not covered are left out and counted, since leaving out rare
 * words makes any figure look better.
 */

import { wrongKind } from '../errors.ts';
import { spearman } from './spearman.ts';
import { type Coverage, foldedId, type WordSpace } from './word-space.ts';

/** Two words and how similar people find them. */
export interface JudgedPair {
  /** One word. */
  readonly first: string;
  /** The other. */
  readonly second: string;
  /** How similar they are to people: larger is more similar, on any scale. */
  readonly score: number;
}

/** How well a space agrees with people on a set of pairs. */
export interface WordSimilarity extends Coverage {
  /** Spearman's correlation, -1 to 1, over the covered pairs; NaN where they all tie. */
  readonly spearman: number;
}

/**
 * Agreement of a space with human judgement.
 *
 * @param space words with similarities, such as WordCodes.
 * @param pairs judged pairs; a word is looked up as it is written, then in lower case.
 *
 * @example
 * ```ts
 * import { cosineSpace, wordSimilarity } from 'flyhash/evaluate';
 * const space = cosineSpace(['cat', 'dog', 'car'], Float32Array.of(1, 0, 1, 0.1, 0, 1));
 * const pairs = [
 *   { first: 'cat', second: 'dog', score: 9 },
 *   { first: 'cat', second: 'car', score: 2 },
 *   { first: 'cat', second: 'unicorn', score: 1 },
 * ];
 * const result = wordSimilarity(space, pairs);
 * console.assert(result.spearman === 1 && result.covered === 2 && result.asked === 3);
 * ```
 */
export function wordSimilarity(space: WordSpace, pairs: readonly JudgedPair[]): WordSimilarity {
  if (!Array.isArray(pairs)) throw wrongKind('pairs', 'an array of judged pairs', pairs);
  const bySpace: number[] = [];
  const byPeople: number[] = [];
  const known = new Map<number, Float32Array>();
  for (const { first, second, score } of pairs) {
    const [a, b] = [foldedId(space, first), foldedId(space, second)];
    if (a < 0 || b < 0) continue;
    const similarities = known.get(a) ?? space.similarities(a);
    known.set(a, similarities);
    bySpace.push(similarities[b]);
    byPeople.push(score);
  }
  const covered = bySpace.length;
  return { asked: pairs.length, covered, spearman: spearman(bySpace, byPeople) };
}
