// The price of search by overlap, through InvertedIndex: one query and batches, in both forms of its memory, beside the
// exact Hamming scan of the same codes as bits (what one would do without an inverted index), and over codes of FlyHash,
// whose units are not equally popular. Readings: postings that a plain counting loop would touch in a second.

import {
  FlyHash,
  HammingIndex,
  InvertedIndex,
  SparseCodes,
  type SparseSizes,
} from '../lib/index.ts';
import { randomVectors } from './framework/data.ts';
import { type Bench, defineBench, type Trial } from './framework/define.ts';

const NEIGHBORS = 10;
const ROWS = 1 << 20;
const QUICK_ROWS = 1 << 17;

/** Uniformly drawn codes: equal popularity of units is the worst case of the neighbours' bound. */
function randomSparse(rows: number, { units, active }: SparseSizes, seed: number): SparseCodes {
  const indices = new Uint32Array(rows * active);
  const seen = new Int32Array(units).fill(-1);
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1;
  for (let row = 0; row < rows; row++) {
    const code = indices.subarray(row * active, (row + 1) * active);
    for (let i = 0; i < active; ) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      const unit = Math.floor(((state >>> 0) / 2 ** 32) * units);
      if (seen[unit] === row) continue;
      seen[unit] = row;
      code[i++] = unit;
    }
    code.sort();
  }
  return SparseCodes.adopt(indices, { units, active });
}

function indexOf(codes: SparseCodes): InvertedIndex {
  const index = InvertedIndex.create({ units: codes.units, active: codes.active });
  index.add(codes);
  return index;
}

/** Postings touched in a second, counted as a plain loop over the lists would. */
function touchedReading(
  codes: SparseCodes,
  queries: SparseCodes,
  search: () => unknown,
): Record<string, number> {
  const lengths = new Float64Array(codes.units);
  for (const unit of codes.indices) lengths[unit]++;
  let touched = 0;
  for (const unit of queries.indices) touched += lengths[unit];
  const start = process.hrtime.bigint();
  search();
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  return { 'billion postings/s': touched / seconds / 1e9, 'queries/s': queries.rows / seconds };
}

interface Job {
  readonly name: string;
  readonly sizes: SparseSizes;
  readonly queries: number;
  /** Least ratio to the scan. */
  readonly speedup: number;
}

function trialOf(
  codes: SparseCodes,
  queries: SparseCodes,
  threads: number,
  isSingle: boolean,
): Trial {
  const index = indexOf(codes);
  const one = Array.from({ length: queries.rows }, (_, i) => queries.slice(i, i + 1));
  const run = isSingle
    ? () => one.forEach((query) => void index.search(query, NEIGHBORS, { threads }))
    : () => index.search(queries, NEIGHBORS, { threads });
  return { run, items: queries.rows, readings: () => touchedReading(codes, queries, run) };
}

/** Uniform codes, against HammingIndex over the same codes as bits. */
function againstHamming({ name, sizes, queries: count, speedup }: Job): Bench {
  return defineBench({
    name: `postings/${name}`,
    baseline: 'HammingIndex over the same codes as bits',
    targets: { speedup },
    skipLevels: ['scalar', 'reference'],
    setup: ({ threads, quick }) => {
      const isSingle = count === 1;
      const codes = randomSparse(quick ? QUICK_ROWS : ROWS, sizes, 1);
      const queries = randomSparse(isSingle ? 20 : count, sizes, 2);
      const hamming = HammingIndex.create({ bits: sizes.units });
      hamming.add(codes.toBitCodes());
      // A few queries tell the time of an exact scan; the ratio is of times an item.
      const few = queries.slice(0, isSingle ? 1 : Math.min(count, 100)).toBitCodes();
      const trial = trialOf(codes, queries, threads, isSingle);
      const shares = queries.rows / few.rows;
      const baseline = (): void => {
        for (let i = 0; i < shares; i++) hamming.search(few, NEIGHBORS, { threads });
      };
      return { ...trial, baseline };
    },
  });
}

/** Codes of FlyHash over vectors in clusters. */
function flyCodes(active: number): Bench {
  return defineBench({
    name: `postings/fly-1280-of-${active}-batch`,
    skipLevels: ['scalar', 'reference'],
    setup: ({ threads, quick }) => {
      const hasher = FlyHash.create({ dim: 128, units: 1280, active, seed: 1 });
      const rows = quick ? 20_000 : 200_000;
      const centres = randomVectors(1000, 128, 3);
      const vectors = randomVectors(rows + 100, 128, 4).map(
        (value, i) => value / 2 + centres[(Math.floor(i / 128) % 1000) * 128 + (i % 128)],
      );
      const codes = hasher.hash(vectors.subarray(0, rows * 128));
      return trialOf(codes, hasher.hash(vectors.subarray(rows * 128)), threads, false);
    },
  });
}

const BITMAPS: SparseSizes = { units: 2048, active: 32 };
const LISTS: SparseSizes = { units: 2112, active: 32 };

export const benches: readonly Bench[] = [
  againstHamming({ name: 'bitmaps-1m-one', sizes: BITMAPS, queries: 1, speedup: 10 }),
  againstHamming({ name: 'bitmaps-1m-batch-100', sizes: BITMAPS, queries: 100, speedup: 10 }),
  againstHamming({ name: 'bitmaps-1m-batch-1000', sizes: BITMAPS, queries: 1000, speedup: 10 }),
  againstHamming({ name: 'lists-1m-one', sizes: LISTS, queries: 1, speedup: 10 }),
  againstHamming({ name: 'lists-1m-batch-100', sizes: LISTS, queries: 100, speedup: 6 }),
  flyCodes(64),
  flyCodes(16),
];
