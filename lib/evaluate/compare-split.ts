/**
 * The rows of a comparison: queries drawn by the seed and taken out of the database, whose rows come in an order
 * drawn by the seed too, so that no order of the file (by class, by time) can be a lucky one where distances tie.
 */

import { activeBackend } from '../backend/active.ts';
import { allocated } from '../check.ts';
import { eventLoopTurn } from '../event-loop.ts';
import { forEachRun } from '../hash/thresholds.ts';
import { stream } from '../random.ts';
import { METRICS, type Metric } from '../search/metric.ts';
import type { Neighbors } from '../search/neighbors.ts';
import type { VectorSource } from '../vectors.ts';

/** Labels as small numbers, equal where the labels are. */
export interface SplitLabels {
  readonly queries: Uint32Array;
  readonly database: Uint32Array;
  /** Rows of the database that have each label. */
  readonly counts: Uint32Array;
}

/** Queries and database. */
export interface Split {
  readonly dim: number;
  readonly queryRows: number;
  readonly queries: Float32Array;
  readonly rows: number;
  readonly database: Float32Array;
  readonly labels: SplitLabels | undefined;
}

/** Copies the rows of a source apart; throws at the first value that is not finite. */
export async function splitRows(
  source: VectorSource,
  queryRows: number,
  seed: number,
  labels: ArrayLike<number | string> | undefined,
  signal: AbortSignal | undefined,
): Promise<Split> {
  const { dim } = source;
  const rows = source.rows - queryRows;
  const order = stream(seed, 'split').shuffle(
    Uint32Array.from({ length: source.rows }, (_, i) => i),
  );
  const places = new Uint32Array(source.rows);
  for (let i = 0; i < order.length; i++) places[order[i]] = i;
  const queries = allocated(Float32Array, queryRows, dim, 'queries');
  const database = allocated(Float32Array, rows, dim, 'database');
  await forEachRun(
    source,
    (run, first, count) => {
      for (let row = 0; row < count; row++) {
        const place = places[first + row];
        const values = run.subarray(row * dim, (row + 1) * dim);
        if (place < queryRows) queries.set(values, place * dim);
        else database.set(values, (place - queryRows) * dim);
      }
    },
    signal,
  );
  const own = labels === undefined ? undefined : splitLabels(labels, order, queryRows);
  return { dim, queryRows, queries, rows, database, labels: own };
}

function splitLabels(
  labels: ArrayLike<number | string>,
  order: Uint32Array,
  queryRows: number,
): SplitLabels {
  const numbers = new Map<number | string, number>();
  const numbered = Uint32Array.from(order, (row) => {
    const label = labels[row];
    if (!numbers.has(label)) numbers.set(label, numbers.size);
    return numbers.get(label) ?? 0;
  });
  const database = numbered.subarray(queryRows);
  const counts = new Uint32Array(numbers.size);
  for (const label of database) counts[label]++;
  return { queries: numbered.subarray(0, queryRows), database, counts };
}

/** The k exact neighbours of each query, and the median seconds of finding them. */
export async function exactTruth(
  { dim, queryRows, queries, rows, database }: Split,
  options: {
    readonly k: number;
    readonly metric: Metric;
    readonly threads: number;
    readonly repeats: number;
    readonly signal: AbortSignal | undefined;
  },
): Promise<{ readonly truth: Neighbors<Float32Array>; readonly seconds: number }> {
  const { k, threads, repeats, signal } = options;
  const ids = allocated(Uint32Array, queryRows, k, 'neighbours');
  const distances = allocated(Float32Array, queryRows, k, 'neighbours');
  const metric = METRICS.indexOf(options.metric);
  const seconds: number[] = [];
  for (let i = 0; i <= repeats; i++) {
    await eventLoopTurn();
    signal?.throwIfAborted();
    const start = performance.now();
    const args = [database, rows, queries, queryRows, dim, metric, k, ids, distances] as const;
    activeBackend().run({ name: 'dotNeighbors', args: [...args] }, threads);
    if (i > 0) seconds.push((performance.now() - start) / 1000);
  }
  const counts = new Uint32Array(queryRows).fill(k);
  seconds.sort((a, b) => a - b);
  const truth = { rows: queryRows, k, ids, distances, counts };
  return { truth, seconds: seconds[Math.floor(seconds.length / 2)] };
}
