// BioHash's batch training against Python: numpy doing the same steps (the mean, unit rows, then for each iteration a
// product on the BLAS, argmax, and the sums of each unit's rows, by its two quickest ways), and faiss's spherical k-means
// on rows that are centred already. Units begin elsewhere, so results cannot be compared; the work is the same.

import { BioHash } from '../../lib/index.ts';
import { imageVectors } from '../framework/data.ts';
import { type Contest, type ContestContext, local } from './contest.ts';
import { skip } from './install.ts';
import type { Pythons } from './python.ts';

const DIM = 784;
const ITERATIONS = 20;

async function train(vectors: Float32Array, units: number, threads: number): Promise<void> {
  const settings = { seed: 1, iterations: ITERATIONS, tolerance: 0, threads };
  const { report } = await BioHash.train(vectors, { dim: DIM, units, ...settings });
  if (report.iterations < ITERATIONS)
    throw new Error(`ended after ${report.iterations} iterations`);
}

export async function bioHashContest(
  { quick, threads }: ContestContext,
  pythons: Pythons,
  units: number,
): Promise<Contest> {
  const rows = quick ? 9_600 : 69_000;
  const vectors = imageVectors(rows);
  const entrants = [local('flyhash', () => train(vectors, units, threads))];
  const python = pythons.current;
  if (python === undefined) {
    skip('numpy and faiss', 'no such Python');
  } else {
    const matrices = { vectors: { numbers: vectors, rows } };
    const settings = { units, iterations: ITERATIONS, chunk: 2048 };
    for (const [slot, sums] of ['sorted', 'one-hot'].entries()) {
      const name = `${python.numpy} sgemm + argmax, ${sums} sums`;
      const all = { ...settings, sums };
      entrants.push(await python.entrant(name, 'bioHash', matrices, all, { slot }));
    }
    if (python.hasFaiss) {
      const name = 'faiss Kmeans, spherical';
      entrants.push(await python.entrant(name, 'kmeans', matrices, settings, { slot: 2 }));
    }
  }
  const name = `BioHash training, ${ITERATIONS} iterations, ${DIM} to ${units} units`;
  return { name, items: rows, entrants };
}
