/**
 * Recall of true neighbours by codes, the figure that a search index is judged by: how many of the k nearest rows are among
 * the k nearest codes, and how many are among a longer shortlist, all of which an exact re-ranking would find. Queries are
 * rows drawn by the seed and taken out of the database; learned hashes learn from the database alone.
 */

import { checkInteger, checkOneOf, checkOptions } from '../check.ts';
import { wrongValue } from '../errors.ts';
import { stream } from '../random.ts';
import { exactNeighbors } from '../search/exact-neighbors.ts';
import { METRICS, type Metric } from '../search/metric.ts';
import type { Vectors } from '../vectors.ts';
import { recallAt } from './average-precision.ts';
import { BIO_HASH_METHODS, type BioHashMethod, type MadeHasher } from './bio-hash-methods.ts';
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
import { checkMethods, type Measured, runTrials } from './protocol-run.ts';
import { groupsUpTo, sortedDistances } from './rankings.ts';
import type { EvaluationReport } from './report.ts';

/** Options of {@link neighborRecall}. */
export interface NeighborRecallOptions extends EvaluationOptions {
  /** Hash lengths: bits of a dense code, active units of a sparse one; default 16, 32, 64. */
  hashLengths?: readonly number[];
  /** Which methods; default all of the BioHash protocol. */
  methods?: readonly BioHashMethod[];
  /** What near means; default 'l2'. */
  metric?: Metric;
  /** True neighbours of a query; default 10. */
  neighbors?: number;
  /** Queries of each repeat; default 200, fewer than the rows. */
  queries?: number;
  /** Codes that an exact re-ranking would look at; default 100. */
  shortlist?: number;
  /** Share of BioHash's units that are active; default 0.05. */
  activity?: number;
}

interface Sets {
  readonly database: Matrix;
  readonly queries: Matrix;
  readonly truth: Uint32Array;
}

function setsOf(
  data: Matrix,
  { queries, neighbors, metric, threads }: ReturnType<typeof checked>,
  seed: number,
): Sets {
  const isQuery = new Uint8Array(data.rows);
  for (const row of stream(seed, 'split').sample(queries, data.rows)) isQuery[row] = 1;
  const all = Uint32Array.from(isQuery, (_, row) => row);
  const database = rowsOf(
    data,
    all.filter((row) => isQuery[row] === 0),
  );
  const asked = rowsOf(
    data,
    all.filter((row) => isQuery[row] === 1),
  );
  const options = { metric, dim: data.dim, threads };
  const { ids } = exactNeighbors(database.values, asked.values, neighbors, options);
  return { database, queries: asked, truth: ids };
}

async function measured(
  { hasher, size }: MadeHasher,
  { database, queries, truth }: Sets,
  shortlist: number,
  { threads, signal }: CheckedEvaluation,
): Promise<Measured> {
  const codes = await hasher.hashAsync(database.values, { threads, signal });
  const asked = await hasher.hashAsync(queries.values, { threads, signal });
  const neighbors = truth.length / queries.rows;
  let [plain, ranked] = [0, 0];
  const visit = (query: number, distances: Uint32Array): void => {
    const own = truth.subarray(query * neighbors, (query + 1) * neighbors);
    const sorted = sortedDistances(distances, () => true);
    const near = Array.from(own, (row) => distances[row]);
    const groups = groupsUpTo(sorted, near, sorted.length);
    plain += recallAt(groups, neighbors);
    ranked += recallAt(groups, shortlist);
  };
  await forEachCodeDistances(codes, asked, visit, { threads, signal });
  const also = { [`re-ranked ${shortlist}`]: ranked / queries.rows };
  return { size, value: plain / queries.rows, also };
}

function checked(options: NeighborRecallOptions, rows: number) {
  const { activity = 0.05, metric = 'l2' } = options;
  if (!(typeof activity === 'number' && activity > 0 && activity <= 1)) {
    throw wrongValue('activity', 'a number above 0 and at most 1', activity);
  }
  const queries = checkInteger(options.queries ?? Math.min(200, rows >> 1), 'queries', 1, rows - 1);
  return {
    ...checkEvaluation(options),
    hashLengths: checkList(options.hashLengths, 'hashLengths', [16, 32, 64], (k, name) =>
      checkInteger(k, name, 1, 2 ** 16),
    ),
    methods: checkMethods(options.methods, Object.keys(BIO_HASH_METHODS) as BioHashMethod[]),
    metric: checkOneOf(metric, 'metric', METRICS),
    neighbors: checkInteger(options.neighbors ?? 10, 'neighbors', 1, rows - queries),
    queries,
    shortlist: checkInteger(options.shortlist ?? 100, 'shortlist', 1, 2 ** 32 - 1),
    activity,
  };
}

/**
 * Recall of true neighbours, without and with exact re-ranking of a shortlist.
 *
 * @param data rows x dim numbers, flat or as an array of rows.
 * @returns a row for each method and hash length.
 * @throws (rejects) TypeError and RangeError for wrong arguments; `signal.reason` when aborted.
 *
 * @example
 * ```ts
 * import { neighborRecall } from 'flyhash/evaluate';
 * const data = Array.from({ length: 60 }, (_, i) => [i % 9, i % 7, i % 5, 1 + (i % 11)]);
 * const options = { methods: ['LSH'], hashLengths: [16], neighbors: 3, queries: 10 } as const;
 * const report = await neighborRecall(data, options);
 * console.assert(report.rows[0].mean > 0);
 * ```
 */
export async function neighborRecall(
  data: Vectors,
  options: NeighborRecallOptions = {},
): Promise<EvaluationReport> {
  const own = ['hashLengths', 'methods', 'metric', 'neighbors', 'queries', 'shortlist'] as const;
  checkOptions(options, 'options', [...EVALUATION_OPTIONS, ...own, 'activity']);
  const matrix = matrixOf(data, options.dim);
  const all = checked(options, matrix.rows);
  const { methods, hashLengths, neighbors, queries, shortlist, activity, threads, signal } = all;
  const trials = methods.flatMap((method) => hashLengths.map((k) => ({ method, k })));
  const measure = async (
    { method, k }: { method: BioHashMethod; k: number },
    sets: Sets,
    seed: number,
  ): Promise<Measured | undefined> => {
    const context = { database: sets.database, k, activity, seed, threads, signal };
    const made = await BIO_HASH_METHODS[method](context);
    return made === undefined ? undefined : measured(made, sets, shortlist, all);
  };
  const rows = await runTrials(trials, all, async (seed) => setsOf(matrix, all, seed), measure);
  const { metric, seed, repeats } = all;
  return {
    protocol: 'recall',
    title: 'Recall of the nearest neighbours by codes',
    definition: `Recall@${neighbors}: the share of the ${neighbors} nearest rows (${metric}) among the ${neighbors} nearest codes, and among the ${shortlist} nearest, which is what exact re-ranking finds; expected over ties.`,
    settings: { rows: matrix.rows, dim: matrix.dim, queries, activity, seed, repeats },
    rows,
  };
}
