/**
 * Equality of typed arrays by their bytes. vitest's own compares element by element through iterators, at a microsecond
 * each: most of the time of a test of a kernel.
 */

import { expect } from 'vitest';

type Bytes = Pick<ArrayBufferView, 'buffer' | 'byteOffset' | 'byteLength'>;

function bytesOf({ buffer, byteOffset, byteLength }: Bytes): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** Fails unless all arrays have the bytes of those expected; NaN and -0 must be the very same. */
export function expectSameBytes(
  actual: readonly Bytes[],
  expected: readonly Bytes[],
  what?: string,
): void {
  const isSame =
    actual.length === expected.length &&
    actual.every((own, i) => bytesOf(own).equals(bytesOf(expected[i])));
  if (isSame) return;
  expect(actual, what).toEqual(expected); // tells where they differ
  expect(actual.map(bytesOf), what).toEqual(expected.map(bytesOf));
}
