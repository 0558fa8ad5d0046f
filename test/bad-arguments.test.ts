/**
 * Bad arguments to every public function but the hashers' hash and hashAsync (test/hash/bad-input.test.ts): the
 * kind of error and the sentence that design and docs promise, never a crash, an internal message, or an
 * allocation that was never going to succeed.
 */

import { beforeAll, describe, expect, it } from 'vitest';
import * as flyhash from '../lib/public.ts';
import { allBackends, useBackend } from './support/backends.ts';

const { BinaryQuantizer, BitCodes, DenseFly, exactNeighbors, FlyHash } = flyhash;
const { HammingIndex, SimHash, SparseCodes, topK } = flyhash;

/** The public surface as JavaScript sees it. */
type Loose = (...args: readonly unknown[]) => unknown;
const loose = (call: unknown): Loose => call as Loose;

type Kind = typeof TypeError | typeof RangeError;
type Row = readonly [what: string, call: () => unknown, kind: Kind, sentence: string];

const TOO_LARGE = 'must take at most 4294967296 bytes, got';
const data = [
  [1, 2],
  [3, 4],
];

function detached(length: number): Float32Array {
  const array = new Float32Array(length);
  structuredClone(array.buffer, { transfer: [array.buffer as ArrayBuffer] });
  return array;
}

/** Numbers that are no size of anything. */
const NO_SIZE: readonly unknown[] = [0, -1, 1.5, Number.NaN, 2 ** 40, Infinity, -Infinity];
/** What is no number. */
const NO_NUMBER: readonly unknown[] = [null, '8', true, {}, [8], 8n, Symbol('8'), () => 8];

interface Option {
  readonly create: (options: never) => unknown;
  readonly rest: object;
  readonly name: string;
}

beforeAll(() => useBackend([...allBackends.values()][0]));

function option(create: unknown, rest: object, name: string): Option {
  return { create: create as (options: never) => unknown, rest, name };
}

const sizes: readonly Option[] = [
  option(BinaryQuantizer.create, {}, 'dim'),
  option(SimHash.create, { bits: 8 }, 'dim'),
  option(SimHash.create, { dim: 8 }, 'bits'),
  option(FlyHash.create, {}, 'dim'),
  option(FlyHash.create, { dim: 8 }, 'units'),
  option(FlyHash.create, { dim: 8 }, 'active'),
  option(FlyHash.create, { dim: 8 }, 'fanIn'),
  option(DenseFly.create, { bits: 8 }, 'dim'),
  option(DenseFly.create, { dim: 8 }, 'bits'),
  option(DenseFly.create, { dim: 8, bits: 8 }, 'fanIn'),
  option(HammingIndex.create, {}, 'bits'),
];
const seeds: readonly Option[] = [
  option(SimHash.create, { dim: 8, bits: 8 }, 'seed'),
  option(FlyHash.create, { dim: 8 }, 'seed'),
  option(DenseFly.create, { dim: 8, bits: 8 }, 'seed'),
];

describe('options of create', () => {
  it.each(sizes)('$name with $rest refuses what is no size', ({ create, rest, name }) => {
    for (const value of NO_SIZE) {
      const call = (): unknown => create({ ...rest, [name]: value } as never);
      expect(call).toThrow(RangeError);
      expect(call).toThrow(`${name} must be a whole number from 1 to`);
    }
  });

  it.each(seeds)('$name with $rest refuses what is no seed', ({ create, rest }) => {
    for (const seed of [-1, 0.5, Number.NaN, 2 ** 53, Infinity]) {
      const call = (): unknown => create({ ...rest, seed } as never);
      expect(call).toThrow(RangeError);
      expect(call).toThrow('seed must be a whole number from 0 to 9007199254740991, got');
    }
  });

  it.each([...sizes, ...seeds])('$name with $rest refuses what is no number', (given) => {
    for (const value of NO_NUMBER) {
      const call = (): unknown => given.create({ ...given.rest, [given.name]: value } as never);
      expect(call).toThrow(TypeError);
      expect(call).toThrow(`${given.name} must be a number, got`);
    }
  });

  it.each(sizes)('$name with $rest refuses other options and other kinds', ({ create, rest }) => {
    for (const options of [undefined, null, 7, 'dim', [], () => 1, new Float32Array(2)]) {
      expect(() => create(options as never)).toThrow(TypeError);
      expect(() => create(options as never)).toThrow('options must be an object, got');
    }
    expect(() => create({ ...rest, dimension: 8 } as never)).toThrow(TypeError);
    expect(() => create({ ...rest, dimension: 8 } as never)).toThrow('got "dimension"');
  });
});

