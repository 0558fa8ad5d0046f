/** The options of a comparison and their checks, and the grid of methods and sizes that they stand for. */

import { activeBackend } from '../backend/active.ts';
import {
  checkCallback,
  checkInteger,
  checkOneOf,
  checkOptions,
  checkSignal,
  checkThreads,
} from '../check.ts';
import { wrongKind, wrongValue } from '../errors.ts';
import type { Progress } from '../hash/hasher.ts';
import { checkSeed } from '../random.ts';
import { METRICS, type Metric } from '../search/metric.ts';
import { MAX_DIM } from '../vectors.ts';
import { type CompareMethod, METHOD_NAMES, METHODS, type MethodPlan } from './compare-methods.ts';
import type { SkippedMethod } from './comparison.ts';

/** Options of {@link compare}. */
export interface CompareOptions {
  /** Numbers a vector has; needed when vectors is one flat array. */
  dim?: number;
  /** What each row is: with labels, the share of neighbours that have the query's is measured too. */
  labels?: ArrayLike<number> | readonly string[];
  /** Neighbours wanted, from 1; default 10. */
  k?: number;
  /** What distance means: 'cosine' (the default), 'l2' or 'dot'. */
  metric?: Metric;
  /** Rows that are taken out of the database as queries, from 1; default 200, at most half of the rows. */
  queries?: number;
  /** Decides which rows are queries, and every random hasher; default 0. */
  seed?: number;
  /** Bytes of a code to try, ascending or not, 1 to 4096; default 8, 16, ... 256, up to a byte for each number. */
  sizes?: readonly number[];
  /** Names of the methods to try; default: all. */
  hashers?: readonly string[];
  /** Rows to re-rank, from 0, which is without; default 0, 50, 100 and 400. */
  shortlists?: readonly number[];
  /** Threads of every training, hash and search, 1 to 256; default 1, so that speeds are those of one core. */
  threads?: number;
  /** Timings that each speed is the median of, 1 to 100; default 5. */
  repeats?: number;
  /** What tables and pages are headed with; default 'vectors'. */
  title?: string;
  /** Aborting rejects with its reason. */
  signal?: AbortSignal;
  /** Called as work is done: two steps a result, found and timed. The last call has done = total. */
  onProgress?: (progress: Progress) => void;
}

const NAMES = [
  ...(['dim', 'labels', 'k', 'metric', 'queries', 'seed', 'sizes', 'hashers'] as const),
  ...(['shortlists', 'threads', 'repeats', 'title', 'signal', 'onProgress'] as const),
];
const DEFAULT_QUERIES = 200;
const DEFAULT_SHORTLISTS = [50, 100, 400];
const DEFAULT_SIZES = [8, 16, 32, 64, 128, 256];
const MOST_BYTES = 4096;
const MOST_QUERIES = 100_000;
const MOST_RERANKED = 100_000;
const MOST_NEIGHBORS = 10_000;
const MOST_REPEATS = 100;
const MOST_TITLE = 1000;

/** Checked options; what depends on the rows is settled by {@link checkRows}. */
export interface CheckedCompare {
  readonly k: number;
  readonly metric: Metric;
  readonly queries: number | undefined;
  readonly seed: number;
  readonly sizes: readonly number[] | undefined;
  readonly methods: readonly CompareMethod[];
  readonly shortlists: readonly number[];
  readonly threads: number;
  readonly repeats: number;
  readonly title: string;
  readonly labels: ArrayLike<number | string> | undefined;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((progress: Progress) => void) | undefined;
}

function optional<T, U>(value: T | undefined, check: (value: T) => U): U | undefined {
  return value === undefined ? undefined : check(value);
}

/** Distinct whole numbers, ascending. */
function checkList(value: unknown, name: string, least: number, most: number): number[] {
  if (!Array.isArray(value)) throw wrongKind(name, 'an array of numbers', value);
  if (value.length === 0) throw wrongValue(name, 'at least one number', value);
  const numbers = value.map((each, i) => checkInteger(each, `${name}[${i}]`, least, most));
  return [...new Set(numbers)].sort((a, b) => a - b);
}

function checkMethods(value: unknown): readonly CompareMethod[] {
  if (value === undefined) return METHODS;
  if (!Array.isArray(value)) throw wrongKind('hashers', 'an array of names', value);
  if (value.length === 0) throw wrongValue('hashers', 'at least one name', value);
  const names = value.map((each, i) => checkOneOf(each, `hashers[${i}]`, METHOD_NAMES));
  return METHODS.filter(({ name }) => names.includes(name));
}

