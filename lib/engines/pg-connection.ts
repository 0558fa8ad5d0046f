/**
 * The little that is needed of a PostgreSQL database: one statement, a transaction on one session, and COPY. A pool of
 * `pg` and a PGlite database both give it. Every fault comes out as an error of this package that says what was tried.
 */

import type { Writable } from 'node:stream';
import { FlyhashError, wrongKind } from '../errors.ts';
import { engineFault, optionalPackage, textOf } from './engine-faults.ts';

/** A row of a result. */
export type PgRow = Record<string, unknown>;

/** A session of a pool of `pg`. */
export interface PgClient {
  query(text: string, values?: unknown[]): Promise<{ rows: PgRow[] }>;
  release(destroy?: boolean): void;
  on(event: 'error', listener: () => void): unknown;
  off(event: 'error', listener: () => void): unknown;
}

/** A pool of the package `pg`. */
export interface PgPool {
  connect(): Promise<PgClient>;
  query(text: string, values?: unknown[]): Promise<{ rows: PgRow[] }>;
  end(): Promise<void>;
}

/** What PGlite offers inside and outside of transactions. */
export interface PgliteSession {
  query(text: string, values?: unknown[], options?: { blob?: Blob }): Promise<{ rows: unknown[] }>;
}

/** A database of the package `@electric-sql/pglite`. */
export interface PgliteDatabase extends PgliteSession {
  transaction<Result>(work: (session: PgliteSession) => Promise<Result>): Promise<Result>;
}

/** A database: a pool of `pg`, a connection string for one, or a PGlite. */
export type PgDatabase = PgPool | PgliteDatabase | string;

/** One session, inside of a transaction. */
export interface PgSession {
  query(text: string, values?: readonly unknown[]): Promise<PgRow[]>;
  /** Copies lines of COPY's text format into `target`, a table with its columns. */
  copy(target: string, lines: Iterable<string>): Promise<void>;
}

/** SQLSTATEs and codes of sockets that mean: not there, or not now. */
const ABSENT =
  /^(08...|57P0.|57014|53300|ECONN.*|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN)$/;
const ABSENT_TEXT = /connection terminated|timeout|not queryable|ended/i;
const SQLSTATE = /^[0-9A-Z]{5}$/;

/** The code of what the driver threw; that of an inner error where several addresses were tried. */
export function codeOf(cause: unknown): string {
  const { code, errors } = cause as { code?: unknown; errors?: unknown };
  if (typeof code === 'string') return code;
  return Array.isArray(errors) && errors.length > 0 ? codeOf(errors[0]) : '';
}

function faultOf(what: string, cause: unknown): FlyhashError {
  if (cause instanceof FlyhashError) return cause; // a package is missing
  const code = codeOf(cause);
  const isAbsent = ABSENT.test(code) || (!SQLSTATE.test(code) && ABSENT_TEXT.test(textOf(cause)));
  return engineFault(what, isAbsent ? 'ERR_UNREACHABLE' : 'ERR_ENGINE', cause);
}

/** A call of the driver, named in what goes wrong. */
async function named<Result>(what: string, call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (cause) {
    throw faultOf(what, cause);
  }
}

function isPglite(database: PgPool | PgliteDatabase): database is PgliteDatabase {
  return typeof (database as Partial<PgliteDatabase>).transaction === 'function';
}

function isPool(database: PgPool | PgliteDatabase): database is PgPool {
  // A Client of pg has connect() too, but it gives no session that could be released.
  const { connect, totalCount } = database as Partial<PgPool> & { totalCount?: unknown };
  return typeof connect === 'function' && typeof totalCount === 'number';
}

/** How long a pool of our own waits for a session. */
const CONNECT_MILLISECONDS = 10_000;

async function newPool(connectionString: string): Promise<PgPool> {
  const { default: pg } = await optionalPackage('pg', () => import('pg'));
  const pool = new pg.Pool({ connectionString, connectionTimeoutMillis: CONNECT_MILLISECONDS });
  pool.on('error', () => undefined); // an idle session was lost: the next call asks for another
  return pool;
}

