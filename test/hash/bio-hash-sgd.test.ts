/**
 * The online rule of BioHash against a plain program in double precision after the paper's equations 1 and 2 and the
 * mini-batches of Krotov and Hopfield: powers, ranks that are repelled, steps whose largest coordinate is the rate, rates
 * that fall, and both assignments.
 */

import { describe, expect, it } from 'vitest';
import { mnistSample } from '../../data/samples.ts';
import { BioHash } from '../../lib/hash/bio-hash.ts';
import type { BioHashTraining } from '../../lib/hash/bio-options.ts';
import { normalWeights } from '../../lib/hash/initial-units.ts';
import { levelBackends, reference, useBackend } from '../support/backends.ts';
import { normals } from '../support/training-cases.ts';

const fastest = [...levelBackends.values()].at(-1) ?? reference;
const [ROWS, DIM, UNITS, SEED] = [60, 5, 6, 17];
const values = normals(ROWS, DIM, 41);
const rows = Array.from({ length: ROWS }, (_, i) => [...values.subarray(i * DIM, (i + 1) * DIM)]);

interface Rule {
  readonly power: number;
  readonly rank: number;
  readonly repulsion: number;
  readonly batchSize: number;
  readonly rate: number;
  readonly epochs: number;
  readonly isNormalised: boolean;
}

const PLAIN: Rule = {
  ...{ power: 2, rank: 2, repulsion: 0, batchSize: 20, rate: 0.05, epochs: 3 },
  isNormalised: false,
};

/** <W, x>_u: the sum of sign(W) |W|^(p - 1) x. */
function activation(weights: readonly number[], row: readonly number[], power: number): number {
  return weights.reduce((sum, w, i) => sum + Math.sign(w) * Math.abs(w) ** (power - 1) * row[i], 0);
}

/** Units from the best to the worst for a row. */
function ranking(units: readonly number[][], row: readonly number[], rule: Rule): number[] {
  const { power, isNormalised } = rule;
  const scores = units.map((unit) => {
    const scale = isNormalised ? activation(unit, unit, power) ** ((power - 1) / power) : 1;
    return activation(unit, row, power) / scale;
  });
  return [...scores.keys()].sort((a, b) => scores[b] - scores[a]);
}

/** One mini-batch: dS = G X - diag(sum of G a) W, W += rate x dS / max |dS|. Gives the largest coordinate of the step. */
function step(units: number[][], batch: readonly number[][], rate: number, rule: Rule): number {
  const steps = units.map((unit) => unit.map(() => 0));
  const push = (unit: number, row: readonly number[], share: number): void => {
    const own = activation(units[unit], row, rule.power);
    units[unit].forEach((w, i) => {
      steps[unit][i] += share * (row[i] - own * w);
    });
  };
  for (const row of batch) {
    const order = ranking(units, row, rule);
    push(order[0], row, 1);
    if (rule.repulsion > 0) push(order[rule.rank - 1], row, -rule.repulsion);
  }
  const peak = Math.max(...steps.flat().map(Math.abs));
  for (const [u, own] of steps.entries()) {
    for (const [i, delta] of own.entries()) units[u][i] += (rate * delta) / peak;
  }
  return peak;
}

function learnt(rule: Rule): number[][] {
  const initial = normalWeights(UNITS, DIM, SEED);
  const units = Array.from({ length: UNITS }, (_, u) => [
    ...initial.subarray(u * DIM, (u + 1) * DIM),
  ]);
  for (let epoch = 0; epoch < rule.epochs; epoch++) {
    const rate = rule.rate * (1 - epoch / rule.epochs);
    for (let at = 0; at < ROWS; at += rule.batchSize) {
      step(units, rows.slice(at, at + rule.batchSize), rate, rule);
    }
  }
  return units;
}

function optionsOf({ isNormalised, ...rule }: Rule): BioHashTraining {
  return {
    ...{ dim: DIM, units: UNITS, active: 1, seed: SEED, trainer: 'sgd', shuffle: false },
    ...{ center: false, unitLength: false, init: 'normal', ...rule },
    assignment: isNormalised ? 'normalised' : 'inner-product',
  };
}

