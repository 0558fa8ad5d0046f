// The indexes that workers and processes search together: how each is made and opened, and rows for it. One entry an
// index; shared-index.test.ts and the scripts beside it run over all of them.

import { createHash } from 'node:crypto';
import { BitCodes, HammingIndex, InvertedIndex, LshIndex, SparseCodes, VectorIndex } from 'flyhash';

/** Bytes that look random, the same everywhere (xorshift, Marsaglia 2003). */
export function bytes(length, seed) {
  const result = new Uint8Array(length);
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1;
  for (let i = 0; i < length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    result[i] = state >>> 11;
  }
  return result;
}

const codes = (rows, seed) => BitCodes.adopt(bytes(rows * 25, seed), 200);
const vectors = (rows, seed) => Float32Array.from(bytes(rows * 24, seed));

/** One active unit in each of eight ranges of the units. */
function sparse(units) {
  const width = units / 8;
  return (rows, seed) => {
    const draws = new Uint16Array(bytes(rows * 16, seed).buffer);
    const indices = Uint32Array.from(draws, (draw, i) => (i % 8) * width + (draw % width));
    return SparseCodes.adopt(indices, { units, active: 8 });
  };
}

/** name: its class, an empty index, and rows from a seed. */
export const INDEX_CASES = {
  HammingIndex: {
    kind: HammingIndex,
    create: () => HammingIndex.create({ bits: 200 }),
    items: codes,
  },
  LshIndex: {
    kind: LshIndex,
    create: () => LshIndex.create({ bits: 200, tables: 12, keyBits: 10, probes: 1 }),
    items: codes,
  },
  InvertedIndex: {
    kind: InvertedIndex,
    create: () => InvertedIndex.create({ units: 2000, active: 8 }),
    items: sparse(2000),
  },
  'InvertedIndex of bitmaps': {
    kind: InvertedIndex,
    create: () => InvertedIndex.create({ units: 64, active: 8 }),
    items: sparse(64),
  },
  VectorIndex: {
    kind: VectorIndex,
    create: () => VectorIndex.create({ dim: 24, bits: 128 }),
    items: vectors,
  },
  'VectorIndex of bytes': {
    kind: VectorIndex,
    create: () => VectorIndex.create({ dim: 24, bits: 128, rerank: 'int8', shortlist: 300 }),
    items: vectors,
  },
};

export const ROWS = 4000;
export const QUERIES = 40;
export const NEIGHBORS = 8;

/** The index that everybody searches: with keys of both kinds, and holes. */
export function filledIndex(name) {
  const { create, items } = INDEX_CASES[name];
  const index = create();
  const keys = Array.from({ length: ROWS }, (_, i) => (i % 3 === 0 ? `key ${i}` : i * 1e10));
  index.add(items(ROWS, 1), keys);
  index.remove(keys.filter((_key, i) => i % 11 === 5));
  return index;
}

/** What a search found, as one short text. */
export function digest({ ids, distances, counts, keys }) {
  const hash = createHash('sha256');
  for (const part of [ids, distances, counts]) hash.update(part);
  return hash.update(JSON.stringify(keys)).digest('hex');
}

const even = (_key, id) => id % 2 === 0;

/** All ways of searching, as one text: blocking and not, filtered and not. */
export async function answer(name, index) {
  const queries = INDEX_CASES[name].items(QUERIES, 2);
  const found = [
    index.search(queries, NEIGHBORS),
    index.search(queries, NEIGHBORS, { threads: 2, filter: even }),
    await index.searchAsync(queries, NEIGHBORS, { threads: 2 }),
    await index.searchAsync(queries, NEIGHBORS, { filter: even }),
  ];
  return found.map(digest).join(' ');
}
