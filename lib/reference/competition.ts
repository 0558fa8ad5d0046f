/**
 * Oracle of the competition kernels (BioHash; Ryali, Hopfield, Grinberg, Krotov 2020; the step of a mini-batch after
 * Krotov and Hopfield 2019): activations are running fused sums over the inputs, ascending, and everything that is
 * learnt is summed over the rows, ascending, so that threads and batches never show.
 */

import { unitPanelIndex } from '../hash/unit-panels.ts';
import { dot } from './dot.ts';
import { fma } from './fma.ts';
import { firstNonFinite } from './sign.ts';
import { largestFirst } from './top-k.ts';

export function competitionPrepare(
  vectors: Float32Array,
  rows: number,
  dim: number,
  mean: Float32Array,
  unitLength: 0 | 1,
  prepared: Float32Array,
  norms: Float32Array,
): number {
  const bad = firstNonFinite(vectors, rows * dim);
  if (bad >= 0) return bad;
  for (let row = 0; row < rows; row++) {
    const own = prepared.subarray(row * dim, (row + 1) * dim);
    for (let i = 0; i < dim; i++) own[i] = vectors[row * dim + i] - mean[i];
    norms[row] = Math.sqrt(dot(own, own));
    if (unitLength === 0 || norms[row] === 0) continue;
    for (let i = 0; i < dim; i++) own[i] /= norms[row];
  }
  return -1;
}

/** The activations of all units for one prepared row. */
function activationsOf(row: Float32Array, panels: Float32Array, units: number): Float32Array {
  const values = new Float32Array(units);
  for (let unit = 0; unit < units; unit++) {
    const start = unitPanelIndex(unit, row.length);
    let sum = 0;
    for (let i = 0; i < row.length; i++) sum = fma(row[i], panels[start + i * 16], sum);
    values[unit] = Number.isNaN(sum) ? Number.NEGATIVE_INFINITY : sum;
  }
  return values;
}

function centred(
  vectors: Float32Array,
  row: number,
  dim: number,
  mean: Float32Array,
): Float32Array {
  return vectors.slice(row * dim, (row + 1) * dim).map((value, i) => value - mean[i]);
}

export function competitionRanks(
  prepared: Float32Array,
  rows: number,
  dim: number,
  panels: Float32Array,
  units: number,
  count: number,
  ranks: Uint32Array,
  activations: Float32Array,
): number {
  const bad = firstNonFinite(prepared, rows * dim);
  if (bad >= 0) return bad;
  for (let row = 0; row < rows; row++) {
    const values = activationsOf(prepared.subarray(row * dim, (row + 1) * dim), panels, units);
    const order = largestFirst(values).subarray(0, count);
    ranks.set(order, row * count);
    const best = Float32Array.from(order, (unit) => values[unit]);
    activations.set(best, row * count);
  }
  return -1;
}

export function competitionWinners(
  vectors: Float32Array,
  rows: number,
  dim: number,
  mean: Float32Array,
  panels: Float32Array,
  units: number,
  active: number,
  indices: Uint32Array,
): number {
  const bad = firstNonFinite(vectors, rows * dim);
  if (bad >= 0) return bad;
  for (let row = 0; row < rows; row++) {
    const values = activationsOf(centred(vectors, row, dim, mean), panels, units);
    indices.set(largestFirst(values).subarray(0, active).sort(), row * active);
  }
  return -1;
}

export function competitionValues(
  vectors: Float32Array,
  rows: number,
  dim: number,
  mean: Float32Array,
  panels: Float32Array,
  units: number,
  values: Float32Array,
): number {
  const bad = firstNonFinite(vectors, rows * dim);
  if (bad >= 0) return bad;
  for (let row = 0; row < rows; row++) {
    values.set(activationsOf(centred(vectors, row, dim, mean), panels, units), row * units);
  }
  return -1;
}

export function competitionSums(
  prepared: Float32Array,
  rows: number,
  dim: number,
  ranks: Uint32Array,
  count: number,
  place: number,
  units: number,
  sums: Float32Array,
): number {
  for (let row = 0; row < rows; row++) {
    const unit = ranks[row * count + place];
    if (unit >= units) continue;
    for (let i = 0; i < dim; i++) sums[unit * dim + i] += prepared[row * dim + i];
  }
  return 0;
}

export function competitionDeltas(
  prepared: Float32Array,
  rows: number,
  dim: number,
  ranks: Uint32Array,
  activations: Float32Array,
  count: number,
  repulsion: number,
  weights: Float32Array,
  units: number,
  deltas: Float32Array,
  peaks: Float32Array,
): number {
  const decays = new Float32Array(units);
  const isTouched = new Uint8Array(units);
  const push = (row: number, place: number, share: number): void => {
    const unit = ranks[row * count + place];
    if (unit >= units) return;
    const own = deltas.subarray(unit * dim, (unit + 1) * dim);
    if (isTouched[unit] === 0) own.fill(0);
    isTouched[unit] = 1;
    for (let i = 0; i < dim; i++) own[i] = fma(share, prepared[row * dim + i], own[i]);
    decays[unit] = fma(share, activations[row * count + place], decays[unit]);
  };
  for (let row = 0; row < rows; row++) {
    push(row, 0, 1);
    if (count > 1) push(row, count - 1, Math.fround(-repulsion));
  }
  for (let unit = 0; unit < units; unit++) {
    peaks[unit] = 0;
    if (isTouched[unit] === 0) continue;
    for (let at = unit * dim; at < (unit + 1) * dim; at++) {
      deltas[at] = fma(-decays[unit], weights[at], deltas[at]);
      const size = Math.abs(deltas[at]);
      if (size > peaks[unit]) peaks[unit] = size;
    }
  }
  return 0;
}
