/** Generators for novelty filters: sparse codes of few units, so that they meet again, and rates of all kinds. */

import fc from 'fast-check';
import { SparseCodes } from '../../lib/codes/sparse-codes.ts';
import { NoveltyFilter } from '../../lib/search/novelty-filter.ts';

export interface Rates {
  readonly decay: number;
  readonly recovery: number;
}

export const rates: fc.Arbitrary<Rates> = fc
  .record({
    decay: fc.oneof(
      fc.constantFrom(0, 0.5, 0.9),
      fc.float({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    ),
    recovery: fc.oneof(
      fc.constantFrom(0, 0, 1, 0.25, 1e-3),
      fc.float({ min: 0, max: 1, noNaN: true }),
    ),
  })
  .map(({ decay, recovery }) => ({ decay: Math.fround(decay), recovery: Math.fround(recovery) }));

export function rowsOf(units: number, active: number, most: number): fc.Arbitrary<SparseCodes> {
  const row = fc
    .uniqueArray(fc.nat(units - 1), { minLength: active, maxLength: active })
    .map((unit) => unit.sort((a, b) => a - b));
  return fc
    .array(row, { maxLength: most })
    .map((rows) => SparseCodes.from(Uint32Array.from(rows.flat()), { units, active }));
}

export const someCodes: fc.Arbitrary<SparseCodes> = fc
  .integer({ min: 1, max: 40 })
  .chain((units) => fc.tuple(fc.constant(units), fc.integer({ min: 1, max: Math.min(6, units) })))
  .chain(([units, active]) => rowsOf(units, active, 60));

export function filterOf(codes: SparseCodes, options: Partial<Rates> = {}): NoveltyFilter {
  return NoveltyFilter.create({ units: codes.units, ...options });
}

/** Codes of as many rows; enough of them take several turns of the event loop. */
export function manyCodes(rows: number): SparseCodes {
  const indices = Uint32Array.from({ length: rows * 16 }, (_, i) => {
    const part = (Math.imul(i, 2654435761) >>> 0) % 16;
    return (i % 16) * 16 + part;
  });
  return SparseCodes.from(indices, { units: 256, active: 16 });
}
