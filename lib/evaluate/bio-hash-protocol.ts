/**
 * The evaluation of BioHash (Ryali, Hopfield, Grinberg, Krotov, ICML 2020): rows of the query's class are relevant, queries
 * are drawn from every class, and all other rows are the database, from which the learned hashes also learn (the
 * protocol is transductive by design; queries are never learnt from). Ties, which with few active units are thousands
 * of rows at a time, count by their expectation.
 */

import { checkInteger, checkOneOf, checkOptions } from '../check.ts';
import { wrongKind, wrongValue } from '../errors.ts';
import type { Vectors } from '../vectors.ts';
import { averagePrecision, averagePrecisionOverHits } from './average-precision.ts';
import {
  BIO_HASH_METHODS,
  type BioHashMethod,
  type MadeHasher,
  MNIST_PAPER,
} from './bio-hash-methods.ts';
import { forEachCodeDistances } from './code-distances.ts';
import {
  type CheckedEvaluation,
  checkEvaluation,
  checkList,
  EVALUATION_OPTIONS,
  type EvaluationOptions,
  type Matrix,
  matrixOf,
  rowsOf,
} from './evaluation-options.ts';
import { type Classes, checkLabels, type Labels, splitByClass } from './labels.ts';
import { checkMethods, type Measured, runTrials } from './protocol-run.ts';
import { groupsOfCounts } from './rankings.ts';
import type { EvaluationReport } from './report.ts';

/** Options of {@link bioHash}. */
export interface BioHashEvaluationOptions extends EvaluationOptions {
  /** Hash lengths k: bits of a dense code, active units of a sparse one; default 2, 4, 8, 16, 32. */
  hashLengths?: readonly number[];
  /** Which methods; default all. */
  methods?: readonly BioHashMethod[];
  /** Queries of each class; default 100. */
  perClass?: number;
  /** How much of a ranking counts: 'all' (mAP@All, the default) or a number of places (mAP@1000: AP over hits). */
  places?: 'all' | number;
  /** Share of BioHash's units that are active, so that it has k / activity units; default 0.05. */
  activity?: number;
  /** The data set's name; 'mnist' shows the paper's figures too. */
  dataset?: string;
}

interface Sets {
  readonly database: Matrix;
  readonly queries: Matrix;
  readonly classes: Uint32Array;
  readonly asked: Uint32Array;
}

function checked(options: BioHashEvaluationOptions) {
  const { places = 'all', activity = 0.05, dataset = '' } = options;
  if (typeof dataset !== 'string') throw wrongKind('dataset', 'a string', dataset);
  if (typeof activity !== 'number') throw wrongKind('activity', 'a number', activity);
  if (!(activity > 0 && activity <= 1)) {
    throw wrongValue('activity', 'above 0 and at most 1', activity);
  }
  return {
    ...checkEvaluation(options),
    hashLengths: checkList(options.hashLengths, 'hashLengths', [2, 4, 8, 16, 32], (k, name) =>
      checkInteger(k, name, 1, 2 ** 16),
    ),
    methods: checkMethods(options.methods, Object.keys(BIO_HASH_METHODS) as BioHashMethod[]),
    perClass: checkInteger(options.perClass ?? 100, 'perClass', 1, 2 ** 32 - 1),
    places:
      typeof places === 'number'
        ? checkInteger(places, 'places', 1, 2 ** 32 - 1)
        : checkOneOf(places, 'places', ['all']),
    activity,
    dataset,
  };
}

/** Mean average precision of the queries' classes. */
async function meanPrecision(
  { hasher }: MadeHasher,
  { database, queries, classes, asked }: Sets,
  places: 'all' | number,
  { threads, signal }: CheckedEvaluation,
): Promise<number> {
  const codes = await hasher.hashAsync(database.values, { threads, signal });
  const queryCodes = await hasher.hashAsync(queries.values, { threads, signal });
  let sum = 0;
  const visit = (query: number, distances: Uint32Array): void => {
    const bits = 'bits' in codes ? codes.bits : 2 * codes.active;
    const counts = new Uint32Array(bits + 1);
    const relevant = new Uint32Array(bits + 1);
    const own = asked[query];
    for (let row = 0; row < distances.length; row++) {
      counts[distances[row]]++;
      if (classes[row] === own) relevant[distances[row]]++;
    }
    const groups = groupsOfCounts(counts, relevant);
    sum += places === 'all' ? averagePrecision(groups) : averagePrecisionOverHits(groups, places);
  };
  await forEachCodeDistances(codes, queryCodes, visit, { threads, signal });
  return sum / queries.rows;
}

