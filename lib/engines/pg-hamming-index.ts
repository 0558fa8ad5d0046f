/**
 * Binary codes in PostgreSQL with pgvector: a column bit(n), Hamming distance by `<~>`, exact by comparing every code or
 * approximate by a graph.
 */

import { checkMaking, checkOptions, MAKING } from '../check.ts';
import type { BitCodes } from '../codes/bit-codes.ts';
import type { CodeIndex } from './code-index.ts';
import type { EngineMatches } from './engine-matches.ts';
import { checkBits, readyBits } from './engine-rows.ts';
import type { PgDatabase } from './pg-connection.ts';
import {
  buildGraph,
  type GraphOptions,
  graphSettings,
  type PgGraphSearchOptions,
  usesGraph,
} from './pg-graph.ts';
import { openParts, PG_OPTIONS, PgIndex, type PgIndexOptions, type PgParts } from './pg-index.ts';
import type { Bind, PgDistance } from './pg-statement.ts';
import { bitText } from './pg-text.ts';

/** Options of {@link PgHammingIndex.open}. */
export interface PgHammingOptions extends PgIndexOptions {
  /** Bits of every code, 1 to 2^24; a graph takes at most 64,000. */
  bits: number;
}

/**
 * A {@link HammingIndex} in a table of PostgreSQL.
 *
 * @example
 * ```ts
 * import { PGlite } from '@electric-sql/pglite';
 * import { vector } from '@electric-sql/pglite-pgvector';
 * import { SimHash } from 'flyhash';
 * import { PgHammingIndex } from 'flyhash/pgvector';
 * const database = await PGlite.create({ extensions: { vector } });
 * await database.query('CREATE EXTENSION vector');
 *
 * const hasher = SimHash.create({ dim: 4, bits: 64, seed: 1 });
 * const index = await PgHammingIndex.open(database, { name: 'pages', bits: 64, model: hasher });
 * const codes = hasher.hash([[1, 2, 3, 4], [4, 3, 2, 1], [-1, -2, -3, -4]]);
 * await index.upsert(codes, [10, 20, 30], { payloads: [{ lang: 'en' }, { lang: 'de' }, { lang: 'en' }] });
 * const filter = { sql: "payload->>'lang' = $1", values: ['en'] };
 * const { keys, distances } = await index.search(codes.slice(0, 1), 2, { filter });
 * console.assert(keys.join() === '10,30' && distances.join() === '0,64');
 * await database.close();
 * ```
 */
export class PgHammingIndex
  extends PgIndex<BitCodes, PgGraphSearchOptions>
  implements CodeIndex<BitCodes>
{
  /** Bits of every code. */
  readonly bits: number;
  protected override readonly ownOptions = ['candidates'];
  protected readonly codeBytes: number;

  private constructor(making: symbol, parts: PgParts, bits: number) {
    super(checkMaking(making, 'PgHammingIndex', 'PgHammingIndex.open', parts));
    this.bits = bits;
    this.codeBytes = bits;
  }

  /**
   * Opens the index in a table, which is made when it is not there.
   *
   * @param database a Pool of the package `pg`, a connection string for one, or a PGlite. With `pg`, the package
   * `pg-copy-streams` is needed too.
   * @throws (rejects) TypeError and RangeError for wrong options; FlyhashError: ERR_WRONG_MODEL when the table has
   * codes of another model, ERR_WRONG_KIND when it was made for something else, ERR_MISSING_EXTENSION without pgvector
   * 0.7 or later, ERR_UNREACHABLE when the database does not answer, ERR_ENGINE when it refuses.
   */
  static async open(database: PgDatabase, options: PgHammingOptions): Promise<PgHammingIndex> {
    checkOptions(options, 'options', [...PG_OPTIONS, 'bits']);
    const bits = checkBits(options.bits);
    const codeType = `bit(${bits})`;
    const shape = { kind: 'hamming', sizes: { bits }, codeType, needsVector: true };
    return new PgHammingIndex(MAKING, await openParts(database, options, shape), bits);
  }

  /**
   * Builds a graph over the codes for searches with `candidates`, when there is none. It is kept up to date from then
   * on, so loading first and building then is faster.
   *
   * @throws (rejects) as {@link PgHammingIndex.open}.
   */
  async buildGraph(options: GraphOptions = {}): Promise<void> {
    const { connection, table, settings } = this;
    await buildGraph(connection, table, settings.name, 'bit_hamming_ops', options);
  }

  protected ready(codes: unknown, name: string): BitCodes {
    return readyBits(codes, this.bits, name);
  }

  protected codeText(codes: BitCodes, i: number): string {
    return bitText(codes.row(i), this.bits);
  }

  protected distance(
    queries: BitCodes,
    i: number,
    options: PgGraphSearchOptions,
    bind: Bind,
  ): PgDistance {
    const measure = `t.code <~> ${bind(this.codeText(queries, i))}::bit(${this.bits})`;
    // A sum is no order that a graph gives, so an exact search never goes through one.
    return { measure, order: usesGraph(options) ? measure : `(${measure}) + 0, t.key` };
  }

  protected hamming(measure: number): number {
    return measure;
  }

  protected override sessionSettings(options: PgGraphSearchOptions, k: number) {
    return graphSettings(options, k, this.table);
  }

  protected found(matches: EngineMatches): EngineMatches {
    return matches;
  }
}
