/**
 * What no index may be brought to by its caller: wrong arguments change nothing and are named, code of the caller that
 * runs inside a call (getters, predicates) may do anything to the index, and memory may be taken away.
 */

import { beforeEach, describe, expect, it } from 'vitest';
import type { Key } from '../../lib/search/keys.ts';
import { IndexTwin } from '../support/index-twin.ts';
import { type AnyIndex, indexCases, range } from '../support/indexes.ts';

const KEYS = range(0, 20).map((id) => `k${id}`);

function detached<Kind extends Float64Array | Uint8Array>(array: Kind): Kind {
  structuredClone(array.buffer, { transfer: [array.buffer as ArrayBuffer] });
  return array;
}

/** Keys of which reading one runs code. */
function trapped(keys: readonly Key[], at: number, run: () => void): Key[] {
  return Object.defineProperty([...keys], at, {
    get: () => {
      run();
      return keys[at];
    },
  });
}

/** What is wrong with keys, for two rows. */
const WRONG_KEYS: readonly (readonly [unknown, typeof TypeError | typeof RangeError, string])[] = [
  [null, TypeError, 'keys must be an array of safe integers and strings'],
  ['ab', TypeError, 'keys must be an array of safe integers and strings'],
  [new Set([1, 2]), TypeError, 'keys must be an array of safe integers and strings'],
  [new BigInt64Array(2), TypeError, 'keys must be an array of safe integers and strings'],
  [new Uint8Array(2), TypeError, 'keys must be an array of safe integers and strings'],
  [detached(Float64Array.of(1, 2)), TypeError, 'keys must have its memory, got a detached array'],
  [['x', 1n], TypeError, 'keys[1] must be a safe integer or a string, got 1n'],
  [['x', undefined], TypeError, 'keys[1] must be a safe integer or a string, got undefined'],
  [['x', new String('y')], TypeError, 'keys[1] must be a safe integer or a string, got String'],
  [['x', 2 ** 53], RangeError, 'keys[1] must be a safe integer or a string, got 9007199254740992'],
  [['x', 0.5], RangeError, 'keys[1] must be a safe integer or a string, got 0.5'],
  [['x', Number.NaN], RangeError, 'keys[1] must be a safe integer or a string, got NaN'],
  [Float64Array.of(1, Infinity), RangeError, 'keys[1] must be a safe integer or a string'],
  [['x', 'a\ud800b'], RangeError, 'keys[1] must be a string without lone surrogates'],
  [['x'], RangeError, 'keys must be 2, one for each row, got 1'],
  [['x', 'y', 'z'], RangeError, 'keys must be 2, one for each row, got 3'],
  [['x', 'x'], RangeError, 'keys[1] must differ from those before it, got "x"'],
  [[0, -0], RangeError, 'keys[1] must differ from those before it, got 0'],
];

const WRONG_FILTERS: readonly (readonly [unknown, typeof TypeError | typeof RangeError, string])[] =
  [
    [null, TypeError, 'filter must be a bitmap, a list of keys, or a function, got null'],
    ['k1', TypeError, 'filter must be a bitmap, a list of keys, or a function, got "k1"'],
    [true, TypeError, 'filter must be a bitmap, a list of keys, or a function, got true'],
    [{}, TypeError, 'filter must be a bitmap, a list of keys, or a function'],
    [new Uint8Array(2), RangeError, 'filter must have ceil(rows / 8) = 3 bytes, got 2'],
    [new Uint8Array(4), RangeError, 'filter must have ceil(rows / 8) = 3 bytes, got 4'],
    [detached(new Uint8Array(3)), RangeError, 'filter must have ceil(rows / 8) = 3 bytes, got 0'],
    [['k1', 1n], TypeError, 'filter[1] must be a safe integer or a string, got 1n'],
    [[1.5], RangeError, 'filter[0] must be a safe integer or a string, got 1.5'],
  ];

