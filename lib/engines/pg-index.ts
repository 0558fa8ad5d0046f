/**
 * What the indexes of flyhash/pgvector share: rows that travel by COPY into a temporary table and from there, in the
 * same transaction, to where they belong; searches as one statement a query. A subclass says how a code is written as
 * text and what its distance is called in SQL.
 */

import { FlyhashError, wrongKind } from '../errors.ts';
import type { Key } from '../search/keys.ts';
import { EngineIndex, type EngineSettings, type FindRequest } from './engine-index.ts';
import { checkKeyKind, type KeyKind, keyFrom } from './engine-keys.ts';
import type { EngineMatches, FoundRow } from './engine-matches.ts';
import { checkVectorDim, type EngineRows, type SomeCodes } from './engine-rows.ts';
import { checkModel, type Model } from './model-hash.ts';
import { codeOf, PgConnection, type PgDatabase, type PgSession } from './pg-connection.ts';
import {
  type Bind,
  foundRow,
  keysIn,
  type PgDistance,
  type PgSearchOptions,
  type SqlFilter,
  statementOf,
} from './pg-statement.ts';
import { openTable, type PgShape, type PgTable, tableName } from './pg-table.ts';
import { checkName, copyLine, keysText, vectorText } from './pg-text.ts';

/** Options of every index in PostgreSQL. */
export interface PgIndexOptions {
  /** The table, at most 55 bytes; made when it is not there. */
  name: string;
  /** The schema of the table; default: the first of the search path. */
  schema?: string;
  /** The hasher whose codes these are, or its {@link modelHash}. */
  model: Model;
  /** What keys are: 'number' (bigint, the default) or 'string' (text of at most 2,600 bytes, by code points). */
  keyType?: KeyKind;
  /** Numbers of the vectors to be stored beside the codes, for re-ranking; default: none are stored. */
  vectorDim?: number;
}

/** The names of the options, for checkOptions. */
export const PG_OPTIONS = ['name', 'schema', 'model', 'keyType', 'vectorDim'] as const;

/** What an index is made of. */
export interface PgParts {
  readonly connection: PgConnection;
  readonly settings: EngineSettings;
  readonly table: PgTable;
}

const STAGED = 'pg_temp.flyhash_rows';
const UNIQUE_VIOLATION = '23505';

/** A text has any character but one; an index over it, as a primary key has, takes no longer ones. */
const KEY_RULE = { forbidden: /\0/, forbiddenName: 'the character 0', mostBytes: 2600 };

