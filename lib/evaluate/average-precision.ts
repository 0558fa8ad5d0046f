/**
 * Average precision of a ranking with ties, as its exact expectation over all orders of the rows at equal distance
 * (McSherry and Najork, "Computing information retrieval performance measures efficiently in the presence of tied
 * scores", ECIR 2008). Codes tie heavily: with two of 40 units active, 69,000 rows share 780 codes, and a stable sort of
 * rows that stand in the order of their labels is worth several points. No order is lucky here.
 *
 * A ranking is a list of groups, nearest first: how many rows stand at each distance, and how many of them are relevant.
 */

/** Rows at equal distance: all, and the relevant ones. */
export interface TiedGroup {
  /** Rows of the group. */
  readonly count: number;
  /** Those among them that are relevant. */
  readonly relevant: number;
}

let harmonics = new Float64Array(1);

/** 1 + 1/2 + ... + 1/n. */
function harmonic(n: number): number {
  if (n >= harmonics.length) {
    const longer = new Float64Array(Math.max(n + 1, 2 * harmonics.length));
    longer.set(harmonics);
    for (let i = harmonics.length; i < longer.length; i++) longer[i] = longer[i - 1] + 1 / i;
    harmonics = longer;
  }
  return harmonics[n];
}

/**
 * Expected sum of the precisions at the relevant rows of a group in any order, over its first `places`, behind `before`
 * rows with `hits` relevant ones. At place j the row is relevant with probability relevant / count, and then
 * (j - 1)(relevant - 1) / (count - 1) of those before it in the group are, on average.
 */
function precisionSum(
  before: number,
  hits: number,
  { count, relevant }: TiedGroup,
  places = count,
): number {
  if (relevant === 0) return 0;
  const growth = count > 1 ? (relevant - 1) / (count - 1) : 0;
  const depths = harmonic(before + places) - harmonic(before);
  return (relevant / count) * (growth * places + (hits + 1 - growth * (before + 1)) * depths);
}

/** Expected sum of precisions over the first `limit` places, and what stands before the group that the limit cuts. */
function precisionsUpTo(groups: Iterable<TiedGroup>, limit: number) {
  let [before, hits, sum] = [0, 0, 0];
  for (const { count, relevant } of groups) {
    if (before + count > limit) return { before, hits, sum, cut: { count, relevant } };
    sum += precisionSum(before, hits, { count, relevant });
    before += count;
    hits += relevant;
  }
  return { before, hits, sum, cut: undefined };
}

/**
 * AP@All: precision at each relevant row of the whole ranking, averaged over the relevant rows; 0 where there are none.
 * The measure of BioHash on MNIST.
 *
 * @example
 * ```ts
 * import { averagePrecision } from 'flyhash/evaluate';
 * // One relevant row, tied with one that is not: precision 1 or 1/2, each as likely.
 * console.assert(averagePrecision([{ count: 2, relevant: 1 }]) === 0.75);
 * ```
 */
export function averagePrecision(groups: Iterable<TiedGroup>): number {
  const { sum, hits } = precisionsUpTo(groups, Number.POSITIVE_INFINITY);
  return hits === 0 ? 0 : sum / hits;
}

/**
 * AP@R: the sum of precisions at the relevant rows among the first `limit`, divided by `limit`, however many are found.
 *
 * @example
 * ```ts
 * import { averagePrecisionAt } from 'flyhash/evaluate';
 * console.assert(averagePrecisionAt([{ count: 1, relevant: 1 }, { count: 9, relevant: 0 }], 2) === 0.5);
 * ```
 */
export function averagePrecisionAt(groups: Iterable<TiedGroup>, limit: number): number {
  const { before, hits, sum, cut } = precisionsUpTo(groups, limit);
  const rest = cut === undefined ? 0 : precisionSum(before, hits, cut, limit - before);
  return (sum + rest) / limit;
}

/**
 * The probabilities that `places` of a group hold `from`, from + 1, ... relevant rows (hypergeometric), by the ratios of
 * neighbours from the likeliest on, so that nothing overflows.
 */
function hitProbabilities(group: TiedGroup, places: number): { from: number; shares: number[] } {
  const { count, relevant } = group;
  const from = Math.max(0, places - (count - relevant));
  const to = Math.min(places, relevant);
  const ratio = (h: number): number =>
    ((relevant - h) * (places - h)) / ((h + 1) * (count - relevant - places + h + 1));
  const likeliest = Math.floor(((places + 1) * (relevant + 1)) / (count + 2));
  const mode = Math.min(to, Math.max(from, likeliest));
  const shares = new Array<number>(to - from + 1).fill(0);
  shares[mode - from] = 1;
  for (let h = mode; h < to; h++) shares[h + 1 - from] = shares[h - from] * ratio(h);
  for (let h = mode - 1; h >= from; h--) shares[h - from] = shares[h + 1 - from] / ratio(h);
  const total = shares.reduce((sum, share) => sum + share, 0);
  return { from, shares: shares.map((share) => share / total) };
}

/**
 * AP over hits: the sum of precisions at the relevant rows among the first `limit`, divided by the number of those that
 * were found; 0 where none was. The measure of Science 2017 and of BioHash's mAP@1000; it rewards one lucky hit, so
 * publish it beside {@link averagePrecisionAt}. Where the limit cuts a group, the expectation is taken over how many
 * relevant rows its first places hold.
 *
 * @example
 * ```ts
 * import { averagePrecisionOverHits } from 'flyhash/evaluate';
 * console.assert(averagePrecisionOverHits([{ count: 1, relevant: 1 }, { count: 9, relevant: 0 }], 2) === 1);
 * ```
 */
export function averagePrecisionOverHits(groups: Iterable<TiedGroup>, limit: number): number {
  const { before, hits, sum, cut } = precisionsUpTo(groups, limit);
  if (cut === undefined || before === limit) return hits === 0 ? 0 : sum / hits;
  const places = limit - before;
  const { from, shares } = hitProbabilities(cut, places);
  return shares.reduce((mean, share, i) => {
    const found = from + i;
    if (hits + found === 0) return mean;
    const precisions = sum + precisionSum(before, hits, { count: places, relevant: found });
    return mean + (share * precisions) / (hits + found);
  }, 0);
}

/**
 * Recall: the share of the relevant rows that stand among the first `limit`; 0 where there are none.
 *
 * @example
 * ```ts
 * import { recallAt } from 'flyhash/evaluate';
 * console.assert(recallAt([{ count: 4, relevant: 2 }], 1) === 0.25);
 * ```
 */
export function recallAt(groups: Iterable<TiedGroup>, limit: number): number {
  let [before, found, all] = [0, 0, 0];
  for (const { count, relevant } of groups) {
    const places = Math.min(count, Math.max(0, limit - before));
    found += (relevant * places) / count;
    all += relevant;
    before += count;
  }
  return all === 0 ? 0 : found / all;
}
