/**
 * Rows as learning wants them: the mean subtracted, and by default divided by their norm. Rows in memory are prepared
 * once, into one private copy; those of a stream in every pass, run by run. What is learnt never depends on
 * which, nor on runs or batches, since everything is summed row after row.
 */

import { allocated } from '../check.ts';
import { wrongValue } from '../errors.ts';
import type { KernelWork } from './kernel-work.ts';
import { checkFinite, type VectorPasses, type VectorRun } from './vector-passes.ts';

/** Rows that are prepared, with the norms that they had once centred. */
export interface PreparedRun {
  readonly prepared: Float32Array;
  readonly norms: Float32Array;
  /** The row of all rows that comes first. */
  readonly first: number;
  readonly rows: number;
}

export type VisitPrepared = (run: PreparedRun) => Promise<void> | void;

/** Prepared rows that can be read any number of times. */
export interface TrainingRows {
  readonly dim: number;
  readonly rows: number;
  /** Most rows of a run. */
  readonly runRows: number;
  /** Whether the rows were divided by their norms. */
  readonly unitLength: boolean;
  /** All rows, where they are in memory. */
  readonly whole: PreparedRun | undefined;
  forEachRun(visit: VisitPrepared): Promise<void>;
}

/** How rows are prepared. */
export interface Preparation {
  readonly mean: Float32Array;
  readonly unitLength: boolean;
}

/** Chunks of the backend that a run of rows in memory has: few calls, and still some turns of the event loop. */
const MEMORY_CHUNKS = 64;

/** Mean of the rows, sums in double, row after row, rounded once; zeros unless centred. Checks that all are finite. */
export async function meanOf(
  passes: VectorPasses,
  isCentred: boolean,
  work: KernelWork,
): Promise<{ rows: number; mean: Float32Array }> {
  let sums = new Float64Array(0);
  const rows = await passes.forEachRun(async (run) => {
    if (sums.length === 0) sums = new Float64Array(passes.dim);
    addRows(run, sums);
    // Finite numbers of a float32 cannot overflow a double: so one look at the sums is a look at all of them.
    if (!sums.every(Number.isFinite)) checkFinite(run, passes.dim);
    await work.rest();
  });
  const mean = Float32Array.from(sums, (sum) => (isCentred ? sum / rows : 0));
  return { rows, mean };
}

/** Four rows at a time, whose numbers are added one after the other all the same. */
function addRows({ vectors, rows }: VectorRun, sums: Float64Array): void {
  const dim = sums.length;
  const whole = rows - (rows % 4);
  for (let a = 0; a < whole * dim; a += 4 * dim) {
    const [b, c, d] = [a + dim, a + 2 * dim, a + 3 * dim];
    for (let i = 0; i < dim; i++) {
      sums[i] = sums[i] + vectors[a + i] + vectors[b + i] + vectors[c + i] + vectors[d + i];
    }
  }
  for (let at = whole * dim; at < rows * dim; at++) sums[at % dim] += vectors[at];
}

async function prepare(
  run: VectorRun,
  { mean, unitLength }: Preparation,
  { prepared, norms }: Pick<PreparedRun, 'prepared' | 'norms'>,
  work: KernelWork,
): Promise<void> {
  const { vectors, first, rows } = run;
  const dim = mean.length;
  const name = 'competitionPrepare';
  const isUnit = unitLength ? 1 : 0;
  const bad = await work.run({
    name,
    args: [vectors, rows, dim, mean, isUnit, prepared, norms],
  });
  if (bad >= 0) throw run.notFinite(bad);
  for (let row = 0; row < rows; row++) {
    if (Number.isFinite(norms[row])) continue;
    throw wrongValue(`the norm of vectors[${first + row}]`, 'finite as a float32', norms[row]);
  }
}

/** Rows of a stream, or of a batch: prepared whenever they are read. */
export class PassingRows implements TrainingRows {
  readonly dim: number;
  readonly rows: number;
  readonly runRows: number;
  readonly unitLength: boolean;
  readonly whole = undefined;
  readonly #passes: VectorPasses;
  readonly #preparation: Preparation;
  readonly #work: KernelWork;

  constructor(passes: VectorPasses, rows: number, preparation: Preparation, work: KernelWork) {
    this.#passes = passes;
    this.#preparation = preparation;
    this.#work = work;
    this.dim = preparation.mean.length;
    this.unitLength = preparation.unitLength;
    this.rows = rows;
    this.runRows = passes.runRows;
  }

  async forEachRun(visit: VisitPrepared): Promise<void> {
    const memory = {
      prepared: new Float32Array(this.runRows * this.dim),
      norms: new Float32Array(this.runRows),
    };
    await this.#passes.forEachRun(async (run) => {
      await prepare(run, this.#preparation, memory, this.#work);
      await visit({ ...memory, first: run.first, rows: run.rows });
    });
  }
}

/** Rows that are prepared once. */
class MemoryRows implements TrainingRows {
  readonly dim: number;
  readonly rows: number;
  readonly runRows: number;
  readonly unitLength: boolean;
  readonly whole: PreparedRun;

  constructor(whole: PreparedRun, { mean, unitLength }: Preparation, runRows: number) {
    this.whole = whole;
    this.dim = mean.length;
    this.unitLength = unitLength;
    this.rows = whole.rows;
    this.runRows = Math.min(runRows, whole.rows);
  }

  async forEachRun(visit: VisitPrepared): Promise<void> {
    const { prepared, norms } = this.whole;
    for (let first = 0; first < this.rows; first += this.runRows) {
      const rows = Math.min(this.runRows, this.rows - first);
      const end = first + rows;
      await visit({
        prepared: prepared.subarray(first * this.dim, end * this.dim),
        norms: norms.subarray(first, end),
        first,
        rows,
      });
    }
  }
}

/** The rows of passes, prepared: at once where they are in memory. */
export async function trainingRows(
  passes: VectorPasses,
  rows: number,
  preparation: Preparation,
  work: KernelWork,
): Promise<TrainingRows> {
  if (!passes.isMemory) return new PassingRows(passes, rows, preparation, work);
  const dim = preparation.mean.length;
  const prepared = allocated(Float32Array, rows, dim, 'vectors in memory');
  const norms = new Float32Array(rows);
  await passes.forEachRun(async (run) => {
    const into = {
      prepared: prepared.subarray(run.first * dim, (run.first + run.rows) * dim),
      norms: norms.subarray(run.first, run.first + run.rows),
    };
    await prepare(run, preparation, into, work);
  });
  const whole = { prepared, norms, first: 0, rows };
  return new MemoryRows(whole, preparation, work.rowsOf(MEMORY_CHUNKS, dim));
}

/** The prepared rows of those positions, ascending, one after the other. */
export async function fetchRows(rows: TrainingRows, ascending: Uint32Array): Promise<Float32Array> {
  const { dim, whole } = rows;
  const fetched = new Float32Array(ascending.length * dim);
  let next = 0;
  const take = ({ prepared, first, rows: count }: PreparedRun): void => {
    for (; next < ascending.length && ascending[next] < first + count; next++) {
      const start = (ascending[next] - first) * dim;
      fetched.set(prepared.subarray(start, start + dim), next * dim);
    }
  };
  if (whole !== undefined) take(whole);
  else await rows.forEachRun(take);
  return fetched;
}
