/** The exponential function against whole-number arithmetic of 256 bits, and its bits, which must be the same everywhere. */

import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { exponential, power } from '../lib/exponential.ts';
import { stream } from '../lib/random.ts';

const BITS = 256n;
const ONE = 1n << BITS;

/** A double as a multiple of 2^-256, exactly where it is not tiny. */
function fixed(x: number): bigint {
  const word = new BigUint64Array(Float64Array.of(x).buffer)[0];
  const exponent = Number((word >> 52n) & 2047n);
  const mantissa = (word & (2n ** 52n - 1n)) | (2n ** 52n);
  const shift = BigInt(exponent - 1075) + BITS;
  const size = shift >= 0n ? mantissa << shift : mantissa >> -shift;
  return x < 0 ? -size : size;
}

/** e^x by its series at x / 2^14, squared fourteen times. */
function exact(x: number): bigint {
  let [term, sum] = [ONE, ONE];
  for (let i = 1n; term !== 0n; i++) {
    term = ((term * (fixed(x) >> 14n)) >> BITS) / i;
    sum += term;
  }
  for (let i = 0; i < 14; i++) sum = (sum * sum) >> BITS;
  return sum;
}

function relativeError(actual: number, expected: bigint): number {
  return Math.abs(Number(((fixed(actual) - expected) << 100n) / expected)) / 2 ** 100;
}

function arguments_(count: number, span: number): number[] {
  const draw = stream(count, 'evaluation', Math.ceil(span));
  return Array.from({ length: count }, () => (draw.uint32() / 2 ** 32 - 0.5) * 2 * span);
}

it('e to the power of x is within 3e-16', () => {
  for (const x of [...arguments_(400, 0.5), ...arguments_(400, 40), 1e-300, 36.7, -36.7]) {
    expect(relativeError(exponential(x), exact(x)), `x = ${x}`).toBeLessThan(3e-16);
  }
});

it('powers are within what they promise', () => {
  for (const x of arguments_(400, 17)) {
    const base = exponential(x);
    const expected = exact(0.75 * Math.log(base));
    const bound = 4e-16 * (1 + 0.75 * Math.max(1, Math.abs(x))) + 2e-16 * Math.abs(x);
    expect(relativeError(power(base, 0.75), expected), `base = ${base}`).toBeLessThan(bound);
  }
});

it('the exponential is exact at 0 and ends at 708', () => {
  expect(exponential(0)).toBe(1);
  expect(exponential(-0)).toBe(1);
  expect(power(7, 0)).toBe(1);
  expect(exponential(1e9)).toBe(exponential(708));
  expect(exponential(-1e9)).toBe(exponential(-708));
  expect(exponential(-708)).toBeGreaterThan(2 ** -1022);
  expect(Number.isFinite(exponential(708))).toBe(true);
});

it('every engine gives the same bits', () => {
  const values = Float64Array.from([...arguments_(5000, 700), ...arguments_(5000, 2)], exponential);
  const hash = createHash('sha256').update(new Uint8Array(values.buffer)).digest('hex');
  expect(hash).toBe('6d16110b014fa9751868ead2082be5c6881c8470cbeba8c2aaff63ef60d1d162');
});