const quantizer = loose(BinaryQuantizer.create);
const nan = Float32Array.of(0, Number.NaN);
const values: Row[] = [
  ['no thresholds', () => quantizer({ dim: 2, thresholds: null }), TypeError, 'got null'],
  ['a list', () => quantizer({ dim: 2, thresholds: [0, 0] }), TypeError, 'got an array of 2'],
  ['one', () => quantizer({ dim: 2, thresholds: 'one' }), TypeError, "must be 'zero' or a Fl"],
  ['NaN', () => quantizer({ dim: 2, thresholds: nan }), RangeError, 'thresholds[1] must be finite'],
  [
    'three thresholds',
    () => quantizer({ dim: 2, thresholds: new Float32Array(3) }),
    RangeError,
    'thresholds.length must be dim = 2, got 3',
  ],
  [
    'detached thresholds',
    () => quantizer({ dim: 2, thresholds: detached(2) }),
    TypeError,
    'thresholds must have its memory, got a detached array',
  ],
  [
    'a projection',
    () => loose(SimHash.create)({ dim: 2, bits: 8, projection: 'dense' }),
    RangeError,
    "projection must be one of 'gaussian', 'orthogonal', 'hadamard', got \"dense\"",
  ],
  [
    'no projection',
    () => loose(SimHash.create)({ dim: 2, bits: 8, projection: null }),
    TypeError,
    'projection must be one of',
  ],
  ['9 of 8', () => FlyHash.create({ dim: 8, units: 8, active: 9 }), RangeError, 'active must be a'],
  ['fan-in 9 of 8', () => FlyHash.create({ dim: 8, fanIn: 9 }), RangeError, 'from 1 to 8, got 9'],
];

const million = { dim: 2 ** 24, bits: 2 ** 20 };
const absurd: Row[] = [
  ['gaussian', () => SimHash.create(million), RangeError, `projection, ${TOO_LARGE} 1048576 rows`],
  [
    'orthogonal',
    () => SimHash.create({ ...million, projection: 'orthogonal' }),
    RangeError,
    `bits x dim, the projection, ${TOO_LARGE}`,
  ],
  [
    'hadamard',
    () => SimHash.create({ ...million, projection: 'hadamard' }),
    RangeError,
    'dim must be a whole number from 1 to 1048576',
  ],
  ['fly', () => FlyHash.create({ dim: 2 ** 24 }), RangeError, `the connections, ${TOO_LARGE}`],
  [
    'dense fly',
    () => DenseFly.create({ dim: 2 ** 24, bits: 2 ** 24 }),
    RangeError,
    `units x fanIn, the connections, ${TOO_LARGE}`,
  ],
  [
    'codes',
    () =>
      SimHash.create({ dim: 1, bits: 2 ** 20, projection: 'hadamard' }).hash(
        new Int8Array(2 ** 15 + 1),
      ),
    RangeError,
    `codes ${TOO_LARGE} 32769 rows of 131072 bytes`,
  ],
  [
    'winners',
    () =>
      FlyHash.create({ dim: 1, units: 2 ** 16, active: 2 ** 16, fanIn: 1 }).activations(
        new Int8Array(2 ** 14 + 1),
      ),
    RangeError,
    `values ${TOO_LARGE} 16385 rows of 262144 bytes`,
  ],
  ['top k', () => topK(data, { k: 2 ** 31 }), RangeError, `ids ${TOO_LARGE}`],
  ['neighbours', () => exactNeighbors(data, data, 2 ** 31, 'l2'), RangeError, `ids ${TOO_LARGE}`],
  [
    'search',
    () =>
      HammingIndex.create({ bits: 8 }).search(BitCodes.from(Uint8Array.of(1, 2), 8), 2 ** 32 - 1),
    RangeError,
    `results ${TOO_LARGE}`,
  ],
];

