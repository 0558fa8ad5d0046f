/**
 * Shifted positive pointwise mutual information of co-occurrence counts (Levy, Goldberg and Dagan, "Improving
 * distributional similarity with lessons learned from word embeddings", 2015): how much more often two words stand near
 * each other than chance would have it, where it is more than `shift` times as often. The counts of contexts are raised
 * to a power below 1 (smoothing), which takes from rare contexts what they have by chance alone; so the matrix is not
 * symmetric, although the counts are. Doubles with + - * / only, summed in order, rounded to float32 once.
 */

import { allocated } from '../check.ts';
import { exponential } from '../exponential.ts';
import type { KernelWork } from '../hash/kernel-work.ts';
import { naturalLogarithm } from '../random.ts';
import type { Cooccurrences } from './cooccurrences.ts';
import type { CountRows } from './count-rows.ts';
import type { SparseMatrix } from './sparse-matrix.ts';

/** Counts whose logarithms are made once. */
const TABLE = 2 ** 16;

export interface PpmiSettings {
  /** The power of a context's count: 0 to 1; 0.75 is usual. */
  readonly smoothing: number;
  /** How many times chance: above 0; 5 is usual, 1 leaves the positive values as they are. */
  readonly shift: number;
}

/** What is the same in all entries of a row, and of a column. */
interface Terms {
  readonly rows: Float64Array;
  readonly columns: Float64Array;
}

/**
 * With n the total of a word and Z the sum of n^smoothing over all words that have any: ln Z - ln n - ln shift of each
 * row, and smoothing x ln n of each column.
 */
function termsOf(totals: Float64Array, { smoothing, shift }: PpmiSettings): Terms {
  const rows = new Float64Array(totals.length);
  const columns = new Float64Array(totals.length);
  let sum = 0;
  for (const [word, total] of totals.entries()) {
    if (total === 0) continue;
    const logarithm = naturalLogarithm(total);
    columns[word] = smoothing * logarithm;
    rows[word] = -logarithm;
    sum += exponential(columns[word]);
  }
  if (sum === 0) return { rows, columns };
  const shared = naturalLogarithm(sum) - naturalLogarithm(shift);
  return { rows: rows.map((term) => shared + term), columns };
}

/** The entries of some rows, put behind each other. */
interface Entries {
  readonly columns: Uint32Array;
  readonly values: Float32Array;
}

class PpmiRows {
  readonly #terms: Terms;
  readonly #logarithms = new Float64Array(TABLE);
  /** Where positive entries gather, block after block. */
  #columns = new Uint32Array(0);
  #values = new Float32Array(0);
  readonly starts: Uint32Array;

  constructor(terms: Terms) {
    this.#terms = terms;
    this.starts = new Uint32Array(terms.rows.length + 1);
    for (let count = 1; count < TABLE; count++) this.#logarithms[count] = naturalLogarithm(count);
  }

  /** The positive entries of rows that follow those before. */
  take({ first, ends, columns, counts }: CountRows): Entries {
    if (this.#columns.length < columns.length) {
      this.#columns = new Uint32Array(columns.length);
      this.#values = new Float32Array(columns.length);
    }
    const [kept, values, logarithms] = [this.#columns, this.#values, this.#logarithms];
    const columnTerms = this.#terms.columns;
    let [size, i] = [0, 0];
    for (let row = 0; row < ends.length; row++) {
      const rowTerm = this.#terms.rows[first + row];
      for (; i < ends[row]; i++) {
        const count = counts[i];
        const logarithm = count < TABLE ? logarithms[count] : naturalLogarithm(count);
        const value = Math.fround(logarithm - columnTerms[columns[i]] + rowTerm);
        if (!(value > 0)) continue;
        kept[size] = columns[i];
        values[size++] = value;
      }
      this.starts[first + row + 1] = this.starts[first] + size;
    }
    return { columns: kept.slice(0, size), values: values.slice(0, size) };
  }
}

/** One after the other. */
function together(blocks: readonly Entries[], entries: number): Entries {
  const columns = allocated(Uint32Array, 1, entries, 'the entries of a matrix');
  const values = allocated(Float32Array, 1, entries, 'the entries of a matrix');
  let at = 0;
  for (const block of blocks) {
    columns.set(block.columns, at);
    values.set(block.values, at);
    at += block.columns.length;
  }
  return { columns, values };
}

/**
 * The matrix words x words of max(0, ln (n(i, j) Z / (n(i) n(j)^smoothing shift))); rows are words, columns contexts. A
 * word that never stands near another has an empty row.
 */
export async function ppmiMatrix(
  counts: Cooccurrences,
  settings: PpmiSettings,
  work: KernelWork,
): Promise<SparseMatrix> {
  const { words } = counts;
  const rows = new PpmiRows(termsOf(counts.totals, settings));
  const blocks: Entries[] = [];
  for await (const block of counts.rows()) {
    blocks.push(rows.take(block));
    await work.rest();
  }
  const { starts } = rows;
  return { rows: words, columnCount: words, starts, ...together(blocks, starts[words]) };
}
