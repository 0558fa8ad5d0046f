/** Bad arguments to NoveltyFilter: the kind of error and its sentence, and a filter that stays as it was. */

import { describe, expect, it } from 'vitest';
import { NoveltyFilter, SparseCodes } from '../../lib/public.ts';

type Loose = (...args: readonly unknown[]) => unknown;
type Kind = typeof TypeError | typeof RangeError;
type Row = readonly [what: string, call: () => unknown, kind: Kind, sentence: string];

const create = NoveltyFilter.create as unknown as Loose;
const filter = NoveltyFilter.create({ units: 4 });
const loose = filter as unknown as Record<string, Loose>;

function codes(...indices: number[]): SparseCodes {
  return SparseCodes.from(Uint32Array.from(indices), { units: 4, active: 2 });
}

function adopted(indices: Uint32Array): SparseCodes {
  return SparseCodes.adopt(indices, { units: 4, active: 2 });
}

function detached(): SparseCodes {
  const indices = Uint32Array.of(0, 1);
  const result = adopted(indices);
  structuredClone(indices.buffer, { transfer: [indices.buffer] });
  return result;
}

/** Codes whose owner wrote these indices after they were checked. */
function rewritten(buffer: ArrayBuffer | SharedArrayBuffer, ...indices: number[]): SparseCodes {
  const memory = new Uint32Array(buffer);
  memory.set([0, 1, 0, 1]);
  const result = adopted(memory);
  memory.set(indices);
  return result;
}

const merged = (options: object): unknown => {
  const other = NoveltyFilter.create({ units: 4, ...options });
  return filter.merge(other);
};

const rows: readonly Row[] = [
  ['no options', () => create(), TypeError, 'options must be an object, got undefined'],
  ['null', () => create(null), TypeError, 'options must be an object, got null'],
  ['a misspelt option', () => create({ units: 4, delta: 0 }), TypeError, 'got "delta"'],
  ['no units', () => create({}), TypeError, 'units must be a number, got undefined'],
  ['zero units', () => create({ units: 0 }), RangeError, 'units must be a whole number from 1 to'],
  [
    'too many',
    () => create({ units: 2 ** 24 + 1 }),
    RangeError,
    'from 1 to 16777216, got 16777217',
  ],
  ['text', () => create({ units: 4, decay: '0' }), TypeError, 'decay must be a number, got "0"'],
  ['null decay', () => create({ units: 4, decay: null }), TypeError, 'decay must be a number, got'],
  ['decay 1', () => create({ units: 4, decay: 1 }), RangeError, 'decay must be from 0 to below 1'],
  ['decay near 1', () => create({ units: 4, decay: 1 - 1e-9 }), RangeError, 'as float32, got 0.99'],
  ['decay -1', () => create({ units: 4, decay: -1 }), RangeError, 'decay must be from 0 to below'],
  ['no number', () => create({ units: 4, decay: Number.NaN }), RangeError, 'decay must be from 0'],
  [
    'recovery 2',
    () => create({ units: 4, recovery: 2 }),
    RangeError,
    'recovery must be from 0 to 1',
  ],
  ['infinity', () => create({ units: 4, recovery: Infinity }), RangeError, 'got Infinity'],
  ['a bigint', () => create({ units: 4, recovery: 0n }), TypeError, 'recovery must be a number'],
  [
    'its constructor',
    () => Reflect.construct(NoveltyFilter, [4]),
    TypeError,
    'NoveltyFilter.create',
  ],
  ['no other', () => loose.merge(), TypeError, 'other must be NoveltyFilter, got undefined'],
  [
    'other units',
    () => merged({ units: 5 }),
    RangeError,
    'other.units must be 4, as in this filter',
  ],
  [
    'decay there',
    () => merged({ decay: 0.5 }),
    RangeError,
    'other.decay must be 0 to merge, got 0.5',
  ],
  [
    'recovery',
    () => merged({ recovery: 1 }),
    RangeError,
    'other.recovery must be 0 to merge, got 1',
  ],
  [
    'decay here',
    () => NoveltyFilter.create({ units: 4, decay: 0.5 }).merge(filter),
    RangeError,
    'this.decay must be 0 to merge, got 0.5',
  ],
];

