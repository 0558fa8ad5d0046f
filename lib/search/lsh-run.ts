/** One search of hash tables: its queries, their keys and probes, and its results to be filled. */

import { activeBackend } from '../backend/active.ts';
import { allocated } from '../check.ts';
import { wordsOf } from './hamming-store.ts';
import { type KernelProbes, type KeyLayout, keysOf } from './lsh-keys.ts';
import type { ReadyCodes } from './lsh-rows.ts';
import type { Segment } from './lsh-tables.ts';
import { type Neighbors, NO_ID } from './neighbors.ts';
import type { SearchRun, SearchStep } from './search-run.ts';

/** What a search of an {@link LshIndex} gives. */
export interface LshNeighbors extends Neighbors<Uint32Array> {
  /** Codes that each query was compared with: what it cost. */
  readonly candidates: Uint32Array;
}

/** An asynchronous call hands over a query for this many bytes of a chunk. */
const BYTES_PER_QUERY = 4096;

/** What is searched, as it is at the moment of the call. */
export interface LshSnapshot {
  readonly codes: BigUint64Array;
  readonly rows: number;
  readonly bits: number;
  readonly layout: KeyLayout;
  readonly probes: KernelProbes;
  readonly segments: readonly Segment[];
  readonly allowed: Uint8Array | undefined;
}

/** The margins of the bits of keys, queries x tables x keyBits, from those of all bits. */
function keyMargins(margins: Float32Array, { positions, sourceBits }: KeyLayout): Float32Array {
  const rows = margins.length / sourceBits;
  const result = allocated(Float32Array, rows, positions.length, 'margins');
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < positions.length; i++) {
      result[row * positions.length + i] = margins[row * sourceBits + positions[i]];
    }
  }
  return result;
}

export class LshRun implements SearchRun<LshNeighbors> {
  readonly queries: number;
  readonly chunkQueries: number;
  readonly #index: LshSnapshot;
  readonly #words: BigUint64Array;
  readonly #keys: Uint32Array;
  readonly #margins: Float32Array | undefined;
  readonly #found: LshNeighbors;
  readonly #sizes: Uint32Array;
  readonly #segments: readonly (Uint32Array | Uint8Array | undefined)[];

  constructor(index: LshSnapshot, { codes, buckets, margins }: ReadyCodes, k: number) {
    const { rows } = codes;
    const ids = allocated(Uint32Array, rows, k, 'results').fill(NO_ID);
    const distances = allocated(Uint32Array, rows, k, 'results').fill(NO_ID);
    const counts = new Uint32Array(rows);
    this.queries = rows;
    this.chunkQueries = Math.max(1, Math.floor(activeBackend().chunkBytes / BYTES_PER_QUERY));
    this.#index = index;
    this.#words = wordsOf(codes);
    this.#keys = keysOf(index.layout, buckets.data, buckets.bytes);
    this.#margins = margins && keyMargins(margins, index.layout);
    this.#found = { rows, k, ids, distances, counts, candidates: new Uint32Array(rows) };
    const sizes = index.segments.map((segment) => [
      segment.rows,
      segment.directoryBits,
      segment.limit,
    ]);
    this.#sizes = Uint32Array.from(sizes.flat());
    this.#segments = index.segments.flatMap(({ tables, stale }) => [tables, stale]);
  }

  *steps(first: number, count: number): Iterable<SearchStep> {
    const { codes, rows, bits, layout, probes, segments, allowed } = this.#index;
    const { k, ids, distances, counts, candidates } = this.#found;
    const { tables, keyBits } = layout;
    const words = Math.ceil(bits / 64);
    const marginStride = tables * keyBits;
    const end = first + count;
    const args = [
      codes,
      rows,
      bits,
      allowed,
      tables,
      keyBits,
      this.#words.subarray(first * words, end * words),
      this.#keys.subarray(first * tables, end * tables),
      count,
      probes.masks,
      probes.probes,
      probes.radius,
      this.#margins?.subarray(first * marginStride, end * marginStride),
      k,
      ids.subarray(first * k, end * k),
      distances.subarray(first * k, end * k),
      counts.subarray(first, end),
      candidates.subarray(first, end),
      this.#sizes,
      segments.length,
      ...this.#segments,
    ] as const;
    yield { call: { name: 'bucketSearch', args } };
  }

  found(): LshNeighbors {
    return this.#found;
  }
}
