/**
 * VectorIndex as a whole: a shortlist of all rows gives the exact neighbours, the usual shortlist nearly all of them;
 * results do not depend on threads and batches; searches in flight see the index of their start; hashers of any kind.
 */

import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { siftSample } from '../../data/samples.ts';
import { BitCodes } from '../../lib/codes/bit-codes.ts';
import { BinaryQuantizer } from '../../lib/hash/binary-quantizer.ts';
import { DenseFly } from '../../lib/hash/dense-fly.ts';
import { SimHash } from '../../lib/hash/sim-hash.ts';
import { stream } from '../../lib/random.ts';
import { exactNeighbors } from '../../lib/search/exact-neighbors.ts';
import { HammingIndex } from '../../lib/search/hamming-index.ts';
import { METRICS } from '../../lib/search/metric.ts';
import { VectorIndex } from '../../lib/search/vector-index.ts';
import { stagesOf } from '../../lib/search/vector-run.ts';
import { RERANK_KINDS } from '../../lib/search/vector-store.ts';
import { allBackends, useBackend } from '../support/backends.ts';
import { floats, RUNS } from '../support/generators.ts';

const fastest = [...allBackends.values()].at(-1) ?? [...allBackends.values()][0];

useBackend(fastest); // for what the descriptions below compute
beforeEach(() => useBackend(fastest));

function normals(rows: number, dim: number, seed: number): Float32Array {
  const values = new Float32Array(rows * dim);
  stream(seed, 'evaluation', 0).fillNormals(values);
  return values;
}

/** The share of the true neighbours that were found. */
function recall(found: Uint32Array, truth: Uint32Array, k: number): number {
  let hits = 0;
  for (let from = 0; from < truth.length; from += k) {
    const own = new Set(truth.subarray(from, from + k));
    hits += found.subarray(from, from + k).filter((id) => own.has(id)).length;
  }
  return hits / truth.length;
}

describe.each([...allBackends])('VectorIndex on %s', (_name, backend) => {
  it('gives the exact neighbours where the shortlist holds all rows', () => {
    useBackend(backend);
    const problem = fc
      .record({
        dim: fc.integer({ min: 1, max: 20 }),
        rows: fc.integer({ min: 1, max: 40 }),
        queries: fc.integer({ min: 0, max: 5 }),
        metric: fc.constantFrom(...METRICS),
        k: fc.nat(45),
        seed: fc.nat(9),
      })
      .chain((p) =>
        fc.record({
          p: fc.constant(p),
          data: floats(p.rows * p.dim),
          queries: floats(p.queries * p.dim),
        }),
      );
    fc.assert(
      fc.property(problem, ({ p: { dim, rows, metric, k, seed }, data, queries }) => {
        const index = VectorIndex.create({ dim, metric, seed, bits: 70, shortlist: rows });
        index.add(data);
        const { keys, ...found } = index.search(queries, k);
        expect(keys).toBe(undefined);
        expect(found).toEqual(exactNeighbors(data, queries, k, { metric, dim }));
      }),
      { numRuns: RUNS / 4 },
    );
  });
});