/** What is wrong with codes, for all methods that take them. */
const badCodes: readonly (readonly [string, () => unknown, Kind, string])[] = [
  ['nothing', () => undefined, TypeError, 'codes must be SparseCodes, got undefined'],
  ['indices', () => Uint32Array.of(0, 1), TypeError, 'codes must be SparseCodes, got Uint32Array'],
  ['a look-alike', () => ({ ...codes(0, 1) }), TypeError, 'codes must be SparseCodes, got Object'],
  [
    'other units',
    () => SparseCodes.from(Uint32Array.of(0, 1), { units: 5, active: 2 }),
    RangeError,
    'codes must have 4 units, as the filter, got 5',
  ],
  ['detached codes', detached, TypeError, 'codes must have its memory, got a detached array'],
  [
    'units that do not ascend any more',
    () => rewritten(new ArrayBuffer(16), 0, 1, 2, 2),
    RangeError,
    'indices[1][1] must be above 2, the index before it, got 2',
  ],
  [
    'a unit that there is not, in shared memory',
    () => rewritten(new SharedArrayBuffer(16), 0, 1, 2, 4),
    RangeError,
    'indices[1][1] must be below 4, got 4',
  ],
];

describe('NoveltyFilter', () => {
  it.each(rows)('refuses %s', (_what, call, kind, sentence) => {
    expect(call).toThrow(kind);
    expect(call).toThrow(sentence);
    expect(filter.count).toBe(0);
  });

  it.each(badCodes)('refuses %s as codes, and nothing of them is inserted', async (...row) => {
    const [, bad, kind, sentence] = row;
    for (const method of ['novelty', 'add', 'addAndScore']) {
      expect(() => loose[method](bad())).toThrow(kind);
      expect(() => loose[method](bad())).toThrow(sentence);
      const rejected = (): Promise<unknown> => loose[`${method}Async`](bad()) as Promise<unknown>;
      await expect(rejected()).rejects.toThrow(kind);
      await expect(rejected()).rejects.toThrow(sentence);
    }
    expect(filter.count).toBe(0);
    expect([...filter.novelty(codes(0, 1, 2, 3))]).toEqual([1, 1]);
  });

  it.each([
    ['options of another kind', 3, 'options must be an object, got 3'],
    ['a misspelt option', { threads: 2 }, 'options must have only the keys signal, onProgress'],
    ['no signal', { signal: {} }, 'signal must be an AbortSignal'],
    ['no function', { onProgress: true }, 'onProgress must be a function, got true'],
  ])('rejects %s', async (_what, options, sentence) => {
    for (const method of ['noveltyAsync', 'addAsync', 'addAndScoreAsync']) {
      const call = (): unknown => loose[method](codes(0, 1), options);
      await expect(call).rejects.toThrow(TypeError);
      await expect(call).rejects.toThrow(sentence);
    }
    expect(filter.count).toBe(0);
  });

  it.each([
    ['nothing', undefined, 'shared must be an object, got undefined'],
    ['no kind', { parameters: {}, tensors: [] }, 'shared.kind must be a string, got undefined'],
    [
      'arrays that are not shared',
      {
        ...NoveltyFilter.create({ units: 1 }).share(),
        tensors: [{ name: 'weights', shape: [1], data: new Float32Array(1) }],
      },
      'shared.tensors[0].data must be a typed array on a SharedArrayBuffer, got Float32Array(1)',
    ],
  ])('fromShared refuses %s', (_what, shared, sentence) => {
    const open = (): unknown => (NoveltyFilter.fromShared as unknown as Loose)(shared);
    expect(open).toThrow(TypeError);
    expect(open).toThrow(sentence);
  });
});
