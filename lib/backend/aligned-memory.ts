/**
 * Memory that kernels go through: large arrays start at a cache line, so that no load of 64 bytes needs two of them and a
 * row of 128 bytes lies in two lines rather than three, and ask for large pages, since rows that are met in any order
 * cost a look at the page table each. Together worth a sixth of a search in a VectorIndex (bench vectors, a Xeon whose
 * Linux gives large pages only where they are asked for).
 */

import { allocated, checkBytes, MAX_BYTES } from '../check.ts';
import { activeBackend } from './active.ts';

const LINE_WORDS = 8;
const WORD_BYTES = 8;
const LARGE_BYTES = 2 ** 16;

/** A kind of typed array. */
export interface ArrayKind<Kind> {
  readonly BYTES_PER_ELEMENT: number;
  new (length: number): Kind;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): Kind;
}

/** A new array of rows x width zeros, as {@link allocated} gives it. */
export function alignedArray<Kind extends { readonly length: number }>(
  kind: ArrayKind<Kind>,
  rows: number,
  width: number,
  name: string,
): Kind {
  const bytes = checkBytes(rows, width * kind.BYTES_PER_ELEMENT, name);
  const words = Math.ceil(bytes / WORD_BYTES) + LINE_WORDS;
  const isSmall = bytes < LARGE_BYTES || words * WORD_BYTES > MAX_BYTES;
  if (isSmall) return allocated(kind, rows, width, name);
  return aligned(kind, rows * width, allocated(BigUint64Array, 1, words, name));
}

/** The same in memory that threads share; throws what SharedArrayBuffer throws when there is none. */
export function alignedShared<Kind>(kind: ArrayKind<Kind>, length: number): Kind {
  const bytes = length * kind.BYTES_PER_ELEMENT;
  if (bytes < LARGE_BYTES) return new kind(new SharedArrayBuffer(bytes), 0, length);
  const words = Math.ceil(bytes / WORD_BYTES) + LINE_WORDS;
  return aligned(kind, length, new BigUint64Array(new SharedArrayBuffer(words * WORD_BYTES)));
}

function aligned<Kind>(kind: ArrayKind<Kind>, length: number, memory: BigUint64Array): Kind {
  const skipped = activeBackend().run({ name: 'hammingAlignment', args: [memory] }, 1);
  return new kind(memory.buffer, WORD_BYTES * skipped, length);
}
