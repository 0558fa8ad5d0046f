/**
 * Which hash is worth its bytes on one's own vectors: every method over a grid of sizes, measured by the exact neighbours
 * that it finds, with and without re-ranking, and by its speed. Queries are held out: they are in no database, and
 * nothing is learned from them. Recall is expected over ties and the same on every machine; speeds are this machine's.
 */

import { checkInteger } from '../check.ts';
import { wrongValue } from '../errors.ts';
import type { Neighbors } from '../search/neighbors.ts';
import { dimOf, MAX_DIM, VectorSource, type Vectors } from '../vectors.ts';
import { type CodeSearch, codeSearch, rerankedSearch } from './code-search.ts';
import type { AnyHasher } from './compare-methods.ts';
import {
  backendName,
  type CheckedCompare,
  type CompareOptions,
  checkCompare,
  checkRows,
  type PlannedMethod,
  planGrid,
} from './compare-options.ts';
import { exactTruth, type Split, splitRows } from './compare-split.ts';
import { interleavedSeconds } from './compare-timing.ts';
import type { Comparison, ComparisonResult, RerankedResult, SkippedMethod } from './comparison.ts';
import { expectedHits, rankedLists } from './expected-recall.ts';

/** Numbers that a timed hash is given at once, about: more than a cache holds, less than a second of work. */
const HASHED_NUMBERS = 2 ** 20;

/** What all methods are measured with. */
interface Measured {
  readonly checked: CheckedCompare;
  readonly split: Split;
  readonly truth: Neighbors<Float32Array>;
}

/** Shares of relevant rows found by codes at each cutoff: k, then the shortlists. */
interface Shares {
  readonly recalls: readonly number[];
  readonly labelPrecision: number | undefined;
}

/** A hasher that was made and measured, to be timed. */
interface Candidate extends Shares {
  readonly planned: PlannedMethod;
  readonly search: CodeSearch;
  readonly trainingSeconds: number;
}

/**
 * Measures hashers on one's own vectors.
 *
 * @param vectors rows x dim numbers, flat or as an array of rows; at least queries + k of them.
 * @returns plain JSON: what {@link formatComparison} prints and {@link comparisonPage} draws.
 * @throws (rejects) TypeError and RangeError for wrong options, too few vectors, labels of the wrong length, and values
 * that are not finite, naming row and column; `signal.reason` when aborted.
 *
 * @example
 * ```ts
 * import { compare, formatComparison } from 'flyhash/evaluate';
 * const vectors = Array.from({ length: 300 }, (_, i) => [i % 7, i % 11, i % 13, i % 17]);
 * const comparison = await compare(vectors, { metric: 'l2', sizes: [2, 4], repeats: 1 });
 * console.assert(comparison.settings.rows === 150);
 * console.assert(formatComparison(comparison).includes('simhash-gaussian'));
 * ```
 */
export async function compare(vectors: Vectors, options: CompareOptions = {}): Promise<Comparison> {
  const checked = checkCompare(options);
  const { seed, labels, signal, onProgress } = checked;
  const { dim: givenDim = dimOf(vectors) } = options;
  const source = new VectorSource(vectors, checkInteger(givenDim, 'dim', 1, MAX_DIM));
  const sizes = checkRows(checked, source.rows);
  const split = await splitRows(source, sizes.queries, seed, labels, signal);
  const { truth, seconds } = await exactTruth(split, checked);
  const { groups, skipped } = planGrid(checked, split.dim, split.rows);
  const total = 2 * groups.flat().length;
  let done = 0;
  const step = (): void => onProgress?.({ done: ++done, total });
  const results: ComparisonResult[] = [];
  for (const group of groups) {
    const candidates: Candidate[] = [];
    for (const planned of group) {
      const candidate = await measured(planned, { checked, split, truth });
      if ('reason' in candidate) skipped.push(candidate);
      else candidates.push(candidate);
      step();
      if ('reason' in candidate) step();
    }
    results.push(...(await timed(candidates, { checked, split, truth }, step)));
  }
  return { settings: settingsOf({ checked, split, truth }, seconds), results, skipped };
}

/** Makes a hasher and finds out what it finds; or tells why these vectors cannot train it. */
async function measured(planned: PlannedMethod, all: Measured): Promise<Candidate | SkippedMethod> {
  const { checked, split } = all;
  const { seed, threads, signal, k } = checked;
  const start = performance.now();
  const { database: vectors, rows, dim } = split;
  let hasher: AnyHasher;
  try {
    hasher = await planned.plan.make({ vectors, rows, dim, seed, threads, signal });
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof RangeError)) throw error;
    const { method, bytes } = planned;
    return { method: method.name, bytes, reason: error.message };
  }
  const trainingSeconds = (performance.now() - start) / 1000;
  const search = await codeSearch(hasher, split, { k, threads, signal });
  return { planned, search, trainingSeconds, ...(await sharesOf(search, all)) };
}

