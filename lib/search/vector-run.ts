/**
 * One search of a vector index: hash the queries, scan the first bits of all codes for a few hundred rows, compare
 * those by whole codes, and re-rank what is nearest then by the vectors themselves (docs/vector-index.md). A
 * stage whose list would hold all rows is left out, so that a shortlist of all rows gives the exact neighbours.
 */

import { activeBackend } from '../backend/active.ts';
import { allocated } from '../check.ts';
import type { BitCodes } from '../codes/bit-codes.ts';
import type { Hasher } from '../hash/hasher.ts';
import type { VectorSource } from '../vectors.ts';
import { countBits, hasBit } from './bitmap.ts';
import { byteVectors } from './byte-vectors.ts';
import { wordsOf } from './hamming-store.ts';
import { METRICS, type Metric } from './metric.ts';
import { type Neighbors, NO_ID } from './neighbors.ts';
import type { SearchRun, SearchStep } from './search-run.ts';
import type { StoredVectors, VectorShape } from './vector-store.ts';

/** Rows that are compared by whole codes for each one that is re-ranked, where not all codes are scanned whole. */
const SCANNED_PER_RERANKED = 8;

/** With many rows more of them are compared by whole codes: at least one of so many. */
const ROWS_PER_SCANNED = 128;

/** Ids that lists of one run of queries may hold: they stay in cache from one stage to the next. */
const LISTED_IDS = 2 ** 18;

const FEWEST_QUERIES = 64;

/** What a search is given. */
export interface VectorSearch {
  readonly shape: VectorShape;
  readonly stored: StoredVectors;
  readonly hasher: Hasher<BitCodes>;
  readonly metric: Metric;
  readonly source: VectorSource;
  /** The queries, private to the package. */
  readonly values: Float32Array;
  readonly k: number;
  readonly shortlist: number;
  readonly allowed: Uint8Array | undefined;
}

/** Lists of ids that a kernel reads: one a query, or one for all of them. */
interface Lists {
  readonly ids: Uint32Array;
  readonly counts: Uint32Array;
  readonly places: number;
  readonly shared: number;
}

/** How many rows each stage keeps. */
export interface Stages {
  /** Rows that may be found. */
  readonly live: number;
  /** Rows that the scan keeps; `live` where it is left out. */
  readonly scanned: number;
  /** Rows whose vectors are compared; `live` where codes are not needed at all. */
  readonly reranked: number;
}

/** The sizes of the stages: the definition of what a search finds. */
export function stagesOf(shape: VectorShape, live: number, k: number, shortlist: number): Stages {
  const reranked = Math.min(live, shape.rerank === 'none' ? k : Math.max(k, shortlist));
  if (shape.scanBits === shape.bits) return { live, scanned: reranked, reranked };
  const wanted = Math.max(SCANNED_PER_RERANKED * reranked, Math.floor(live / ROWS_PER_SCANNED));
  return { live, scanned: Math.min(live, wanted), reranked };
}

export class VectorRun implements SearchRun<Neighbors<Float32Array>> {
  readonly queries: number;
  readonly chunkQueries: number;
  readonly #search: VectorSearch;
  readonly #stages: Stages;
  readonly #found: Neighbors<Float32Array>;
  #everyone: Lists | undefined;

  constructor(search: VectorSearch) {
    const { k, source, stored, allowed, shape } = search;
    const { rows } = source;
    const live = allowed === undefined ? stored.rows : countBits(allowed, stored.rows);
    const ids = allocated(Uint32Array, rows, k, 'results');
    const distances = allocated(Float32Array, rows, k, 'results');
    if (k > live) {
      ids.fill(NO_ID);
      distances.fill(Number.POSITIVE_INFINITY);
    }
    this.queries = rows;
    this.#search = search;
    this.#stages = stagesOf(shape, live, k, search.shortlist);
    this.#found = { rows, k, ids, distances, counts: new Uint32Array(rows) };
    this.chunkQueries = chunkOf(shape, stored.rows, this.#stages);
  }

  *steps(first: number, count: number): Iterable<SearchStep> {
    const { scanned } = this.#stages;
    const most = Math.max(FEWEST_QUERIES, Math.floor(LISTED_IDS / Math.max(1, scanned)));
    for (let at = first; at < first + count; at += most) {
      yield* this.#run(at, Math.min(most, first + count - at));
    }
  }

  found(): Neighbors<Float32Array> {
    return this.#found;
  }

  /** The stages of queries first .. first + count - 1. */
  *#run(first: number, count: number): Iterable<SearchStep> {
    const { source, hasher, shape } = this.#search;
    const { live, scanned, reranked } = this.#stages;
    const vectors = this.#queryValues(first, count);
    const hash = hasher.hashing(count);
    yield {
      call: hash.call({ vectors, first: 0, rows: count }),
      done: (bad) => {
        if (bad >= 0) throw source.notFinite(first * source.dim + bad);
      },
    };
    const words = wordsOf(hash.codes());
    let lists: Lists;
    if (scanned === live) {
      lists = this.#all();
    } else {
      lists = newLists(count, scanned);
      yield this.#scan(words, count, lists);
    }
    if (shape.rerank === 'none') {
      yield this.#refineToResults(words, first, count, lists);
      return;
    }
    if (reranked < Math.min(scanned, live)) {
      const refined = newLists(count, reranked);
      yield this.#refine(words, count, lists, refined);
      lists = refined;
    }
    yield this.#rerank(vectors, first, count, lists);
  }

