/**
 * Sparse codes in Milvus 2.4 or later: a field SPARSE_FLOAT_VECTOR with ones at the active units, overlap by IP, exact
 * by an inverted index.
 */

import { checkInteger, checkMaking, checkOptions, MAKING } from '../check.ts';
import type { SparseCodes, SparseSizes } from '../codes/sparse-codes.ts';
import { MAX_ACTIVE, MAX_UNITS } from '../search/inverted-index.ts';
import type { CodeIndex } from './code-index.ts';
import { type EngineMatches, type EngineOverlaps, overlapsOf } from './engine-matches.ts';
import { readyUnits } from './engine-rows.ts';
import type { MilvusServer } from './milvus-connection.ts';
import {
  MILVUS_OPTIONS,
  MilvusIndex,
  type MilvusIndexOptions,
  type MilvusParts,
  type MilvusSearchOptions,
  openParts,
} from './milvus-index.ts';

/** Options of {@link MilvusInvertedIndex.open}. */
export interface MilvusInvertedOptions extends MilvusIndexOptions {
  /** Units of every code, 1 to 2^22. */
  units: number;
  /** Active units of every code, 1 to units and to 65,535. */
  active: number;
}

/**
 * An {@link InvertedIndex} in a collection of Milvus 2.4 or later.
 *
 * Milvus breaks ties at the last place as it likes: overlaps are those of the local index, and keys are where
 * overlaps differ.
 *
 * @example
 * ```typescript
 * import { FlyHash } from 'flyhash';
 * import { MilvusInvertedIndex } from 'flyhash/milvus';
 * const hasher = FlyHash.create({ dim: 4, units: 80, active: 8, seed: 1 });
 * const { units, active } = hasher;
 * const index = await MilvusInvertedIndex.open('localhost:19530', { name: 'odours', units, active, model: hasher });
 * const codes = hasher.hash([[1, 2, 3, 4], [4, 3, 2, 1]]);
 * await index.upsert(codes, [10, 20]);
 * const { keys, overlaps } = await index.search(codes.slice(0, 1), 1);
 * console.assert(keys[0] === 10 && overlaps[0] === 8);
 * await index.close();
 * ```
 */
export class MilvusInvertedIndex
  extends MilvusIndex<SparseCodes, MilvusSearchOptions, EngineOverlaps>
  implements CodeIndex<SparseCodes>
{
  /** Units of every code. */
  readonly units: number;
  /** Active units of every code. */
  readonly active: number;
  protected readonly codeBytes: number;

  private constructor(making: symbol, parts: MilvusParts, { units, active }: SparseSizes) {
    super(checkMaking(making, 'MilvusInvertedIndex', 'MilvusInvertedIndex.open', parts));
    this.units = units;
    this.active = active;
    this.codeBytes = 8 * active;
  }

  /**
   * Opens the index in a collection, which is made when it is not there.
   *
   * @param server a client of the package `@zilliz/milvus2-sdk-node`, or an address such as 'localhost:19530'.
   * @throws (rejects) as {@link MilvusHammingIndex.open}; ERR_ENGINE before Milvus 2.4, which has no sparse vectors.
   */
  static async open(
    server: MilvusServer,
    options: MilvusInvertedOptions,
  ): Promise<MilvusInvertedIndex> {
    checkOptions(options, 'options', [...MILVUS_OPTIONS, 'units', 'active']);
    const units = checkInteger(options.units, 'units', 1, MAX_UNITS);
    const active = checkInteger(options.active, 'active', 1, Math.min(units, MAX_ACTIVE));
    const index = { type: 'SPARSE_INVERTED_INDEX', metric: 'IP', params: {} };
    const codeType = 'SparseFloatVector' as const;
    const shape = { kind: 'overlap', sizes: { units, active }, codeType, index };
    const parts = await openParts(server, options, shape);
    return new MilvusInvertedIndex(MAKING, parts, { units, active });
  }

  protected ready(codes: unknown, name: string): SparseCodes {
    return readyUnits(codes, this, name);
  }

  protected codeData(codes: SparseCodes, i: number): Record<string, number> {
    return Object.fromEntries(Array.from(codes.row(i), (unit) => [unit, 1]));
  }

  protected hamming(score: number, queries: SparseCodes): number {
    return this.active + queries.active - 2 * score;
  }

  protected searchParams(): Record<string, number> {
    return {};
  }

  protected found(matches: EngineMatches, queries: SparseCodes): EngineOverlaps {
    return overlapsOf(matches, this.active + queries.active);
  }
}