const fly = FlyHash.create({ dim: 2, units: 8, active: 2 });
const dense = DenseFly.create({ dim: 2, bits: 8 });
const pseudoHash = loose(dense.pseudoHash.bind(dense));
const activations = loose(fly.activations.bind(fly));
const divisor = 'keyBits must be a divisor of bits = 8, got 3';
const others: Row[] = [
  ['pseudoHash: no key', () => pseudoHash(data), TypeError, 'keyBits must be a number, got undef'],
  ['pseudoHash: 3', () => pseudoHash(data, 3), RangeError, divisor],
  ['pseudoHash: 9', () => pseudoHash(data, 9), RangeError, 'keyBits must be a whole number from 1'],
  [
    'pseudoHash: NaN',
    () => pseudoHash([[1, Number.NaN]], 2),
    RangeError,
    'vectors[0][1] must be f',
  ],
  ['pseudoHash: kind', () => pseudoHash('x', 2), TypeError, 'vectors must be a Float32Array'],
  ['pseudoHash: options', () => pseudoHash(data, 2, { t: 1 }), TypeError, 'options must have only'],
  [
    'pseudoHash: detached',
    () => pseudoHash(detached(2), 2),
    TypeError,
    'vectors must have its mem',
  ],
  ['activations: kind', () => activations(null), TypeError, 'vectors must be a Float32Array'],
  ['activations: cut', () => activations([1, 2, 3]), RangeError, 'vectors must have a multiple of'],
  ['activations: options', () => activations(data, null), TypeError, 'options must be an object'],
  ['activations: threads', () => activations(data, { threads: 0 }), RangeError, 'threads must be'],
  [
    'activations: infinity',
    () => activations([0, Infinity]),
    RangeError,
    'vectors[0][1] must be f',
  ],
  ['topK: a flat array', () => topK([1, 2], { k: 1 }), TypeError, 'columns must be given when'],
  ['topK: a kind', () => loose(topK)(7, { k: 1 }), TypeError, 'values must be a Float32Array'],
  [
    'topK: columns',
    () => topK([1], { k: 1, columns: 2 ** 30 }),
    RangeError,
    'columns must be a wh',
  ],
  ['topK: empty rows', () => topK([[]], { k: 1 }), RangeError, 'values[0].length must be at least'],
  [
    'topK: null',
    () => loose(topK)([1], { k: 1, columns: null }),
    TypeError,
    'columns must be a nu',
  ],
  [
    'topK: detached',
    () => topK([detached(2)], { k: 1 }),
    RangeError,
    'values[0].length must be at',
  ],
  ['equals', () => loose(bits.equals.bind(bits))({ rows: 1 }), TypeError, 'other must be BitCodes'],
];
const bits = BitCodes.from(Uint8Array.of(1), 8);

describe.each([
  ['values of options', values],
  ['absurd sizes', absurd],
  ['methods', others],
])('%s', (_name, rows) => {
  it.each(rows)('%s', (_what, call, kind, sentence) => {
    expect(call).toThrow(kind);
    expect(call).toThrow(sentence);
  });
});

describe('constructors', () => {
  it.each(
    Object.entries({
      BinaryQuantizer,
      BitCodes,
      DenseFly,
      FlyHash,
      HammingIndex,
      SimHash,
      SparseCodes,
    }),
  )('new %s is refused with the way to make one', (name, made) => {
    const Class = made as unknown as new (...args: readonly unknown[]) => unknown;
    for (const args of [[], [{ dim: 8, bits: 8 }], [new Uint8Array(8), 8]]) {
      expect(() => new Class(...args)).toThrow(TypeError);
      expect(() => new Class(...args)).toThrow(`${name} must be made by ${name}.`);
    }
  });
});
