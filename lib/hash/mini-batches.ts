/**
 * Prepared rows in mini-batches: in their order, or where all of them are in memory in an order that was drawn. A
 * mini-batch never depends on the runs in which the rows come.
 */

import type { PreparedRun, TrainingRows } from './training-rows.ts';

/** A mini-batch: prepared rows and their norms, whose memory is used again. */
export type MiniBatch = Omit<PreparedRun, 'first'>;

export type VisitMiniBatch = (batch: MiniBatch) => Promise<void>;

/** Rows copied together. */
class BatchMemory {
  readonly prepared: Float32Array;
  readonly norms: Float32Array;
  readonly #dim: number;
  rows = 0;

  constructor(size: number, dim: number) {
    this.prepared = new Float32Array(size * dim);
    this.norms = new Float32Array(size);
    this.#dim = dim;
  }

  get isFull(): boolean {
    return this.rows === this.norms.length;
  }

  add({ prepared, norms }: MiniBatch, row: number): void {
    const dim = this.#dim;
    this.prepared.set(prepared.subarray(row * dim, (row + 1) * dim), this.rows * dim);
    this.norms[this.rows++] = norms[row];
  }

  async flush(visit: VisitMiniBatch): Promise<void> {
    if (this.rows > 0) await visit(this);
    this.rows = 0;
  }
}

/** All rows in mini-batches of `size`, the last one shorter; in the order given, which needs rows in memory. */
export async function forEachMiniBatch(
  rows: TrainingRows,
  size: number,
  order: Uint32Array | undefined,
  visit: VisitMiniBatch,
): Promise<void> {
  const memory = new BatchMemory(Math.min(size, rows.rows), rows.dim);
  if (rows.whole !== undefined && order !== undefined) {
    for (const row of order) {
      memory.add(rows.whole, row);
      if (memory.isFull) await memory.flush(visit);
    }
  } else {
    await rows.forEachRun(async (run) => {
      for (let row = 0; row < run.rows; row++) {
        memory.add(run, row);
        if (memory.isFull) await memory.flush(visit);
      }
    });
  }
  await memory.flush(visit);
}
