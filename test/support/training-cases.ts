/** Vectors and streams of vectors for the tests of trainings. */

import { type RandomStream, stream } from '../../lib/random.ts';
import type { Vectors } from '../../lib/vectors.ts';

/** rows x dim normal deviates. */
export function normals(rows: number, dim: number, seed: number): Float32Array {
  const values = new Float32Array(rows * dim);
  stream(seed, 'evaluation').fillNormals(values);
  return values;
}

/** The rows of flat vectors cut at random places into batches, some of them empty. */
export function cutInBatches(vectors: Float32Array, dim: number, draw: RandomStream) {
  const batches: Float32Array[] = [];
  for (let at = 0; at < vectors.length; ) {
    const end = Math.min(vectors.length, at + dim * draw.below(9));
    batches.push(vectors.slice(at, end));
    at = end;
  }
  return batches;
}

/** Batches as a stream that can be read once. */
export async function* once(batches: readonly Vectors[]): AsyncGenerator<Vectors> {
  for (const batch of batches) {
    await null;
    yield batch;
  }
}

/** An object of plain functions, as JavaScript sees a class. */
export type Loose = (...args: readonly unknown[]) => Promise<unknown>;