async function sharesOf(search: CodeSearch, { checked, split, truth }: Measured): Promise<Shares> {
  const { k, shortlists, signal } = checked;
  const { rows, queryRows, labels } = split;
  const cutoffs = [k, ...shortlists.map((shortlist) => Math.max(k, shortlist))];
  const sizes = { queries: queryRows, rows, cutoff: Math.max(...cutoffs) };
  const hits = new Float64Array(cutoffs.length);
  let labelled = 0;
  let query = 0;
  for await (const list of rankedLists(search.ranked(split.queries), sizes, signal)) {
    const neighbors = new Set(truth.ids.subarray(query * k, (query + 1) * k));
    const relevant = Uint8Array.from(list.ids, (id) => (neighbors.has(id) ? 1 : 0));
    for (const [i, cutoff] of cutoffs.entries()) {
      hits[i] += expectedHits(list, relevant, cutoff, { rows, relevant: k });
    }
    if (labels !== undefined) {
      const label = labels.queries[query];
      const same = Uint8Array.from(list.ids, (id) => (labels.database[id] === label ? 1 : 0));
      labelled += expectedHits(list, same, k, { rows, relevant: labels.counts[label] ?? 0 });
    }
    query++;
  }
  const share = (sum: number): number => sum / (queryRows * k);
  return {
    recalls: Array.from(hits, share),
    labelPrecision: labels === undefined ? undefined : share(labelled),
  };
}

/** Times the candidates of one size in turns. */
async function timed(
  candidates: readonly Candidate[],
  all: Measured,
  step: () => void,
): Promise<ComparisonResult[]> {
  const { checked, split } = all;
  const { k, shortlists, repeats, signal } = checked;
  const rows = Math.min(split.rows, Math.max(1, Math.floor(HASHED_NUMBERS / split.dim)));
  const hashed = split.database.subarray(0, rows * split.dim);
  const calls = candidates.flatMap(({ search }) => [
    () => search.hash(hashed),
    () => search.find(split.queries, k),
    ...shortlists.map((shortlist) => () => rerankedSearch(search, split, checked, shortlist)),
  ]);
  const seconds = await interleavedSeconds(calls, repeats, signal);
  const each = 2 + shortlists.length;
  return candidates.map((candidate, i) => {
    const own = seconds.slice(i * each, (i + 1) * each);
    const result = resultOf(candidate, all, own, rows);
    step();
    return result;
  });
}

function resultOf(
  { planned, search, trainingSeconds, recalls, labelPrecision }: Candidate,
  { checked, split }: Measured,
  [hashSeconds, findSeconds, ...rerankSeconds]: readonly number[],
  hashedRows: number,
): ComparisonResult {
  const { plan, method } = planned;
  const bytes = Math.ceil(plan.bits / 8);
  const rate = (count: number, seconds: number): number => count / Math.max(seconds, 1e-9);
  const reranked = checked.shortlists.map((shortlist, i): RerankedResult => {
    const found = split.labels && rerankedSearch(search, split, checked, shortlist);
    return {
      shortlist,
      recall: recalls[i + 1],
      ...(found && { labelPrecision: labelShare(found, split) }),
      queriesPerSecond: rate(split.queryRows, rerankSeconds[i]),
    };
  });
  return {
    method: method.name,
    parameters: plan.parameters,
    size: planned.bytes,
    bits: plan.bits,
    bytes,
    bytesWithVectors: bytes + 4 * split.dim,
    search: search.kind,
    recall: recalls[0],
    ...(labelPrecision !== undefined && { labelPrecision }),
    trainingSeconds,
    vectorsPerSecond: rate(hashedRows, hashSeconds),
    queriesPerSecond: rate(split.queryRows, findSeconds),
    reranked,
  };
}

/** Share of the k results of each query that have its label. */
function labelShare({ rows, k, ids, counts }: Neighbors<Float32Array>, { labels }: Split): number {
  if (labels === undefined) throw wrongValue('labels', 'given', labels);
  let same = 0;
  for (let query = 0; query < rows; query++) {
    for (let i = query * k; i < query * k + counts[query]; i++) {
      same += labels.database[ids[i]] === labels.queries[query] ? 1 : 0;
    }
  }
  return same / (rows * k);
}

function settingsOf(
  { checked, split, truth }: Measured,
  exactSeconds: number,
): Comparison['settings'] {
  const { k, metric, seed, shortlists, threads, repeats, title } = checked;
  return {
    ...{ title, rows: split.rows, queries: split.queryRows, dim: split.dim, k, metric, seed },
    ...{ shortlists, threads, batch: split.queryRows, repeats, ...backendName() },
    exactQueriesPerSecond: split.queryRows / Math.max(exactSeconds, 1e-9),
    ...(split.labels && { exactLabelPrecision: labelShare(truth, split) }),
  };
}
