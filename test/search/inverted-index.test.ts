/**
 * InvertedIndex beyond what all indexes promise: overlaps and distances, equality with exact Hamming search, laws under
 * relabelling and permutation, the delta and its merging at small blocks, and bad input. In both forms of its memory.
 */

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { SparseCodes, type SparseSizes } from '../../lib/codes/sparse-codes.ts';
import { HammingIndex } from '../../lib/search/hamming-index.ts';
import { InvertedIndex } from '../../lib/search/inverted-index.ts';
import { NO_ID } from '../../lib/search/neighbors.ts';
import { PostingLists } from '../../lib/search/posting-lists.ts';
import { allBackends, useBackend } from '../support/backends.ts';
import { integers } from '../support/codes.ts';
import { RUNS } from '../support/generators.ts';
import { sparseCodes, sparseKind } from '../support/sparse.ts';

const DENSE: SparseSizes = { units: 120, active: 9 };
const SPARSE: SparseSizes = { units: 700, active: 5 };

function codesOf(rows: readonly (readonly number[])[], units: number): SparseCodes {
  return SparseCodes.from(Uint32Array.from(rows.flat()), { units, active: rows[0].length });
}

function indexOf(codes: SparseCodes): InvertedIndex {
  const index = InvertedIndex.create({ units: codes.units, active: codes.active });
  index.add(codes);
  return index;
}

function mapped(codes: SparseCodes, unitOf: (unit: number) => number): SparseCodes {
  const rows = [...codes].map((row) => Uint32Array.from(row, unitOf).sort());
  const indices = Uint32Array.from(rows.flatMap((row) => [...row]));
  return SparseCodes.from(indices, { units: codes.units, active: codes.active });
}

