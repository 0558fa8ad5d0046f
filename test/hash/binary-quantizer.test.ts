/** BinaryQuantizer: its bits, its training, and its own bad options. */

import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { BinaryQuantizer } from '../../lib/hash/binary-quantizer.ts';
import { allBackends, useBackend } from '../support/backends.ts';
import { floats, length } from '../support/generators.ts';

const sortedMiddle = (values: Float32Array): number => {
  const sorted = Float32Array.from(values).sort();
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle];
  return Math.fround((sorted[middle - 1] + sorted[middle]) / 2);
};

describe.each([...allBackends])('BinaryQuantizer on %s', (_name, backend) => {
  beforeEach(() => useBackend(backend));

  it('has bit i = value > threshold, so a value on its threshold gives 0', () => {
    const thresholds = Float32Array.of(1, 0, -1, 0.5, 0, 0, 0, 0, 2);
    const quantizer = BinaryQuantizer.create({ dim: 9, thresholds });
    const codes = quantizer.hash([[1, 0.1, 0, 0.5, -0, 0, 1e-45, -1e-45, 3]]);
    expect([...codes.data]).toEqual([0b01100010, 0b10000000]);
  });

  it('keeps its own copy of the thresholds', () => {
    const thresholds = new Float32Array(2);
    const quantizer = BinaryQuantizer.create({ dim: 2, thresholds });
    thresholds.fill(9);
    quantizer.thresholds.fill(9);
    expect([...quantizer.hash([[1, -1]]).data]).toEqual([0b10000000]);
  });

  it('trains to the means of the columns', async () => {
    const vectors = [
      [1, 10, -4],
      [2, 20, -4],
      [6, 60, -4],
    ];
    const quantizer = await BinaryQuantizer.train(vectors, { thresholds: 'mean' });
    expect([...quantizer.thresholds]).toEqual([3, 30, -4]);
  });

  it('trains to the medians of the columns', async () => {
    await fc.assert(
      fc.asyncProperty(
        length(1, 40).chain((rows) => floats(rows * 5)),
        async (vectors) => {
          const quantizer = await BinaryQuantizer.train(vectors, { dim: 5, thresholds: 'median' });
          for (let column = 0; column < 5; column++) {
            const values = vectors.filter((_, i) => i % 5 === column);
            expect(quantizer.thresholds[column] === sortedMiddle(values)).toBe(true);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('refuses wrong options', () => {
    const create = (options: object) => () => BinaryQuantizer.create(options as { dim: number });
    expect(create({})).toThrow('dim must be a number, got undefined');
    expect(create({ dim: 0 })).toThrow('dim must be a whole number from 1 to 16777216, got 0');
    expect(create({ dim: 2 ** 40 })).toThrow(RangeError);
    expect(create({ dim: 2, bits: 2 })).toThrow('options must have only the keys');
    expect(create({ dim: 2, thresholds: 'mean' })).toThrow(
      `thresholds must be 'zero' or a Float32Array, got "mean"`,
    );
    expect(create({ dim: 2, thresholds: new Float32Array(3) })).toThrow(
      'thresholds.length must be dim = 2, got 3',
    );
    expect(create({ dim: 1, thresholds: Float32Array.of(Number.NaN) })).toThrow(
      'thresholds[0] must be finite, got NaN',
    );
  });

  it('refuses wrong training input', async () => {
    const train = (vectors: unknown, options: object) =>
      BinaryQuantizer.train(vectors as number[][], options as { thresholds: 'mean' });
    const thresholds = 'mean';
    await expect(train([], { dim: 3, thresholds })).rejects.toThrow(RangeError);
    await expect(train([[1]], {})).rejects.toThrow("thresholds must be one of 'mean', 'median'");
    await expect(train(new Float32Array(4), { thresholds })).rejects.toThrow('dim must be given');
    await expect(train([[1, Number.NaN]], { thresholds })).rejects.toThrow(
      'vectors[0][1] must be finite, got NaN',
    );
    const signal = AbortSignal.abort(new Error('stop'));
    await expect(train([[1]], { thresholds, signal })).rejects.toThrow('stop');
  });
});
