/**
 * Random numbers that are the same on every machine: the counter-based generator Philox4x32-10 (Salmon, Moraes,
 * Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011), and what the hashers draw from it. Normal
 * deviates are made with + - * / and square roots only, because the last bit of Math.log, Math.sin and the like
 * differs between platforms. The key is the user's seed; the counter is (block, index low, index high, purpose), so
 * streams of different purposes or indexes never share a block, and a stream's numbers do not depend on how many
 * are drawn or on what was drawn from other streams. Nothing here is fit for cryptography.
 */

import { checkInteger } from './check.ts';

/**
 * What a stream is for. Two uses of one seed take different purposes and so never see the same numbers.
 * The numbers are part of what makes a saved seed reproducible: add new ones, never change one.
 */
export const PURPOSES = {
  gaussian: 1,
  orthogonal: 2,
  hadamard: 3,
  connections: 4,
  sample: 5,
  split: 6,
  initial: 7,
  order: 8,
  tables: 9,
  evaluation: 10,
  sketch: 11,
} as const;

export type Purpose = keyof typeof PURPOSES;

const REFILL_BLOCKS = 16;
const REFILL_WORDS = 4 * REFILL_BLOCKS;
const TWO_TO_32 = 4294967296;

/** One Philox4x32-10 block: encrypts counter words c0..c3 under key words k0, k1 into out[at .. at + 3]. */
export function philoxBlock(
  [c0, c1, c2, c3]: readonly [number, number, number, number],
  [k0, k1]: readonly [number, number],
  out: Int32Array | Uint32Array,
  at = 0,
): void {
  rounds(c0 | 0, c1 | 0, c2 | 0, c3 | 0, k0 | 0, k1 | 0, out, at);
}

