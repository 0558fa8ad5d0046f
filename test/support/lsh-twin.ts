/**
 * What an LshIndex must find, from plain arrays and Maps: rows at the lowest free ids, a Map of buckets for each
 * table, the visited keys by their definition, and all candidates sorted by distance and id.
 */

import type { BitCodes } from '../../lib/codes/bit-codes.ts';
import type { Key } from '../../lib/search/keys.ts';
import type { LshProbes } from '../../lib/search/lsh-keys.ts';
import { NO_ID } from '../../lib/search/neighbors.ts';

interface TwinRow {
  readonly key: Key;
  readonly code: string;
  readonly bucketKeys: readonly number[];
}

/** A code as a text of 0 and 1. */
export function bitText(codes: BitCodes, row: number): string {
  return Array.from({ length: codes.bits }, (_, j) => codes.bit(row, j)).join('');
}

/** The keys of disjoint slices. */
export function sliceKeys(bits: string, tables: number, keyBits: number): number[] {
  return Array.from({ length: tables }, (_, t) =>
    Number.parseInt(bits.slice(t * keyBits, (t + 1) * keyBits), 2),
  );
}

function different(a: string, b: string): number {
  let count = 0;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) count++;
  return count;
}

function keyText(key: number, keyBits: number): string {
  return key.toString(2).padStart(keyBits, '0');
}

/** Every key, likeliest first: by the sum of the squared margins of the bits in which it differs from the query's. */
function byScore(key: number, margins: readonly number[]): number[] {
  const keyBits = margins.length;
  const order = Array.from({ length: keyBits }, (_, j) => j);
  order.sort((a, b) => margins[a] ** 2 - margins[b] ** 2 || a - b);
  const sets = Array.from({ length: 2 ** keyBits }, (_, set) => {
    const flipped = order.filter((_, i) => (set >> i) & 1);
    const score = flipped.reduce((sum, j) => sum + margins[j] ** 2, 0);
    const mask = flipped.reduce((sum, j) => sum + 2 ** (keyBits - 1 - j), 0);
    return { set, score, key: (key ^ mask) >>> 0 };
  });
  sets.sort((a, b) => a.score - b.score || a.set - b.set);
  return sets.map((entry) => entry.key);
}

export interface TwinSettings {
  readonly tables: number;
  readonly keyBits: number;
  readonly probes: LshProbes;
}

export interface TwinQuery {
  readonly code: string;
  readonly bucketKeys: readonly number[];
  /** tables x keyBits, for directed probes. */
  readonly margins?: readonly number[];
}

export class LshTwin {
  readonly #settings: TwinSettings;
  readonly #rows: (TwinRow | undefined)[] = [];

  constructor(settings: TwinSettings) {
    this.#settings = settings;
  }

  get keys(): Key[] {
    return this.#rows.flatMap((row) => (row === undefined ? [] : [row.key]));
  }

  get rows(): number {
    return this.#rows.length;
  }

  /** Adds a row, or replaces the one that has its key; gives its id. */
  put(row: TwinRow): number {
    const present = this.#rows.findIndex((other) => other?.key === row.key);
    const hole = this.#rows.indexOf(undefined);
    const id = present >= 0 ? present : hole >= 0 ? hole : this.#rows.length;
    this.#rows[id] = row;
    return id;
  }

  remove(keys: readonly Key[]): number {
    let count = 0;
    for (const [id, row] of this.#rows.entries()) {
      if (row === undefined || !keys.includes(row.key)) continue;
      this.#rows[id] = undefined;
      count++;
    }
    return count;
  }

  /** The result of a search: ids, distances and keys by place, candidates and counts. */
  search(queries: readonly TwinQuery[], k: number, allows: (key: Key, id: number) => boolean) {
    const results = queries.map((query) => {
      const found = [...this.#candidates(query)].filter((id) => allows(this.#at(id).key, id));
      const all = found.map((id) => ({ id, distance: different(this.#at(id).code, query.code) }));
      all.sort((a, b) => a.distance - b.distance || a.id - b.id);
      return { all, nearest: all.slice(0, k) };
    });
    const places = results.flatMap(({ nearest }) => [
      ...nearest,
      ...Array.from({ length: k - nearest.length }, () => ({ id: NO_ID, distance: NO_ID })),
    ]);
    return {
      ids: places.map(({ id }) => id),
      distances: places.map(({ distance }) => distance),
      keys:
        this.rows === 0
          ? undefined
          : places.map(({ id }) => (id === NO_ID ? null : this.#at(id).key)),
      counts: results.map(({ nearest }) => nearest.length),
      candidates: results.map(({ all }) => (k === 0 ? 0 : all.length)),
    };
  }

  #at(id: number): TwinRow {
    return this.#rows[id] as TwinRow;
  }

  #buckets(table: number): Map<number, number[]> {
    const buckets = new Map<number, number[]>();
    for (const [id, row] of this.#rows.entries()) {
      if (row === undefined) continue;
      const bucket = buckets.get(row.bucketKeys[table]) ?? [];
      bucket.push(id);
      buckets.set(row.bucketKeys[table], bucket);
    }
    return buckets;
  }

  /** Whether a query visits a key of a table. */
  #visits(query: TwinQuery, table: number): (key: number) => boolean {
    const { keyBits, probes } = this.#settings;
    const own = query.bucketKeys[table];
    if (typeof probes === 'object') {
      const margins = query.margins?.slice(table * keyBits, (table + 1) * keyBits) ?? [];
      const visited = new Set(byScore(own, margins).slice(0, probes.directed));
      return (key) => visited.has(key);
    }
    const radius = probes === 'exact' ? 0 : probes;
    return (key) => different(keyText(key, keyBits), keyText(own, keyBits)) <= radius;
  }

  #candidates(query: TwinQuery): Set<number> {
    const found = new Set<number>();
    for (let t = 0; t < this.#settings.tables; t++) {
      const isVisited = this.#visits(query, t);
      for (const [key, ids] of this.#buckets(t)) {
        if (isVisited(key)) for (const id of ids) found.add(id);
      }
    }
    return found;
  }
}
