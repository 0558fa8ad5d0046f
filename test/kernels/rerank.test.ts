/**
 * The rerank kernels at every level against their oracle, bit for bit: floats against the distances of the dot kernel,
 * bytes against sums and doubles in plain TypeScript, on lists with ids that are no rows, doubled ids and any order.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Backend } from '../../lib/backend/kernels.ts';
import { stream } from '../../lib/random.ts';
import { METRICS } from '../../lib/search/metric.ts';
import { levelBackends, reference } from '../support/backends.ts';
import { atOffset, floats, length, RUNS } from '../support/generators.ts';

interface Problem {
  readonly rows: number;
  readonly dim: number;
  readonly queryCount: number;
  readonly metric: number;
  readonly places: number;
  readonly shared: number;
  readonly k: number;
  readonly threads: number;
  readonly seed: number;
}

const problem = (mostDim: number): fc.Arbitrary<Problem> =>
  fc.record({
    rows: fc.integer({ min: 0, max: 120 }),
    dim: length(1, mostDim),
    queryCount: fc.integer({ min: 0, max: 6 }),
    metric: fc.nat(2),
    places: length(0, 150),
    shared: fc.nat(1),
    k: length(0, 60),
    threads: fc.integer({ min: 1, max: 3 }),
    seed: fc.nat(),
  });

/** Lists, the counts of which may pass their places, of ids that may pass the rows. */
function lists(p: Problem): readonly [Uint32Array, Uint32Array, number, number] {
  const random = stream(p.seed, 'evaluation', 0);
  const count = p.shared === 1 ? 1 : p.queryCount;
  const ids = Uint32Array.from({ length: count * p.places }, () => random.below(p.rows + 3));
  const counts = Uint32Array.from({ length: count }, () => random.below(p.places + 5));
  return [ids, counts, p.places, p.shared];
}

interface Found {
  readonly ids: Uint32Array;
  readonly distances: Uint32Array;
  readonly counts: Uint32Array;
}

function results(p: Problem): readonly [number, Uint32Array, Float32Array, Uint32Array] {
  const places = p.queryCount * p.k;
  const ids = new Uint32Array(places).fill(7777);
  return [p.k, ids, new Float32Array(places).fill(-7), new Uint32Array(p.queryCount)];
}

/** Distances as bits, so that 0 and -0 differ. */
function found([, ids, distances, counts]: ReturnType<typeof results>): Found {
  expect(distances.some(Number.isNaN)).toBe(false);
  return { ids, distances: new Uint32Array(distances.buffer), counts };
}

function byFloats(backend: Backend, p: Problem, data: Float32Array, queries: Float32Array): Found {
  const base = [data, p.rows, queries, p.queryCount, p.dim, p.metric] as const;
  const into = results(p);
  const args = [...base, ...lists(p), ...into] as const;
  expect(backend.run({ name: 'rerankFloats', args }, p.threads)).toBe(0);
  return found(into);
}

interface Bytes {
  readonly values: Uint8Array;
  readonly scales: Float32Array;
  readonly norms: Uint32Array;
}

function drawBytes(p: Problem, rows: number, index: number): Bytes {
  const random = stream(p.seed, 'evaluation', index);
  const kind = random.below(3);
  const draw = (): number => (kind === 0 ? random.below(256) : kind === 1 ? 127 : random.below(3));
  const values = Uint8Array.from({ length: rows * p.dim }, draw);
  const unit = random.below(2) === 0 ? 3 : 1e-40;
  const scales = Float32Array.from({ length: rows }, () => random.below(4) * unit);
  const norms = Uint32Array.from({ length: rows }, () => random.below(5) * 1000);
  return { values, scales, norms };
}

function byBytes(backend: Backend, p: Problem): Found {
  const data = drawBytes(p, p.rows, 1);
  const queries = drawBytes(p, p.queryCount, 2);
  const rows = [data.values, p.rows, data.scales, data.norms] as const;
  const asked = [queries.values, p.queryCount, queries.scales, queries.norms] as const;
  const into = results(p);
  const args = [...rows, ...asked, p.dim, p.metric, ...lists(p), ...into] as const;
  expect(backend.run({ name: 'rerankBytes', args }, p.threads)).toBe(0);
  return found(into);
}

const withFloats = problem(70).chain((p) =>
  fc.record({
    p: fc.constant(p),
    data: floats(p.rows * p.dim).map((values) => atOffset(values, p.seed % 16)),
    queries: floats(p.queryCount * p.dim).map((values) => atOffset(values, p.seed % 3)),
  }),
);

describe.each([...levelBackends])('rerank at level %s', (_level, backend) => {
  it('gives the nearest floats of the reference', () => {
    fc.assert(
      fc.property(withFloats, ({ p, data, queries }) => {
        const actual = byFloats(backend, p, data, queries);
        expect(actual).toEqual(byFloats(reference, p, data, queries));
      }),
      { numRuns: RUNS },
    );
  });

  it('gives the nearest bytes of the reference', () => {
    fc.assert(
      fc.property(problem(150), (p) => {
        expect(byBytes(backend, p)).toEqual(byBytes(reference, p));
      }),
      { numRuns: RUNS },
    );
  });

  it('sums the largest bytes of the longest rows without overflow', () => {
    const dim = 2 ** 17 - 1;
    const values = new Uint8Array(dim).fill(0x80);
    const [ids, distances, counts] = [new Uint32Array(1), new Float32Array(1), new Uint32Array(1)];
    const [scales, norms] = [Float32Array.of(1), Uint32Array.of(2 ** 14 * dim)];
    const given = [Uint32Array.of(0), Uint32Array.of(1), 1, 0] as const;
    const rows = [values, 1, scales, norms, values, 1, scales, norms, dim] as const;
    const args = [...rows, METRICS.indexOf('dot'), ...given, 1, ids, distances, counts] as const;
    expect(backend.run({ name: 'rerankBytes', args }, 1)).toBe(0);
    expect(distances[0]).toBe(Math.fround(-(2 ** 14) * dim));
  });

  it('gives for a list of all rows what the dot kernel gives', () => {
    const all = withFloats.filter(({ p }) => p.rows > 0);
    fc.assert(
      fc.property(all, ({ p, data, queries }) => {
        const k = Math.min(p.rows, Math.max(1, p.k));
        const ids = new Uint32Array(p.queryCount * k);
        const distances = new Float32Array(p.queryCount * k);
        const base = [data, p.rows, queries, p.queryCount, p.dim, p.metric] as const;
        backend.run({ name: 'dotNeighbors', args: [...base, k, ids, distances] }, 1);
        const own = { ids: ids.slice().fill(0), distances: distances.slice().fill(0) };
        const list = Uint32Array.from({ length: p.rows }, (_, i) => i);
        const given = [list, Uint32Array.of(p.rows), p.rows, 1] as const;
        const counts = new Uint32Array(p.queryCount);
        const args = [...base, ...given, k, own.ids, own.distances, counts] as const;
        backend.run({ name: 'rerankFloats', args }, 1);
        expect(own).toEqual({ ids, distances });
      }),
      { numRuns: RUNS / 2 },
    );
  });
});
