/**
 * DenseFly against SimHash of as many bits, on SIFT: the average precision over the 200 nearest differs by no more than
 * 0.02, at a tenth of the arithmetic (Sharma and Navlakha 2018; measured again with both in this package).
 */

import { expect, it } from 'vitest';
import { siftSample } from '../../data/samples.ts';
import type { BitCodes } from '../../lib/codes/bit-codes.ts';
import { DenseFly } from '../../lib/hash/dense-fly.ts';
import { SimHash } from '../../lib/hash/sim-hash.ts';
import { levelBackends, useBackend } from '../support/backends.ts';
import { type Distances, type Matrix, precisionsAt200 } from '../support/science-protocol.ts';

const BITS = 320;
const backend = [...levelBackends.values()].at(-1);

/** Every row minus its mean, as DenseFly itself does: SimHash sees the same vectors. */
function rowCentred({ rows, dim, values }: Matrix): Matrix {
  const result = values.slice();
  for (let row = 0; row < rows; row++) {
    const own = result.subarray(row * dim, (row + 1) * dim);
    const mean = own.reduce((sum, value) => sum + value, 0) / dim;
    own.set(own.map((value) => value - mean));
  }
  return { rows, dim, values: result };
}

const ONES = Uint8Array.from(
  { length: 256 },
  (_, byte) => byte.toString(2).replaceAll('0', '').length,
);

function hamming(codes: BitCodes): Distances {
  const bytes = BITS / 8;
  return (query) =>
    Float64Array.from({ length: codes.rows }, (_, row) => {
      let distance = 0;
      for (let i = 0; i < bytes; i++) {
        distance += ONES[codes.data[query * bytes + i] ^ codes.data[row * bytes + i]];
      }
      return distance;
    });
}

it('DenseFly is close to SimHash of the same number of bits', { timeout: 60_000 }, () => {
  if (backend !== undefined) useBackend(backend);
  const data = rowCentred(siftSample());
  const trials = [1, 2, 3, 4].map((seed) => {
    const fly = DenseFly.create({ dim: data.dim, bits: BITS, seed }).hash(data.values);
    const dense = SimHash.create({ dim: data.dim, bits: BITS, seed }).hash(data.values);
    return precisionsAt200(data, [hamming(fly), hamming(dense)], 60, seed);
  });
  const [fly, dense] = [0, 1].map((i) => trials.reduce((sum, trial) => sum + trial[i], 0) / 4);
  expect(fly).toBeGreaterThan(0.5);
  expect(Math.abs(fly - dense)).toBeLessThanOrEqual(0.02);
});
