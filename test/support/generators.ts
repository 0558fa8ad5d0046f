/**
 * Generators of the float32 values and shapes where kernels go wrong: ties, zeros of both signs, denormals,
 * huge values that overflow, and lengths around the 16 lanes of a block. Seeds are printed by fast-check.
 */

import fc from 'fast-check';

/** Runs of the heavy properties; FLYHASH_TEST_RUNS scales them. */
export const RUNS: number = Number(process.env.FLYHASH_TEST_RUNS ?? 250);

const SPECIAL = [
  0, -0, 1, -1, 0.5, 2, 1e-45, -1e-45, 1.1754944e-38, 3.4028235e38, -3.4028235e38, 1e30, -1e30,
  16777216,
];

/** A finite float32 of any magnitude, often a special one. */
export const anyFloat: fc.Arbitrary<number> = fc.oneof(
  { weight: 3, arbitrary: fc.float({ noNaN: true, noDefaultInfinity: true }) },
  { weight: 1, arbitrary: fc.constantFrom(...SPECIAL.map(Math.fround)) },
);

/** Few distinct values: many ties. */
export const tiedFloat: fc.Arbitrary<number> = fc.constantFrom(-2, -1, -0, 0, 1, 2, 3);

/** Ordinary values. */
export const plainFloat: fc.Arbitrary<number> = fc
  .double({ min: -4, max: 4, noNaN: true })
  .map((value) => Math.fround(value));

/** Float32Array of exactly `length` values, all of one of the kinds above. */
export function floats(length: number): fc.Arbitrary<Float32Array> {
  return fc
    .oneof(anyFloats(anyFloat, length), anyFloats(tiedFloat, length), anyFloats(plainFloat, length))
    .map((values) => Float32Array.from(values));
}

function anyFloats(element: fc.Arbitrary<number>, length: number): fc.Arbitrary<number[]> {
  return fc.array(element, { minLength: length, maxLength: length });
}

/** An integer up to `most`, often around multiples of 16. */
export function length(least: number, most: number): fc.Arbitrary<number> {
  const around = [1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 95, 96, 97].filter(
    (n) => n >= least && n <= most,
  );
  return fc.oneof(fc.integer({ min: least, max: most }), fc.constantFrom(least, most, ...around));
}

/** A copy that starts `offset` elements into its buffer, so that addresses are not aligned. */
export function atOffset(values: Float32Array, offset: number): Float32Array {
  const shifted = new Float32Array(values.length + offset).subarray(offset);
  shifted.set(values);
  return shifted;
}
