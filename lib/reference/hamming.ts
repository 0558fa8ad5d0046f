/**
 * Oracle of the Hamming kernels: distances one code at a time, and the exact nearest codes by counting how often
 * each distance occurs. The store holds codes interleaved by eight, [ceil(rows / 8)][words][8] words of 64 bits;
 * word w of a code is its bytes 8 w .. 8 w + 7, little end first, zero-filled. Queries are rows of words.
 */

/** The 64-bit words as pairs of 32 bits, low half first, as every supported machine stores them. */
export function halves(words: BigUint64Array): Uint32Array {
  return new Uint32Array(words.buffer, words.byteOffset, words.length * 2);
}

/** Position in the store of word 0 of a row; word w is 8 w further. */
export function wordOf(row: number, words: number): number {
  return Math.floor(row / 8) * words * 8 + (row % 8);
}

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

/** The reverse: rows of codeBytes from row firstRow on. */
export function hammingDeinterleave(
  store: BigUint64Array,
  firstRow: number,
  rows: number,
  codeBytes: number,
  codes: Uint8Array,
): number {
  const words = Math.ceil(codeBytes / 8);
  const bytes = new Uint8Array(store.buffer, store.byteOffset, store.byteLength);
  for (let row = 0; row < rows; row++) {
    const start = wordOf(firstRow + row, words);
    for (let i = 0; i < codeBytes; i++) {
      codes[row * codeBytes + i] = bytes[(start + (i >> 3) * 8) * 8 + (i & 7)];
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

/** Whether a row may enter: its bit of the bitmap, the first row highest, or no bitmap at all. */
function isAllowed(allowed: Uint8Array | undefined, row: number): boolean {
  return allowed === undefined || ((allowed[row >>> 3] >> (7 - (row & 7))) & 1) === 1;
}

/**
 * The first `places` of the allowed rows with a distance up to `radius`, smaller distance first, then smaller row:
 * a counting sort. Returns how many such rows there are, of which the first `places` were written.
 */
function smallest(
  distances: Uint32Array,
  allowed: Uint8Array | undefined,
  radius: number,
  places: number,
  ids: Uint32Array,
  results: Uint32Array,
): number {
  const next = new Uint32Array(radius + 2);
  const enters = (row: number): boolean => distances[row] <= radius && isAllowed(allowed, row);
  for (let row = 0; row < distances.length; row++) if (enters(row)) next[distances[row] + 1]++;
  for (let d = 0; d <= radius; d++) next[d + 1] += next[d];
  const count = next[radius + 1];
  for (let row = 0; row < distances.length; row++) {
    if (!enters(row)) continue;
    const position = next[distances[row]]++;
    if (position < places) {
      ids[position] = row;
      results[position] = distances[row];
    }
  }
  return count;
}

/** Distances of one query to all rows: whole groups of eight lie in store, the others in tail. */
function distancesOf(
  store: BigUint64Array,
  tail: BigUint64Array,
  rows: number,
  query: BigUint64Array,
): Uint32Array {
  const whole = rows - (rows % 8);
  const all = new Uint32Array(rows);
  hammingDistances(store, whole, query.length, query, 1, all);
  hammingDistances(tail, rows - whole, query.length, query, 1, all.subarray(whole));
  return all;
}

/**
 * The k nearest codes of each query among the allowed ones. Whole groups of eight rows lie in store, the
 * rows % 8 others in tail, which is one group or empty. ids and distances are queryCount x k, counts queryCount;
 * entries past counts[query] are left alone.
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
  allowed?: Uint8Array,
): number {
  const words = Math.ceil(bits / 64);
  for (let query = 0; query < queryCount; query++) {
    const wanted = queries.subarray(query * words, (query + 1) * words);
    const all = distancesOf(store, tail, rows, wanted);
    const nearest = ids.subarray(query * k, (query + 1) * k);
    const results = distances.subarray(query * k, (query + 1) * k);
    counts[query] = Math.min(k, smallest(all, allowed, bits, k, nearest, results));
  }
  return 0;
}

/**
 * The allowed codes within radius of each query: counts (queryCount), and where all of them fit, ids and distances
 * one query after the other. Returns how many there are.
 */
export function hammingRange(
  store: BigUint64Array,
  tail: BigUint64Array,
  rows: number,
  bits: number,
  queries: BigUint64Array,
  queryCount: number,
  radius: number,
  ids: Uint32Array,
  distances: Uint32Array,
  counts: Uint32Array,
  allowed?: Uint8Array,
): number {
  const words = Math.ceil(bits / 64);
  const most = Math.min(radius, bits);
  const found: { nearest: Uint32Array; results: Uint32Array }[] = [];
  let total = 0;
  for (let query = 0; query < queryCount; query++) {
    const wanted = queries.subarray(query * words, (query + 1) * words);
    const all = distancesOf(store, tail, rows, wanted);
    const [nearest, results] = [new Uint32Array(rows), new Uint32Array(rows)];
    const count = smallest(all, allowed, most, rows, nearest, results);
    found.push({ nearest: nearest.slice(0, count), results: results.slice(0, count) });
    counts[query] = count;
    total += count;
  }
  if (total > Math.min(ids.length, distances.length)) return total;
  let at = 0;
  for (const { nearest, results } of found) {
    ids.set(nearest, at);
    distances.set(results, at);
    at += nearest.length;
  }
  return total;
}
