/**
 * The protocols on small data, on every backend with equal figures: what they count, what they leave out, that seeds
 * decide, and that repeats spread. What they refuse: protocol-arguments.test.ts.
 */

import { describe, expect, it } from 'vitest';
import { averagePrecision } from '../../lib/evaluate/average-precision.ts';
import { bioHash } from '../../lib/evaluate/bio-hash-protocol.ts';
import { denseFly } from '../../lib/evaluate/dense-fly.ts';
import { checkLabels, splitByClass } from '../../lib/evaluate/labels.ts';
import { neighborRecall } from '../../lib/evaluate/neighbor-recall.ts';
import {
  groupsUpTo,
  nearestRows,
  sortedDistances,
  tiedPlace,
} from '../../lib/evaluate/rankings.ts';
import { type EvaluationReport, formatReport } from '../../lib/evaluate/report.ts';
import { science2017 } from '../../lib/evaluate/science-2017.ts';
import { standardised } from '../../lib/evaluate/standardise.ts';
import { stream } from '../../lib/random.ts';
import { allBackends, levelBackends, reference, useBackend } from '../support/backends.ts';
import { DIM, labelledClusters, ROWS } from '../support/labelled-clusters.ts';

const { data, labels } = labelledClusters();
const small = { dim: DIM, seed: 3, threads: 2 } as const;
const fastest = [...levelBackends.values()].at(-1) ?? reference;

const protocols: [string, () => Promise<EvaluationReport>][] = [
  ['bioHash', () => bioHash(data, labels, { ...small, perClass: 4, hashLengths: [2] })],
  [
    'bioHash at 10',
    () => bioHash(data, labels, { ...small, perClass: 4, hashLengths: [2], places: 10 }),
  ],
  [
    'science2017',
    () => science2017(data, { ...small, hashLengths: [2], queries: 20, neighbors: 5 }),
  ],
  ['denseFly', () => denseFly(data, { ...small, hashLengths: [4], queries: 20, neighbors: 5 })],
  [
    'neighborRecall',
    () =>
      neighborRecall(data, { ...small, hashLengths: [3], queries: 20, neighbors: 3, shortlist: 9 }),
  ],
];

describe.each(protocols)('%s', (_name, run) => {
  it('gives the same figures on every backend', async () => {
    useBackend(reference);
    const expected = await run();
    expect(expected.rows.length).toBeGreaterThan(3);
    for (const backend of allBackends.values()) {
      useBackend(backend);
      expect(await run()).toEqual(expected);
    }
  });

  it('reports shares with their storage', async () => {
    useBackend(fastest);
    const report = await run();
    for (const row of report.rows) {
      expect(row.mean).toBeGreaterThan(0);
      expect(row.mean).toBeLessThanOrEqual(1);
      expect(row.bytes).toBe(Math.ceil(row.bits / 8));
      expect(row.deviation).toBe(0);
    }
    const text = formatReport(report);
    expect(text).toContain(report.definition);
    for (const { method } of report.rows) expect(text).toContain(method);
  });
});

