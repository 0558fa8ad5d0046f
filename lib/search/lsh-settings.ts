/**
 * What an index of hash tables is made from and what it holds: its options, checked, and its stores and tables; and
 * how they are written to parts and read back.
 */

import { checkInteger, checkOneOf } from '../check.ts';
import { BitCodes } from '../codes/bit-codes.ts';
import { corrupt, type Json, type PartsReader, type Tensor } from '../files/parts.ts';
import { checkSeed } from '../random.ts';
import { MAX_CODE_BITS } from './hamming-index.ts';
import {
  checkProbes,
  type KeyLayout,
  keyLayout,
  LSH_KEYS,
  type LshKeys,
  type LshProbes,
  MAX_KEY_BITS,
  MAX_PROBES,
  MAX_TABLES,
} from './lsh-keys.ts';
import { LshTables, MAX_DIRECTORY_BITS, type Segment, tableSize } from './lsh-tables.ts';
import type { Roster } from './roster.ts';
import { RowStore } from './row-store.ts';

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

/** The names of the options, for checkOptions. */
export const LSH_OPTIONS = ['bits', 'tables', 'keyBits', 'keys', 'probes', 'seed'] as const;

/** The options, checked. */
export interface LshSettings {
  readonly bits: number;
  readonly keys: LshKeys;
  readonly probes: LshProbes;
  readonly seed: number;
  readonly layout: KeyLayout;
}

/** What an index holds. */
export interface LshContents {
  readonly codes: RowStore;
  /** What keys are taken from: the same store unless keys are external. */
  readonly buckets: RowStore;
  readonly tables: LshTables;
}

export function checkSettings(options: LshIndexOptions): LshSettings {
  const bits = checkInteger(options.bits, 'bits', 1, MAX_CODE_BITS);
  const tables = checkInteger(options.tables, 'tables', 1, MAX_TABLES);
  const keyBits = checkInteger(options.keyBits, 'keyBits', 1, MAX_KEY_BITS);
  const { keys: givenKeys = 'slices' } = options;
  const keys = checkOneOf(givenKeys, 'keys', LSH_KEYS);
  const probes = checkProbes(options.probes, keyBits);
  const seed = checkSeed(options.seed);
  return { bits, keys, probes, seed, layout: keyLayout(keys, bits, tables, keyBits, seed) };
}

export function emptyContents({ bits, keys, layout }: LshSettings): LshContents {
  const codes = new RowStore(bits);
  const buckets = keys === 'external' ? new RowStore(layout.sourceBits) : codes;
  return { codes, buckets, tables: new LshTables(layout) };
}

/** The parameters of the settings. */
export function settingsParameters(settings: LshSettings): Record<string, Json> {
  const { bits, keys, probes, seed, layout } = settings;
  const { tables, keyBits } = layout;
  const probesDirected = typeof probes === 'object' ? probes.directed : 0;
  const probesRadius = typeof probes === 'number' ? probes : 0;
  return { bits, tables, keyBits, keysFrom: keys, probesDirected, probesRadius, seed };
}

export function readSettings(reader: PartsReader): LshSettings {
  reader.expectKind('LshIndex');
  const bits = reader.integer('bits', 1, MAX_CODE_BITS);
  const tables = reader.integer('tables', 1, MAX_TABLES);
  const keyBits = reader.integer('keyBits', 1, MAX_KEY_BITS);
  const keys = reader.oneOf('keysFrom', LSH_KEYS);
  const directed = reader.integer('probesDirected', 0, MAX_PROBES);
  const radius = reader.integer('probesRadius', 0, directed > 0 ? 0 : keyBits);
  const seed = reader.integer('seed', 0, Number.MAX_SAFE_INTEGER);
  const probes = directed > 0 ? { directed } : radius;
  try {
    return checkSettings({ bits, tables, keyBits, keys, probes, seed });
  } catch (error) {
    throw corrupt('tables', 'tables that fit the codes', String(error));
  }
}

/** The codes as a file holds them: packed rows. */
export function contentTensors({ codes, buckets }: LshContents): Tensor[] {
  const packed = (name: string, store: RowStore): Tensor => ({
    name,
    shape: [store.rows, store.bytes],
    data: store.read(0, store.rows),
  });
  if (buckets === codes) return [packed('codes', codes)];
  return [packed('codes', codes), packed('buckets', buckets)];
}

export function readContents(
  reader: PartsReader,
  settings: LshSettings,
  roster: Roster,
): LshContents {
  const { rows } = roster;
  const contents = emptyContents(settings);
  const ids = Uint32Array.from({ length: rows }, (_, id) => id);
  const read = (name: string, bits: number, store: RowStore): void => {
    const codes = reader.tensor(name, Uint8Array, [rows, Math.ceil(bits / 8)]);
    if (rows > 0) store.write(adopted(codes, bits, name), ids, rows);
  };
  read('codes', settings.bits, contents.codes);
  if (settings.keys === 'external') read('buckets', settings.layout.sourceBits, contents.buckets);
  contents.tables.reserve(rows);
  contents.tables.write(Uint32Array.from(roster.ids()), contents.buckets);
  return contents;
}

/** Everything as searching wants it: rows of words, and one segment of tables. */
export function sharedTensors({ codes, buckets, tables }: LshContents): {
  tensors: Tensor[];
  directoryBits: number;
} {
  const words = (name: string, store: RowStore): Tensor => ({
    name,
    shape: [store.rows, store.words],
    data: store.memory(),
  });
  const segment = tables.whole(buckets);
  const data = segment?.tables ?? new Uint32Array(0);
  const tensors = [words('store', codes), { name: 'tables', shape: [data.length], data }];
  if (buckets !== codes) tensors.push(words('bucketStore', buckets));
  return { tensors, directoryBits: segment?.directoryBits ?? 0 };
}

export function readShared(
  reader: PartsReader,
  settings: LshSettings,
  roster: Roster,
): LshContents {
  const { layout } = settings;
  const words = (name: string, bits: number): RowStore => {
    const shape = [roster.rows, Math.ceil(bits / 64)];
    return RowStore.over(bits, roster.rows, reader.tensor(name, BigUint64Array, shape));
  };
  const codes = words('store', settings.bits);
  const buckets = settings.keys === 'external' ? words('bucketStore', layout.sourceBits) : codes;
  const segment = readSegment(reader, layout, roster);
  return { codes, buckets, tables: LshTables.over(layout, segment, roster) };
}

function readSegment(
  reader: PartsReader,
  { tables: count, keyBits }: KeyLayout,
  { rows: limit, size: rows }: Roster,
): Segment | undefined {
  const most = Math.min(MAX_DIRECTORY_BITS, keyBits);
  const directoryBits = reader.integer('directoryBits', 0, most);
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
