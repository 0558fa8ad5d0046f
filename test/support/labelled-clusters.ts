/** Rows with labels on which every hash that works finds the classes: for the tests of the protocols. */

import { stream } from '../../lib/random.ts';

/** Numbers of a row. */
export const DIM: number = 6;
export const ROWS: number = 90;

/** Three clusters of positive numbers, and which of them each row is of. */
export function labelledClusters(): { data: Float32Array; labels: string[] } {
  const data = new Float32Array(ROWS * DIM);
  stream(4, 'evaluation').fillNormals(data);
  const labels = Array.from({ length: ROWS }, (_, row) => ['a', 'b', 'c'][row % 3]);
  for (let i = 0; i < data.length; i++) {
    const cluster = Math.floor(i / DIM) % 3;
    data[i] = Math.abs(data[i]) + (Math.floor((i % DIM) / 2) === cluster ? 8 : 1);
  }
  return { data, labels };
}
