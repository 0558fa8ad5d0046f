/**
 * flyhash/pgvector: indexes of codes in PostgreSQL, for what one process cannot hold or should not lose. Keys, filters
 * and results are those of the local indexes, so that moving is one changed line (docs/scaling.md).
 *
 * @packageDocumentation
 */

import '../index.ts';

export type { Awaitable, CodeIndex, Matches, MatchOptions } from './code-index.ts';
export type { EngineSearchOptions, RerankOptions, WriteOptions } from './engine-index.ts';
export {
  type EngineMatches,
  type EngineOverlaps,
  mergeMatches,
  type RerankedMatches,
} from './engine-matches.ts';
export type { Payload } from './engine-rows.ts';
export { type Model, modelHash } from './model-hash.ts';
export type { PgDatabase, PgliteDatabase, PgPool } from './pg-connection.ts';
export type { GraphOptions, PgGraphSearchOptions } from './pg-graph.ts';
export { PgHammingIndex, type PgHammingOptions } from './pg-hamming-index.ts';
export type { PgIndexOptions } from './pg-index.ts';
export { PgInvertedIndex, type PgInvertedOptions } from './pg-inverted-index.ts';
export { PgLshIndex, type PgLshOptions } from './pg-lsh-index.ts';
export type { PgSearchOptions, SqlFilter } from './pg-statement.ts';
