/**
 * The approximate index of pgvector, a graph (HNSW; Malkov and Yashunin, 2018), shared by the indexes that can have
 * one: how it is built, and how wide a search looks. Searches that do not ask for it compare every code.
 */

import { checkInteger, checkOptions } from '../check.ts';
import type { PgConnection } from './pg-connection.ts';
import type { PgSearchOptions } from './pg-statement.ts';
import type { PgTable } from './pg-table.ts';
import { quoted } from './pg-text.ts';

/** How a graph is built; more of either finds more, and takes longer to build. */
export interface GraphOptions {
  /** Edges of a node, 2 to 100; default 16. */
  edges?: number;
  /** Candidates looked at for each new node, 4 to 1000; default 64. */
  candidates?: number;
}

/** Options of a search in a table that may have a graph. */
export interface PgGraphSearchOptions extends PgSearchOptions {
  /**
   * Candidates a search in the graph keeps, k to 1000: more find more. Without it, or without a graph, every code is
   * compared and the result is exact.
   */
  candidates?: number;
}

/** The first version of pgvector whose graphs go on until a filter has let enough rows through: 0.8. */
const ITERATES = 8;

/** Builds the graph of a table, when it has none. Faster after loading than before. */
export async function buildGraph(
  connection: PgConnection,
  table: PgTable,
  index: string,
  operators: string,
  options: GraphOptions,
): Promise<void> {
  checkOptions(options, 'options', ['edges', 'candidates']);
  const edges = checkInteger(options.edges ?? 16, 'edges', 2, 100);
  const candidates = checkInteger(options.candidates ?? 64, 'candidates', 2 * edges, 1000);
  const settings = `m = ${edges}, ef_construction = ${candidates}`;
  const text = `CREATE INDEX IF NOT EXISTS ${quoted(`${index}_hnsw`)} ON ${table.name} USING hnsw (code ${operators}) WITH (${settings})`;
  await connection.query(`building the graph of table ${table.name}`, text);
}

/** Whether a search looks into the graph. */
export function usesGraph({ candidates }: PgGraphSearchOptions): boolean {
  return candidates !== undefined;
}

/** What the session of a search in the graph must be told. */
export function graphSettings(
  { candidates, filter }: PgGraphSearchOptions,
  k: number,
  { vector }: PgTable,
): (readonly [string, string])[] {
  if (candidates === undefined) return [];
  checkInteger(candidates, 'candidates', Math.max(1, Math.min(k, 1000)), 1000);
  const settings: (readonly [string, string])[] = [['hnsw.ef_search', String(candidates)]];
  if (filter !== undefined && vector >= ITERATES) {
    settings.push(['hnsw.iterative_scan', 'strict_order']);
  }
  return settings;
}
