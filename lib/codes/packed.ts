/**
 * What BitCodes and SparseCodes share: rows of equal width packed one after the other in one typed array.
 * Promises that a malformed array, row number or range is named in the error.
 */

import { checkInteger } from '../check.ts';
import { wrongKind, wrongValue } from '../errors.ts';

/** Most units or bits: what indices of 32 bits can name. */
export const MAX_COUNT: number = 2 ** 32;

/** A count of at least 1, and at most what indices of 32 bits can name. */
export function checkCount(value: unknown, name: string): number {
  return checkInteger(value, name, 1, MAX_COUNT);
}

/** Throws unless i names one of `rows` rows. */
export function checkRow(i: number, rows: number): void {
  if (rows === 0) throw wrongValue('row', 'in a set that is not empty', i);
  checkInteger(i, 'row', 0, rows - 1);
}

/** Throws when the last row of an array of that length, in rows of that width, is cut short. */
export function checkWholeRows(length: number, name: string, width: number, unit: string): void {
  if (length % width !== 0) {
    throw wrongValue(`${name}.length`, `a multiple of ${width} ${unit}`, length);
  }
}

/** Throws when a bit is set after the last one of a row. */
export function checkPadding(data: Uint8Array, bits: number, name: string): void {
  const bytes = Math.ceil(bits / 8);
  const padding = 0xff >> (((bits - 1) & 7) + 1);
  for (let last = bytes - 1; padding !== 0 && last < data.length; last += bytes) {
    if ((data[last] & padding) !== 0) {
      const row = (last + 1) / bytes - 1;
      throw new RangeError(
        `${name} row ${row} must have zero padding after its ${bits} bits, got last byte ${data[last]}`,
      );
    }
  }
}

/** The range of rows that Array.slice(a, b) takes from that many. */
export function sliceBounds(a: number, b: number, rows: number): readonly [number, number] {
  const bound = (value: number, name: string): number => {
    if (typeof value !== 'number') throw wrongKind(name, 'a number', value);
    const whole = Math.trunc(value) || 0;
    return whole < 0 ? Math.max(rows + whole, 0) : Math.min(whole, rows);
  };
  const from = bound(a, 'a');
  return [from, Math.max(from, bound(b, 'b'))];
}

/** Whether two arrays of equal length hold equal elements. */
export function sameElements(a: Uint8Array | Uint32Array, b: Uint8Array | Uint32Array): boolean {
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) return false;
  }
  return true;
}
