/**
 * Bad input to the trainings of BioHash and NaiveBioHash: each rejection names what is wrong, an abort ends a training in
 * its middle, and nothing half-trained comes out unless it was asked for.
 */

import { describe, expect, it } from 'vitest';
import { BioHash } from '../../lib/hash/bio-hash.ts';
import { NaiveBioHash } from '../../lib/hash/naive-bio-hash.ts';
import type { Vectors } from '../../lib/vectors.ts';
import { levelBackends, reference, useBackend } from '../support/backends.ts';
import { type Loose, normals, once } from '../support/training-cases.ts';

const fastest = [...levelBackends.values()].at(-1) ?? reference;

type Kind = typeof TypeError | typeof RangeError;

const data = [
  [1, 2],
  [3, 4],
  [5, 0],
];
const sgd = { trainer: 'sgd' };

function detached(): Float32Array {
  const array = new Float32Array(6);
  structuredClone(array.buffer, { transfer: [array.buffer as ArrayBuffer] });
  return array;
}

const vectors: [string, unknown, object, Kind, string][] = [
  ['no vectors', undefined, {}, TypeError, 'vectors must be a Float32Array'],
  [
    'an empty list',
    [],
    { dim: 2 },
    RangeError,
    'vectors must be at least units = 2 vectors, got 0',
  ],
  ['a stream of nothing', () => [], { dim: 2 }, RangeError, 'at least units = 2 vectors, got 0'],
  [
    'fewer than units',
    [[1, 2]],
    {},
    RangeError,
    'vectors must be at least units = 2 vectors, got 1',
  ],
  [
    'equal ones',
    Array(5).fill([3, 4]),
    {},
    RangeError,
    'vectors must be different from their mean',
  ],
  [
    ...(['zeros without a centre', Array(5).fill([0, 0]), { center: false }, RangeError] as const),
    '(with center: false, from 0) in at least one row, got 0',
  ],
  ['equal ones for sgd', Array(5).fill([3, 4]), sgd, RangeError, 'different from their mean'],
  ['NaN', [...data, [1, Number.NaN]], {}, RangeError, 'vectors[3][1] must be finite, got NaN'],
  ['infinity', [...data, [1e39, 1]], {}, RangeError, 'vectors[3][0] must be finite as a float32'],
  [
    'a norm too large',
    [...data, [3e38, 3e38]],
    { center: false },
    RangeError,
    'the norm of vectors[3] must be',
  ],
  ['a short row', [...data, [1]], {}, RangeError, 'vectors[3].length must be dim = 2, got 1'],
  ['a flat array without dim', new Float32Array(4), {}, TypeError, 'dim must be given when'],
  ['a detached array', detached(), { dim: 2 }, TypeError, 'vectors must have its memory'],
  ['a function that gives none', () => 7, {}, TypeError, 'vectors() must be an iterable'],
];

const options: [string, unknown, object, Kind, string][] = [
  ['no active unit', data, { active: 0 }, RangeError, 'active must be a whole number from 1 to 2'],
  ['another trainer', data, { trainer: 'adam' }, RangeError, "trainer must be one of 'em', 'sgd'"],
  ['epochs of em', data, { epochs: 3 }, TypeError, 'got "epochs"'],
  ['iterations of sgd', data, { ...sgd, iterations: 3 }, TypeError, 'got "iterations"'],
  ['power of em', data, { power: 3 }, RangeError, "power must be 2 for trainer 'em', got 3"],
  ['a large power', data, { ...sgd, power: 9 }, RangeError, 'power must be a whole number from 1'],
  ['the first rank', data, { ...sgd, rank: 1 }, RangeError, 'rank must be a whole number from 2'],
  [
    ...(['a rank of no unit', data, { ...sgd, rank: 3, repulsion: 0.1 }, RangeError] as const),
    'rank must be at most units = 2, got 3',
  ],
  ['attraction', data, { repulsion: -0.1 }, RangeError, 'repulsion must be a finite number from 0'],
  ['another assignment', data, { assignment: 'cosine' }, RangeError, 'assignment must be one of'],
  ['no iterations', data, { iterations: 0 }, RangeError, 'iterations must be a whole number from'],
  ['no restarts', data, { restarts: 0 }, RangeError, 'restarts must be a whole number from 1'],
  ['a text for center', data, { center: 'no' }, TypeError, 'center must be true or false'],
  ['a seed below 0', data, { seed: -1 }, RangeError, 'seed must be'],
  ['threads', data, { threads: 0 }, RangeError, 'threads must be'],
  ['a signal of another kind', data, { signal: {} }, TypeError, 'signal must be an AbortSignal'],
  [
    'a callback of another kind',
    data,
    { onProgress: 1 },
    TypeError,
    'onProgress must be a function',
  ],
];

