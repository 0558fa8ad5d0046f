/**
 * Memory for the arrays of a file: each has its own, and large ones start at a cache line, which is worth a tenth of
 * the time of a search (bench hamming) and lets an index take them as they are.
 */

import { activeBackend } from '../backend/active.ts';
import { allocated } from '../check.ts';

const WORD_BYTES = 8;
const LINE_WORDS = 8;
const LARGE_BYTES = 2 ** 16;

/** That many zeros, at an address that every kind of number can have. */
export function memoryOf(bytes: number): Uint8Array {
  if (bytes < LARGE_BYTES) return new Uint8Array(bytes);
  const words = allocated(BigUint64Array, 1, Math.ceil(bytes / WORD_BYTES) + LINE_WORDS, 'file');
  const skipped = activeBackend().run({ name: 'hammingAlignment', args: [words] }, 1);
  return new Uint8Array(words.buffer, WORD_BYTES * skipped, bytes);
}
