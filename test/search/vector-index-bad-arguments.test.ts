/** Bad arguments to every public function of VectorIndex: the kind of error, and the sentence. */

import { beforeAll, describe, expect, it } from 'vitest';
import { FlyHash, SimHash, VectorIndex } from '../../lib/public.ts';
import { allBackends, useBackend } from '../support/backends.ts';

type Kind = typeof TypeError | typeof RangeError;
type Row = readonly [what: string, call: () => unknown, kind: Kind, sentence: string];
type Loose = (...args: readonly unknown[]) => unknown;

beforeAll(() => useBackend([...allBackends.values()][0]));

const vectors = [
  [1, 2],
  [3, 4],
  [5, 7],
];

function filled(options: object = {}): VectorIndex {
  const index = VectorIndex.create({ dim: 2, bits: 16, ...options });
  index.add(vectors);
  return index;
}

const create = VectorIndex.create as unknown as Loose;
const search = (queries: unknown, k: unknown, options?: unknown): unknown =>
  (filled().search as Loose).call(filled(), queries, k, options);

const hasher = SimHash.create({ dim: 2, bits: 16 });
const NaN32 = Number.NaN;

const making: readonly Row[] = [
  ['no options', () => create(), TypeError, 'options must be an object, got undefined'],
  ['no dim', () => create({}), TypeError, 'dim must be given, or a hasher, got undefined'],
  ['dim 0', () => create({ dim: 0 }), RangeError, 'dim must be a whole number from 1 to'],
  [
    'bits 0',
    () => create({ dim: 2, bits: 0 }),
    RangeError,
    'bits must be a whole number from 1 to',
  ],
  ['seed -1', () => create({ dim: 2, seed: -1 }), RangeError, 'seed must be a whole number from 0'],
  ['a misspelt option', () => create({ dim: 2, rank: 1 }), TypeError, 'got "rank"'],
  ['metric', () => create({ dim: 2, metric: 'cos' }), RangeError, "metric must be one of 'dot'"],
  ['metric 3', () => create({ dim: 2, metric: 3 }), TypeError, "metric must be one of 'dot'"],
  [
    'rerank',
    () => create({ dim: 2, rerank: 'int4' }),
    RangeError,
    "rerank must be one of 'float32'",
  ],
  ['shortlist 0', () => create({ dim: 2, shortlist: 0 }), RangeError, 'shortlist must be a whole'],
  [
    'shortlist "9"',
    () => create({ dim: 2, shortlist: '9' }),
    TypeError,
    'shortlist must be a number',
  ],
  ['hasher null', () => create({ hasher: null }), TypeError, 'hasher must be a hasher that gives'],
  [
    'a hasher of sparse codes',
    () => create({ hasher: FlyHash.create({ dim: 20 }) }),
    TypeError,
    'hasher must be a hasher that gives BitCodes',
  ],
  [
    'hasher and bits',
    () => create({ hasher, bits: 9 }),
    TypeError,
    'bits must be absent, as a hasher',
  ],
  [
    'hasher and seed',
    () => create({ hasher, seed: 9 }),
    TypeError,
    'seed must be absent, as a hasher',
  ],
  [
    'another dim',
    () => create({ hasher, dim: 9 }),
    RangeError,
    'dim must be that of the hasher, 2',
  ],
  [
    'int8 of long vectors',
    () => create({ dim: 2 ** 17, rerank: 'int8', bits: 8 }),
    RangeError,
    "dim must be at most 131071 where rerank is 'int8', got 131072",
  ],
  [
    'its constructor',
    () => new (VectorIndex as unknown as new (...a: unknown[]) => unknown)(),
    TypeError,
    'VectorIndex must be made by VectorIndex.create',
  ],
];