describe('training refuses', () => {
  it.each([...vectors, ...options])('%s', async (_what, given, rest, kind, sentence) => {
    useBackend(fastest);
    const trainings: [Loose, object][] = [[BioHash.train as Loose, { units: 2, ...rest }]];
    if (!('active' in rest)) trainings.push([NaiveBioHash.train as Loose, { bits: 2, ...rest }]);
    for (const [train, all] of trainings) {
      const error: unknown = await train(given, all).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(kind);
      expect((error as Error).message).toContain(sentence);
    }
  });

  it("no options, no number of units, and the other hasher's name for it", async () => {
    useBackend(fastest);
    const [bio, naive] = [BioHash.train as Loose, NaiveBioHash.train as Loose];
    await expect(bio(data)).rejects.toThrow('options must be an object, got undefined');
    await expect(bio(data, {})).rejects.toThrow('units must be a number, got undefined');
    await expect(naive(data, { units: 2 })).rejects.toThrow('bits must be a number');
    await expect(naive(data, { bits: 2 ** 21 })).rejects.toThrow('bits must be at most 1048576');
    await expect(bio(data, { units: 2, bits: 2 })).rejects.toThrow('got "bits"');
  });
});

describe('a training that does not end', () => {
  const batches = [81, 82, 83, 84].map((seed) => normals(30, 3, seed));
  const withNaN = batches[2].slice();
  withNaN[7] = Number.NaN;

  it('for NaN in the third batch names it, and gives no hasher', async () => {
    useBackend(fastest);
    for (const source of [
      () => [batches[0], batches[1], withNaN],
      once([batches[0], batches[1], withNaN, batches[3]]),
    ]) {
      await expect(BioHash.train(source, { dim: 3, units: 4 })).rejects.toThrow(
        'batches[2][2][1] must be finite, got NaN',
      );
    }
  });

  it('for a stream that gives other rows the second time says so', async () => {
    useBackend(fastest);
    let passes = 0;
    const source = (): Vectors[] => batches.slice(0, passes++ === 0 ? 4 : 3);
    await expect(BioHash.train(source, { dim: 3, units: 4 })).rejects.toThrow(
      'vectors must be the same 120 rows in every pass, got 90',
    );
  });

  it.each(['em', 'sgd'] as const)(
    'when aborted in the middle of %s rejects with the reason, and what was asked for on the way is whole',
    async (trainer) => {
      useBackend(fastest);
      const reason = new Error('enough');
      const controller = new AbortController();
      let kept: BioHash | undefined;
      const told: number[] = [];
      const training = BioHash.train(normals(500, 3, 85), {
        ...{ dim: 3, units: 20, trainer, signal: controller.signal },
        ...(trainer === 'em' ? { tolerance: 0 } : {}),
        onIteration: ({ iteration, hasher }) => {
          if (iteration === 2) kept = hasher();
        },
        onProgress: ({ done }) => {
          told.push(done);
          if (done === 3) controller.abort(reason);
        },
      });
      await expect(training).rejects.toBe(reason);
      expect(told).toEqual([1, 2, 3]);
      expect(kept?.report.iterations).toBe(2);
      expect(kept?.hash(batches[0]).rows).toBe(30);
    },
  );

  it('when aborted while its stream stalls, or from a timer while it computes, rejects soon', async () => {
    useBackend(fastest);
    async function* stalls(): AsyncGenerator<Vectors> {
      yield batches[0];
      await new Promise(() => {});
    }
    const timedOut = { name: 'TimeoutError' };
    const options = { dim: 3, units: 4, signal: AbortSignal.timeout(5) };
    await expect(BioHash.train(stalls(), options)).rejects.toMatchObject(timedOut);
    const values = normals(4000, 64, 86);
    const long = { dim: 64, units: 500, trainer: 'sgd', epochs: 10_000 } as const;
    const training = BioHash.train(values, { ...long, signal: AbortSignal.timeout(20) });
    await expect(training).rejects.toMatchObject(timedOut);
  });

  it('for an error that a callback throws rejects with it', async () => {
    useBackend(fastest);
    const broken = new Error('mine');
    const fails = (): void => {
      throw broken;
    };
    for (const own of [{ onProgress: fails }, { onIteration: fails }]) {
      const training = BioHash.train(batches[0], { dim: 3, units: 4, ...own });
      await expect(training).rejects.toBe(broken);
    }
  });
});
