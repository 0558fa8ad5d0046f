/**
 * What a comparison of hashers holds: plain JSON, so that it can be kept, sent, printed and drawn later. Every number is
 * said with its unit; recall never depends on machine or threads, the speeds and seconds do.
 */

import { wrongKind } from '../errors.ts';
import type { Metric } from '../search/metric.ts';

/** A re-ranked search: the shortlist nearest by codes, then the k nearest of it by the vectors themselves. */
export interface RerankedResult {
  /** Rows whose vectors are compared for each query. */
  readonly shortlist: number;
  /** Share of the k exact neighbours found, expected over the orders of rows at equal distance. */
  readonly recall: number;
  /** Share of the k results that have the query's label. */
  readonly labelPrecision?: number;
  /** Queries a second: hashed, searched and re-ranked. */
  readonly queriesPerSecond: number;
}

/** How one hasher did at one size. */
export interface ComparisonResult {
  /** The name of the method, as `hashers` takes it. */
  readonly method: string;
  /** What the method was made with. */
  readonly parameters: Readonly<Record<string, number | string | boolean>>;
  /** Bytes that it was asked to keep to; methods of one size are compared and timed together. */
  readonly size: number;
  /** Stored bits of a code: its bits, or active x ceil(log2 units). */
  readonly bits: number;
  /** Bytes of a code a vector, ceil(bits / 8). */
  readonly bytes: number;
  /** The same with the float32 vector that re-ranking keeps besides. */
  readonly bytesWithVectors: number;
  /** What was searched: codes as bits, or lists of active units, whichever was faster here. */
  readonly search: 'HammingIndex' | 'InvertedIndex';
  /** Without re-ranking: share of the k exact neighbours among the k nearest codes, expected over ties. */
  readonly recall: number;
  /** Without re-ranking: share of the k nearest codes that have the query's label, expected over ties. */
  readonly labelPrecision?: number;
  /** Seconds to make the hasher: drawing and training. */
  readonly trainingSeconds: number;
  /** Vectors hashed a second. */
  readonly vectorsPerSecond: number;
  /** Queries a second without re-ranking: hashed and searched. */
  readonly queriesPerSecond: number;
  /** The same with re-ranking, by ascending shortlist. */
  readonly reranked: readonly RerankedResult[];
}

/** What a comparison was made with. */
export interface ComparisonSettings {
  /** What the page and the table are headed with. */
  readonly title: string;
  /** Rows of the database; the queries were taken out of it. */
  readonly rows: number;
  /** Queries, each searched in the database. */
  readonly queries: number;
  /** Numbers of a vector. */
  readonly dim: number;
  /** Neighbours that are looked for. */
  readonly k: number;
  /** The metric of the exact neighbours. */
  readonly metric: Metric;
  /** The seed of the split and of every hasher. */
  readonly seed: number;
  /** Shortlists that were tried; none without re-ranking. */
  readonly shortlists: readonly number[];
  /** Threads of every timed call. */
  readonly threads: number;
  /** Queries that each timed search was given at once. */
  readonly batch: number;
  /** Timings that each speed is the median of. */
  readonly repeats: number;
  /** The backend that ran. */
  readonly backend: 'native' | 'reference';
  /** Its instruction-set level. */
  readonly isa: string;
  /** The exact search of the vectors themselves, for comparison: queries a second. */
  readonly exactQueriesPerSecond: number;
  /** Share of the exact neighbours that have the query's label, when labels were given. */
  readonly exactLabelPrecision?: number;
}

/** A method that was not tried at a size, and why. */
export interface SkippedMethod {
  /** The name of the method. */
  readonly method: string;
  /** The size in bytes that it was not tried at. */
  readonly bytes: number;
  /** Why, in a sentence. */
  readonly reason: string;
}

/** What `compare` gives: plain JSON. */
export interface Comparison {
  /** What it was made with. */
  readonly settings: ComparisonSettings;
  /** Each method at each size. */
  readonly results: readonly ComparisonResult[];
  /** What was not tried. */
  readonly skipped: readonly SkippedMethod[];
}

const SETTING_NUMBERS = [
  ...(['rows', 'queries', 'dim', 'k', 'seed', 'threads', 'batch', 'repeats'] as const),
  'exactQueriesPerSecond' as const,
];
const SEARCH_NUMBERS = ['recall', 'queriesPerSecond'] as const;
const RESULT_NUMBERS = [
  ...(['size', 'bits', 'bytes', 'bytesWithVectors', 'trainingSeconds'] as const),
  ...(['vectorsPerSecond', ...SEARCH_NUMBERS] as const),
];

function hasNumbers<T>(value: T | null | undefined, names: readonly (keyof T)[]): boolean {
  return names.every((name) => typeof value?.[name] === 'number');
}

/** Throws unless the value is what `compare` gives, as far as is read: it may come from a file. */
export function checkComparison(value: Comparison): Comparison {
  const { settings, results, skipped } = (value ?? {}) as Partial<Comparison>;
  const isOne =
    hasNumbers(settings, SETTING_NUMBERS) &&
    typeof settings?.title === 'string' &&
    Array.isArray(settings.shortlists) &&
    Array.isArray(results) &&
    results.every(isResult) &&
    Array.isArray(skipped);
  if (!isOne) throw wrongKind('comparison', 'what compare gives', value);
  return value;
}

function isResult(result: ComparisonResult | null | undefined): boolean {
  return (
    hasNumbers(result, RESULT_NUMBERS) &&
    typeof result?.method === 'string' &&
    typeof result.parameters === 'object' &&
    Array.isArray(result.reranked) &&
    result.reranked.every((each) => hasNumbers(each, ['shortlist', ...SEARCH_NUMBERS]))
  );
}

/** Shortlists this many times k are what tables are sorted by and charts show. */
const USUAL_SHORTLIST_PER_NEIGHBOR = 10;

/** The shortlist that tables are sorted by and charts show: the one nearest to 10 k; 0 where none was tried. */
export function shownShortlist({ k, shortlists }: ComparisonSettings): number {
  const distance = (shortlist: number): number =>
    Math.abs(shortlist - USUAL_SHORTLIST_PER_NEIGHBOR * k);
  return shortlists.reduce(
    (best, each) => (distance(each) < distance(best) ? each : best),
    shortlists[0] ?? 0,
  );
}

/** Recall and speed of a result at a shortlist; 0 is without re-ranking. */
export function searchAt(
  result: ComparisonResult,
  shortlist: number,
): { readonly recall: number; readonly queriesPerSecond: number } {
  return result.reranked.find((each) => each.shortlist === shortlist) ?? result;
}

/** The results that no other beats: none has as few bytes and as much recall, and more of one. */
export function paretoBest(comparison: Comparison): ReadonlySet<ComparisonResult> {
  const shortlist = shownShortlist(comparison.settings);
  const recall = (result: ComparisonResult): number => searchAt(result, shortlist).recall;
  const beats = (one: ComparisonResult, other: ComparisonResult): boolean =>
    one.bytes <= other.bytes &&
    recall(one) >= recall(other) &&
    (one.bytes < other.bytes || recall(one) > recall(other));
  const { results } = comparison;
  return new Set(results.filter((result) => !results.some((other) => beats(other, result))));
}
