/**
 * Comparisons of hashers: recalls that are the same on every backend and that a plain count confirms, queries held out,
 * progress, aborts, and the sentences of wrong arguments.
 */

import { beforeAll, describe, expect, it } from 'vitest';
import { compare } from '../../lib/evaluate/compare.ts';
import { METHOD_NAMES } from '../../lib/evaluate/compare-methods.ts';
import type { CompareOptions } from '../../lib/evaluate/compare-options.ts';
import { splitRows } from '../../lib/evaluate/compare-split.ts';
import type { Comparison } from '../../lib/evaluate/comparison.ts';
import { BinaryQuantizer } from '../../lib/hash/binary-quantizer.ts';
import type { Progress } from '../../lib/hash/hasher.ts';
import { stream } from '../../lib/random.ts';
import { exactNeighbors } from '../../lib/search/exact-neighbors.ts';
import { VectorSource } from '../../lib/vectors.ts';
import { allBackends, useBackend } from '../support/backends.ts';

const DIM = 12;
const ROWS = 150;

/** Vectors around a few centres, so that a hash has something to find. */
function clustered(rows: number): Float32Array {
  const values = new Float32Array(rows * DIM);
  stream(5, 'sample').fillNormals(values);
  const centers = new Float32Array(5 * DIM);
  stream(6, 'sample').fillNormals(centers);
  return values.map((value, i) => value + 2 * centers[(Math.floor(i / DIM) % 5) * DIM + (i % DIM)]);
}

const vectors = clustered(ROWS);
const labels = Array.from({ length: ROWS }, (_, i) => `class ${i % 5}`);
const SMALL: CompareOptions = {
  ...{
    dim: DIM,
    k: 5,
    queries: 12,
    seed: 7,
    sizes: [1, 2, 3],
    shortlists: [10, 0, 30],
    repeats: 1,
  },
  labels,
};

/** What must not depend on the machine. */
function withoutTimes({ settings, results, skipped }: Comparison): unknown {
  const { backend: _, isa: __, exactQueriesPerSecond: ___, ...fixed } = settings;
  return {
    settings: fixed,
    skipped,
    results: results.map(({ method, bits, bytes, recall, labelPrecision, reranked }) => ({
      ...{ method, bits, bytes, recall, labelPrecision },
      reranked: reranked.map(({ shortlist, recall: found, labelPrecision: same }) => ({
        ...{ shortlist, found, same },
      })),
    })),
  };
}

const fastest = [...allBackends.values()].at(-1) ?? [...allBackends.values()][0];
beforeAll(() => useBackend(fastest));

