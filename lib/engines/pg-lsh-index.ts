/**
 * The buckets of an {@link LshIndex} in a plain indexed table, for PostgreSQL without an extension: codes lie in a column
 * bit(n), and the buckets of each code in an array under a GIN index, the inverted index that PostgreSQL brings. A query
 * compares its code with those in the buckets that it visits, by bit_count, which there is since version 14.
 */

import { checkMaking, checkOptions, MAKING } from '../check.ts';
import type { BitCodes } from '../codes/bit-codes.ts';
import { wrongValue } from '../errors.ts';
import { kernelProbes, keysOf } from '../search/lsh-keys.ts';
import {
  checkSettings,
  LSH_OPTIONS,
  type LshIndexOptions,
  type LshSettings,
  settingsParameters,
} from '../search/lsh-settings.ts';
import type { CodeIndex } from './code-index.ts';
import type { EngineMatches } from './engine-matches.ts';
import { readyBits } from './engine-rows.ts';
import type { PgDatabase } from './pg-connection.ts';
import { openParts, PG_OPTIONS, PgIndex, type PgIndexOptions, type PgParts } from './pg-index.ts';
import type { Bind, PgDistance, PgSearchOptions } from './pg-statement.ts';
import { type PgShape, tableName } from './pg-table.ts';
import { bitText } from './pg-text.ts';

/** Options of {@link PgLshIndex.open}: those of {@link LshIndex.create} and those of every index in PostgreSQL. */
export interface PgLshOptions extends PgIndexOptions, LshIndexOptions {}

/** A bucket as a number: that of its table, then its key of up to 32 bits. */
const TABLE_STEP = 2 ** 32;

/** What keys may not be here: those of other codes, and probes that go by margins. */
function checkBuckets(options: PgLshOptions): LshSettings {
  const settings = checkSettings(options);
  const { keys, probes, layout } = settings;
  if (keys === 'external') throw wrongValue('keys', "'slices' or 'sampled'", keys);
  if (typeof probes === 'object') throw wrongValue('probes', "'exact' or a radius", probes);
  if (kernelProbes(probes, layout.keyBits).probes > 0) return settings;
  throw wrongValue('probes', 'a radius of at most 65,536 buckets a table', probes);
}

function shapeOf(settings: LshSettings, name: string): PgShape {
  const { probesDirected, probesRadius, ...sizes } = settingsParameters(settings); // a search may choose others
  return {
    kind: 'lsh',
    sizes,
    codeType: `bit(${settings.bits})`,
    needsVector: false,
    moreColumns: ['buckets bigint[] NOT NULL'],
    indexes: [`CREATE INDEX ON ${name} USING gin (buckets)`],
  };
}

/**
 * An {@link LshIndex} in a table of PostgreSQL 14 or later, without an extension: the same buckets, so the same
 * neighbours.
 *
 * @example
 * ```typescript
 * import { SimHash } from 'flyhash';
 * import { PgLshIndex } from 'flyhash/pgvector';
 * const hasher = SimHash.create({ dim: 4, bits: 64, seed: 1 });
 * const sizes = { bits: 64, tables: 4, keyBits: 16 };
 * const index = await PgLshIndex.open('postgres://localhost/flyhash', { name: 'pages', ...sizes, model: hasher });
 * const codes = hasher.hash([[1, 2, 3, 4], [4, 3, 2, 1]]);
 * await index.add(codes, [10, 20]);
 * const { keys, counts } = await index.search(codes.slice(0, 1), 1);
 * console.assert(keys[0] === 10 && counts[0] === 1);
 * await index.close();
 * ```
 */
export class PgLshIndex extends PgIndex<BitCodes, PgSearchOptions> implements CodeIndex<BitCodes> {
  /** Bits of every code. */
  readonly bits: number;
  protected readonly codeBytes: number;
  readonly #settings: LshSettings;
  readonly #masks: Uint32Array;

  private constructor(making: symbol, parts: PgParts, settings: LshSettings) {
    super(checkMaking(making, 'PgLshIndex', 'PgLshIndex.open', parts));
    const { bits, layout, probes } = settings;
    this.bits = bits;
    this.codeBytes = bits + 16 * layout.tables;
    this.#settings = settings;
    this.#masks = kernelProbes(probes, layout.keyBits).masks;
  }

  /**
   * Opens the index in a table, which is made when it is not there.
   *
   * @param database a Pool of the package `pg`, a connection string for one, or a PGlite. With `pg`, the package
   * `pg-copy-streams` is needed too.
   * @throws (rejects) as {@link PgHammingIndex.open}; RangeError for keys that are 'external' and probes that are
   * directed, which only {@link LshIndex} has.
   */
  static async open(database: PgDatabase, options: PgLshOptions): Promise<PgLshIndex> {
    checkOptions(options, 'options', [...PG_OPTIONS, ...LSH_OPTIONS]);
    const settings = checkBuckets(options);
    const name = tableName(options);
    const parts = await openParts(database, options, shapeOf(settings, name));
    return new PgLshIndex(MAKING, parts, settings);
  }

  protected ready(codes: unknown, name: string): BitCodes {
    return readyBits(codes, this.bits, name);
  }

  protected codeText(codes: BitCodes, i: number): string {
    return bitText(codes.row(i), this.bits);
  }

  protected override readonly moreColumns = ['buckets'];

  protected override moreTexts(codes: BitCodes, i: number): string[] {
    return [`{${this.#buckets(codes, i).join(',')}}`];
  }

  /** The buckets of code i, one of each table. */
  #buckets(codes: BitCodes, i: number): number[] {
    const keys = keysOf(this.#settings.layout, codes.row(i), codes.bytes);
    return Array.from(keys, (key, table) => table * TABLE_STEP + key);
  }

  protected distance(
    queries: BitCodes,
    i: number,
    _options: PgSearchOptions,
    bind: Bind,
  ): PgDistance {
    const visited = this.#buckets(queries, i).flatMap((bucket) => {
      const key = bucket % TABLE_STEP;
      return Array.from(this.#masks, (mask) => bucket - key + ((key ^ mask) >>> 0));
    });
    const measure = `bit_count(t.code # ${bind(this.codeText(queries, i))}::bit(${this.bits}))`;
    const where = `t.buckets && ${bind(`{${visited.join(',')}}`)}::text::bigint[]`;
    return { measure, order: `${measure}, t.key`, where };
  }

  protected hamming(measure: number): number {
    return measure;
  }

  protected found(matches: EngineMatches): EngineMatches {
    return matches;
  }
}
