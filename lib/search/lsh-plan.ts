/**
 * How many hash tables a wanted recall takes: a neighbour of which each bit differs with probability q shares a
 * visited bucket of one table with probability P = sum over i <= radius of C(keyBits, i) q^i (1 - q)^(keyBits - i),
 * and one of L independent tables with probability 1 - (1 - P)^L (Indyk and Motwani, STOC 1998).
 */

import { checkInteger, checkOptions } from '../check.ts';
import { wrongKind, wrongValue } from '../errors.ts';
import { MAX_KEY_BITS } from './lsh-keys.ts';

/** Options of {@link lshTables}; angle or differing, not both. */
export interface LshTablesOptions {
  /** Share of such neighbours to be found, above 0 and below 1. */
  recall: number;
  /** Bits of a table's key, 1 to 32. */
  keyBits: number;
  /** Probes: all keys within this many bits; default 0, the exact key. */
  radius?: number;
  /** The angle between query and neighbour in radians, above 0 and below pi, where codes are signs of projections. */
  angle?: number;
  /** The share of bits in which query and neighbour differ, above 0 and below 1: angle / pi. */
  differing?: number;
}

/** What {@link lshTables} gives. */
export interface LshPlan {
  /** Tables needed. */
  readonly tables: number;
  /** Bits that so many disjoint slices take: tables x keyBits. */
  readonly bits: number;
  /** Probability that one table finds such a neighbour. */
  readonly perTable: number;
  /** Share of the neighbours that all tables find, at least the wanted recall. */
  readonly recall: number;
  /** Share of unrelated codes, of which half the bits differ, that a query is compared with nevertheless. */
  readonly candidateShare: number;
}

function between(value: unknown, name: string, most: number): number {
  if (typeof value !== 'number') throw wrongKind(name, 'a number', value);
  if (value > 0 && value < most) return value;
  throw wrongValue(name, `above 0 and below ${most}`, value);
}

/** P of the opening paragraph. */
function meeting(keyBits: number, radius: number, q: number): number {
  let choices = 1;
  let sum = 0;
  for (let i = 0; i <= radius; i++) {
    sum += choices * q ** i * (1 - q) ** (keyBits - i);
    choices = (choices * (keyBits - i)) / (i + 1);
  }
  return Math.min(1, sum);
}

/** 1 - (1 - p)^tables, exact for small p too. */
function found(p: number, tables: number): number {
  return p === 1 ? 1 : -Math.expm1(tables * Math.log1p(-p));
}

/**
 * How many tables an {@link LshIndex} needs so that a neighbour at a given angle, or with a given share of differing
 * bits, is found with the probability wanted. It holds for independent bits; disjoint slices of SimHash codes are.
 *
 * @throws TypeError and RangeError for wrong options, and when a table's chance is too small for any number of them.
 *
 * @example
 * ```ts
 * import { lshTables } from 'flyhash';
 * const plan = lshTables({ recall: 0.95, keyBits: 16, radius: 1, angle: Math.PI / 6 });
 * console.assert(plan.tables === 12 && plan.bits === 192);
 * ```
 */
export function lshTables(options: LshTablesOptions): LshPlan {
  checkOptions(options, 'options', ['recall', 'keyBits', 'radius', 'angle', 'differing']);
  const { angle, differing } = options;
  const recall = between(options.recall, 'recall', 1);
  const keyBits = checkInteger(options.keyBits, 'keyBits', 1, MAX_KEY_BITS);
  const { radius: givenRadius = 0 } = options;
  const radius = checkInteger(givenRadius, 'radius', 0, keyBits);
  if ((angle === undefined) === (differing === undefined)) {
    throw new TypeError('options must have one of angle and differing, got both or neither');
  }
  const q =
    angle === undefined
      ? between(differing, 'differing', 1)
      : between(angle, 'angle', Math.PI) / Math.PI;
  const perTable = meeting(keyBits, radius, q);
  const tables = perTable === 1 ? 1 : Math.ceil(Math.log1p(-recall) / Math.log1p(-perTable));
  if (!Number.isSafeInteger(tables)) {
    throw new RangeError(
      `keyBits must be few enough for a table to find anything, got ${keyBits} bits of which a share of ${q} differs`,
    );
  }
  return {
    tables,
    bits: tables * keyBits,
    perTable,
    recall: found(perTable, tables),
    candidateShare: found(meeting(keyBits, radius, 0.5), tables),
  };
}
