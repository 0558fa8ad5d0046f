/**
 * DenseFly against SimHash of as many bits, on SIFT: the average precision over the 200 nearest differs by no more than
 * 0.02, at a tenth of the arithmetic (Sharma and Navlakha 2018; measured again with both in this package).
 */

import { expect, it } from 'vitest';
import { siftSample } from '../../data/samples.ts';
import { denseFly } from '../../lib/evaluate/dense-fly.ts';
import { levelBackends, useBackend } from '../support/backends.ts';

const backend = [...levelBackends.values()].at(-1);

it('DenseFly is close to SimHash of the same number of bits', { timeout: 60_000 }, async () => {
  if (backend !== undefined) useBackend(backend);
  const { dim, values } = siftSample();
  const methods = ['DenseFly, 20k bits', 'SimHash, 20k bits'] as const;
  const sizes = { hashLengths: [16], queries: 60, repeats: 4, seed: 1, threads: 1 };
  const { rows } = await denseFly(values, { dim, methods, ...sizes });
  const [fly, dense] = rows.map(({ also }) => also?.['AP@200'] ?? 0);
  expect(rows.map(({ bits }) => bits)).toEqual([320, 320]);
  expect(fly).toBeGreaterThan(0.5);
  expect(Math.abs(fly - dense)).toBeLessThanOrEqual(0.02);
});
