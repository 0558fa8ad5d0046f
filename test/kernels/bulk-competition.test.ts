/**
 * The competition kernels at every level against the reference on many rows: 500 generated shapes of 200 rows, 100,000
 * rows for each level, on one to three threads (as bulk.test.ts, whose kernels take other arguments).
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyUnitPanels, writeUnit } from '../../lib/hash/unit-panels.ts';
import { stream } from '../../lib/random.ts';
import { levelBackends, reference } from '../support/backends.ts';

const ROWS = 200;
const SHAPES = Math.ceil((Number(process.env.FLYHASH_TEST_RUNS ?? 400) * 500) / 400);

const shape = fc.record({
  dim: fc.integer({ min: 1, max: 12 }),
  units: fc.integer({ min: 1, max: 40 }),
  wanted: fc.integer({ min: 1, max: 40 }),
  seed: fc.nat(),
  hasTies: fc.boolean(),
  threads: fc.integer({ min: 1, max: 3 }),
});

/** Normal deviates, or few distinct numbers. */
function drawn(seed: number, name: 'gaussian' | 'evaluation', count: number, hasTies: boolean) {
  const values = new Float32Array(count);
  stream(seed, name).fillNormals(values);
  return hasTies ? values.map((value) => Math.round(value)) : values;
}

describe.each([...levelBackends])('many rows compete at level %s', (_level, backend) => {
  it('as on the reference', () => {
    fc.assert(
      fc.property(shape, ({ dim, units, seed, hasTies, threads, ...s }) => {
        const wanted = Math.min(s.wanted, units);
        const vectors = drawn(seed, 'evaluation', ROWS * dim, hasTies);
        const weights = drawn(seed, 'gaussian', units * dim, hasTies);
        const mean = weights.slice(0, dim);
        const panels = emptyUnitPanels(units, dim);
        for (let unit = 0; unit < units; unit++) {
          writeUnit(panels, unit, weights.subarray(unit * dim, (unit + 1) * dim));
        }
        const results = [backend, reference].map((own) => {
          const indices = new Uint32Array(ROWS * wanted);
          const ranks = new Uint32Array(ROWS);
          const best = new Float32Array(ROWS);
          const sums = new Float32Array(units * dim);
          const winners = [vectors, ROWS, dim, mean, panels, units, wanted, indices] as const;
          own.run({ name: 'competitionWinners', args: winners }, threads);
          const ranked = [vectors, ROWS, dim, panels, units, 1, ranks, best] as const;
          own.run({ name: 'competitionRanks', args: ranked }, threads);
          const summed = [vectors, ROWS, dim, ranks, 1, 0, units, sums] as const;
          own.run({ name: 'competitionSums', args: summed }, threads);
          return { indices, ranks, best, sums };
        });
        expect(results[0]).toEqual(results[1]);
      }),
      { numRuns: SHAPES },
    );
  });
});
