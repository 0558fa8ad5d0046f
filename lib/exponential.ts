/**
 * The exponential function and powers with + - * / only, so that every engine gives the same bits: the last bit of
 * Math.exp and Math.pow differs between platforms. The logarithm that goes with it is that of random.ts.
 */

import { naturalLogarithm } from './random.ts';

// ln 2 in two parts, of which the first has 32 bits: its product with an exponent is exact (Cody and Waite 1980).
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const INVERSE_LN2 = Math.LOG2E;

/** Largest argument: e to the power of it, and of its negative, are normal doubles. */
const MOST = 708;

const SCALE = new Float64Array(1);
const SCALE_WORDS = new Int32Array(SCALE.buffer);
const HIGH_WORD = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;

/**
 * e to the power of x, for -708 <= x <= 708 (x beyond that counts as the nearer of them). x = k ln 2 + r with
 * |r| < 0.347: fourteen terms of the series of e^r leave less than 4e-18. The error is below 3e-16 of the result.
 */
export function exponential(x: number): number {
  const bounded = Math.min(Math.max(x, -MOST), MOST);
  const k = Math.floor(bounded * INVERSE_LN2 + 0.5);
  const r = bounded - k * LN2_HIGH - k * LN2_LOW;
  let tail = 1;
  for (let term = 13; term > 1; term--) tail = 1 + (r / term) * tail;
  SCALE_WORDS[HIGH_WORD] = (k + 1023) << 20;
  return SCALE[0] * (1 + r * tail);
}

/**
 * base to the power of an exponent, for a normal base > 0: within 4e-16 x (1 + |exponent| x max(1, |ln base|)) of the
 * result.
 */
export function power(base: number, exponent: number): number {
  return exponential(exponent * naturalLogarithm(base));
}
