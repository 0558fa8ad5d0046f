/**
 * Oracle of the self-join: all pairs of codes within a radius by a plain double loop, and the tables that find them
 * sooner (multi-index hashing: Norouzi, Punjani and Fleet, 2012). Codes are plain rows of 64-bit words.
 */

import { halves, popcount, wordOf } from './hamming.ts';

/** Copies the rows of ids from a store, interleaved by eight, to plain rows. */
export function hammingJoinGather(
  store: BigUint64Array,
  _rows: number,
  words: number,
  ids: Uint32Array,
  count: number,
  codes: BigUint64Array,
): number {
  for (let i = 0; i < count; i++) {
    for (let w = 0; w < words; w++) codes[i * words + w] = store[wordOf(ids[i], words) + w * 8];
  }
  return 0;
}

/** The bits first .. end - 1 of a row, folded by exclusive or to keyBits bits. */
function keyOf(
  codes: Uint32Array,
  rowStart: number,
  first: number,
  end: number,
  keyBits: number,
): number {
  let key = 0;
  for (let bit = first; bit < end; bit++) {
    const isSet = (codes[rowStart + (bit >>> 5)] >>> (bit & 31)) & 1;
    key ^= isSet << ((bit - first) % keyBits);
  }
  return key;
}

/** Pairs of rows whose keys are equal, or differ in one bit where flips is 1. */
function candidates(starts: Uint32Array, flips: number, keyBits: number): number {
  let twice = 0;
  for (let key = 0; key < 2 ** keyBits; key++) {
    const own = starts[key + 1] - starts[key];
    let others = own === 0 ? 0 : own - 1;
    for (let bit = 0; bit < keyBits * flips; bit++) {
      const other = key ^ (1 << bit);
      others += starts[other + 1] - starts[other];
    }
    twice += own * others;
  }
  return twice / 2;
}

/** The rows of each block by key, ascending: a counting sort. Returns how many pairs share a key. */
export function hammingJoinTables(
  codes: BigUint64Array,
  count: number,
  bits: number,
  blocks: number,
  flips: number,
  keyBits: number,
  starts: Uint32Array,
  members: Uint32Array,
): number {
  const words = Math.ceil(bits / 64);
  const cut = 8 * Math.ceil(bits / 8);
  const values = halves(codes);
  let sum = 0;
  for (let block = 0; block < blocks; block++) {
    const first = Math.floor((block * cut) / blocks);
    const end = Math.floor(((block + 1) * cut) / blocks);
    const own = starts.subarray(block * (2 ** keyBits + 1), (block + 1) * (2 ** keyBits + 1));
    const keys = Uint32Array.from({ length: count }, (_, row) =>
      keyOf(values, row * words * 2, first, end, keyBits),
    );
    own.fill(0);
    for (const key of keys) own[key + 1]++;
    for (let key = 0; key < 2 ** keyBits; key++) own[key + 1] += own[key];
    const next = own.slice();
    for (let row = 0; row < count; row++) members[block * count + next[keys[row]]++] = row;
    sum += candidates(own, flips, keyBits);
  }
  return sum;
}

/** The first capacity pairs from (firstLeft, firstRight) on, with lefts below endLeft; the tables are not needed. */
export function hammingJoin(
  codes: BigUint64Array,
  count: number,
  bits: number,
  radius: number,
  _blocks: number,
  _flips: number,
  _keyBits: number,
  _starts: Uint32Array,
  _members: Uint32Array,
  _store: BigUint64Array,
  firstLeft: number,
  firstRight: number,
  endLeft: number,
  capacity: number,
  pairs: Uint32Array,
): number {
  const length = 2 * Math.ceil(bits / 64);
  const values = halves(codes);
  let written = 0;
  for (let left = firstLeft; left < Math.min(endLeft, count); left++) {
    const least = left === firstLeft ? Math.max(left + 1, firstRight) : left + 1;
    for (let right = least; right < count; right++) {
      let distance = 0;
      for (let i = 0; i < length; i++) {
        distance += popcount(values[left * length + i] ^ values[right * length + i]);
      }
      if (distance > radius) continue;
      if (written === capacity) return written;
      pairs[written] = left;
      pairs[capacity + written] = right;
      pairs[2 * capacity + written] = distance;
      written++;
    }
  }
  return written;
}
