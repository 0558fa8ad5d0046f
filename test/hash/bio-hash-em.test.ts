/**
 * The batch trainer of BioHash: energies that never rise, small cases that are worked out by hand, units that win nothing,
 * both assignments, and sums that stay right over many rows.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BioHash } from '../../lib/hash/bio-hash.ts';
import { allBackends, levelBackends, reference, useBackend } from '../support/backends.ts';
import { RUNS } from '../support/generators.ts';
import { normals } from '../support/training-cases.ts';

const fastest = [...levelBackends.values()].at(-1) ?? reference;

/** Two rays in the plane, each with its vectors and their multiples. */
const TWO_CLUSTERS = [
  [3, 4],
  [6, 8],
  [-5, 12],
  [0.3, 0.4],
  [-10, 24],
];

/** The energy of units for rows as they are: minus the sum of the best cosine times the row's norm. */
function energyOf(rows: readonly (readonly number[])[], weights: Float32Array): number {
  const dim = rows[0].length;
  const units = Array.from({ length: weights.length / dim }, (_, u) => [
    ...weights.subarray(u * dim, (u + 1) * dim),
  ]);
  const dot = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((sum, value, i) => sum + value * b[i], 0);
  const best = (row: readonly number[]): number =>
    Math.max(...units.map((unit) => dot(unit, row) / Math.sqrt(dot(unit, unit))));
  return -rows.reduce((sum, row) => sum + best(row), 0);
}

