/**
 * The measure of DenseFly's reference code (Sharma and Navlakha 2018): the mean over the depths i = 1, 2, ... of the share
 * of the true first i neighbours that are among the predicted first i. It looks at the order of the truth too, which the
 * average precisions do not. Expected over the orders of predicted rows at equal distance, exactly, since it is linear.
 */

/** Where a true neighbour stands in a prediction: rows that are nearer, and rows at its distance, itself among them. */
export interface TiedPlace {
  /** Rows that are nearer. */
  readonly before: number;
  /** Rows at its distance, itself among them. */
  readonly tied: number;
}

/**
 * @param truth the places of the true neighbours in the prediction, nearest neighbour first; `undefined` for one that
 * was not found at all, which counts as a miss.
 *
 * @example
 * ```ts
 * import { listOverlap } from 'flyhash/evaluate';
 * // The two true neighbours are found in the opposite order: nothing at depth 1, both at depth 2.
 * console.assert(listOverlap([{ before: 1, tied: 1 }, { before: 0, tied: 1 }]) === 0.5);
 * ```
 */
export function listOverlap(truth: readonly (TiedPlace | undefined)[]): number {
  let sum = 0;
  for (let depth = 1; depth <= truth.length; depth++) {
    let found = 0;
    for (let rank = 0; rank < depth; rank++) {
      const place = truth[rank];
      if (place === undefined) continue;
      found += Math.min(1, Math.max(0, (depth - place.before) / place.tied));
    }
    sum += found / depth;
  }
  return truth.length === 0 ? 0 : sum / truth.length;
}
