/**
 * A search as one statement of SQL, and its answer as rows. What a caller gives travels as parameters, his values first,
 * so that $1 in his condition is his.
 */

import type { Key } from '../search/keys.ts';
import type { EngineSearchOptions, FindRequest } from './engine-index.ts';
import { type KeyKind, keyFrom } from './engine-keys.ts';
import type { FoundRow } from './engine-matches.ts';
import type { Payload } from './engine-rows.ts';
import type { PgRow } from './pg-connection.ts';
import { keysText } from './pg-text.ts';

/** A condition in SQL on the columns key (bigint or text) and payload (jsonb). */
export interface SqlFilter {
  /** The condition, with $1, $2 ... for values. Never build it from what others typed: that goes into values. */
  sql: string;
  /** The values of $1, $2 ..., sent apart from the statement. */
  values?: readonly unknown[];
}

/** Options of a search. */
export type PgSearchOptions = EngineSearchOptions<SqlFilter>;

/** How the distance of a query is asked for, in SQL on the table t. */
export interface PgDistance {
  /** The Hamming distance, or a number that tells it. */
  readonly measure: string;
  /** What rows are ordered by. */
  readonly order: string;
  /** Which rows may be found. */
  readonly where?: string;
}

/** Gives a value a place among the parameters of a statement, and tells the place. */
export type Bind = (value: unknown) => string;

/** A condition on keys that come as one parameter, in the form that {@link keysText} gives. */
export function keysIn(kind: KeyKind, parameter: string): string {
  const type = kind === 'number' ? 'bigint' : 'text';
  return `key = ANY (ARRAY(SELECT value::${type} FROM jsonb_array_elements_text(${parameter}::text::jsonb)))`;
}

/** The conditions of a filter. */
function conditionsOf(
  filter: SqlFilter | undefined,
  keys: readonly Key[] | undefined,
  kind: KeyKind,
  values: unknown[],
): string[] {
  if (keys !== undefined) return [keysIn(kind, `$${values.push(keysText(keys))}`)];
  if (filter === undefined) return [];
  values.push(...(filter.values ?? []));
  return [`(${filter.sql}\n)`]; // a comment of theirs must not hide what follows
}

/** The statement that finds the nearest of one query, and its parameters. */
export function statementOf<Codes, Options extends PgSearchOptions>(
  { k, keys, payloads, vectors, options }: FindRequest<Codes, Options>,
  kind: KeyKind,
  table: string,
  ask: (bind: Bind) => PgDistance,
): { text: string; values: unknown[] } {
  const columns = ['key::text AS key'];
  if (payloads) columns.push('payload::text AS payload');
  if (vectors) columns.push('vector::text AS vector');
  const values: unknown[] = [];
  const conditions = conditionsOf(options.filter as SqlFilter | undefined, keys, kind, values);
  const { measure, order, where } = ask((value) => `$${values.push(value)}`);
  if (where !== undefined) conditions.push(where);
  const condition = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  const select = `SELECT ${columns.join(', ')}, ${measure} AS measure FROM ${table} AS t`;
  return { text: `${select}${condition} ORDER BY ${order} LIMIT ${k}`, values };
}

/** A row of the answer. */
export function foundRow(
  { key, measure, payload, vector }: PgRow,
  kind: KeyKind,
  hamming: (measure: number) => number,
): FoundRow {
  return {
    key: keyFrom(kind, key),
    distance: hamming(Number(measure)),
    ...(typeof payload === 'string' ? { payload: JSON.parse(payload) as Payload } : {}),
    ...(typeof vector === 'string' ? { vector: Float32Array.from(JSON.parse(vector)) } : {}),
  };
}