const WRONG_SEARCHES: readonly (readonly [
  readonly unknown[],
  typeof TypeError | typeof RangeError,
  string,
])[] = [
  [[undefined], TypeError, 'k must be a number, got undefined'],
  [['3'], TypeError, 'k must be a number, got "3"'],
  [[3n], TypeError, 'k must be a number, got 3n'],
  [[-1], RangeError, 'k must be a whole number from 0 to'],
  [[0.5], RangeError, 'k must be a whole number from 0 to'],
  [[2 ** 40], RangeError, 'k must be a whole number from 0 to 4294967295'],
  [[2 ** 31], RangeError, 'must take at most 4294967296 bytes, got'],
  [[1, null], TypeError, 'options must be an object, got null'],
  [[1, { thread: 1 }], TypeError, 'got "thread"'],
  [[1, { filters: [] }], TypeError, 'got "filters"'],
  [[1, { threads: 0 }], RangeError, 'threads must be a whole number from 1 to 256, got 0'],
  [[1, { threads: '2' }], TypeError, 'threads must be a number, got "2"'],
];

/** Rows of a table by what is told. */
function bySentence<Value, Kind>(
  rows: readonly (readonly [Value, Kind, string])[],
): [string, Value, Kind][] {
  return rows.map(([value, error, sentence]) => [sentence, value, error]);
}

