/**
 * A VectorIndex by its definition, in plain arrays and full sorts: what the stages of a search keep, and which
 * distances the vectors have. Knows nothing of the index but its hasher.
 */

import type { BitCodes } from '../../lib/codes/bit-codes.ts';
import { exactNeighbors } from '../../lib/search/exact-neighbors.ts';
import type { Key } from '../../lib/search/keys.ts';
import type { Metric } from '../../lib/search/metric.ts';
import { NO_ID } from '../../lib/search/neighbors.ts';
import type { Rerank } from '../../lib/search/vector-store.ts';

interface TwinRow {
  readonly key: Key | undefined;
  readonly vector: Float32Array;
  readonly code: readonly number[];
}

export interface TwinOptions {
  readonly hasher: { hash(vectors: Float32Array): BitCodes };
  readonly scanBits: number;
  readonly metric: Metric;
  readonly rerank: Rerank;
}

export interface TwinNeighbors {
  readonly ids: number[];
  readonly distances: number[];
  readonly counts: number[];
}

/** A vector as bytes: rounded values, and the scale that they have. */
export function rounded(vector: Float32Array): { values: number[]; scale: number } {
  const largest = Math.max(0, ...Array.from(vector, Math.abs));
  const inverse = largest === 0 ? 0 : 127 / largest;
  const values = Array.from(vector, (value) => Math.floor(value * inverse + 0.5));
  return { values, scale: Math.fround(largest / 127) };
}

function bitsOf(codes: BitCodes): number[] {
  return Array.from({ length: codes.bits }, (_, i) => (codes.data[i >> 3] >> (7 - (i & 7))) & 1);
}

function hamming(a: readonly number[], b: readonly number[], bits: number): number {
  let distance = 0;
  for (let i = 0; i < bits; i++) distance += a[i] === b[i] ? 0 : 1;
  return distance;
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}

export class VectorTwin {
  /** Rows by id; holes are undefined. */
  readonly rows: (TwinRow | undefined)[] = [];
  readonly #options: TwinOptions;

  constructor(options: TwinOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.rows.filter((row) => row !== undefined).length;
  }

  find(key: Key): number {
    return this.rows.findIndex((row, id) => row !== undefined && (row.key ?? id) === key);
  }

  /** Overwrites a row with this key, or takes the lowest hole; returns the id. */
  put(vector: Float32Array, key: Key | undefined): number {
    const row = { key, vector, code: bitsOf(this.#options.hasher.hash(vector)) };
    const present = key === undefined ? -1 : this.find(key);
    const hole = this.rows.indexOf(undefined);
    const id = present >= 0 ? present : hole >= 0 ? hole : this.rows.length;
    this.rows[id] = row;
    return id;
  }

  remove(key: Key): boolean {
    const id = this.find(key);
    if (id >= 0) this.rows[id] = undefined;
    return id >= 0;
  }

  /** The k nearest of each query among the rows that the filter lets pass. */
  search(
    queries: readonly Float32Array[],
    k: number,
    shortlist: number,
    filter: (id: number) => boolean,
  ): TwinNeighbors {
    const found: TwinNeighbors = { ids: [], distances: [], counts: [] };
    const live = [...this.rows.keys()].filter((id) => this.rows[id] !== undefined && filter(id));
    for (const query of queries) {
      const nearest = this.#nearest(query, live, k, shortlist);
      found.counts.push(nearest.length);
      for (let place = 0; place < k; place++) {
        found.ids.push(nearest[place]?.id ?? NO_ID);
        found.distances.push(nearest[place]?.distance ?? Number.POSITIVE_INFINITY);
      }
    }
    return found;
  }

  #nearest(
    query: Float32Array,
    live: readonly number[],
    k: number,
    shortlist: number,
  ): { id: number; distance: number }[] {
    const { scanBits, rerank, hasher } = this.#options;
    const code = bitsOf(hasher.hash(query));
    const reranked = Math.min(live.length, rerank === 'none' ? k : Math.max(k, shortlist));
    const scanned =
      scanBits === code.length
        ? reranked
        : Math.min(live.length, Math.max(8 * reranked, Math.floor(live.length / 128)));
    const byBits = (bits: number) => (id: number) => hamming(code, this.#row(id).code, bits);
    const scan = smallest(live, scanned, byBits(scanBits));
    const list = smallest(scan, reranked, byBits(code.length)).map(({ id }) => id);
    const distance = (id: number): number =>
      rerank === 'none' ? byBits(code.length)(id) : this.#distance(query, this.#row(id).vector);
    return smallest(list, k, distance);

    function smallest(
      from: readonly (number | { id: number })[],
      count: number,
      measure: (id: number) => number,
    ): { id: number; distance: number }[] {
      const ids = from.map((each) => (typeof each === 'number' ? each : each.id));
      const all = ids.map((id) => ({ id, distance: measure(id) }));
      all.sort((a, b) => (a.distance === b.distance ? a.id - b.id : a.distance - b.distance));
      return all.slice(0, count);
    }
  }

  #row(id: number): TwinRow {
    const row = this.rows[id];
    if (row === undefined) throw new Error(`no row ${id}`);
    return row;
  }

  #distance(query: Float32Array, vector: Float32Array): number {
    const { metric, rerank } = this.#options;
    if (rerank === 'float32') return exactNeighbors([vector], [query], 1, metric).distances[0];
    const [a, b] = [rounded(query), rounded(vector)];
    const product = dot(a.values, b.values);
    const [normA, normB] = [dot(a.values, a.values), dot(b.values, b.values)];
    if (metric === 'cosine') {
      return normA * normB === 0 ? 1 : Math.fround(1 - product / Math.sqrt(normA * normB));
    }
    const scale = a.scale * b.scale;
    if (metric === 'dot') return Math.fround(0 - scale * product) + 0;
    const squares = a.scale * a.scale * normA + b.scale * b.scale * normB;
    return Math.max(0, Math.fround(squares - 2 * (scale * product)));
  }
}