function checkTitle(value: unknown = 'vectors'): string {
  if (typeof value !== 'string') throw wrongKind('title', 'a string', value);
  if (value.length > MOST_TITLE) {
    throw wrongValue('title', `at most ${MOST_TITLE} characters`, value);
  }
  return value;
}

function checkLabels(value: unknown): ArrayLike<number | string> {
  const isArray = Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value);
  if (!isArray) throw wrongKind('labels', 'an array of one label a row', value);
  return value as ArrayLike<number | string>;
}

/** Checks everything that can be told without the vectors. */
export function checkCompare(options: CompareOptions): CheckedCompare {
  checkOptions(options, 'options', NAMES);
  const { k = 10, metric = 'cosine', queries, sizes, shortlists, repeats = 5 } = options;
  if (options.dim !== undefined) checkInteger(options.dim, 'dim', 1, MAX_DIM);
  const places = optional(shortlists, (list) => checkList(list, 'shortlists', 0, MOST_RERANKED));
  return {
    k: checkInteger(k, 'k', 1, MOST_NEIGHBORS),
    metric: checkOneOf(metric, 'metric', METRICS),
    queries: optional(queries, (value) => checkInteger(value, 'queries', 1, MOST_QUERIES)),
    seed: checkSeed(options.seed),
    sizes: optional(sizes, (list) => checkList(list, 'sizes', 1, MOST_BYTES)),
    methods: checkMethods(options.hashers),
    shortlists: (places ?? DEFAULT_SHORTLISTS).filter((shortlist) => shortlist > 0),
    threads: checkThreads(options.threads, 1),
    repeats: checkInteger(repeats, 'repeats', 1, MOST_REPEATS),
    title: checkTitle(options.title),
    labels: optional(options.labels, checkLabels),
    onProgress: checkCallback(options.onProgress, 'onProgress'),
    signal: checkSignal(options.signal),
  };
}

/** Queries and rows of the database, when there are enough vectors. */
export function checkRows(
  { k, queries, labels }: CheckedCompare,
  rows: number,
): { readonly queries: number; readonly rows: number } {
  const asked = queries ?? Math.min(DEFAULT_QUERIES, Math.floor(rows / 2));
  if (asked < 1 || rows - asked < k) {
    const least = queries ?? 1;
    throw new RangeError(
      `vectors must have at least ${least + k} rows for ${least} queries and k = ${k}, got ${rows}`,
    );
  }
  if (labels !== undefined && labels.length !== rows) {
    throw wrongValue('labels.length', `the number of vectors, ${rows}`, labels.length);
  }
  return { queries: asked, rows: rows - asked };
}

/** One method at one size. */
export interface PlannedMethod {
  readonly method: CompareMethod;
  readonly plan: MethodPlan;
  /** The size it is timed with. */
  readonly bytes: number;
}

/** All that is to be tried, by size: methods of one size are timed together. */
export function planGrid(
  { methods, sizes }: CheckedCompare,
  dim: number,
  rows: number,
): { readonly groups: PlannedMethod[][]; readonly skipped: SkippedMethod[] } {
  const usual = DEFAULT_SIZES.filter((bytes) => bytes <= dim);
  const tried = sizes ?? (usual.length > 0 ? usual : [Math.ceil(dim / 8)]);
  const skipped: SkippedMethod[] = [];
  const groups = new Map<number, PlannedMethod[]>();
  const add = (method: CompareMethod, bytes: number): void => {
    const plan = method.plan({ dim, rows, bytes });
    if (typeof plan === 'string') {
      skipped.push({ method: method.name, bytes, reason: plan });
      return;
    }
    groups.set(bytes, [...(groups.get(bytes) ?? []), { method, plan, bytes }]);
  };
  for (const method of methods) {
    if (method.onlyBits === undefined) for (const bytes of tried) add(method, bytes);
    else add(method, Math.ceil(method.onlyBits(dim) / 8));
  }
  const ascending = [...groups].sort(([a], [b]) => a - b);
  return { groups: ascending.map(([, group]) => group), skipped };
}

/** The backend as settings tell it. */
export function backendName(): { readonly backend: 'native' | 'reference'; readonly isa: string } {
  const { kind, isa } = activeBackend();
  return { backend: kind, isa };
}