describe('protocols', () => {
  it('find clusters: codes of BioHash put rows of a class together', async () => {
    useBackend(fastest);
    const methods = ['BioHash', 'BioHash, centred'] as const;
    const report = await bioHash(data, labels, {
      ...small,
      perClass: 4,
      hashLengths: [1],
      methods,
      activity: 0.33,
    });
    for (const row of report.rows) expect(row.mean).toBeGreaterThan(0.9);
    expect(report.rows.map(({ units, bits }) => [units, bits])).toEqual([
      [3, 2],
      [3, 2],
    ]);
  });

  it('do not depend on the order of the rows within a class, nor on what labels are called', async () => {
    useBackend(fastest);
    const options = { ...small, perClass: 4, hashLengths: [4], methods: ['LSH'] } as const;
    const named = await bioHash(data, labels, options);
    const numbered = await bioHash(
      data,
      Uint8Array.from(labels, (label) => label.charCodeAt(0)),
      options,
    );
    expect(numbered.rows).toEqual(named.rows);
  });

  it('draw by the seed, and spread over repeats', async () => {
    useBackend(fastest);
    const options = { ...small, perClass: 4, hashLengths: [4], methods: ['LSH'] } as const;
    const [one, other] = [
      await bioHash(data, labels, options),
      await bioHash(data, labels, { ...options, seed: 4 }),
    ];
    expect(other.rows[0].mean).not.toBe(one.rows[0].mean);
    const both = await bioHash(data, labels, { ...options, repeats: 2 });
    expect(both.rows[0].repeats).toBe(2);
    expect(both.rows[0].mean).toBeCloseTo((one.rows[0].mean + other.rows[0].mean) / 2, 14);
    const spread = Math.abs(one.rows[0].mean - other.rows[0].mean) / Math.SQRT2;
    expect(both.rows[0].deviation).toBeCloseTo(spread, 14);
  });

  it('take queries of each class out of the database', () => {
    const split = splitByClass(checkLabels(labels, ROWS), 4, 9);
    expect(split.queries.length).toBe(12);
    for (const own of ['a', 'b', 'c']) {
      expect([...split.queries].filter((row) => labels[row] === own).length).toBe(4);
    }
    expect([...split.queries, ...split.database].sort((a, b) => a - b)).toEqual(
      Array.from({ length: ROWS }, (_, row) => row),
    );
  });

  it('standardise as Science 2017: columns from 0, rows of mean 100, whole numbers', () => {
    const { values } = standardised({
      rows: 2,
      dim: 3,
      values: Float32Array.of(-1, 2, 3, 4, 5, 6),
    });
    // |least| of the columns is 1, 2, 3: the rows become 0 4 6 and 5 7 9, of means 10/3 and 7.
    expect([...values]).toEqual([0, 120, 180, 71, 100, 128]);
  });

  it('rank with groups that hold whole ties, without rows that may not be found', () => {
    const distances = [5, 0, 2, 2, 7, 2];
    const isAllowed = (row: number): boolean => row !== 1;
    const sorted = sortedDistances(distances, isAllowed);
    expect([...sorted]).toEqual([2, 2, 2, 5, 7]);
    for (const count of [1, 2, 3]) {
      // As many as are asked for, and those that equal the last.
      expect([...sortedDistances(distances, isAllowed, count)]).toEqual([2, 2, 2]);
    }
    expect([...sortedDistances(distances, isAllowed, 4)]).toEqual([2, 2, 2, 5]);
    expect([...sortedDistances(distances, isAllowed, 5)]).toEqual([2, 2, 2, 5, 7]);
    expect(tiedPlace(sorted, 2)).toEqual({ before: 0, tied: 3 });
    expect(tiedPlace(sorted.subarray(0, 4), 7)).toBeUndefined();
    const groups = groupsUpTo(sorted, [2, 7], 4);
    expect(groups).toEqual([
      { count: 3, relevant: 1 },
      { count: 1, relevant: 0 },
    ]);
    expect(nearestRows(distances, isAllowed, 2)).toEqual([2, 3]);
    expect(averagePrecision(groups)).toBeGreaterThan(0);
  });

  it('rank the nearest of many as sorting all of them would', () => {
    const draw = stream(7, 'evaluation');
    for (const distinct of [3, 50, 100_000]) {
      const distances = Float32Array.from({ length: 800 }, () => draw.below(distinct));
      const isAllowed = (row: number): boolean => row % 7 !== 3;
      const all = sortedDistances(distances, isAllowed);
      for (const count of [1, 10, 200, 684, 685, 799, 800, 900]) {
        const last = all[Math.min(count, all.length) - 1];
        const expected = all.filter((distance) => distance <= last);
        expect(sortedDistances(distances, isAllowed, count)).toEqual(expected);
      }
    }
  });

  it('tell progress and are aborted', async () => {
    useBackend(fastest);
    const told: number[] = [];
    const options = { ...small, perClass: 4, hashLengths: [2, 4], methods: ['LSH'] } as const;
    await bioHash(data, labels, {
      ...options,
      onProgress: ({ done, total }) => told.push(done / total),
    });
    expect(told).toEqual([0.5, 1]);
    const reason = new Error('enough');
    const controller = new AbortController();
    const onProgress = (): void => controller.abort(reason);
    await expect(
      bioHash(data, labels, { ...options, onProgress, signal: controller.signal }),
    ).rejects.toBe(reason);
  });
});
