/**
 * Fused multiply-add in float32, exactly, from double arithmetic: the product of two float32 numbers is exact
 * in double; the sum is rounded to odd, which makes the second rounding (Math.fround) harmless (Boldo and
 * Melquiond, "Emulation of FMA and correctly rounded sums: proved algorithms using rounding to odd", 2008).
 */

const float64 = new Float64Array(1);
const halves = new Uint32Array(float64.buffer);
const LOW = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 0 : 1;
const HIGH = 1 - LOW;

/** The neighbour of `sum` that has an odd last bit, on the side of the exact value sum + error. */
function roundToOdd(sum: number, error: number): number {
  float64[0] = sum;
  if ((halves[LOW] & 1) === 1) return sum;
  if (error > 0 === sum > 0) {
    halves[LOW] |= 1;
  } else {
    if (halves[LOW] === 0) halves[HIGH] -= 1;
    halves[LOW] -= 1;
  }
  return float64[0];
}

/** a * b + c for float32 a, b, c, rounded once to float32. */
export function fma(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  const virtual = sum - product;
  const error = product - (sum - virtual) + (c - virtual);
  if (error === 0 || !Number.isFinite(sum)) return Math.fround(sum);
  return Math.fround(roundToOdd(sum, error));
}
