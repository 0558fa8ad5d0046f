/**
 * flyhash/milvus: indexes of codes in Milvus, for what one machine cannot hold. Keys, filters and results are those of
 * the local indexes, so that moving is one changed line (docs/scaling.md).
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
export type { MilvusServer } from './milvus-connection.ts';
export {
  MilvusHammingIndex,
  type MilvusHammingOptions,
  type MilvusHammingSearchOptions,
} from './milvus-hamming-index.ts';
export type {
  MilvusConsistency,
  MilvusIndexOptions,
  MilvusSearchOptions,
} from './milvus-index.ts';
export { MilvusInvertedIndex, type MilvusInvertedOptions } from './milvus-inverted-index.ts';
export { type Model, modelHash } from './model-hash.ts';
