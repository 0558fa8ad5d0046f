/** SimHash: its laws for every projection on every backend, its training, its pinned codes and its bad options. */

import { createHash } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { forEachOrthogonalRow } from '../../lib/hash/orthogonal.ts';
import {
  PROJECTION_KINDS,
  type ProjectionKind,
  randomProjector,
} from '../../lib/hash/projectors.ts';
import { SimHash, type SimHashOptions, type SimHashTraining } from '../../lib/hash/sim-hash.ts';
import { stream } from '../../lib/random.ts';
import { allBackends, reference, useBackend } from '../support/backends.ts';

/** Ones among the bits in which two codes differ. */
function hamming(a: Uint8Array, b: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < a.length; i++) {
    for (let bits = a[i] ^ b[i]; bits !== 0; bits &= bits - 1) count++;
  }
  return count;
}

function normals(rows: number, dim: number, index = 0): Float32Array {
  const values = new Float32Array(rows * dim);
  stream(11, 'sample', index).fillNormals(values);
  return values;
}

/** Pairs of unit vectors at an angle: rows 2 i and 2 i + 1. */
function pairsAt(radians: number, pairs: number, dim: number): Float32Array {
  const vectors = new Float32Array(2 * pairs * dim);
  let i = 0;
  const plane: Float64Array[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    forEachOrthogonalRow(2, dim, 1000 + pair, (row, k) => {
      plane[k] = row.slice();
    });
    for (let c = 0; c < dim; c++) vectors[i++] = plane[0][c];
    for (let c = 0; c < dim; c++) {
      vectors[i++] = plane[0][c] * Math.cos(radians) + plane[1][c] * Math.sin(radians);
    }
  }
  return vectors;
}

/** The projected values of vectors, by the reference. */
function projected(kind: ProjectionKind, dim: number, bits: number, vectors: Float32Array) {
  const rows = vectors.length / dim;
  const values = new Float32Array(rows * bits);
  reference.run(randomProjector(kind, dim, bits, 5).values({ vectors, rows }, values), 1);
  return values;
}

afterAll(() => useBackend(reference));

