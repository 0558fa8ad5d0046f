/** Bad input to the trained hashers: the rejection names what is wrong, and an abort ends the training. */

import { beforeAll, describe, expect, it } from 'vitest';
import { BinaryQuantizer } from '../../lib/hash/binary-quantizer.ts';
import { SimHash } from '../../lib/hash/sim-hash.ts';
import { allBackends, useBackend } from '../support/backends.ts';

/** A function as JavaScript sees it. */
type Loose = (...args: readonly unknown[]) => unknown;
const loose = (call: unknown): Loose => call as Loose;

type Kind = typeof TypeError | typeof RangeError;

const data = [
  [1, 2],
  [3, 4],
];

function detached(length: number): Float32Array {
  const array = new Float32Array(length);
  structuredClone(array.buffer, { transfer: [array.buffer as ArrayBuffer] });
  return array;
}

beforeAll(() => useBackend([...allBackends.values()][0]));

describe('train refuses', () => {
  const cases: [string, unknown, object, Kind, string][] = [
    ['no vectors', undefined, {}, TypeError, 'vectors must be a Float32Array'],
    ['text', 'vectors', { dim: 2 }, TypeError, 'vectors must be a Float32Array'],
    ['an empty list', [], {}, TypeError, 'dim must be given when vectors is a flat array'],
    ['nothing to learn from', [], { dim: 2 }, RangeError, 'vectors must be at least one vector'],
    ['a flat array without dim', new Float32Array(4), {}, TypeError, 'dim must be given when'],
    ['a list of text', ['ab'], {}, TypeError, 'vectors[0] must be an array of numbers, got "ab"'],
    ['rows without numbers', [[]], {}, RangeError, 'vectors[0].length must be at least 1, got 0'],
    ['rows of other lengths', [[1, 2], [1]], {}, RangeError, 'vectors[1].length must be dim = 2'],
    ['NaN', [[1, Number.NaN]], {}, RangeError, 'vectors[0][1] must be finite, got NaN'],
    ['infinity', [[1, 1e39]], {}, RangeError, 'vectors[0][1] must be finite as a float32, got 1e+'],
    ['dim null', data, { dim: null }, TypeError, 'dim must be a number, got null'],
    ['a detached array', detached(4), { dim: 2 }, TypeError, 'vectors must have its memory'],
    ['a signal of another kind', data, { signal: {} }, TypeError, 'signal must be an AbortSignal'],
    ['an unknown option', data, { centre: true }, TypeError, 'got "centre"'],
    ['other thresholds', data, { thresholds: 'max' }, RangeError, 'thresholds must be one of'],
    ['no thresholds', data, { thresholds: null }, TypeError, 'thresholds must be one of'],
  ];

  it.each(cases)('%s', async (_what, vectors, options, kind, sentence) => {
    for (const [train, rest] of [
      [loose(BinaryQuantizer.train), { thresholds: 'mean' }],
      [loose(BinaryQuantizer.train), { thresholds: 'median' }],
      [loose(SimHash.train), { bits: 8 }],
      [loose(SimHash.train), { bits: 8, thresholds: 'median' }],
    ] as const) {
      const running = train(vectors, { ...rest, ...options }) as Promise<unknown>;
      await expect(running).rejects.toThrow(kind);
      await expect(train(vectors, { ...rest, ...options })).rejects.toThrow(sentence);
    }
  });

  it('center of another kind, and vectors too large to be projected', async () => {
    const train = loose(SimHash.train);
    const sentence = 'center must be true or false, got 1';
    await expect(train(data, { bits: 8, center: 1 })).rejects.toThrow(sentence);
    const huge = [[3e38, 3e38]];
    await expect(train(huge, { bits: 64 })).rejects.toThrow(RangeError);
    await expect(train(huge, { bits: 64 })).rejects.toThrow('too large for float32 when projected');
  });

  it('to go on when aborted, before or on the way', async () => {
    const vectors = new Float32Array(2 ** 20);
    for (const thresholds of ['mean', 'median'] as const) {
      const given = { dim: 16, thresholds, signal: AbortSignal.abort('early') };
      await expect(BinaryQuantizer.train(vectors, given)).rejects.toBe('early');
      const controller = new AbortController();
      const { signal } = controller;
      const running = [
        BinaryQuantizer.train(vectors, { dim: 16, thresholds, signal }),
        SimHash.train(vectors, { dim: 16, bits: 8, thresholds, signal }),
      ];
      setImmediate(() => controller.abort('late'));
      for (const one of await Promise.allSettled(running)) {
        expect(one).toEqual({ status: 'rejected', reason: 'late' });
      }
    }
  });
});
