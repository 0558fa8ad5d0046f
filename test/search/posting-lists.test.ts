/**
 * Posting lists under random writes and erasures, in blocks so small that the delta is merged often, beside a twin that
 * compares code by code: results never depend on when that happens.
 */

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Backend } from '../../lib/backend/kernels.ts';
import type { SparseCodes } from '../../lib/codes/sparse-codes.ts';
import { bitmapBytes, setBit } from '../../lib/search/bitmap.ts';
import { PostingLists } from '../../lib/search/posting-lists.ts';
import { allBackends, useBackend } from '../support/backends.ts';
import { integers } from '../support/codes.ts';
import { RUNS } from '../support/generators.ts';
import { sparseCodes } from '../support/sparse.ts';

const SIZES = { units: 90, active: 6 };
const QUERIES = 2;

/** A store and, by id, the codes that it should hold. */
class TwinLists {
  readonly #store: PostingLists;
  readonly #living = new Map<number, Uint32Array>();
  readonly #draw: () => number;

  constructor(blockRows: number, seed: number) {
    this.#store = new PostingLists(SIZES, blockRows);
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
    const asked = { units: queries.indices, count: QUERIES, active: SIZES.active, k: rows };
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
    return sparseCodes(rows, SIZES, 'near', this.#draw() % 50);
  }

  #sorted(query: Uint32Array): { id: number; distance: number }[] {
    const isWanted = new Set(query);
    return [...this.#living]
      .map(([id, code]) => ({ id, distance: code.filter((unit) => !isWanted.has(unit)).length }))
      .filter(({ distance }) => distance < SIZES.active)
      .sort((a, b) => a.distance - b.distance || a.id - b.id);
  }
}

describe.each([...allBackends])('posting lists on %s', (_name, backend) => {
  beforeAll(() => useBackend(backend));
  const native = backend.kind === 'native';

  it('find the same while rows come, change and go, whenever the delta is merged', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(64, 128), (seed, blockRows) => {
        const twin = new TwinLists(blockRows, seed);
        for (let step = 0; step < (native ? 30 : 8); step++) {
          twin.change();
          twin.expectSame(backend);
        }
      }),
      { numRuns: Math.ceil(RUNS / (native ? 10 : 50)) },
    );
  });
});
