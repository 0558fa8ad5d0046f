/**
 * How far the bits of DenseFly's pseudo-hashes are from turning over: the sizes of the sums whose signs they are. Rows
 * are centred here and summed by the same kernel that gives FlyHash its activations, so each sum is the one that the
 * pseudo-hash took the sign of (docs/numerics.md).
 */

import type { Connections } from '../backend/kernels.ts';
import { allocated } from '../check.ts';
import type { RowHash, RowRun } from './hasher.ts';

/** The network, and the blocks of neighbouring units that make a key. */
export interface PseudoNetwork {
  readonly connections: Connections;
  readonly dim: number;
  readonly units: number;
  readonly fanIn: number;
  readonly keyBits: number;
}

const LARGEST = 2 ** 128 - 2 ** 104;

/** Each row minus its mean; a difference beyond float32 is the largest number. Rows that are not finite stay so. */
function centred({ vectors, rows }: RowRun, dim: number): Float32Array {
  const result = vectors.slice(0, rows * dim);
  for (let start = 0; start < result.length; start += dim) {
    const row = result.subarray(start, start + dim);
    if (!row.every(Number.isFinite)) continue;
    let sum = 0;
    for (const value of row) sum = Math.fround(sum + value);
    const mean = Math.fround(sum / dim);
    for (let i = 0; i < dim; i++) {
      row[i] = Math.max(-LARGEST, Math.min(LARGEST, Math.fround(row[i] - mean)));
    }
  }
  return result;
}

/** The margins of rows: |running sum of each block's units|, rows x keyBits. */
export function pseudoMargins(rows: number, network: PseudoNetwork): RowHash<Float32Array> {
  const { connections, dim, units, fanIn, keyBits } = network;
  const sums = allocated(Float32Array, rows, units, 'sums');
  return {
    call: (run) => ({
      name: 'flyValues',
      args: [
        centred(run, dim),
        run.rows,
        dim,
        connections,
        units,
        fanIn,
        sums.subarray(run.first * units),
      ],
    }),
    codes: () => {
      const width = units / keyBits;
      const margins = allocated(Float32Array, rows, keyBits, 'margins');
      for (let i = 0; i < margins.length; i++) {
        let sum = 0;
        for (let j = i * width; j < (i + 1) * width; j++) sum = Math.fround(sum + sums[j]);
        margins[i] = Number.isFinite(sum) ? Math.abs(sum) : LARGEST; // sums of huge numbers overflow
      }
      return margins;
    },
  };
}
