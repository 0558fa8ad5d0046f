/**
 * Outlier detection (Camacho-Collados and Navigli 2016): of a cluster of words and one that does not belong, which is the
 * outlier? A word's compactness is the sum of the similarities of the others to one another without it: the outlier is the
 * word whose absence leaves the cluster most compact, so that of least similarity to the others. Two figures: accuracy, the
 * outlier comes last, and OPP, the mean share of the words of the cluster that it comes after. Ties count by expectation.
 */

import { type Coverage, foldedId, type WordSpace } from './word-space.ts';

/** Words that belong together, and words of which none does. */
export interface OutlierSet {
  /** Words that belong together. */
  readonly words: readonly string[];
  /** Words that do not. */
  readonly outliers: readonly string[];
}

/** How well outliers are found; a question is one cluster with one outlier. */
export interface OutlierScore extends Coverage {
  /** Expected share of outliers that come last, 0 to 1; NaN when none is covered. */
  readonly accuracy: number;
  /** Outlier position percentage as a share, 0 to 1: places of the outlier among words + 1, first 0, last 1. */
  readonly opp: number;
}

/** Similarity of each word of a group to the others together. */
function closeness(space: WordSpace, group: readonly number[]): number[] {
  const rows = group.map((id) => space.similarities(id));
  return group.map((_, i) => {
    let sum = 0;
    for (let j = 0; j < group.length; j++) {
      if (j !== i) sum += rows[j][group[i]] + rows[i][group[j]];
    }
    return sum;
  });
}

/**
 * How well the words that do not belong are found. Of a cluster those words count that the space knows, at least two.
 *
 * @example
 * ```ts
 * import { cosineSpace, wordOutliers } from 'flyhash/evaluate';
 * const space = cosineSpace(['cat', 'dog', 'fox', 'car'], Float32Array.of(1, 0, 1, 0.1, 1, 0.2, 0, 1));
 * const score = wordOutliers(space, [{ words: ['cat', 'dog', 'fox'], outliers: ['car'] }]);
 * console.assert(score.accuracy === 1 && score.opp === 1);
 * ```
 */
export function wordOutliers(space: WordSpace, sets: readonly OutlierSet[]): OutlierScore {
  let [asked, covered, last, places] = [0, 0, 0, 0];
  for (const { words, outliers } of sets) {
    const known = words.map((word) => foldedId(space, word)).filter((id) => id >= 0);
    for (const word of outliers) {
      asked++;
      const outlier = foldedId(space, word);
      if (outlier < 0 || known.length < 2 || known.includes(outlier)) continue;
      covered++;
      const near = closeness(space, [...known, outlier]);
      const own = near[known.length];
      const nearer = near.filter((value) => value > own).length;
      const tied = near.filter((value) => value === own).length - 1;
      places += (nearer + tied / 2) / known.length;
      if (nearer + tied === known.length) last += 1 / (tied + 1);
    }
  }
  return { asked, covered, accuracy: last / covered, opp: places / covered };
}
