/**
 * The kernels of FlyVec's rule at every level against their oracle, bit for bit: ties, overflows, scales that are
 * folded, windows that are cut or empty, bounds that are exact, too large or unknown, on one to three threads.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Backend } from '../../lib/backend/kernels.ts';
import { NO_WINNER } from '../../lib/backend/windows-kernels.ts';
import { stream } from '../../lib/random.ts';
import { levelBackends, reference } from '../support/backends.ts';
import { floats, length, plainFloat, RUNS } from '../support/generators.ts';
import { longText, tokens } from '../support/windows-cases.ts';

const scale = fc.oneof(
  { weight: 3, arbitrary: plainFloat },
  { weight: 2, arbitrary: fc.constant(1) },
  { weight: 1, arbitrary: fc.constantFrom(2 ** -64, 2 ** 64, 2 ** -63, 1.5 * 2 ** -64, 0, 1e30) },
);

const batch = fc
  .record({
    count: length(1, 60),
    windows: length(0, 40),
    vocabulary: fc.integer({ min: 1, max: 12 }),
    units: length(1, 100),
    radius: fc.integer({ min: 0, max: 6 }),
    threads: fc.integer({ min: 1, max: 3 }),
  })
  .chain((sizes) =>
    fc.record({
      sizes: fc.constant(sizes),
      tokens: tokens(sizes.count, sizes.vocabulary),
      positions: fc
        .array(fc.nat(sizes.count), { minLength: sizes.windows, maxLength: sizes.windows })
        .map((positions) => Uint32Array.from(positions)),
      weights: floats(2 * sizes.vocabulary * Math.ceil(sizes.units / 16) * 16),
      scales: fc
        .array(scale, { minLength: sizes.units, maxLength: sizes.units })
        .map((scales) => Float32Array.from(scales)),
      shares: floats(sizes.vocabulary).map((shares) => shares.map(Math.abs)),
      rate: fc.constantFrom<number>(0, 0.002, 0.3, 1, 7, -1, 1e30),
      bound: fc.constantFrom<'exact' | 'large' | 'unknown'>('exact', 'large', 'unknown'),
    }),
  );

type Batch = typeof batch extends fc.Arbitrary<infer Value> ? Value : never;

/** The largest |number| of each unit. */
function exactBounds({ sizes, weights }: Batch): Float32Array {
  const stride = Math.ceil(sizes.units / 16) * 16;
  const bounds = new Float32Array(sizes.units);
  for (let unit = 0; unit < sizes.units; unit++) {
    for (let at = unit; at < weights.length; at += stride) {
      bounds[unit] = Math.max(bounds[unit], Math.abs(weights[at]));
    }
  }
  return bounds;
}

function beginningBounds(problem: Batch): Float32Array {
  if (problem.bound === 'unknown') {
    return new Float32Array(problem.sizes.units).fill(Number.POSITIVE_INFINITY);
  }
  const bounds = exactBounds(problem);
  return problem.bound === 'exact' ? bounds : bounds.map((bound, unit) => bound * (1 + unit));
}

/** What one mini-batch does on a backend: its winners, or given ones, the steps, and the moves. */
function learn(backend: Backend, problem: Batch, threads: number, given?: Uint32Array) {
  const { sizes, tokens: text, positions, shares, rate } = problem;
  const { count, radius, windows, vocabulary, units } = sizes;
  const [weights, scales] = [problem.weights.slice(), problem.scales.slice()];
  const own = [
    text,
    count,
    radius,
    positions,
    windows,
    weights,
    scales,
    vocabulary,
    units,
  ] as const;
  const winners = given?.slice() ?? new Uint32Array(windows).fill(7);
  if (given === undefined) {
    const args = [...own, winners] as const;
    expect(backend.run({ name: 'windowsLearningWinners', args }, threads)).toBe(0);
  }
  const places = windows * (2 * radius + 1);
  const decays = new Float32Array(units).fill(7);
  const [starts, sizesOf] = [new Uint32Array(units).fill(7), new Uint32Array(units).fill(7)];
  const [inputs, gains] = [new Uint32Array(places), new Float32Array(places)];
  const bounds = beginningBounds(problem);
  const steps = [decays, starts, sizesOf, inputs, gains, bounds] as const;
  const peak = backend.run(
    { name: 'windowsLearningSteps', args: [...own, winners, shares, ...steps] },
    threads,
  );
  const stepped = { bounds: bounds.slice(), weights: weights.slice(), scales: scales.slice() };
  backend.run({ name: 'windowsLearningMoves', args: [...own, rate, ...steps] }, threads);
  return {
    result: { winners, peak, decays, starts, sizesOf, inputs, gains, weights, scales },
    bounds,
    stepped,
  };
}

