/** Expected hits over ties against their definition: the average over every order of the rows that tie. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RankedSearch } from '../../lib/evaluate/code-search.ts';
import { expectedHits, rankedLists } from '../../lib/evaluate/expected-recall.ts';

const numRuns = Math.ceil(Number(process.env.FLYHASH_TEST_RUNS ?? 200));

interface Row {
  readonly distance: number;
  readonly isRelevant: boolean;
}

function permutations(rows: readonly Row[]): Row[][] {
  if (rows.length === 0) return [[]];
  return rows.flatMap((row, i) =>
    permutations([...rows.slice(0, i), ...rows.slice(i + 1)]).map((rest) => [row, ...rest]),
  );
}

/** The average over all orders that ascend by distance. */
function averageHits(rows: readonly Row[], cutoff: number): number {
  const orders = permutations(rows).filter((order) =>
    order.every((row, i) => i === 0 || order[i - 1].distance <= row.distance),
  );
  const hits = orders.map((order) => order.slice(0, cutoff).filter((row) => row.isRelevant).length);
  return hits.reduce((a, b) => a + b) / hits.length;
}

const row = fc.record({ distance: fc.integer({ min: 0, max: 3 }), isRelevant: fc.boolean() });

describe('expectedHits', () => {
  it('is the average over all orders of ties, whether or not far rows are listed', () => {
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 6 }),
        fc.nat({ max: 7 }),
        fc.boolean(),
        (rows, cutoff, isWhole) => {
          const sorted = [...rows].sort((a, b) => a.distance - b.distance);
          const last = sorted.at(-1)?.distance ?? 0;
          const listed = isWhole ? sorted : sorted.filter(({ distance }) => distance < last);
          const hits = expectedHits(
            { distances: Uint32Array.from(listed, ({ distance }) => distance) },
            listed.map(({ isRelevant }) => (isRelevant ? 1 : 0)),
            cutoff,
            { rows: rows.length, relevant: rows.filter(({ isRelevant }) => isRelevant).length },
          );
          expect(hits).toBeCloseTo(averageHits(rows, cutoff), 12);
        },
      ),
      { numRuns },
    );
  });
});

/** A search of one query after the other over given distances, smaller row first. */
function searchOf(distances: readonly number[][]): RankedSearch {
  return (first, end, places) => {
    const ids = new Uint32Array((end - first) * places).fill(0xffffffff);
    const found = new Uint32Array((end - first) * places).fill(0xffffffff);
    const counts = new Uint32Array(end - first);
    for (let query = first; query < end; query++) {
      const order = distances[query]
        .map((distance, id) => ({ distance, id }))
        .sort((a, b) => a.distance - b.distance || a.id - b.id)
        .slice(0, places);
      order.forEach(({ distance, id }, i) => {
        ids[(query - first) * places + i] = id;
        found[(query - first) * places + i] = distance;
      });
      counts[query - first] = order.length;
    }
    return { rows: end - first, k: places, ids, distances: found, counts };
  };
}

describe('rankedLists', () => {
  it('hold every row that ties with the last one within the cutoff', async () => {
    const rows = 40;
    const distances = Array.from({ length: 5 }, (_, query) =>
      Array.from({ length: rows }, (_, id) => Math.floor(((id * 7) % rows) / (5 * query + 1))),
    );
    for (const cutoff of [1, 3, 20, 40]) {
      const lists: number[][] = [];
      const sizes = { queries: 5, rows, cutoff };
      for await (const { ids } of rankedLists(searchOf(distances), sizes, undefined)) {
        lists.push([...ids]);
      }
      expect(lists.length).toBe(5);
      for (const [query, ids] of lists.entries()) {
        const limit = [...distances[query]].sort((a, b) => a - b)[cutoff - 1];
        const needed = distances[query].flatMap((distance, id) => (distance <= limit ? [id] : []));
        expect(needed.filter((id) => !ids.includes(id))).toEqual([]);
      }
    }
  });

  it('end with the reason of a signal', async () => {
    const controller = new AbortController();
    const lists = rankedLists(
      searchOf([[1, 2]]),
      { queries: 1, rows: 2, cutoff: 1 },
      controller.signal,
    );
    controller.abort(new Error('enough'));
    await expect(lists.next()).rejects.toThrow('enough');
  });
});
