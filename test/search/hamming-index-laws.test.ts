/**
 * Laws of Hamming search that need no oracle: what it finds does not depend on a mask over all codes, on their order,
 * on padding, on duplicates, on batches or on threads.
 */

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { BitCodes } from '../../lib/codes/bit-codes.ts';
import { HammingIndex } from '../../lib/search/hamming-index.ts';
import type { Neighbors } from '../../lib/search/neighbors.ts';
import { allBackends, useBackend } from '../support/backends.ts';
import { codeBits, codeKind, codes } from '../support/codes.ts';
import { length, RUNS } from '../support/generators.ts';

const shape = fc.record({
  rows: length(0, 150),
  bits: codeBits(300),
  queries: length(0, 12),
  k: fc.integer({ min: 0, max: 160 }),
  kind: codeKind,
  seed: fc.nat(),
});

function indexOf(data: BitCodes, keys?: number[]): HammingIndex {
  const index = HammingIndex.create({ bits: data.bits });
  index.add(data, keys);
  return index;
}

/** Codes made from the bytes of others, row by row. */
function mapped(
  all: BitCodes,
  bits: number,
  change: (code: Uint8Array, row: number) => Uint8Array,
) {
  const rows = [...all].map((code, row) => change(code, row));
  return BitCodes.adopt(Uint8Array.from(rows.flatMap((row) => [...row])), bits);
}

/** Rows in a shuffled order that a seed fixes. */
function shuffled(rows: number, seed: number): number[] {
  const rank = (row: number): number => Math.imul(row + 1, (seed * 2 + 1) | 1) >>> 0;
  return Array.from({ length: rows }, (_, row) => row).sort((a, b) => rank(a) - rank(b) || a - b);
}

function check<T>(arbitrary: fc.Arbitrary<T>, law: (value: T) => void): void {
  fc.assert(fc.property(arbitrary, law), { numRuns: Math.ceil(RUNS / 8) });
}

describe.each([...allBackends])('laws of HammingIndex on %s', (_name, backend) => {
  beforeAll(() => useBackend(backend));

  it('a mask over codes and queries changes nothing', () => {
    check(shape, ({ rows, bits, queries, k, kind, seed }) => {
      const [data, asked] = [codes(rows, bits, kind, seed), codes(queries, bits, kind, seed)];
      const mask = codes(1, bits, 'random', seed ^ 1).row(0);
      const masked = (all: BitCodes): BitCodes =>
        mapped(all, bits, (code) => code.map((byte, i) => byte ^ mask[i]));
      expect(indexOf(masked(data)).search(masked(asked), k)).toEqual(
        indexOf(data).search(asked, k),
      );
      const range = indexOf(data).rangeSearch(asked, k);
      expect(indexOf(masked(data)).rangeSearch(masked(asked), k)).toEqual(range);
    });
  });

  it('the order of the codes changes ids alone, and those only among equal distances', () => {
    check(shape, ({ rows, bits, queries, k, kind, seed }) => {
      const [data, asked] = [codes(rows, bits, kind, seed), codes(queries, bits, kind, seed)];
      const order = shuffled(rows, seed);
      const permuted = mapped(data, bits, (_code, row) => data.row(order[row]));
      const expected = indexOf(data).search(asked, k);
      const index = indexOf(permuted, order);
      expect(index.search(asked, k).distances).toEqual(expected.distances);
      const range = index.rangeSearch(asked, k);
      const before = indexOf(data).rangeSearch(asked, k);
      expect(range.starts).toEqual(before.starts);
      for (let query = 0; query < queries; query++) {
        const [from, to] = [range.starts[query], range.starts[query + 1]];
        const keys = range.keys?.slice(from, to).map(Number) ?? [];
        expect(Uint32Array.from(keys).sort()).toEqual(before.ids.slice(from, to).sort());
      }
    });
  });

  it('zero bits after the last one change nothing', () => {
    check(fc.tuple(shape, fc.integer({ min: 1, max: 200 })), ([s, more]) => {
      const [data, asked] = [
        codes(s.rows, s.bits, s.kind, s.seed),
        codes(s.queries, s.bits, s.kind, s.seed),
      ];
      const bits = s.bits + more;
      const padded = (all: BitCodes): BitCodes =>
        mapped(all, bits, (code) => {
          const longer = new Uint8Array(Math.ceil(bits / 8));
          longer.set(code);
          return longer;
        });
      expect(indexOf(padded(data)).search(padded(asked), s.k)).toEqual(
        indexOf(data).search(asked, s.k),
      );
    });
  });

  it('a second copy of every code comes right after the first', () => {
    check(shape, ({ rows, bits, queries, k, kind, seed }) => {
      const [data, asked] = [codes(rows, bits, kind, seed), codes(queries, bits, kind, seed)];
      const once = indexOf(data).search(asked, k);
      const twice = HammingIndex.create({ bits });
      twice.add(mapped(data, bits, (code) => Uint8Array.of(...code, ...code)));
      const found = twice.search(asked, 2 * k);
      for (let i = 0; i < once.ids.length; i++) {
        expect(found.distances[2 * i]).toBe(once.distances[i]);
        expect(found.distances[2 * i + 1]).toBe(once.distances[i]);
      }
    });
  });

  it('one query finds what it finds in a batch, and fewer places hold the first of more', () => {
    check(shape, ({ rows, bits, queries, k, kind, seed }) => {
      const index = indexOf(codes(rows, bits, kind, seed));
      const asked = codes(queries, bits, kind, seed);
      const all = index.search(asked, k, { threads: 2 });
      const wider = index.search(asked, k + 3);
      const part = (found: Neighbors, query: number): number[] => [
        ...found.ids.subarray(query * found.k, query * found.k + k),
      ];
      for (let query = 0; query < queries; query++) {
        const alone = index.search(asked.slice(query, query + 1), k);
        expect(part(alone, 0)).toEqual(part(all, query));
        expect(part(wider, query)).toEqual(part(all, query));
      }
    });
  });

  it('a filter finds what an index of the allowed rows finds', () => {
    check(shape, ({ rows, bits, queries, k, kind, seed }) => {
      const [data, asked] = [codes(rows, bits, kind, seed), codes(queries, bits, kind, seed)];
      const allowed = Array.from({ length: rows }, (_, row) => row).filter(
        (row) => (row ^ seed) % 3,
      );
      const few = mapped(codes(allowed.length, bits, kind, seed), bits, (_c, i) =>
        data.row(allowed[i]),
      );
      const expected = indexOf(few, allowed);
      const found = indexOf(data).search(asked, k, { filter: allowed });
      const wanted = expected.search(asked, k);
      expect(found.distances).toEqual(wanted.distances);
      expect(found.counts).toEqual(wanted.counts);
      if (allowed.length === 0) return;
      expect(wanted.keys?.map((key) => key ?? 0xffffffff)).toEqual([...found.ids]);
    });
  });
});
