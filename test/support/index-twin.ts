/**
 * The checked twin of an index: which row of the pool lives under which id and key, in plain arrays. It decides for
 * itself which ids new rows take, and what every call must answer.
 */

import { expect } from 'vitest';
import type { Key } from '../../lib/search/keys.ts';
import type { Neighbors } from '../../lib/search/neighbors.ts';
import { type AnyIndex, expectedNeighbors, type IndexKind, type Living } from './indexes.ts';

interface Slot {
  readonly key: Key;
  readonly row: number;
}

export class IndexTwin {
  readonly #kind: IndexKind;
  readonly #isKeyed: boolean;
  readonly #slots: (Slot | undefined)[] = [];

  constructor(kind: IndexKind, isKeyed: boolean) {
    this.#kind = kind;
    this.#isKeyed = isKeyed;
  }

  get size(): number {
    return this.#slots.filter((slot) => slot !== undefined).length;
  }

  get rows(): number {
    return this.#slots.length;
  }

  find(key: Key): number | undefined {
    const id = this.#slots.findIndex((slot) => slot?.key === key);
    return id < 0 ? undefined : id;
  }

  /** Adds rows of the pool; returns their ids. */
  add(rows: readonly number[], keys: readonly Key[]): number[] {
    return rows.map((row, i) => {
      const hole = this.#slots.indexOf(undefined);
      const id = hole < 0 ? this.#slots.length : hole;
      this.#slots[id] = { key: this.#isKeyed ? keys[i] : id, row };
      return id;
    });
  }

  upsert(rows: readonly number[], keys: readonly Key[]): number[] {
    return rows.map((row, i) => {
      const id = this.find(keys[i]);
      if (id === undefined) return this.add([row], [keys[i]])[0];
      this.#slots[id] = { key: keys[i], row };
      return id;
    });
  }

  remove(keys: readonly Key[]): number {
    const before = this.size;
    for (const key of keys) {
      const id = this.find(key);
      if (id !== undefined) this.#slots[id] = undefined;
    }
    return before - this.size;
  }

  /** The rows that live and that the predicate allows. */
  living(allowed: (key: Key, id: number) => boolean = () => true): Living {
    const living = new Map<number, number>();
    this.#slots.forEach((slot, id) => {
      if (slot !== undefined && allowed(slot.key, id)) living.set(id, slot.row);
    });
    return living;
  }

  /** What a search must give now. */
  neighbors(
    queries: readonly number[],
    k: number,
    allowed?: (key: Key, id: number) => boolean,
  ): Neighbors {
    const found = expectedNeighbors(this.#kind, this.living(allowed), queries, k);
    if (!this.#isKeyed || this.rows === 0) return found;
    return { ...found, keys: Array.from(found.ids, (id) => this.#slots[id]?.key ?? null) };
  }

  /** Compares all that can be asked without a query. */
  expectSame(index: AnyIndex): void {
    expect([index.size, index.rows]).toEqual([this.size, this.rows]);
    const slots = this.#slots.filter((slot) => slot !== undefined);
    expect([...index.keys()]).toEqual(slots.map(({ key }) => key));
    for (const { key, row } of slots) {
      expect(index.get(key)).toEqual(this.#kind.stored(row));
    }
  }
}
