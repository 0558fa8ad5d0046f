/**
 * The sparse product at every level against its oracle, bit for bit: empty rows, columns in any order and columns that
 * do not exist, tables of rows that hold anything, outputs around the width of slices, on one to three threads.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Backend } from '../../lib/backend/kernels.ts';
import { stream } from '../../lib/random.ts';
import { emptySlices, writeSlices } from '../../lib/words/dense-slices.ts';
import { levelBackends, reference } from '../support/backends.ts';
import { floats, length, RUNS } from '../support/generators.ts';

interface Product {
  readonly rows: number;
  readonly columnCount: number;
  readonly outputs: number;
  readonly starts: Uint32Array;
  readonly columns: Uint32Array;
  readonly values: Float32Array;
  readonly dense: Float32Array;
}

const shape = fc.record({
  rows: length(0, 20),
  columnCount: length(0, 20),
  outputs: length(1, 150),
  entries: fc.nat(60),
});

/** Entries that say where they stand as they should, but for columns in any order, some of which do not exist. */
const product: fc.Arbitrary<Product> = shape.chain(({ rows, columnCount, outputs, entries }) =>
  fc.record({
    ...{ rows: fc.constant(rows), columnCount: fc.constant(columnCount) },
    outputs: fc.constant(outputs),
    starts: fc
      .array(fc.nat(entries), { minLength: rows + 1, maxLength: rows + 1 })
      .map((starts) => Uint32Array.from(starts).sort()),
    columns: fc
      .array(fc.oneof(fc.nat(Math.max(columnCount - 1, 0)), fc.nat(2 ** 32 - 1)), {
        minLength: entries,
        maxLength: entries,
      })
      .map((columns) => Uint32Array.from(columns)),
    values: floats(entries),
    dense: floats(columnCount * outputs),
  }),
);

const threadCount = fc.integer({ min: 1, max: 3 });

function slicesOf({ dense, columnCount, outputs }: Product): Float32Array {
  const slices = emptySlices(columnCount, outputs);
  writeSlices(dense, columnCount, outputs, 0, columnCount, slices);
  return slices;
}

/** The bytes of the products, all NaN alike. */
function productsBy(backend: Backend, p: Product, threads: number): string {
  const products = new Float32Array(p.rows * p.outputs).fill(7);
  const sparse = [p.starts, p.rows, p.columns, p.values, p.values.length, p.columnCount] as const;
  const args = [...sparse, slicesOf(p), p.outputs, products] as const;
  expect(backend.run({ name: 'sparseProduct', args }, threads)).toBe(0);
  const canonical = products.map((value) => (Number.isNaN(value) ? Number.NaN : value));
  return Buffer.from(canonical.buffer).toString('latin1');
}

/** Rows of drawn lengths and of ascending columns, values and dense numbers between -1 and 1. */
function drawn(rows: number, columnCount: number, outputs: number, perRow: number): Product {
  const draw = stream(rows + columnCount, 'evaluation');
  const starts = new Uint32Array(rows + 1);
  const columns: number[] = [];
  for (let row = 0; row < rows; row++) {
    const count = Math.min(columnCount, draw.below(2 * perRow + 1));
    for (const column of draw.sample(count, columnCount)) columns.push(column);
    starts[row + 1] = columns.length;
  }
  const numbers = (count: number) =>
    Float32Array.from({ length: count }, () => (draw.below(2001) - 1000) / 1000);
  const dense = numbers(columnCount * outputs);
  const values = numbers(columns.length);
  return { rows, columnCount, outputs, starts, columns: Uint32Array.from(columns), values, dense };
}

it('the oracle multiplies as a dense product in double does, but for rounding', () => {
  const p = drawn(30, 40, 70, 12);
  const bytes = Uint8Array.from(Buffer.from(productsBy(reference, p, 1), 'latin1'));
  const products = new Float32Array(bytes.buffer);
  for (let row = 0; row < p.rows; row++) {
    for (let j = 0; j < p.outputs; j++) {
      let sum = 0;
      for (let i = p.starts[row]; i < p.starts[row + 1]; i++) {
        sum += p.values[i] * p.dense[p.columns[i] * p.outputs + j];
      }
      expect(Math.abs(products[row * p.outputs + j] - sum)).toBeLessThan(1e-5);
    }
  }
});

describe.each([...levelBackends])('sparse product at level %s', (_level, backend) => {
  it('multiplies as the reference does', () => {
    fc.assert(
      fc.property(product, threadCount, (p, threads) => {
        expect(productsBy(backend, p, threads)).toBe(productsBy(reference, p, 1));
      }),
      { numRuns: RUNS },
    );
  });

  it('stays within its memory whatever the table of rows holds', () => {
    const anything = fc.oneof(fc.nat(70), fc.nat(2 ** 32 - 1));
    fc.assert(
      fc.property(
        product,
        fc.array(anything, { minLength: 1 }),
        threadCount,
        (p, values, threads) => {
          const starts = p.starts.map((_, i) => values[i % values.length]);
          const hostile = { ...p, starts };
          expect(productsBy(backend, hostile, threads)).toBe(productsBy(reference, hostile, 1));
        },
      ),
      { numRuns: RUNS },
    );
  });

  it.each([
    [300, 9000, 17, 40],
    [70, 9000, 130, 200],
    [2000, 5000, 5, 6],
  ])(
    'takes many rows and columns: %i x %i times %i outputs',
    (rows, columnCount, outputs, perRow) => {
      const p = drawn(rows, columnCount, outputs, perRow);
      const expected = productsBy(reference, p, 1);
      for (const threads of [1, 2, 3]) expect(productsBy(backend, p, threads)).toBe(expected);
    },
  );
});
