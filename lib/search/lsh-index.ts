/**
 * Search of binary codes by hash tables: every table files the codes by a few of their bits, a query visits one or
 * more buckets of each table, and the codes met there are ranked by their full Hamming distance (Indyk and Motwani,
 * STOC 1998; Gionis, Indyk and Motwani, VLDB 1999). What lies in none of the visited buckets is missed: results have
 * counts, and a neighbour that is missing is missing, never made up for.
 */

import { checkMaking, checkOptions, MAKING } from '../check.ts';
import { BitCodes } from '../codes/bit-codes.ts';
import { registerKind } from '../files/kinds.ts';
import { type Json, PARTS, type Parts, type PartsReader } from '../files/parts.ts';
import { type SharedIndex, sharedReader } from '../files/shared.ts';
import { type BucketStatistics, statisticsOf } from './bucket-statistics.ts';
import { KeyedIndex, type SearchRequest } from './keyed-index.ts';
import {
  type KernelProbes,
  kernelProbes,
  keysOf,
  type LshKeys,
  type LshProbes,
} from './lsh-keys.ts';
import { type LshRows, type ReadyCodes, readyRows } from './lsh-rows.ts';
import { type LshNeighbors, LshRun } from './lsh-run.ts';
import {
  checkSettings,
  contentTensors,
  emptyContents,
  LSH_OPTIONS,
  type LshContents,
  type LshIndexOptions,
  type LshSettings,
  readContents,
  readSettings,
  readShared,
  settingsParameters,
  sharedTensors,
} from './lsh-settings.ts';
import type { Roster } from './roster.ts';
import { readRoster, rosterParameters, rosterTensors } from './stored-keys.ts';

/**
 * An index of binary codes that compares each query only with the codes in a few buckets. It finds most of the near
 * neighbours, at a fraction of the comparisons of {@link HammingIndex}, where near codes are much nearer than the
 * rest; {@link lshTables} says how many tables that takes. With probes of a radius of keyBits it finds what
 * HammingIndex finds.
 *
 * @example
 * ```ts
 * import { BitCodes, LshIndex } from 'flyhash';
 * const index = LshIndex.create({ bits: 16, tables: 2, keyBits: 8 });
 * index.add(BitCodes.from(Uint8Array.of(0xff, 0x00, 0x0f, 0x0f), 16));
 * const found = index.search(BitCodes.from(Uint8Array.of(0xff, 0x01), 16), 2);
 * console.assert(found.counts[0] === 1); // the second code shares no bucket with the query
 * console.assert(found.ids[0] === 0 && found.distances[0] === 1);
 * ```
 */
export class LshIndex extends KeyedIndex<BitCodes | LshRows, BitCodes, ReadyCodes, LshNeighbors> {
  protected readonly itemsName = 'codes';
  readonly #settings: LshSettings;
  readonly #contents: LshContents;
  readonly #probes: KernelProbes;

  private constructor(
    making: symbol,
    settings: LshSettings,
    contents?: LshContents,
    roster?: Roster,
    foreign = false,
  ) {
    super(roster, foreign);
    this.#settings = checkMaking(making, 'LshIndex', 'LshIndex.create', settings);
    this.#contents = contents ?? emptyContents(settings);
    this.#probes = kernelProbes(settings.probes, settings.layout.keyBits);
  }

  /**
   * An empty index.
   *
   * @throws TypeError and RangeError for wrong options; RangeError when slices do not fit the code.
   */
  static create(options: LshIndexOptions): LshIndex {
    checkOptions(options, 'options', LSH_OPTIONS);
    return new LshIndex(MAKING, checkSettings(options));
  }

  /**
   * An index over shared memory, as `share()` of another thread gave it: searched without a copy, copied before it
   * is written to.
   *
   * @throws TypeError, RangeError or FlyhashError (ERR_CORRUPT_FILE) when it is not what share() gives.
   */
  static fromShared(shared: SharedIndex): LshIndex {
    const reader = sharedReader(shared);
    const settings = readSettings(reader);
    const roster = readRoster(reader);
    const contents = readShared(reader, settings, roster);
    reader.end();
    return new LshIndex(MAKING, settings, contents, roster, true);
  }

  /** @internal */
  static fromParts(reader: PartsReader): LshIndex {
    const settings = readSettings(reader);
    const roster = readRoster(reader);
    const contents = readContents(reader, settings, roster);
    reader.end();
    return new LshIndex(MAKING, settings, contents, roster);
  }

