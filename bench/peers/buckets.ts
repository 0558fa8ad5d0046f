// Hash tables on clustered codes against faiss IndexBinaryMultiHash with the same tables, keys and probes, whose
// distances must be the same, and beside the exact scan: 8 tables of 20 bits, every key within one bit; and the probes
// that margins direct. The recall of each is said aloud.

import { type BitCodes, HammingIndex, LshIndex } from '../../lib/index.ts';
import { clustered, recall } from '../framework/clusters.ts';
import { type Contest, type ContestContext, type Entrant, local } from './contest.ts';
import { skip } from './install.ts';
import type { PythonPeers, Pythons } from './python.ts';

const K = 10;
const QUERIES = 1000;
const TABLES = 8;
const KEY_BITS = 20;
const PROBES = 10;

/** The distance that faiss gives in places that hold no neighbour. */
const FAISS_NONE = 2 ** 31 - 1;

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

async function faissEntrant(
  python: PythonPeers,
  codes: BitCodes,
  queries: BitCodes,
): Promise<Entrant> {
  const matrices = {
    codes: { numbers: codes.toLsb(), rows: codes.rows },
    queries: { numbers: queries.toLsb(), rows: queries.rows },
  };
  const settings = { k: K, tables: TABLES, keyBits: KEY_BITS, flips: 1 };
  const name = 'faiss IndexBinaryMultiHash';
  return python.entrant(name, 'binaryMultiHash', matrices, settings, { checked: true });
}

export async function bucketsContest(
  context: ContestContext,
  { current: python }: Pythons,
): Promise<Contest> {
  const { threads } = context;
  const rows = context.quick ? 125_000 : 1_000_000;
  const source = clustered();
  const codes = source.codes(rows, 5000);
  const vectors = source.vectors(QUERIES, 77);
  const queries = source.hasher.hash(vectors);
  const exact = HammingIndex.create({ bits: codes.bits });
  exact.add(codes);
  const truth = exact.search(queries, K);
  const sizes = { bits: codes.bits, tables: TABLES, keyBits: KEY_BITS };
  const within = LshIndex.create({ ...sizes, probes: 1 });
  within.add(codes);
  const directed = LshIndex.create({ ...sizes, probes: { directed: PROBES } });
  directed.add(codes);
  const asked = { codes: queries, margins: source.hasher.margins(vectors) };
  for (const [name, found] of [
    ['radius 1', within.search(queries, K)],
    [`${PROBES} directed probes`, directed.search(asked, K)],
  ] as const) {
    const { ids, distances } = recall(found, truth);
    console.log(
      `flyhash, ${name}: recall ${percent(ids)} by id, ${percent(distances)} by distance`,
    );
  }
  const check = (): Uint32Array =>
    within.search(queries, K).distances.map((distance) => Math.min(distance, FAISS_NONE));
  const entrants: Entrant[] = [
    local('flyhash LshIndex, radius 1', () => within.search(queries, K, { threads }), { check }),
    local('flyhash LshIndex, directed', () => directed.search(asked, K, { threads })),
    local('flyhash HammingIndex, exact', () => exact.search(queries, K, { threads })),
  ];
  if (python?.hasFaiss) entrants.push(await faissEntrant(python, codes, queries));
  else skip('faiss IndexBinaryMultiHash', 'no faiss');
  const name = `Near neighbours of clustered codes, ${rows / 1e6}m x ${codes.bits} bits, ${QUERIES} at a time`;
  return { name, items: QUERIES, entrants };
}
