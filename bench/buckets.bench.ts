// The price of hash tables, through LshIndex, on a million clustered codes: a thousand queries at once, beside the exact
// scan of the same codes on the same thread. The readings tell the recall of the ten nearest, by ids and by distances,
// and the codes compared; margins are not part of the time of directed probes, as hashing is not.

import { type BitCodes, HammingIndex, LshIndex, type LshProbes } from '../lib/index.ts';
import { type Clustered, clustered, recall } from './framework/clusters.ts';
import { type Bench, defineBench } from './framework/define.ts';

const NEIGHBORS = 10;
const QUERIES = 1000;
const ROWS = 1_000_000;
const BITS = 256;

interface Data {
  readonly source: Clustered;
  readonly codes: BitCodes;
}

const kept = new Map<number, Data>();

/** Made once: it takes some seconds. */
function dataOf(rows: number): Data {
  const present = kept.get(rows);
  if (present !== undefined) return present;
  const source = clustered();
  const data = { source, codes: source.codes(rows, 5000) };
  kept.set(rows, data);
  return data;
}

const rowsOf = (quick: boolean): number => (quick ? ROWS / 8 : ROWS);

function search(name: string, tables: number, keyBits: number, probes: LshProbes): Bench {
  return defineBench({
    name: `buckets/top10-1m-256-${name}`,
    baseline: 'the exact scan',
    targets: { speedup: 1 },
    skipLevels: ['scalar'],
    setup: ({ threads, quick }) => {
      const { source, codes } = dataOf(rowsOf(quick));
      const vectors = source.vectors(QUERIES, 77);
      const queries = source.hasher.hash(vectors);
      const exact = HammingIndex.create({ bits: BITS });
      exact.add(codes);
      const index = LshIndex.create({ bits: BITS, tables, keyBits, probes });
      index.add(codes);
      const margins = source.hasher.margins(vectors);
      const asked = typeof probes === 'object' ? { codes: queries, margins } : queries;
      return {
        run: () => index.search(asked, NEIGHBORS, { threads }),
        baseline: () => exact.search(queries, NEIGHBORS, { threads }),
        items: QUERIES,
        readings: () => {
          const found = index.search(asked, NEIGHBORS);
          const { ids, distances } = recall(found, exact.search(queries, NEIGHBORS));
          const compared = found.candidates.reduce((sum, count) => sum + count, 0) / QUERIES;
          return {
            'recall by id, %': 100 * ids,
            'recall by distance, %': 100 * distances,
            'codes compared': compared,
          };
        },
      };
    },
  });
}

const build = defineBench({
  name: 'buckets/build-1m-256',
  skipLevels: ['scalar'],
  setup: ({ quick }) => {
    const rows = rowsOf(quick);
    const { codes } = dataOf(rows);
    return {
      run: () => LshIndex.create({ bits: BITS, tables: 8, keyBits: 20 }).add(codes),
      items: rows,
    };
  },
});

export const benches: readonly Bench[] = [
  search('radius', 8, 20, 1),
  search('directed', 8, 20, { directed: 10 }),
  build,
];
