// The price of Hamming search, through HammingIndex: one query, bound by memory; a batch, bound by arithmetic, since
// its blocks of codes stay in cache; one query on two threads; the worst cases of keeping neighbours; filters that
// allow some of the rows, and range search, beside the exact scan of all rows. The limit is XOR and population count
// over memory (one query) or over cache (a batch).

import { BitCodes, HammingIndex } from '../lib/index.ts';
import { randomBits } from './framework/data.ts';
import { type Bench, defineBench } from './framework/define.ts';

const NEIGHBORS = 10;
const ROWS = 1 << 20;
const BATCH = 100;

function randomCodes(rows: number, bits: number, seed: number): BitCodes {
  return BitCodes.adopt(randomBits(rows, bits, seed), bits);
}

function indexOf(codes: BitCodes): HammingIndex {
  const index = HammingIndex.create({ bits: codes.bits });
  index.add(codes);
  return index;
}

function oneQuery(bits: 256 | 1024): Bench {
  return defineBench({
    name: `hamming/top10-1m-${bits}-one`,
    limit: bits === 256 ? 'xor-32m' : 'xor-128m',
    targets: { limitShare: { avx512: 0.85, avx2: 1 } },
    skipLevels: ['scalar'],
    setup: ({ threads }) => {
      const codes = randomCodes(ROWS, bits, 1);
      const index = indexOf(codes);
      const query = randomCodes(1, bits, 2);
      return {
        run: () => index.search(query, NEIGHBORS, { threads }),
        work: codes.data.length,
      };
    },
  });
}

function batch(bits: 256 | 1024): Bench {
  return defineBench({
    name: `hamming/top10-1m-${bits}-batch`,
    limit: 'xor-512k',
    targets: { limitShare: { avx512: 0.9, avx2: 1.2 } },
    skipLevels: ['scalar'],
    setup: ({ threads, quick }) => {
      const rows = quick ? ROWS / 8 : ROWS;
      const index = indexOf(randomCodes(rows, bits, 1));
      const queries = randomCodes(BATCH, bits, 2);
      return {
        run: () => index.search(queries, NEIGHBORS, { threads }),
        items: BATCH,
        work: (BATCH * rows * bits) / 8,
      };
    },
  });
}

const twoThreads = defineBench({
  name: 'hamming/top10-1m-256-one-split',
  threads: 2,
  baseline: 'the same on one thread',
  targets: { speedup: 1 },
  skipLevels: ['scalar'],
  setup: () => {
    const index = indexOf(randomCodes(ROWS, 256, 1));
    const query = randomCodes(1, 256, 2);
    return {
      run: () => index.search(query, NEIGHBORS, { threads: 2 }),
      baseline: () => index.search(query, NEIGHBORS),
    };
  },
});

/** Codes whose distance to zero falls with the row: every code is a new neighbour. */
function fallingCodes(rows: number): BitCodes {
  const data = new Uint8Array(rows * 32);
  for (let row = 0; row < rows; row++) {
    const set = 256 - Math.floor((row * 257) / rows);
    for (let byte = 0; byte < 32; byte++) {
      data[row * 32 + byte] = (0xff00 >> Math.min(8, Math.max(0, set - 8 * byte))) & 0xff;
    }
  }
  return BitCodes.adopt(data, 256);
}

function worstCase(name: string, codes: (rows: number) => BitCodes): Bench {
  return defineBench({
    name: `hamming/top10-1m-256-${name}`,
    baseline: 'random codes',
    targets: { speedup: 1 / 3 },
    skipLevels: ['scalar'],
    setup: ({ threads }) => {
      const usual = indexOf(randomCodes(ROWS, 256, 1));
      const worst = indexOf(codes(ROWS));
      const query = BitCodes.adopt(new Uint8Array(32 * 16), 256);
      return {
        run: () => worst.search(query, NEIGHBORS, { threads }),
        baseline: () => usual.search(query, NEIGHBORS, { threads }),
        items: query.rows,
      };
    },
  });
}

