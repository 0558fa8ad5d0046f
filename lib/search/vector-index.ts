/**
 * Vectors in, neighbours out: a hasher turns vectors into codes, codes give a shortlist, and the shortlist is
 * re-ranked by the vectors themselves. Rotated signs keep the angle (Charikar 2002; Hadamard rotations after Ailon and
 * Chazelle 2006), so that a shortlist of a hundred holds nine in ten of the ten nearest or more, at a few microseconds
 * for a hundred thousand rows and without building a graph. Results are the same for any threads, batches and machine.
 */

import { activeBackend } from '../backend/active.ts';
import { allocated, checkMaking, checkOptions, checkSignal, MAKING } from '../check.ts';
import type { BitCodes } from '../codes/bit-codes.ts';
import { wrongValue } from '../errors.ts';
import { registerKind } from '../files/kinds.ts';
import { nestedParts, PARTS, type Parts, type PartsReader, type Tensor } from '../files/parts.ts';
import { type SharedIndex, sharedReader } from '../files/shared.ts';
import type { Hasher } from '../hash/hasher.ts';
import { SimHash } from '../hash/sim-hash.ts';
import { dimOf, VectorSource, type Vectors } from '../vectors.ts';
import { KeyedIndex, MOST_NEIGHBORS, type ReadyRows, type SearchRequest } from './keyed-index.ts';
import type { Keys } from './keys.ts';
import { METRICS, type Metric } from './metric.ts';
import type { Neighbors } from './neighbors.ts';
import type { Roster } from './roster.ts';
import { readRoster, rosterParameters, rosterTensors } from './stored-keys.ts';
import { DEFAULT_BITS, defaultHasher, givenHasher, readHasher, storeFor } from './vector-hasher.ts';
import {
  checkModel,
  checkShortlist,
  type VectorIndexOptions,
  type VectorIndexTraining,
  type VectorSearchAsyncOptions,
  type VectorSearchOptions,
} from './vector-options.ts';
import { VectorRun } from './vector-run.ts';
import { RERANK_KINDS, type Rerank, type VectorStore } from './vector-store.ts';

const OPTIONS = ['dim', 'metric', 'rerank', 'shortlist', 'bits', 'seed'] as const;

/** Vectors as float32; the numbers may be the caller's own. */
interface ReadyVectors extends ReadyRows {
  readonly source: VectorSource;
  readonly values: Float32Array;
}

interface Model {
  readonly hasher: Hasher<BitCodes>;
  readonly metric: Metric;
  readonly shortlist: number;
  readonly store: VectorStore;
}

/**
 * An index of vectors, searched by codes and re-ranked by the vectors. Add and remove rows at any time; nothing is
 * built. Rows are numbered from 0 as they are added, and can have keys of their own.
 *
 * `VectorIndex.from(vectors)` is the usual start: for metric 'l2' it puts the origin of the hash at the mean of the
 * vectors, without which pixels and other counts all lie in one direction. For 'cosine' and 'dot' the origin is zero,
 * and `create`, an empty index, is as good. Codes follow the angle: where `metric` is 'dot' and vectors differ much in
 * length, a larger shortlist makes up for it.
 *
 * @example
 * ```ts
 * import { VectorIndex } from 'flyhash';
 * const index = VectorIndex.create({ dim: 3, metric: 'l2' });
 * index.add([[0, 0, 1], [0, 1, 0], [1, 0, 0]], ['up', 'north', 'east']);
 * const { keys, distances } = index.search([[0, 0.9, 0]], 1);
 * console.assert(keys[0] === 'north' && Math.abs(distances[0] - 0.01) < 1e-6);
 * ```
 */
export class VectorIndex extends KeyedIndex<
  Vectors,
  Float32Array,
  ReadyVectors,
  Neighbors<Float32Array>
