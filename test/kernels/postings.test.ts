/**
 * The kernels of search by overlap at every level against their oracles, and the oracles against a plain sort: any
 * number of active units, ties, filters, rows without lists, any k, work split over threads, and arrays that lie.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Backend } from '../../lib/backend/kernels.ts';
import type { SparseCodes, SparseSizes } from '../../lib/codes/sparse-codes.ts';
import { bitmapBytes, hasBit } from '../../lib/search/bitmap.ts';
import type { OverlapStore } from '../../lib/search/overlap-store.ts';
import { PostingBitmaps } from '../../lib/search/posting-bitmaps.ts';
import { PostingLists } from '../../lib/search/posting-lists.ts';
import { levelBackends, reference, useBackend } from '../support/backends.ts';
import { integers } from '../support/codes.ts';
import { length, RUNS } from '../support/generators.ts';
import { activeUnits, type SparseKind, sparseCodes, sparseKind } from '../support/sparse.ts';

type Form = 'lists' | 'bitmaps';

interface Problem extends SparseSizes {
  readonly rows: number;
  readonly queries: number;
  readonly queryActive: number;
  readonly k: number;
  readonly kind: SparseKind;
  readonly queryKind: SparseKind;
  readonly seed: number;
  readonly filtered: boolean;
  readonly blockRows: number;
}

interface Found {
  readonly ids: Uint32Array;
  readonly distances: Uint32Array;
  readonly counts: Uint32Array;
}

function problems(
  rows: fc.Arbitrary<number>,
  mostUnits: number,
  mostActive: number,
  queries: fc.Arbitrary<number>,
): fc.Arbitrary<Problem> {
  return fc.integer({ min: 1, max: mostUnits }).chain((units) =>
    fc.record({
      units: fc.constant(units),
      active: activeUnits(Math.min(units, mostActive)),
      queryActive: activeUnits(Math.min(units, mostActive)),
      rows,
      queries,
      k: fc.oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 320 })),
      kind: sparseKind,
      queryKind: sparseKind,
      seed: fc.nat(),
      filtered: fc.boolean(),
      blockRows: fc.constantFrom(64, 128, 192),
    }),
  );
}

const small = problems(length(0, 300), 200, 40, length(0, 20));
const manyActive = problems(length(0, 150), 700, 600, length(0, 8));
const longBlocks = problems(fc.integer({ min: 500, max: 2100 }), 300, 40, length(1, 40));
const split = problems(fc.integer({ min: 3000, max: 9000 }), 400, 20, length(100, 140));

/** Bits of rows that may be found; past the last row they are anything. */
function allowedRows({ rows, seed, filtered }: Problem): Uint8Array | undefined {
  if (!filtered) return undefined;
  const draw = integers(seed + 1);
  return Uint8Array.from({ length: bitmapBytes(rows) }, () => draw() >>> 8);
}

function stored(form: Form, problem: Problem, codes: SparseCodes): OverlapStore {
  useBackend(reference);
  const store =
    form === 'lists' ? new PostingLists(problem, problem.blockRows) : new PostingBitmaps(problem);
  const ids = Uint32Array.from({ length: codes.rows }, (_, id) => id);
  // In two parts, so that some rows of a block have lists and some have not.
  const half = Math.floor(codes.rows / 2);
  store.write(codes.slice(0, half).indices, ids.subarray(0, half), half);
  store.write(codes.slice(half).indices, ids.subarray(half), codes.rows);
  return store;
}

function search(
  backend: Backend,
  store: OverlapStore,
  queries: SparseCodes,
  { k }: Problem,
  allowed: Uint8Array | undefined,
  threads: number,
): Found {
  const found = {
    ids: new Uint32Array(queries.rows * k).fill(7),
    distances: new Uint32Array(queries.rows * k).fill(7),
    counts: new Uint32Array(queries.rows).fill(7),
  };
  const { indices, rows, active } = queries;
  const asked = { units: indices, count: rows, active, allowed, k, ...found };
  backend.run(store.snapshot().call(asked), threads);
  return found;
}

/** As toEqual, in a fraction of its time. */
function expectEqual(actual: ArrayBufferView, expected: ArrayBufferView): void {
  const bytes = (view: ArrayBufferView): Buffer =>
    Buffer.from(view.buffer, view.byteOffset, view.byteLength);
  if (!bytes(actual).equals(bytes(expected))) expect(actual).toEqual(expected);
}