function pgliteSession(session: PgliteSession, what: string): PgSession {
  return {
    query: (text, values = []) =>
      named(what, async () => (await session.query(text, [...values])).rows as PgRow[]),
    copy: (target, lines) =>
      named(what, async () => {
        const blob = new Blob([...chunked(lines)]);
        await session.query(`COPY ${target} FROM '/dev/blob'`, [], { blob });
      }),
  };
}

/** Characters that are sent at once. */
const CHUNK_LENGTH = 65_536;

/** Lines put together: each chunk costs a turn of the event loop. */
function* chunked(lines: Iterable<string>): Generator<string, void> {
  let chunk = '';
  for (const line of lines) {
    chunk += line;
    if (chunk.length < CHUNK_LENGTH) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}

interface CopyStreams {
  from(text: string): Writable;
}

async function copyThrough(client: PgClient, target: string, lines: Iterable<string>) {
  const name = 'pg-copy-streams';
  const streams = await optionalPackage<CopyStreams>(name, () => import('pg-copy-streams'));
  const stream = streams.from(`COPY ${target} FROM STDIN`);
  (client as unknown as { query(stream: Writable): void }).query(stream);
  const { Readable } = await import('node:stream');
  const { pipeline } = await import('node:stream/promises');
  await pipeline(Readable.from(chunked(lines)), stream);
}

function poolSession(client: PgClient, what: string): PgSession {
  return {
    query: (text, values = []) =>
      named(what, async () => (await client.query(text, [...values])).rows),
    copy: (target, lines) => named(what, () => copyThrough(client, target, lines)),
  };
}

/** A transaction on a session of the pool. A session whose end is in doubt is not given back. */
async function poolTransaction<Result>(
  pool: PgPool,
  what: string,
  work: (session: PgSession) => Promise<Result>,
): Promise<Result> {
  const client = await named(what, () => pool.connect());
  const ignore = (): void => undefined; // a lost connection also rejects the query that meets it
  client.on('error', ignore);
  let isSound = false;
  try {
    await named(what, () => client.query('BEGIN'));
    try {
      const result = await work(poolSession(client, what));
      await named(what, () => client.query('COMMIT'));
      isSound = true;
      return result;
    } catch (error) {
      await client.query('ROLLBACK').then(
        () => {
          isSound = true;
        },
        () => undefined, // the error that led here says more
      );
      throw error;
    }
  } finally {
    client.off('error', ignore);
    client.release(!isSound);
  }
}

/** A database that was checked to be one. */
export class PgConnection {
  readonly #database: PgPool | PgliteDatabase;
  readonly #own: PgPool | undefined;

  private constructor(database: PgPool | PgliteDatabase, own: PgPool | undefined) {
    this.#database = database;
    this.#own = own;
  }

  /** A connection to what a caller named or gave. */
  static async to(database: PgDatabase): Promise<PgConnection> {
    if (typeof database === 'string') {
      const pool = await newPool(database);
      return new PgConnection(pool, pool);
    }
    const isObject = typeof database === 'object' && database !== null;
    if (isObject && (isPglite(database) || isPool(database))) {
      return new PgConnection(database, undefined);
    }
    throw wrongKind('database', 'a Pool of pg, a connection string, or a PGlite', database);
  }

  /** One statement. */
  async query(what: string, text: string, values: readonly unknown[] = []): Promise<PgRow[]> {
    const database = this.#database as PgliteSession;
    return named(what, async () => (await database.query(text, [...values])).rows as PgRow[]);
  }

  /** Work in one transaction, which is undone when it throws; what is not the driver's fault passes as it is. */
  async transaction<Result>(
    what: string,
    work: (session: PgSession) => Promise<Result>,
  ): Promise<Result> {
    const database = this.#database;
    if (!isPglite(database)) return poolTransaction(database, what, work);
    return database.transaction((session) => work(pgliteSession(session, what)));
  }

  /** Ends a pool of our own. */
  async close(): Promise<void> {
    await this.#own?.end();
  }
}
