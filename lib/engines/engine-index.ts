/**
 * What every index in an engine shares: the checks of arguments, rows sent in batches, results in the shape of local
 * ones, and re-ranking. A subclass says how a batch is written and how the nearest codes are found.
 */

import { checkBoolean, checkCallback, checkInteger, checkOneOf, checkSignal } from '../check.ts';
import { wrongKind } from '../errors.ts';
import type { Progress } from '../hash/hasher.ts';
import type { Key, Keys } from '../search/keys.ts';
import { METRICS, type Metric } from '../search/metric.ts';
import type { Vectors } from '../vectors.ts';
import { checkKeyOf, checkKeysOf, type KeyRule } from './engine-keys.ts';
import {
  type EngineMatches,
  type FoundRow,
  lookedUp,
  matchesOf,
  type RerankedMatches,
  rerankedMatches,
} from './engine-matches.ts';
import {
  dimOfRows,
  type EngineRows,
  type Payload,
  readyRows,
  readyVectors,
  type SomeCodes,
  slicedRows,
} from './engine-rows.ts';

/** Options of a call that writes. */
export interface WriteOptions {
  /** What to store beside each code, an object of JSON a row; default: {}. */
  payloads?: readonly (Payload | undefined)[];
  /** The vector of each row, where the index has a vectorDim; then they must be given. */
  vectors?: Vectors;
  /** Aborting rejects with `signal.reason` once the batch on its way has arrived. */
  signal?: AbortSignal;
  /** Called as rows have arrived, ascending; the last call has done = total. */
  onProgress?: (progress: Progress) => void;
}

/** Options of a search. */
export interface EngineSearchOptions<Expression> {
  /** Keys that may be found, or a condition in the engine's own language; default: all rows. */
  filter?: Keys | Expression;
  /** Whether to give back what is stored beside the neighbours; default false. */
  payloads?: boolean;
  /** Aborting rejects with `signal.reason` once the queries on their way are answered. */
  signal?: AbortSignal;
  /** Called as queries are answered, ascending; the last call has done = total. */
  onProgress?: (progress: Progress) => void;
}

/** What re-ranking takes besides. */
export interface RerankOptions {
  /** The distance of vectors. */
  metric: Metric;
  /** How many of the nearest codes are looked at for each query; default: 100, at least k. */
  shortlist?: number;
  /** The vectors of keys, one row each, from wherever they are; default: those that the index stores. */
  vectorsOf?: (keys: readonly Key[]) => Vectors | Promise<Vectors>;
}

/** A search, checked. */
export interface FindRequest<Codes, Options> {
  readonly queries: Codes;
  readonly k: number;
  readonly keys: readonly Key[] | undefined;
  readonly payloads: boolean;
  readonly vectors: boolean;
  readonly options: Options;
}

/** What an index of an engine is. */
export interface EngineSettings {
  readonly name: string;
  readonly model: string;
  readonly keys: KeyRule;
  readonly vectorDim: number | undefined;
}

const WRITE_OPTIONS = ['payloads', 'vectors', 'signal', 'onProgress'];
const SEARCH_OPTIONS = ['filter', 'payloads', 'signal', 'onProgress'];
const RERANK_OPTIONS = ['metric', 'shortlist', 'vectorsOf'];
const USUAL_SHORTLIST = 100;

function checkNames(options: unknown, names: readonly string[]): void {
  if (typeof options !== 'object' || options === null) {
    throw wrongKind('options', 'an object', options);
  }
  const wrong = Object.keys(options).find((name) => !names.includes(name));
  if (wrong === undefined) return;
  const expected = `options must have only the keys ${names.join(', ')}`;
  throw new TypeError(`${expected}, got ${JSON.stringify(wrong)}`);
}

/** Whether a filter is a list of keys; else it is a condition in the language of the engine. */
function isKeyList(filter: unknown): boolean {
  return Array.isArray(filter) || ArrayBuffer.isView(filter);
}

export abstract class EngineIndex<
  Codes extends SomeCodes<Codes>,
  Expression,
  Options extends EngineSearchOptions<Expression>,
  Found extends EngineMatches = EngineMatches,
