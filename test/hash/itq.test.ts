/**
 * ITQ: the same model from any backend and number of threads, losses that never rise, directions found where data have
 * them, codes that beat random projections on clusters, and clear refusals.
 */

import { describe, expect, it } from 'vitest';
import { siftSample } from '../../data/samples.ts';
import { recallAt } from '../../lib/evaluate/average-precision.ts';
import { forEachCodeDistances } from '../../lib/evaluate/code-distances.ts';
import { groupsUpTo, sortedDistances } from '../../lib/evaluate/rankings.ts';
import { Itq } from '../../lib/hash/itq.ts';
import { SimHash } from '../../lib/hash/sim-hash.ts';
import { stream } from '../../lib/random.ts';
import { exactNeighbors } from '../../lib/search/exact-neighbors.ts';
import { allBackends, levelBackends, reference, useBackend } from '../support/backends.ts';

const DIM = 9;

function normals(rows: number, dim: number, seed: number, scales?: readonly number[]) {
  const values = new Float32Array(rows * dim);
  stream(seed, 'evaluation').fillNormals(values);
  return scales === undefined ? values : values.map((value, i) => value * scales[i % dim]);
}

const fastest = [...levelBackends.values()].at(-1) ?? reference;

describe.each([...allBackends])('Itq on %s', (_name, backend) => {
  it.each([1, 2, 3])('has the bytes of the reference on %i threads', async (threads) => {
    const vectors = normals(60, DIM, 5);
    const options = { dim: DIM, bits: 5, seed: 3, iterations: 6, threads };
    useBackend(reference);
    const expected = (await Itq.train(vectors, options)).toBytes();
    useBackend(backend);
    expect((await Itq.train(vectors, options)).toBytes()).toEqual(expected);
  });

  it('finds the two directions in which data vary, whatever their place', async () => {
    useBackend(backend);
    const scales = [0.01, 0.01, 5, 0.01, 0.01, 0.01, 3, 0.01, 0.01];
    const hasher = await Itq.train(normals(80, DIM, 7, scales), { dim: DIM, bits: 2, seed: 1 });
    // A code changes when the large coordinates do, and hardly ever when the small ones do.
    const [one, other] = [new Float32Array(DIM), new Float32Array(DIM)];
    for (const [i, scale] of scales.entries()) one[i] = scale > 1 ? 0 : 0.01;
    other[2] = 20;
    other[6] = 20;
    const opposite = other.map((value) => -value);
    const [a, b] = [hasher.hash(other).data[0], hasher.hash(opposite).data[0]];
    expect(a ^ b).toBe(0b11000000);
    const moved = other.map((value, i) => value + one[i]);
    expect(hasher.hash(moved).data[0]).toBe(a);
  });

  it('lowers its loss from rotation to rotation', async () => {
    useBackend(backend);
    const { report } = await Itq.train(normals(70, DIM, 11), { dim: DIM, bits: 6 });
    const { losses, iterations } = report;
    expect(losses.length).toBe(iterations + 1);
    expect(iterations).toBeGreaterThan(0);
    for (let i = 1; i < losses.length; i++) expect(losses[i]).toBeLessThan(losses[i - 1]);
  });

  it('refuses more bits than there are directions', async () => {
    useBackend(backend);
    const flat = normals(40, DIM, 13, [1, 1, 1, 0, 0, 0, 0, 0, 0]);
    await expect(Itq.train(flat, { dim: DIM, bits: 4 })).rejects.toThrow(
      'bits must be at most 3: the vectors vary in no more directions, got 4',
    );
    const fits = await Itq.train(flat, { dim: DIM, bits: 3 });
    expect(fits.hash(flat).rows).toBe(40);
  });
});

