/**
 * Both forms of the memory of an inverted index under random writes and erasures, beside a twin that compares code by
 * code; posting lists in blocks so small that the delta is merged often: results never depend on when that happens.
 * And the memory that they take.
 */

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Backend } from '../../lib/backend/kernels.ts';
import type { SparseCodes, SparseSizes } from '../../lib/codes/sparse-codes.ts';
import { bitmapBytes, setBit } from '../../lib/search/bitmap.ts';
import type { OverlapStore } from '../../lib/search/overlap-store.ts';
import { PostingBitmaps } from '../../lib/search/posting-bitmaps.ts';
import { PostingLists } from '../../lib/search/posting-lists.ts';
import { allBackends, useBackend } from '../support/backends.ts';
import { integers } from '../support/codes.ts';
import { RUNS } from '../support/generators.ts';
import { sparseCodes } from '../support/sparse.ts';

/** Lists of a block that come soon; that never come, as its rows are too few for so many units; and bitmaps. */
const STORES: readonly [name: string, SparseSizes, (sizes: SparseSizes) => OverlapStore][] = [
  ['lists in blocks of 64', { units: 90, active: 6 }, (sizes) => new PostingLists(sizes, 64)],
  ['lists in blocks of 128', { units: 90, active: 6 }, (sizes) => new PostingLists(sizes, 128)],
  ['blocks without lists', { units: 2000, active: 6 }, (sizes) => new PostingLists(sizes, 64)],
  ['bitmaps', { units: 90, active: 6 }, (sizes) => new PostingBitmaps(sizes)],
];
const QUERIES = 2;

/** A store and, by id, the codes that it should hold. */
class StoreWithTwin {
  readonly #sizes: SparseSizes;
  readonly #store: OverlapStore;
  readonly #living = new Map<number, Uint32Array>();
  readonly #draw: () => number;

  constructor(sizes: SparseSizes, store: OverlapStore, seed: number) {
    this.#sizes = sizes;
    this.#store = store;
    this.#draw = integers(seed);
  }

  /** Erases some rows, writes over some, appends some, or several of these. */
  change(): void {
    const kind = this.#draw() % 4;
    const some = [...this.#living.keys()].filter(() => this.#draw() % 3 === 0);
    if (kind === 0) {
      this.#store.erase(Uint32Array.from(some));
      for (const id of some) this.#living.delete(id);
      return;
    }
    const { rows } = this.#store;
    const fresh = Array.from({ length: this.#draw() % 60 }, (_, i) => rows + i);
    const ids = Uint32Array.from(kind === 1 ? [...some, ...fresh] : fresh);
    const codes = this.#codes(ids.length);
    this.#store.write(codes.indices, ids, rows + fresh.length);
    ids.forEach((id, i) => void this.#living.set(id, codes.row(i)));
  }

  expectSame(backend: Backend): void {
    const { rows } = this.#store;
    const queries = this.#codes(QUERIES);
    const allowed = new Uint8Array(bitmapBytes(rows));
    for (const id of this.#living.keys()) setBit(allowed, id);
    const counts = new Uint32Array(QUERIES);
    const [ids, distances] = [new Uint32Array(QUERIES * rows), new Uint32Array(QUERIES * rows)];
    const asked = { units: queries.indices, count: QUERIES, active: this.#sizes.active, k: rows };
    backend.run(this.#store.snapshot().call({ ...asked, allowed, ids, distances, counts }), 2);
    for (let query = 0; query < QUERIES; query++) {
      const expected = this.#sorted(queries.row(query));
      const [from, to] = [query * rows, query * rows + expected.length];
      expect(counts[query]).toBe(expected.length);
      expect([...ids.subarray(from, to)]).toEqual(expected.map(({ id }) => id));
      expect([...distances.subarray(from, to)]).toEqual(expected.map(({ distance }) => distance));
    }
  }

  #codes(rows: number): SparseCodes {
    return sparseCodes(rows, this.#sizes, 'near', this.#draw() % 50);
  }

  #sorted(query: Uint32Array): { id: number; distance: number }[] {
    const isWanted = new Set(query);
    return [...this.#living]
      .map(([id, code]) => ({ id, distance: code.filter((unit) => !isWanted.has(unit)).length }))
      .filter(({ distance }) => distance < this.#sizes.active)
      .sort((a, b) => a.distance - b.distance || a.id - b.id);
  }
}

describe.each([...allBackends])('overlap stores on %s', (_name, backend) => {
  beforeAll(() => useBackend(backend));
  const native = backend.kind === 'native';

  it.each(STORES)('%s find the same while rows come, change and go', (_store, sizes, make) => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const twin = new StoreWithTwin(sizes, make(sizes), seed);
        for (let step = 0; step < (native ? 30 : 8); step++) {
          twin.change();
          twin.expectSame(backend);
        }
      }),
      { numRuns: Math.ceil(RUNS / (native ? 20 : 100)) },
    );
  });
});

/** Bytes of the arrays that are searched, with all that is stale. */
function bytesOf(store: OverlapStore): number {
  return store.tensors().reduce((sum, { data }) => sum + data.byteLength, 0);
}

describe('an inverted index', () => {
  beforeAll(() => useBackend([...allBackends.values()].at(-1) ?? [...allBackends.values()][0]));

  it.each([
    [PostingBitmaps, { units: 2048, active: 32 }],
    [PostingBitmaps, { units: 60, active: 1 }],
    [PostingLists, { units: 2112, active: 32 }],
    [PostingLists, { units: 20_000, active: 8 }],
    [PostingLists, { units: 9000, active: 1 }],
    [PostingLists, { units: 2 ** 20, active: 4 }],
  ])('takes its codes and 4 bytes more for each active unit: %o %o', (Kind, sizes) => {
    const rows = 70_000;
    const store = new Kind(sizes);
    const { indices } = sparseCodes(1000, sizes, 'random', 1);
    const most = 8 * rows * sizes.active;
    for (let first = 0; first < rows; first += 1000) {
      const ids = Uint32Array.from({ length: 1000 }, (_, i) => first + i);
      store.write(indices, ids, first + 1000);
    }
    const block = 512 * 8 * sizes.units; // of bitmaps, the last of which is not full
    expect(bytesOf(store)).toBeLessThanOrEqual(most + block / 64);
    const ids = Uint32Array.from({ length: 1000 }, (_, i) => i * 70);
    store.erase(ids);
    store.write(indices, ids, rows);
    expect(bytesOf(store)).toBeLessThanOrEqual(most + block / 64 + 4 * ids.length);
  });
});
