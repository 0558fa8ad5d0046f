/**
 * Binary codes in Milvus: a field BINARY_VECTOR with HAMMING, exact by comparing every code (BIN_FLAT) or approximate
 * by lists (BIN_IVF_FLAT). Codes travel as they are; bits that fill the last byte are zero, so distances are the same.
 */

import { checkInteger, checkMaking, checkOptions, MAKING } from '../check.ts';
import type { BitCodes } from '../codes/bit-codes.ts';
import type { CodeIndex } from './code-index.ts';
import type { EngineMatches } from './engine-matches.ts';
import { readyBits } from './engine-rows.ts';
import type { MilvusServer } from './milvus-connection.ts';
import {
  MILVUS_OPTIONS,
  MilvusIndex,
  type MilvusIndexOptions,
  type MilvusParts,
  type MilvusSearchOptions,
  openParts,
} from './milvus-index.ts';

/** Options of {@link MilvusHammingIndex.open}. */
export interface MilvusHammingOptions extends MilvusIndexOptions {
  /** Bits of every code, 1 to 262,144. */
  bits: number;
  /** Lists of an approximate index, 1 to 65,536; default: none, every code is compared and the result is exact. */
  lists?: number;
}

/** Options of a search. */
export interface MilvusHammingSearchOptions extends MilvusSearchOptions {
  /** Lists that are searched, 1 to all; default 8. More find more. */
  probes?: number;
}

/** Most bits of a BINARY_VECTOR. */
const MOST_BITS = 262_144;
const MOST_LISTS = 65_536;
const USUAL_PROBES = 8;

/**
 * A {@link HammingIndex} in a collection of Milvus.
 *
 * Milvus breaks ties at the last place as it likes: distances are those of the local index, and keys are where
 * distances differ. It does not know of two programs that add the same key at the same time: the later one wins.
 *
 * @example
 * ```typescript
 * import { SimHash } from 'flyhash';
 * import { MilvusHammingIndex } from 'flyhash/milvus';
 * const hasher = SimHash.create({ dim: 4, bits: 64, seed: 1 });
 * const index = await MilvusHammingIndex.open('localhost:19530', { name: 'pages', bits: 64, model: hasher });
 * const codes = hasher.hash([[1, 2, 3, 4], [4, 3, 2, 1], [-1, -2, -3, -4]]);
 * await index.upsert(codes, [10, 20, 30], { payloads: [{ lang: 'en' }, { lang: 'de' }, { lang: 'en' }] });
 * const { keys, distances } = await index.search(codes.slice(0, 1), 2, { filter: 'payload["lang"] == "en"' });
 * console.assert(keys.join() === '10,30' && distances.join() === '0,64');
 * await index.close();
 * ```
 */
export class MilvusHammingIndex
  extends MilvusIndex<BitCodes, MilvusHammingSearchOptions>
  implements CodeIndex<BitCodes>
{
  /** Bits of every code. */
  readonly bits: number;
  /** Lists of the approximate index; 0 where there is none. */
  readonly lists: number;
  protected override readonly ownOptions = ['probes'];
  protected readonly codeBytes: number;

  private constructor(making: symbol, parts: MilvusParts, bits: number, lists: number) {
    super(checkMaking(making, 'MilvusHammingIndex', 'MilvusHammingIndex.open', parts));
    this.bits = bits;
    this.lists = lists;
    this.codeBytes = Math.ceil(bits / 8);
  }

  /**
   * Opens the index in a collection, which is made when it is not there.
   *
   * @param server a client of the package `@zilliz/milvus2-sdk-node`, or an address such as 'localhost:19530'.
   * @throws (rejects) TypeError and RangeError for wrong options; FlyhashError: ERR_WRONG_MODEL when the collection has
   * codes of another model, ERR_WRONG_KIND when it was made for something else, ERR_MISSING_PACKAGE without the SDK,
   * ERR_UNREACHABLE when the server does not answer, ERR_ENGINE when it refuses.
   */
  static async open(
    server: MilvusServer,
    options: MilvusHammingOptions,
  ): Promise<MilvusHammingIndex> {
    checkOptions(options, 'options', [...MILVUS_OPTIONS, 'bits', 'lists']);
    const bits = checkInteger(options.bits, 'bits', 1, MOST_BITS);
    const lists =
      options.lists === undefined ? 0 : checkInteger(options.lists, 'lists', 1, MOST_LISTS);
    const index =
      lists === 0
        ? { type: 'BIN_FLAT', metric: 'HAMMING', params: {} }
        : { type: 'BIN_IVF_FLAT', metric: 'HAMMING', params: { nlist: lists } };
    const dim = 8 * Math.ceil(bits / 8);
    const codeType = 'BinaryVector' as const;
    const shape = { kind: 'hamming', sizes: { bits, lists }, codeType, dim, index };
    return new MilvusHammingIndex(MAKING, await openParts(server, options, shape), bits, lists);
  }

  protected ready(codes: unknown, name: string): BitCodes {
    return readyBits(codes, this.bits, name);
  }

  protected codeData(codes: BitCodes, i: number): number[] {
    return Array.from(codes.row(i));
  }

  protected hamming(score: number): number {
    return score;
  }

  protected searchParams({ probes }: MilvusHammingSearchOptions): Record<string, number> {
    if (this.lists === 0) return {};
    const most = Math.min(USUAL_PROBES, this.lists);
    return { nprobe: probes === undefined ? most : checkInteger(probes, 'probes', 1, this.lists) };
  }

  protected found(matches: EngineMatches): EngineMatches {
    return matches;
  }
}
