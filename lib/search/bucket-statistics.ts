/** How codes are spread over the buckets of hash tables: what a search will cost, and whether keys are too short. */

import type { KeyLayout } from './lsh-keys.ts';
import { type Segment, tableSize } from './lsh-tables.ts';

/** Codes in a bucket, by the share of buckets that hold no more. */
export interface BucketPercentiles {
  /** Half of the buckets. */
  readonly p50: number;
  /** Nine tenths of them. */
  readonly p90: number;
  /** 99 of a hundred. */
  readonly p99: number;
}

/** The buckets of one table. */
export interface BucketStatistics {
  /** Buckets that hold a code. */
  readonly buckets: number;
  /** Codes in the largest. */
  readonly largest: number;
  /** Codes a bucket. */
  readonly mean: number;
  /** Codes in the bucket that half, nine tenths, and 99 of a hundred buckets do not exceed. */
  readonly percentiles: BucketPercentiles;
  /** Codes in the bucket of a code, on average over the codes: what one probe of a query like them compares. */
  readonly expectedCandidates: number;
}

/** The sizes of a table's buckets, ascending. */
function bucketSizes(table: Uint32Array, rows: number, isWhole: boolean): Uint32Array {
  const sizes: number[] = [];
  if (isWhole) {
    const starts = table.length - rows;
    for (let cell = 0; cell + 1 < starts; cell++) {
      if (table[cell + 1] > table[cell]) sizes.push(table[cell + 1] - table[cell]);
    }
  } else {
    const keys = table.subarray(table.length - rows);
    for (let i = 0; i < rows; i++) {
      if (i > 0 && keys[i] === keys[i - 1]) sizes[sizes.length - 1]++;
      else sizes.push(1);
    }
  }
  return Uint32Array.from(sizes).sort();
}

function summary(sizes: Uint32Array, rows: number): BucketStatistics {
  const buckets = sizes.length;
  const percentile = (share: number): number => sizes[Math.ceil(share * buckets) - 1] ?? 0;
  const squares = sizes.reduce((sum, size) => sum + size * size, 0);
  return {
    buckets,
    largest: sizes[buckets - 1] ?? 0,
    mean: buckets === 0 ? 0 : rows / buckets,
    percentiles: { p50: percentile(0.5), p90: percentile(0.9), p99: percentile(0.99) },
    expectedCandidates: rows === 0 ? 0 : squares / rows,
  };
}

/** One summary a table. */
export function statisticsOf(
  { tables, keyBits }: KeyLayout,
  segment: Segment | undefined,
): BucketStatistics[] {
  if (segment === undefined) {
    return Array.from({ length: tables }, () => summary(new Uint32Array(0), 0));
  }
  const { rows, directoryBits } = segment;
  const size = tableSize(rows, keyBits, directoryBits);
  return Array.from({ length: tables }, (_, t) => {
    const table = segment.tables.subarray(t * size, (t + 1) * size);
    return summary(bucketSizes(table, rows, directoryBits === keyBits), rows);
  });
}
