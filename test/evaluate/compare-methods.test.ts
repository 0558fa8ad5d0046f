/** The plans of the methods: codes as large as a size allows, and never larger, by the bits that are counted. */

import { describe, expect, it } from 'vitest';
import { METHODS } from '../../lib/evaluate/compare-methods.ts';
import { unitBits } from '../../lib/evaluate/report.ts';

const SIZES = Array.from({ length: 300 }, (_, i) => i + 1);
const ROWS = 1e6;

/** One of 1000 units takes 10 bits; 100 numbers have no 104 directions. */
function hasNoCode(name: string, bytes: number): boolean {
  return name === 'itq' ? 8 * bytes > 100 : name === 'flyhash' && bytes === 1;
}

describe('unitBits', () => {
  it('is the whole logarithm, rounded up', () => {
    const units = [1, 2, 3, 4, 5, 8, 9, 1280, 2 ** 24];
    expect(units.map(unitBits)).toEqual([0, 1, 2, 2, 3, 3, 4, 11, 24]);
  });
});

describe.each([...METHODS])('$name', ({ name, onlyBits, plan }) => {
  it('keeps to the size, and one winner more would not', () => {
    for (const bytes of SIZES) {
      const planned = plan({ dim: 100, rows: ROWS, bytes });
      if (typeof planned === 'string') {
        expect(hasNoCode(name, bytes)).toBe(true);
        continue;
      }
      const { units, active } = planned.parameters;
      if (active === undefined) {
        expect(planned.bits).toBe(onlyBits?.(100) ?? 8 * bytes);
        continue;
      }
      const more = Number(active) + 1;
      const unitsOfMore = name === 'biohash' ? 20 * more : Number(units);
      expect(planned.bits).toBe(Number(active) * unitBits(Number(units)));
      expect(planned.bits).toBeLessThanOrEqual(8 * bytes);
      expect(more * unitBits(unitsOfMore)).toBeGreaterThan(8 * bytes);
    }
  });
});