function setsOf(data: Matrix, classes: Classes, perClass: number, seed: number): Sets {
  const split = splitByClass(classes, perClass, seed);
  return {
    database: rowsOf(data, split.database),
    queries: rowsOf(data, split.queries),
    classes: split.database.map((row) => classes.of[row]),
    asked: split.queries.map((row) => classes.of[row]),
  };
}

const definition = (places: 'all' | number): string =>
  places === 'all'
    ? "mAP@All: precision at each row of the query's class over the whole ranking, averaged over those rows; expected over ties."
    : `mAP@${places}, AP over hits: precision at each row of the query's class among the first ${places}, averaged over those found (optimistic where few are); expected over ties.`;

/**
 * The BioHash protocol: mean average precision for the queries' classes.
 *
 * @param data rows x dim numbers, flat or as an array of rows.
 * @param labels one for each row.
 * @returns a row for each method and hash length; a method that has no code of that length (ITQ beyond dim) has none.
 * @throws (rejects) TypeError and RangeError for wrong arguments: labels of another length than the data, a class with
 * no more than `perClass` rows, one class only; `signal.reason` when aborted.
 *
 * @example
 * ```ts
 * import { bioHash } from 'flyhash/evaluate';
 * const data = Array.from({ length: 40 }, (_, i) => [i % 2 ? 9 : -9, i % 5, i % 7]);
 * const labels = data.map(([x]) => (x > 0 ? 'right' : 'left'));
 * const report = await bioHash(data, labels, { perClass: 3, hashLengths: [2], methods: ['LSH'] });
 * console.assert(report.rows[0].mean > 0.4 && report.rows[0].bytes === 1);
 * ```
 */
export async function bioHash(
  data: Vectors,
  labels: Labels,
  options: BioHashEvaluationOptions = {},
): Promise<EvaluationReport> {
  const own = ['hashLengths', 'methods', 'perClass', 'places', 'activity', 'dataset'] as const;
  checkOptions(options, 'options', [...EVALUATION_OPTIONS, ...own]);
  const checkedOptions = checked(options);
  const { methods, hashLengths, perClass, places, activity, dataset, seed } = checkedOptions;
  const matrix = matrixOf(data, options.dim);
  const classes = checkLabels(labels, matrix.rows);
  const isPaper = dataset === 'mnist' && places === 'all';
  const paper = (method: BioHashMethod, k: number): number | undefined => {
    const value = isPaper ? MNIST_PAPER[method]?.[k] : undefined;
    return value === undefined ? undefined : value / 100;
  };
  const trials = methods.flatMap((method) =>
    hashLengths.map((k) => ({ method, k, paper: paper(method, k) })),
  );
  const measure = async (
    { method, k }: { method: BioHashMethod; k: number },
    sets: Sets,
    trialSeed: number,
  ): Promise<Measured | undefined> => {
    const { threads, signal } = checkedOptions;
    const context = { database: sets.database, k, activity, seed: trialSeed, threads, signal };
    const made = await BIO_HASH_METHODS[method](context);
    if (made === undefined) return;
    return { size: made.size, value: await meanPrecision(made, sets, places, checkedOptions) };
  };
  const prepare = async (trialSeed: number): Promise<Sets> =>
    setsOf(matrix, classes, perClass, trialSeed);
  const rows = await runTrials(trials, checkedOptions, prepare, measure);
  const settings = {
    ...(dataset === '' ? {} : { dataset }),
    ...{ rows: matrix.rows, dim: matrix.dim, classes: classes.count },
    ...{ queries: perClass * classes.count, activity, seed, repeats: checkedOptions.repeats },
    database: 'all other rows, which learned hashes also learn from',
  };
  const title = 'Retrieval of labels by codes (Ryali, Hopfield, Grinberg, Krotov, ICML 2020)';
  return { protocol: 'biohash', title, definition: definition(places), settings, rows };
}
