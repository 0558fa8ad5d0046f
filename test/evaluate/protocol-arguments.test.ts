/** Wrong arguments of the protocols: the rejection names what is wrong, what was expected and what came. */

import { describe, expect, it } from 'vitest';
import { bioHash } from '../../lib/evaluate/bio-hash-protocol.ts';
import { denseFly } from '../../lib/evaluate/dense-fly.ts';
import { neighborRecall } from '../../lib/evaluate/neighbor-recall.ts';
import { science2017 } from '../../lib/evaluate/science-2017.ts';
import { levelBackends, reference, useBackend } from '../support/backends.ts';
import { DIM, labelledClusters } from '../support/labelled-clusters.ts';

const { data, labels } = labelledClusters();
const fastest = [...levelBackends.values()].at(-1) ?? reference;

describe('protocols', () => {
  type Loose = (...args: readonly unknown[]) => Promise<unknown>;
  const bio = bioHash as unknown as Loose;
  const science = science2017 as unknown as Loose;
  const fly = denseFly as unknown as Loose;
  const recall = neighborRecall as unknown as Loose;
  const short = labels.slice(1);
  const withNaN = data.slice();
  withNaN[7] = Number.NaN;
  const wrong: [string, () => Promise<unknown>, typeof TypeError | typeof RangeError, string][] = [
    [
      'labels of another length',
      () => bio(data, short, { dim: DIM }),
      RangeError,
      'labels.length must be rows = 90, got 89',
    ],
    [
      'labels of no kind',
      () => bio(data, 'abc', { dim: DIM }),
      TypeError,
      'labels must be an array',
    ],
    [
      'a label that is none',
      () => bio(data, [null, ...short], { dim: DIM }),
      TypeError,
      'labels[0] must be a number or a string',
    ],
    [
      'one class',
      () =>
        bio(
          data,
          labels.map(() => 1),
          { dim: DIM },
        ),
      RangeError,
      'labels must be at least two classes',
    ],
    [
      'a class too small',
      () => bio(data, labels, { dim: DIM, perClass: 30 }),
      RangeError,
      'labels must be more than perClass = 30 rows',
    ],
    [
      'NaN',
      () => bio(withNaN, labels, { dim: DIM }),
      RangeError,
      'vectors[1][1] must be finite, got NaN',
    ],
    [
      'another method',
      () => bio(data, labels, { dim: DIM, methods: ['LHS'] }),
      RangeError,
      'methods[0] must be one of',
    ],
    [
      'no methods',
      () => bio(data, labels, { dim: DIM, methods: [] }),
      TypeError,
      'methods must be an array with at least one',
    ],
    [
      'no hash length',
      () => bio(data, labels, { dim: DIM, hashLengths: [0] }),
      RangeError,
      'hashLengths[0] must be',
    ],
    [
      'places of text',
      () => bio(data, labels, { dim: DIM, places: 'some' }),
      RangeError,
      "places must be one of 'all'",
    ],
    [
      'activity',
      () => bio(data, labels, { dim: DIM, activity: 0 }),
      RangeError,
      'activity must be above 0',
    ],
    [
      'another option',
      () => bio(data, labels, { dim: DIM, queries: 3 }),
      TypeError,
      'got "queries"',
    ],
    ['no repeats', () => science(data, { dim: DIM, repeats: 0 }), RangeError, 'repeats must be'],
    [
      'more queries than rows',
      () => science(data, { dim: DIM, queries: 91 }),
      RangeError,
      'queries must be a whole number from 1 to 90',
    ],
    [
      'k above the units',
      () => science(data, { dim: DIM, hashLengths: [61] }),
      RangeError,
      'hashLengths must be at most 10 x dim',
    ],
    [
      'a row of zeros',
      () => science(new Float32Array(12), { dim: 6 }),
      RangeError,
      'vectors[0] must be of a mean above 0',
    ],
    [
      'a dataset of another kind',
      () => science(data, { dim: DIM, dataset: 3 }),
      TypeError,
      'dataset must be a string',
    ],
    ['one number a row', () => fly(data, { dim: 1 }), RangeError, 'dim must be at least 2'],
    [
      'as many neighbours as rows',
      () => fly(data, { dim: DIM, neighbors: 90 }),
      RangeError,
      'neighbors must be',
    ],
    [
      'another metric',
      () => recall(data, { dim: DIM, metric: 'l1' }),
      RangeError,
      'metric must be one of',
    ],
    [
      'every row a query',
      () => recall(data, { dim: DIM, queries: 90 }),
      RangeError,
      'queries must be',
    ],
    [
      'one vector',
      () => recall(data.slice(0, 6), { dim: DIM }),
      RangeError,
      'vectors must be at least 2 rows',
    ],
  ];

  it.each(wrong)('refuse %s', async (_what, call, kind, sentence) => {
    useBackend(fastest);
    await expect(call()).rejects.toThrow(kind);
    await expect(call()).rejects.toThrow(sentence);
  });
});
