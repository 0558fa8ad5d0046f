/**
 * What a search by codes finds, expected over the orders of rows at equal distance. Codes tie often (64 bits give at most
 * 65 distances), and any one order is a lucky or an unlucky one; the expectation is exact: rows nearer than the cutoff's
 * distance are found, and those at it share the places that are left. Re-ranking a shortlist by exact distances finds
 * just those of the k neighbours that are in the shortlist, so its recall is that of the shortlist.
 */

import { eventLoopTurn } from '../event-loop.ts';
import type { RankedSearch } from './code-search.ts';

/** Places that one search may ask for, over its queries. */
const MOST_PLACES = 2 ** 20;

const GROWTH = 4;

/** One query's nearest rows by codes: all rows at the last cutoff's distance or nearer, and perhaps more. */
interface Ranked {
  readonly ids: Uint32Array;
  readonly distances: Uint32Array;
}

/** Whether no row outside of the list can be as near as the last row within the cutoff. */
function isComplete(
  distances: Uint32Array,
  found: number,
  places: number,
  cutoff: number,
): boolean {
  return found < places || distances[found - 1] > distances[Math.min(cutoff, found) - 1];
}

/** The ranked lists of all queries in turn, complete at the cutoff; rows that no list holds are tied behind it. */
export async function* rankedLists(
  search: RankedSearch,
  sizes: { readonly queries: number; readonly rows: number; readonly cutoff: number },
  signal: AbortSignal | undefined,
): AsyncGenerator<Ranked, void, undefined> {
  const { queries, rows, cutoff } = sizes;
  const places = Math.min(rows, 2 * cutoff);
  const step = Math.max(1, Math.floor(MOST_PLACES / places));
  for (let first = 0; first < queries; first += step) {
    await eventLoopTurn();
    signal?.throwIfAborted();
    const end = Math.min(queries, first + step);
    const found = search(first, end, places);
    for (let query = first; query < end; query++) {
      const at = (query - first) * places;
      const count = found.counts[query - first];
      const distances = found.distances.subarray(at, at + count);
      const isWhole = places === rows || isComplete(distances, count, places, cutoff);
      yield isWhole
        ? { ids: found.ids.subarray(at, at + count), distances }
        : longerList(search, query, places, sizes);
    }
  }
}

/** The list of one query with as many places as it needs. */
function longerList(
  search: RankedSearch,
  query: number,
  tried: number,
  { rows, cutoff }: { readonly rows: number; readonly cutoff: number },
): Ranked {
  for (let places = GROWTH * tried; ; places *= GROWTH) {
    const asked = Math.min(rows, places);
    const found = search(query, query + 1, asked);
    const count = found.counts[0];
    const distances = found.distances.subarray(0, count);
    if (asked === rows || isComplete(distances, count, asked, cutoff)) {
      return { ids: found.ids.subarray(0, count), distances };
    }
  }
}

/** The first place from which distances are at least `least`, in an ascending list. */
function firstFrom(distances: Uint32Array, least: number): number {
  let [low, high] = [0, distances.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (distances[middle] < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Relevant rows among the first `cutoff` of a ranking, expected over ties.
 *
 * @param relevant for each place of the list 1 where its row is relevant, else 0.
 * @param totals rows in all, and relevant rows in all: those that the list lacks are tied behind it.
 */
export function expectedHits(
  { distances }: { readonly distances: Uint32Array },
  relevant: ArrayLike<number>,
  cutoff: number,
  totals: { readonly rows: number; readonly relevant: number },
): number {
  const listed = distances.length;
  const places = Math.min(cutoff, totals.rows);
  const hits = (from: number, to: number): number => {
    let sum = 0;
    for (let i = from; i < to; i++) sum += relevant[i];
    return sum;
  };
  if (places === 0) return 0;
  const isListed = places <= listed;
  const nearer = isListed ? firstFrom(distances, distances[places - 1]) : listed;
  const end = isListed ? firstFrom(distances, distances[places - 1] + 1) : totals.rows;
  const sure = hits(0, nearer);
  const tied = isListed ? hits(nearer, end) : totals.relevant - sure;
  return sure + (tied * (places - nearer)) / (end - nearer);
}