describe.each([...allBackends])('InvertedIndex on %s', (_name, backend) => {
  beforeAll(() => useBackend(backend));

  it.each([8, 1000])('orders by overlap, then by id, of %d units', (units) => {
    const rows = [
      [0, 1, 2],
      [1, 2, 3],
      [5, 6, 7],
      [0, 1, 2],
      [2, 5, 6],
    ];
    const found = indexOf(codesOf(rows, units)).search(codesOf([[0, 1, 2]], units), 5);
    expect([...found.ids]).toEqual([0, 3, 1, 4, NO_ID]);
    expect([...found.overlaps]).toEqual([3, 3, 2, 1, 0]);
    expect([...found.distances]).toEqual([0, 0, 2, 4, NO_ID]);
    expect([...found.counts]).toEqual([4]);
  });

  it('takes queries with another number of active units', () => {
    const index = indexOf(
      codesOf(
        [
          [0, 1],
          [2, 3],
        ],
        8,
      ),
    ); // prettier-ignore
    const found = index.search(codesOf([[0, 2, 3, 7]], 8), 2);
    expect([...found.ids]).toEqual([1, 0]);
    expect([...found.distances]).toEqual([2, 4]);
  });

  it('finds what HammingIndex finds among the rows with a common unit', () => {
    const sizes = fc.constantFrom(DENSE, SPARSE);
    const runs = Math.ceil(RUNS / (backend.kind === 'native' ? 8 : 40));
    fc.assert(
      fc.property(
        sizes,
        sparseKind,
        fc.nat(),
        fc.integer({ min: 0, max: 60 }),
        (s, kind, seed, k) => {
          const codes = sparseCodes(200, s, kind, seed);
          const queries = sparseCodes(3, s, 'near', seed);
          const found = indexOf(codes).search(queries, k);
          const hamming = HammingIndex.create({ bits: s.units });
          hamming.add(codes.toBitCodes());
          const all = hamming.search(queries.toBitCodes(), 200);
          for (let query = 0; query < 3; query++) {
            const near = [...all.distances.subarray(query * 200, (query + 1) * 200)];
            const common = Math.min(k, near.filter((distance) => distance < 2 * s.active).length);
            expect(found.counts[query]).toBe(common);
            const [from, to] = [query * k, query * k + common];
            expect(found.ids.slice(from, to)).toEqual(
              all.ids.slice(query * 200, query * 200 + common),
            );
            expect([...found.distances.slice(from, to)]).toEqual(near.slice(0, common));
          }
        },
      ),
      { numRuns: runs },
    );
  });

  it.each([DENSE, SPARSE])('does not care how units are called, %o', (sizes) => {
    const codes = sparseCodes(300, sizes, 'near', 1);
    const queries = sparseCodes(10, sizes, 'near', 2);
    const other = (unit: number): number => (unit * 7 + 3) % sizes.units;
    const renamed = sizes.units % 7 === 0 ? (unit: number) => sizes.units - 1 - unit : other;
    const found = indexOf(codes).search(queries, 300);
    expect(indexOf(mapped(codes, renamed)).search(mapped(queries, renamed), 300)).toEqual(found);
  });

  it.each([DENSE, SPARSE])('finds permuted rows at the same distances, %o', (sizes) => {
    const codes = sparseCodes(200, sizes, 'random', 3);
    const backwards = codesOf(
      [...codes].reverse().map((row) => [...row]),
      sizes.units,
    );
    const queries = sparseCodes(10, sizes, 'random', 3);
    const found = indexOf(codes).search(queries, 200);
    const permuted = indexOf(backwards).search(queries, 200);
    expect(permuted.distances).toEqual(found.distances);
    expect(permuted.counts).toEqual(found.counts);
  });

  it('finds the same while rows come, change and go, whenever the delta is merged', () => {
    const sizes = { units: 90, active: 6 };
    const native = backend.kind === 'native';
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(64, 128), (seed, blockRows) => {
        const draw = integers(seed);
        const store = new PostingLists(sizes, blockRows);
        const living = new Map<number, Uint32Array>();
        for (let step = 0; step < (native ? 30 : 8); step++) {
          const action = draw() % 4;
          const some = [...living.keys()].filter(() => draw() % 3 === 0);
          const fresh = Array.from({ length: draw() % 60 }, (_, i) => store.rows + i);
          const ids = Uint32Array.from(
            action === 0 ? some : action === 1 ? [...some, ...fresh] : fresh,
          );
          if (action === 0) {
            store.erase(ids);
            for (const id of ids) living.delete(id);
            continue;
          }
          const codes = sparseCodes(ids.length, sizes, 'near', draw() % 50);
          const rows = ids.reduce((most, id) => Math.max(most, id + 1), store.rows);
          store.write(codes.indices, ids, rows);
          ids.forEach((id, i) => void living.set(id, codes.row(i)));
          expectBruteForce(store, living, sparseCodes(2, sizes, 'near', draw() % 50));
        }
      }),
      { numRuns: Math.ceil(RUNS / (native ? 10 : 50)) },
    );
  });

  /** Compares a store with the overlaps of its rows, one by one. */
  function expectBruteForce(
    store: PostingLists,
    living: ReadonlyMap<number, Uint32Array>,
    queries: SparseCodes,
  ): void {
    const allowed = new Uint8Array(Math.ceil(store.rows / 8));
    for (const id of living.keys()) allowed[id >> 3] |= 0x80 >> (id & 7);
    const k = store.rows;
    const places = new Uint32Array(queries.rows * k);
    const found = { ids: places.slice(), distances: places.slice(), counts: new Uint32Array(2) };
    const { indices: units, rows: count, active } = queries;
    backend.run(store.snapshot().call({ units, count, active, allowed, k, ...found }), 2);
    for (let query = 0; query < queries.rows; query++) {
      const isWanted = new Set(queries.row(query));
      const expected = [...living]
        .map(([id, code]) => ({ id, distance: code.filter((unit) => !isWanted.has(unit)).length }))
        .filter(({ distance }) => distance < active)
        .sort((a, b) => a.distance - b.distance || a.id - b.id);
      expect(found.counts[query]).toBe(expected.length);
      const ids = found.ids.subarray(query * k, query * k + expected.length);
      expect([...ids]).toEqual(expected.map(({ id }) => id));
    }
  }

  it('stores each row as it came, across blocks, and gives it back from a file', () => {
    for (const sizes of [DENSE, SPARSE]) {
      const index = indexOf(sparseCodes(1300, sizes, 'random', 4));
      index.remove([0, 511, 512, 700, 1299]);
      const copy = InvertedIndex.fromBytes(index.toBytes());
      for (const id of [1, 510, 513, 1298]) expect(copy.get(id)).toEqual(index.get(id));
      const queries = sparseCodes(5, sizes, 'random', 5);
      expect(copy.search(queries, 50)).toEqual(index.search(queries, 50));
      expect(copy.toBytes()).toEqual(index.toBytes());
    }
  });
});

