/**
 * The competition kernels at every level against their oracle, bit for bit, whatever ties, overflows and ranks of units
 * that do not exist there are, on one to three threads.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KernelCall } from '../../lib/backend/kernels.ts';
import { emptyUnitPanels, writeUnit } from '../../lib/hash/unit-panels.ts';
import { levelBackends, reference } from '../support/backends.ts';
import { atOffset, floats, length, RUNS } from '../support/generators.ts';
import { expectSameBytes } from '../support/same-bytes.ts';

const FEWER_RUNS = Math.ceil(RUNS / 2);

const shape = fc.record({
  rows: length(0, 15),
  dim: length(1, 70),
  units: length(1, 140),
  offset: fc.nat(15),
  threads: fc.integer({ min: 1, max: 3 }),
});

const problem = shape.chain(({ rows, dim, units, offset, threads }) =>
  fc.record({
    ...{ rows: fc.constant(rows), dim: fc.constant(dim), units: fc.constant(units) },
    threads: fc.constant(threads),
    vectors: floats(rows * dim).map((values) => atOffset(values, offset)),
    weights: floats(units * dim),
    mean: floats(dim),
    wanted: fc.integer({ min: 1, max: units }),
  }),
);

const learning = shape.chain(({ rows, dim, units, offset, threads }) =>
  fc.integer({ min: 1, max: 3 }).chain((count) =>
    fc.record({
      ...{ rows: fc.constant(rows), dim: fc.constant(dim), units: fc.constant(units) },
      ...{ threads: fc.constant(threads), count: fc.constant(count), place: fc.nat(count - 1) },
      prepared: floats(rows * dim).map((values) => atOffset(values, offset)),
      weights: floats(units * dim),
      activations: floats(rows * count),
      ranks: fc.array(fc.oneof(fc.nat(units - 1), fc.nat(2 ** 32 - 1)), {
        minLength: rows * count,
        maxLength: rows * count,
      }),
      repulsion: fc.constantFrom(0, 0.1, 0.4, 1),
    }),
  ),
);

function panelsOf(weights: Float32Array, units: number, dim: number): Float32Array {
  const panels = emptyUnitPanels(units, dim);
  for (let unit = 0; unit < units; unit++) {
    writeUnit(panels, unit, weights.subarray(unit * dim, (unit + 1) * dim));
  }
  return panels;
}

/** What a call writes and returns is that of the reference, which is slow and so is asked once, at every level. */
function expectSame(
  threads: number,
  make: () => { call: KernelCall; output: () => ArrayBufferView[] },
): void {
  const expected = make();
  const result = reference.run(expected.call, 1);
  for (const [level, backend] of levelBackends) {
    const actual = make();
    expect(backend.run(actual.call, threads), level).toBe(result);
    expectSameBytes(actual.output(), expected.output(), level);
  }
}

