/** Options that all protocols share, and the data that they evaluate: rows of float32 values of their own. */

import { activeBackend } from '../backend/active.ts';
import { allocated, checkCallback, checkInteger, checkSignal, checkThreads } from '../check.ts';
import { wrongValue } from '../errors.ts';
import type { Progress } from '../hash/hasher.ts';
import { checkSeed } from '../random.ts';
import { firstNonFinite } from '../reference/sign.ts';
import { dimOf, MAX_DIM, VectorSource, type Vectors } from '../vectors.ts';

/** Options of every protocol. */
export interface EvaluationOptions {
  /** Numbers a vector has; needed when the data are one flat array. */
  dim?: number;
  /** Evaluations with other queries and other random models; their standard deviation is reported. */
  repeats?: number;
  /** Decides queries and models, 0 to 2^53 - 1; default 0. Repeat r uses seed + r. */
  seed?: number;
  /** Threads to use, 1 to 256; default: what the machine has. */
  threads?: number;
  /** Aborting rejects with `signal.reason`. */
  signal?: AbortSignal;
  /** Called after each code set that was evaluated: how many are done, and how many there are. */
  onProgress?: (progress: Progress) => void;
}

/** The names of those options, for checks. */
export const EVALUATION_OPTIONS = [
  'dim',
  'repeats',
  'seed',
  'threads',
  'signal',
  'onProgress',
] as const;

/** The options with their defaults, checked. */
export interface CheckedEvaluation {
  readonly repeats: number;
  readonly seed: number;
  readonly threads: number;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((progress: Progress) => void) | undefined;
}

export function checkEvaluation(options: EvaluationOptions): CheckedEvaluation {
  return {
    repeats: options.repeats === undefined ? 1 : checkInteger(options.repeats, 'repeats', 1, 1e6),
    seed: checkSeed(options.seed),
    threads: checkThreads(options.threads, activeBackend().threads),
    signal: checkSignal(options.signal),
    onProgress: checkCallback(options.onProgress, 'onProgress'),
  };
}

/** Rows of values, flat. */
export interface Matrix {
  readonly rows: number;
  readonly dim: number;
  readonly values: Float32Array;
}

/** A copy of vectors of any accepted form; throws at the first value that is not finite. */
export function matrixOf(vectors: Vectors, givenDim: number | undefined, least = 2): Matrix {
  const dim = checkInteger(givenDim ?? dimOf(vectors), 'dim', 1, MAX_DIM);
  const source = new VectorSource(vectors, dim);
  const { rows } = source;
  if (rows < least) throw wrongValue('vectors', `at least ${least} rows`, rows);
  const values = allocated(Float32Array, rows, dim, 'vectors');
  source.copy(0, rows, values);
  const bad = firstNonFinite(values, values.length);
  if (bad >= 0) throw source.notFinite(bad);
  return { rows, dim, values };
}

/** Some rows of a matrix, in the given order. */
export function rowsOf({ dim, values }: Matrix, rows: ArrayLike<number>): Matrix {
  const own = allocated(Float32Array, rows.length, dim, 'rows');
  for (let i = 0; i < rows.length; i++) {
    own.set(values.subarray(rows[i] * dim, (rows[i] + 1) * dim), i * dim);
  }
  return { rows: rows.length, dim, values: own };
}

/** A list of sizes or names given as an option: not empty. */
export function checkList<Item>(
  value: readonly Item[] | undefined,
  name: string,
  fallback: readonly Item[],
  check: (item: Item, name: string) => Item,
): readonly Item[] {
  if (value === undefined) return fallback;
  if (!Array.isArray(value) || value.length === 0) {
    throw new TypeError(`${name} must be an array with at least one entry`);
  }
  return value.map((item, i) => check(item, `${name}[${i}]`));
}
