/**
 * Synapses beside the plain formula for standard scores, in whatever runs the activations come; what silent words, units
 * without a difference and a second table do to them; activations that are no numbers.
 */

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { KernelWork } from '../../lib/hash/kernel-work.ts';
import { type Activations, MOST_WEIGHT, strideOf, synapsesOf } from '../../lib/words/synapses.ts';
import { reference, useBackend } from '../support/backends.ts';
import { RUNS } from '../support/generators.ts';

const work = (): KernelWork => new KernelWork(1, undefined);
beforeAll(() => useBackend(reference));

/** Activations in runs of some rows, whose memory is used again. */
function activations(
  values: readonly (readonly number[])[],
  { rows = 1, silent }: { rows?: number; silent?: Uint8Array } = {},
): Activations {
  const units = values[0].length;
  return {
    words: values.length,
    units,
    silent,
    *runs(): Generator<Float64Array> {
      const memory = new Float64Array(rows * units);
      for (let first = 0; first < values.length; first += rows) {
        const own = values.slice(first, first + rows).flat();
        memory.set(own);
        yield memory.subarray(0, own.length);
        memory.fill(Number.NaN);
      }
    },
  };
}

async function tableOf(learnt: Activations): Promise<number[][]> {
  const { target, words, units } = await synapsesOf({ target: learnt, context: learnt }, work());
  const stride = strideOf(units);
  return Array.from({ length: words }, (_, word) => [
    ...target.subarray(word * stride, word * stride + units),
  ]);
}

/** Standard scores by the plain formula; 0 where there is no deviation. */
function scores(values: readonly (readonly number[])[]): number[][] {
  const n = values.length;
  const columns = values[0].map((_, unit) => values.map((row) => row[unit]));
  const standard = columns.map((column) => {
    const mean = column.reduce((a, b) => a + b, 0) / n;
    const deviation = Math.sqrt(column.reduce((sum, x) => sum + (x - mean) ** 2, 0) / n);
    const isFlat = column.every((x) => x === column[0]);
    return column.map((x) => (isFlat ? 0 : (x - mean) / deviation));
  });
  return values.map((_, word) => standard.map((column) => column[word]));
}

const anyValues = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 40 }))
  .chain(([words, units]) => {
    const value = fc.integer({ min: -50, max: 50 }).map((x) => x / 8);
    const row = fc.array(value, { minLength: units, maxLength: units });
    return fc.array(row, { minLength: words, maxLength: words });
  });

describe('synapses', () => {
  it('are standard scores on one scale, however the activations come', async () => {
    await fc.assert(
      fc.asyncProperty(anyValues, fc.integer({ min: 1, max: 4 }), async (values, rows) => {
        const table = await tableOf(activations(values, { rows }));
        const expected = scores(values);
        const reach = Math.max(...expected.flat().map(Math.abs));
        const scale = reach === 0 ? 0 : MOST_WEIGHT / reach;
        for (const [word, row] of table.entries()) {
          for (const [unit, weight] of row.entries()) {
            expect(Math.abs(weight - expected[word][unit] * scale)).toBeLessThan(0.51);
          }
        }
        expect(table).toEqual(await tableOf(activations(values)));
        expect(Math.max(...table.flat().map(Math.abs))).toBe(reach === 0 ? 0 : MOST_WEIGHT);
      }),
      { numRuns: RUNS },
    );
  });

  it('leave silent words out, whatever their activations', async () => {
    const silent = Uint8Array.of(0, 1, 0, 0, 1);
    const values = [
      [1, 5],
      [Number.NaN, 9],
      [2, 6],
      [4, 1],
      [7e300, 0],
    ];
    const heard = values.filter((_, word) => silent[word] === 0);
    expect(await tableOf(activations(values, { silent, rows: 2 }))).toEqual(
      await tableOf(activations(heard)),
    );
  });

  it('are zero for units that tell no word from another, far from zero or not', async () => {
    const table = await tableOf(
      activations([
        [1e9 + 0.1, 3, 0],
        [1e9 + 0.1, 4, 0],
      ]),
    );
    expect(table).toEqual([
      [0, -MOST_WEIGHT, 0],
      [0, MOST_WEIGHT, 0],
    ]);
    const flat = activations([[3], [3]]);
    expect((await synapsesOf({ target: flat, context: flat }, work())).scale).toBe(0);
  });

  it('of two tables share the scale, and silent targets leave both', async () => {
    const silent = Uint8Array.of(0, 0, 0, 1);
    const target = activations([[1], [2], [3], [9]], { silent });
    const context = activations([[0], [0], [9], [1]]);
    const found = await synapsesOf({ target, context }, work());
    expect([found.words, found.target.length, found.context.length]).toEqual([3, 96, 96]);
    const rows = (table: Int16Array): number[] => [table[0], table[32], table[64]];
    const far = (9 - 2.5) / Math.sqrt((2 * 2.5 ** 2 + 6.5 ** 2 + 1.5 ** 2) / 4);
    expect(rows(found.context)[2]).toBe(MOST_WEIGHT);
    expect(found.scale).toBeCloseTo(MOST_WEIGHT / far, 6);
    const one = Math.round(found.scale / Math.sqrt(2 / 3));
    expect(rows(found.target)).toEqual([-one, 0, one]);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('refuse %s', async (value) => {
    await expect(tableOf(activations([[1], [value]]))).rejects.toThrow('must be finite');
  });

  it('refuse another number of rows than was said', async () => {
    const wrong = { ...activations([[1], [2]]), words: 3 };
    await expect(tableOf(wrong)).rejects.toThrow('activations of 2 words, not of 3');
  });
});
