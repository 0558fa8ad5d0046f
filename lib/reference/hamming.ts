/**
 * Oracle of the Hamming kernels: distances one code at a time, and the exact nearest codes by counting how often
 * each distance occurs. The store holds codes interleaved by eight, [ceil(rows / 8)][words][8] words of 64 bits;
 * word w of a code is its bytes 8 w .. 8 w + 7, little end first, zero-filled. Queries are rows of words.
 */

/** The 64-bit words as pairs of 32 bits, low half first, as every supported machine stores them. */
function halves(words: BigUint64Array): Uint32Array {
  return new Uint32Array(words.buffer, words.byteOffset, words.length * 2);
}

/** Position in the store of word 0 of a row; word w is 8 w further. */
function wordOf(row: number, words: number): number {
  return Math.floor(row / 8) * words * 8 + (row % 8);
}

/** Bits that are set in a 32-bit integer. */
export function popcount(value: number): number {
  let a = value - ((value >>> 1) & 0x55555555);
  a = (a & 0x33333333) + ((a >>> 2) & 0x33333333);
  a = (a + (a >>> 4)) & 0x0f0f0f0f;
  return Math.imul(a, 0x01010101) >>> 24;
}

/** Nothing is gained by skipping words here. */
export function hammingAlignment(_memory: BigUint64Array): number {
  return 0;
}

/** Writes rows of codeBytes bytes into the store from row firstRow on. */
export function hammingInterleave(
  codes: Uint8Array,
  rows: number,
  codeBytes: number,
  firstRow: number,
  store: BigUint64Array,
): number {
  const words = Math.ceil(codeBytes / 8);
  const bytes = new Uint8Array(store.buffer, store.byteOffset, store.byteLength);
  for (let row = 0; row < rows; row++) {
    const start = wordOf(firstRow + row, words);
    for (let i = 0; i < words * 8; i++) {
      const to = (start + (i >> 3) * 8) * 8 + (i & 7);
      bytes[to] = i < codeBytes ? codes[row * codeBytes + i] : 0;
    }
  }
  return 0;
}

/** distances queryCount x rows. */
export function hammingDistances(
  store: BigUint64Array,
  rows: number,
  words: number,
  queries: BigUint64Array,
  queryCount: number,
  distances: Uint32Array,
): number {
  const codes = halves(store);
  const wanted = halves(queries);
  for (let query = 0; query < queryCount; query++) {
    for (let row = 0; row < rows; row++) {
      let sum = 0;
      for (let w = 0; w < words; w++) {
        const code = (wordOf(row, words) + w * 8) * 2;
        const word = (query * words + w) * 2;
        sum += popcount(codes[code] ^ wanted[word]) + popcount(codes[code + 1] ^ wanted[word + 1]);
      }
      distances[query * rows + row] = sum;
    }
  }
  return 0;
}

/** The k smallest of the distances, smaller first, then smaller row: a counting sort. Returns how many. */
function smallest(
  distances: Uint32Array,
  bits: number,
  k: number,
  ids: Uint32Array,
  results: Uint32Array,
): number {
  const next = new Uint32Array(bits + 2);
  for (const distance of distances) next[distance + 1]++;
  for (let d = 0; d < bits; d++) next[d + 1] += next[d];
  for (let row = 0; row < distances.length; row++) {
    const position = next[distances[row]]++;
    if (position < k) {
      ids[position] = row;
      results[position] = distances[row];
    }
  }
  return Math.min(k, distances.length);
}

/**
 * The k nearest codes of each query. Whole groups of eight rows lie in store, the rows % 8 others in tail, which
 * is one group or empty. ids and distances are queryCount x k, counts queryCount; entries past counts[query] are
 * left alone.
 */
export function hammingSearch(
  store: BigUint64Array,
  tail: BigUint64Array,
  rows: number,
  bits: number,
  queries: BigUint64Array,
  queryCount: number,
  k: number,
  ids: Uint32Array,
  distances: Uint32Array,
  counts: Uint32Array,
): number {
  const words = Math.ceil(bits / 64);
  const whole = rows - (rows % 8);
  const all = new Uint32Array(rows);
  for (let query = 0; query < queryCount; query++) {
    const wanted = queries.subarray(query * words, (query + 1) * words);
    hammingDistances(store, whole, words, wanted, 1, all);
    hammingDistances(tail, rows - whole, words, wanted, 1, all.subarray(whole));
    const nearest = ids.subarray(query * k, (query + 1) * k);
    const results = distances.subarray(query * k, (query + 1) * k);
    counts[query] = smallest(all, bits, k, nearest, results);
  }
  return 0;
}