const using: readonly Row[] = [
  ['add nothing', () => (filled().add as Loose).call(filled()), TypeError, 'vectors must be'],
  [
    'add a row of 3',
    () => filled().add([[1, 2, 3]]),
    RangeError,
    'vectors[0].length must be dim = 2',
  ],
  [
    'add half a row',
    () => filled().add([1, 2, 3]),
    RangeError,
    'vectors must have a multiple of dim',
  ],
  [
    'add NaN',
    () =>
      filled().add([
        [1, 2],
        [NaN32, 3],
      ]),
    RangeError,
    'vectors[1][0] must be finite, got NaN',
  ],
  [
    'add 1e39',
    () => filled().add([[1, 1e39]]),
    RangeError,
    'vectors[0][1] must be finite as a float32',
  ],
  [
    'upsert NaN',
    () => filled().upsert([[1, NaN32]], [0]),
    RangeError,
    'vectors[0][1] must be finite',
  ],
  ['search nothing', () => search(undefined, 1), TypeError, 'queries must be'],
  [
    'search NaN',
    () =>
      search(
        [
          [1, 2],
          [3, NaN32],
        ],
        1,
      ),
    RangeError,
    'queries[1][1] must be finite, got NaN',
  ],
  [
    'search a row of 3',
    () => search([[1, 2, 3]], 1),
    RangeError,
    'queries[0].length must be dim = 2',
  ],
  ['k -1', () => search([[1, 2]], -1), RangeError, 'k must be a whole number from 0'],
  ['k 1.5', () => search([[1, 2]], 1.5), RangeError, 'k must be a whole number from 0'],
  ['k of a terabyte', () => search(vectors, 2 ** 31), RangeError, 'results must take at most'],
  [
    'shortlist 0',
    () => search(vectors, 1, { shortlist: 0 }),
    RangeError,
    'shortlist must be a whole',
  ],
  [
    'shortlist null',
    () => search(vectors, 1, { shortlist: null }),
    TypeError,
    'shortlist must be a number',
  ],
  ['a misspelt option', () => search(vectors, 1, { ef: 9 }), TypeError, 'got "ef"'],
  [
    'options null',
    () => search(vectors, 1, null),
    TypeError,
    'options must be an object, got null',
  ],
  ['filter', () => search(vectors, 1, { filter: 3 }), TypeError, 'filter must be a bitmap'],
  [
    'fromShared',
    () => (VectorIndex.fromShared as Loose)({}),
    TypeError,
    'shared.kind must be a string',
  ],
  [
    'get without vectors',
    () => filled({ rerank: 'none' }).get(0),
    RangeError,
    "rerank must be 'float32' or 'int8' for vectors to be kept",
  ],
];

describe('a wrong argument of VectorIndex', () => {
  it.each([...making, ...using])('%s', (_what, call, kind, sentence) => {
    expect(call).toThrow(kind);
    expect(call).toThrow(sentence);
    expect(call).not.toThrow('internal');
  });

  it('changes nothing', () => {
    for (const rerank of ['float32', 'int8', 'none'] as const) {
      const index = filled({ rerank });
      const before = index.toBytes();
      expect(() =>
        index.add([
          [1, 2],
          [NaN32, 3],
        ]),
      ).toThrow(RangeError);
      expect(() =>
        index.upsert(
          [
            [1, 2],
            [3, NaN32],
          ],
          [0, 1],
        ),
      ).toThrow(RangeError);
      expect(index.toBytes()).toEqual(before);
    }
  });

  it('rejects asynchronous calls', async () => {
    const index = filled();
    await expect(index.searchAsync([[1, NaN32]], 1)).rejects.toThrow(
      'queries[0][1] must be finite',
    );
    await expect(index.searchAsync([[1, 2]], 1, { shortlist: -1 })).rejects.toThrow(RangeError);
    await expect(VectorIndex.train([])).rejects.toThrow(TypeError);
    await expect(VectorIndex.train(vectors, { bits: 0 })).rejects.toThrow(RangeError);
    await expect(VectorIndex.from([[1, NaN32]])).rejects.toThrow('vectors[0][1] must be finite');
    await expect(VectorIndex.from(vectors, { keys: [1] })).rejects.toThrow('keys must be 3');
    const signal = AbortSignal.abort(new Error('late'));
    await expect(VectorIndex.from(vectors, { signal })).rejects.toThrow('late');
    const loose = VectorIndex.train as Loose;
    await expect(loose(vectors, { hasher: 1 })).rejects.toThrow('got "hasher"');
  });
});
