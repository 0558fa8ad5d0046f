/**
 * The table of an index in PostgreSQL: made when it is not there, and opened only as what it was made for. What it is,
 * codes of which model among it, stands in the table's comment.
 */

import { FlyhashError } from '../errors.ts';
import { commentOf, type EngineKind, expectComment } from './engine-comment.ts';
import type { EngineSettings } from './engine-index.ts';
import type { PgConnection, PgSession } from './pg-connection.ts';
import { checkName, literal, quoted } from './pg-text.ts';

/** What a table is made for, besides what every index has. */
export interface PgShape extends EngineKind {
  /** The type of the column `code`. */
  readonly codeType: string;
  /** Whether types of pgvector are needed. */
  readonly needsVector: boolean;
  /** Columns that a new table has besides, and its indexes. */
  readonly moreColumns?: readonly string[];
  readonly indexes?: readonly string[];
}

/** A table that is there. */
export interface PgTable {
  /** Its name in quotes, with its schema where one was given. */
  readonly name: string;
  /** Whether it is partitioned, over other servers perhaps: no ON CONFLICT there. */
  readonly isPartitioned: boolean;
  /** The version of pgvector, 1000 x major + minor; 0 where it is not needed. */
  readonly vector: number;
}

/** The first version of pgvector that has bit and sparsevec: 1000 x major + minor. */
const LEAST_VECTOR = 7;

/** A table's name in quotes. */
export function tableName({ schema, name }: { schema?: unknown; name: unknown }): string {
  const table = quoted(checkName(name, 'name'));
  return schema === undefined ? table : `${quoted(checkName(schema, 'schema'))}.${table}`;
}

/** The version of pgvector, if it is one that will do. */
async function vectorVersion(session: PgSession): Promise<number> {
  const text = "SELECT extversion FROM pg_extension WHERE extname = 'vector'";
  const [row] = await session.query(text);
  const version = String(row?.extversion ?? 'none');
  const [major, minor] = version.split('.').map(Number);
  const number = 1000 * major + minor;
  if (number >= LEAST_VECTOR) return number;
  const message = `database must have the extension pgvector 0.${LEAST_VECTOR} or later, got ${version}`;
  const advice = 'install it on the server and run CREATE EXTENSION vector, or use PgLshIndex';
  throw new FlyhashError('ERR_MISSING_EXTENSION', `${message}: ${advice}`);
}

async function findTable(session: PgSession, name: string) {
  const text =
    "SELECT c.relkind AS kind, obj_description(c.oid, 'pg_class') AS comment FROM pg_class c WHERE c.oid = to_regclass($1)";
  const [row] = await session.query(text, [name]);
  return row as { kind: string; comment: string | null } | undefined;
}

async function makeTable(
  session: PgSession,
  name: string,
  { keys, vectorDim }: EngineSettings,
  { codeType, moreColumns = [], indexes = [] }: PgShape,
): Promise<void> {
  const keyType = keys.kind === 'number' ? 'bigint' : 'text COLLATE "C"';
  const vector = vectorDim === undefined ? [] : [`vector vector(${vectorDim}) NOT NULL`];
  const own = [`key ${keyType} PRIMARY KEY`, `code ${codeType} NOT NULL`, 'payload jsonb NOT NULL'];
  await session.query(`CREATE TABLE ${name} (${[...own, ...vector, ...moreColumns].join(', ')})`);
  for (const text of indexes) await session.query(text);
}

/** Opens the table of an index, making it when it is not there. */
export async function openTable(
  connection: PgConnection,
  name: string,
  settings: EngineSettings,
  shape: PgShape,
): Promise<PgTable> {
  const where = `table ${name}`;
  const own = commentOf(settings, shape);
  return connection.transaction(`opening ${where}`, async (session) => {
    const isNeeded = shape.needsVector || settings.vectorDim !== undefined;
    const vector = isNeeded ? await vectorVersion(session) : 0;
    // Two programs that make the same table at the same time: one waits, then finds it.
    await session.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [where]);
    const found = await findTable(session, name);
    if (found !== undefined) {
      expectComment(where, found.comment, own);
      return { name, isPartitioned: found.kind === 'p', vector };
    }
    await makeTable(session, name, settings, shape);
    await session.query(`COMMENT ON TABLE ${name} IS ${literal(own)}`);
    return { name, isPartitioned: false, vector };
  });
}
