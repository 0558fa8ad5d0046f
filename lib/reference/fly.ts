/**
 * Oracle of the fly kernels (Dasgupta, Stevens, Navlakha 2017; Sharma and Navlakha 2018): each unit is a running
 * sum of plain float32 adds over its inputs, ascending, from +0.
 */

import type { Connections } from '../backend/kernels.ts';
import { connection } from '../hash/connections.ts';
import { firstNonFinite, setBit } from './sign.ts';
import { largestFirst } from './top-k.ts';

/** The sums of all units for one row. */
function unitSums(
  row: Float32Array,
  connections: Connections,
  units: number,
  fanIn: number,
): Float32Array {
  const sums = new Float32Array(units);
  for (let unit = 0; unit < units; unit++) {
    let sum = 0;
    for (let j = 0; j < fanIn; j++) {
      sum = Math.fround(sum + row[connection(connections, unit, j, fanIn)]);
    }
    sums[unit] = sum;
  }
  return sums;
}

/** The row minus its mean: a running sum over the inputs, divided once, all in float32. */
function centred(row: Float32Array): Float32Array {
  let sum = 0;
  for (const value of row) sum = Math.fround(sum + value);
  const mean = Math.fround(sum / row.length);
  return row.map((value) => value - mean);
}

export function flyWinners(
  vectors: Float32Array,
  rows: number,
  dim: number,
  connections: Connections,
  units: number,
  fanIn: number,
  active: number,
  indices: Uint32Array,
  values: Float32Array | undefined,
): number {
  const bad = firstNonFinite(vectors, rows * dim);
  if (bad >= 0) return bad;
  for (let row = 0; row < rows; row++) {
    const input = vectors.subarray(row * dim, (row + 1) * dim);
    const sums = unitSums(input, connections, units, fanIn);
    const winners = largestFirst(sums).subarray(0, active).sort();
    indices.set(winners, row * active);
    values?.set(
      Float32Array.from(winners, (unit) => sums[unit]),
      row * active,
    );
  }
  return -1;
}

export function flySigns(
  vectors: Float32Array,
  rows: number,
  dim: number,
  connections: Connections,
  units: number,
  fanIn: number,
  codes: Uint8Array,
): number {
  const bad = firstNonFinite(vectors, rows * dim);
  if (bad >= 0) return bad;
  const codeBytes = Math.ceil(units / 8);
  codes.fill(0, 0, rows * codeBytes);
  for (let row = 0; row < rows; row++) {
    const input = centred(vectors.subarray(row * dim, (row + 1) * dim));
    const sums = unitSums(input, connections, units, fanIn);
    for (let unit = 0; unit < units; unit++) {
      if (sums[unit] > 0) setBit(codes, row * codeBytes, unit);
    }
  }
  return -1;
}

export function flyPseudoSigns(
  vectors: Float32Array,
  rows: number,
  dim: number,
  connections: Connections,
  units: number,
  fanIn: number,
  keyBits: number,
  codes: Uint8Array,
): number {
  const bad = firstNonFinite(vectors, rows * dim);
  if (bad >= 0) return bad;
  const codeBytes = Math.ceil(keyBits / 8);
  const width = units / keyBits;
  codes.fill(0, 0, rows * codeBytes);
  for (let row = 0; row < rows; row++) {
    const input = centred(vectors.subarray(row * dim, (row + 1) * dim));
    const sums = unitSums(input, connections, units, fanIn);
    for (let bit = 0; bit < keyBits; bit++) {
      let sum = 0;
      for (let i = 0; i < width; i++) sum = Math.fround(sum + sums[bit * width + i]);
      if (sum > 0) setBit(codes, row * codeBytes, bit);
    }
  }
  return -1;
}

export function flyValues(
  vectors: Float32Array,
  rows: number,
  dim: number,
  connections: Connections,
  units: number,
  fanIn: number,
  values: Float32Array,
): number {
  const bad = firstNonFinite(vectors, rows * dim);
  if (bad >= 0) return bad;
  for (let row = 0; row < rows; row++) {
    const input = vectors.subarray(row * dim, (row + 1) * dim);
    values.set(unitSums(input, connections, units, fanIn), row * units);
  }
  return -1;
}