describe('the neighbours of SIFT descriptors', () => {
  const { values, dim } = siftSample();
  const queries = values.subarray(0, 50 * dim);
  const data = values.subarray(50 * dim);
  const truth = exactNeighbors(data, queries, 10, { metric: 'l2', dim });

  it.each([
    { rerank: 'float32', shortlist: 30, least: 0.9 },
    { rerank: 'float32', shortlist: 100, least: 0.985 },
    { rerank: 'int8', shortlist: 100, least: 0.9 },
  ] as const)('are found by $rerank and a shortlist of $shortlist: $least', async (row) => {
    const { rerank, shortlist, least } = row;
    const index = await VectorIndex.from(data, { dim, metric: 'l2', rerank, shortlist });
    const found = index.search(queries, 10);
    expect(recall(found.ids, truth.ids, 10)).toBeGreaterThan(least);
    const exact = index.search(queries, 10, { shortlist: index.size });
    if (rerank === 'float32') expect(exact).toEqual(truth);
  });

  it('are found as well among the rows that a filter lets pass', async () => {
    const index = await VectorIndex.from(data, { dim, metric: 'l2' });
    const rows = [...index.keys()].filter((id) => Number(id) % 50 === 7) as number[];
    const found = index.search(queries, 10, { filter: rows });
    const some = rows.map((id) => data.subarray(id * dim, (id + 1) * dim));
    const few = exactNeighbors(some, queries, 10, { metric: 'l2', dim });
    const ids = few.ids.map((at) => rows[at]);
    expect(recall(found.ids, ids, 10)).toBeGreaterThan(0.99);
  });

  it('do not depend on threads, nor on how many are asked for at once', async () => {
    const index = await VectorIndex.from(data, { dim, metric: 'l2' });
    const usual = index.search(queries, 10);
    for (const threads of [2, 3, 5]) {
      expect(index.search(queries, 10, { threads })).toEqual(usual);
      expect(await index.searchAsync(queries, 10, { threads })).toEqual(usual);
    }
    for (let row = 0; row < usual.rows; row++) {
      const one = index.search(queries.subarray(row * dim, (row + 1) * dim), 10);
      expect(one.ids).toEqual(usual.ids.subarray(row * 10, row * 10 + 10));
      expect(one.distances).toEqual(usual.distances.subarray(row * 10, row * 10 + 10));
    }
  });
});

describe('a search in flight', () => {
  it('sees the rows, the queries and the filter of its start', async () => {
    for (const rerank of RERANK_KINDS) {
      const dim = 24;
      const data = normals(900, dim, 1);
      const queries = normals(300, dim, 2);
      const index = VectorIndex.create({ dim, rerank, shortlist: 5 });
      index.add(data);
      const filter = index.bitmap((_key, id) => id % 4 !== 0);
      const expected = index.search(queries, 4, { filter });
      const running = index.searchAsync(queries, 4, { filter });
      index.add(normals(50, dim, 3));
      index.upsert(normals(2, dim, 4), [1, 2]);
      index.remove([5, 6, 7, 9]);
      index.add(normals(1, dim, 5));
      queries.fill(0);
      filter.fill(0);
      expect(await running).toEqual(expected);
    }
  });

  it('tells progress, and can be aborted', async () => {
    const index = VectorIndex.create({ dim: 40, shortlist: 500 });
    index.add(normals(6000, 40, 1));
    const queries = normals(4000, 40, 2);
    const done: number[] = [];
    await index.searchAsync(queries.subarray(0, 40 * 800), 3, {
      onProgress: (progress) => done.push(progress.done),
    });
    expect(done.at(-1)).toBe(800);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    const aborter = new AbortController();
    const running = index.searchAsync(queries, 3, {
      signal: aborter.signal,
      onProgress: () => aborter.abort(new Error('enough')),
    });
    await expect(running).rejects.toThrow('enough');
  });
});

describe('the stages of a search', () => {
  const shape = { dim: 9, bits: 1024, scanBits: 256, rerank: 'float32' } as const;
  it.each([
    [1000, 10, 50, { live: 1000, scanned: 400, reranked: 50 }],
    [1000, 60, 50, { live: 1000, scanned: 480, reranked: 60 }],
    [1000, 10, 200, { live: 1000, scanned: 1000, reranked: 200 }],
    [1000, 10, 2000, { live: 1000, scanned: 1000, reranked: 1000 }],
    [128_000, 10, 100, { live: 128_000, scanned: 1000, reranked: 100 }],
    [0, 10, 100, { live: 0, scanned: 0, reranked: 0 }],
  ])('%i rows, k %i, shortlist %i', (live, k, shortlist, stages) => {
    expect(stagesOf(shape, live, k, shortlist)).toEqual(stages);
    const whole = { ...shape, scanBits: 1024 };
    const { reranked } = stages;
    expect(stagesOf(whole, live, k, shortlist)).toEqual({ live, scanned: reranked, reranked });
    const codes = { ...whole, rerank: 'none' } as const;
    const kept = Math.min(live, k);
    expect(stagesOf(codes, live, k, shortlist)).toEqual({ live, scanned: kept, reranked: kept });
  });
});

