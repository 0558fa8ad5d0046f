/**
 * One sentence of advice from the numbers of a comparison, by a rule that is written down, so that anyone can check it:
 *
 * 1. A search (a result, codes only or with one of its shortlists) is good enough at a recall of 0.95.
 * 2. Of the results that have such a search, those of the smallest size asked for are taken (sparse codes keep to a size
 *    with a few bytes to spare, which should decide nothing).
 * 3. Of their good searches, those with the shortest shortlist; of those, the ones within 0.01 of the best recall.
 * 4. Of those, the simplest method: untrained before trained, in the order of the table of methods.
 * 5. Where nothing is good enough, the search of the best recall is named, the smallest size first where recalls are
 *    within 0.01 of it, then as in 4, with the recall that it reaches.
 */

import { METHOD_NAMES } from './compare-methods.ts';
import type { Comparison, ComparisonResult } from './comparison.ts';

const GOOD_RECALL = 0.95;
const SAME_RECALL = 0.01;

/** One way to search with a result; shortlist 0 is without re-ranking. */
interface Search {
  readonly result: ComparisonResult;
  readonly shortlist: number;
  readonly recall: number;
  readonly queriesPerSecond: number;
}

function searchesOf(result: ComparisonResult): Search[] {
  const { recall, queriesPerSecond } = result;
  const codesOnly = { result, shortlist: 0, recall, queriesPerSecond };
  return [codesOnly, ...result.reranked.map((reranked) => ({ result, ...reranked }))];
}

/** Those with the least of a number. */
function least(searches: readonly Search[], number: (search: Search) => number): Search[] {
  const smallest = searches.reduce((least, each) => Math.min(least, number(each)), Infinity);
  return searches.filter((search) => number(search) === smallest);
}

function nearBest(searches: readonly Search[]): Search[] {
  const best = searches.reduce((most, { recall }) => Math.max(most, recall), 0);
  return searches.filter(({ recall }) => recall >= best - SAME_RECALL);
}

/** Place in the table of methods; methods that it lacks come last. */
function complexity({ result }: Search): number {
  const place = METHOD_NAMES.indexOf(result.method);
  return place < 0 ? METHOD_NAMES.length : place;
}

/** What the rule above takes; undefined where nothing was tried. */
export function advised({
  results,
}: Comparison): (Search & { readonly isGood: boolean }) | undefined {
  const searches = results.flatMap(searchesOf);
  const good = searches.filter(({ recall }) => recall >= GOOD_RECALL);
  const isGood = good.length > 0;
  const smallest = isGood ? good : nearBest(searches);
  let left = least(smallest, ({ result }) => result.size);
  left = nearBest(least(left, ({ shortlist }) => shortlist));
  const [chosen] = least(left, complexity);
  return chosen && { ...chosen, isGood };
}

/** A count for readers: three digits that mean something. */
export function rounded(count: number): string {
  const digits = count >= 100 ? 0 : count >= 10 ? 1 : 2;
  const value = count >= 1000 ? Number(count.toPrecision(3)) : Number(count.toFixed(digits));
  return value.toLocaleString('en-US', { maximumFractionDigits: 2 });
}

/** A number of things, the word in the plural where it needs to be. */
function bytesOf(bytes: number): string {
  return bytes === 1 ? '1 byte' : `${bytes} bytes`;
}

/** The sentence. */
export function adviceOf(comparison: Comparison): string {
  const { k, exactQueriesPerSecond } = comparison.settings;
  const search = advised(comparison);
  if (search === undefined) return 'Nothing could be tried at these sizes: ask for larger ones.';
  const { result, shortlist, recall, isGood } = search;
  const code = `${result.method} codes (${bytesOf(result.bytes)} a vector)`;
  const how = shortlist === 0 ? 'search them without re-ranking' : `re-rank ${shortlist}`;
  const exact = rounded(exactQueriesPerSecond);
  const isFaster = search.queriesPerSecond > exactQueriesPerSecond;
  const beside = isFaster
    ? `exact search: ${exact}`
    : `exact search is no slower: ${exact}, so codes pay only where memory is short`;
  const speed = `${rounded(search.queriesPerSecond)} queries a second (${beside})`;
  const reached = `recall@${k} ${recall.toFixed(3)} at ${speed}`;
  if (!isGood) {
    return `Nothing tried reached a recall of ${GOOD_RECALL}; nearest to it with the fewest bytes: take ${code} and ${how}: ${reached}.`;
  }
  const isSmallest = comparison.results.every(({ size }) => size >= result.size);
  const others = isSmallest
    ? 'nothing smaller was tried'
    : `nothing tried below ${bytesOf(result.size)} reached ${GOOD_RECALL}`;
  return `Take ${code} and ${how}: ${reached}; ${others}.`;
}
