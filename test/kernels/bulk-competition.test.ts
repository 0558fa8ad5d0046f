/**
 * The competition kernels at every level against the reference on many rows: 500 generated shapes of 200 rows, 100,000
 * rows for each level, on one to three threads (as bulk.test.ts, whose kernels take other arguments).
 */

import fc from 'fast-check';
import { describe, it } from 'vitest';
import type { Backend } from '../../lib/backend/kernels.ts';
import { emptyUnitPanels, writeUnit } from '../../lib/hash/unit-panels.ts';
import { stream } from '../../lib/random.ts';
import { levelBackends, reference } from '../support/backends.ts';
import { expectSameBytes } from '../support/same-bytes.ts';

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

describe('many rows compete', () => {
  it('at every level as on the reference, which is asked once', () => {
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
        const resultsOf = (own: Backend, cores: number) => {
          const indices = new Uint32Array(ROWS * wanted);
          const ranks = new Uint32Array(ROWS);
          const best = new Float32Array(ROWS);
          const sums = new Float32Array(units * dim);
          const winners = [vectors, ROWS, dim, mean, panels, units, wanted, indices] as const;
          own.run({ name: 'competitionWinners', args: winners }, cores);
          const ranked = [vectors, ROWS, dim, panels, units, 1, ranks, best] as const;
          own.run({ name: 'competitionRanks', args: ranked }, cores);
          const summed = [vectors, ROWS, dim, ranks, 1, 0, units, sums] as const;
          own.run({ name: 'competitionSums', args: summed }, cores);
          return [indices, ranks, best, sums];
        };
        const expected = resultsOf(reference, 1);
        for (const [level, backend] of levelBackends) {
          expectSameBytes(resultsOf(backend, threads), expected, level);
        }
      }),
      { numRuns: SHAPES },
    );
  });
});
