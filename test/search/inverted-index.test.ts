/**
 * InvertedIndex beyond what all indexes promise: overlaps and distances, equality with exact Hamming search, laws under
 * relabelling and permutation, and bad input. In both forms of its memory.
 */

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { SparseCodes, type SparseSizes } from '../../lib/codes/sparse-codes.ts';
import { HammingIndex } from '../../lib/search/hamming-index.ts';
import { InvertedIndex } from '../../lib/search/inverted-index.ts';
import { NO_ID } from '../../lib/search/neighbors.ts';
import { allBackends, useBackend } from '../support/backends.ts';
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
