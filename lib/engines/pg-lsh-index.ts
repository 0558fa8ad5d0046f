/**
 * The buckets of an {@link LshIndex} as a plain indexed table, for PostgreSQL without an extension: codes lie in a column
 * bit(n), the keys of their buckets in a second table, and a query compares its code with those in the buckets that
 * it visits, by bit_count, which PostgreSQL has since version 14.
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
import { checkKeyKind } from './engine-keys.ts';
import type { EngineMatches } from './engine-matches.ts';
import { type EngineRows, readyBits } from './engine-rows.ts';
import type { PgDatabase, PgSession } from './pg-connection.ts';
import { openParts, PG_OPTIONS, PgIndex, type PgIndexOptions, type PgParts } from './pg-index.ts';
import type { Bind, PgDistance, PgSearchOptions } from './pg-statement.ts';
import { type PgShape, tableName } from './pg-table.ts';
import { bitText, checkName, copyLine } from './pg-text.ts';

/** Options of {@link PgLshIndex.open}: those of {@link LshIndex.create} and those of every index in PostgreSQL. */
export interface PgLshOptions extends PgIndexOptions, LshIndexOptions {}

const STAGED = 'pg_temp.flyhash_rows';
const STAGED_BUCKETS = 'pg_temp.flyhash_buckets';

/** What keys may not be here: those of other codes, and probes that go by margins. */
function checkBuckets(options: PgLshOptions): LshSettings {
  const settings = checkSettings(options);
  const { keys, probes, layout } = settings;
  if (keys === 'external') throw wrongValue('keys', "'slices' or 'sampled'", keys);
  if (typeof probes === 'object') throw wrongValue('probes', "'exact' or a radius", probes);
  if (kernelProbes(probes, layout.keyBits).probes > 0) return settings;
  throw wrongValue('probes', 'a radius of at most 65,536 buckets a table', probes);
}

function shapeOf(settings: LshSettings, options: PgLshOptions, buckets: string): PgShape {
  const { probesDirected, probesRadius, ...sizes } = settingsParameters(settings); // a search may choose others
  const name = tableName(options.schema, options.name);
  const keyType = checkKeyKind(options.keyType) === 'number' ? 'bigint' : 'text COLLATE "C"';
  const key = `key ${keyType} NOT NULL REFERENCES ${name} ON DELETE CASCADE`;
  const columns = `slot smallint NOT NULL, bucket bigint NOT NULL, ${key}`;
  const more = [
    `CREATE TABLE ${buckets} (${columns}, PRIMARY KEY (slot, bucket, key))`,
    `CREATE INDEX ON ${buckets} (key)`,
  ];
  const codeType = `bit(${settings.bits})`;
  return { kind: 'lsh', sizes, codeType, needsVector: false, more };
}

/**
 * An {@link LshIndex} in two tables of PostgreSQL 14 or later, without an extension: the same buckets, so the same
 * neighbours. Its drop() leaves no table.
 *
 * @example
 * ```ts
 * import { PGlite } from '@electric-sql/pglite';
 * import { SimHash } from 'flyhash';
 * import { PgLshIndex } from 'flyhash/pgvector';
 * const database = await PGlite.create();
 * const hasher = SimHash.create({ dim: 4, bits: 64, seed: 1 });
 * const sizes = { bits: 64, tables: 4, keyBits: 16 };
 * const index = await PgLshIndex.open(database, { name: 'pages', ...sizes, model: hasher });
 * const codes = hasher.hash([[1, 2, 3, 4], [4, 3, 2, 1]]);
 * await index.add(codes, [10, 20]);
 * const { keys, counts } = await index.search(codes.slice(0, 1), 1);
 * console.assert(keys[0] === 10 && counts[0] === 1);
 * await database.close();
 * ```
 */
export class PgLshIndex extends PgIndex<BitCodes, PgSearchOptions> implements CodeIndex<BitCodes> {
  /** Bits of every code. */
  readonly bits: number;
  protected readonly codeBytes: number;
  readonly #settings: LshSettings;
  readonly #masks: Uint32Array;
  readonly #buckets: string;

