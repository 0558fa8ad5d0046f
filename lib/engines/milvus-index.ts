/**
 * What the indexes of flyhash/milvus share: upserts in batches, searches of many queries in one call, keys as primary
 * keys and payloads as a field of JSON. A subclass says how a code travels.
 */

import type { ConsistencyLevelEnum, MilvusClient, SearchSimpleReq } from '@zilliz/milvus2-sdk-node';
import { checkOneOf } from '../check.ts';
import { wrongKind } from '../errors.ts';
import type { Key } from '../search/keys.ts';
import {
  EngineIndex,
  type EngineSearchOptions,
  type EngineSettings,
  type FindRequest,
} from './engine-index.ts';
import { checkKeyKind, type KeyKind, keyFrom } from './engine-keys.ts';
import type { EngineMatches, FoundRow } from './engine-matches.ts';
import { checkVectorDim, type EngineRows, type Payload, type SomeCodes } from './engine-rows.ts';
import { checkName, type MilvusShape, openCollection } from './milvus-collection.ts';
import {
  answered,
  connected,
  type MilvusConnection,
  type MilvusServer,
} from './milvus-connection.ts';
import { checkModel, type Model } from './model-hash.ts';

/** How much of what was written before a call it must see: 'Strong' sees everything, as a local index does. */
export type MilvusConsistency = 'Strong' | 'Session' | 'Bounded' | 'Eventually';

const LEVELS: readonly MilvusConsistency[] = ['Strong', 'Session', 'Bounded', 'Eventually'];

/** Options of every index in Milvus. */
export interface MilvusIndexOptions {
  /** The collection, made when it is not there. */
  name: string;
  /** The hasher whose codes these are, or its {@link modelHash}. */
  model: Model;
  /** What keys are: 'number' (Int64, the default) or 'string' (VarChar, at most 65,535 bytes, no control characters). */
  keyType?: KeyKind;
  /** Numbers of the vectors to be stored beside the codes, for re-ranking (Milvus 2.4 or later); default: none. */
  vectorDim?: number;
  /** What reads must see; default 'Strong'. Weaker levels answer sooner. */
  consistency?: MilvusConsistency;
}

/** The names of the options, for checkOptions. */
export const MILVUS_OPTIONS = ['name', 'model', 'keyType', 'vectorDim', 'consistency'] as const;

/** Options of a search; a filter that is no list of keys is an expression of Milvus on key and payload. */
export type MilvusSearchOptions = EngineSearchOptions<string>;

/** What an index is made of. */
export interface MilvusParts {
  readonly connection: MilvusConnection;
  readonly settings: EngineSettings;
  readonly consistency: MilvusConsistency;
}

/** A hit as the SDK gives it. */
interface Hit {
  readonly score: number;
  readonly key?: unknown;
  readonly payload?: unknown;
  readonly vector?: unknown;
}

/** VarChar is at most so long, and conditions of Milvus Lite cannot name control characters. */
const KEY_RULE = {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  forbidden: /[\0-\x1f]/,
  forbiddenName: 'control characters',
  mostBytes: 65_535,
};

/** Most keys of an expression. */
const MOST_LISTED = 2000;

/** Opens the collection of an index. */
export async function openParts(
  server: MilvusServer,
  options: MilvusIndexOptions,
  shape: MilvusShape,
): Promise<MilvusParts> {
  const { name, model, keyType, vectorDim, consistency = 'Strong' } = options;
  const settings = {
    name: checkName(name),
    model: checkModel(model),
    keys: { ...KEY_RULE, kind: checkKeyKind(keyType) },
    vectorDim: checkVectorDim(vectorDim),
  };
  checkOneOf(consistency, 'consistency', LEVELS);
  const connection = await connected(server);
  try {
    await openCollection(connection.client, settings, shape);
  } catch (error) {
    if (connection.isOwn) await connection.client.closeConnection();
    throw error;
  }
  return { connection, settings, consistency };
}

/** A condition on keys. Strings are quoted as JSON has it, which Milvus reads alike. */
function keysIn(keys: readonly Key[]): string {
  return `key in [${keys.map((key) => JSON.stringify(key)).join(',')}]`;
}

export abstract class MilvusIndex<
  Codes extends SomeCodes<Codes>,
  Options extends MilvusSearchOptions,
  Found extends EngineMatches = EngineMatches,
