/**
 * The checked twin of HammingIndex: plain arrays of rows and brute force over bits, with the rules of ids, keys and
 * holes written down a second time.
 */

import { BitCodes } from '../../lib/codes/bit-codes.ts';
import type { Key } from '../../lib/search/keys.ts';
import { type Neighbors, NO_ID, type RangeNeighbors } from '../../lib/search/neighbors.ts';

interface Row {
  readonly key: Key;
  readonly code: Uint8Array;
}

const ONES = Uint8Array.from(
  { length: 256 },
  (_, byte) => byte.toString(2).replaceAll('0', '').length,
);

export class HammingTwin {
  readonly bits: number;
  readonly keyed: boolean;
  readonly rows: (Row | undefined)[] = [];

  constructor(bits: number, keyed: boolean) {
    this.bits = bits;
    this.keyed = keyed;
  }

  get size(): number {
    return this.keys().length;
  }

  keys(): Key[] {
    return this.rows.flatMap((row) => (row === undefined ? [] : [row.key]));
  }

  idOf(key: Key): number | undefined {
    const id = this.rows.findIndex((row) => row?.key === key);
    return id < 0 ? undefined : id;
  }

  /** Adds or replaces; keys undefined where rows are named by their ids. */
  put(codes: BitCodes, keys: readonly Key[] | undefined): number[] {
    return [...codes].map((code, i) => {
      const key = keys?.[i];
      const present = key === undefined ? undefined : this.idOf(key);
      const id = present ?? this.#free();
      this.rows[id] = { key: key ?? id, code: code.slice() };
      return id;
    });
  }

  #free(): number {
    const hole = this.rows.indexOf(undefined);
    return hole < 0 ? this.rows.length : hole;
  }

  remove(keys: readonly Key[]): number {
    let removed = 0;
    for (const key of keys) {
      const id = this.idOf(key);
      if (id === undefined) continue;
      this.rows[id] = undefined;
      removed++;
    }
    return removed;
  }

  /** Rows that may be found, nearest first, ties by id. */
  #ranked(query: Uint8Array, allows: (key: Key, id: number) => boolean) {
    const found: { id: number; key: Key; distance: number }[] = [];
    for (const [id, row] of this.rows.entries()) {
      if (row === undefined || !allows(row.key, id)) continue;
      let distance = 0;
      for (let i = 0; i < query.length; i++) distance += ONES[query[i] ^ row.code[i]];
      found.push({ id, key: row.key, distance });
    }
    return found.sort((a, b) => a.distance - b.distance || a.id - b.id);
  }

  search(
    queries: BitCodes,
    k: number,
    allows: (key: Key, id: number) => boolean,
  ): Neighbors<Uint32Array> {
    const ids: number[] = [];
    const keys: (Key | null)[] = [];
    const distances: number[] = [];
    const counts: number[] = [];
    for (const query of queries) {
      const nearest = this.#ranked(query, allows).slice(0, k);
      counts.push(nearest.length);
      for (let i = 0; i < k; i++) {
        ids.push(nearest[i]?.id ?? NO_ID);
        keys.push(nearest[i]?.key ?? null);
        distances.push(nearest[i]?.distance ?? NO_ID);
      }
    }
    return {
      rows: queries.rows,
      k,
      ids: Uint32Array.from(ids),
      distances: Uint32Array.from(distances),
      counts: Uint32Array.from(counts),
      ...(this.keyed && this.rows.length > 0 ? { keys } : {}),
    };
  }

  rangeSearch(
    queries: BitCodes,
    radius: number,
    allows: (key: Key, id: number) => boolean,
  ): RangeNeighbors {
    const near = [...queries].map((query) =>
      this.#ranked(query, allows).filter(({ distance }) => distance <= radius),
    );
    const starts = [0];
    for (const rows of near) starts.push(starts[starts.length - 1] + rows.length);
    const all = near.flat();
    return {
      rows: queries.rows,
      starts: Uint32Array.from(starts),
      ids: Uint32Array.from(all, ({ id }) => id),
      distances: Uint32Array.from(all, ({ distance }) => distance),
      ...(this.keyed && this.rows.length > 0 ? { keys: all.map(({ key }) => key) } : {}),
    };
  }

  /** The code of a key, as get gives it. */
  get(key: Key): BitCodes | undefined {
    const id = this.idOf(key);
    const code = id === undefined ? undefined : this.rows[id]?.code;
    return code === undefined ? undefined : BitCodes.from(code, this.bits);
  }
}