  private constructor(making: symbol, parts: PgParts, settings: LshSettings, buckets: string) {
    super(checkMaking(making, 'PgLshIndex', 'PgLshIndex.open', parts));
    const { bits, layout, probes } = settings;
    this.bits = bits;
    this.codeBytes = bits + 24 * layout.tables;
    this.#settings = settings;
    this.#masks = kernelProbes(probes, layout.keyBits).masks;
    this.#buckets = buckets;
  }

  /**
   * Opens the index in its tables, which are made when they are not there.
   *
   * @param database a Pool of the package `pg`, a connection string for one, or a PGlite. With `pg`, the package
   * `pg-copy-streams` is needed too.
   * @throws (rejects) as {@link PgHammingIndex.open}; RangeError for keys that are 'external' and probes that are
   * directed, which only {@link LshIndex} has.
   */
  static async open(database: PgDatabase, options: PgLshOptions): Promise<PgLshIndex> {
    checkOptions(options, 'options', [...PG_OPTIONS, ...LSH_OPTIONS]);
    const settings = checkBuckets(options);
    const buckets = tableName(options.schema, `${checkName(options.name, 'name')}_buckets`);
    const parts = await openParts(database, options, shapeOf(settings, options, buckets));
    return new PgLshIndex(MAKING, parts, settings, buckets);
  }

  override async drop(): Promise<void> {
    const text = `DROP TABLE IF EXISTS ${this.#buckets}, ${this.table.name}`;
    await this.connection.query(`dropping table ${this.table.name}`, text);
  }

  protected ready(codes: unknown, name: string): BitCodes {
    return readyBits(codes, this.bits, name);
  }

  protected codeText(codes: BitCodes, i: number): string {
    return bitText(codes.row(i), this.bits);
  }

  protected override async stageMore(session: PgSession, rows: EngineRows<BitCodes>) {
    const text = `CREATE TEMPORARY TABLE IF NOT EXISTS flyhash_buckets (LIKE ${this.#buckets}) ON COMMIT DROP`;
    await session.query(text);
    await session.copy(`${STAGED_BUCKETS} (slot, bucket, key)`, this.#lines(rows));
  }

  protected override async writeMore(session: PgSession): Promise<void> {
    const staged = `SELECT key FROM ${STAGED}`;
    await session.query(`DELETE FROM ${this.#buckets} WHERE key IN (${staged})`);
    await session.query(
      `INSERT INTO ${this.#buckets} SELECT slot, bucket, key FROM ${STAGED_BUCKETS}`,
    );
  }

  *#lines({ codes, keys }: EngineRows<BitCodes>): Generator<string, void> {
    const { layout } = this.#settings;
    const { tables } = layout;
    const buckets = keysOf(layout, codes.data, codes.bytes);
    for (const [i, key] of keys.entries()) {
      for (let slot = 0; slot < tables; slot++) {
        yield copyLine([String(slot), String(buckets[i * tables + slot]), String(key)]);
      }
    }
  }

  protected distance(
    queries: BitCodes,
    i: number,
    _options: PgSearchOptions,
    bind: Bind,
  ): PgDistance {
    const { layout } = this.#settings;
    const own = keysOf(layout, queries.row(i), queries.bytes);
    const visited = Array.from(own, (key, slot) =>
      Array.from(this.#masks, (mask) => [slot, (key ^ mask) >>> 0]),
    );
    const places = `jsonb_array_elements(${bind(JSON.stringify(visited.flat()))}::text::jsonb) AS p`;
    const isSame = 'b.slot = (p->>0)::smallint AND b.bucket = (p->>1)::bigint';
    const measure = `bit_count(t.code # ${bind(this.codeText(queries, i))}::bit(${this.bits}))`;
    return {
      measure,
      order: `${measure}, t.key`,
      where: `t.key IN (SELECT b.key FROM ${places} JOIN ${this.#buckets} AS b ON ${isSame})`,
    };
  }

  protected hamming(measure: number): number {
    return measure;
  }

  protected found(matches: EngineMatches): EngineMatches {
    return matches;
  }
}
