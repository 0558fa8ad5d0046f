/**
 * Sparse codes in PostgreSQL with pgvector: a column sparsevec with ones at the active units, overlap by `<#>`, which
 * is minus the inner product; exact by comparing every code or approximate by a graph.
 */

import { checkInteger, checkMaking, checkOptions, MAKING } from '../check.ts';
import type { SparseCodes, SparseSizes } from '../codes/sparse-codes.ts';
import { MAX_UNITS } from '../search/inverted-index.ts';
import type { CodeIndex } from './code-index.ts';
import { type EngineMatches, type EngineOverlaps, overlapsOf } from './engine-matches.ts';
import { readyUnits } from './engine-rows.ts';
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
import { sparseText } from './pg-text.ts';

/** Options of {@link PgInvertedIndex.open}. */
export interface PgInvertedOptions extends PgIndexOptions {
  /** Units of every code, 1 to 2^22. */
  units: number;
  /** Active units of every code, 1 to units and to 16,000; a graph takes at most 1,000. */
  active: number;
}

/** Most entries of a sparsevec that are not zero. */
const MOST_ACTIVE = 16_000;

/**
 * An {@link InvertedIndex} in a table of PostgreSQL.
 *
 * @example
 * ```typescript
 * import { FlyHash } from 'flyhash';
 * import { PgInvertedIndex } from 'flyhash/pgvector';
 * const hasher = FlyHash.create({ dim: 4, units: 80, active: 8, seed: 1 });
 * const { units, active } = hasher;
 * const index = await PgInvertedIndex.open('postgres://localhost/flyhash', { name: 'odours', units, active, model: hasher });
 * const codes = hasher.hash([[1, 2, 3, 4], [4, 3, 2, 1]]);
 * await index.upsert(codes, [10, 20]);
 * const { keys, overlaps, distances } = await index.search(codes.slice(0, 1), 1);
 * console.assert(keys[0] === 10 && overlaps[0] === 8 && distances[0] === 0);
 * await index.close();
 * ```
 */
export class PgInvertedIndex
  extends PgIndex<SparseCodes, PgGraphSearchOptions, EngineOverlaps>
  implements CodeIndex<SparseCodes>
{
  /** Units of every code. */
  readonly units: number;
  /** Active units of every code. */
  readonly active: number;
  protected override readonly ownOptions = ['candidates'];
  protected readonly codeBytes: number;

  private constructor(making: symbol, parts: PgParts, { units, active }: SparseSizes) {
    super(checkMaking(making, 'PgInvertedIndex', 'PgInvertedIndex.open', parts));
    this.units = units;
    this.active = active;
    this.codeBytes = 8 * active;
  }

  /**
   * Opens the index in a table, which is made when it is not there.
   *
   * @param database a Pool of the package `pg`, a connection string for one, or a PGlite. With `pg`, the package
   * `pg-copy-streams` is needed too.
   * @throws (rejects) as {@link PgHammingIndex.open}.
   */
  static async open(database: PgDatabase, options: PgInvertedOptions): Promise<PgInvertedIndex> {
    checkOptions(options, 'options', [...PG_OPTIONS, 'units', 'active']);
    const units = checkInteger(options.units, 'units', 1, MAX_UNITS);
    const active = checkInteger(options.active, 'active', 1, Math.min(units, MOST_ACTIVE));
    const codeType = `sparsevec(${units})`;
    const shape = { kind: 'overlap', sizes: { units, active }, codeType, needsVector: true };
    const parts = await openParts(database, options, shape);
    return new PgInvertedIndex(MAKING, parts, { units, active });
  }

  /**
   * Builds a graph over the codes for searches with `candidates`, when there is none. It is kept up to date from then
   * on, so loading first and building then is faster.
   *
   * @throws (rejects) as {@link PgHammingIndex.open}.
   */
  async buildGraph(options: GraphOptions = {}): Promise<void> {
    const { connection, table, settings } = this;
    await buildGraph(connection, table, settings.name, 'sparsevec_ip_ops', options);
  }

  protected ready(codes: unknown, name: string): SparseCodes {
    return readyUnits(codes, this, name);
  }

  protected codeText(codes: SparseCodes, i: number): string {
    return sparseText(codes.row(i), this.units);
  }

  protected distance(
    queries: SparseCodes,
    i: number,
    options: PgGraphSearchOptions,
    bind: Bind,
  ): PgDistance {
    const measure = `t.code <#> ${bind(this.codeText(queries, i))}::sparsevec(${this.units})`;
    const order = usesGraph(options) ? measure : `(${measure}) + 0, t.key`;
    return { measure, order, where: `(${measure}) < 0` }; // what shares no unit is never found
  }

  protected hamming(measure: number, queries: SparseCodes): number {
    return this.active + queries.active + 2 * measure;
  }

  protected override sessionSettings(options: PgGraphSearchOptions, k: number) {
    return graphSettings(options, k, this.table);
  }

  protected found(matches: EngineMatches, queries: SparseCodes): EngineOverlaps {
    return overlapsOf(matches, this.active + queries.active);
  }
}