describe.each([...allBackends])('SimHash on %s', (_name, backend) => {
  it.each(PROJECTION_KINDS)('%s: bits differ as often as theta / pi', (projection) => {
    useBackend(backend);
    const pairs = 8;
    const hasher = SimHash.create({ dim: 64, bits: 4096, seed: 1, projection });
    for (const degrees of [15, 30, 45, 60, 75, 90, 105, 120, 135, 150, 165]) {
      const codes = hasher.hash(pairsAt((degrees * Math.PI) / 180, pairs, 64));
      let equal = 0;
      for (let i = 0; i < pairs; i++) {
        equal += 1 - hamming(codes.row(2 * i), codes.row(2 * i + 1)) / 4096;
      }
      expect(Math.abs(equal / pairs - (1 - degrees / 180))).toBeLessThan(0.02);
    }
  });

  it.each(PROJECTION_KINDS)('%s: fewer bits are the first of more', (projection) => {
    useBackend(backend);
    const vectors = normals(9, 40);
    const long = SimHash.create({ dim: 40, bits: 512, seed: 9, projection }).hash(vectors);
    for (const bits of [8, 64, 104, 256]) {
      const short = SimHash.create({ dim: 40, bits, seed: 9, projection }).hash(vectors);
      for (let row = 0; row < 9; row++) {
        expect(short.row(row)).toEqual(long.row(row).subarray(0, bits / 8));
      }
    }
  });

  it.each(PROJECTION_KINDS)(
    '%s: a length changes nothing, an opposite everything',
    (projection) => {
      useBackend(backend);
      const vectors = normals(20, 33);
      const hasher = SimHash.create({ dim: 33, bits: 256, projection });
      const codes = hasher.hash(vectors).data;
      expect(hasher.hash(vectors.map((value) => value * 0.25)).data).toEqual(codes);
      expect(hasher.hash(vectors.map((value) => -value)).data).toEqual(
        codes.map((byte) => 255 - byte),
      );
      expect(hasher.hash(new Float32Array(33)).data.every((byte) => byte === 0)).toBe(true);
    },
  );

  it.each(PROJECTION_KINDS)('%s: centring compares with the projected mean', async (projection) => {
    useBackend(backend);
    const [rows, dim, bits] = [50, 24, 96];
    const vectors = normals(rows, dim).map((value, i) => value + (i % dim));
    const options = { dim, bits, seed: 5, projection };
    const hasher = await SimHash.train(vectors, options);
    const mean = Float32Array.from({ length: dim }, (_, i) => {
      let sum = 0;
      for (let row = 0; row < rows; row++) sum += vectors[row * dim + i];
      return sum / rows;
    });
    expect(hasher.thresholds).toEqual(projected(projection, dim, bits, mean));
    const centred = vectors.map((value, i) => value - mean[i % dim]);
    const codes = hasher.hash(vectors);
    const wanted = SimHash.create(options).hash(centred);
    const wrong = hamming(codes.data, wanted.data);
    expect(wrong).toBeLessThan(rows * bits * 0.001);
    const plain = await SimHash.train(vectors, { ...options, center: false });
    expect(plain.thresholds).toEqual(new Float32Array(bits));
    expect(plain.hash(vectors).data).toEqual(SimHash.create(options).hash(vectors).data);
  });

  it.each(
    PROJECTION_KINDS.flatMap((projection) => [50, 51].map((rows) => [projection, rows] as const)),
  )('%s: thresholds are means or medians of %i projected vectors', async (projection, rows) => {
    useBackend(backend);
    const [dim, bits] = [20, 75];
    const vectors = normals(rows, dim).map((value) => value + 3);
    const values = projected(projection, dim, bits, vectors);
    const column = (j: number) => Array.from({ length: rows }, (_, row) => values[row * bits + j]);
    const options = { dim, bits, seed: 5, projection };
    const median = await SimHash.train(vectors, { ...options, thresholds: 'median' });
    const mean = await SimHash.train(vectors, { ...options, thresholds: 'mean' });
    for (let j = 0; j < bits; j++) {
      const sorted = column(j).sort((a, b) => a - b);
      const low = sorted[(rows - 1) >> 1];
      expect(median.thresholds[j]).toBe(Math.fround((low + sorted[rows >> 1]) / 2));
      expect(mean.thresholds[j]).toBe(Math.fround(sum(column(j)) / rows));
    }
    const codes = median.hash(vectors);
    for (let j = 0; j < bits; j++) {
      const ones = Array.from(
        { length: rows },
        (_, row) => (codes.row(row)[j >> 3] >> (7 - (j & 7))) & 1,
      );
      expect(sum(ones)).toBe(rows >> 1);
    }
  });

  it.each([
    ['gaussian', 'e7998e8e566f7823'],
    ['orthogonal', 'e00a7eb3c4ea9f05'],
    ['hadamard', '656184ba5f7791dd'],
  ] as const)('%s: codes stay what they were', (projection, expected) => {
    useBackend(backend);
    const vectors = Float32Array.from({ length: 40 * 100 }, (_, i) => ((i * 7919) % 2003) - 1001);
    const hasher = SimHash.create({ dim: 100, bits: 300, seed: 2 ** 40 + 7, projection });
    const digest = createHash('sha256').update(hasher.hash(vectors).data).digest('hex');
    expect(digest.slice(0, 16)).toBe(expected);
  });
});

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

describe('orthogonal rows', () => {
  it('have length one and are orthogonal within blocks of dim', () => {
    const rows: Float64Array[] = [];
    forEachOrthogonalRow(100, 37, 4, (row) => rows.push(row.slice()));
    for (const [a, row] of rows.entries()) {
      const block = rows.slice(a - (a % 37), a + 1);
      const products = block.map((other) => sum(Array.from(row, (value, i) => value * other[i])));
      products[a % 37] -= 1;
      expect(Math.max(...products.map(Math.abs))).toBeLessThan(1e-14);
    }
  });

  it('make distances of codes vary less than independent ones', () => {
    useBackend(reference);
    const vectors = pairsAt(Math.PI / 3, 1, 48);
    const spread = (projection: ProjectionKind): number => {
      let squares = 0;
      for (let seed = 0; seed < 200; seed++) {
        const codes = SimHash.create({ dim: 48, bits: 48, seed, projection }).hash(vectors);
        squares += (hamming(codes.row(0), codes.row(1)) - 16) ** 2;
      }
      return squares / 200;
    };
    expect(spread('orthogonal')).toBeLessThan(0.8 * spread('gaussian'));
  });
});

