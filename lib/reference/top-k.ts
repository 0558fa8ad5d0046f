/** Oracle of the top-k kernel: larger value first, then smaller index; -0 equals +0. */

import { firstNonFinite } from './sign.ts';

/** All indices of values, none of them NaN, the largest value first. */
export function largestFirst(values: Float32Array): Uint32Array {
  return Uint32Array.from(values, (_, i) => i).sort((a, b) => {
    if (values[a] !== values[b]) return values[a] > values[b] ? -1 : 1;
    return a - b;
  });
}

export function topK(
  values: Float32Array,
  rows: number,
  n: number,
  k: number,
  ids: Uint32Array,
  best: Float32Array,
): number {
  const bad = firstNonFinite(values, rows * n);
  if (bad >= 0) return bad;
  for (let row = 0; row < rows; row++) {
    const own = values.subarray(row * n, (row + 1) * n);
    const order = largestFirst(own).subarray(0, k);
    ids.set(order, row * k);
    best.set(
      Float32Array.from(order, (i) => own[i]),
      row * k,
    );
  }
  return -1;
}
