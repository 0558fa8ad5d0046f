/**
 * Eigenvalues and eigenvectors: matrices whose decomposition is known, any matrix put together again from its
 * eigenvectors, repeated and vanishing eigenvalues, numbers of any size.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KernelWork } from '../../lib/hash/kernel-work.ts';
import { stream } from '../../lib/random.ts';
import { type Eigen, symmetricEigen } from '../../lib/words/symmetric-eigen.ts';
import { reference, useBackend } from '../support/backends.ts';

function eigenOf(matrix: readonly number[] | Float64Array, n: number): Promise<Eigen> {
  useBackend(reference);
  return symmetricEigen(Float64Array.from(matrix), n, new KernelWork(1, undefined));
}

/** The largest entry of V^T L V - A, and of V V^T - I. */
function errorsOf({ values, vectors }: Eigen, matrix: ArrayLike<number>, n: number) {
  let [residual, orthogonality] = [0, 0];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let [entry, product] = [-matrix[i * n + j], i === j ? -1 : 0];
      for (let k = 0; k < n; k++) {
        entry += values[k] * vectors[k * n + i] * vectors[k * n + j];
        product += vectors[i * n + k] * vectors[j * n + k];
      }
      residual = Math.max(residual, Math.abs(entry));
      orthogonality = Math.max(orthogonality, Math.abs(product));
    }
  }
  return { residual, orthogonality };
}

function symmetric(values: ArrayLike<number>, n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    return values[Math.max(i, j) * n + Math.min(i, j)];
  });
}

describe('symmetricEigen', () => {
  it('knows one number, a diagonal, zeros and a matrix of two rows', async () => {
    expect((await eigenOf([-3], 1)).values).toEqual(Float64Array.of(-3));
    const { values, vectors } = await eigenOf([1, 0, 0, 0, 5, 0, 0, 0, 3], 3);
    expect(values).toEqual(Float64Array.of(5, 3, 1));
    expect(vectors.map(Math.abs)).toEqual(Float64Array.of(0, 1, 0, 0, 0, 1, 1, 0, 0));
    expect((await eigenOf(new Float64Array(16), 4)).values).toEqual(new Float64Array(4));
    const two = await eigenOf([2, 1, 1, 2], 2);
    expect(two.values[0]).toBeCloseTo(3, 14);
    expect(two.values[1]).toBeCloseTo(1, 14);
    expect((await eigenOf([], 0)).values.length).toBe(0);
  });

  it('finds the eigenvalues of a chain, 2 - 2 cos(k pi / (n + 1))', async () => {
    const n = 60;
    const chain = Float64Array.from({ length: n * n }, (_, at) => {
      const apart = Math.abs(Math.floor(at / n) - (at % n));
      return apart === 0 ? 2 : apart === 1 ? -1 : 0;
    });
    const { values } = await eigenOf(chain, n);
    for (let k = 0; k < n; k++) {
      expect(values[k]).toBeCloseTo(2 - 2 * Math.cos(((n - k) * Math.PI) / (n + 1)), 13);
    }
  });

  it('keeps repeated eigenvalues and those of a matrix of rank 1 apart from the rest', async () => {
    const n = 30;
    const ones = await eigenOf(new Float64Array(n * n).fill(1), n);
    expect(ones.values[0]).toBeCloseTo(n, 12);
    for (let k = 1; k < n; k++) expect(Math.abs(ones.values[k])).toBeLessThan(1e-13);
    expect(errorsOf(ones, new Float64Array(n * n).fill(1), n).orthogonality).toBeLessThan(1e-14);
  });

  it('is as exact at sizes where squares overflow or vanish', async () => {
    const n = 12;
    const drawn = new Float64Array(n * n);
    stream(5, 'evaluation').fillNormals(drawn);
    const matrix = symmetric(drawn, n);
    const plain = await eigenOf(matrix, n);
    for (const scale of [2 ** 1000, 2 ** -1000]) {
      const { values, vectors } = await eigenOf(
        matrix.map((value) => value * scale),
        n,
      );
      expect(vectors).toEqual(plain.vectors);
      expect(values).toEqual(plain.values.map((value) => value * scale));
    }
  });

  it('gives values in order and vectors that make the matrix again', async () => {
    const entry = fc.oneof(
      fc.double({ min: -4, max: 4, noNaN: true }),
      fc.constantFrom(0, 1, -1, 1e-9, 1e-200),
    );
    const matrices = fc.integer({ min: 1, max: 24 }).chain((n) =>
      fc.record({
        n: fc.constant(n),
        drawn: fc.array(entry, { minLength: n * n, maxLength: n * n }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(matrices, async ({ n, drawn }) => {
        const matrix = symmetric(drawn, n);
        const eigen = await eigenOf(matrix, n);
        for (let k = 1; k < n; k++)
          expect(eigen.values[k]).toBeLessThanOrEqual(eigen.values[k - 1]);
        const { residual, orthogonality } = errorsOf(eigen, matrix, n);
        expect(residual).toBeLessThan(1e-13 * n);
        expect(orthogonality).toBeLessThan(1e-14 * n);
      }),
    );
  });

  it('stops when it is aborted', async () => {
    const controller = new AbortController();
    const n = 120;
    const matrix = new Float64Array(n * n);
    stream(1, 'evaluation').fillNormals(matrix);
    const running = symmetricEigen(symmetric(matrix, n), n, new KernelWork(1, controller.signal));
    controller.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
  });
});
