// Timing by short interleaved samples: limit, operation, limit, baseline, over and over, so that a change of
// clock or a noisy neighbour touches all of them alike and cancels in the ratios. A sample repeats its
// operation until it is long against the timer; the numbers kept are the median and the minimum.

import type { Trial } from './define.ts';
import { median } from './statistics.ts';

export interface SamplingOptions {
  /** Least length of one sample in milliseconds. */
  sampleMilliseconds: number;
  /** Samples of each operation. */
  samples: number;
  /** No further samples after this many milliseconds, once there are three. */
  budgetMilliseconds: number;
}

export const FULL_SAMPLING: SamplingOptions = {
  sampleMilliseconds: 20,
  samples: 15,
  budgetMilliseconds: 8000,
};

export const QUICK_SAMPLING: SamplingOptions = {
  sampleMilliseconds: 5,
  samples: 7,
  budgetMilliseconds: 1500,
};

/** Seconds of one run in each sample, and what was measured beside it. */
export interface Samples {
  seconds: number[];
  /** Limit time / measured time of each sample: 1 is the machine's limit. */
  limitShares: number[];
  /** The limit's rate around each sample, in work units a second. */
  limitRates: number[];
  baselineSeconds: number[];
  /** Baseline time / measured time of each sample. */
  speedups: number[];
}

/** Seconds that repetitions calls of an operation take, each awaited if it is asynchronous. */
export async function timeCalls(operation: () => unknown, repetitions: number): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < repetitions; i++) {
    const result = operation();
    if (result instanceof Promise) await result;
  }
  return (performance.now() - start) / 1000;
}

/** How often to call an operation in one sample; warms it up on the way. */
export async function calibrate(
  operation: () => unknown,
  sampleMilliseconds: number,
): Promise<number> {
  const wanted = sampleMilliseconds / 1000;
  let repetitions = 1;
  await timeCalls(operation, 1);
  for (;;) {
    const seconds = await timeCalls(operation, repetitions);
    if (seconds >= wanted) return repetitions;
    const growth = seconds > 0 ? (1.2 * wanted) / seconds : 10;
    repetitions = Math.ceil(repetitions * Math.min(10, Math.max(1.2, growth)));
  }
}

/** A function that measures the limit once, briefly, and gives its rate in work units a second. */
export type LimitProbe = () => number;

/** Interleaved samples of a trial, its limit and its baseline. */
export async function sampleTrial(
  trial: Trial,
  probe: LimitProbe | undefined,
  options: SamplingOptions,
): Promise<Samples> {
  const run = (): unknown => trial.run();
  const baseline = trial.baseline && ((): unknown => trial.baseline?.());
  const repetitions = await calibrate(run, options.sampleMilliseconds);
  const baselineRepetitions = baseline ? await calibrate(baseline, options.sampleMilliseconds) : 0;
  const samples: Samples = {
    seconds: [],
    limitShares: [],
    limitRates: [],
    baselineSeconds: [],
    speedups: [],
  };
  const end = performance.now() + options.budgetMilliseconds;
  for (let i = 0; i < options.samples && (i < 3 || performance.now() < end); i++) {
    const before = probe?.();
    const seconds = (await timeCalls(run, repetitions)) / repetitions;
    samples.seconds.push(seconds);
    if (probe && before !== undefined && trial.work !== undefined) {
      const rate = (before + probe()) / 2;
      samples.limitRates.push(rate);
      samples.limitShares.push(trial.work / rate / seconds);
    }
    if (baseline) {
      const other = (await timeCalls(baseline, baselineRepetitions)) / baselineRepetitions;
      samples.baselineSeconds.push(other);
      samples.speedups.push(other / seconds);
    }
  }
  return samples;
}

/** Median and minimum, in the unit of the values. */
export function summarize(values: readonly number[]): { median: number; min: number } {
  return { median: median(values), min: values.reduce((a, b) => Math.min(a, b)) };
}
