/**
 * Running a protocol: methods by name, each a way to make codes of k, over repeats and sizes, with progress and abort, into
 * the rows of a report. What a method is measured by is the protocol's own.
 */

import { checkOneOf } from '../check.ts';
import { eventLoopTurn } from '../event-loop.ts';
import { type CheckedEvaluation, checkList } from './evaluation-options.ts';
import { type EvaluationRow, meanAndDeviation, unitBits } from './report.ts';

/** What a code of one method and size takes to store. */
export interface CodeSize {
  readonly units?: number;
  readonly bits: number;
}

/** The size of k of that many units; with their values, a float32 each. */
export function sparseSize(units: number, k: number, hasValues = false): CodeSize {
  return { units, bits: k * (unitBits(units) + (hasValues ? 32 : 0)) };
}

/** A method's measures of one repeat; the first is the protocol's own, others are shown beside it. */
export interface Measured {
  readonly size: CodeSize;
  readonly value: number;
  readonly also?: Readonly<Record<string, number>>;
}

/** One method at one size, or the reason why it has no code of that size. */
export interface Trial {
  readonly method: string;
  readonly k: number;
  readonly paper?: number;
}

/** Names that the caller chose among those a protocol has. */
export function checkMethods<Name extends string>(
  methods: readonly Name[] | undefined,
  all: readonly Name[],
): readonly Name[] {
  return checkList(methods, 'methods', all, (item, name) => checkOneOf(item, name, all));
}

/** Evaluates every trial in every repeat; `measure` gives undefined where a method has no code of that size. */
export async function runTrials<T extends Trial, Context>(
  trials: readonly T[],
  { repeats, seed, signal, onProgress }: CheckedEvaluation,
  prepare: (seed: number) => Promise<Context>,
  measure: (trial: T, context: Context, seed: number) => Promise<Measured | undefined>,
): Promise<EvaluationRow[]> {
  const measured = trials.map((): Measured[] => []);
  const total = repeats * trials.length;
  for (let repeat = 0; repeat < repeats; repeat++) {
    const context = await prepare(seed + repeat);
    for (const [i, trial] of trials.entries()) {
      await eventLoopTurn();
      signal?.throwIfAborted();
      const result = await measure(trial, context, seed + repeat);
      signal?.throwIfAborted();
      if (result !== undefined) measured[i].push(result);
      onProgress?.({ done: repeat * trials.length + i + 1, total });
    }
  }
  return trials.flatMap((trial, i) => rowOf(trial, measured[i]));
}

function rowOf({ method, k, paper }: Trial, measured: readonly Measured[]): EvaluationRow[] {
  if (measured.length === 0) return [];
  const { size } = measured[0];
  const { mean, deviation } = meanAndDeviation(measured.map(({ value }) => value));
  const names = Object.keys(measured[0].also ?? {});
  const others = names.map((name) => [
    name,
    meanAndDeviation(measured.map(({ also }) => also?.[name] ?? 0)).mean,
  ]);
  const sizes = { ...size, bytes: Math.ceil(size.bits / 8) };
  const row = { method, k, ...sizes, mean, deviation, repeats: measured.length };
  const more = names.length > 0 ? { also: Object.fromEntries(others) } : {};
  return [{ ...row, ...more, ...(paper === undefined ? {} : { paper }) }];
}