describe.each([...allBackends])('em on %s', (_name, backend) => {
  it('finds two clusters, and hashes their vectors apart', async () => {
    useBackend(backend);
    const given = { units: 2, active: 1, seed: 1, center: false } as const;
    const hasher = await BioHash.train(TWO_CLUSTERS, given);
    const { report, weights } = hasher;
    const directions = [weights.subarray(0, 2), weights.subarray(2)].sort((a, b) => b[0] - a[0]);
    const expected = [0.6, 0.8, -5 / 13, 12 / 13];
    for (const [i, value] of [...directions[0], ...directions[1]].entries()) {
      expect(value).toBeCloseTo(expected[i], 6);
    }
    expect(report.converged).toBe(true);
    expect([...report.wins].sort()).toEqual([2, 3]);
    expect(report.energies.at(-1)).toBeCloseTo(-5, 5);
    const { indices } = hasher.hash(TWO_CLUSTERS);
    expect(indices[1]).toBe(indices[0]);
    expect(indices[3]).toBe(indices[0]);
    expect(indices[4]).toBe(indices[2]);
    expect(indices[2]).toBe(1 - indices[0]);
  });

  it('puts one unit on one vector', async () => {
    useBackend(backend);
    const hasher = await BioHash.train([[3, 4]], { units: 1, center: false });
    expect(hasher.weights).toEqual(Float32Array.of(0.6, 0.8));
    expect(hasher.report).toMatchObject({ converged: true, deadUnits: 0, rows: 1, reseeded: 0 });
    expect(hasher.report.energies.at(-1)).toBeCloseTo(-1, 7);
  });

  it('gives a unit each to equal vectors and a rare one, and says which are dead', async () => {
    useBackend(backend);
    const rows = [...Array(60).fill([1, 0]), [0, 1], ...Array(60).fill([2, 0])];
    const found = await BioHash.train(rows, { units: 2, center: false, seed: 3 });
    expect(found.report).toMatchObject({ deadUnits: 0, converged: true });
    expect(found.report.reseeded).toBeGreaterThan(0); // both began on the common one
    expect([...found.report.wins].sort((a, b) => a - b)).toEqual([1, 120]);
    // There is nothing for two more units: they are dead, and nothing fails by it.
    const more = await BioHash.train(rows, { units: 4, center: false, seed: 3 });
    expect(more.report.deadUnits).toBe(2);
    expect(more.report.energies.at(-1)).toBeCloseTo(-121, 4);
    expect(more.weights.every(Number.isFinite)).toBe(true);
  });

  it('counts rows that equal the mean for no unit, and hashes them to the first ones', async () => {
    useBackend(backend);
    const rows = [
      [0, 0],
      [3, 4],
      [0, 0],
      [-4, 3],
      [0, 0],
    ];
    const hasher = await BioHash.train(rows, { units: 2, active: 1, center: false });
    expect(hasher.report.rows).toBe(5);
    expect([...hasher.report.wins]).toEqual([1, 1]);
    expect([...hasher.hash(rows).indices].filter((_, i) => i % 2 === 0)).toEqual([0, 0, 0]);
  });

  it('draws and learns nothing from opposite rows that cancel out, and stays finite', async () => {
    useBackend(backend);
    const hasher = await BioHash.train(
      [
        [1, 2],
        [-1, -2],
      ],
      { units: 1 },
    );
    expect(hasher.report.energies.at(-1)).toBeCloseTo(0, 6);
    expect(Math.hypot(...hasher.weights)).toBeCloseTo(1, 6);
  });

  it.each([0, 1])('never raises its energy (unit length %i)', async (isUnit) => {
    useBackend(backend);
    const shape = fc.record({
      ...{ rows: fc.integer({ min: 8, max: 60 }), dim: fc.integer({ min: 1, max: 9 }) },
      ...{ units: fc.integer({ min: 1, max: 8 }), seed: fc.nat(), center: fc.boolean() },
      hasTies: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(shape, async ({ rows, dim, units, seed, center, hasTies }) => {
        const drawn = normals(rows, dim, seed).map((x) => (hasTies ? Math.round(2 * x) : x));
        drawn[0] = 5; // never all equal
        const given = { dim, units, seed, center, unitLength: isUnit === 1, tolerance: 0 };
        const { report } = await BioHash.train(drawn, given);
        const { energies } = report;
        for (let i = 1; i < energies.length; i++) expect(energies[i]).toBeLessThan(energies[i - 1]);
        expect(report.converged || energies.length === 50).toBe(true);
      }),
      { numRuns: Math.ceil(RUNS / 16) },
    );
  });
});

describe('em', () => {
  it('reports the energy of its rows, which is at least that of the units it ends with', async () => {
    useBackend(fastest);
    const values = normals(80, 3, 21);
    const rows = Array.from({ length: 80 }, (_, i) => [...values.subarray(3 * i, 3 * i + 3)]);
    const given = { units: 5, center: false, unitLength: false, seed: 4, tolerance: 0 };
    const { weights, report } = await BioHash.train(rows, given);
    expect(report.converged).toBe(true);
    expect(report.energies.at(-1)).toBeCloseTo(energyOf(rows, weights), 3);
    const early = await BioHash.train(rows, { ...given, iterations: 3 });
    expect(early.report).toMatchObject({ converged: false, iterations: 3 });
    expect(energyOf(rows, early.weights)).toBeLessThan(early.report.energies[2]);
  });

  it('pushes units apart by repulsion', async () => {
    useBackend(fastest);
    const rows = [
      [5, 1],
      [5, -1],
      [5, 1],
      [5, -1],
    ];
    const between = async (repulsion: number): Promise<number> => {
      const { weights } = await BioHash.train(rows, {
        units: 2,
        center: false,
        seed: 1,
        repulsion,
      });
      return weights[0] * weights[2] + weights[1] * weights[3];
    };
    expect(await between(0)).toBeCloseTo(24 / 26, 5);
    // (5, 1) - 0.5 (5, -1) is (2.5, 1.5); the other unit is its mirror image.
    expect(await between(0.5)).toBeCloseTo((2.5 ** 2 - 1.5 ** 2) / (2.5 ** 2 + 1.5 ** 2), 5);
  });

  it('settles with units of norm 1 by the inner-product assignment too, not better explained', async () => {
    useBackend(fastest);
    const values = normals(600, 6, 23);
    const given = { dim: 6, units: 12, seed: 5, tolerance: 0, iterations: 200 } as const;
    const found = await BioHash.train(values, { ...given, assignment: 'inner-product' });
    expect(found.assignment).toBe('inner-product');
    for (let unit = 0; unit < 12; unit++) {
      expect(Math.hypot(...found.weights.subarray(6 * unit, 6 * unit + 6))).toBeCloseTo(1, 3);
    }
    const plain = await BioHash.train(values, given);
    const [one, other] = [found, plain].map(({ report }) => report.energies.at(-1) ?? 0);
    expect(Math.abs(one / other - 1)).toBeLessThan(0.02);
  });

  it('goes on adding where the sum of a unit has become large', async () => {
    useBackend(fastest);
    // In float32 nothing that is added to 2^24 is seen: after 65,536 rows the sums begin anew.
    const rows = 3 * 2 ** 16;
    const values = new Float32Array(2 * rows);
    for (let row = 0; row < rows; row++) values[2 * row + 1] = 1;
    values[0] = 2 ** 24;
    values[1] = 2 ** 24;
    const given = { dim: 2, units: 1, center: false, unitLength: false, iterations: 1 } as const;
    const { weights } = await BioHash.train(values, given);
    expect(weights[1] / weights[0]).toBeCloseTo((2 ** 24 + 2 ** 17) / 2 ** 24, 6);
  });
});