> extends EngineIndex<Codes, string, Options, Found> {
  protected readonly batch = { rows: 10_000, bytes: 4 << 20, queries: 100 };
  /** Most results of a query that Milvus gives. */
  protected override readonly mostNeighbors = 16_384;
  readonly #connection: MilvusConnection;
  readonly #consistency: MilvusConsistency;

  protected constructor({ connection, settings, consistency }: MilvusParts) {
    super(settings);
    this.#connection = connection;
    this.#consistency = consistency;
  }

  /** Code i as the SDK takes it. */
  protected abstract codeData(codes: Codes, i: number): number[] | Record<string, number>;
  /** The Hamming distance that a score tells. */
  protected abstract hamming(score: number, queries: Codes): number;
  /** Parameters of the search. */
  protected abstract searchParams(options: Options): Record<string, number>;

  get #client(): MilvusClient {
    return this.#connection.client;
  }

  get #where(): string {
    return `collection ${this.settings.name}`;
  }

  /** What every request that reads says. */
  get #reading() {
    // By its name: the SDK takes the number of 'Strong', 0, for no level.
    const consistency_level = this.#consistency as unknown as ConsistencyLevelEnum;
    return { collection_name: this.settings.name, consistency_level };
  }

  /** Rows of the collection now. */
  async count(): Promise<number> {
    const { data } = await answered(`counting ${this.#where}`, () =>
      this.#client.query({ ...this.#reading, filter: '', output_fields: ['count(*)'] }),
    );
    return Number(data[0]['count(*)']);
  }

  /** Writes what is in memory to storage, whereupon Milvus builds the index over it; until then it is compared whole. */
  async flush(): Promise<void> {
    const { name } = this.settings;
    await answered(`flushing ${this.#where}`, () =>
      this.#client.flushSync({ collection_names: [name] }),
    );
  }

  /** Deletes the collection with everything in it. The index is of no use afterwards. */
  async drop(): Promise<void> {
    const { name } = this.settings;
    await answered(`dropping ${this.#where}`, () =>
      this.#client.dropCollection({ collection_name: name }),
    );
  }

  /** Closes the connection, if it was made from an address. */
  async close(): Promise<void> {
    if (this.#connection.isOwn) await this.#client.closeConnection();
  }

  protected checkExpression(filter: unknown): void {
    if (typeof filter !== 'string') throw wrongKind('filter', 'keys, or an expression', filter);
  }

  protected async insert(
    batches: Iterable<EngineRows<Codes>>,
    keys: readonly Key[],
  ): Promise<void> {
    const [taken] = await this.present(keys);
    if (taken !== undefined) {
      throw new RangeError(`keys must not be in the index, got ${JSON.stringify(taken)}`);
    }
    for (const rows of batches) await this.replace(rows);
  }

  protected async replace({ codes, keys, payloads, vectors }: EngineRows<Codes>): Promise<void> {
    const dim = this.settings.vectorDim ?? 0;
    const data = keys.map((key, i) => ({
      key: String(key),
      code: this.codeData(codes, i),
      payload: JSON.parse(payloads[i]) as Payload,
      ...(vectors === undefined
        ? {}
        : { vector: Array.from(vectors.subarray(i * dim, (i + 1) * dim)) }),
    }));
    await answered(`writing to ${this.#where}`, () =>
      this.#client.upsert({ collection_name: this.settings.name, data }),
    );
  }

  protected async erase(keys: readonly Key[]): Promise<number> {
    const found = await this.present(keys);
    for (let first = 0; first < found.length; first += MOST_LISTED) {
      const filter = keysIn(found.slice(first, first + MOST_LISTED));
      await answered(`removing from ${this.#where}`, () =>
        this.#client.delete({ collection_name: this.settings.name, filter }),
      );
    }
    return found.length;
  }

  protected async present(keys: readonly Key[]): Promise<Key[]> {
    const found: Key[] = [];
    for (let first = 0; first < keys.length; first += MOST_LISTED) {
      const filter = keysIn(keys.slice(first, first + MOST_LISTED));
      const { data } = await answered(`looking into ${this.#where}`, () =>
        this.#client.query({ ...this.#reading, filter, output_fields: ['key'] }),
      );
      for (const { key } of data) found.push(keyFrom(this.settings.keys.kind, key));
    }
    return found;
  }

  protected async find(request: FindRequest<Codes, Options>): Promise<FoundRow[][]> {
    const { queries, k, keys, payloads, vectors, options } = request;
    const filter = keys === undefined ? (options.filter as string | undefined) : keysIn(keys);
    const data = Array.from({ length: queries.rows }, (_, i) => this.codeData(queries, i));
    const output_fields = ['key'];
    if (payloads) output_fields.push('payload');
    if (vectors) output_fields.push('vector');
    const { results } = await answered(`searching ${this.#where}`, () =>
      this.#client.search({
        ...this.#reading,
        anns_field: 'code',
        data: data as SearchSimpleReq['data'],
        limit: k,
        output_fields,
        params: this.searchParams(options),
        ...(filter === undefined ? {} : { filter }),
      }),
    );
    // The SDK leaves the outer list out when there is one query.
    const lists = (queries.rows === 1 ? [results] : results) as unknown as Hit[][];
    return Array.from({ length: queries.rows }, (_, i) =>
      (lists[i] ?? []).map((hit) => this.#foundRow(hit, queries)),
    );
  }

  #foundRow({ score, key, payload, vector }: Hit, queries: Codes): FoundRow {
    return {
      key: keyFrom(this.settings.keys.kind, key),
      distance: this.hamming(score, queries),
      ...(payload === undefined ? {} : { payload: payload as Payload }),
      ...(vector === undefined ? {} : { vector: Float32Array.from(vector as number[]) }),
    };
  }
}