> {
  readonly settings: EngineSettings;
  /** Options of a search that this engine has besides those of all. */
  protected readonly ownOptions: readonly string[] = [];
  /** Most rows and about the most bytes of a batch that is written, most queries of one that is searched. */
  protected abstract readonly batch: { rows: number; bytes: number; queries: number };
  /** Most neighbours of a query. */
  protected readonly mostNeighbors: number = 2 ** 31 - 1;

  protected constructor(settings: EngineSettings) {
    this.settings = settings;
  }

  /** A private copy of codes that fit the index. */
  protected abstract ready(codes: unknown, name: string): Codes;
  /** Bytes of one code on its way. */
  protected abstract readonly codeBytes: number;
  /** Writes rows of which none may be there, all of them or none. */
  protected abstract insert(
    batches: Iterable<EngineRows<Codes>>,
    keys: readonly Key[],
  ): Promise<void>;
  /** Writes a batch, over what is there. */
  protected abstract replace(rows: EngineRows<Codes>): Promise<void>;
  /** Deletes rows; tells how many there were. */
  protected abstract erase(keys: readonly Key[]): Promise<number>;
  /** Which of the keys are in the index. */
  protected abstract present(keys: readonly Key[]): Promise<Key[]>;
  /** The k nearest codes of each query, in any order. */
  protected abstract find(request: FindRequest<Codes, Options>): Promise<FoundRow[][]>;
  /** The matches as this kind of index gives them. */
  protected abstract found(matches: EngineMatches, queries: Codes): Found;
  /** Throws unless the condition is one in the engine's language. */
  protected abstract checkExpression(filter: unknown): void;
  /** Rows of the index now. */
  abstract count(): Promise<number>;

  /**
   * Adds rows: all of them or none in PostgreSQL; batch by batch in Milvus, once none of the keys was found.
   *
   * @param codes codes as the index has them.
   * @param keys one of the index's kind of keys a row, none of them in the index.
   * @throws (rejects) TypeError and RangeError for wrong arguments and for a key that is in the index; FlyhashError
   * ERR_ENGINE when the engine refuses, ERR_UNREACHABLE when it cannot be reached; `signal.reason` when aborted.
   */
  async add(codes: Codes, keys: Keys, options: WriteOptions = {}): Promise<void> {
    const { batches, rows } = this.#written(codes, keys, options);
    if (rows.keys.length > 0) await this.insert(batches, rows.keys);
  }

  /**
   * Adds rows, or replaces those whose keys are in the index, batch by batch: after a failure some batches have
   * arrived, and doing it again ends with all of them, once.
   *
   * @throws (rejects) as {@link EngineIndex.add}, but for keys that are in the index.
   */
  async upsert(codes: Codes, keys: Keys, options: WriteOptions = {}): Promise<void> {
    const { batches } = this.#written(codes, keys, options);
    for (const rows of batches) await this.replace(rows);
  }

  /** Removes the rows of these keys, those that there are, and tells how many that were. */
  async remove(keys: Keys): Promise<number> {
    const checked = [...new Set(checkKeysOf(this.settings.keys, keys))];
    let removed = 0;
    for (let first = 0; first < checked.length; first += this.batch.rows) {
      removed += await this.erase(checked.slice(first, first + this.batch.rows));
    }
    return removed;
  }

  /** Whether a row has this key. */
  async has(key: Key): Promise<boolean> {
    return (await this.present([checkKeyOf(this.settings.keys, key, 'key')])).length > 0;
  }

  /**
   * The k nearest rows of each query: smaller distance first, then smaller key.
   *
   * @param queries codes as the index has them.
   * @param k places for each query, from 0; where fewer rows are found, counts tells how many are real.
   * @throws (rejects) as {@link EngineIndex.add}.
   */
  async search(queries: Codes, k: number, options: Options = {} as Options): Promise<Found> {
    checkNames(options, [...SEARCH_OPTIONS, ...this.ownOptions]);
    const ready = this.ready(queries, 'queries');
    checkInteger(k, 'k', 0, this.mostNeighbors);
    const lists = await this.#nearest(ready, k, options, false);
    return this.found(matchesOf(lists, k, options.payloads ?? false), ready);
  }

  /**
   * The k nearest rows of each query by the exact distance of vectors, among the rows whose codes are nearest: smaller
   * distance first, then smaller key. Distances are those of {@link exactNeighbors}, bit for bit.
   *
   * @param queries codes as the index has them.
   * @param vectors the vectors of the queries, one row each.
   * @throws (rejects) as {@link EngineIndex.add}; TypeError when the index stores no vectors and none are given.
   */
  async searchReranked(
    queries: Codes,
    vectors: Vectors,
    k: number,
    options: Options & RerankOptions,
  ): Promise<RerankedMatches> {
    checkNames(options, [...SEARCH_OPTIONS, ...RERANK_OPTIONS, ...this.ownOptions]);
    const ready = this.ready(queries, 'queries');
    checkInteger(k, 'k', 0, this.mostNeighbors);
    const metric = checkOneOf(options.metric, 'metric', METRICS);
    const { shortlist = Math.max(k, USUAL_SHORTLIST) } = options;
    checkInteger(shortlist, 'shortlist', k, this.mostNeighbors);
    const lookUp = checkCallback(options.vectorsOf, 'vectorsOf');
    const { vectorDim } = this.settings;
    if (lookUp === undefined && vectorDim === undefined) {
      throw wrongKind('vectorsOf', 'given, as the index has no vectorDim', undefined);
    }
    const dim = vectorDim ?? dimOfRows(vectors, ready.rows);
    const asked = readyVectors(vectors, dim, ready.rows);
    let lists = await this.#nearest(ready, shortlist, options, lookUp === undefined);
    if (lookUp !== undefined) lists = await lookedUp(lists, lookUp, dim);
    const hasPayloads = options.payloads ?? false;
    return rerankedMatches(lists, { vectors: asked, dim, metric, k, hasPayloads });
  }

  /** Rows checked and cut into batches, which tell their progress as the next one is asked for. */
  #written(codes: Codes, keys: Keys, options: WriteOptions) {
    checkNames(options, WRITE_OPTIONS);
    const { payloads, vectors } = options;
    const signal = checkSignal(options.signal);
    const onProgress = checkCallback(options.onProgress, 'onProgress');
    const { keys: rule, vectorDim } = this.settings;
    const ready = this.ready(codes, 'codes');
    const rows = readyRows(ready, { keys, payloads, vectors }, rule, vectorDim);
    const total = ready.rows;
    const step = this.#batchRows(rows);
    function* batches(): Generator<EngineRows<Codes>, void> {
      for (let first = 0; first < total; first += step) {
        signal?.throwIfAborted();
        yield slicedRows(rows, first, Math.min(total, first + step));
        onProgress?.({ done: Math.min(total, first + step), total });
      }
    }
    return { batches: batches(), rows };
  }

  /** As many rows as a batch of these may have. */
  #batchRows({ keys, payloads, vectors }: EngineRows<Codes>): number {
    const texts = payloads.reduce((sum, { length }) => sum + length, 0);
    const names = keys.reduce<number>((sum, key) => sum + String(key).length, 0);
    const bytes = keys.length * this.codeBytes + texts + names + 4 * (vectors?.length ?? 0);
    const perRow = bytes / Math.max(1, keys.length);
    return Math.max(1, Math.min(this.batch.rows, Math.floor(this.batch.bytes / perRow)));
  }

  async #nearest(queries: Codes, k: number, options: Options, vectors: boolean) {
    const { filter } = options;
    const payloads = checkBoolean(options.payloads ?? false, 'payloads');
    const signal = checkSignal(options.signal);
    const onProgress = checkCallback(options.onProgress, 'onProgress');
    const isList = isKeyList(filter);
    if (filter !== undefined && !isList) this.checkExpression(filter);
    const keys = isList ? checkKeysOf(this.settings.keys, filter, 'filter') : undefined;
    const total = queries.rows;
    const lists: FoundRow[][] = [];
    for (let first = 0; first < total; first += this.batch.queries) {
      signal?.throwIfAborted();
      const end = Math.min(total, first + this.batch.queries);
      const part = queries.slice(first, end);
      const isVain = k === 0 || keys?.length === 0;
      const request = { queries: part, k, keys, payloads, vectors, options };
      lists.push(
        ...(isVain ? Array.from({ length: part.rows }, () => []) : await this.find(request)),
      );
      onProgress?.({ done: end, total });
    }
    signal?.throwIfAborted();
    return lists;
  }
}
