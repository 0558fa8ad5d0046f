/**
 * The dot kernel at every level against its oracle, bit for bit: all distances of small sets, whose property runs
 * make over 10^5 pairs a level, and the nearest rows with their ties.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stream } from '../../lib/random.ts';
import { METRICS } from '../../lib/search/metric.ts';
import { levelBackends, reference } from '../support/backends.ts';
import { atOffset, floats, length, RUNS } from '../support/generators.ts';

interface Problem {
  rows: number;
  queryCount: number;
  dim: number;
  data: Float32Array;
  queries: Float32Array;
  metric: number;
  threads: number;
  k: number;
}

const problem: fc.Arbitrary<Problem> = fc
  .record({
    rows: length(1, 40),
    queryCount: length(0, 18),
    dim: length(1, 70),
    offset: fc.nat(15),
    metric: fc.nat(2),
    threads: fc.integer({ min: 1, max: 3 }),
  })
  .chain(({ rows, queryCount, dim, offset, metric, threads }) =>
    fc.record({
      rows: fc.constant(rows),
      queryCount: fc.constant(queryCount),
      dim: fc.constant(dim),
      data: floats(rows * dim).map((values) => atOffset(values, offset)),
      queries: floats(queryCount * dim).map((values) => atOffset(values, 15 - offset)),
      metric: fc.constant(metric),
      threads: fc.constant(threads),
      k: length(1, rows),
    }),
  );

type Backend = typeof reference;

function distancesOf(backend: Backend, p: Problem): Float32Array {
  const distances = new Float32Array(p.queryCount * p.rows).fill(Number.NaN);
  const { data, rows, queries, queryCount, dim, metric } = p;
  const args = [data, rows, queries, queryCount, dim, metric, distances] as const;
  expect(backend.run({ name: 'dotDistances', args }, p.threads)).toBe(-1);
  return distances;
}

function neighborsOf(backend: Backend, p: Problem): { ids: Uint32Array; distances: Float32Array } {
  const ids = new Uint32Array(p.queryCount * p.k).fill(7777);
  const distances = new Float32Array(p.queryCount * p.k).fill(Number.NaN);
  const { data, rows, queries, queryCount, dim, metric, k } = p;
  const args = [data, rows, queries, queryCount, dim, metric, k, ids, distances] as const;
  expect(backend.run({ name: 'dotNeighbors', args }, p.threads)).toBe(-1);
  return { ids, distances };
}

/** Compares bits, so that 0 and -0 differ; distances are never NaN. */
function expectSameBits(actual: Float32Array, expected: Float32Array): void {
  expect(new Uint32Array(actual.buffer)).toEqual(new Uint32Array(expected.buffer));
  expect(actual.some(Number.isNaN)).toBe(false);
}

