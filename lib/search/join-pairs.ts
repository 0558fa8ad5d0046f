/**
 * The pairs of a self-join on their way to its reader: rows of the join become ids and keys, calls of the kernel
 * become blocks, and a cursor says where the next call goes on, so that no pair comes twice and none is left out.
 */

import type { Key } from './keys.ts';

/** Pairs of a self-join: pair i is left[i] and right[i]. */
export interface CodePairs {
  /** Number of pairs, at least 1. */
  readonly count: number;
  /** Ids, each smaller than the right one. */
  readonly left: Uint32Array;
  /** Ids, each larger than the left one. */
  readonly right: Uint32Array;
  /** Bits in which the two codes differ. */
  readonly distances: Uint32Array;
  /** Keys of the left ids, from an index that has keys. */
  readonly leftKeys?: readonly Key[];
  /** Keys of the right ids, from an index that has keys. */
  readonly rightKeys?: readonly Key[];
}

/** Rows copied for one join: their ids and keys, plain rows of words, and what the plan needs. */
export interface JoinRows {
  readonly count: number;
  readonly ids: Uint32Array;
  readonly keys: readonly (Key | undefined)[] | undefined;
  readonly codes: BigUint64Array;
}

/** Where a join stands: the next pair is of row `left` and a row from `right` on, or of a later row. */
export class Cursor {
  left = 0;
  right = 0;
  /** Left rows of the next kernel call: fewer after one that found no place for its pairs. */
  lefts: number;
  readonly #rows: number;
  readonly #mostLefts: number;

  constructor(rows: number, mostLefts: number) {
    this.#rows = rows;
    this.#mostLefts = mostLefts;
    this.lefts = mostLefts;
  }

  /** After a call for the rows up to `end` that wrote `count` pairs. */
  advance(pairs: Uint32Array, capacity: number, count: number, end: number): void {
    if (count < capacity) {
      this.left = end;
      this.right = 0;
      this.lefts = Math.min(this.#mostLefts, 2 * this.lefts);
      return;
    }
    const last = pairs[count - 1];
    this.lefts = last - this.left + 1;
    this.left = last;
    this.right = pairs[capacity + count - 1] + 1;
    if (this.right < this.#rows) return;
    this.left++;
    this.right = 0;
  }
}

/** The pairs of one block, as rows of the join and then as ids. */
export class FoundPairs {
  count = 0;
  readonly #rows: JoinRows;
  readonly #parts: Uint32Array[][] = [];

  constructor(rows: JoinRows) {
    this.#rows = rows;
  }

  /** Copies `count` pairs out of a kernel's array. */
  append(pairs: Uint32Array, capacity: number, count: number): void {
    if (count === 0) return;
    this.#parts.push([0, 1, 2].map((i) => pairs.slice(i * capacity, i * capacity + count)));
    this.count += count;
  }

  block(): CodePairs {
    const [left, right, distances] = [0, 1, 2].map((i) => {
      const whole = new Uint32Array(this.count);
      let at = 0;
      for (const part of this.#parts) {
        whole.set(part[i], at);
        at += part[i].length;
      }
      return whole;
    });
    const { ids, keys } = this.#rows;
    const named =
      keys === undefined ? {} : { leftKeys: namesOf(left, keys), rightKeys: namesOf(right, keys) };
    const idOf = (row: number): number => ids[row];
    return { count: this.count, left: left.map(idOf), right: right.map(idOf), distances, ...named };
  }
}

/** Keys of rows that live, which all have one. */
function namesOf(rows: Uint32Array, keys: readonly (Key | undefined)[]): Key[] {
  return Array.from(rows, (row) => keys[row] as Key);
}
