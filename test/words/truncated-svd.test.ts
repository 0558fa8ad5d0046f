/**
 * Truncated singular values against decompositions that are known: matrices made of orthonormal vectors, diagonals,
 * rank-deficient, flat, zero and tiny ones; vectors that are orthonormal; the same bits from every backend and number of
 * threads; aborts and matrices that are too large.
 */

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Backend } from '../../lib/backend/kernels.ts';
import { KernelWork } from '../../lib/hash/kernel-work.ts';
import { forEachOrthogonalRow } from '../../lib/hash/orthogonal.ts';
import { stream } from '../../lib/random.ts';
import { type SparseMatrix, transposed } from '../../lib/words/sparse-matrix.ts';
import {
  type SvdSettings,
  type TruncatedSvd,
  truncatedSvd,
} from '../../lib/words/truncated-svd.ts';
import { allBackends, levelBackends, reference, useBackend } from '../support/backends.ts';

const fastest = [...levelBackends.values()].at(-1) ?? reference;

const SETTINGS: SvdSettings = {
  ...{ dimensions: 4, oversampling: 4, rounds: 2, degree: 3 },
  ...{ power: 0, seed: 1 },
};

function sparseOf(dense: ArrayLike<number>, rows: number, columnCount: number): SparseMatrix {
  const starts = new Uint32Array(rows + 1);
  const [columns, values]: [number[], number[]] = [[], []];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columnCount; column++) {
      const value = dense[row * columnCount + column];
      if (value === 0) continue;
      columns.push(column);
      values.push(value);
    }
    starts[row + 1] = columns.length;
  }
  const lists = { columns: Uint32Array.from(columns), values: Float32Array.from(values) };
  return { rows, columnCount, starts, ...lists };
}

function decomposed(
  matrix: SparseMatrix,
  settings: Partial<SvdSettings> = {},
  backend: Backend = fastest,
  threads = 2,
): Promise<TruncatedSvd> {
  useBackend(backend);
  return truncatedSvd(matrix, { ...SETTINGS, ...settings }, new KernelWork(threads, undefined));
}

function orthonormal(count: number, dim: number, seed: number): Float64Array[] {
  const rows: Float64Array[] = [];
  forEachOrthogonalRow(count, dim, seed, (row) => rows.push(row));
  return rows;
}

/** A matrix with these singular values; and its left singular vectors. */
function known(values: readonly number[], rows: number, columnCount: number) {
  const left = orthonormal(values.length, rows, 1);
  const right = orthonormal(values.length, columnCount, 2);
  const dense = new Float64Array(rows * columnCount);
  for (const [k, value] of values.entries()) {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columnCount; j++) {
        dense[i * columnCount + j] += value * left[k][i] * right[k][j];
      }
    }
  }
  return { matrix: sparseOf(dense, rows, columnCount), left };
}

function column(vectors: Float32Array, dimensions: number, k: number): number[] {
  return Array.from({ length: vectors.length / dimensions }, (_, i) => vectors[i * dimensions + k]);
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
};