describe.each([...levelBackends])('dot at level %s', (_level, backend) => {
  it('gives the distances of the reference', () => {
    fc.assert(
      fc.property(problem, (p) => {
        expectSameBits(distancesOf(backend, p), distancesOf(reference, p));
      }),
      { numRuns: 3 * RUNS },
    );
  });

  it('gives the neighbours of the reference', () => {
    fc.assert(
      fc.property(problem, (p) => {
        const actual = neighborsOf(backend, p);
        const expected = neighborsOf(reference, p);
        expect(actual.ids).toEqual(expected.ids);
        expectSameBits(actual.distances, expected.distances);
      }),
      { numRuns: RUNS },
    );
  });

  // Sizes beyond one block of rows, one group of queries and one part, where the pieces must fit together.
  it.each([
    { rows: 3001, queryCount: 1, dim: 3, k: 5, values: 2 },
    { rows: 2887, queryCount: 70, dim: 2, k: 17, values: 9 },
    { rows: 500, queryCount: 67, dim: 1, k: 500, values: 3 },
    { rows: 40, queryCount: 5, dim: 5000, k: 3, values: 1000 },
    { rows: 33, queryCount: 3, dim: 70001, k: 33, values: 5 },
  ])('fits blocks and parts together: $rows rows, $queryCount queries, dim $dim', (size) => {
    const drawn = stream(11, 'evaluation', size.rows);
    const draw = (count: number): Float32Array =>
      Float32Array.from({ length: count }, () => drawn.below(size.values) - size.values / 2);
    const data = draw(size.rows * size.dim);
    const queries = draw(size.queryCount * size.dim);
    for (let metric = 0; metric < METRICS.length; metric++) {
      const p = { ...size, data, queries, metric };
      const expected = neighborsOf(reference, { ...p, threads: 1 });
      for (const threads of [1, 2, 3]) {
        const actual = neighborsOf(backend, { ...p, threads });
        expect(actual.ids).toEqual(expected.ids);
        expectSameBits(actual.distances, expected.distances);
      }
    }
  });

  it('reports the first value that is not finite, data before queries', () => {
    const spoilt = fc.tuple(fc.nat(), fc.constantFrom(Number.NaN, Infinity, -Infinity));
    fc.assert(
      fc.property(problem, fc.array(spoilt, { minLength: 1, maxLength: 3 }), (p, spoils) => {
        const total = p.data.length + p.queries.length;
        const data = p.data.slice();
        const queries = p.queries.slice();
        for (const [at, value] of spoils) {
          const position = at % total;
          if (position < data.length) data[position] = value;
          else queries[position - data.length] = value;
        }
        const expected = Math.min(...spoils.map(([at]) => at % total));
        const ids = new Uint32Array(p.queryCount * p.k);
        const distances = new Float32Array(p.queryCount * p.rows);
        const shape = [data, p.rows, queries, p.queryCount, p.dim, p.metric] as const;
        for (const each of [backend, reference]) {
          const all = { name: 'dotDistances', args: [...shape, distances] } as const;
          const nearest = { name: 'dotNeighbors', args: [...shape, p.k, ids, distances] } as const;
          expect(each.run(all, p.threads)).toBe(expected);
          expect(each.run(nearest, p.threads)).toBe(expected);
        }
      }),
      { numRuns: Math.ceil(RUNS / 4) },
    );
  });
});

describe('dot by definition', () => {
  const one = (a: number[], b: number[], metric: number): number => {
    const [data, queries] = [Float32Array.from(b), Float32Array.from(a)];
    const p = { rows: 1, queryCount: 1, dim: a.length, data, queries, metric, threads: 1, k: 1 };
    return distancesOf(reference, p)[0];
  };

  it('is minus the product, the squared difference, one minus the cosine', () => {
    expect(one([1, 2, 3], [4, -5, 6], 0)).toBe(-12);
    expect(one([1, 2, 3], [4, -5, 6], 1)).toBe(67);
    expect(one([3, 4], [-3, -4], 2)).toBe(2);
    expect(one([0, 0], [3, 4], 2)).toBe(1);
    expect(one([1, 0], [0, 1], 0)).toBe(0);
  });

  it('turns what overflow leaves undefined into +Infinity', () => {
    const huge = 3e38;
    expect(one([huge, huge], [huge, -huge], 0)).toBe(Infinity);
    expect(one([huge, huge], [huge, huge], 2)).toBe(Infinity);
    expect(one([huge], [-huge], 1)).toBe(Infinity);
    expect(one([huge], [huge], 0)).toBe(-Infinity);
  });

  it('adds sixteen interleaved sums, then folds halves', () => {
    // Lane 0 holds 2^24 + 1 + 1 in order: the ones are lost there, but not where other lanes hold them.
    const a = new Array<number>(33).fill(0);
    a[0] = 2 ** 24;
    a[16] = 1;
    a[32] = 1;
    expect(one(a, Array(33).fill(1), 0)).toBe(-(2 ** 24));
    a[16] = 0;
    a[32] = 0;
    a[1] = 1;
    a[9] = 1;
    expect(one(a, Array(33).fill(1), 0)).toBe(-(2 ** 24 + 2));
  });
});
