// The statistics of the benches: medians, ratios of interleaved samples, and the verdict of a comparison.
// The interval is the percentile bootstrap (Efron 1979) over two stages, first processes and then rounds
// inside them, because two runs of one process share their page layout and so are not independent.
// Everything is deterministic: the resampling is seeded.

export interface Interval {
  low: number;
  high: number;
}

export interface Comparison {
  /** Median over rounds of new time / old time: above 1 is slower. */
  median: number;
  interval: Interval;
}

export type Verdict = 'slower' | 'faster' | 'same' | 'unclear';

export interface BootstrapOptions {
  resamples?: number;
  confidence?: number;
  seed?: number;
}

/** Median of the values; the mean of the middle two when their number is even. An empty list is a RangeError. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('median needs at least one value');
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The value below which a share (0 to 1) of the values lies, interpolated linearly. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError('quantile needs at least one value');
  const sorted = Float64Array.from(values).sort();
  const position = (sorted.length - 1) * share;
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (position - below);
}

/** A generator of uniform integers below a bound, from a seed (the splitmix32 finaliser over a counter). */
export function integerSource(seed: number): (bound: number) => number {
  let counter = seed | 0;
  return (bound: number): number => {
    counter = (counter + 0x9e3779b9) | 0;
    let bits = counter ^ (counter >>> 16);
    bits = Math.imul(bits, 0x21f0aaad);
    bits ^= bits >>> 15;
    bits = Math.imul(bits, 0x735a2d97);
    bits ^= bits >>> 15;
    return Math.floor(((bits >>> 0) / 2 ** 32) * bound);
  };
}

function resampledMedian(
  groups: readonly (readonly number[])[],
  next: (bound: number) => number,
): number {
  const drawn: number[] = [];
  for (let i = 0; i < groups.length; i++) {
    const group = groups[next(groups.length)];
    for (let j = 0; j < group.length; j++) drawn.push(group[next(group.length)]);
  }
  return median(drawn);
}

/**
 * Confidence interval of the median of grouped ratios: groups (processes) are drawn with replacement, then
 * rounds inside each drawn group.
 */
export function bootstrapInterval(
  groups: readonly (readonly number[])[],
  { resamples = 2000, confidence = 0.95, seed = 1 }: BootstrapOptions = {},
): Interval {
  const filled = groups.filter((group) => group.length > 0);
  if (filled.length === 0) throw new RangeError('bootstrapInterval needs at least one value');
  const next = integerSource(seed);
  const medians: number[] = [];
  for (let i = 0; i < resamples; i++) medians.push(resampledMedian(filled, next));
  const tail = (1 - confidence) / 2;
  return { low: quantile(medians, tail), high: quantile(medians, 1 - tail) };
}

/** Median ratio of all rounds with its bootstrap interval; one group a process pair. */
export function compareRatios(
  groups: readonly (readonly number[])[],
  options: BootstrapOptions = {},
): Comparison {
  return { median: median(groups.flat()), interval: bootstrapInterval(groups, options) };
}

/**
 * The verdict on a comparison: slower (or faster) only when the median passes the threshold and the interval
 * excludes 1; unclear when the median passes but the interval does not confirm it.
 */
export function verdict({ median: ratio, interval }: Comparison, threshold = 0.05): Verdict {
  if (ratio > 1 + threshold) return interval.low > 1 ? 'slower' : 'unclear';
  if (ratio < 1 / (1 + threshold)) return interval.high < 1 ? 'faster' : 'unclear';
  return 'same';
}
