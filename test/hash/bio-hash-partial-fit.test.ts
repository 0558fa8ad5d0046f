/**
 * Going on to learn: steps worked out by hand, the same bytes on every backend and however batches come, and nothing
 * half-learnt unless it was asked for, whatever fails in the third batch.
 */

import { describe, expect, it } from 'vitest';
import { BioHash } from '../../lib/hash/bio-hash.ts';
import type { Vectors } from '../../lib/vectors.ts';
import { allBackends, levelBackends, reference, useBackend } from '../support/backends.ts';
import { type Loose, normals, once } from '../support/training-cases.ts';

const fastest = [...levelBackends.values()].at(-1) ?? reference;
const DIM = 4;

function trained(options: object = {}): Promise<BioHash> {
  const given = { dim: DIM, units: 6, active: 2, seed: 3, ...options };
  return BioHash.train(normals(50, DIM, 51), given);
}

const batches = [61, 62, 63, 64].map((seed) => normals(20, DIM, seed));

describe.each([...allBackends])('partialFit on %s', (_name, backend) => {
  it.each(['em', 'sgd'] as const)('learns the same bytes by %s on any threads', async (trainer) => {
    for (const assignment of ['normalised', 'inner-product'] as const) {
      const options = { trainer, assignment, repulsion: 0.1 };
      useBackend(reference);
      const expected = await trained(options);
      await expected.partialFit(() => batches, { threads: 1 });
      useBackend(backend);
      for (const threads of [1, 3]) {
        const hasher = await trained(options);
        const before = hasher.toBytes();
        await hasher.partialFit(() => batches, { threads });
        expect(hasher.toBytes()).toEqual(expected.toBytes());
        expect(hasher.toBytes()).not.toEqual(before);
      }
    }
  });
});

describe('partialFit', () => {
  it('weighs what comes against what was learnt: by hand', async () => {
    useBackend(fastest);
    const hasher = await BioHash.train(
      [
        [1, 0],
        [1, 0],
        [0, 1],
      ],
      { units: 2, center: false },
    );
    const strong = hasher.weights[0] > 0.5 ? 0 : 1; // the unit of two rows
    await hasher.partialFit([[3, 4]]); // nearer to the other one: (0, 1) + (0.6, 0.8)
    const norm = Math.hypot(0.6, 1.8);
    const other = 1 - strong;
    expect(hasher.weights[2 * other]).toBeCloseTo(0.6 / norm, 6);
    expect(hasher.weights[2 * other + 1]).toBeCloseTo(1.8 / norm, 6);
    expect([...hasher.weights.subarray(2 * strong, 2 * strong + 2)]).toEqual([1, 0]);
    await hasher.partialFit([
      [15, 8],
      [0, 0],
    ]); // a row of zeros counts for nobody
    const [x, y] = [2 + 15 / 17, 8 / 17];
    expect(hasher.weights[2 * strong]).toBeCloseTo(x / Math.hypot(x, y), 6);
  });

  it('of batches at once is that of one after the other', async () => {
    useBackend(fastest);
    for (const trainer of ['em', 'sgd'] as const) {
      const [together, apart] = [await trained({ trainer }), await trained({ trainer })];
      await together.partialFit(once([batches[0], [], batches[1], batches[2]]));
      for (const batch of batches.slice(0, 3)) await apart.partialFit(batch);
      expect(together.toBytes()).toEqual(apart.toBytes());
    }
  });

  it('moves sgd by the rate that is given: not at all by 0', async () => {
    useBackend(fastest);
    const hasher = await trained({ trainer: 'sgd', batchSize: 20, rate: 0.05 });
    const before = hasher.weights;
    await hasher.partialFit(batches[0], { rate: 0 });
    expect(hasher.weights).toEqual(before);
    await hasher.partialFit(batches[0]);
    const farthest = Math.max(...hasher.weights.map((w, i) => Math.abs(w - before[i])));
    expect(farthest).toBeCloseTo(0.005, 6); // a tenth of the training's
  });

  it('follows what comes: units end on new data', async () => {
    useBackend(fastest);
    const hasher = await trained({ center: false, active: 1 });
    const target = [0, 0, 0, 1];
    for (let i = 0; i < 40; i++) await hasher.partialFit(Array(30).fill(target));
    const own = hasher.hash([target]).indices[0];
    expect(hasher.weights[own * DIM + 3]).toBeGreaterThan(0.999);
  });

  it('lets hashes in flight go on with the weights of their start', async () => {
    useBackend(fastest);
    const hasher = await trained();
    const vectors = normals(20_000, DIM, 71);
    const expected = hasher.hash(vectors);
    const running = hasher.hashAsync(vectors);
    await hasher.partialFit(batches[0]);
    expect((await running).equals(expected)).toBe(true);
    expect(hasher.hash(vectors).equals(expected)).toBe(false);
  });
});

