// The price of a sparse matrix times a dense one, as the decomposition of a PPMI matrix asks for: rows of about 150
// entries, some columns in many of them, beside the peak of multiply-adds.

import { activeBackend } from '../lib/backend/active.ts';
import { emptySlices, writeSlices } from '../lib/words/dense-slices.ts';
import { randomVectors } from './framework/data.ts';
import { type Bench, defineBench } from './framework/define.ts';

const ENTRIES = 150;

/** Ascending columns for each row, small ones more often, as words are. */
function columnsOf(rows: number, columnCount: number): Uint32Array {
  const columns = new Uint32Array(rows * ENTRIES);
  let state = 0x9e3779b1;
  const draw = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  for (let row = 0; row < rows; row++) {
    const own = columns.subarray(row * ENTRIES, (row + 1) * ENTRIES);
    for (let i = 0; i < ENTRIES; i++) own[i] = Math.floor(columnCount * draw() ** 2);
    own.sort();
  }
  return columns;
}

function productBench(size: number, outputs: number): Bench {
  return defineBench({
    name: `sparse-product/${size}x${size}-by-${outputs}`,
    limit: 'fma',
    skipLevels: ['scalar', 'reference'],
    setup: ({ threads, quick }) => {
      const rows = quick ? size / 4 : size;
      const starts = Uint32Array.from({ length: rows + 1 }, (_, row) => row * ENTRIES);
      const columns = columnsOf(rows, rows);
      const values = randomVectors(rows, ENTRIES);
      const dense = randomVectors(rows, outputs, 2);
      const slices = emptySlices(rows, outputs);
      writeSlices(dense, rows, outputs, 0, rows, slices);
      const products = new Float32Array(rows * outputs);
      const sparse = [starts, rows, columns, values, columns.length, rows] as const;
      const args = [...sparse, slices, outputs, products] as const;
      const run = (): unknown => activeBackend().run({ name: 'sparseProduct', args }, threads);
      return { run, items: rows, work: 2 * columns.length * outputs };
    },
  });
}

export const benches: readonly Bench[] = [productBench(20_000, 64), productBench(20_000, 320)];