describe('competition at every level', () => {
  it('ranks the units as the reference does', () => {
    fc.assert(
      fc.property(problem, ({ rows, dim, units, vectors, weights, wanted, threads }) => {
        const panels = panelsOf(weights, units, dim);
        expectSame(threads, () => {
          const ranks = new Uint32Array(rows * wanted);
          const best = new Float32Array(rows * wanted);
          const args = [vectors, rows, dim, panels, units, wanted, ranks, best] as const;
          const call = { name: 'competitionRanks', args } as const;
          return { call, output: () => [ranks, best] };
        });
      }),
      { numRuns: RUNS },
    );
  });

  it('finds one winner as the reference does', () => {
    fc.assert(
      fc.property(problem, ({ rows, dim, units, vectors, weights, threads }) => {
        const panels = panelsOf(weights, units, dim);
        expectSame(threads, () => {
          const ranks = new Uint32Array(rows);
          const best = new Float32Array(rows);
          const args = [vectors, rows, dim, panels, units, 1, ranks, best] as const;
          const call = { name: 'competitionRanks', args } as const;
          return { call, output: () => [ranks, best] };
        });
      }),
      { numRuns: FEWER_RUNS },
    );
  });

  it('gives the winners and activations of the reference', () => {
    fc.assert(
      fc.property(problem, ({ rows, dim, units, vectors, weights, mean, wanted, threads }) => {
        const panels = panelsOf(weights, units, dim);
        expectSame(threads, () => {
          const indices = new Uint32Array(rows * wanted);
          const args = [vectors, rows, dim, mean, panels, units, wanted, indices] as const;
          return { call: { name: 'competitionWinners', args }, output: () => [indices] };
        });
        expectSame(threads, () => {
          const values = new Float32Array(rows * units);
          const args = [vectors, rows, dim, mean, panels, units, values] as const;
          return { call: { name: 'competitionValues', args }, output: () => [values] };
        });
      }),
      { numRuns: RUNS },
    );
  });

  it('prepares rows as the reference does', () => {
    fc.assert(
      fc.property(problem, fc.boolean(), ({ rows, dim, vectors, mean, threads }, isUnit) => {
        expectSame(threads, () => {
          const prepared = new Float32Array(rows * dim);
          const norms = new Float32Array(rows);
          const args = [vectors, rows, dim, mean, isUnit ? 1 : 0, prepared, norms] as const;
          const call = { name: 'competitionPrepare', args } as const;
          return { call, output: () => [prepared, norms] };
        });
      }),
      { numRuns: RUNS },
    );
  });

  it('sums rows and makes steps as the reference does', () => {
    fc.assert(
      fc.property(learning, (c) => {
        const { rows, dim, units, prepared, activations, count, place, weights, threads } = c;
        const ranks = Uint32Array.from(c.ranks);
        expectSame(threads, () => {
          const sums = weights.slice();
          const args = [prepared, rows, dim, ranks, count, place, units, sums] as const;
          return { call: { name: 'competitionSums', args }, output: () => [sums] };
        });
        expectSame(threads, () => {
          const deltas = new Float32Array(units * dim);
          const peaks = new Float32Array(units);
          const given = [prepared, rows, dim, ranks, activations, count, c.repulsion] as const;
          const args = [...given, weights, units, deltas, peaks] as const;
          const call = { name: 'competitionDeltas', args } as const;
          return { call, output: () => [deltas, peaks] };
        });
      }),
      { numRuns: RUNS },
    );
  });

  it('names the first value that is not finite', () => {
    const vectors = new Float32Array(60).fill(1);
    vectors[37] = Number.NaN;
    vectors[52] = Number.POSITIVE_INFINITY;
    const panels = panelsOf(new Float32Array(9).fill(1), 3, 3);
    const indices = new Uint32Array(20);
    const args = [vectors, 20, 3, new Float32Array(3), panels, 3, 1, indices] as const;
    for (const [level, backend] of levelBackends) {
      for (const threads of [1, 3]) {
        expect(backend.run({ name: 'competitionWinners', args }, threads), level).toBe(37);
      }
    }
  });

  it.each([
    [203, 33, 73, 5],
    [97, 16, 1100, 90],
    [109, 2049, 17, 3],
    [14, 4100, 70, 70],
    [1, 5000, 600, 130],
  ])('takes many rows, inputs and units: %i x %i to %i', (rows, dim, units, wanted) => {
    const mixed = (count: number, step: number) =>
      Float32Array.from({ length: count }, (_, i) => (((i * step) % 2003) - 1001) / 700);
    const vectors = mixed(rows * dim, 7919);
    const panels = panelsOf(mixed(units * dim, 104729), units, dim);
    expectSame(2, () => {
      const indices = new Uint32Array(rows * wanted);
      const args = [vectors, rows, dim, mixed(dim, 31), panels, units, wanted, indices] as const;
      return { call: { name: 'competitionWinners', args }, output: () => [indices] };
    });
  });
});
