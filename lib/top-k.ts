/**
 * The k largest of each row of numbers: the selection under every search and winner-take-all, as a function of its
 * own. Exact, sorted, with a defined order of equal values.
 */

import { allocated, checkBytes, checkInteger, checkOptions, checkThreads } from './check.ts';
import { hashRows, type RowHash } from './hash/hasher.ts';
import { dimOf, MAX_DIM, VectorSource, type Vectors } from './vectors.ts';

/** Options of {@link topK}. */
export interface TopKOptions {
  /** Values wanted of each row, 0 or more. */
  k: number;
  /** Numbers a row has, 1 to 2^24; needed when values is one flat array. */
  columns?: number;
  /** Threads to use, 1 to 256; default 1. */
  threads?: number;
}

/** The k largest values of each of `rows` rows; flat, row after row. */
export interface TopK {
  /** Number of rows. */
  readonly rows: number;
  /** Places a row has in ids and values. */
  readonly k: number;
  /** Columns of the values, rows x k, the largest value's first; 0xffffffff in the places after a row's count. */
  readonly ids: Uint32Array;
  /** The values, rows x k, descending; -Infinity in the places after a row's count. */
  readonly values: Float32Array;
  /** Values found in each row: k, or the number of columns if that is smaller. */
  readonly counts: Uint32Array;
}

const NO_ID = 0xffffffff;

/**
 * The k largest values of each row with their columns, exactly; blocks the caller. Equal values stand in the
 * order of their columns; -0 equals 0.
 *
 * @param values rows x columns numbers, flat or as an array of rows.
 * @throws TypeError for a wrong kind; RangeError for a wrong value or length, and for a value that is not finite,
 * naming its row and column.
 *
 * @example
 * ```ts
 * import { topK } from 'flyhash';
 * const { ids, values } = topK([[1, 5, 3], [7, 7, 2]], { k: 2 });
 * console.assert(ids.join() === '1,2,0,1' && values.join() === '5,3,7,7');
 * ```
 */
export function topK(values: Vectors, options: TopKOptions): TopK {
  checkOptions(options, 'options', ['k', 'columns', 'threads']);
  const threads = checkThreads(options.threads, 1);
  const k = checkInteger(options.k, 'k', 0, NO_ID);
  const given =
    options.columns === undefined ? dimOf(values, 'values', 'columns') : options.columns;
  const columns = checkInteger(given, 'columns', 1, MAX_DIM);
  const source = new VectorSource(values, columns, 'values');
  checkBytes(source.rows, 4 * k, 'ids');
  // With k = 0 the largest is found and dropped, so that wrong values are errors whatever k is.
  const found = hashRows(source, largest(source, Math.max(1, Math.min(k, columns))), threads);
  return found.k === k ? found : resized(found, k);
}

/** The k largest for 1 <= k <= columns. */
function largest({ rows, dim: columns }: VectorSource, k: number): RowHash<TopK> {
  const ids = allocated(Uint32Array, rows, k, 'ids');
  const values = allocated(Float32Array, rows, k, 'values');
  return {
    call: ({ vectors, first, rows: count }) => ({
      name: 'topK',
      args: [vectors, count, columns, k, ids.subarray(first * k), values.subarray(first * k)],
    }),
    codes: () => ({ rows, k, ids, values, counts: new Uint32Array(rows).fill(k) }),
  };
}

/** The same with another number of places; new ones are filled. */
function resized(found: TopK, k: number): TopK {
  const ids = allocated(Uint32Array, found.rows, k, 'ids').fill(NO_ID);
  const values = allocated(Float32Array, found.rows, k, 'values').fill(Number.NEGATIVE_INFINITY);
  const width = Math.min(k, found.k);
  for (let row = 0; row < found.rows; row++) {
    const from = row * found.k;
    ids.set(found.ids.subarray(from, from + width), row * k);
    values.set(found.values.subarray(from, from + width), row * k);
  }
  return { rows: found.rows, k, ids, values, counts: new Uint32Array(found.rows).fill(width) };
}