// Ten rounds. A 32 x 32 -> 64 bit product is Math.imul for the low word, and for the high word four 16 x 16 products:
// the multipliers are 0xD2511F53 and 0xCD9E8D57, the key steps 0x9E3779B9 (golden ratio) and 0xBB67AE85 (sqrt 3 - 1).
function rounds(
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number,
  out: Int32Array | Uint32Array,
  at: number,
): void {
  for (let round = 0; round < 10; round++) {
    const lowA = c0 & 0xffff;
    const highA = c0 >>> 16;
    const middleA = (Math.imul(0xd251, lowA) + (Math.imul(0x1f53, lowA) >>> 16)) | 0;
    const crossA = ((middleA & 0xffff) + Math.imul(0x1f53, highA)) | 0;
    const topA = (Math.imul(0xd251, highA) + (middleA >>> 16) + (crossA >>> 16)) | 0;
    const lowB = c2 & 0xffff;
    const highB = c2 >>> 16;
    const middleB = (Math.imul(0xcd9e, lowB) + (Math.imul(0x8d57, lowB) >>> 16)) | 0;
    const crossB = ((middleB & 0xffff) + Math.imul(0x8d57, highB)) | 0;
    const topB = (Math.imul(0xcd9e, highB) + (middleB >>> 16) + (crossB >>> 16)) | 0;
    const next1 = Math.imul(c2, 0xcd9e8d57);
    const next3 = Math.imul(c0, 0xd2511f53);
    c0 = topB ^ c1 ^ k0;
    c2 = topA ^ c3 ^ k1;
    c1 = next1;
    c3 = next3;
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  out[at] = c0;
  out[at + 1] = c1;
  out[at + 2] = c2;
  out[at + 3] = c3;
}

const MANTISSA = new Float64Array(1);
const MANTISSA_WORDS = new Int32Array(MANTISSA.buffer);
const HIGH_WORD = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;

/**
 * Natural logarithm of a positive normal double, with + - * / only, so that every engine gives the same bits.
 * x = 2^e m with m in [sqrt(1/2), sqrt(2)); ln m = 2 artanh(f), f = (m - 1) / (m + 1), |f| < 0.172: eleven terms of
 * the series leave less than 2e-17. The error is below 2e-16 relative to max(1, |ln x|).
 */
export function naturalLogarithm(x: number): number {
  MANTISSA[0] = x;
  const high = MANTISSA_WORDS[HIGH_WORD];
  // 0x95f62 steps the exponent at sqrt(2): its mantissa begins with 0x6a09e.
  const shifted = (high + 0x95f62) | 0;
  const exponent = (shifted >> 20) - 1023;
  MANTISSA_WORDS[HIGH_WORD] = high - (exponent << 20);
  const mantissa = MANTISSA[0];
  const f = (mantissa - 1) / (mantissa + 1);
  const s = f * f;
  let tail = 1 / 21;
  tail = tail * s + 1 / 19;
  tail = tail * s + 1 / 17;
  tail = tail * s + 1 / 15;
  tail = tail * s + 1 / 13;
  tail = tail * s + 1 / 11;
  tail = tail * s + 1 / 9;
  tail = tail * s + 1 / 7;
  tail = tail * s + 1 / 5;
  tail = tail * s + 1 / 3;
  return exponent * Math.LN2 + 2 * (f + f * s * tail);
}

/**
 * A stream of random numbers, independent for each (seed, purpose, index). Holds 2^34 words of 32 bits.
 */
export class RandomStream {
  readonly #words = new Int32Array(REFILL_WORDS);
  readonly #key: readonly [number, number];
  readonly #index: readonly [number, number];
  readonly #purpose: number;
  #next = REFILL_WORDS;
  #block = 0;

  /** @throws RangeError when seed or index is not an integer in 0 .. 2^53 - 1 */
  constructor(seed: number, purpose: Purpose, index = 0) {
    this.#key = halves('seed', seed);
    this.#index = halves('index', index);
    this.#purpose = PURPOSES[purpose];
  }

  #refill(): void {
    if (this.#block >= TWO_TO_32)
      throw new RangeError('a random stream holds 2^34 words, all were drawn');
    const [k0, k1] = this.#key;
    const [low, high] = this.#index;
    for (let i = 0; i < REFILL_BLOCKS; i++) {
      rounds((this.#block + i) | 0, low, high, this.#purpose, k0, k1, this.#words, 4 * i);
    }
    this.#block += REFILL_BLOCKS;
    this.#next = 0;
  }

  // The next 32 bits as a signed integer: what the draws below build on.
  #int32(): number {
    if (this.#next === REFILL_WORDS) this.#refill();
    return this.#words[this.#next++];
  }

  /** The next uniform integer in 0 .. 2^32 - 1. */
  uint32(): number {
    return this.#int32() >>> 0;
  }

  /** A uniform integer in 0 .. n - 1, without bias (rejection), for n in 1 .. 2^32. */
  below(n: number): number {
    checkInteger(n, 'n', 1, TWO_TO_32);
    const limit = TWO_TO_32 - (TWO_TO_32 % n);
    let word = this.uint32();
    while (word >= limit) word = this.uint32();
    return word % n;
  }

  /** Fills out with standard normal deviates, rounded to the array's precision; a shorter array gets a prefix. */
  fillNormals(out: Float32Array | Float64Array): void {
    const length = out.length;
    for (let i = 0; i < length; ) {
      // Marsaglia's polar method on the odd multiples of 2^-32 in (-1, 1): the point is never the origin.
      const x = (this.#int32() + 0.5) * 4.656612873077393e-10;
      const y = (this.#int32() + 0.5) * 4.656612873077393e-10;
      const square = x * x + y * y;
      if (square >= 1) continue;
      const scale = Math.sqrt((-2 * naturalLogarithm(square)) / square);
      out[i++] = x * scale;
      if (i < length) out[i++] = y * scale;
    }
  }

  /** Fills out with +1 and -1, equally likely: the bits of each word from the lowest up, a set bit is -1. */
  fillSigns(out: Float32Array | Int8Array): void {
    let word = 0;
    for (let i = 0; i < out.length; i++) {
      word = (i & 31) === 0 ? this.#int32() : word >>> 1;
      out[i] = 1 - 2 * (word & 1);
    }
  }

  /**
   * count distinct integers below n, ascending; every subset is equally likely (Floyd's algorithm). Needs n / 8 bytes.
   * @throws RangeError when count > n
   */
  sample(count: number, n: number): Uint32Array {
    checkInteger(count, 'count', 0, n);
    const taken = new Int32Array(Math.ceil(n / 32));
    for (let last = n - count; last < n; last++) {
      const drawn = this.below(last + 1);
      const isTaken = (taken[drawn >>> 5] >>> (drawn & 31)) & 1;
      const chosen = isTaken === 1 ? last : drawn;
      taken[chosen >>> 5] |= 1 << (chosen & 31);
    }
    return positionsOfSetBits(taken, count);
  }

  /** Permutes items in place, every order equally likely (Fisher-Yates from the end), and returns them. */
  shuffle<Items extends { length: number; [position: number]: unknown }>(items: Items): Items {
    for (let last = items.length - 1; last > 0; last--) {
      const drawn = this.below(last + 1);
      const item = items[last];
      items[last] = items[drawn];
      items[drawn] = item;
    }
    return items;
  }
}

/** The stream of row or unit `index` for one purpose under a seed (see RandomStream). */
export function stream(seed: number, purpose: Purpose, index = 0): RandomStream {
  return new RandomStream(seed, purpose, index);
}

/**
 * Fills out with the standard normal deviates of stream (seed, purpose, index), as float32.
 */
export function fillNormals(
  out: Float32Array,
  seed: number,
  purpose: Purpose,
  index: number,
): void {
  new RandomStream(seed, purpose, index).fillNormals(out);
}

function positionsOfSetBits(words: Int32Array, count: number): Uint32Array {
  const positions = new Uint32Array(count);
  let found = 0;
  for (let i = 0; i < words.length; i++) {
    let word = words[i];
    while (word !== 0) {
      positions[found++] = 32 * i + (31 - Math.clz32(word & -word));
      word &= word - 1;
    }
  }
  return positions;
}

/** A seed that a user gave, or 0. */
export function checkSeed(seed: unknown = 0): number {
  return checkInteger(seed, 'seed', 0, Number.MAX_SAFE_INTEGER);
}

// A safe integer as two 32-bit words, low first.
function halves(name: string, value: number): readonly [number, number] {
  checkInteger(value, name, 0, Number.MAX_SAFE_INTEGER);
  return [value | 0, Math.floor(value / TWO_TO_32) | 0];
}
