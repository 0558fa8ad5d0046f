/** Every hasher against every kind of bad input: the error of docs/architecture.md, never a crash or a silent answer. */

import { describe, expect, it } from 'vitest';
import type { Vectors } from '../../lib/vectors.ts';
import { concatenated, DIM, hasherCases, manyVectors } from '../support/hashers.ts';

const good = manyVectors(3);

function bad(at: number, value: number): Float32Array {
  const vectors = manyVectors(3);
  vectors[at] = value;
  return vectors;
}

function detached(): Float32Array {
  const vectors = manyVectors(3);
  structuredClone(vectors.buffer, { transfer: [vectors.buffer as ArrayBuffer] });
  return vectors;
}

function outgrown(): Float32Array {
  const buffer = new ArrayBuffer(12 * DIM, { maxByteLength: 12 * DIM });
  const vectors = new Float32Array(buffer, 0, 3 * DIM);
  buffer.resize(0);
  return vectors;
}

const firstRow = good.subarray(0, DIM);
const cutRow = good.subarray(0, DIM + 1);
const shortRow = [firstRow, [1, 2]];
const textRow = [firstRow, 'x'];
const textNumber = [[...good.subarray(0, DIM - 1), '1']];
const hole = [...good.subarray(0, DIM - 1), undefined];
const nanInList = [[...bad(3, Number.NaN).subarray(0, DIM)]];
const tooBig = Float64Array.from(good, (v, i) => (i === 30 ? 1e39 : v));
const noMemory = 'must have its memory, got a detached array';

const wrongKinds: [string, () => unknown, string][] = [
  ['undefined', () => undefined, 'got undefined'],
  ['null', () => null, 'got null'],
  ['a string', () => 'vectors', 'got "vectors"'],
  ['an object', () => ({ length: DIM }), 'got Object'],
  ['a DataView', () => new DataView(new ArrayBuffer(96)), 'got DataView'],
  ['an ArrayBuffer', () => new ArrayBuffer(96), 'got ArrayBuffer'],
  ['big integers', () => new BigInt64Array(DIM), 'got BigInt64Array(24)'],
  ['Int32Array', () => new Int32Array(DIM), 'got Int32Array(24)'],
  ['a row of another kind', () => textRow, 'vectors[1] must be an array of numbers, got "x"'],
  ['a string among numbers', () => textNumber, 'vectors[0][23] must be a number, got "1"'],
  ['a hole', () => hole, 'vectors[23] must be a number, got undefined'],
  ['a detached array', detached, `vectors ${noMemory}`],
  ['a view outside its resized buffer', outgrown, `vectors ${noMemory}`],
  ['a detached row', () => [detached()], `vectors[0] ${noMemory}`],
];

const wrongValues: [string, () => unknown, string][] = [
  ['a cut row', () => cutRow, 'vectors must have a multiple of dim = 24 numbers, got 25'],
  ['a short row in a list', () => shortRow, 'vectors[1].length must be dim = 24, got 2'],
  ['NaN', () => bad(2 * DIM + 17, Number.NaN), 'vectors[2][17] must be finite, got NaN'],
  [
    'infinity',
    () => bad(5, Number.POSITIVE_INFINITY),
    'vectors[0][5] must be finite, got Infinity',
  ],
  ['NaN in a list', () => nanInList, 'vectors[0][3] must be finite, got NaN'],
  ['too big for float32', () => tooBig, 'vectors[1][6] must be finite as a float32, got 1e+39'],
];

const wrongOptions: [string, unknown, string][] = [
  ['no object', 7, 'options must be an object, got 7'],
  ['null', null, 'options must be an object, got null'],
  ['an unknown key', { thread: 2 }, 'got "thread"'],
  ['threads 0', { threads: 0 }, 'threads must be a whole number from 1 to 256, got 0'],
  ['threads 1.5', { threads: 1.5 }, 'threads must be a whole number from 1 to 256, got 1.5'],
  ['threads 1e9', { threads: 1e9 }, 'threads must be a whole number from 1 to 256, got 1000000000'],
  ['threads "2"', { threads: '2' }, 'threads must be a number, got "2"'],
];

describe.each(hasherCases)('bad input to $hasherName on $name', ({ prepared }) => {
  describe.each([
    { kind: TypeError, table: wrongKinds },
    { kind: RangeError, table: wrongValues },
  ])('$kind.name', ({ kind, table }) => {
    it.each(table)('%s', async (_name, value, sentence) => {
      const hasher = await prepared();
      const vectors = value() as Vectors;
      expect(() => hasher.hash(vectors)).toThrow(kind);
      expect(() => hasher.hash(vectors)).toThrow(sentence);
      await expect(hasher.hashAsync(vectors)).rejects.toThrow(kind);
      await expect(hasher.hashAsync(vectors)).rejects.toThrow(sentence);
    });
  });

  it.each(wrongOptions)('options: %s', async (_name, options, sentence) => {
    const hasher = await prepared();
    expect(() => hasher.hash(good, options as object)).toThrow(sentence);
    await expect(hasher.hashAsync(good, options as object)).rejects.toThrow(sentence);
  });

  it('options: signal and onProgress of the wrong kind', async () => {
    const hasher = await prepared();
    const signal = { aborted: false } as unknown as AbortSignal;
    await expect(hasher.hashAsync(good, { signal })).rejects.toThrow(
      'signal must be an AbortSignal, got Object',
    );
    const onProgress = 'x' as unknown as () => void;
    await expect(hasher.hashAsync(good, { onProgress })).rejects.toThrow(
      'onProgress must be a function, got "x"',
    );
  });

  it('a stream of something else', async () => {
    const stream = (await prepared()).hashStream(7 as unknown as Iterable<Vectors>);
    const sentence = 'batches must be an iterable or async iterable of vectors, got 7';
    await expect(concatenated(stream)).rejects.toThrow(sentence);
  });

  it('a stream whose third batch is bad gives the first two codes', async () => {
    const hasher = await prepared();
    const seen: number[] = [];
    const read = async (): Promise<void> => {
      for await (const codes of hasher.hashStream([good, good, bad(0, Number.NaN)]))
        seen.push(codes.rows);
    };
    await expect(read()).rejects.toThrow('vectors[0][0] must be finite, got NaN');
    expect(seen).toEqual([3, 3]);
  });
});
