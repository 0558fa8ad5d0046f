/**
 * The keys of hash tables: which bits of a code make the key of each table, and which keys a query visits. A key is
 * a whole number of keyBits bits, its first bit the highest, so that a slice of a code reads as it is written.
 */

import { activeBackend } from '../backend/active.ts';
import { allocated, checkInteger, checkOptions } from '../check.ts';
import { wrongKind, wrongValue } from '../errors.ts';
import { type RandomStream, stream } from '../random.ts';

/** Most bits of a table's key. */
export const MAX_KEY_BITS = 32;
/** Most tables of an index. */
export const MAX_TABLES = 1024;
/** Most probes a table of a query-directed search. */
export const MAX_PROBES: number = 2 ** 16;

/**
 * Where keys come from: `slices`, table t has bits t x keyBits .. (t + 1) x keyBits - 1 of the code; `sampled`, bits
 * that a seed chooses for each table, where the code has fewer than tables x keyBits; `external`, the same slices of
 * other codes that the caller gives beside each code, such as pseudo-hashes of DenseFly.
 */
export type LshKeys = 'slices' | 'sampled' | 'external';

export const LSH_KEYS: readonly LshKeys[] = ['slices', 'sampled', 'external'];

/**
 * Which buckets a query visits in each table: `exact`, that of its own key; a number, all whose key differs in at
 * most that many bits; `{ directed: n }`, the n whose keys are likeliest by the query's margins (Lv et al., 2007).
 */
export type LshProbes =
  | 'exact'
  | number
  | {
      /** Buckets to visit in each table, from 1. */
      readonly directed: number;
    };

/** Where the keys of a code lie. */
export interface KeyLayout {
  readonly tables: number;
  readonly keyBits: number;
  /** Bits of the codes that keys are taken from. */
  readonly sourceBits: number;
  /** tables x keyBits places of bits. */
  readonly positions: Uint32Array;
}

/** Distinct bits, ascending; few of many, so that drawing again what is taken already costs nothing. */
function sampledBits(random: RandomStream, count: number, bits: number): number[] {
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(random.below(bits));
  return [...chosen].sort((a, b) => a - b);
}

/** Disjoint slices, or bits that the seed chooses for each table. */
export function keyLayout(
  keys: LshKeys,
  bits: number,
  tables: number,
  keyBits: number,
  seed: number,
): KeyLayout {
  const used = tables * keyBits;
  if (keys === 'slices' && used > bits) {
    throw new RangeError(
      `tables x keyBits must be at most bits = ${bits}, unless keys are 'sampled', got ${used}`,
    );
  }
  if (keys === 'sampled') {
    if (keyBits > bits) throw wrongValue('keyBits', `at most bits = ${bits}`, keyBits);
    const positions = new Uint32Array(used);
    for (let t = 0; t < tables; t++) {
      positions.set(sampledBits(stream(seed, 'tables', t), keyBits, bits), t * keyBits);
    }
    return { tables, keyBits, sourceBits: bits, positions };
  }
  const sourceBits = keys === 'external' ? used : bits;
  const positions = Uint32Array.from({ length: used }, (_, i) => i);
  return { tables, keyBits, sourceBits, positions };
}

/** keys rows x tables of the codes in bytes, codeRows x codeBytes: of all, or of the members. */
export function keysOf(
  { tables, keyBits, positions }: KeyLayout,
  bytes: Uint8Array,
  codeBytes: number,
  members?: Uint32Array,
): Uint32Array {
  const codeRows = bytes.length / codeBytes;
  const rows = members === undefined ? codeRows : members.length;
  const keys = allocated(Uint32Array, rows, tables, 'keys');
  const args = [
    bytes,
    codeRows,
    codeBytes,
    members,
    rows,
    positions,
    tables,
    keyBits,
    keys,
  ] as const;
  activeBackend().run({ name: 'bucketKeys', args }, 1);
  return keys;
}

/** What the search kernel is told of probes. */
export interface KernelProbes {
  readonly masks: Uint32Array;
  readonly probes: number;
  readonly radius: number;
  readonly isDirected: boolean;
}

/** The probes of an index, checked. */
export function checkProbes(given: LshProbes | undefined, keyBits: number): LshProbes {
  if (given === undefined || given === 'exact') return 'exact';
  if (typeof given === 'number') return checkInteger(given, 'probes', 0, keyBits) || 'exact';
  if (typeof given !== 'object' || given === null) {
    throw wrongKind('probes', "'exact', a radius, or { directed }", given);
  }
  checkOptions(given, 'probes', ['directed']);
  return { directed: checkInteger(given.directed, 'probes.directed', 1, MAX_PROBES) };
}

/** Keys within a radius: sum of keyBits over 0 .. radius. */
function keysWithin(keyBits: number, radius: number): number {
  let term = 1;
  let sum = 1;
  for (let i = 1; i <= radius; i++) {
    term = (term * (keyBits - i + 1)) / i;
    sum += term;
  }
  return sum;
}

/** Every set of at most `radius` bits, fewer bits first: what a key is changed by. */
function masksWithin(keyBits: number, radius: number): Uint32Array {
  const masks: number[] = [];
  const extend = (mask: number, from: number, left: number): void => {
    if (left === 0) {
      masks.push(mask);
      return;
    }
    for (let bit = from; bit < keyBits; bit++) extend(mask + 2 ** bit, bit + 1, left - 1);
  };
  for (let size = 0; size <= radius; size++) extend(0, 0, size);
  return Uint32Array.from(masks);
}

/** More probes than this are not listed: all keys are looked at instead. */
const MOST_MASKS = 2 ** 16;

export function kernelProbes(probes: LshProbes, keyBits: number): KernelProbes {
  if (typeof probes === 'object') {
    const none = new Uint32Array(0);
    return { masks: none, probes: probes.directed, radius: 0, isDirected: true };
  }
  const radius = probes === 'exact' ? 0 : probes;
  const isListed = keysWithin(keyBits, radius) <= MOST_MASKS;
  const masks = isListed ? masksWithin(keyBits, radius) : new Uint32Array(0);
  return { masks, probes: masks.length, radius, isDirected: false };
}
