// Exact Hamming top-10 against faiss IndexBinaryFlat, usearch exactSearch (which takes no packed bits, so
// coordinates of +-1 as int8, whose squared distance is four times the Hamming distance) and simsimd called pair
// by pair. Distances are compared before the race.

import { BitCodes, HammingIndex } from '../../lib/index.ts';
import { randomBits } from '../framework/data.ts';
import { type Contest, type ContestContext, type Entrant, local } from './contest.ts';
import { npmPeer, skip } from './install.ts';
import type { Pythons } from './python.ts';

const K = 10;

interface Usearch {
  exactSearch(
    data: Int8Array | Float32Array,
    queries: Int8Array | Float32Array,
    dimensions: number,
    count: number,
    metric: string,
    threads: number,
  ): { distances: Float32Array };
  MetricKind: { L2sq: string };
}

interface Simsimd {
  hamming(a: Uint8Array, b: Uint8Array): number;
}

/** One int8 of +1 or -1 a bit. */
function signedBits(codes: Uint8Array): Int8Array {
  const values = new Int8Array(codes.length * 8);
  for (let i = 0; i < values.length; i++) values[i] = (codes[i >> 3] >> (7 - (i & 7))) & 1 ? 1 : -1;
  return values;
}

function usearchEntrant(codes: Uint8Array, queries: Uint8Array, bits: number): Entrant | undefined {
  const usearch = npmPeer<Usearch>('usearch');
  if (usearch === undefined) return undefined;
  const data = signedBits(codes);
  const points = signedBits(queries);
  const search = (): { distances: Float32Array } =>
    usearch.exactSearch(data, points, bits, K, usearch.MetricKind.L2sq, 1);
  const check = (): Float32Array => search().distances.map((distance) => distance / 4);
  return local('usearch exactSearch int8', search, { check });
}

/** One query against a hundredth of the codes: a call a pair makes the whole too slow to repeat. */
function simsimdEntrant(codes: Uint8Array, query: Uint8Array): Entrant | undefined {
  const simsimd = npmPeer<Simsimd>('simsimd');
  if (simsimd === undefined) return undefined;
  const bytes = query.length;
  const rows: Uint8Array[] = [];
  for (let at = 0; at < codes.length / 100; at += bytes) rows.push(codes.subarray(at, at + bytes));
  const run = (): number => {
    let nearest = Number.POSITIVE_INFINITY;
    for (const row of rows) nearest = Math.min(nearest, simsimd.hamming(query, row));
    return nearest;
  };
  return local('simsimd pair by pair', run, { share: (rows.length * bytes) / codes.length });
}

export async function hammingContest(
  context: ContestContext,
  { current: python }: Pythons,
  bits: number,
  queryRows: number,
): Promise<Contest> {
  const rows = context.quick ? 100_000 : 1_000_000;
  const codes = randomBits(rows, bits, 1);
  const queries = randomBits(queryRows, bits, 2);
  const index = HammingIndex.create({ bits });
  index.add(BitCodes.from(codes, bits));
  const asked = BitCodes.from(queries, bits);
  const search = () => index.search(asked, K, { threads: context.threads });
  const check = (): ArrayLike<number> => search().distances;
  const entrants: Entrant[] = [local('flyhash', search, { check })];
  if (python?.hasFaiss) {
    const matrices = {
      codes: { numbers: codes, rows },
      queries: { numbers: queries, rows: queryRows },
    };
    const settings = { checked: true };
    entrants.push(
      await python.entrant('faiss IndexBinaryFlat', 'binaryFlat', matrices, { k: K }, settings),
    );
  } else {
    skip('faiss IndexBinaryFlat', 'no faiss');
  }
  if (bits === 256 && context.threads === 1) {
    const usearch = usearchEntrant(codes, queries, bits);
    if (usearch !== undefined) entrants.push(usearch);
  }
  const simsimd = queryRows === 1 ? simsimdEntrant(codes, queries) : undefined;
  if (simsimd !== undefined) entrants.push(simsimd);
  const size = rows >= 1e6 ? `${rows / 1e6}m` : `${rows / 1e3}k`;
  const name = `Hamming top-${K}, ${size} x ${bits} bits, ${queryRows} at a time`;
  return { name, items: queryRows, entrants };
}
