/**
 * The measures against their definitions: every order of tied rows is made and measured as it stands, and the mean of those
 * must be the expectation that the closed forms give.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  averagePrecision,
  averagePrecisionAt,
  averagePrecisionOverHits,
  recallAt,
  type TiedGroup,
} from '../../lib/evaluate/average-precision.ts';
import { listOverlap } from '../../lib/evaluate/list-overlap.ts';
import { RUNS } from '../support/generators.ts';

const FEW_RUNS = Math.ceil(RUNS / 4);
const MOST_ROWS = 7;

/** All orders of a few things. */
function orders<Item>(items: readonly Item[]): Item[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, i) =>
    orders([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]),
  );
}

/** Rankings without ties that groups stand for, each as likely. */
function rankings(groups: readonly TiedGroup[]): boolean[][] {
  return groups.reduce<boolean[][]>(
    (before, { count, relevant }) => {
      const rows = Array.from({ length: count }, (_, i) => i < relevant);
      return before.flatMap((start) => orders(rows).map((order) => [...start, ...order]));
    },
    [[]],
  );
}

function precisions(ranking: readonly boolean[], limit: number): { sum: number; hits: number } {
  let [sum, hits] = [0, 0];
  for (const [i, isRelevant] of ranking.slice(0, limit).entries()) {
    if (isRelevant) sum += ++hits / (i + 1);
  }
  return { sum, hits };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const groups: fc.Arbitrary<TiedGroup[]> = fc
  .array(
    fc
      .integer({ min: 1, max: 4 })
      .chain((count) => fc.record({ count: fc.constant(count), relevant: fc.nat(count) })),
    { minLength: 1, maxLength: 4 },
  )
  .filter((own) => own.reduce((sum, { count }) => sum + count, 0) <= MOST_ROWS);

describe('the expectation over ties is the mean over all orders', () => {
  it('of AP@All', () => {
    fc.assert(
      fc.property(groups, (own) => {
        const all = rankings(own).map((ranking) => {
          const { sum, hits } = precisions(ranking, ranking.length);
          return hits === 0 ? 0 : sum / hits;
        });
        expect(averagePrecision(own)).toBeCloseTo(meanOf(all), 12);
      }),
      { numRuns: FEW_RUNS },
    );
  });

  it('of AP@R and of AP over hits', () => {
    fc.assert(
      fc.property(groups, fc.integer({ min: 1, max: 9 }), (own, limit) => {
        const all = rankings(own).map((ranking) => precisions(ranking, limit));
        const atLimit = meanOf(all.map(({ sum }) => sum / limit));
        expect(averagePrecisionAt(own, limit)).toBeCloseTo(atLimit, 12);
        const overHits = meanOf(all.map(({ sum, hits }) => (hits === 0 ? 0 : sum / hits)));
        expect(averagePrecisionOverHits(own, limit)).toBeCloseTo(overHits, 12);
      }),
      { numRuns: FEW_RUNS },
    );
  });

  it('of recall', () => {
    fc.assert(
      fc.property(groups, fc.nat(9), (own, limit) => {
        const relevant = own.reduce((sum, group) => sum + group.relevant, 0);
        const all = rankings(own).map((ranking) => precisions(ranking, limit).hits);
        const expected = relevant === 0 ? 0 : meanOf(all) / relevant;
        expect(recallAt(own, limit)).toBeCloseTo(expected, 12);
      }),
      { numRuns: FEW_RUNS },
    );
  });

  it('of the overlap of lists', () => {
    const rows = fc.array(fc.nat(2), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 6 }), (distances, wanted) => {
        // Row r is the r-th nearest in truth, and predicted at distances[r].
        const truth = distances.map((_, row) => row).slice(0, wanted);
        const all = orders(distances.map((_, row) => row))
          .filter((order) =>
            order.every((row, i) => i === 0 || distances[order[i - 1]] <= distances[row]),
          )
          .map((order) =>
            meanOf(
              truth.map((_, i) => {
                const predicted = order.slice(0, i + 1);
                return (
                  truth.slice(0, i + 1).filter((row) => predicted.includes(row)).length / (i + 1)
                );
              }),
            ),
          );
        const places = truth.map((row) => ({
          before: distances.filter((d) => d < distances[row]).length,
          tied: distances.filter((d) => d === distances[row]).length,
        }));
        expect(listOverlap(places)).toBeCloseTo(meanOf(all), 12);
      }),
      { numRuns: FEW_RUNS },
    );
  });
});

describe('measures by hand', () => {
  const group = (count: number, relevant: number): TiedGroup => ({ count, relevant });

  it('a perfect, a worst and a mixed ranking', () => {
    expect(averagePrecision([group(1, 1), group(1, 1), group(1, 0)])).toBe(1);
    expect(averagePrecision([group(1, 0), group(1, 0), group(1, 1)])).toBeCloseTo(1 / 3, 15);
    expect(averagePrecision([group(1, 1), group(1, 0), group(1, 1)])).toBeCloseTo(
      (1 + 2 / 3) / 2,
      15,
    );
  });

  it('one lucky hit is perfect over hits, and little at R', () => {
    const lucky = [group(1, 1), group(199, 0), group(1000, 199)];
    expect(averagePrecisionOverHits(lucky, 200)).toBe(1);
    expect(averagePrecisionAt(lucky, 200)).toBeCloseTo(1 / 200, 15);
  });

  it('without relevant rows, and without rows, every measure is 0', () => {
    for (const own of [[], [group(5, 0)]]) {
      expect(averagePrecision(own)).toBe(0);
      expect(averagePrecisionAt(own, 3)).toBe(0);
      expect(averagePrecisionOverHits(own, 3)).toBe(0);
      expect(recallAt(own, 3)).toBe(0);
    }
    expect(listOverlap([])).toBe(0);
    expect(listOverlap([undefined, { before: 0, tied: 1 }])).toBe(0.25);
  });

  it('when all rows tie, AP is near the share of relevant ones, whatever order a database has', () => {
    const [rows, relevant] = [69_000, 6900];
    const expected = averagePrecision([group(rows, relevant)]);
    expect(expected).toBeGreaterThan(0.1);
    expect(expected).toBeLessThan(0.1002);
    // A stable sort of a database that stands in the order of its labels measures the first class as perfect.
    const { sum, hits } = precisions(
      Array.from({ length: rows }, (_, i) => i < relevant),
      rows,
    );
    expect(sum / hits).toBe(1);
  });

  it('a large cut group does not overflow', () => {
    const value = averagePrecisionOverHits([group(3, 1), group(60_000, 6000)], 1000);
    expect(value).toBeGreaterThan(0.09);
    expect(value).toBeLessThan(0.12);
  });
});