describe.each(indexCases)('$indexName on $name', ({ kind, prepared }) => {
  const { pick } = kind;
  let index: AnyIndex;
  let twin: IndexTwin;

  beforeEach(() => {
    prepared();
    index = kind.create();
    twin = new IndexTwin(kind, true);
    index.add(pick(range(0, 20)), KEYS);
    twin.add(range(0, 20), KEYS);
    index.remove(['k3', 'k11']);
    twin.remove(['k3', 'k11']);
  });

  function unchanged(): void {
    twin.expectSame(index);
    expect(index.search(pick([2]), 20)).toEqual(twin.neighbors([2], 20));
  }

  it.each(bySentence(WRONG_KEYS))('says that %s, and changes nothing', (sentence, keys, error) => {
    for (const method of ['add', 'upsert'] as const) {
      expect(() => index[method](pick([30, 31]), keys)).toThrow(error);
      expect(() => index[method](pick([30, 31]), keys)).toThrow(sentence);
    }
    unchanged();
  });

  it('refuses keys that are no keys wherever they are asked for', () => {
    for (const key of [undefined, null, 1n, {}, ['k1'], Symbol('k1')]) {
      expect(() => index.has(key)).toThrow('key must be a safe integer or a string, got');
      expect(() => index.get(key)).toThrow(TypeError);
      expect(() => index.remove([key])).toThrow('keys[0] must be a safe integer or a string');
      if (!Array.isArray(key)) expect(() => index.remove(key)).toThrow(TypeError);
    }
    expect(() => index.has(1.5)).toThrow(RangeError);
    expect(() => index.get('\udc00')).toThrow('key must be a string without lone surrogates');
    expect(() => index.remove(['k1', 2 ** 53])).toThrow(RangeError);
    unchanged();
  });

  it('refuses present keys in add, wherever they stand, and a keyless batch', () => {
    expect(() => index.add(pick([30, 31]), ['x', 'k7'])).toThrow(RangeError);
    const sentence = 'keys[1] must not be in the index, got "k7"';
    expect(() => index.add(pick([30, 31]), ['x', 'k7'])).toThrow(sentence);
    expect(() => index.add(pick([30]))).toThrow('keys must be given, as for the rows before');
    expect(() => index.upsert(pick([30]), undefined)).toThrow(TypeError);
    expect(() => index.upsert(pick([30, 31]), ['x', 'x'])).toThrow('keys[1] must differ');
    unchanged();
  });

  it('refuses rows of which one is wrong, and what is no rows', async () => {
    for (const items of [kind.wrongRow(), ...kind.wrongItems]) {
      expect(() => index.add(items, ['x', 'y'])).toThrow();
      expect(() => index.upsert(items, ['k1', 'y'])).toThrow();
      expect(() => index.search(items, 3)).toThrow();
      await expect(index.searchAsync(items, 3)).rejects.toThrow();
    }
    unchanged();
  });

  it.each(bySentence(WRONG_FILTERS))('says that %s', async (sentence, filter, error) => {
    for (const find of ['search', 'searchAsync'] as const) {
      const call = async (): Promise<unknown> => index[find](pick([1]), 1, { filter });
      await expect(call).rejects.toThrow(error);
      await expect(call).rejects.toThrow(sentence);
    }
    expect(() => index.bitmap(filter)).toThrow(sentence);
    unchanged();
  });

  it.each(bySentence(WRONG_SEARCHES))('says that %s', async (sentence, given, error) => {
    for (const find of ['search', 'searchAsync'] as const) {
      const [k, ...options] = given;
      const call = async (): Promise<unknown> => index[find](pick([1, 2]), k, ...options);
      await expect(call).rejects.toThrow(error);
      await expect(call).rejects.toThrow(sentence);
    }
    const wrong = [{ signal: 3 }, { onProgress: 3 }];
    for (const options of wrong) {
      expect(() => index.search(pick([1]), 1, options)).toThrow(TypeError);
      await expect(index.searchAsync(pick([1]), 1, options)).rejects.toThrow(TypeError);
    }
    unchanged();
  });

  it('takes keys whose reading changes the index, as if that had come before', () => {
    const meddle = (): void => {
      if (index.has('z')) return;
      index.remove(['k5']);
      twin.remove(['k5']);
      index.add(pick([40]), ['z']);
      twin.add([40], ['z']);
    };
    expect([...index.add(pick([30, 31]), trapped(['x', 'y'], 1, meddle))]).toEqual(
      twin.add([30, 31], ['x', 'y']),
    );
    unchanged();
    const again = (): void => {
      index.remove(['z', 'k6']);
      twin.remove(['z', 'k6']);
    };
    const ids = index.upsert(pick([32, 33]), trapped(['z', 'k6'], 1, again));
    expect([...ids]).toEqual(twin.upsert([32, 33], ['z', 'k6']));
    expect(index.remove(trapped(['k1', 'z'], 1, again))).toBe(twin.remove(['k1', 'z']));
    unchanged();
  });

  it('refuses a key that came into the index while keys were read', () => {
    const meddle = (): void => {
      if (index.has('x')) return;
      index.add(pick([40]), ['x']);
      twin.add([40], ['x']);
    };
    const add = (): unknown => index.add(pick([30, 31]), trapped(['x', 'y'], 1, meddle));
    expect(add).toThrow('keys[0] must not be in the index, got "x"');
    unchanged();
    const fail = (): never => {
      throw new Error('from the caller');
    };
    expect(() => index.add(pick([30]), trapped(['q'], 0, fail))).toThrow('from the caller');
    expect(() => index.remove(trapped(['k1', 'k2'], 1, fail))).toThrow('from the caller');
    unchanged();
  });

  it('finds no row that a predicate removed, and none that it added', async () => {
    for (const find of ['search', 'searchAsync'] as const) {
      let next = 100;
      const filter = (key: Key, id: number): boolean => {
        index.remove([`k${id + 1}`]);
        twin.remove([`k${id + 1}`]);
        const rows = range(next, next + 3);
        next += 3;
        index.upsert(
          pick(rows),
          rows.map((row) => `${find}${row}`),
        );
        twin.upsert(
          rows,
          rows.map((row) => `${find}${row}`),
        );
        return index.search(pick([1]), 1).counts[0] === 1 && String(key).startsWith('k');
      };
      const { ids, keys, counts } = await index[find](pick([2]), 30, { filter });
      const found = [...ids].slice(0, counts[0]);
      for (const [i, id] of found.entries()) {
        const key = keys?.[i] ?? '';
        expect([twin.find(key), index.has(key)]).toEqual([id, true]);
      }
      unchanged();
    }
  });

  it('passes on what a predicate throws', async () => {
    const filter = (): never => {
      throw new Error('from the caller');
    };
    expect(() => index.search(pick([1]), 1, { filter })).toThrow('from the caller');
    await expect(index.searchAsync(pick([1]), 1, { filter })).rejects.toThrow('from the caller');
    expect(() => index.bitmap(filter)).toThrow('from the caller');
    unchanged();
  });

  it('keeps copies: what the caller writes to later changes nothing', () => {
    const items = pick([50, 51]);
    const keys = ['x', 'y'];
    const ids = index.add(items, keys);
    twin.add([50, 51], ['x', 'y']);
    kind.overwrite(items);
    keys.fill('k1');
    ids.fill(7);
    const got = index.get('y') as object;
    kind.overwrite(got);
    index.bitmap(() => true).fill(0);
    unchanged();
  });

  it('cannot be made by its constructor', () => {
    const made = index.constructor;
    const make = (...given: unknown[]): unknown => Reflect.construct(made, given);
    expect(() => make()).toThrow(TypeError);
    expect(() => make({ bits: 8 })).toThrow('got a call of its constructor');
  });
});