function codesOf(p: Problem): { codes: SparseCodes; queries: SparseCodes } {
  const codes = sparseCodes(p.rows, p, p.kind, p.seed);
  const sizes = { units: p.units, active: p.queryActive };
  return { codes, queries: sparseCodes(p.queries, sizes, p.queryKind, p.seed) };
}

function sameOnOneToThreeThreads(backend: Backend, form: Form, problem: Problem): void {
  const { codes, queries } = codesOf(problem);
  const store = stored(form, problem, codes);
  const allowed = allowedRows(problem);
  const expected = search(reference, store, queries, problem, allowed, 1);
  for (const threads of [1, 2, 3]) {
    const actual = search(backend, store, queries, problem, allowed, threads);
    expectEqual(actual.counts, expected.counts);
    expectEqual(actual.distances, expected.distances);
    expectEqual(actual.ids, expected.ids);
  }
}

const TIMEOUT = 120_000;

describe.each(['lists', 'bitmaps'] as const)('posting %s', (form) => {
  describe.each([...levelBackends])('at level %s', (_level, backend) => {
    it.each([
      ['small indexes', small, RUNS * 2],
      ['many active units', manyActive, RUNS / 8],
      ['long blocks', longBlocks, RUNS / 10],
      ['work split into ranges', split, RUNS / 80],
    ] as const)(
      'find the neighbours that the reference finds: %s',
      (_name, problem, numRuns) => {
        fc.assert(
          fc.property(problem, (p) => sameOnOneToThreeThreads(backend, form, p)),
          { numRuns: Math.ceil(numRuns) },
        );
      },
      TIMEOUT,
    );

    it('are safe whatever the arrays hold', () => {
      fc.assert(
        fc.property(small, (p) => {
          const { codes, queries } = codesOf(p);
          const store = stored(form, p, codes);
          const draw = integers(p.seed);
          for (const { name, data } of store.tensors()) {
            if (name !== 'stale') fillAnyhow(data as Uint32Array, draw);
          }
          const { ids, counts } = search(backend, store, queries, p, undefined, 2);
          counts.forEach((count, query) => {
            expect(count).toBeLessThanOrEqual(Math.min(p.k, p.rows));
            const found = ids.subarray(query * p.k, query * p.k + count);
            expect(found.every((id) => id < p.rows)).toBe(true);
          });
        }),
        { numRuns: Math.ceil(RUNS / 4) },
      );
    });
  });

  it('of the reference end, whatever is in the arrays', () => {
    fc.assert(
      fc.property(small, (p) => {
        const { codes, queries } = codesOf(p);
        const store = stored(form, p, codes);
        const draw = integers(p.seed);
        for (const { name, data } of store.tensors()) {
          if (name !== 'stale') fillAnyhow(data as Uint32Array, draw);
        }
        const { counts } = search(reference, store, queries, p, undefined, 1);
        expect(counts.every((count) => count <= Math.min(p.k, p.rows))).toBe(true);
      }),
      { numRuns: Math.ceil(RUNS / 4) },
    );
  });

  it('of the reference find what sorting all overlaps finds', () => {
    fc.assert(
      fc.property(small, (p) => {
        const { codes, queries } = codesOf(p);
        const allowed = allowedRows(p);
        const found = search(reference, stored(form, p, codes), queries, p, allowed, 1);
        for (let query = 0; query < p.queries; query++) {
          const sorted = sortedByOverlap(codes, queries.row(query), allowed).slice(0, p.k);
          const start = query * p.k;
          expect(found.counts[query]).toBe(sorted.length);
          expect([...found.ids.subarray(start, start + sorted.length)]).toEqual(
            sorted.map(({ row }) => row),
          );
          expect([...found.distances.subarray(start, start + sorted.length)]).toEqual(
            sorted.map(({ overlap }) => p.queryActive - overlap),
          );
        }
      }),
      { numRuns: Math.ceil(RUNS / 4) },
    );
  });
});

function fillAnyhow(array: Uint16Array | Uint32Array | BigUint64Array, draw: () => number): void {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  const kind = draw() % 3;
  for (let i = 0; i < bytes.length; i++) bytes[i] = kind === 0 ? 255 : draw() >>> (kind * 8);
}

function sortedByOverlap(
  codes: SparseCodes,
  query: Uint32Array,
  allowed: Uint8Array | undefined,
): { row: number; overlap: number }[] {
  const all = [...codes].map((code, row) => ({
    row,
    overlap: code.filter((unit) => query.includes(unit)).length,
  }));
  return all
    .filter(({ row, overlap }) => overlap > 0 && (allowed === undefined || hasBit(allowed, row)))
    .sort((a, b) => b.overlap - a.overlap || a.row - b.row);
}