/** A bitmap that allows one row in `step`, at random places. */
function oneIn(step: number): Uint8Array {
  const draws = new Uint32Array(randomBits(ROWS, 32, 3).buffer);
  const bitmap = new Uint8Array(ROWS / 8);
  for (let row = 0; row < ROWS; row++) {
    if (draws[row] % step === 0) bitmap[row >> 3] |= 0x80 >> (row & 7);
  }
  return bitmap;
}

/** Search of the allowed rows beside the search of all: a speedup below 1 is what the filter costs. */
function filtered(
  name: string,
  queryCount: number,
  bitmap: () => Uint8Array,
  least: number,
): Bench {
  return defineBench({
    name: `hamming/filter-${name}`,
    baseline: 'all rows',
    targets: { speedup: least },
    skipLevels: ['scalar'],
    setup: ({ threads }) => {
      const index = indexOf(randomCodes(ROWS, 256, 1));
      const queries = randomCodes(queryCount, 256, 2);
      const filter = bitmap();
      return {
        run: () => index.search(queries, NEIGHBORS, { threads, filter }),
        baseline: () => index.search(queries, NEIGHBORS, { threads }),
        items: queryCount,
      };
    },
  });
}

/** Every other code equals the query but may not be found: each group of eight has nearer codes in vain. */
const forbiddenNearer = defineBench({
  name: 'hamming/filter-forbidden-nearer',
  baseline: 'all rows of random codes',
  targets: { speedup: 1 / 4 },
  skipLevels: ['scalar'],
  setup: ({ threads }) => {
    const usual = indexOf(randomCodes(ROWS, 256, 1));
    const codes = randomCodes(ROWS, 256, 1).toUbinary();
    for (let row = 0; row < ROWS; row += 2) codes.fill(0, row * 32, row * 32 + 32);
    const worst = indexOf(BitCodes.adopt(codes, 256));
    const query = BitCodes.adopt(new Uint8Array(32), 256);
    const filter = new Uint8Array(ROWS / 8).fill(0x55);
    return {
      run: () => worst.search(query, NEIGHBORS, { threads, filter }),
      baseline: () => usual.search(query, NEIGHBORS, { threads }),
    };
  },
});

/** All codes within a radius that about ten codes a query have, beside the search of the ten nearest. */
function range(name: string, queryCount: number): Bench {
  return defineBench({
    name: `hamming/range-1m-256-${name}`,
    baseline: 'the ten nearest',
    targets: { speedup: 0.9 },
    skipLevels: ['scalar'],
    setup: ({ threads }) => {
      const index = indexOf(randomCodes(ROWS, 256, 1));
      const queries = randomCodes(queryCount, 256, 2);
      const results = index.rangeSearch(queries, 92).ids.length / queryCount;
      return {
        run: () => index.rangeSearch(queries, 92, { threads }),
        baseline: () => index.search(queries, NEIGHBORS, { threads }),
        items: queryCount,
        readings: () => ({ 'results a query': results }),
      };
    },
  });
}

export const benches: readonly Bench[] = [
  oneQuery(256),
  oneQuery(1024),
  batch(256),
  batch(1024),
  twoThreads,
  worstCase('equal', (rows) => BitCodes.adopt(new Uint8Array(rows * 32).fill(0x55), 256)),
  worstCase('complement', (rows) => BitCodes.adopt(new Uint8Array(rows * 32).fill(0xff), 256)),
  worstCase('falling', fallingCodes),
  filtered('half-one', 1, () => oneIn(2), 0.8),
  filtered('half-batch', BATCH, () => oneIn(2), 1),
  filtered('1-in-100-one', 1, () => oneIn(100), 3),
  filtered('1-in-100-batch', BATCH, () => oneIn(100), 10),
  filtered('1-in-10000-one', 1, () => oneIn(10_000), 8),
  filtered('1-in-10000-batch', BATCH, () => oneIn(10_000), 50),
  forbiddenNearer,
  range('one', 1),
  range('batch', BATCH),
];
