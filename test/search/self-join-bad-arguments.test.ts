/** What HammingIndex.selfJoin refuses, at the call. */

import { beforeAll, describe, expect, it } from 'vitest';
import { HammingIndex } from '../../lib/search/hamming-index.ts';
import { allBackends, useBackend } from '../support/backends.ts';
import { codes } from '../support/codes.ts';

describe('selfJoin with bad arguments', () => {
  const backend = [...allBackends.values()][0];
  beforeAll(() => useBackend(backend));
  useBackend(backend);
  const index = HammingIndex.create({ bits: 8 });
  index.add(codes(9, 8, 'random', 1));
  const join = (...args: unknown[]): unknown =>
    (index.selfJoin as (...args: unknown[]) => unknown).apply(index, args);

  it.each([
    ['no radius', [], TypeError, 'radius must be a number, got undefined'],
    ['a text', ['1'], TypeError, 'radius must be a number, got "1"'],
    [
      'half a radius',
      [0.5],
      RangeError,
      'radius must be a whole number from 0 to 16777216, got 0.5',
    ],
    [
      'a negative radius',
      [-1],
      RangeError,
      'radius must be a whole number from 0 to 16777216, got',
    ],
    ['an absurd radius', [2 ** 40], RangeError, 'from 0 to 16777216, got 1099511627776'],
    ['NaN', [Number.NaN], RangeError, 'radius must be a whole number from 0 to 16777216, got NaN'],
    ['no options', [1, null], TypeError, 'options must be an object, got null'],
    [
      'a misspelt option',
      [1, { thread: 1 }],
      TypeError,
      'filter, signal, onProgress, got "thread"',
    ],
    ['no threads', [1, { threads: 0 }], RangeError, 'threads must be a whole number from 1 to 256'],
    ['no signal', [1, { signal: 1 }], TypeError, 'signal must be an AbortSignal, got 1'],
    ['no function', [1, { onProgress: 1 }], TypeError, 'onProgress must be a function, got 1'],
    [
      'no filter',
      [1, { filter: 3 }],
      TypeError,
      'filter must be a bitmap, a list of keys, or a fu',
    ],
    [
      'a short bitmap',
      [1, { filter: new Uint8Array(1) }],
      RangeError,
      'filter must have ceil(rows / 8) = 2 bytes, got 1',
    ],
  ])('refuses %s', (_what, args, kind, message) => {
    expect(() => join(...args)).toThrow(kind);
    expect(() => join(...args)).toThrow(message);
  });

  it('throws the reason of a signal that is aborted already', () => {
    expect(() => join(1, { signal: AbortSignal.abort('early') })).toThrow('early');
  });
});
