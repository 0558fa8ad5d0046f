/** exactNeighbors on every backend: its answer by definition, its forms of input, its edges and its errors. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stream } from '../../lib/random.ts';
import { exactNeighbors } from '../../lib/search/exact-neighbors.ts';
import { METRICS, type Metric } from '../../lib/search/metric.ts';
import type { Vectors } from '../../lib/vectors.ts';
import { allBackends, useBackend } from '../support/backends.ts';

const DIM = 5;
const draw = (rows: number, index: number): Float32Array => {
  const values = new Float32Array(rows * DIM);
  stream(17, 'evaluation', index).fillNormals(values);
  return values;
};
const asRows = (flat: Float32Array): Float32Array[] =>
  Array.from({ length: flat.length / DIM }, (_, i) => flat.subarray(i * DIM, (i + 1) * DIM));

const DATA = draw(50, 0);
const QUERIES = draw(7, 1);

/** In double precision, by a sort. */
function byDefinition(a: Float32Array, metric: Metric): number[] {
  const dot = (x: Float32Array, y: Float32Array): number =>
    x.reduce((sum, v, i) => sum + v * y[i], 0);
  const distance = {
    dot: (b: Float32Array) => -dot(a, b),
    l2: (b: Float32Array) => dot(a, a) - 2 * dot(a, b) + dot(b, b),
    cosine: (b: Float32Array) => 1 - dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)),
  }[metric];
  const all = asRows(DATA).map(distance);
  return [...all.keys()].sort((i, j) => all[i] - all[j]);
}

describe.each([...allBackends])('exactNeighbors on %s', (_name, backend) => {
  it.each(METRICS)('finds the nearest by %s, nearest first', (metric) => {
    useBackend(backend);
    for (const threads of [1, 2, 3]) {
      const found = exactNeighbors(DATA, asRows(QUERIES), 10, { metric, threads });
      expect([found.rows, found.k, ...found.counts]).toEqual([7, 10, ...Array(7).fill(10)]);
      asRows(QUERIES).forEach((query, q) => {
        const ids = [...found.ids.subarray(10 * q, 10 * q + 10)];
        expect(ids).toEqual(byDefinition(query, metric).slice(0, 10));
        const distances = [...found.distances.subarray(10 * q, 10 * q + 10)];
        expect(distances).toEqual([...distances].sort((x, y) => x - y));
      });
    }
  });

  it('takes every form of vectors', () => {
    useBackend(backend);
    const bytes = Uint8Array.from({ length: 50 * DIM }, (_, i) => (i * i) % 251);
    const shared = new Float32Array(new SharedArrayBuffer(4 * bytes.length));
    shared.set(bytes);
    const flat = Float32Array.from(bytes);
    const forms: Vectors[] = [
      bytes,
      shared,
      flat,
      Float64Array.from(bytes),
      [...bytes],
      asRows(flat),
      asRows(flat).map((row) => [...row]),
    ];
    const expected = exactNeighbors(flat, flat, 3, { metric: 'l2', dim: DIM });
    for (const data of forms) {
      for (const queries of forms) {
        const found = exactNeighbors(data, queries, 3, { metric: 'l2', dim: DIM });
        expect(found).toEqual(expected);
      }
    }
  });

  it('breaks ties by the smaller row', () => {
    useBackend(backend);
    const data = Array.from({ length: 600 }, (_, i) => [i % 2, 0]);
    const { ids } = exactNeighbors(data, [[0, 0]], 305, 'l2');
    const even = Array.from({ length: 300 }, (_, i) => 2 * i);
    expect([...ids]).toEqual([...even, 1, 3, 5, 7, 9]);
  });

  it('fills the places after the last row', () => {
    useBackend(backend);
    const found = exactNeighbors([[1], [2]], [[2], [1]], 4, 'l2');
    const none = 0xffffffff;
    expect([...found.ids]).toEqual([1, 0, none, none, 0, 1, none, none]);
    expect([...found.distances]).toEqual([0, 1, Infinity, Infinity, 0, 1, Infinity, Infinity]);
    expect([...found.counts]).toEqual([2, 2]);
  });

  it('answers empty questions', () => {
    useBackend(backend);
    const options = { metric: 'cosine', dim: DIM } as const;
    const none = exactNeighbors(DATA, QUERIES, 0, options);
    expect([none.rows, none.k, none.ids.length, ...none.counts]).toEqual([
      7,
      0,
      0,
      ...Array(7).fill(0),
    ]);
    expect(exactNeighbors(DATA, [], 3, options)).toMatchObject({ rows: 0, k: 3 });
    const empty = exactNeighbors([], QUERIES, 2, options);
    expect([...empty.counts]).toEqual(Array(7).fill(0));
    expect(new Set(empty.ids)).toEqual(new Set([0xffffffff]));
    expect(exactNeighbors([], [], 2, options).rows).toBe(0);
  });

  it('names the value that is not finite, whatever k is', () => {
    useBackend(backend);
    const position = fc.record({ row: fc.nat(6), column: fc.nat(DIM - 1) });
    const value = fc.constantFrom(Number.NaN, Infinity, -Infinity);
    fc.assert(
      fc.property(position, value, fc.constantFrom(0, 1, 50, 60), ({ row, column }, bad, k) => {
        const spoilt = QUERIES.slice();
        spoilt[row * DIM + column] = bad;
        const options = { metric: 'dot', dim: DIM } as const;
        expect(() => exactNeighbors(DATA, spoilt, k, options)).toThrow(
          new RangeError(`queries[${row}][${column}] must be finite, got ${bad}`),
        );
        expect(() => exactNeighbors(asRows(spoilt), QUERIES, k, options)).toThrow(
          new RangeError(`data[${row}][${column}] must be finite, got ${bad}`),
        );
      }),
      { numRuns: 40 },
    );
    expect(() => exactNeighbors([], [[Number.NaN]], 3, 'l2')).toThrow(/queries\[0\]\[0\]/);
    expect(() => exactNeighbors([[1e300]], [[1]], 3, 'l2')).toThrow(/finite as a float32/);
  });
});

