/**
 * NaiveBioHash: the signs of the units that BioHash learns, less the mean, whatever the trainer, and the same bytes from any
 * backend and however its rows come.
 */

import { describe, expect, it } from 'vitest';
import { BioHash } from '../../lib/hash/bio-hash.ts';
import { NaiveBioHash } from '../../lib/hash/naive-bio-hash.ts';
import { allBackends, reference, useBackend } from '../support/backends.ts';
import { normals, once } from '../support/training-cases.ts';

const [ROWS, DIM, BITS] = [60, 5, 11];
const values = normals(ROWS, DIM, 91).map((value) => value + 3);

describe.each([...allBackends])('NaiveBioHash on %s', (_name, backend) => {
  it.each([
    ['em', { iterations: 4 }],
    ['sgd', { trainer: 'sgd', epochs: 2, shuffle: false }],
    [
      'sgd, power 3, no centre',
      { trainer: 'sgd', epochs: 2, power: 3, center: false, shuffle: false },
    ],
  ] as const)(
    'says on which side of the mean each unit of BioHash sees a vector: %s',
    async (_what, options) => {
      useBackend(reference);
      const given = { dim: DIM, seed: 4, ...options };
      const expected = await NaiveBioHash.train(values, { bits: BITS, ...given });
      useBackend(backend);
      const hasher = await NaiveBioHash.train(
        once([values.subarray(0, 100), values.subarray(100)]),
        {
          ...{ bits: BITS, threads: 3 },
          ...given,
        },
      );
      expect(hasher.toBytes()).toEqual(expected.toBytes());
      const units = await BioHash.train(values, { units: BITS, ...given });
      expect(hasher.report).toEqual(units.report);
      const activations = units.activations(values);
      const { data } = hasher.hash(values);
      for (const [i, value] of activations.entries()) {
        if (Math.abs(value) < 1e-4) continue; // products with vector and mean are rounded apart
        const [row, unit] = [Math.floor(i / BITS), i % BITS];
        const bit = (data[2 * row + (unit >> 3)] >> (7 - (unit & 7))) & 1;
        expect(bit).toBe(value > 0 ? 1 : 0);
      }
    },
  );
});

describe('NaiveBioHash', () => {
  it('has what it was made with, in copies', async () => {
    const hasher = await NaiveBioHash.train(values, { dim: DIM, bits: BITS, seed: 6 });
    expect([hasher.bits, hasher.dim, hasher.seed]).toEqual([BITS, DIM, 6]);
    const before = hasher.toBytes();
    hasher.thresholds.fill(0);
    hasher.report.wins.fill(9);
    expect(hasher.toBytes()).toEqual(before);
  });

  it('refuses vectors whose thresholds no float32 holds', async () => {
    const huge = [
      [3e38, 0],
      [3e38, 1e38],
      [3e38, -1e38],
    ];
    await expect(
      NaiveBioHash.train(huge, {
        bits: 1,
        unitLength: false,
        trainer: 'sgd',
        init: 'rows',
        rate: 1e6,
      }),
    ).rejects.toThrow(RangeError);
  });
});