describe('SimHash options', () => {
  const good = { dim: 4, bits: 16 };

  it('tell what was made', () => {
    const hasher = SimHash.create({ ...good, seed: 77, projection: 'hadamard' });
    expect([hasher.dim, hasher.bits, hasher.seed, hasher.projection]).toEqual([
      4,
      16,
      77,
      'hadamard',
    ]);
    expect([SimHash.create(good).seed, SimHash.create(good).projection]).toEqual([0, 'gaussian']);
    hasher.thresholds[0] = 5;
    expect(hasher.thresholds[0]).toBe(0);
  });

  it.each<[unknown, new () => Error, string]>([
    [undefined, TypeError, 'options must be an object, got undefined'],
    [
      { ...good, bit: 1 },
      TypeError,
      'options must have only the keys dim, bits, seed, projection, got "bit"',
    ],
    [{ ...good, dim: '4' }, TypeError, 'dim must be a number, got "4"'],
    [{ ...good, dim: 0 }, RangeError, 'dim must be a whole number from 1 to 16777216, got 0'],
    [{ ...good, bits: 0 }, RangeError, 'bits must be a whole number from 1 to 1048576, got 0'],
    [{ ...good, bits: 1.5 }, RangeError, 'bits must be a whole number from 1 to 1048576, got 1.5'],
    [{ dim: 4 }, TypeError, 'bits must be a number, got undefined'],
    [
      { ...good, seed: -1 },
      RangeError,
      'seed must be a whole number from 0 to 9007199254740991, got -1',
    ],
    [{ ...good, seed: 2 ** 53 }, RangeError, 'seed must be a whole number from 0 to'],
    [
      { ...good, projection: 'fast' },
      RangeError,
      "projection must be one of 'gaussian', 'orthogonal', 'hadamard'",
    ],
    [
      { ...good, projection: 1 },
      TypeError,
      "projection must be one of 'gaussian', 'orthogonal', 'hadamard'",
    ],
    [
      { dim: 2 ** 24, bits: 2 ** 20 },
      RangeError,
      'the projection, must take at most 4294967296 bytes',
    ],
    [
      { ...good, dim: 2 ** 21, projection: 'hadamard' },
      RangeError,
      'dim must be a whole number from 1 to 1048576',
    ],
  ])('are refused: %j', (options, kind, message) => {
    expect(() => SimHash.create(options as SimHashOptions)).toThrow(kind);
    expect(() => SimHash.create(options as SimHashOptions)).toThrow(message);
  });

  it.each<[unknown, unknown, new () => Error, string]>([
    [[], { ...good }, RangeError, 'vectors must be at least one vector, got an array of 0'],
    [[[1, 2, 3, 4]], { ...good, center: 1 }, TypeError, 'center must be true or false, got 1'],
    [
      [[1, 2, 3, 4]],
      { ...good, thresholds: 'none' },
      RangeError,
      "thresholds must be one of 'zero', 'mean', 'median'",
    ],
    [[[1, 2, 3]], good, RangeError, 'vectors[0].length must be dim = 4, got 3'],
    [[[1, 2, Number.NaN, 4]], good, RangeError, 'vectors[0][2] must be finite, got NaN'],
    [
      new Float32Array(8),
      { bits: 4 },
      TypeError,
      'dim must be given when vectors is a flat array or is empty',
    ],
    [
      new Float32Array(4).fill(3e38),
      { ...good, thresholds: 'mean' },
      RangeError,
      'must be finite (the training vectors are too large',
    ],
  ])('are refused in training: %j, %j', async (vectors, options, kind, message) => {
    const training = () => SimHash.train(vectors as number[][], options as SimHashTraining);
    await expect(training()).rejects.toThrow(kind);
    await expect(training()).rejects.toThrow(message);
  });

  it('end training when aborted', async () => {
    const reason = new Error('stop');
    const before = { ...good, signal: AbortSignal.abort(reason) };
    await expect(SimHash.train([[1, 2, 3, 4]], before)).rejects.toBe(reason);
    const controller = new AbortController();
    const running = SimHash.train(normals(500, 4), {
      ...{ ...good, thresholds: 'median', signal: controller.signal },
    });
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
  });

  it('take the dim of rows', async () => {
    expect((await SimHash.train([[1, 2, 3]], { bits: 8 })).dim).toBe(3);
  });
});
