// Hashing against Python: SimHash against faiss IndexLSH (random rotation and packed signs), FlyHash against numpy
// (dense product on the BLAS and argpartition). The random matrices differ, so results cannot be compared;
// the work is the same.

import { FlyHash, SimHash } from '../../lib/index.ts';
import { randomVectors } from '../framework/data.ts';
import { type Contest, type ContestContext, local } from './contest.ts';
import { skip } from './install.ts';
import type { Pythons } from './python.ts';

export async function simHashContest(
  { quick, threads }: ContestContext,
  pythons: Pythons,
  dim: number,
  bits: number,
): Promise<Contest> {
  const rows = quick ? 5_000 : 100_000;
  const vectors = randomVectors(rows, dim);
  const hasher = SimHash.create({ dim, bits, seed: 1, projection: 'gaussian' });
  const entrants = [local('flyhash', () => hasher.hash(vectors, { threads }))];
  const python = pythons.current;
  if (python?.hasFaiss) {
    const matrices = { vectors: { numbers: vectors, rows } };
    entrants.push(await python.entrant('faiss IndexLSH', 'lsh', matrices, { bits }));
  } else {
    skip('faiss IndexLSH', 'no faiss');
  }
  return { name: `SimHash ${dim} to ${bits} bits`, items: rows, entrants };
}

export async function flyHashContest(
  { quick, threads }: ContestContext,
  pythons: Pythons,
  dim: number,
  active: number,
): Promise<Contest> {
  const units = 20 * dim;
  const fanIn = Math.round(dim / 10);
  const rows = Math.round((quick ? 1_000 : 10_000) * (128 / dim));
  const vectors = randomVectors(rows, dim);
  const hasher = FlyHash.create({ dim, units, active, fanIn, seed: 1 });
  const entrants = [local('flyhash', () => hasher.hash(vectors, { threads }))];
  for (const [when, python] of Object.entries(pythons)) {
    if (python === undefined) {
      skip(`numpy (${when})`, 'no such Python');
      continue;
    }
    const matrices = { vectors: { numbers: vectors, rows } };
    const settings = { units, active, fanIn, chunk: 500 };
    entrants.push(
      await python.entrant(`${python.numpy} sgemm + argpartition`, 'fly', matrices, settings),
    );
  }
  const name = `FlyHash ${dim} to ${units} units, ${active} active`;
  return { name, items: rows, entrants };
}
