/**
 * The evaluation of Dasgupta, Stevens, Navlakha (Science 358:793, 2017), as in the authors' own code: truth and prediction
 * are the 200 nearest (2 % of 10,000) by Euclidean distance, of the standardised inputs and of the tags; the query and
 * its exact duplicates are left out. The paper's average precision is over the hits found, not over 200; AP@200 is shown
 * beside it, since one lucky hit makes a perfect AP over hits.
 */

import { checkInteger, checkOptions } from '../check.ts';
import { wrongKind, wrongValue } from '../errors.ts';
import { stream } from '../random.ts';
import type { Vectors } from '../vectors.ts';
import { averagePrecisionAt, averagePrecisionOverHits, recallAt } from './average-precision.ts';
import {
  checkEvaluation,
  checkList,
  EVALUATION_OPTIONS,
  type EvaluationOptions,
  type Matrix,
  matrixOf,
} from './evaluation-options.ts';
import { checkMethods, type Measured, runTrials } from './protocol-run.ts';
import { groupsUpTo, nearestRows, sortedDistances } from './rankings.ts';
import type { EvaluationReport } from './report.ts';
import { SCIENCE_METHODS, SCIENCE_PAPER, type ScienceMethod } from './science-methods.ts';
import { standardised } from './standardise.ts';
import { denseDistances, type RowDistances } from './tag-distances.ts';

/** Options of {@link science2017}. */
export interface ScienceOptions extends EvaluationOptions {
  /** Hash lengths k: active units, or real numbers of LSH; default 2, 4, 8, 16, 32. */
  hashLengths?: readonly number[];
  /** Which tags; default all. */
  methods?: readonly ScienceMethod[];
  /** Queries of each repeat; default 1000, at most the rows. */
  queries?: number;
  /** True neighbours; default 2 % of the rows. */
  neighbors?: number;
  /** The data set's name; 'sift' (the authors' 10,000) and 'mnist' show the figures that the paper prints. */
  dataset?: string;
}

/** A query with its true neighbours and the rows that may be found for it. */
interface Question {
  readonly query: number;
  readonly truth: readonly number[];
  readonly duplicates: ReadonlySet<number>;
}

function questionsOf(data: Matrix, queries: number, neighbors: number, seed: number): Question[] {
  const distances = denseDistances(data);
  const drawn = stream(seed, 'evaluation').sample(queries, data.rows);
  return Array.from(drawn, (query) => {
    const own = distances(query);
    const duplicates = new Set([query]);
    for (let row = 0; row < data.rows; row++) if (own[row] === 0) duplicates.add(row);
    const truth = nearestRows(own, (row) => !duplicates.has(row), neighbors);
    return { query, truth, duplicates };
  });
}

function measured(questions: readonly Question[], tag: RowDistances, limit: number) {
  let [overHits, atLimit, recall] = [0, 0, 0];
  for (const { query, truth, duplicates } of questions) {
    const distances = tag(query);
    const sorted = sortedDistances(distances, (row) => !duplicates.has(row), limit);
    const near = truth.map((row) => distances[row]);
    const groups = groupsUpTo(sorted, near, limit);
    overHits += averagePrecisionOverHits(groups, limit);
    atLimit += averagePrecisionAt(groups, limit);
    // Relevant rows beyond the limit are in no group, so recall is taken of all of them.
    const found = groups.reduce((sum, group) => sum + group.relevant, 0);
    recall += truth.length === 0 ? 0 : (recallAt(groups, limit) * found) / truth.length;
  }
  const { length } = questions;
  const also = { [`AP@${limit}`]: atLimit / length, [`recall@${limit}`]: recall / length };
  return { value: overHits / length, also };
}

function checked(options: ScienceOptions, rows: number) {
  const { dataset = '' } = options;
  if (typeof dataset !== 'string') throw wrongKind('dataset', 'a string', dataset);
  const names = Object.keys(SCIENCE_METHODS) as ScienceMethod[];
  return {
    ...checkEvaluation(options),
    hashLengths: checkList(options.hashLengths, 'hashLengths', [2, 4, 8, 16, 32], (k, name) =>
      checkInteger(k, name, 1, 2 ** 16),
    ),
    methods: checkMethods(options.methods, names),
    queries: checkInteger(options.queries ?? Math.min(1000, rows), 'queries', 1, rows),
    neighbors: checkInteger(
      options.neighbors ?? Math.max(1, Math.round(rows / 50)),
      'neighbors',
      1,
      rows,
    ),
    dataset,
  };
}

/**
 * The protocol of Science 2017: AP over hits.
 *
 * @param data rows x dim numbers, flat or as an array of rows; the paper has 10,000 rows.
 * @returns a row for each method and hash length, with AP and recall at `neighbors` beside the paper's measure.
 * @throws (rejects) TypeError and RangeError for wrong arguments; `signal.reason` when aborted.
 *
 * @example
 * ```ts
 * import { science2017 } from 'flyhash/evaluate';
 * const data = Array.from({ length: 60 }, (_, i) => [i % 9, i % 7, i % 5, 1 + (i % 11)]);
 * const methods = ['fly 10d units, bits'] as const;
 * const report = await science2017(data, { methods, hashLengths: [4], neighbors: 3 });
 * console.assert(report.rows[0].units === 40 && report.rows[0].bytes === 3);
 * ```
 */
export async function science2017(
  data: Vectors,
  options: ScienceOptions = {},
): Promise<EvaluationReport> {
  const own = ['hashLengths', 'methods', 'queries', 'neighbors', 'dataset'] as const;
  checkOptions(options, 'options', [...EVALUATION_OPTIONS, ...own]);
  const raw = matrixOf(data, options.dim);
  const all = checked(options, raw.rows);
  const { methods, hashLengths, queries, neighbors, dataset, seed, repeats } = all;
  const matrix = standardised(raw);
  for (const k of hashLengths) {
    if (k > 10 * matrix.dim) throw wrongValue('hashLengths', 'at most 10 x dim', k);
  }
  const trials = methods.flatMap((method) =>
    hashLengths.map((k) => ({ method, k, paper: SCIENCE_PAPER[dataset]?.[method]?.[k] })),
  );
  const measure = async (
    { method, k }: { method: ScienceMethod; k: number },
    questions: Question[],
    trialSeed: number,
  ): Promise<Measured> => {
    const { distances, size } = SCIENCE_METHODS[method](matrix, k, trialSeed);
    return { size, ...measured(questions, distances, neighbors) };
  };
  const prepare = async (trialSeed: number): Promise<Question[]> =>
    questionsOf(matrix, queries, neighbors, trialSeed);
  const rows = await runTrials(trials, all, prepare, measure);
  const name: Record<string, string> = dataset === '' ? {} : { dataset };
  const sizes = { rows: matrix.rows, dim: matrix.dim, queries, neighbors, seed, repeats };
  return {
    protocol: 'science2017',
    title: 'Neighbours by tags (Dasgupta, Stevens, Navlakha, Science 2017)',
    definition: `mAP over hits: precision at each true neighbour among the ${neighbors} nearest tags, averaged over those found, expected over ties (it rewards a single lucky hit: see AP@${neighbors}, which divides by ${neighbors}).`,
    settings: { ...name, ...sizes },
    rows,
  };
}