  /** Bits of every code. */
  get bits(): number {
    return this.#settings.bits;
  }

  /** Number of tables. */
  get tables(): number {
    return this.#settings.layout.tables;
  }

  /** Bits of a table's key. */
  get keyBits(): number {
    return this.#settings.layout.keyBits;
  }

  /** Where keys come from. */
  get keySource(): LshKeys {
    return this.#settings.keys;
  }

  /** Which buckets a query visits. */
  get probes(): LshProbes {
    return this.#settings.probes;
  }

  /**
   * The keys of codes in each table, codes x tables: whole numbers of keyBits bits, the first bit highest. With them
   * the buckets can live in any database: codes whose keys are equal in some table share a bucket.
   *
   * @throws as {@link add}, for the codes.
   *
   * @example
   * ```ts
   * import { BitCodes, LshIndex } from 'flyhash';
   * const index = LshIndex.create({ bits: 16, tables: 2, keyBits: 8 });
   * const keys = index.bucketKeys(BitCodes.from(Uint8Array.of(0x12, 0x34), 16));
   * console.assert(keys[0] === 0x12 && keys[1] === 0x34);
   * ```
   */
  bucketKeys(codes: BitCodes | LshRows): Uint32Array {
    const { buckets } = this.ready(codes, 'codes');
    return keysOf(this.#settings.layout, buckets.data, buckets.bytes);
  }

  /**
   * How the codes are spread over the buckets of each table; sorts what is not sorted yet.
   *
   * @example
   * ```ts
   * import { BitCodes, LshIndex } from 'flyhash';
   * const index = LshIndex.create({ bits: 8, tables: 1, keyBits: 4 });
   * index.add(BitCodes.from(Uint8Array.of(0x11, 0x12, 0x21), 8));
   * const [first] = index.bucketStatistics();
   * console.assert(first.buckets === 2 && first.largest === 2 && first.mean === 1.5);
   * ```
   */
  bucketStatistics(): BucketStatistics[] {
    const { buckets, tables } = this.#contents;
    return statisticsOf(this.#settings.layout, tables.whole(buckets));
  }

  /** @internal */
  override [PARTS](): Parts {
    const tensors = [...contentTensors(this.#contents), ...rosterTensors(this.roster)];
    return { kind: 'LshIndex', parameters: this.#parameters(), tensors };
  }

  protected override sharedParts(): Parts {
    const { tensors, directoryBits } = sharedTensors(this.#contents);
    return {
      kind: 'LshIndex',
      parameters: { ...this.#parameters(), directoryBits },
      tensors: [...tensors, ...rosterTensors(this.roster)],
    };
  }

  #parameters(): Record<string, Json> {
    return { ...settingsParameters(this.#settings), ...rosterParameters(this.roster) };
  }

  protected ready(items: BitCodes | LshRows, name: string): ReadyCodes {
    const { bits, keys, layout } = this.#settings;
    const isDirected = name === 'queries' && this.#probes.isDirected;
    return readyRows(items, name, { bits, layout, isExternal: keys === 'external', isDirected });
  }

  protected write(items: ReadyCodes, ids: Uint32Array, rows: number): void {
    const { codes, buckets, tables } = this.#contents;
    for (const store of [codes, buckets, tables]) store.reserve(rows);
    codes.write(items.codes, ids, rows);
    if (buckets !== codes) buckets.write(items.buckets, ids, rows);
    tables.write(ids, buckets);
  }

  protected erase(ids: Uint32Array): void {
    const { codes, buckets, tables } = this.#contents;
    codes.erase(ids);
    if (buckets !== codes) buckets.erase(ids);
    tables.erase(ids);
  }

  protected unshare(): void {
    const { codes, buckets, tables } = this.#contents;
    codes.unshare();
    if (buckets !== codes) buckets.unshare();
    tables.unshare();
  }

  protected row(id: number): BitCodes {
    return BitCodes.written(this.#contents.codes.read(id, 1), this.bits);
  }

  protected prepare({ queries, k, allowed }: SearchRequest<ReadyCodes>): LshRun {
    const { codes, buckets, tables } = this.#contents;
    const { bits, layout } = this.#settings;
    const snapshot = {
      codes: codes.memory(),
      rows: codes.rows,
      bits,
      layout,
      probes: this.#probes,
      segments: tables.segments(buckets),
      allowed,
    };
    return new LshRun(snapshot, queries, k);
  }
}

registerKind('LshIndex', LshIndex.fromParts);
