/** Shifted positive PMI against the formula written plainly, its laws, and its bits. */

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { KernelWork } from '../../lib/hash/kernel-work.ts';
import { stream } from '../../lib/random.ts';
import { countCooccurrences } from '../../lib/words/cooccurrences.ts';
import { type PpmiSettings, ppmiMatrix } from '../../lib/words/ppmi.ts';
import type { SparseMatrix } from '../../lib/words/sparse-matrix.ts';
import { allBackends, reference, useBackend } from '../support/backends.ts';

const WORDS = 40;

/** Words of which some are frequent and the last never occurs. */
function text(tokens: number): Int32Array {
  const draw = stream(3, 'evaluation');
  return Int32Array.from({ length: tokens }, () =>
    draw.below(12) === 0 ? -2 : draw.below(1 + draw.below(WORDS - 1)),
  );
}

async function matrixOf(tokens: Int32Array, settings: PpmiSettings): Promise<SparseMatrix> {
  const work = new KernelWork(2, undefined);
  const window = { words: WORDS, radius: 3, weighting: 'flat' } as const;
  const counts = await countCooccurrences([tokens], window, { work });
  try {
    return await ppmiMatrix(counts, settings, work);
  } finally {
    await counts.close();
  }
}

function denseOf({ rows, columnCount, starts, columns, values }: SparseMatrix): Float64Array {
  const dense = new Float64Array(rows * columnCount);
  for (let row = 0; row < rows; row++) {
    for (let i = starts[row]; i < starts[row + 1]; i++)
      dense[row * columnCount + columns[i]] = values[i];
  }
  return dense;
}

/** The formula, on counts made by looking at all pairs. */
function plainly(tokens: Int32Array, { smoothing, shift }: PpmiSettings): Float64Array {
  const counts = new Float64Array(WORDS * WORDS);
  for (let a = 0; a < tokens.length; a++) {
    for (let b = a + 1; b < tokens.length && b <= a + 3; b++) {
      if (tokens[a] === -2 || tokens[b] === -2) break;
      counts[tokens[a] * WORDS + tokens[b]]++;
      counts[tokens[b] * WORDS + tokens[a]]++;
    }
  }
  const totals = Array.from({ length: WORDS }, (_, i) =>
    counts.subarray(i * WORDS, (i + 1) * WORDS).reduce((sum, count) => sum + count, 0),
  );
  const all = totals.reduce((sum, total) => sum + total, 0);
  const smoothed = totals.map((total) => (total > 0 ? total ** smoothing : 0));
  const sum = smoothed.reduce((a, b) => a + b, 0);
  return counts.map((count, at) => {
    if (count === 0) return 0;
    const chance = (totals[Math.floor(at / WORDS)] / all) * (smoothed[at % WORDS] / sum);
    return Math.max(0, Math.log(count / all / chance) - Math.log(shift));
  });
}

describe('ppmiMatrix', () => {
  it.each([
    { smoothing: 0.75, shift: 5 },
    { smoothing: 1, shift: 1 },
    { smoothing: 0, shift: 2.5 },
    { smoothing: 0.75, shift: 0.5 },
  ])('is the formula: smoothing $smoothing, shift $shift', async (settings) => {
    useBackend(reference);
    const tokens = text(4000);
    const dense = denseOf(await matrixOf(tokens, settings));
    const expected = plainly(tokens, settings);
    expect(expected.some((value) => value > 0)).toBe(true);
    for (const [at, value] of expected.entries()) expect(dense[at]).toBeCloseTo(value, 6);
  });

  it('has positive entries only, columns ascending, and empty rows for words without company', async () => {
    useBackend(reference);
    const { starts, columns, values } = await matrixOf(text(4000), { smoothing: 0.75, shift: 2 });
    expect(values.every((value) => value > 0)).toBe(true);
    expect(starts[WORDS]).toBe(starts[WORDS - 1]);
    for (let row = 0; row < WORDS; row++) {
      const own = columns.subarray(starts[row], starts[row + 1]);
      expect(own).toEqual(own.slice().sort());
    }
  });

  it('is symmetric without smoothing', async () => {
    useBackend(reference);
    const dense = denseOf(await matrixOf(text(4000), { smoothing: 1, shift: 1 }));
    for (let i = 0; i < WORDS; i++) {
      for (let j = 0; j < i; j++) expect(dense[i * WORDS + j]).toBeCloseTo(dense[j * WORDS + i], 6);
    }
  });

  it('is empty where nothing stands near anything', async () => {
    useBackend(reference);
    for (const tokens of [
      new Int32Array(0),
      Int32Array.of(1, -2, 2, -2, 3),
      Int32Array.of(-1, 4, -1),
    ]) {
      const { starts, columns } = await matrixOf(tokens, { smoothing: 0.75, shift: 1 });
      expect(starts).toEqual(new Uint32Array(WORDS + 1));
      expect(columns.length).toBe(0);
    }
  });
});

it.each([...allBackends])('the matrix on %s has the bits of everywhere', async (_name, backend) => {
  useBackend(backend);
  const { starts, columns, values } = await matrixOf(text(5000), { smoothing: 0.75, shift: 1.5 });
  const hash = createHash('sha256');
  for (const part of [starts, columns, values]) hash.update(new Uint8Array(part.buffer));
  expect(hash.digest('hex')).toBe(
    '2c78101216e5b254e6f00489df1e3d3343a94178299b20bd85c2b9bd32d68244',
  );
});
