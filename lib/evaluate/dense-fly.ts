/**
 * The evaluation of DenseFly (Sharma and Navlakha 2018), as in its reference code: rows less their means, truth the nearest
 * 2 % by Euclidean distance without the query, and as measure the mean over depths of the overlap of the two lists. Other
 * than there, queries with too few candidates are not dropped: what is not found is a miss.
 */

import { checkInteger, checkOptions } from '../check.ts';
import type { BitCodes } from '../codes/bit-codes.ts';
import type { SparseCodes } from '../codes/sparse-codes.ts';
import { wrongValue } from '../errors.ts';
import { DenseFly } from '../hash/dense-fly.ts';
import { FlyHash } from '../hash/fly-hash.ts';
import { SimHash } from '../hash/sim-hash.ts';
import { stream } from '../random.ts';
import type { Vectors } from '../vectors.ts';
import { averagePrecisionAt } from './average-precision.ts';
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
import { listOverlap } from './list-overlap.ts';
import {
  type CodeSize,
  checkMethods,
  type Measured,
  runTrials,
  sparseSize,
} from './protocol-run.ts';
import { groupsUpTo, nearestRows, sortedDistances, tiedPlace } from './rankings.ts';
import type { EvaluationReport } from './report.ts';
import { rowCentred } from './standardise.ts';
import { denseDistances } from './tag-distances.ts';

/** Options of {@link denseFly}. */
export interface DenseFlyEvaluationOptions extends EvaluationOptions {
  /** Hash lengths k; default 4, 8, 16, 32, 64. */
  hashLengths?: readonly number[];
  /** Which methods; default all. */
  methods?: readonly DenseFlyMethod[];
  /** Queries of each repeat; default 1000, at most the rows. */
  queries?: number;
  /** True neighbours; default 2 % of the rows. */
  neighbors?: number;
}

interface Hashed {
  readonly codes: BitCodes | SparseCodes;
  readonly size: CodeSize;
}

/** Units for a hash length: the arithmetic of k dense projections at a fan-in of a tenth. */
const EXPANSION = 20;

const METHODS = {
  'SimHash, k bits': ({ dim, values }: Matrix, k: number, seed: number): Hashed => ({
    codes: SimHash.create({ dim, bits: k, seed }).hash(values),
    size: { bits: k },
  }),
  'FlyHash, 20k units': ({ dim, values }: Matrix, k: number, seed: number): Hashed => ({
    codes: FlyHash.create({ dim, units: EXPANSION * k, active: k, seed }).hash(values),
    size: sparseSize(EXPANSION * k, k),
  }),
  'DenseFly, 20k bits': ({ dim, values }: Matrix, k: number, seed: number): Hashed => ({
    codes: DenseFly.create({ dim, bits: EXPANSION * k, seed }).hash(values),
    size: { bits: EXPANSION * k },
  }),
  'SimHash, 20k bits': ({ dim, values }: Matrix, k: number, seed: number): Hashed => ({
    codes: SimHash.create({ dim, bits: EXPANSION * k, seed }).hash(values),
    size: { bits: EXPANSION * k },
  }),
  'DenseFly pseudo-hash, k bits': ({ dim, values }: Matrix, k: number, seed: number): Hashed => ({
    codes: DenseFly.create({ dim, bits: EXPANSION * k, seed }).pseudoHash(values, k),
    size: { bits: k },
  }),
} as const;

/** A method of the DenseFly protocol, by the name that reports show. */
export type DenseFlyMethod = keyof typeof METHODS;

interface Question {
  readonly query: number;
  readonly truth: readonly number[];
}

function questionsOf(data: Matrix, queries: number, neighbors: number, seed: number): Question[] {
  const distances = denseDistances(data);
  const drawn = stream(seed, 'evaluation').sample(queries, data.rows);
  return Array.from(drawn, (query) => ({
    query,
    truth: nearestRows(distances(query), (row) => row !== query, neighbors),
  }));
}

async function measured(
  questions: readonly Question[],
  data: Matrix,
  hash: (rows: Matrix) => Hashed,
  { threads, signal }: CheckedEvaluation,
): Promise<Measured> {
  const { codes, size } = hash(data);
  const limit = questions[0].truth.length;
  const asked = rowsOf(
    data,
    questions.map(({ query }) => query),
  );
  let [overlap, atLimit] = [0, 0];
  const visit = (index: number, distances: Uint32Array): void => {
    const { query, truth } = questions[index];
    const sorted = sortedDistances(distances, (row) => row !== query, limit);
    const near = truth.map((row) => distances[row]);
    overlap += listOverlap(near.map((distance) => tiedPlace(sorted, distance)));
    atLimit += averagePrecisionAt(groupsUpTo(sorted, near, limit), limit);
  };
  await forEachCodeDistances(codes, hash(asked).codes, visit, { threads, signal });
  const { length } = questions;
  return { size, value: overlap / length, also: { [`AP@${limit}`]: atLimit / length } };
}

/**
 * The DenseFly protocol: list overlap of neighbours by codes with true neighbours.
 *
 * @param data rows x dim numbers, flat or as an array of rows; the paper has 10,000 rows of six data sets.
 * @returns a row for each method and hash length, with AP at `neighbors` beside the list overlap.
 * @throws (rejects) TypeError and RangeError for wrong arguments; `signal.reason` when aborted.
 *
 * @example
 * ```ts
 * import { denseFly } from 'flyhash/evaluate';
 * const data = Array.from({ length: 60 }, (_, i) => [i % 9, i % 7, i % 5, 1 + (i % 11)]);
 * const report = await denseFly(data, { hashLengths: [4], neighbors: 3 });
 * console.assert(report.rows.length === 5);
 * ```
 */
export async function denseFly(
  data: Vectors,
  options: DenseFlyEvaluationOptions = {},
): Promise<EvaluationReport> {
  const own = ['hashLengths', 'methods', 'queries', 'neighbors'] as const;
  checkOptions(options, 'options', [...EVALUATION_OPTIONS, ...own]);
  const raw = matrixOf(data, options.dim);
  const { rows: count, dim } = raw;
  const shared = checkEvaluation(options);
  const names = Object.keys(METHODS) as DenseFlyMethod[];
  const methods = checkMethods(options.methods, names);
  const hashLengths = checkList(options.hashLengths, 'hashLengths', [4, 8, 16, 32, 64], (k, name) =>
    checkInteger(k, name, 1, 2 ** 14),
  );
  const queries = checkInteger(options.queries ?? Math.min(1000, count), 'queries', 1, count);
  const wanted = options.neighbors ?? Math.max(1, Math.round(count / 50));
  const neighbors = checkInteger(wanted, 'neighbors', 1, count - 1);
  if (dim < 2) throw wrongValue('dim', 'at least 2, since the mean of each row is taken off', dim);
  const matrix = rowCentred(raw);
  const trials = methods.flatMap((method) => hashLengths.map((k) => ({ method, k })));
  const rows = await runTrials(
    trials,
    shared,
    async (seed) => questionsOf(matrix, queries, neighbors, seed),
    ({ method, k }, questions, seed) =>
      measured(questions, matrix, (part) => METHODS[method](part, k, seed), shared),
  );
  const { seed, repeats } = shared;
  return {
    protocol: 'densefly',
    title: 'Neighbours by codes (Sharma and Navlakha, DenseFly, 2018)',
    definition: `List overlap: the mean over depths i = 1 .. ${neighbors} of the share of the true first i neighbours among the predicted first i; expected over ties.`,
    settings: { rows: count, dim, queries, neighbors, seed, repeats },
    rows,
  };
}