function expectBounds(problem: Batch, bounds: Float32Array): void {
  for (const [unit, least] of exactBounds(problem).entries()) {
    // Whatever is no number counts for nothing.
    if (!Number.isNaN(least)) expect(bounds[unit]).toBeGreaterThanOrEqual(least);
  }
}

describe.each([...levelBackends])('learning from windows at level %s', (_level, backend) => {
  it('is the same as on the reference', () => {
    fc.assert(
      fc.property(batch, (problem) => {
        const expected = learn(reference, problem, 1).result;
        const { result, bounds, stepped } = learn(backend, problem, problem.sizes.threads);
        expect(result).toEqual(expected);
        expectBounds(problem, stepped.bounds);
        expectBounds({ ...problem, weights: result.weights }, bounds);
      }),
      { numRuns: RUNS },
    );
  });

  it('is the same whoever won', () => {
    const winner = fc.oneof(fc.nat(20), fc.constantFrom(NO_WINNER, 2 ** 31));
    fc.assert(
      fc.property(batch, fc.array(winner, { minLength: 40, maxLength: 40 }), (problem, won) => {
        const winners = Uint32Array.from(won.slice(0, problem.sizes.windows));
        const expected = learn(reference, problem, 1, winners).result;
        const { result } = learn(backend, problem, problem.sizes.threads, winners);
        expect(result).toEqual(expected);
      }),
      { numRuns: RUNS },
    );
  });

  it('stays the same over many batches, folds and blocks of windows', () => {
    const [count, vocabulary, units, radius, windows] = [6_000, 60, 150, 3, 3_000];
    const text = longText(1, count, vocabulary);
    const positions = Uint32Array.from({ length: windows }, (_, i) => 2 * i);
    const weights = new Float32Array(2 * vocabulary * 160);
    stream(1, 'gaussian').fillNormals(weights);
    const shares = Float32Array.from({ length: vocabulary }, (_, word) => 1 / (3000 - 40 * word));
    const run = (own: Backend, threads: number) => {
      let problem: Batch = {
        sizes: { count, windows, vocabulary, units, radius, threads },
        ...{ tokens: text, positions, weights, shares, bound: 'unknown', rate: 30 },
        scales: new Float32Array(units).fill(1),
      };
      const peaks: number[] = [];
      for (let i = 0; i < 6; i++) {
        const { result } = learn(own, problem, threads);
        problem = { ...problem, weights: result.weights, scales: result.scales };
        peaks.push(result.peak);
      }
      return { peaks, weights: problem.weights, scales: problem.scales };
    };
    const expected = run(reference, 1);
    expect(run(backend, 1)).toEqual(expected);
    expect(run(backend, 3)).toEqual(expected);
  });

  it('touches nothing where the inputs are not what it wrote', () => {
    const own = [new Int32Array(1), 1, 0, new Uint32Array(1), 1] as const;
    const weights = new Float32Array(32).fill(1);
    const model = [...own, weights, new Float32Array([1]), 1, 1, 0.5, new Float32Array(1)] as const;
    const floats1 = new Float32Array(1).fill(1);
    for (const [start, size, input] of [
      [0, 1, 2],
      [0, 2, 0],
      [2 ** 32 - 1, 2, 0],
      [1, 1, 0],
    ]) {
      const lists = [start, size, input].map((value) => new Uint32Array([value]));
      const args = [...model, lists[0], lists[1], lists[2], floats1, floats1] as const;
      expect(backend.run({ name: 'windowsLearningMoves', args }, 1)).toBe(0);
      expect(weights).toEqual(new Float32Array(32).fill(1));
    }
  });
});
