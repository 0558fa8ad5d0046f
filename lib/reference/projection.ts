/**
 * Oracle of the projection kernel: every output is one running sum of fused multiply-adds over the input index,
 * ascending, from 0; its bit is value > threshold (SimHash; Charikar 2002).
 */

import { panelIndex } from '../hash/panels.ts';
import { fma } from './fma.ts';
import { firstNonFinite, setBit } from './sign.ts';

function output(
  vectors: Float32Array,
  start: number,
  dim: number,
  panels: Float32Array,
  j: number,
): number {
  const weights = panelIndex(j, dim);
  let sum = 0;
  for (let i = 0; i < dim; i++) sum = fma(vectors[start + i], panels[weights + i * 16], sum);
  return sum;
}

export function projectionSigns(
  vectors: Float32Array,
  rows: number,
  dim: number,
  panels: Float32Array,
  thresholds: Float32Array,
  bits: number,
  codes: Uint8Array,
): number {
  const bad = firstNonFinite(vectors, rows * dim);
  if (bad >= 0) return bad;
  const codeBytes = Math.ceil(bits / 8);
  codes.fill(0, 0, rows * codeBytes);
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < bits; j++) {
      const threshold = thresholds[(j & ~15) + ((j & 15) ^ 7)];
      if (output(vectors, row * dim, dim, panels, j) > threshold) setBit(codes, row * codeBytes, j);
    }
  }
  return -1;
}

export function projectionValues(
  vectors: Float32Array,
  rows: number,
  dim: number,
  panels: Float32Array,
  outputs: number,
  values: Float32Array,
): number {
  const bad = firstNonFinite(vectors, rows * dim);
  if (bad >= 0) return bad;
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < outputs; j++) {
      values[row * outputs + j] = output(vectors, row * dim, dim, panels, j);
    }
  }
  return -1;
}
