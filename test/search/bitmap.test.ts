/** Bitmaps of rows against plain lists of them. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  allRows,
  bitsBelow,
  countBits,
  hasBit,
  intersection,
  nextClear,
} from '../../lib/search/bitmap.ts';
import { RUNS } from '../support/generators.ts';

/** The rows of a bitmap below a number. */
function listed(bitmap: Uint8Array, rows: number): number[] {
  return Array.from({ length: rows }, (_, row) => row).filter((row) => hasBit(bitmap, row));
}

const any = fc
  .tuple(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 40 }), fc.nat(7))
  .map(([a, b, less]) => ({ a, b, rows: Math.max(0, a.length * 8 - less) }));

it('bitmaps say what lists of their rows say', () => {
  fc.assert(
    fc.property(any, fc.nat(330), ({ a, b, rows }, from) => {
      const own = listed(a, rows);
      expect(countBits(a, rows)).toBe(own.length);
      const clear = Array.from({ length: rows }, (_, row) => row).find(
        (row) => row >= from && !hasBit(a, row),
      );
      expect(nextClear(a, from, rows)).toBe(clear ?? rows);
      const below = bitsBelow(a, rows);
      expect(listed(below, 8 * below.length)).toEqual(own);
      const both = intersection(below, b);
      const others = new Set(listed(b, 8 * b.length));
      expect(listed(both, 8 * both.length)).toEqual(own.filter((row) => others.has(row)));
      const every = allRows(rows);
      expect(listed(every, 8 * every.length).length).toBe(rows);
    }),
    { numRuns: RUNS },
  );
});
