/** Bad arguments to the filters, keys and range search of HammingIndex: the kind of error and its sentence. */

import { beforeAll, describe, expect, it } from 'vitest';
import { BitCodes } from '../../lib/codes/bit-codes.ts';
import { HammingIndex } from '../../lib/search/hamming-index.ts';
import { allBackends, useBackend } from '../support/backends.ts';

type Loose = Record<string, (...args: unknown[]) => unknown>;
type Row = readonly [string, () => unknown, typeof TypeError | typeof RangeError, string];

const two = BitCodes.from(Uint8Array.of(1, 2), 8);
const index = HammingIndex.create({ bits: 8 });
const keyed = HammingIndex.create({ bits: 8 });
const loose = index as unknown as Loose;
const looseKeyed = keyed as unknown as Loose;
const statics = HammingIndex as unknown as Loose;

beforeAll(() => {
  useBackend([...allBackends.values()][0]);
  index.add(two);
  keyed.add(two, ['a', 7]);
});

/** The parts of an index that was shared, with some of them replaced. */
function shared(change: object): unknown {
  return { ...index.share(), ...change };
}

/** The same with another store. */
function withStore(data: unknown, shape: unknown = [1, 1, 8]): unknown {
  return shared({ tensors: [{ name: 'store', shape, data }] });
}

const rows: Row[] = [
  ['radius not given', () => loose.rangeSearch(two), TypeError, 'radius must be a number, got und'],
  ['radius below 0', () => index.rangeSearch(two, -1), RangeError, 'radius must be a whole number'],
  ['half a radius', () => index.rangeSearch(two, 0.5), RangeError, 'radius must be a whole number'],
  ['radius no number', () => loose.rangeSearch(two, '3'), TypeError, 'radius must be a number'],
  ['huge radius', () => index.rangeSearch(two, 2 ** 25), RangeError, 'from 0 to 16777216, got 335'],
  ['queries no codes', () => loose.rangeSearch([1], 1), TypeError, 'queries must be BitCodes, got'],
  [
    'limit below 0',
    () => index.rangeSearch(two, 1, { limit: -1 }),
    RangeError,
    'limit must be a w',
  ],
  [
    'huge limit',
    () => index.rangeSearch(two, 1, { limit: 2 ** 31 }),
    RangeError,
    'limit must be a',
  ],
  [
    'limit no number',
    () => loose.rangeSearch(two, 1, { limit: '9' }),
    TypeError,
    'limit must be a',
  ],
  ['limit of search', () => loose.search(two, 1, { limit: 9 }), TypeError, 'got "limit"'],
  ['misspelt option', () => loose.rangeSearch(two, 1, { filters: [] }), TypeError, 'got "filters"'],
  [
    'signal when blocking',
    () => loose.rangeSearch(two, 1, { signal: 1 }),
    TypeError,
    'got "signal"',
  ],
  [
    'threads 0',
    () => index.rangeSearch(two, 1, { threads: 0 }),
    RangeError,
    'threads must be a who',
  ],
  [
    'filter null',
    () => loose.search(two, 1, { filter: null }),
    TypeError,
    'filter must be a bitmap',
  ],
  [
    'filter a number',
    () => loose.search(two, 1, { filter: 3 }),
    TypeError,
    'filter must be a bitmap',
  ],
  [
    'filter of other bytes',
    () => index.search(two, 1, { filter: new Uint8Array(2) }),
    RangeError,
    'filter must have ceil(rows / 8) = 1 bytes, got 2',
  ],
  [
    'filter of floats',
    () => loose.rangeSearch(two, 1, { filter: new Float32Array(1) }),
    TypeError,
    'filter must be an array of safe integers and strings',
  ],
  [
    'filter of halves',
    () => index.search(two, 1, { filter: [0.5] }),
    RangeError,
    'filter[0] must b',
  ],
  [
    'filter that throws',
    () =>
      index.rangeSearch(two, 1, {
        filter: () => {
          throw new RangeError('mine');
        },
      }),
    RangeError,
    'mine',
  ],
  ['bitmap of nothing', () => loose.bitmap(), TypeError, 'filter must be a bitmap, a list of keys'],
  [
    'keys too few',
    () => keyed.add(two, ['b']),
    RangeError,
    'keys must be 2, one for each row, got',
  ],
  [
    'keys twice',
    () => keyed.add(two, ['b', 'b']),
    RangeError,
    'keys[1] must differ from those befo',
  ],
  ['keys present', () => keyed.add(two, ['b', 7]), RangeError, 'keys[1] must not be in the index'],
  ['keys missing', () => keyed.add(two), TypeError, 'keys must be given, as for the rows before'],
  [
    'keys where none are',
    () => index.add(two, [8, 9]),
    TypeError,
    'keys must be absent, as for the',
  ],
  [
    'key not safe',
    () => keyed.add(two, [2 ** 53, 1]),
    RangeError,
    'keys[0] must be a safe integer',
  ],
  ['key of objects', () => looseKeyed.has({}), TypeError, 'key must be a safe integer or a string'],
  ['get without key', () => looseKeyed.get(), TypeError, 'key must be a safe integer or a string'],
  ['remove one key', () => looseKeyed.remove('a'), TypeError, 'keys must be an array of safe'],
  [
    'upsert of no id',
    () => index.upsert(two, [0, 2]),
    RangeError,
    'keys[1] must be an id of the in',
  ],
  ['shared nothing', () => statics.fromShared(), TypeError, 'shared must be an object, got undef'],
  [
    'shared memory that is not',
    () => statics.fromShared(withStore(new BigUint64Array(8))),
    TypeError,
    'shared.tensors[0].data must be a typed array on a SharedArrayBuffer',
  ],
  [
    'shared too short',
    () => statics.fromShared(withStore(new BigUint64Array(new SharedArrayBuffer(32)))),
    RangeError,
    'shared.tensors[0].shape must have product 4, got 8',
  ],
];

describe('HammingIndex refuses', () => {
  it.each(rows)('%s', (_what, call, kind, sentence) => {
    expect(call).toThrow(kind);
    expect(call).toThrow(sentence);
    expect([index.size, index.rows, keyed.size, keyed.rows]).toEqual([2, 2, 2, 2]);
  });

  it.each([
    ['store of another shape', [2, 1, 4], new BigUint64Array(new SharedArrayBuffer(64))],
    ['store of another kind', [1, 1, 8], new Float64Array(new SharedArrayBuffer(64))],
  ])('%s', (_what, shape, data) => {
    const open = (): unknown => statics.fromShared(withStore(data, shape));
    expect(open).toThrow(expect.objectContaining({ code: 'ERR_CORRUPT_FILE' }));
  });

  it('asynchronously, by rejecting', async () => {
    await expect(loose.rangeSearchAsync(two, '3')).rejects.toThrow('radius must be a number');
    await expect(loose.rangeSearchAsync(null, 3)).rejects.toThrow('queries must be BitCodes');
    await expect(loose.rangeSearchAsync(two, 3, { signal: 1 })).rejects.toThrow('signal must be');
    await expect(loose.rangeSearchAsync(two, 3, { limit: 1.5 })).rejects.toThrow('limit must be');
  });

  it('a bitmap whose memory is gone', () => {
    const bitmap = Uint8Array.of(0xff);
    structuredClone(bitmap.buffer, { transfer: [bitmap.buffer] });
    expect(() => index.search(two, 1, { filter: bitmap })).toThrow(
      'ceil(rows / 8) = 1 bytes, got 0',
    );
  });
});
