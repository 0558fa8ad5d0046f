/**
 * Spearman's rank correlation, by which similarities of words are judged: the correlation of ranks, where values that are
 * equal share the mean of their ranks. Short codes have few different similarities, so that ties are most of the data, and
 * any other treatment of them measures the order in which the pairs happen to stand.
 */

import { wrongKind, wrongValue } from '../errors.ts';

/**
 * Ranks from 1, the smallest value first; equal values share the mean of their ranks.
 *
 * @throws RangeError for a value that is no number.
 */
export function midRanks(values: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from(values, (value, i) => {
    if (Number.isNaN(value)) throw wrongValue(`values[${i}]`, 'a number', value);
    return i;
  }).sort((a, b) => values[a] - values[b]);
  const ranks = new Float64Array(values.length);
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (end < order.length && values[order[end]] === values[order[start]]) end++;
    for (let i = start; i < end; i++) ranks[order[i]] = (start + 1 + end) / 2;
  }
  return ranks;
}

/**
 * Spearman's correlation of two lists of numbers, -1 to 1; NaN where one of them has fewer than two different values, so
 * that there is no order to compare.
 *
 * @throws TypeError or RangeError when the lists differ in length or hold what is no number.
 *
 * @example
 * ```ts
 * import { spearman } from 'flyhash/evaluate';
 * console.assert(spearman([1, 2, 3, 4], [10, 20, 30, 40]) === 1);
 * console.assert(spearman([1, 1, 2], [5, 6, 7]) < 1); // a tie shares a rank
 * ```
 */
export function spearman(x: ArrayLike<number>, y: ArrayLike<number>): number {
  if (typeof x?.length !== 'number') throw wrongKind('x', 'an array of numbers', x);
  if (typeof y?.length !== 'number') throw wrongKind('y', 'an array of numbers', y);
  if (x.length !== y.length) throw wrongValue('y', `of ${x.length} numbers, as x`, y.length);
  const [a, b] = [midRanks(x), midRanks(y)];
  const mean = (x.length + 1) / 2;
  let [aa, bb, ab] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    aa += (a[i] - mean) ** 2;
    bb += (b[i] - mean) ** 2;
    ab += (a[i] - mean) * (b[i] - mean);
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : Number.NaN;
}