  #queryValues(first: number, count: number): Float32Array {
    const { source, values } = this.#search;
    return values.subarray(first * source.dim, (first + count) * source.dim);
  }

  /** One list of all rows that may be found. */
  #all(): Lists {
    if (this.#everyone !== undefined) return this.#everyone;
    const { stored, allowed } = this.#search;
    const { live } = this.#stages;
    const ids = allocated(Uint32Array, 1, live, 'lists');
    for (let id = 0, at = 0; id < stored.rows; id++) {
      if (allowed === undefined || hasBit(allowed, id)) ids[at++] = id;
    }
    this.#everyone = { ids, counts: Uint32Array.of(live), places: live, shared: 1 };
    return this.#everyone;
  }

  #scan(words: BigUint64Array, count: number, lists: Lists): SearchStep {
    const { stored, shape, allowed } = this.#search;
    const { store, tail, rows } = stored.scanned;
    const scanWords = Math.ceil(shape.scanBits / 64);
    const stride = Math.ceil(shape.bits / 64);
    const { ids, counts, places } = lists;
    const queries = [words, stride, count, places] as const;
    return {
      call: {
        name: 'shortlistScan',
        args: [store, tail, rows, scanWords, allowed, ...queries, ids, counts],
      },
    };
  }

  #refine(
    words: BigUint64Array,
    count: number,
    from: Lists,
    to: Lists,
    distances: Uint32Array = new Uint32Array(to.ids.length),
  ): SearchStep {
    const { stored, shape } = this.#search;
    const given = [from.ids, from.counts, from.places, from.shared] as const;
    const results = [to.places, to.ids, distances, to.counts] as const;
    const queries = [Math.ceil(shape.bits / 64), words, count] as const;
    return {
      call: {
        name: 'shortlistRefine',
        args: [stored.codes, stored.rows, ...queries, ...given, ...results],
      },
    };
  }

  /** The last stage without vectors: Hamming distances, as float32. */
  #refineToResults(words: BigUint64Array, first: number, count: number, from: Lists): SearchStep {
    const { k, ids, counts, distances } = this.#found;
    const found = new Uint32Array(count * k);
    const places = {
      ids: ids.subarray(first * k, (first + count) * k),
      counts: counts.subarray(first, first + count),
      places: k,
      shared: 0,
    };
    const done = (): void => {
      for (let query = 0; query < count; query++) {
        const end = query * k + places.counts[query];
        for (let i = query * k; i < end; i++) distances[first * k + i] = found[i];
      }
    };
    return { ...this.#refine(words, count, from, places, found), done };
  }

  #rerank(vectors: Float32Array, first: number, count: number, lists: Lists): SearchStep {
    const { stored, shape, metric } = this.#search;
    const { k, ids, distances, counts } = this.#found;
    const end = first + count;
    const given = [lists.ids, lists.counts, lists.places, lists.shared] as const;
    const results = [
      k,
      ids.subarray(first * k, end * k),
      distances.subarray(first * k, end * k),
      counts.subarray(first, end),
    ] as const;
    const space = [shape.dim, METRICS.indexOf(metric)] as const;
    if (shape.rerank === 'float32') {
      const args = [stored.floats, stored.rows, vectors, count, ...space, ...given, ...results];
      return { call: { name: 'rerankFloats', args: args as never } };
    }
    const { values, scales, norms } = stored.bytes;
    const query = byteVectors(vectors, count, shape.dim);
    const rows = [values, stored.rows, scales, norms] as const;
    const queries = [query.values, count, query.scales, query.norms] as const;
    return {
      call: { name: 'rerankBytes', args: [...rows, ...queries, ...space, ...given, ...results] },
    };
  }
}

function newLists(count: number, places: number): Lists {
  const ids = allocated(Uint32Array, count, places, 'lists');
  return { ids, counts: new Uint32Array(count), places, shared: 0 };
}

/** Queries of a few milliseconds, by rough prices of the stages in nanoseconds. */
function chunkOf(shape: VectorShape, rows: number, { scanned, reranked }: Stages): number {
  const scan = (rows * shape.scanBits) / 1000;
  const refine = 20 * scanned * Math.ceil(shape.bits / 1024);
  const rerank = 0.2 * reranked * shape.dim;
  const nanoseconds = 1000 + scan + refine + rerank;
  return Math.max(1, Math.floor((4 * activeBackend().chunkBytes) / nanoseconds));
}
