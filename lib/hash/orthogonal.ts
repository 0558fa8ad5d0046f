/**
 * Rows of normal deviates made orthonormal in blocks of `dim` rows: super-bit hashing (Ji, Li, Yan, Zhang, Tian,
 * 2012), whose codes vary less around the angle than those of independent rows. Each row loses its components
 * along the earlier rows of its block, twice (classical Gram-Schmidt; twice is enough: Giraud, Langou, Rozloznik,
 * 2005), then is scaled to length one. Doubles with + - * / and square roots in a fixed order only, so every
 * machine gets the same rows, and the first rows never depend on how many follow.
 */

import { stream } from '../random.ts';

/** The scalar product of a and b, in four interleaved sums. */
export function scalarProduct(a: Float64Array, b: Float64Array): number {
  const whole = a.length & ~3;
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (let i = 0; i < whole; i += 4) {
    s0 += a[i] * b[i];
    s1 += a[i + 1] * b[i + 1];
    s2 += a[i + 2] * b[i + 2];
    s3 += a[i + 3] * b[i + 3];
  }
  let sum = s0 + s1 + (s2 + s3);
  for (let i = whole; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Takes factors[k] times earlier[first + k] away from row, for four k at once. */
function subtractFour(
  row: Float64Array,
  earlier: readonly Float64Array[],
  factors: Float64Array,
  first: number,
): void {
  const [a, b, c, d] = earlier.slice(first, first + 4);
  const [fa, fb, fc, fd] = factors.subarray(first, first + 4);
  for (let i = 0; i < row.length; i++) {
    row[i] -= fa * a[i] + fb * b[i] + (fc * c[i] + fd * d[i]);
  }
}

/** Takes the components along earlier orthonormal rows away from row. */
export function subtractComponents(row: Float64Array, earlier: readonly Float64Array[]): void {
  const factors = Float64Array.from(earlier, (other) => scalarProduct(row, other));
  const whole = earlier.length & ~3;
  for (let first = 0; first < whole; first += 4) subtractFour(row, earlier, factors, first);
  for (let k = whole; k < earlier.length; k++) {
    const other = earlier[k];
    const factor = factors[k];
    for (let i = 0; i < row.length; i++) row[i] -= factor * other[i];
  }
}

/** Calls visit with each row in turn: `rows` rows of `dim` numbers, of length one, orthogonal within blocks. */
export function forEachOrthogonalRow(
  rows: number,
  dim: number,
  seed: number,
  visit: (row: Float64Array, index: number) => void,
): void {
  let block: Float64Array[] = [];
  for (let index = 0; index < rows; index++) {
    if (block.length === dim) block = [];
    const row = new Float64Array(dim);
    stream(seed, 'orthogonal', index).fillNormals(row);
    subtractComponents(row, block);
    subtractComponents(row, block);
    const length = Math.sqrt(scalarProduct(row, row));
    for (let i = 0; i < dim; i++) row[i] /= length;
    block.push(row);
    visit(row, index);
  }
}