describe('what fails in the third batch', () => {
  const withNaN = batches[2].slice();
  withNaN[2 * DIM + 1] = Number.NaN;
  const broken = new Error('the source broke');

  async function* thatBreaks(): AsyncGenerator<Vectors> {
    yield* batches.slice(0, 2);
    throw broken;
  }

  const failures: [string, () => AsyncIterable<Vectors>, string | Error][] = [
    [
      'NaN',
      () => once([batches[0], batches[1], withNaN]),
      'batches[2][2][1] must be finite, got NaN',
    ],
    ['a short row', () => once([...batches.slice(0, 2), [[1, 2]]]), 'batches[2][0].length must be'],
    ['text', () => once([...batches.slice(0, 2), 'abc' as never]), 'batches[2] must be'],
    ['an error of the source', thatBreaks, broken],
  ];

  it.each(failures)(
    'leaves nothing, or with keepPartial the first two: %s',
    async (_what, source, reason) => {
      useBackend(fastest);
      for (const trainer of ['em', 'sgd'] as const) {
        const hasher = await trained({ trainer });
        const before = hasher.toBytes();
        await expect(hasher.partialFit(source())).rejects.toThrow(reason);
        expect(hasher.toBytes()).toEqual(before);
        await expect(hasher.partialFit(source(), { keepPartial: true })).rejects.toThrow(reason);
        const two = await trained({ trainer });
        await two.partialFit(() => batches.slice(0, 2));
        expect(hasher.toBytes()).toEqual(two.toBytes());
      }
    },
  );

  it('an abort while the source stalls leaves nothing, and the hasher learns again', async () => {
    useBackend(fastest);
    const controller = new AbortController();
    async function* stalls(): AsyncGenerator<Vectors> {
      yield* batches.slice(0, 2);
      queueMicrotask(() => controller.abort('enough'));
      await new Promise(() => {});
    }
    const hasher = await trained();
    const before = hasher.toBytes();
    const { signal } = controller;
    await expect(hasher.partialFit(stalls(), { signal })).rejects.toBe('enough');
    expect(hasher.toBytes()).toEqual(before);
    await expect(hasher.partialFit(batches[0], { signal })).rejects.toBe('enough');
    await hasher.partialFit(batches[0]);
    expect(hasher.toBytes()).not.toEqual(before);
  });

  it('a second update at the same time is refused, the first one goes on', async () => {
    useBackend(fastest);
    const [hasher, alone] = [await trained(), await trained()];
    const first = hasher.partialFit(() => batches);
    await expect(hasher.partialFit(batches[0])).rejects.toMatchObject({ code: 'ERR_BUSY' });
    await first;
    await alone.partialFit(() => batches);
    expect(hasher.toBytes()).toEqual(alone.toBytes());
  });

  it('options of another kind are refused by name', async () => {
    useBackend(fastest);
    const hasher = await trained();
    const update: Loose = (...args) =>
      hasher.partialFit(...(args as Parameters<BioHash['partialFit']>));
    await expect(update(batches[0], { rate: -1 })).rejects.toThrow('rate must be a finite number');
    await expect(update(batches[0], { keepPartial: 1 })).rejects.toThrow(
      'keepPartial must be true',
    );
    await expect(update(batches[0], { epochs: 1 })).rejects.toThrow('got "epochs"');
    await expect(update('abc')).rejects.toThrow('vectors must be');
    await expect(update(() => 5)).rejects.toThrow('vectors() must be an iterable');
  });
});