const RULES: [string, Rule][] = [
  ['the plain rule', PLAIN],
  ['a batch that is cut short', { ...PLAIN, batchSize: 25 }],
  ['power 3', { ...PLAIN, power: 3 }],
  ['power 1', { ...PLAIN, power: 1, rate: 0.01 }],
  ['repulsion of the second', { ...PLAIN, repulsion: 0.4 }],
  ['repulsion of the fourth, power 3', { ...PLAIN, repulsion: 0.2, rank: 4, power: 3 }],
  ['the normalised assignment', { ...PLAIN, isNormalised: true }],
  ['that with power 3 and repulsion', { ...PLAIN, isNormalised: true, power: 3, repulsion: 0.1 }],
];

describe('sgd', () => {
  it.each(RULES)('moves units as the equations do: %s', async (_what, rule) => {
    useBackend(fastest);
    const hasher = await BioHash.train(values, optionsOf(rule));
    const expected = learnt(rule).flat();
    for (const [i, weight] of hasher.weights.entries()) expect(weight).toBeCloseTo(expected[i], 4);
    // Codes are of the same activations, scaled or not.
    const units = Array.from({ length: UNITS }, (_, u) => [
      ...hasher.weights.subarray(u * DIM, (u + 1) * DIM),
    ]);
    const winners = rows.map((row) => ranking(units, row, rule)[0]);
    expect([...hasher.hash(values).indices]).toEqual(winners);
    expect(hasher.report.wins.reduce((sum, won) => sum + won)).toBe(ROWS);
  });

  it('moves no coordinate farther than its rate, and one just as far', async () => {
    useBackend(fastest);
    const rule = { ...PLAIN, batchSize: ROWS, epochs: 1 };
    const hasher = await BioHash.train(values, optionsOf(rule));
    const initial = normalWeights(UNITS, DIM, SEED);
    const moved = hasher.weights.map((weight, i) => Math.abs(weight - initial[i]));
    expect(Math.max(...moved)).toBeCloseTo(rule.rate, 6);
  });

  it('brings its units to norm 1, with the energy falling, and may end there', async () => {
    useBackend(fastest);
    const given = { ...optionsOf({ ...PLAIN, rate: 0.02, epochs: 400 }), unitLength: true };
    const whole = await BioHash.train(values, given);
    const norms = Array.from({ length: UNITS }, (_, u) =>
      Math.hypot(...whole.weights.subarray(u * DIM, (u + 1) * DIM)),
    );
    const mean = norms.reduce((sum, norm) => sum + norm) / UNITS;
    expect(mean).toBeCloseTo(1, 1);
    const { energies, converged } = whole.report;
    expect(converged).toBe(false);
    expect(energies.at(-1)).toBeLessThan(energies[0]);
    const ended = await BioHash.train(values, { ...given, normTolerance: 0.2 });
    expect(ended.report.converged).toBe(true);
    expect(ended.report.iterations).toBeLessThan(400);
  });

  it('by default begins at rows, where every unit lives, with both assignments', async () => {
    useBackend(fastest);
    const digits = mnistSample(200).values; // positive numbers: their mean is near to all of them
    const dead = async (options: Partial<BioHashTraining>): Promise<number> => {
      const given = { dim: 784, units: 20, center: false, trainer: 'sgd', epochs: 60 } as const;
      return (await BioHash.train(digits, { ...given, seed: 5, ...options })).report.deadUnits;
    };
    for (const assignment of ['normalised', 'inner-product'] as const) {
      expect(await dead({ assignment })).toBe(0);
      expect(await dead({ assignment, init: 'rows' })).toBe(0);
    }
    expect(await dead({ assignment: 'normalised', init: 'normal' })).toBeGreaterThan(0);
  });

  it('shuffles rows in memory by its seed, and takes those of a stream as they come', async () => {
    useBackend(fastest);
    const given = optionsOf(PLAIN);
    const ordered = await BioHash.train(values, given);
    const shuffled = await BioHash.train(values, { ...given, shuffle: true });
    const byDefault = await BioHash.train(values, { ...given, shuffle: undefined });
    expect(shuffled.weights).not.toEqual(ordered.weights);
    expect(byDefault.toBytes()).toEqual(shuffled.toBytes());
    const streamed = await BioHash.train(() => [values], { ...given, shuffle: undefined });
    expect(streamed.toBytes()).toEqual(ordered.toBytes());
    await expect(BioHash.train(() => [values], { ...given, shuffle: true })).rejects.toThrow(
      'shuffle must be false for a stream, got true',
    );
  });
});
