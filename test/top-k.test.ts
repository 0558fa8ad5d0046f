/** topK as users call it: forms of input, places without a value, and bad arguments. */

import { beforeEach, describe, expect, it } from 'vitest';
import { topK } from '../lib/top-k.ts';
import { allBackends, useBackend } from './support/backends.ts';

describe.each([...allBackends])('topK on %s', (_name, backend) => {
  beforeEach(() => useBackend(backend));

  it('gives the largest first, equal ones by column, 0 and -0 as equal', () => {
    const found = topK([[3, -0, 9, 0, 9, 3]], { k: 6 });
    expect([...found.ids]).toEqual([2, 4, 0, 5, 1, 3]);
    expect([...found.values]).toEqual([9, 9, 3, 3, -0, 0]);
    expect([found.rows, found.k, ...found.counts]).toEqual([1, 6, 6]);
  });

  it('takes flat arrays of every kind', () => {
    for (const values of [[1, 4, 2, 8, 7, 9], Int8Array.of(1, 4, 2, 8, 7, 9)]) {
      expect([...topK(values, { k: 1, columns: 3 }).ids]).toEqual([1, 2]);
    }
    expect(topK(new Float32Array(0), { k: 2, columns: 3 })).toMatchObject({ rows: 0, k: 2 });
  });

  it('fills the places after the last column, and finds none for k = 0', () => {
    const more = topK([[1], [2]], { k: 3 });
    const none = 0xffffffff;
    expect([...more.ids]).toEqual([0, none, none, 0, none, none]);
    expect([...more.values]).toEqual([1, -Infinity, -Infinity, 2, -Infinity, -Infinity]);
    expect([...more.counts]).toEqual([1, 1]);
    const zero = topK([[1], [2]], { k: 0 });
    expect([zero.rows, zero.k, zero.ids.length, ...zero.counts]).toEqual([2, 0, 0, 0, 0]);
  });

  it('gives the same on any number of threads', () => {
    const values = Float32Array.from({ length: 500_000 }, (_, i) => Math.imul(i, 40503) % 1009);
    const one = topK(values, { k: 7, columns: 100 });
    expect(topK(values, { k: 7, columns: 100, threads: 3 })).toEqual(one);
  });

  it.each<[unknown, unknown, typeof RangeError | typeof TypeError, string]>([
    [[[1, 2]], undefined, TypeError, 'options must be an object, got undefined'],
    [[[1, 2]], {}, TypeError, 'k must be a number, got undefined'],
    [[[1, 2]], { k: -1 }, RangeError, 'k must be a whole number from 0 to'],
    [[[1, 2]], { k: 1, n: 2 }, TypeError, 'got "n"'],
    [[1, 2], { k: 1 }, TypeError, 'must be given when values is a flat array'],
    [[1, 2, 3], { k: 1, columns: 2 }, RangeError, 'values must have a multiple of'],
    [[[1, Number.NaN]], { k: 0 }, RangeError, 'values[0][1] must be finite, got NaN'],
    [[[1, 2], [3]], { k: 1 }, RangeError, 'values[1].length must be'],
    ['text', { k: 1, columns: 2 }, TypeError, 'values must be a Float32Array'],
    [[[1, 2]], { k: 2 ** 32 - 1 }, RangeError, 'ids must take at most'],
  ])('refuses %j with %j', (values, options, kind, sentence) => {
    const call = (): unknown => topK(values as never, options as never);
    expect(call).toThrow(kind);
    expect(call).toThrow(sentence);
  });
});