describe('exactNeighbors refuses', () => {
  const l2 = { metric: 'l2', dim: DIM } as const;

  it('rows of another length', () => {
    expect(() => exactNeighbors([[1, 2]], [[1, 2, 3]], 1, 'l2')).toThrow(
      new RangeError('queries[0].length must be dim = 2, got 3'),
    );
    expect(() => exactNeighbors([[1, 2], [1]], [[1, 2]], 1, 'l2')).toThrow(/data\[1\].length/);
    expect(() => exactNeighbors(new Float32Array(9), QUERIES, 1, l2)).toThrow(RangeError);
    expect(() => exactNeighbors(DATA, new Float32Array(9), 1, l2)).toThrow(RangeError);
  });

  it('flat vectors without dim', () => {
    expect(() => exactNeighbors(DATA, QUERIES, 1, 'l2')).toThrow(/dim must be given/);
    expect(() => exactNeighbors([], [], 1, 'l2')).toThrow(TypeError);
  });

  it('wrong k, dim, threads and metric', () => {
    for (const k of [-1, 0.5, Number.NaN, 2 ** 32]) {
      expect(() => exactNeighbors(DATA, QUERIES, k, l2)).toThrow(RangeError);
    }
    expect(() => exactNeighbors(DATA, QUERIES, '1' as never, l2)).toThrow(TypeError);
    for (const dim of [0, -1, 1.5, 2 ** 30]) {
      expect(() => exactNeighbors(DATA, QUERIES, 1, { metric: 'l2', dim })).toThrow(RangeError);
    }
    for (const threads of [0, 1.5, 1000]) {
      expect(() => exactNeighbors(DATA, QUERIES, 1, { ...l2, threads })).toThrow(RangeError);
    }
    expect(() => exactNeighbors(DATA, asRows(QUERIES), 1, 'euclid' as never)).toThrow(RangeError);
    expect(() => exactNeighbors(DATA, QUERIES, 1, { ...l2, treads: 2 } as never)).toThrow(/treads/);
    for (const metric of [undefined, null, 7, [], {}]) {
      expect(() => exactNeighbors(DATA, QUERIES, 1, metric as never)).toThrow(TypeError);
    }
  });

  it('results that no array holds', () => {
    expect(() => exactNeighbors(DATA, QUERIES, 2 ** 32 - 1, l2)).toThrow(/ids must take at most/);
  });

  it('other kinds of vectors, and detached ones', () => {
    for (const wrong of [
      null,
      undefined,
      'x',
      7,
      {},
      [null],
      [[1, '2', 3, 4, 5]],
      new Int32Array(5),
    ]) {
      expect(() => exactNeighbors(wrong as never, QUERIES, 1, l2)).toThrow(TypeError);
      expect(() => exactNeighbors(DATA, wrong as never, 1, l2)).toThrow(TypeError);
      expect(() => exactNeighbors(wrong as never, wrong as never, 1, 'l2')).toThrow(TypeError);
    }
    const detached = draw(3, 5);
    structuredClone(detached.buffer, { transfer: [detached.buffer] });
    expect(() => exactNeighbors(detached, QUERIES, 1, l2)).toThrow(/detached/);
    expect(() => exactNeighbors(DATA, detached, 1, l2)).toThrow(/detached/);
  });
});