describe('Itq', () => {
  it('learns its rotation from a sample, when told', async () => {
    useBackend(fastest);
    const vectors = normals(500, DIM, 17);
    const options = { dim: DIM, bits: 5, seed: 2 };
    const all = await Itq.train(vectors, options);
    const same = await Itq.train(vectors, { ...options, sample: 500 });
    const some = await Itq.train(vectors, { ...options, sample: 50 });
    expect(same.toBytes()).toEqual(all.toBytes());
    expect(some.toBytes()).not.toEqual(all.toBytes());
  });

  it('keeps the random rotation with no iterations', async () => {
    useBackend(fastest);
    const { report } = await Itq.train(normals(50, DIM, 19), { dim: DIM, bits: 4, iterations: 0 });
    expect(report.iterations).toBe(0);
    expect(report.losses.length).toBe(1);
  });

  it('finds more true neighbours than SimHash on SIFT, at the same bits', async () => {
    useBackend(fastest);
    const { dim, values } = siftSample();
    const [queries, database] = [
      values.subarray(0, 50 * dim),
      values.subarray(50 * dim, 3050 * dim),
    ];
    const truth = exactNeighbors(database, queries, 10, { metric: 'l2', dim });
    const recall = async (hasher: Itq | SimHash): Promise<number> => {
      let sum = 0;
      const visit = (query: number, distances: Uint32Array): void => {
        const sorted = sortedDistances(distances, () => true);
        const near = Array.from(
          truth.ids.subarray(10 * query, 10 * query + 10),
          (id) => distances[id],
        );
        sum += recallAt(groupsUpTo(sorted, near, sorted.length), 100);
      };
      const options = { threads: 1, signal: undefined };
      await forEachCodeDistances(hasher.hash(database), hasher.hash(queries), visit, options);
      return sum / 50;
    };
    const learnt = await recall(await Itq.train(database, { dim, bits: 32, seed: 1 }));
    const random = await recall(await SimHash.train(database, { dim, bits: 32, seed: 1 }));
    expect(learnt).toBeGreaterThan(random);
  });

  it('tells its progress, and that it has ended', async () => {
    useBackend(fastest);
    const told: string[] = [];
    const onProgress = ({ done, total }: { done: number; total: number }): void => {
      told.push(`${done}/${total}`);
    };
    await Itq.train(normals(50, DIM, 23), { dim: DIM, bits: 4, iterations: 30, onProgress });
    expect(told[0]).toBe('1/30');
    expect(told.at(-1)).toBe('30/30');
  });

  it('is aborted in the middle', async () => {
    useBackend(fastest);
    const reason = new Error('enough');
    const controller = new AbortController();
    const options = { dim: 64, bits: 32, signal: controller.signal };
    const training = Itq.train(normals(4000, 64, 29), {
      ...options,
      onProgress: () => controller.abort(reason),
    });
    await expect(training).rejects.toBe(reason);
  });

  const vectors = normals(10, 3, 31);
  const wrong: [string, unknown, object, typeof TypeError | typeof RangeError, string][] = [
    ['no bits', vectors, { dim: 3 }, TypeError, 'bits must be a number'],
    [
      'bits beyond dim',
      vectors,
      { dim: 3, bits: 4 },
      RangeError,
      'bits must be a whole number from 1 to 3',
    ],
    [
      'one vector',
      [[1, 2, 3]],
      { bits: 1 },
      RangeError,
      'vectors must be at least 2 vectors, got 1',
    ],
    [
      'equal vectors',
      [
        [1, 2],
        [1, 2],
        [1, 2],
      ],
      { bits: 1 },
      RangeError,
      'vectors must be at least two different',
    ],
    [
      'NaN',
      [
        [1, 2],
        [1, Number.NaN],
      ],
      { bits: 1 },
      RangeError,
      'vectors[1][1] must be finite, got NaN',
    ],
    [
      'huge ones',
      [
        [1e30, 2e30],
        [-3e30, 1e30],
      ],
      { bits: 1 },
      RangeError,
      'vectors must be',
    ],
    ['another option', vectors, { dim: 3, bits: 1, rounds: 3 }, TypeError, 'got "rounds"'],
    [
      'half an iteration',
      vectors,
      { dim: 3, bits: 1, iterations: 0.5 },
      RangeError,
      'iterations must be',
    ],
    [
      'no sample',
      vectors,
      { dim: 3, bits: 1, sample: 1 },
      RangeError,
      'sample must be a whole number from 2',
    ],
    ['text for vectors', 'abc', { dim: 3, bits: 1 }, TypeError, 'vectors must be'],
    ['no threads', vectors, { dim: 3, bits: 1, threads: 0 }, RangeError, 'threads must be'],
  ];

  it.each(wrong)('refuses %s', async (_what, given, options, kind, sentence) => {
    useBackend(fastest);
    const train = Itq.train as (...args: readonly unknown[]) => Promise<unknown>;
    await expect(train(given, options)).rejects.toThrow(kind);
    await expect(train(given, options)).rejects.toThrow(sentence);
  });
});