/** Opens the table of an index. */
export async function openParts(
  database: PgDatabase,
  options: PgIndexOptions,
  shape: PgShape,
): Promise<PgParts> {
  const settings = checkSettings(options);
  const name = tableName(options);
  const connection = await PgConnection.to(database);
  try {
    return { connection, settings, table: await openTable(connection, name, settings, shape) };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

function checkSettings({ name, model, keyType, vectorDim }: PgIndexOptions): EngineSettings {
  return {
    name: checkName(name, 'name'),
    model: checkModel(model),
    keys: { ...KEY_RULE, kind: checkKeyKind(keyType) },
    vectorDim: checkVectorDim(vectorDim),
  };
}

export abstract class PgIndex<
  Codes extends SomeCodes<Codes>,
  Options extends PgSearchOptions,
  Found extends EngineMatches = EngineMatches,
> extends EngineIndex<Codes, SqlFilter, Options, Found> {
  protected readonly batch = { rows: 20_000, bytes: 8 << 20, queries: 1 };
  protected readonly connection: PgConnection;
  protected readonly table: PgTable;

  protected constructor({ connection, settings, table }: PgParts) {
    super(settings);
    this.connection = connection;
    this.table = table;
  }

  /** Code i as the column's type reads it. */
  protected abstract codeText(codes: Codes, i: number): string;
  /** How the distance of query i is asked for. */
  protected abstract distance(queries: Codes, i: number, options: Options, bind: Bind): PgDistance;
  /** The Hamming distance that a measure tells. */
  protected abstract hamming(measure: number, queries: Codes): number;
  /** Settings of the session that a search needs, a name and a value each. */
  protected sessionSettings(_options: Options, _k: number): readonly (readonly [string, string])[] {
    return [];
  }
  /** Columns that rows have besides, and what code i puts there. */
  protected readonly moreColumns: readonly string[] = [];
  protected moreTexts(_codes: Codes, _i: number): string[] {
    return [];
  }

  /** Rows of the table now. */
  async count(): Promise<number> {
    const text = `SELECT count(*)::text AS count FROM ${this.table.name}`;
    const [{ count }] = await this.connection.query(`counting ${this.#where}`, text);
    return Number(count);
  }

  /** Deletes the table with everything in it. The index is of no use afterwards. */
  async drop(): Promise<void> {
    const text = `DROP TABLE IF EXISTS ${this.table.name} CASCADE`;
    await this.connection.query(`dropping ${this.#where}`, text);
  }

  /** Closes the pool, if it was made from a connection string. */
  async close(): Promise<void> {
    await this.connection.close();
  }

  get #where(): string {
    return `table ${this.table.name}`;
  }

  get #columns(): string {
    const vector = this.settings.vectorDim === undefined ? [] : ['vector'];
    return ['key', 'code', 'payload', ...vector, ...this.moreColumns].join(', ');
  }

  protected async insert(batches: Iterable<EngineRows<Codes>>): Promise<void> {
    const { name } = this.table;
    try {
      await this.connection.transaction(`adding to ${this.#where}`, async (session) => {
        await this.#stage(session, batches);
        const text = `SELECT key::text AS key FROM ${STAGED} s WHERE EXISTS (SELECT FROM ${name} t WHERE t.key = s.key) LIMIT 1`;
        const [taken] = await session.query(text);
        if (taken !== undefined) throw this.#keyTaken(keyFrom(this.settings.keys.kind, taken.key));
        const columns = this.#columns;
        await session.query(
          `INSERT INTO ${name} (${columns}) SELECT ${columns} FROM ${STAGED} ORDER BY key`,
        );
      });
    } catch (error) {
      const isTaken = error instanceof FlyhashError && codeOf(error.cause) === UNIQUE_VIOLATION;
      throw isTaken ? this.#keyTaken(undefined, error) : error;
    }
  }

  /** Somebody else may have added it since: then which one it is stays unknown. */
  #keyTaken(key: Key | undefined, cause?: unknown): RangeError {
    const got = key === undefined ? 'one that another program has just added' : JSON.stringify(key);
    return new RangeError(`keys must not be in the index, got ${got}`, { cause });
  }

  protected async replace(rows: EngineRows<Codes>): Promise<void> {
    await this.connection.transaction(`writing to ${this.#where}`, async (session) => {
      await this.#stage(session, [rows]);
      const { name, isPartitioned } = this.table;
      const columns = this.#columns;
      const insert = `INSERT INTO ${name} (${columns}) SELECT ${columns} FROM ${STAGED} ORDER BY key`;
      if (isPartitioned) {
        await session.query(`DELETE FROM ${name} WHERE key IN (SELECT key FROM ${STAGED})`);
        await session.query(insert);
      } else {
        const others = columns.split(', ').filter((column) => column !== 'key');
        const changes = others.map((column) => `${column} = EXCLUDED.${column}`).join(', ');
        await session.query(`${insert} ON CONFLICT (key) DO UPDATE SET ${changes}`);
      }
    });
  }

  async #stage(session: PgSession, batches: Iterable<EngineRows<Codes>>): Promise<void> {
    const like = `CREATE TEMPORARY TABLE flyhash_rows (LIKE ${this.table.name}) ON COMMIT DROP`;
    await session.query(like);
    for (const rows of batches) {
      await session.copy(`${STAGED} (${this.#columns})`, this.#lines(rows));
    }
  }

  *#lines({ codes, keys, payloads, vectors }: EngineRows<Codes>): Generator<string, void> {
    const dim = this.settings.vectorDim ?? 0;
    for (const [i, key] of keys.entries()) {
      const fields = [String(key), this.codeText(codes, i), payloads[i]];
      if (vectors !== undefined) fields.push(vectorText(vectors.subarray(i * dim, (i + 1) * dim)));
      fields.push(...this.moreTexts(codes, i));
      yield copyLine(fields);
    }
  }

  protected async erase(keys: readonly Key[]): Promise<number> {
    const { name } = this.table;
    const text = `WITH gone AS (DELETE FROM ${name} WHERE ${keysIn(this.settings.keys.kind, '$1')} RETURNING 1) SELECT count(*)::text AS count FROM gone`;
    const what = `removing from ${this.#where}`;
    const [{ count }] = await this.connection.query(what, text, [keysText(keys)]);
    return Number(count);
  }

  protected async present(keys: readonly Key[]): Promise<Key[]> {
    const text = `SELECT key::text AS key FROM ${this.table.name} WHERE ${keysIn(this.settings.keys.kind, '$1')}`;
    const what = `looking into ${this.#where}`;
    const rows = await this.connection.query(what, text, [keysText(keys)]);
    return rows.map(({ key }) => keyFrom(this.settings.keys.kind, key));
  }

  protected checkExpression(filter: unknown): void {
    const { sql, values } = (filter ?? {}) as { sql?: unknown; values?: unknown };
    if (typeof sql !== 'string') throw wrongKind('filter', 'keys, or an object with sql', filter);
    if (values === undefined || Array.isArray(values)) return;
    throw wrongKind('filter.values', 'an array', values);
  }

  protected async find(request: FindRequest<Codes, Options>): Promise<FoundRow[][]> {
    const { queries, options, k } = request;
    const settings = this.sessionSettings(options, k);
    const lists: FoundRow[][] = [];
    for (let i = 0; i < queries.rows; i++) {
      const ask = (bind: Bind) => this.distance(queries, i, options, bind);
      const { text, values } = statementOf(request, this.settings.keys.kind, this.table.name, ask);
      const what = `searching ${this.#where}`;
      const rows =
        settings.length === 0
          ? await this.connection.query(what, text, values)
          : await this.connection.transaction(what, async (session) => {
              for (const pair of settings) {
                await session.query('SELECT set_config($1, $2, true)', pair);
              }
              return session.query(text, values);
            });
      lists.push(
        rows.map((row) =>
          foundRow(row, this.settings.keys.kind, (measure) => this.hamming(measure, queries)),
        ),
      );
    }
    return lists;
  }
}
