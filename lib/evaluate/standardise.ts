/**
 * Inputs as the protocols of the fly papers standardise them. Science 2017 (Dasgupta, Stevens, Navlakha, as in the authors'
 * own code): every column made non-negative by the size of its least value, every row scaled to a mean of 100, then
 * truncated to whole numbers. DenseFly (Sharma, Navlakha 2018): the mean of each row subtracted from it.
 */

import { wrongValue } from '../errors.ts';
import type { Matrix } from './evaluation-options.ts';

const MEAN = 100;

/** Columns at least 0, rows of mean 100, whole numbers; a row of zeros throws, since it has no mean to scale. */
export function standardised({ rows, dim, values }: Matrix): Matrix {
  const least = new Float64Array(dim).fill(Number.POSITIVE_INFINITY);
  for (let i = 0; i < values.length; i++) {
    if (values[i] < least[i % dim]) least[i % dim] = values[i];
  }
  const result = new Float32Array(values.length);
  const own = new Float64Array(dim);
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let i = 0; i < dim; i++) {
      own[i] = values[row * dim + i] + Math.abs(least[i]);
      sum += own[i];
    }
    if (!(sum > 0)) throw wrongValue(`vectors[${row}]`, 'of a mean above 0 once non-negative', sum);
    for (let i = 0; i < dim; i++) result[row * dim + i] = Math.trunc((own[i] * MEAN) / (sum / dim));
  }
  return { rows, dim, values: result };
}

/** Each row less its mean. */
export function rowCentred({ rows, dim, values }: Matrix): Matrix {
  const result = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let i = 0; i < dim; i++) sum += values[row * dim + i];
    for (let i = 0; i < dim; i++) result[row * dim + i] = values[row * dim + i] - sum / dim;
  }
  return { rows, dim, values: result };
}