describe('an index', () => {
  const data = normals(300, 16, 1);
  const queries = normals(9, 16, 2);

  it('without vectors gives the neighbours of the codes', async () => {
    const hasher = await SimHash.train(data, { dim: 16, bits: 700, projection: 'hadamard' });
    const index = VectorIndex.create({ hasher, rerank: 'none' });
    index.add(data);
    const codes = HammingIndex.create({ bits: 700 });
    codes.add(hasher.hash(data));
    const found = index.search(queries, 12);
    const expected = codes.search(hasher.hash(queries), 12);
    expect(found.ids).toEqual(expected.ids);
    expect(found.distances).toEqual(Float32Array.from(expected.distances));
    expect(() => index.get(0)).toThrow(RangeError);
  });

  it('takes any hasher that gives BitCodes, and gets it back from a file', async () => {
    const hashers = [
      SimHash.create({ dim: 16, bits: 300 }),
      await BinaryQuantizer.train(data, { dim: 16, thresholds: 'median' }),
      DenseFly.create({ dim: 16, bits: 300 }),
    ];
    for (const hasher of hashers) {
      for (const rerank of RERANK_KINDS) {
        const index = VectorIndex.create({ hasher, rerank, metric: 'l2', shortlist: 7 });
        index.add(data);
        index.remove([3, 4]);
        const copy = VectorIndex.fromBytes(index.toBytes());
        const shared = VectorIndex.fromShared(index.share());
        expect(copy.search(queries, 5)).toEqual(index.search(queries, 5));
        expect(shared.search(queries, 5)).toEqual(index.search(queries, 5));
        shared.add(queries);
        expect(copy.add(queries)).toEqual(index.add(queries));
        expect(shared.search(queries, 5)).toEqual(copy.search(queries, 5));
        expect(index.search(queries, 5)).toEqual(copy.search(queries, 5));
        expect(copy.toBytes()).toEqual(index.toBytes());
        expect([copy.dim, copy.metric, copy.rerank, copy.shortlist]).toEqual([16, 'l2', rerank, 7]);
        expect(copy.hasher.hash(data)).toEqual(hasher.hash(data));
      }
    }
  });

  it('gives vectors back, rounded where it keeps bytes', () => {
    const floats32 = VectorIndex.create({ dim: 16 });
    const bytes = VectorIndex.create({ dim: 16, rerank: 'int8' });
    for (const index of [floats32, bytes]) index.add(data);
    for (let row = 0; row < 300; row += 37) {
      const vector = data.slice(row * 16, row * 16 + 16);
      expect(floats32.get(row)).toEqual(vector);
      const scale = Math.max(...vector.map(Math.abs)) / 127;
      const off = bytes.get(row)?.map((value, i) => Math.abs(value - vector[i]) / scale) ?? [];
      expect(Math.max(...off)).toBeLessThan(0.50001);
    }
    expect(floats32.get(300)).toBe(undefined);
  });

  it('is the same from train and add as from from, with keys', async () => {
    const keys = Array.from({ length: 300 }, (_, i) => `row ${i}`);
    const whole = await VectorIndex.from(data, { dim: 16, seed: 3, bits: 100, keys });
    const trained = await VectorIndex.train(data, { dim: 16, seed: 3, bits: 100 });
    trained.add(data.subarray(0, 160), keys.slice(0, 10));
    trained.add(data.subarray(160), keys.slice(10));
    expect(trained.toBytes()).toEqual(whole.toBytes());
    expect(whole.search(data.subarray(32, 48), 1).keys).toEqual(['row 2']);
    expect(whole.hasher.hash(data)).toBeInstanceOf(BitCodes);
  });
});
