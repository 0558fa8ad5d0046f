/** The order of directed probes, against all sets of bits enumerated and sorted. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { directedMasks } from '../../lib/reference/buckets.ts';
import { floats, RUNS } from '../support/generators.ts';

/** All sets of bits by the law of directedMasks, enumerated and sorted. */
function everyMask(margins: Float32Array, keyBits: number): number[] {
  const order = Array.from({ length: keyBits }, (_, j) => j);
  order.sort((a, b) => margins[a] ** 2 - margins[b] ** 2 || a - b);
  const sets = Array.from({ length: 2 ** keyBits }, (_, set) => {
    const bits = order.filter((_, i) => (set >> i) & 1);
    return {
      set,
      score: bits.reduce((sum, bit) => sum + margins[bit] * margins[bit], 0),
      mask: bits.reduce((mask, bit) => mask + 2 ** (keyBits - 1 - bit), 0),
    };
  });
  sets.sort((a, b) => a.score - b.score || a.set - b.set);
  return sets.map(({ mask }) => mask);
}

describe('directed probes', () => {
  it('visits sets of bits in the order of their scores, as enumerating all of them does', () => {
    const margins = fc.integer({ min: 1, max: 9 }).chain(floats);
    fc.assert(
      fc.property(margins, fc.integer({ min: 1, max: 600 }), (values, probes) => {
        const masks = directedMasks(values, values.length, probes);
        expect(masks).toEqual(everyMask(values, values.length).slice(0, probes));
      }),
      { numRuns: RUNS },
    );
  });
});
