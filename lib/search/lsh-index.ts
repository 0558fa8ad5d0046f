/**
 * Search of binary codes by hash tables: every table files the codes by a few of their bits, a query visits one or
 * more buckets of each table, and the codes met there are ranked by their full Hamming distance (Indyk and Motwani,
 * STOC 1998; Gionis, Indyk and Motwani, VLDB 1999). What lies in none of the visited buckets is missed: results have
 * counts, and a neighbour that is missing is missing, never made up for.
 */

import { checkInteger, checkMaking, checkOneOf, checkOptions, MAKING } from '../check.ts';
import { BitCodes } from '../codes/bit-codes.ts';
import { corrupt, PARTS, type Parts, type PartsReader } from '../files/parts.ts';
import { type SharedIndex, sharedReader } from '../files/shared.ts';
import { checkSeed } from '../random.ts';
import { type BucketStatistics, statisticsOf } from './bucket-statistics.ts';
import { MAX_CODE_BITS } from './hamming-index.ts';
import { KeyedIndex, type SearchRequest } from './keyed-index.ts';
import {
  checkProbes,
  type KernelProbes,
  type KeyLayout,
  kernelProbes,
  keyLayout,
  keysOf,
  LSH_KEYS,
  type LshKeys,
  type LshProbes,
  MAX_KEY_BITS,
  MAX_PROBES,
  MAX_TABLES,
} from './lsh-keys.ts';
import { type LshRows, type ReadyCodes, readyRows } from './lsh-rows.ts';
import { type LshNeighbors, LshRun } from './lsh-run.ts';
import { LshTables, type Segment, tableSize } from './lsh-tables.ts';
import type { Roster } from './roster.ts';
import { RowStore } from './row-store.ts';
import { readRoster, rosterParameters, rosterTensors } from './stored-keys.ts';

/** Options of {@link LshIndex.create}. */
export interface LshIndexOptions {
  /** Bits of every code, 1 to 2^24. */
  bits: number;
  /** Tables, 1 to 1024: more find more, and each takes about 8 bytes a code. */
  tables: number;
  /** Bits of a table's key, 1 to 32: more make smaller buckets. */
  keyBits: number;
  /** Where keys come from: 'slices' of the code (the default), 'sampled' bits of it, or 'external'. */
  keys?: LshKeys;
  /** Buckets visited in each table: 'exact' (the default), a radius from 0 to keyBits, or { directed: number }. */
  probes?: LshProbes;
  /** Decides the bits of keys that are 'sampled', 0 to 2^53 - 1; default 0. */
  seed?: number;
}

const OPTIONS = ['bits', 'tables', 'keyBits', 'keys', 'probes', 'seed'] as const;

/** The options, checked. */
interface Settings {
  readonly bits: number;
  readonly keys: LshKeys;
  readonly probes: LshProbes;
  readonly seed: number;
  readonly layout: KeyLayout;
}

/** What an index holds. */
interface Contents {
  readonly codes: RowStore;
  /** What keys are taken from: the same store unless keys are external. */
  readonly buckets: RowStore;
  readonly tables: LshTables;
}

function checkSettings(options: LshIndexOptions): Settings {
  const bits = checkInteger(options.bits, 'bits', 1, MAX_CODE_BITS);
  const tables = checkInteger(options.tables, 'tables', 1, MAX_TABLES);
  const keyBits = checkInteger(options.keyBits, 'keyBits', 1, MAX_KEY_BITS);
  const { keys: givenKeys = 'slices' } = options;
  const keys = checkOneOf(givenKeys, 'keys', LSH_KEYS);
  const probes = checkProbes(options.probes, keyBits);
  const seed = checkSeed(options.seed);
  return { bits, keys, probes, seed, layout: keyLayout(keys, bits, tables, keyBits, seed) };
}