describe('truncatedSvd', () => {
  it.each([
    [60, 40],
    [40, 60],
  ])('finds known singular values and vectors: %i x %i', async (rows, columnCount) => {
    const wanted = [50, 20, 19, 5, 4, 3, 2.5, 2, 1.5, 1];
    const { matrix, left } = known(wanted, rows, columnCount);
    const { vectors, singularValues } = await decomposed(matrix);
    for (let k = 0; k < 4; k++) {
      // Float32 products, filtered: what is lost is a share of the largest value.
      expect(Math.abs(singularValues[k] - wanted[k])).toBeLessThan(2e-4 * wanted[0]);
      expect(Math.abs(dot(column(vectors, 4, k), left[k]))).toBeCloseTo(1, 2);
    }
  });

  it('gives orthonormal vectors whose largest part is positive', async () => {
    const normals = new Float32Array(90 * 70);
    stream(4, 'evaluation').fillNormals(normals);
    const { vectors } = await decomposed(sparseOf(normals, 90, 70), { dimensions: 12 });
    for (let a = 0; a < 12; a++) {
      const own = column(vectors, 12, a);
      const largest = own.reduce((x, y) => (Math.abs(y) > Math.abs(x) ? y : x));
      expect(largest).toBeGreaterThan(0);
      for (let b = 0; b <= a; b++) {
        expect(dot(own, column(vectors, 12, b))).toBeCloseTo(a === b ? 1 : 0, 5);
      }
    }
  });

  it('comes near the singular values of a matrix whose values fall slowly', async () => {
    const wanted = Array.from({ length: 100 }, (_, k) => 100 / Math.sqrt(k + 1));
    const { matrix } = known(wanted, 150, 120);
    const settings = { dimensions: 30, oversampling: 10 };
    const { singularValues } = await decomposed(matrix, settings);
    for (let k = 0; k < 30; k++) {
      expect(singularValues[k]).toBeLessThan(wanted[k] * 1.0001);
      expect(singularValues[k]).toBeGreaterThan(wanted[k] * (k < 20 ? 0.999 : 0.98));
    }
  });

  it('scales the vectors by a power of the singular values', async () => {
    const { matrix } = known([9, 4, 2, 1, 0.5], 30, 30);
    const plain = await decomposed(matrix);
    for (const power of [0.5, 1, 0.3]) {
      const { vectors, singularValues } = await decomposed(matrix, { power });
      expect(singularValues).toEqual(plain.singularValues);
      for (const [at, value] of vectors.entries()) {
        const scale = singularValues[at % 4] ** power;
        expect(value).toBeCloseTo(plain.vectors[at] * scale, 5);
      }
    }
  });

  it('knows diagonals, whatever their sizes', async () => {
    for (const scale of [1, 1e-12, 1e12]) {
      const dense = new Float64Array(400);
      for (const [i, value] of [3, 7, 1, 5, 0.1, 0.2].entries()) dense[i * 21] = value * scale;
      const { vectors, singularValues } = await decomposed(sparseOf(dense, 20, 20));
      for (const [k, [row, value]] of [
        [1, 7],
        [3, 5],
        [0, 3],
        [2, 1],
      ].entries()) {
        expect(singularValues[k] / scale).toBeCloseTo(value, 5);
        expect(vectors[row * 4 + k]).toBeCloseTo(1, 6);
      }
    }
  });

  it('answers with zeros from the rank on', async () => {
    const { matrix } = known([8, 3], 50, 40);
    const { vectors, singularValues } = await decomposed(matrix, { dimensions: 6, power: 0.5 });
    expect(singularValues[0]).toBeCloseTo(8, 5);
    expect(singularValues[1]).toBeCloseTo(3, 5);
    expect(singularValues.subarray(2)).toEqual(new Float64Array(4));
    for (const [at, value] of vectors.entries()) if (at % 6 > 1) expect(value).toBe(0);
  });

  it('answers with zeros where there are fewer rows or columns than dimensions', async () => {
    const { singularValues, vectors } = await decomposed(sparseOf([2, 0, 0, 0, 3, 0], 2, 3), {
      dimensions: 9,
    });
    expect(singularValues[0]).toBeCloseTo(3, 5);
    expect(singularValues[1]).toBeCloseTo(2, 5);
    expect(singularValues.subarray(2)).toEqual(new Float64Array(7));
    expect(vectors.length).toBe(18);
    for (const empty of [
      sparseOf(new Float64Array(20), 4, 5),
      sparseOf([], 0, 0),
      sparseOf([], 3, 0),
    ]) {
      const nothing = await decomposed(empty);
      expect(nothing.singularValues).toEqual(new Float64Array(4));
      expect(nothing.vectors).toEqual(new Float32Array(4 * empty.rows));
    }
  });

  it('tells how far it is, and stops with the reason of an abort', async () => {
    useBackend(fastest);
    const normals = new Float32Array(60 * 60);
    stream(6, 'evaluation').fillNormals(normals);
    const matrix = sparseOf(normals, 60, 60);
    const told: number[] = [];
    const onStep = (done: number, total: number) => told.push(done / total);
    await truncatedSvd(matrix, SETTINGS, new KernelWork(1, undefined), onStep);
    expect(told).toEqual(Array.from({ length: 14 }, (_, i) => (i + 1) / 14));
    const controller = new AbortController();
    const abort = (done: number) => {
      if (done === 5) controller.abort(new Error('enough'));
    };
    const work = new KernelWork(2, controller.signal);
    await expect(truncatedSvd(matrix, SETTINGS, work, abort)).rejects.toThrow('enough');
  });

  it('refuses a matrix whose products float32 does not hold', async () => {
    const dense = new Float64Array(100).fill(3e38);
    await expect(decomposed(sparseOf(dense, 10, 10))).rejects.toThrow(RangeError);
    await expect(decomposed(sparseOf([Number.NaN, 1, 1, 1], 2, 2))).rejects.toThrow(
      'matrix must have products that float32 holds',
    );
  });
});

describe('transposed', () => {
  it('turns rows to columns and back', async () => {
    useBackend(fastest);
    const draw = stream(9, 'evaluation');
    const dense = Float64Array.from({ length: 30 * 17 }, () => draw.below(3));
    const matrix = sparseOf(dense, 30, 17);
    const work = new KernelWork(1, undefined);
    const flipped = await transposed(matrix, work);
    const turned = dense.map((_, at) => dense[(at % 30) * 17 + Math.floor(at / 30)]);
    expect(flipped).toEqual(sparseOf(turned, 17, 30));
    expect(await transposed(flipped, work)).toEqual(matrix);
  });
});

const BITS = 'c9d7504161b4c3c0c2280c5f7cb2cae572f0d3fcbac968cb89be77c2589b061f';

it.each([...allBackends])(
  'the decomposition on %s has the bits of everywhere',
  async (_name, backend) => {
    const draw = stream(12, 'evaluation');
    const dense = Float64Array.from(
      { length: 120 * 100 },
      () => Math.max(0, draw.below(12) - 8) / 3,
    );
    const matrix = sparseOf(dense, 120, 100);
    for (const threads of backend === reference ? [1] : [1, 3]) {
      const settings = { dimensions: 10, oversampling: 6, power: 0.5, seed: 7 };
      const { vectors, singularValues } = await decomposed(matrix, settings, backend, threads);
      const hash = createHash('sha256');
      for (const part of [vectors, singularValues]) hash.update(new Uint8Array(part.buffer));
      expect(hash.digest('hex')).toBe(BITS);
    }
  },
);
