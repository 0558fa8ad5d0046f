/**
 * Searches over a Hamming store as kernel calls: the k nearest codes, and all codes within a radius. Their arrays are
 * private to the package; what is searched is a snapshot of the store.
 */

import { activeBackend } from '../backend/active.ts';
import { allocated } from '../check.ts';
import type { BitCodes } from '../codes/bit-codes.ts';
import { type StoredCodes, wordsOf } from './hamming-store.ts';
import { type Neighbors, NO_ID, type RangeNeighbors } from './neighbors.ts';
import type { SearchRun, SearchStep } from './search-run.ts';

/** An asynchronous call hands over as many queries as compare this many codes' bytes for each byte of a chunk. */
const COMPARISONS_PER_BYTE = 4096;

/** Places that a range search begins with: memory that is not written to costs next to nothing. */
const PLACES_PER_QUERY = 64;
const LEAST_PLACES = 2 ** 16;
const MOST_PLACES = 2 ** 22;

/** What is searched, and for what; `allowed` is a bitmap of rows, undefined for all of them. */
export interface HammingRequest {
  readonly bits: number;
  readonly codes: StoredCodes;
  readonly queries: BitCodes;
  readonly allowed: Uint8Array | undefined;
}

/** The queries of a search as words, and what every kernel call of it begins with. */
class HammingQueries {
  readonly queries: number;
  readonly chunkQueries: number;
  readonly allowed: Uint8Array | undefined;
  readonly #bits: number;
  readonly #codes: StoredCodes;
  readonly #words: BigUint64Array;

  constructor({ bits, codes, queries, allowed }: HammingRequest) {
    this.queries = queries.rows;
    this.allowed = allowed;
    this.#bits = bits;
    this.#codes = codes;
    this.#words = wordsOf(queries);
    const comparisons = activeBackend().chunkBytes * COMPARISONS_PER_BYTE;
    const bytes = codes.rows * Math.ceil(bits / 8) + 1;
    this.chunkQueries = Math.max(1, Math.floor(comparisons / bytes));
  }

  /** Rows searched. */
  get rows(): number {
    return this.#codes.rows;
  }

  /** The codes and the queries first .. first + count - 1. */
  args(first: number, count: number) {
    const { store, tail, rows } = this.#codes;
    const words = Math.ceil(this.#bits / 64);
    const queries = this.#words.subarray(first * words, (first + count) * words);
    return [store, tail, rows, this.#bits, queries, count] as const;
  }
}

/** The k nearest codes of each query. */
export class HammingRun implements SearchRun<Neighbors<Uint32Array>> {
  readonly queries: number;
  readonly chunkQueries: number;
  readonly #asked: HammingQueries;
  readonly #found: Neighbors<Uint32Array>;

  constructor(request: HammingRequest, k: number) {
    const { rows } = request.queries;
    const ids = allocated(Uint32Array, rows, k, 'results');
    const distances = allocated(Uint32Array, rows, k, 'results');
    if (k > request.codes.rows || request.allowed !== undefined) {
      ids.fill(NO_ID);
      distances.fill(NO_ID);
    }
    this.#asked = new HammingQueries(request);
    this.queries = rows;
    this.chunkQueries = this.#asked.chunkQueries;
    this.#found = { rows, k, ids, distances, counts: new Uint32Array(rows) };
  }

  *steps(first: number, count: number): Iterable<SearchStep> {
    const { k, ids, distances, counts } = this.#found;
    const end = first + count;
    yield {
      call: {
        name: 'hammingSearch',
        args: [
          ...this.#asked.args(first, count),
          k,
          ids.subarray(first * k, end * k),
          distances.subarray(first * k, end * k),
          counts.subarray(first, end),
          this.#asked.allowed,
        ],
      },
    };
  }

  found(): Neighbors<Uint32Array> {
    return this.#found;
  }
}

/** The results of one run of queries. */
interface Piece {
  readonly ids: Uint32Array;
  readonly distances: Uint32Array;
}

/**
 * All codes within a radius of each query. A call says how many there are and gives them if they fit; if they do not,
 * it is made again with places for all of them.
 */
export class HammingRangeRun implements SearchRun<RangeNeighbors> {
  readonly queries: number;
  readonly chunkQueries: number;
  readonly #asked: HammingQueries;
  readonly #radius: number;
  readonly #limit: number;
  readonly #counts: Uint32Array;
  readonly #pieces: Piece[] = [];
  #total = 0;

  constructor(request: HammingRequest, radius: number, limit: number) {
    this.#asked = new HammingQueries(request);
    this.queries = this.#asked.queries;
    this.chunkQueries = this.#asked.chunkQueries;
    this.#radius = radius;
    this.#limit = limit;
    this.#counts = new Uint32Array(this.queries);
  }

  *steps(first: number, count: number): Iterable<SearchStep> {
    const guess = Math.min(Math.max(PLACES_PER_QUERY * count, LEAST_PLACES), MOST_PLACES);
    let places = Math.min(guess, count * this.#asked.rows, this.#limit - this.#total);
    for (;;) {
      const ids = allocated(Uint32Array, 1, places, 'results');
      const distances = allocated(Uint32Array, 1, places, 'results');
      const counts = this.#counts.subarray(first, first + count);
      let found = 0;
      yield {
        call: {
          name: 'hammingRange',
          args: [
            ...this.#asked.args(first, count),
            this.#radius,
            ids,
            distances,
            counts,
            this.#asked.allowed,
          ],
        },
        done: (result) => {
          found = result;
        },
      };
      this.#checkLimit(found, first + count);
      if (found <= places) {
        this.#pieces.push({ ids: ids.slice(0, found), distances: distances.slice(0, found) });
        this.#total += found;
        return;
      }
      places = found;
    }
  }

  #checkLimit(found: number, queriesDone: number): void {
    const total = this.#total + found;
    if (total <= this.#limit) return;
    const got = queriesDone < this.queries ? `at least ${total}` : total;
    throw new RangeError(
      `radius must give at most ${this.#limit} results (the option limit), got ${got}`,
    );
  }

  found(): RangeNeighbors {
    const starts = new Uint32Array(this.queries + 1);
    for (const [i, count] of this.#counts.entries()) starts[i + 1] = starts[i] + count;
    if (this.#pieces.length === 1) return { rows: this.queries, starts, ...this.#pieces[0] };
    const ids = allocated(Uint32Array, 1, this.#total, 'results');
    const distances = allocated(Uint32Array, 1, this.#total, 'results');
    let at = 0;
    for (const piece of this.#pieces) {
      ids.set(piece.ids, at);
      distances.set(piece.distances, at);
      at += piece.ids.length;
    }
    return { rows: this.queries, starts, ids, distances };
  }
}
