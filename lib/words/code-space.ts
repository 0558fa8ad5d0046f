/**
 * Similarities among the codes of words, dense or sparse: of two, of one to all, and the nearest. Dense codes are compared
 * through a HammingIndex, sparse ones through an InvertedIndex and through lists of the rows in which each unit is active;
 * all of them are made when they are first asked for.
 */

import { BitCodes } from '../codes/bit-codes.ts';
import { SparseCodes } from '../codes/sparse-codes.ts';
import { wrongKind, wrongValue } from '../errors.ts';
import { HammingIndex } from '../search/hamming-index.ts';
import { InvertedIndex } from '../search/inverted-index.ts';

/** A row that is near. */
export interface NearRow {
  readonly id: number;
  readonly similarity: number;
}

/** Codes with a similarity between any two. */
export interface CodeSpace {
  /** Bits that one code takes. */
  readonly bits: number;
  similarity(a: number, b: number): number;
  /** Similarities of the code of a row to all. */
  similarities(id: number): Float32Array;
  /** The n rows nearest to a code of one row, ties to the smaller row. */
  nearest(code: unknown, n: number): NearRow[];
}

export function codeSpace(codes: BitCodes | SparseCodes): CodeSpace {
  return codes instanceof BitCodes ? new DenseSpace(codes) : new SparseSpace(codes);
}

/** A query of one row. */
function checkOne<Codes extends BitCodes | SparseCodes>(code: Codes): Codes {
  if (code.rows !== 1) throw wrongValue('query', 'a code of one row', code.rows);
  return code;
}

/** Bits that are set in each byte. */
const ONES = new Uint8Array(256);
for (let byte = 1; byte < 256; byte++) ONES[byte] = ONES[byte >> 1] + (byte & 1);

class DenseSpace implements CodeSpace {
  readonly bits: number;
  readonly #codes: BitCodes;
  #index: HammingIndex | undefined;

  constructor(codes: BitCodes) {
    this.bits = codes.bits;
    this.#codes = codes;
  }

  similarity(a: number, b: number): number {
    const [one, other] = [this.#codes.row(a), this.#codes.row(b)];
    let distance = 0;
    for (let i = 0; i < one.length; i++) distance += ONES[one[i] ^ other[i]];
    return 1 - distance / this.bits;
  }

  similarities(id: number): Float32Array {
    const all = new Float32Array(this.#codes.rows);
    for (let row = 0; row < all.length; row++) all[row] = this.similarity(id, row);
    return all;
  }

  nearest(code: unknown, n: number): NearRow[] {
    if (!(code instanceof BitCodes)) throw wrongKind('query', 'a word or BitCodes', code);
    if (this.#index === undefined) {
      this.#index = HammingIndex.create({ bits: this.bits });
      this.#index.add(this.#codes);
    }
    const most = Math.min(n, this.#codes.rows);
    const { ids, distances, counts } = this.#index.search(checkOne(code), most);
    return Array.from(ids.subarray(0, counts[0]), (id, i) => {
      return { id, similarity: 1 - distances[i] / this.bits };
    });
  }
}

/** Rows in which each unit is active: those of unit u from starts[u] to starts[u + 1]. */
interface Postings {
  readonly starts: Uint32Array;
  readonly rows: Uint32Array;
}

function postingsOf({ indices, units, active }: SparseCodes): Postings {
  const starts = new Uint32Array(units + 1);
  for (const unit of indices) starts[unit + 1]++;
  for (let unit = 0; unit < units; unit++) starts[unit + 1] += starts[unit];
  const next = starts.slice();
  const rows = new Uint32Array(indices.length);
  for (const [i, unit] of indices.entries()) rows[next[unit]++] = Math.floor(i / active);
  return { starts, rows };
}

class SparseSpace implements CodeSpace {
  readonly bits: number;
  readonly #codes: SparseCodes;
  #index: InvertedIndex | undefined;
  #postings: Postings | undefined;

  constructor(codes: SparseCodes) {
    this.bits = codes.active * (32 - Math.clz32(codes.units - 1));
    this.#codes = codes;
  }

  similarity(a: number, b: number): number {
    const [one, other] = [this.#codes.row(a), this.#codes.row(b)];
    let common = 0;
    for (let i = 0, j = 0; i < one.length && j < other.length; ) {
      if (one[i] === other[j]) common++;
      if (one[i] <= other[j]) i++;
      else j++;
    }
    return common / this.#codes.active;
  }

  similarities(id: number): Float32Array {
    this.#postings ??= postingsOf(this.#codes);
    const { starts, rows } = this.#postings;
    const common = new Float32Array(this.#codes.rows);
    for (const unit of this.#codes.row(id)) {
      for (let i = starts[unit]; i < starts[unit + 1]; i++) common[rows[i]]++;
    }
    for (let row = 0; row < common.length; row++) common[row] /= this.#codes.active;
    return common;
  }

  nearest(code: unknown, n: number): NearRow[] {
    if (!(code instanceof SparseCodes)) throw wrongKind('query', 'a word or SparseCodes', code);
    const { units, active, rows } = this.#codes;
    if (this.#index === undefined) {
      this.#index = InvertedIndex.create({ units, active });
      this.#index.add(this.#codes);
    }
    const { ids, overlaps, counts } = this.#index.search(checkOne(code), Math.min(n, rows));
    const scale = Math.sqrt(active * code.active);
    return Array.from(ids.subarray(0, counts[0]), (id, i) => {
      return { id, similarity: overlaps[i] / scale };
    });
  }
}