describe('compare', () => {
  it('finds the same on every backend and any number of threads', async () => {
    const seen: unknown[] = [];
    for (const backend of allBackends.values()) {
      useBackend(backend);
      const metric = 'l2';
      const sizes = [2];
      const { settings, ...rest } = await compare(vectors, { ...SMALL, metric, sizes });
      seen.push(withoutTimes({ settings, ...rest }));
    }
    useBackend(fastest);
    const { settings, ...rest } = await compare(vectors, {
      ...{ ...SMALL, metric: 'l2', sizes: [2], threads: 2 },
    });
    seen.push(withoutTimes({ settings: { ...settings, threads: 1 }, ...rest }));
    for (const each of seen) expect(each).toEqual(seen[0]);
  });

  it('tries every method, keeps to the sizes, and gives plain JSON', async () => {
    const comparison = await compare(vectors, { ...SMALL, sizes: [1, 3] });
    const methods = new Set(comparison.results.map(({ method }) => method));
    expect([...methods].sort()).toEqual([...METHOD_NAMES].sort());
    expect(JSON.parse(JSON.stringify(comparison))).toEqual(comparison);
    for (const { bits, bytes, bytesWithVectors, recall, reranked } of comparison.results) {
      expect(bytes).toBe(Math.ceil(bits / 8));
      expect(bytes).toBeLessThanOrEqual(3);
      expect(bytesWithVectors).toBe(bytes + 4 * DIM);
      const recalls = [recall, ...reranked.map((each) => each.recall)];
      expect(recalls).toEqual([...recalls].sort((a, b) => a - b));
      expect(reranked.map(({ shortlist }) => shortlist)).toEqual([10, 30]);
    }
    expect(comparison.settings).toMatchObject({ rows: ROWS - 12, queries: 12, k: 5, seed: 7 });
  });

  it('counts what a plain count finds', async () => {
    const split = await splitRows(new VectorSource(vectors, DIM), 12, 7, undefined, undefined);
    const { results } = await compare(vectors, { ...SMALL, metric: 'l2', hashers: ['sign-mean'] });
    const quantizer = await BinaryQuantizer.train(split.database, { dim: DIM, thresholds: 'mean' });
    const rows = quantizer.hash(split.database);
    const asked = quantizer.hash(split.queries);
    const { ids } = exactNeighbors(split.database, split.queries, 5, { metric: 'l2', dim: DIM });
    let hits = 0;
    for (let query = 0; query < 12; query++) {
      const distances = Array.from({ length: rows.rows }, (_, row) =>
        Array.from({ length: DIM }, (_, bit) =>
          rows.bit(row, bit) === asked.bit(query, bit) ? 0 : 1,
        ).reduce<number>((a, b) => a + b, 0),
      );
      const last = [...distances].sort((a, b) => a - b)[4];
      const nearer = distances.filter((distance) => distance < last).length;
      const tied = distances.filter((distance) => distance === last).length;
      for (const id of ids.subarray(5 * query, 5 * query + 5)) {
        if (distances[id] < last) hits += 1;
        else if (distances[id] === last) hits += (5 - nearer) / tied;
      }
    }
    expect(results[0].recall).toBeCloseTo(hits / 60, 12);
  });

  it('finds everything by re-ranking all rows, and then has the labels of the exact neighbours', async () => {
    const { results, settings } = await compare(vectors, {
      ...SMALL,
      sizes: [2],
      shortlists: [ROWS],
    });
    for (const { method, reranked } of results) {
      expect(reranked[0].recall, method).toBe(1);
      expect(reranked[0].labelPrecision, method).toBe(settings.exactLabelPrecision);
    }
  });

  it('calls half of the rows queries where there are few, and says which sizes are too small', async () => {
    const { settings, skipped } = await compare(vectors, { dim: DIM, sizes: [1], repeats: 1 });
    expect(settings.queries).toBe(ROWS / 2);
    expect(skipped).toEqual([]);
    const hashers = ['biohash', 'naivebiohash'];
    const tooLarge = await compare(vectors, { dim: DIM, sizes: [100], hashers, repeats: 1 });
    expect(tooLarge.results).toEqual([]);
    expect(tooLarge.skipped.map(({ reason }) => reason)).toEqual([
      'its 800 units need as many vectors, and the database has 75',
      'its 1440 units need as many vectors, and the database has 75',
    ]);
  });

  it('says that constant vectors train no BioHash, and goes on', async () => {
    const constant = new Float32Array(ROWS * DIM).fill(3);
    const { results, skipped } = await compare(constant, { ...SMALL, sizes: [2], metric: 'l2' });
    expect(results.length + skipped.length).toBe(METHOD_NAMES.length);
    expect(results.map(({ method }) => method)).toContain('sign-zero');
  });

  it('tells progress to the end', async () => {
    const seen: Progress[] = [];
    const onProgress = (progress: Progress): void => void seen.push(progress);
    const hashers = ['sign-zero', 'flyhash', 'densefly'];
    await compare(vectors, { ...SMALL, hashers, onProgress });
    const total = 2 * (1 + 2 * 3);
    expect(seen).toEqual(Array.from({ length: total }, (_, i) => ({ done: i + 1, total })));
  });

  it('aborts with the reason, before and in the middle, and passes on what onProgress throws', async () => {
    const reason = new RangeError('enough');
    const aborted = AbortSignal.abort(reason);
    await expect(compare(vectors, { ...SMALL, signal: aborted })).rejects.toBe(reason);
    const controller = new AbortController();
    let calls = 0;
    const onProgress = (): void => {
      calls++;
      if (calls === 3) controller.abort(reason);
    };
    const { signal } = controller;
    await expect(compare(vectors, { ...SMALL, signal, onProgress })).rejects.toBe(reason);
    expect(calls).toBe(3);
    const failing = (): void => {
      throw reason;
    };
    await expect(compare(vectors, { ...SMALL, onProgress: failing })).rejects.toBe(reason);
  });
});

