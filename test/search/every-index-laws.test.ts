/**
 * Laws that need no oracle, of every index: the order of rows decides nothing but ties, a second copy of every row comes
 * right after the first, and what is added to all rows and queries alike (a mask, bits, units, numbers that nobody
 * has) changes nothing. HammingIndex is put through more of them in hamming-index-laws.test.ts.
 */

import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { BitCodes } from '../../lib/codes/bit-codes.ts';
import { SparseCodes } from '../../lib/codes/sparse-codes.ts';
import { InvertedIndex } from '../../lib/search/inverted-index.ts';
import { LshIndex } from '../../lib/search/lsh-index.ts';
import { LSH_KEYS } from '../../lib/search/lsh-keys.ts';
import { METRICS } from '../../lib/search/metric.ts';
import { VectorIndex } from '../../lib/search/vector-index.ts';
import { allBackends, useBackend } from '../support/backends.ts';
import { codeKind, codes } from '../support/codes.ts';
import { floats, RUNS } from '../support/generators.ts';
import { indexCases, POOL } from '../support/indexes.ts';
import { sparseCodes, sparseKind } from '../support/sparse.ts';

const poolRow = fc.nat(POOL - 1);
const asked = fc.record({
  rows: fc.array(poolRow, { maxLength: 60 }),
  queries: fc.array(poolRow, { maxLength: 5 }),
  k: fc.nat(70),
});

function check<T>(runs: number, arbitrary: fc.Arbitrary<T>, law: (value: T) => void): void {
  fc.assert(fc.property(arbitrary, law), { numRuns: Math.ceil(runs) });
}

describe.each(indexCases)('$indexName on $name', ({ kind, prepared }) => {
  beforeEach(prepared);

  function found(rows: readonly number[], queries: readonly number[], k: number) {
    const index = kind.create();
    index.add(kind.pick(rows));
    return index.search(kind.pick(queries), k);
  }

  it('finds permuted rows at the same distances', () => {
    check(RUNS / 20, fc.tuple(asked, fc.nat()), ([{ rows, queries, k }, seed]) => {
      const rank = (i: number): number => Math.imul(i + 1, (2 * seed + 1) | 1) >>> 0;
      const order = rows.map((_, i) => i).sort((a, b) => rank(a) - rank(b) || a - b);
      const before = found(rows, queries, k);
      const after = found(
        order.map((i) => rows[i]),
        queries,
        k,
      );
      expect(after.distances).toEqual(before.distances);
      expect(after.counts).toEqual(before.counts);
    });
  });

  it('finds a second copy of every row right after the first', () => {
    check(RUNS / 20, asked, ({ rows, queries, k }) => {
      const distinct = [...new Set(rows)];
      const once = found(distinct, queries, k);
      const twice = found(
        distinct.flatMap((row) => [row, row]),
        queries,
        2 * k,
      );
      once.counts.forEach((count, query) => {
        expect(twice.counts[query]).toBe(2 * count);
        const places = Array.from({ length: 2 * count }, (_, i) => query * 2 * k + i);
        const single = places.map((_, i) => once.distances[query * k + (i >> 1)]);
        expect(places.map((place) => twice.distances[place])).toEqual(single);
      });
    });
  });
});

/** The bytes of codes, changed row by row. */
function mapped(all: BitCodes, bits: number, change: (code: Uint8Array) => Uint8Array): BitCodes {
  return BitCodes.adopt(Uint8Array.from([...all].flatMap((code) => [...change(code)])), bits);
}

describe.each([...allBackends])('on %s', (_name, backend) => {
  beforeEach(() => useBackend(backend));
  const runs = RUNS / 20;

  it('a mask over codes, buckets and queries changes nothing in an LshIndex', () => {
    const sizes = fc.record({
      tables: fc.integer({ min: 1, max: 4 }),
      keyBits: fc.integer({ min: 1, max: 12 }),
      keys: fc.constantFrom(...LSH_KEYS),
      probes: fc.nat(2),
      kind: codeKind,
      seed: fc.nat(),
    });
    check(runs, sizes, ({ tables, keyBits, keys, probes, kind, seed }) => {
      const bits = tables * keyBits;
      const index = (): LshIndex =>
        LshIndex.create({ bits, tables, keyBits, keys, probes: Math.min(probes, keyBits) });
      const mask = codes(1, bits, 'random', seed ^ 1).row(0);
      const search = (change: (all: BitCodes) => BitCodes): unknown => {
        const [data, queries] = [codes(90, bits, kind, seed), codes(5, bits, kind, seed)].map(
          change,
        );
        const rows = (all: BitCodes) => (keys === 'external' ? { codes: all, buckets: all } : all);
        const own = index();
        own.add(rows(data));
        return own.search(rows(queries), 20);
      };
      const masked = (all: BitCodes): BitCodes =>
        mapped(all, bits, (code) => code.map((byte, i) => byte ^ mask[i]));
      expect(search(masked)).toEqual(search((all) => all));
    });
  });

  it('bits after the last one that are zero change nothing in an LshIndex', () => {
    check(runs, fc.tuple(codeKind, fc.nat(), fc.nat(90)), ([kind, seed, more]) => {
      const search = (bits: number): unknown => {
        const index = LshIndex.create({ bits, tables: 3, keyBits: 10, probes: 1 });
        const longer = (all: BitCodes): BitCodes =>
          mapped(all, bits, (code) => {
            const bytes = new Uint8Array(Math.ceil(bits / 8));
            bytes.set(code);
            return bytes;
          });
        index.add(longer(codes(90, 33, kind, seed)));
        return index.search(longer(codes(5, 33, kind, seed)), 20);
      };
      expect(search(33 + more)).toEqual(search(33));
    });
  });

  it('units that no code has change nothing in an InvertedIndex, whatever form its memory takes', () => {
    check(runs, fc.tuple(sparseKind, fc.nat()), ([kind, seed]) => {
      const active = 4;
      const search = (units: number): unknown => {
        const index = InvertedIndex.create({ units, active });
        const own = (rows: number): SparseCodes => {
          const { indices } = sparseCodes(rows, { units: 60, active }, kind, seed);
          return SparseCodes.adopt(indices, { units, active });
        };
        index.add(own(90));
        return index.search(own(5), 20);
      };
      const expected = search(60);
      for (const units of [61, 257, 100_000]) expect(search(units)).toEqual(expected);
    });
  });

  it('numbers that are zero in all vectors change no exact distance of a VectorIndex', () => {
    const [dim, rows, asked] = [5, 30, 3];
    const given = fc.record({
      metric: fc.constantFrom(...METRICS),
      rerank: fc.constantFrom('float32' as const, 'int8' as const),
      more: fc.integer({ min: 1, max: 40 }),
      data: floats(rows * dim),
      queries: floats(asked * dim),
    });
    check(runs, given, ({ metric, rerank, more, data, queries }) => {
      const search = (longer: number): unknown => {
        const index = VectorIndex.create({ dim: longer, metric, rerank, shortlist: rows });
        const wide = (values: Float32Array): Float32Array => {
          const result = new Float32Array((values.length / dim) * longer);
          values.forEach((value, i) => {
            result[Math.floor(i / dim) * longer + (i % dim)] = value;
          });
          return result;
        };
        index.add(wide(data));
        return index.search(wide(queries), 9);
      };
      expect(search(dim + more)).toEqual(search(dim));
    });
  });
});