> {
  protected readonly itemsName = 'vectors';
  protected override readonly ownOptions = ['shortlist'];
  readonly #model: Model;

  private constructor(making: symbol, model: Model, roster?: Roster, foreign = false) {
    super(roster, foreign);
    this.#model = checkMaking(
      making,
      'VectorIndex',
      'VectorIndex.create or VectorIndex.from',
      model,
    );
  }

  /**
   * An empty index.
   *
   * @throws TypeError and RangeError for wrong options: dim is needed unless a hasher is given; bits and seed are for
   * the default hasher only; rerank 'int8' takes a dim below 2^17.
   */
  static create(options: VectorIndexOptions): VectorIndex {
    checkOptions(options, 'options', [...OPTIONS, 'hasher']);
    const { metric, rerank, shortlist } = checkModel(options);
    const hasher = options.hasher === undefined ? defaultHasher(options) : givenHasher(options);
    return new VectorIndex(MAKING, { hasher, metric, shortlist, store: storeFor(hasher, rerank) });
  }

  /**
   * An empty index whose hash knows the training vectors: for metric 'l2' its origin is their mean.
   *
   * @param vectors a sample of what will be added, at least one vector.
   * @throws (rejects) as {@link create}; as {@link SimHash.train}; `signal.reason` when aborted.
   */
  static async train(vectors: Vectors, options: VectorIndexTraining = {}): Promise<VectorIndex> {
    checkOptions(options, 'options', [...OPTIONS, 'signal']);
    const signal = checkSignal(options.signal);
    const { metric, rerank, shortlist } = checkModel(options);
    const { dim = dimOf(vectors), bits = DEFAULT_BITS, seed } = options;
    const hasher = await SimHash.train(vectors, {
      dim,
      bits,
      projection: 'hadamard',
      center: metric === 'l2', // angles around any other origin are other angles
      ...(seed === undefined ? {} : { seed }),
      ...(signal === undefined ? {} : { signal }),
    });
    return new VectorIndex(MAKING, { hasher, metric, shortlist, store: storeFor(hasher, rerank) });
  }

  /**
   * An index of these vectors: {@link train}, then {@link add}.
   *
   * @throws (rejects) as {@link train} and {@link add}.
   *
   * @example
   * ```ts
   * import { VectorIndex } from 'flyhash';
   * const vectors = [[10, 11], [12, 9], [11, 10]];
   * const index = await VectorIndex.from(vectors, { metric: 'l2' });
   * console.assert(index.search([[12, 9]], 1).ids[0] === 1);
   * ```
   */
  static async from(
    vectors: Vectors,
    options: VectorIndexTraining & { keys?: Keys } = {},
  ): Promise<VectorIndex> {
    checkOptions(options, 'options', [...OPTIONS, 'signal', 'keys']);
    const { keys, ...training } = options;
    const index = await VectorIndex.train(vectors, training);
    index.add(vectors, keys);
    return index;
  }

  /**
   * An index over shared memory, as `share()` of another thread gave it: searched without a copy, copied before it is
   * written to.
   *
   * @throws TypeError, RangeError or FlyhashError (ERR_CORRUPT_FILE) when it is not what share() gives.
   */
  static fromShared(shared: SharedIndex): VectorIndex {
    return VectorIndex.#read(sharedReader(shared), true);
  }

  /** @internal */
  static fromParts(reader: PartsReader): VectorIndex {
    return VectorIndex.#read(reader, false);
  }

  static #read(reader: PartsReader, foreign: boolean): VectorIndex {
    reader.expectKind('VectorIndex');
    const metric = reader.oneOf('metric', METRICS);
    const rerank = reader.oneOf('rerank', RERANK_KINDS);
    const shortlist = reader.integer('shortlist', 1, MOST_NEIGHBORS);
    const hasher = readHasher(reader);
    const roster = readRoster(reader);
    const store = storeFor(hasher, rerank);
    if (foreign) store.adopt(reader, roster.rows);
    else store.read(reader, roster.rows);
    reader.end();
    return new VectorIndex(MAKING, { hasher, metric, shortlist, store }, roster, foreign);
  }

  /** Numbers a vector has. */
  get dim(): number {
    return this.#model.hasher.dim;
  }

  /** What distance means. */
  get metric(): Metric {
    return this.#model.metric;
  }

  /** What is kept of the vectors. */
  get rerank(): Rerank {
    return this.#model.store.shape.rerank;
  }

  /** Rows whose vectors a search compares, unless it asks for another number. */
  get shortlist(): number {
    return this.#model.shortlist;
  }

  /** The hasher. */
  get hasher(): Hasher<BitCodes> {
    return this.#model.hasher;
  }

  /**
   * The k nearest rows of each query, blocking the caller: smaller distance first, then smaller id.
   *
   * @param queries rows x dim numbers, as for {@link add}.
   * @param k places for each query, from 0; where fewer rows are found, counts tells how many are real.
   * @returns ids and distances, queries x k, and keys if the index has them. Distances are those of
   * {@link exactNeighbors} for rerank 'float32'; a shortlist of all rows that may be found makes the neighbours so too.
   * @throws TypeError for a wrong kind, RangeError for a wrong value, a k whose results cannot be held, and a value that
   * is not finite, naming its row and column.
   */
  override search(
    queries: Vectors,
    k: number,
    options: VectorSearchOptions = {},
  ): Neighbors<Float32Array> {
    return super.search(queries, k, options);
  }

  /**
   * As {@link search}, by the package's own threads while the event loop stays free. The index, the queries and the
   * filter are those of the moment of the call, whatever is added, replaced or removed meanwhile.
   *
   * @throws (rejects) as {@link search}; with `signal.reason` when aborted.
   */
  override async searchAsync(
    queries: Vectors,
    k: number,
    options: VectorSearchAsyncOptions = {},
  ): Promise<Neighbors<Float32Array>> {
    return super.searchAsync(queries, k, options);
  }

  /** @internal */
  override [PARTS](): Parts {
    return this.#parts(this.#model.store.tensors());
  }

  protected override sharedParts(): Parts {
    return this.#parts(this.#model.store.sharedTensors());
  }

  #parts(tensors: readonly Tensor[]): Parts {
    const { hasher, metric, shortlist } = this.#model;
    const inner = nestedParts('hasher', hasher[PARTS]());
    const own = { metric, rerank: this.rerank, shortlist, ...rosterParameters(this.roster) };
    return {
      kind: 'VectorIndex',
      parameters: { ...own, ...inner.parameters },
      tensors: [...tensors, ...inner.tensors, ...rosterTensors(this.roster)],
    };
  }

  protected ready(vectors: Vectors, name: string): ReadyVectors {
    const source = new VectorSource(vectors, this.dim, name);
    const { rows } = source;
    const values = source.direct() ?? allocated(Float32Array, rows, this.dim, name);
    if (source.direct() === undefined) source.copy(0, rows, values);
    return { rows, source, values };
  }

  protected write({ source, values }: ReadyVectors, ids: Uint32Array, rows: number): void {
    const { hasher, store } = this.#model;
    const hash = hasher.hashing(source.rows);
    const run = hash.call({ vectors: values, first: 0, rows: source.rows });
    const bad = activeBackend().run(run, 1);
    if (bad >= 0) throw source.notFinite(bad);
    store.write(hash.codes(), values, ids, rows);
  }

  protected erase(ids: Uint32Array): void {
    this.#model.store.erase(ids);
  }

  protected unshare(): void {
    this.#model.store.unshare();
  }

  protected row(id: number): Float32Array {
    if (this.rerank === 'none') {
      throw wrongValue('rerank', "'float32' or 'int8' for vectors to be kept", 'none');
    }
    return this.#model.store.vector(id);
  }

  protected prepare(request: SearchRequest<ReadyVectors>): VectorRun {
    const { hasher, metric, shortlist: usual, store } = this.#model;
    const { queries, k, allowed } = request;
    const { shortlist = usual } = request.options as VectorSearchOptions;
    checkShortlist(shortlist);
    const { source } = queries;
    const values = queries.values.slice(); // the caller may write to his while a search is in flight
    const stored = store.snapshot();
    const { shape } = store;
    return new VectorRun({ shape, stored, hasher, metric, source, values, k, shortlist, allowed });
  }
}

registerKind('VectorIndex', VectorIndex.fromParts);