describe('splitRows', () => {
  it('takes each row once, as a query or into the database, with its label', async () => {
    const rows = Array.from({ length: 20 }, (_, i) => [i, 100 + i]);
    const names = rows.map((_, i) => i % 3);
    const split = await splitRows(new VectorSource(rows, 2), 6, 1, names, undefined);
    const all = [...split.queries, ...split.database].filter((_, i) => i % 2 === 0);
    expect(all.length).toBe(20);
    expect(new Set(all)).toEqual(new Set(rows.map(([first]) => first)));
    expect(all).not.toEqual(rows.map(([first]) => first));
    const numbers = [...(split.labels?.queries ?? []), ...(split.labels?.database ?? [])];
    const pairs = new Set(all.map((value, i) => `${names[value]} is ${numbers[i]}`));
    expect(pairs.size).toBe(3);
    expect([...(split.labels?.counts ?? [])].reduce((a, b) => a + b)).toBe(14);
  });
});

type Kind = typeof TypeError | typeof RangeError;
const NOT_A_NUMBER = vectors.map((value, i) => (i === 3 * DIM + 5 ? Number.NaN : value));
const BAD: readonly (readonly [object, Kind, string])[] = [
  [{ metrik: 'l2' }, TypeError, 'options must have only the keys dim, labels, k, metric,'],
  [{ dim: 0 }, RangeError, 'dim must be a whole number from 1 to'],
  [{ dim: 7 }, RangeError, 'vectors must have a multiple of dim = 7 numbers'],
  [{ k: 0 }, RangeError, 'k must be a whole number from 1 to 10000, got 0'],
  [{ k: '5' }, TypeError, 'k must be a number, got "5"'],
  [
    { k: 140 },
    RangeError,
    'vectors must have at least 152 rows for 12 queries and k = 140, got 150',
  ],
  [{ queries: 0 }, RangeError, 'queries must be a whole number from 1 to'],
  [{ queries: 146 }, RangeError, 'vectors must have at least 151 rows for 146 queries and k = 5'],
  [{ metric: 'cosinus' }, RangeError, "metric must be one of 'dot', 'l2', 'cosine', got"],
  [{ seed: -1 }, RangeError, 'seed must be a whole number from 0 to'],
  [{ sizes: 8 }, TypeError, 'sizes must be an array of numbers, got 8'],
  [{ sizes: [] }, RangeError, 'sizes must be at least one number, got an array of 0'],
  [{ sizes: [8, 0] }, RangeError, 'sizes[1] must be a whole number from 1 to 4096, got 0'],
  [{ hashers: 'flyhash' }, TypeError, 'hashers must be an array of names, got "flyhash"'],
  [{ hashers: [] }, RangeError, 'hashers must be at least one name, got an array of 0'],
  [{ hashers: ['fly'] }, RangeError, "hashers[0] must be one of 'sign-zero', 'sign-mean',"],
  [{ shortlists: [-1] }, RangeError, 'shortlists[0] must be a whole number from 0 to'],
  [{ threads: 0 }, RangeError, 'threads must be a whole number from 1 to 256, got 0'],
  [{ repeats: 0 }, RangeError, 'repeats must be a whole number from 1 to 100, got 0'],
  [{ title: 5 }, TypeError, 'title must be a string, got 5'],
  [{ title: 'x'.repeat(1001) }, RangeError, 'title must be at most 1000 characters, got'],
  [{ labels: 'abc' }, TypeError, 'labels must be an array of one label a row, got "abc"'],
  [{ labels: [1, 2] }, RangeError, 'labels.length must be the number of vectors, 150, got 2'],
  [{ signal: {} }, TypeError, 'signal must be an AbortSignal, got Object'],
  [{ onProgress: 1 }, TypeError, 'onProgress must be a function, got 1'],
];

describe('compare refuses', () => {
  it.each(BAD)('%j', async (options, kind, sentence) => {
    const call = compare(vectors, { ...SMALL, ...options } as CompareOptions);
    await expect(call).rejects.toThrow(kind);
    await expect(compare(vectors, { ...SMALL, ...options } as CompareOptions)).rejects.toThrow(
      sentence,
    );
  });

  it('what are no vectors, and values that are not finite, by the row of the caller', async () => {
    await expect(compare('vectors' as never, SMALL)).rejects.toThrow(
      'vectors must be a Float32Array',
    );
    await expect(compare([], {})).rejects.toThrow('dim must be given');
    await expect(compare(NOT_A_NUMBER, SMALL)).rejects.toThrow(
      'vectors[3][5] must be finite, got NaN',
    );
  });
});