describe('InvertedIndex with more rows than a block', () => {
  beforeAll(() => useBackend([...allBackends.values()].at(-1) ?? [...allBackends.values()][0]));

  it('finds the same from sealed lists, the tail and the delta, here and in shared memory', () => {
    const sizes = { units: 400, active: 4 };
    const codes = sparseCodes(70_000, sizes, 'random', 6);
    const index = indexOf(codes);
    index.add(sparseCodes(100, sizes, 'random', 7));
    index.upsert(sparseCodes(2, sizes, 'random', 8), [5, 40_000]);
    const queries = sparseCodes(3, sizes, 'random', 9);
    const found = index.search(queries, 20);
    const hamming = HammingIndex.create({ bits: sizes.units });
    hamming.add(codes.toBitCodes());
    hamming.add(sparseCodes(100, sizes, 'random', 7).toBitCodes());
    hamming.upsert(sparseCodes(2, sizes, 'random', 8).toBitCodes(), [5, 40_000]);
    const expected = hamming.search(queries.toBitCodes(), 20);
    expect(found.ids).toEqual(expected.ids);
    expect(found.distances).toEqual(expected.distances);
    const shared = InvertedIndex.fromShared(structuredClone(index.share()));
    expect(shared.search(queries, 20)).toEqual(found);
    shared.remove([found.ids[0]]);
    expect(shared.search(queries, 20)).not.toEqual(found);
    expect(index.search(queries, 20)).toEqual(found);
  });
});

describe('InvertedIndex with bad input', () => {
  beforeAll(() => useBackend([...allBackends.values()][0]));
  const index = InvertedIndex.create({ units: 10, active: 2 });
  const loose = index as unknown as Record<string, (...args: unknown[]) => unknown>;
  const create = InvertedIndex.create as unknown as (options: unknown) => unknown;
  const codes = (units: number, active: number): SparseCodes =>
    SparseCodes.from(
      Uint32Array.from({ length: active }, (_, i) => i),
      { units, active },
    );

  it.each([
    ['no options', () => create(undefined), TypeError, 'options must be an object, got undefined'],
    ['no units', () => create({ active: 1 }), TypeError, 'units must be a number, got undefined'],
    [
      'too many units',
      () => create({ units: 2 ** 22 + 1, active: 1 }),
      RangeError,
      'from 1 to 4194304',
    ],
    ['no active', () => create({ units: 4 }), TypeError, 'active must be a number, got undefined'],
    [
      'more active than units',
      () => create({ units: 4, active: 5 }),
      RangeError,
      'from 1 to 4, got 5',
    ],
    [
      'too many active',
      () => create({ units: 2 ** 20, active: 65_536 }),
      RangeError,
      'from 1 to 65535',
    ],
    ['a misspelt option', () => create({ units: 4, actives: 1 }), TypeError, 'got "actives"'],
    ['no codes', () => loose.add(), TypeError, 'codes must be SparseCodes, got undefined'],
    [
      'other units',
      () => index.add(codes(9, 2)),
      RangeError,
      'codes must have 10 units, as the index, got 9',
    ],
    [
      'other active units',
      () => index.add(codes(10, 3)),
      RangeError,
      'codes must have 2 active units, as the',
    ],
    [
      'queries of other units',
      () => index.search(codes(11, 2), 1),
      RangeError,
      'queries must have 10 units',
    ],
    ['no queries', () => loose.search(null, 1), TypeError, 'queries must be SparseCodes, got null'],
    [
      'half a k',
      () => index.search(codes(10, 2), 0.5),
      RangeError,
      'k must be a whole number from 0',
    ],
    [
      'no shared memory',
      () => InvertedIndex.fromShared({} as never),
      TypeError,
      'shared.kind must be',
    ],
  ])('refuses %s', (_what, call, kind, message) => {
    expect(call).toThrow(kind);
    expect(call).toThrow(message);
    expect(index.size).toBe(0);
  });
});
