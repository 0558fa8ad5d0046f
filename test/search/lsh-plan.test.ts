/** lshTables against worked values, against simulation, against indexes made by it, and its bad arguments. */

import { describe, expect, it } from 'vitest';
import { SimHash } from '../../lib/hash/sim-hash.ts';
import { stream } from '../../lib/random.ts';
import { LshIndex } from '../../lib/search/lsh-index.ts';
import { lshTables } from '../../lib/search/lsh-plan.ts';
import { allBackends, useBackend } from '../support/backends.ts';

/** keyBits, then P and L of radius 0, 1 and 2, for a neighbour at 30 degrees and recall 0.95. */
const WORKED = [
  [8, 0.2326, 12, 0.6047, 4, 0.8652, 2],
  [16, 0.0541, 54, 0.2272, 12, 0.4868, 5],
  [24, 0.0126, 237, 0.073, 40, 0.2118, 13],
] as const;

/** Random vectors, and for each a query at that angle from it. */
function pairsAt(angle: number, rows: number, dim: number) {
  const random = stream(7, 'evaluation');
  const data = new Float32Array(rows * dim);
  const queries = new Float32Array(rows * dim);
  const dot = (a: Float32Array, b: Float32Array): number =>
    a.reduce((sum, v, i) => sum + v * b[i], 0);
  for (let row = 0; row < rows; row++) {
    const [a, b] = [new Float32Array(dim), new Float32Array(dim)];
    random.fillNormals(a);
    random.fillNormals(b);
    const share = dot(a, b) / dot(a, a);
    const across = b.map((value, i) => value - share * a[i]);
    const scale = Math.tan(angle) * Math.sqrt(dot(a, a) / dot(across, across));
    data.set(a, row * dim);
    queries.set(
      a.map((value, i) => value + scale * across[i]),
      row * dim,
    );
  }
  return { data, queries };
}

describe('lshTables', () => {
  it.each(WORKED)('with keys of %i bits gives the worked values', (keyBits, ...values) => {
    for (const radius of [0, 1, 2]) {
      const plan = lshTables({ recall: 0.95, keyBits, radius, angle: Math.PI / 6 });
      expect(plan.perTable).toBeCloseTo(values[2 * radius], 3);
      expect(plan.tables).toBe(values[2 * radius + 1]);
      expect(plan.bits).toBe(plan.tables * keyBits);
      expect(plan.recall).toBeGreaterThanOrEqual(0.95);
    }
  });

  it('takes a share of differing bits for an angle', () => {
    const options = { recall: 0.9, keyBits: 12, radius: 1 };
    expect(lshTables({ ...options, differing: 0.25 })).toEqual(
      lshTables({ ...options, angle: Math.PI / 4 }),
    );
  });

  it('needs one table where a radius of keyBits visits everything', () => {
    const plan = lshTables({ recall: 0.999, keyBits: 8, radius: 8, differing: 0.4 });
    expect(plan.tables).toBe(1);
    expect(plan.recall).toBeCloseTo(1, 12);
    expect(plan.candidateShare).toBeCloseTo(1, 12);
  });

  it.each([
    [0.1, 10, 0],
    [0.2, 8, 1],
    [0.5, 6, 1],
  ])('gives the share that a simulation meets: %f of bits differ', (differing, keyBits, radius) => {
    const plan = lshTables({ recall: 0.8, keyBits, radius, differing });
    const random = stream(1, 'evaluation');
    const flips = (): number =>
      Array.from({ length: keyBits }, () => random.uint32()).filter(
        (word) => word < differing * 2 ** 32,
      ).length;
    const trials = Array.from({ length: 4000 }, () =>
      Array.from({ length: plan.tables }, flips).some((count) => count <= radius),
    );
    const share = trials.filter((isMet) => isMet).length / trials.length;
    expect(Math.abs(share - plan.recall)).toBeLessThan(0.03); // 4.7 standard deviations
    if (differing === 0.5) expect(plan.candidateShare).toBe(plan.recall);
  });

  it.each([
    { angle: Math.PI / 6, recall: 0.9, keyBits: 12, radius: 0 },
    { angle: Math.PI / 6, recall: 0.95, keyBits: 16, radius: 1 },
    { angle: Math.PI / 3, recall: 0.7, keyBits: 8, radius: 1 },
  ])('makes indexes that find the share it promised, and meet the rest it told: %o', (wanted) => {
    useBackend([...allBackends.values()].at(-1) ?? [...allBackends.values()][0]);
    const { keyBits, radius, angle } = wanted;
    const { tables, bits, recall, candidateShare } = lshTables(wanted);
    const [dim, rows] = [256, 1000];
    const { data, queries } = pairsAt(angle, rows, dim);
    const hasher = SimHash.create({ dim, bits, seed: 5 });
    const index = LshIndex.create({ bits, tables, keyBits, probes: radius });
    index.add(hasher.hash(data));
    const { ids, counts, candidates } = index.search(hasher.hash(queries), rows);
    let found = 0;
    for (let row = 0; row < rows; row++) {
      if (ids.subarray(row * rows, row * rows + counts[row]).includes(row)) found++;
    }
    const deviation = Math.sqrt((recall * (1 - recall)) / rows);
    expect(Math.abs(found / rows - recall)).toBeLessThan(5 * deviation);
    const others = candidates.reduce((sum, count) => sum + count, 0) - found;
    const share = others / (rows * (rows - 1));
    expect(share / candidateShare).toBeGreaterThan(0.8); // random vectors are not quite at right angles
    expect(share / candidateShare).toBeLessThan(1.5);
  });

  it.each([
    [{ recall: 1, keyBits: 8, angle: 1 }, RangeError, 'recall must be above 0 and below 1, got 1'],
    [{ recall: 0, keyBits: 8, angle: 1 }, RangeError, 'recall must be above 0'],
    [{ recall: '1', keyBits: 8, angle: 1 }, TypeError, 'recall must be a number, got "1"'],
    [
      { recall: 0.9, keyBits: 33, angle: 1 },
      RangeError,
      'keyBits must be a whole number from 1 to 32',
    ],
    [
      { recall: 0.9, keyBits: 8, radius: 9, angle: 1 },
      RangeError,
      'radius must be a whole number from 0 to 8',
    ],
    [{ recall: 0.9, keyBits: 8, angle: 4 }, RangeError, 'angle must be above 0 and below 3.14'],
    [
      { recall: 0.9, keyBits: 8, differing: Number.NaN },
      RangeError,
      'differing must be above 0 and below 1, got NaN',
    ],
    [{ recall: 0.9, keyBits: 8 }, TypeError, 'options must have one of angle and differing'],
    [{ recall: 0.9, keyBits: 8, angle: 1, differing: 0.1 }, TypeError, 'options must have one of'],
    [{ recall: 0.9, keyBits: 8, angel: 1 }, TypeError, 'options must have only the keys'],
    [{ recall: 0.9, keyBits: 32, differing: 1 - 1e-16 }, RangeError, 'keyBits must be few enough'],
  ])('refuses %j', (options, kind, sentence) => {
    const call = (): unknown => lshTables(options as never);
    expect(call).toThrow(kind);
    expect(call).toThrow(sentence);
  });
});
