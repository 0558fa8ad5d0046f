/** The kernels of the self-join, a part of the one list (kernels.ts), where what all kernels promise is said. */

export interface JoinKernels {
  /** The rows of a store as plain rows of words: ids count, each below rows; codes count x words. Returns 0. */
  hammingJoinGather(
    store: BigUint64Array,
    rows: number,
    words: number,
    ids: Uint32Array,
    count: number,
    codes: BigUint64Array,
  ): number;

  /**
   * Tables for hammingJoin of codes, count x ceil(bits / 64) words. The whole bytes of a code are cut into blocks
   * blocks; a key is a block folded by exclusive or to keyBits bits (1 to 24). starts blocks x (2^keyBits + 1) and
   * members blocks x count: the rows by key, ascending. Returns how many pairs there are to be compared, keys that
   * differ in flips (0 or 1) bits counted too.
   */
  hammingJoinTables(
    codes: BigUint64Array,
    count: number,
    bits: number,
    blocks: number,
    flips: number,
    keyBits: number,
    starts: Uint32Array,
    members: Uint32Array,
  ): number;

  /**
   * Pairs left < right of codes (count x ceil(bits / 64) words) within radius, with firstLeft <= left < endLeft, and
   * right >= firstRight where left = firstLeft: the first capacity of them by left, then right. pairs holds capacity
   * lefts, as many rights, as many distances. Tables are those of hammingJoinTables for the same codes, where
   * blocks x (flips + 1) > radius; without them (blocks = 0), store holds the codes interleaved. Returns how many
   * pairs were written; with capacity of them there may be more.
   */
  hammingJoin(
    codes: BigUint64Array,
    count: number,
    bits: number,
    radius: number,
    blocks: number,
    flips: number,
    keyBits: number,
    starts: Uint32Array,
    members: Uint32Array,
    store: BigUint64Array,
    firstLeft: number,
    firstRight: number,
    endLeft: number,
    capacity: number,
    pairs: Uint32Array,
  ): number;
}