function emptyContents({ bits, keys, layout }: Settings): Contents {
  const codes = new RowStore(bits);
  const buckets = keys === 'external' ? new RowStore(layout.sourceBits) : codes;
  return { codes, buckets, tables: new LshTables(layout) };
}

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
  readonly #settings: Settings;
  readonly #contents: Contents;
  readonly #probes: KernelProbes;

  private constructor(
    making: symbol,
    settings: Settings,
    contents = emptyContents(settings),
    roster?: Roster,
    foreign = false,
  ) {
    super(roster, foreign);
    this.#settings = checkMaking(making, 'LshIndex', 'LshIndex.create', settings);
    this.#contents = contents;
    this.#probes = kernelProbes(settings.probes, settings.layout.keyBits);
  }

  /**
   * An empty index.
   *
   * @throws TypeError and RangeError for wrong options; RangeError when slices do not fit the code.
   */
  static create(options: LshIndexOptions): LshIndex {
    checkOptions(options, 'options', OPTIONS);
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
    const store = (name: string, bits: number): RowStore => {
      const shape = [roster.rows, Math.ceil(bits / 64)];
      return RowStore.over(bits, roster.rows, reader.tensor(name, BigUint64Array, shape));
    };
    const codes = store('store', settings.bits);
    const { layout } = settings;
    const buckets = settings.keys === 'external' ? store('bucketStore', layout.sourceBits) : codes;
    const segment = readSegment(reader, layout, roster);
    reader.end();
    const tables = LshTables.over(layout, segment, roster.ids());
    return new LshIndex(MAKING, settings, { codes, buckets, tables }, roster, true);
  }

  /** @internal */
  static fromParts(reader: PartsReader): LshIndex {
    const settings = readSettings(reader);
    const roster = readRoster(reader);
    const { rows } = roster;
    const contents = emptyContents(settings);
    const ids = Uint32Array.from({ length: rows }, (_, id) => id);
    const read = (name: string, bits: number, store: RowStore): void => {
      const codes = reader.tensor(name, Uint8Array, [rows, Math.ceil(bits / 8)]);
      store.write(adopted(codes, bits, name), ids, rows);
    };
    read('codes', settings.bits, contents.codes);
    if (settings.keys === 'external') {
      read('buckets', settings.layout.sourceBits, contents.buckets);
    }
    reader.end();
    contents.tables.reserve(rows);
    contents.tables.write(Uint32Array.from(roster.ids()), contents.buckets);
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

  [PARTS](): Parts {
    const { codes, buckets } = this.#contents;
    const stored = (name: string, { rows, bytes }: RowStore, data: Uint8Array) => ({
      name,
      shape: [rows, bytes],
      data,
    });
    const tensors = [stored('codes', codes, codes.read(0, codes.rows))];
    if (buckets !== codes) tensors.push(stored('buckets', buckets, buckets.read(0, buckets.rows)));
    return {
      kind: 'LshIndex',
      parameters: this.#parameters(),
      tensors: [...tensors, ...rosterTensors(this.roster)],
    };
  }

  protected override sharedParts(): Parts {
    const { codes, buckets, tables } = this.#contents;
    const segment = tables.whole(buckets);
    const stored = (name: string, store: RowStore) => ({
      name,
      shape: [store.rows, store.words],
      data: store.memory(),
    });
    const tensors = [stored('store', codes)];
    if (buckets !== codes) tensors.push(stored('bucketStore', buckets));
    const data = segment?.tables ?? new Uint32Array(0);
    return {
      kind: 'LshIndex',
      parameters: { ...this.#parameters(), directoryBits: segment?.directoryBits ?? 0 },
      tensors: [
        ...tensors,
        { name: 'tables', shape: [data.length], data },
        ...rosterTensors(this.roster),
      ],
    };
  }

  #parameters() {
    const { bits, keys, probes, seed, layout } = this.#settings;
    const { tables, keyBits } = layout;
    const directed = typeof probes === 'object' ? probes.directed : 0;
    const radius = typeof probes === 'number' ? probes : 0;
    const probing = { probesDirected: directed, probesRadius: radius };
    return {
      bits,
      tables,
      keyBits,
      keysFrom: keys,
      ...probing,
      seed,
      ...rosterParameters(this.roster),
    };
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
      segments: tables.segments(buckets).map((segment) => ({ ...segment })),
      allowed,
    };
    return new LshRun(snapshot, queries, k);
  }
}

function readSettings(reader: PartsReader): Settings {
  reader.expectKind('LshIndex');
  const bits = reader.integer('bits', 1, MAX_CODE_BITS);
  const tables = reader.integer('tables', 1, MAX_TABLES);
  const keyBits = reader.integer('keyBits', 1, MAX_KEY_BITS);
  const keys = reader.oneOf('keysFrom', LSH_KEYS);
  const directed = reader.integer('probesDirected', 0, MAX_PROBES);
  const radius = reader.integer('probesRadius', 0, keyBits);
  const seed = reader.integer('seed', 0, Number.MAX_SAFE_INTEGER);
  const probes = directed > 0 ? { directed } : radius > 0 ? radius : 'exact';
  try {
    return checkSettings({ bits, tables, keyBits, keys, probes, seed });
  } catch (error) {
    throw corrupt('tables', 'tables that fit the codes', String(error));
  }
}

function readSegment(
  reader: PartsReader,
  layout: KeyLayout,
  { rows: limit, size: rows }: Roster,
): Segment | undefined {
  const { tables: count, keyBits } = layout;
  const directoryBits = reader.integer('directoryBits', 0, Math.min(24, keyBits));
  const length = rows === 0 ? 0 : count * tableSize(rows, keyBits, directoryBits);
  const tables = reader.tensor('tables', Uint32Array, [length]);
  if (rows === 0) return undefined;
  return { tables, rows, directoryBits, limit, stale: undefined, staleRows: 0 };
}

function adopted(codes: Uint8Array, bits: number, name: string): BitCodes {
  try {
    return BitCodes.adopt(codes, bits);
  } catch (error) {
    throw corrupt(name, 'codes with zero padding', String(error));
  }
}
