// Exact L2 neighbours of float vectors against faiss IndexFlatL2 and usearch exactSearch. The coordinates are small
// integers, so every squared distance is exact in float32 whatever the order of the sum, and must agree.

import { exactNeighbors } from '../../lib/index.ts';
import { randomBits } from '../framework/data.ts';
import { type Contest, type ContestContext, type Entrant, local } from './contest.ts';
import { npmPeer, skip } from './install.ts';
import type { Pythons } from './python.ts';

const K = 10;
const DIM = 128;

interface Usearch {
  exactSearch(
    data: Float32Array,
    queries: Float32Array,
    dimensions: number,
    count: number,
    metric: string,
    threads: number,
  ): { distances: Float32Array };
  MetricKind: { L2sq: string };
}

/** Coordinates 0 to 255, as in SIFT. */
function byteVectors(rows: number, seed: number): Float32Array {
  return Float32Array.from(randomBits(rows, DIM * 8, seed));
}

export async function neighborsContest(
  { quick, threads }: ContestContext,
  { current: python }: Pythons,
): Promise<Contest> {
  const rows = quick ? 10_000 : 100_000;
  const queryRows = 100;
  const data = byteVectors(rows, 1);
  const queries = byteVectors(queryRows, 2);
  const options = { metric: 'l2', dim: DIM, threads } as const;
  const search = () => exactNeighbors(data, queries, K, options);
  const check = (): ArrayLike<number> => search().distances;
  const entrants: Entrant[] = [local('flyhash', search, { check })];
  if (python?.hasFaiss) {
    const matrices = {
      data: { numbers: data, rows },
      queries: { numbers: queries, rows: queryRows },
    };
    const settings = { checked: true };
    entrants.push(
      await python.entrant('faiss IndexFlatL2', 'flatL2', matrices, { k: K }, settings),
    );
  } else {
    skip('faiss IndexFlatL2', 'no faiss');
  }
  const usearch = npmPeer<Usearch>('usearch');
  if (usearch !== undefined) {
    const run = () => usearch.exactSearch(data, queries, DIM, K, usearch.MetricKind.L2sq, threads);
    entrants.push(local('usearch exactSearch', run, { check: () => run().distances }));
  }
  const name = `exact L2 top-${K}, ${rows / 1e3}k x ${DIM}, ${queryRows} at a time`;
  return { name, items: queryRows, entrants };
}
