/**
 * Generators of numbered text and of weights where the kernels of windows go wrong: masked tokens, paragraphs of any
 * length, numbers of no word, ties, and weights at the ends of 16 bits.
 */

import fc from 'fast-check';

const NO_WORDS = [-1, -1, -1, -2, -3, -(2 ** 31), 2 ** 31 - 1];

/** `count` tokens: mostly words, some masked, some ends of paragraphs, some numbers of no word. */
export function tokens(count: number, vocabulary: number): fc.Arbitrary<Int32Array> {
  const word = vocabulary === 0 ? fc.constant(0) : fc.nat(vocabulary - 1);
  const token = fc.oneof(
    { weight: 6, arbitrary: word },
    { weight: 3, arbitrary: fc.constantFrom(...NO_WORDS) },
    { weight: 1, arbitrary: fc.constant(vocabulary) },
  );
  return fc
    .array(token, { minLength: count, maxLength: count })
    .map((values) => Int32Array.from(values));
}

const weight = fc.integer({ min: -32768, max: 32767 });
const tied = fc.integer({ min: -1, max: 1 });
const extreme = fc.constantFrom(-32768, 32767);

/** Entries of a table, of any kind, or with many ties, or all of them extreme. */
export function weights(entries: number): fc.Arbitrary<Int16Array> {
  const of = (one: fc.Arbitrary<number>): fc.Arbitrary<number[]> =>
    fc.array(one, { minLength: entries, maxLength: entries });
  return fc.oneof(of(weight), of(tied), of(extreme)).map((values) => Int16Array.from(values));
}

/** A table for that many words: columns beyond the last unit hold anything. */
export function table(vocabulary: number, units: number): fc.Arbitrary<Int16Array> {
  return weights(vocabulary * Math.ceil(units / 32) * 32);
}

/** Random numbers below 2^32 from a seed (xorshift, Marsaglia 2003), for texts too long to be generated one by one. */
export function longText(seed: number, count: number, vocabulary: number): Int32Array {
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1;
  const text = new Int32Array(count);
  for (let at = 0; at < count; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const draw = (state >>> 0) / 2 ** 32;
    const kind = (state >>> 3) & 63;
    text[at] = kind === 0 ? -2 : kind < 28 ? -1 : Math.floor(draw * draw * vocabulary);
  }
  return text;
}
