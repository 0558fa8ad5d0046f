/**
 * Generators of binary codes where Hamming search goes wrong: ties, complements (byte counters saturate at 255),
 * distances that fall with the row (every row is a new neighbour), and lengths around words and blocks.
 */

import fc from 'fast-check';
import { BitCodes } from '../../lib/codes/bit-codes.ts';

export const CODE_KINDS = [
  'random',
  'equal',
  'few',
  'near',
  'complement',
  'descending',
  'halves',
] as const;

export type CodeKind = (typeof CODE_KINDS)[number];

/** Uniform 32-bit integers from a seed (xorshift, Marsaglia 2003). */
export function integers(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

function randomCode(bits: number, draw: () => number): Uint8Array {
  const code = Uint8Array.from({ length: Math.ceil(bits / 8) }, () => draw() >>> 8);
  code[code.length - 1] &= 0xff << (code.length * 8 - bits);
  return code;
}

function flip(code: Uint8Array, bit: number): void {
  code[bit >> 3] ^= 0x80 >> (bit & 7);
}

/** The code with `count` bits flipped at random places (some perhaps twice). */
function flipped(code: Uint8Array, bits: number, count: number, draw: () => number): Uint8Array {
  const result = code.slice();
  for (let i = 0; i < count; i++) flip(result, draw() % bits);
  return result;
}

function firstFlipped(code: Uint8Array, count: number): Uint8Array {
  const result = code.slice();
  for (let bit = 0; bit < count; bit++) flip(result, bit);
  return result;
}

function codeOf(
  kind: CodeKind,
  base: Uint8Array,
  bits: number,
  row: number,
  draw: () => number,
): Uint8Array {
  switch (kind) {
    case 'equal':
      return base;
    case 'few':
      return firstFlipped(base, Math.min(bits, draw() % 3));
    case 'near':
      return flipped(base, bits, draw() % 4, draw);
    case 'complement':
      return flipped(firstFlipped(base, bits), bits, draw() % 4, draw);
    case 'descending':
      return firstFlipped(base, bits - (row % (bits + 1)));
    case 'halves':
      return firstFlipped(base, draw() % 2 === 0 ? 0 : bits);
    default:
      return randomCode(bits, draw);
  }
}

/** rows codes of that kind; equal seeds share the code that the kinds are made from. */
export function codes(rows: number, bits: number, kind: CodeKind, seed: number): BitCodes {
  const base = randomCode(bits, integers(seed));
  const draw = integers(seed ^ (rows * 31 + kind.length));
  const data = new Uint8Array(rows * base.length);
  for (let row = 0; row < rows; row++) {
    data.set(codeOf(kind, base, bits, row, draw), row * base.length);
  }
  return BitCodes.adopt(data, bits);
}

export const codeKind: fc.Arbitrary<CodeKind> = fc.constantFrom(...CODE_KINDS);

/** Bits of a code, often around words, and around what bytes can count. */
export function codeBits(most: number): fc.Arbitrary<number> {
  const around = [1, 7, 8, 9, 63, 64, 65, 127, 128, 129, 192, 248, 254, 255, 256, 257, 320, 1024];
  return fc.oneof(
    fc.integer({ min: 1, max: most }),
    fc.constantFrom(...around.filter((bits) => bits <= most)),
  );
}
