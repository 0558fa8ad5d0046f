/**
 * Training vectors that are read several times, run by run: from memory, from a stream that can be opened again, or
 * from one that comes only once and is then kept in a temporary file. However the vectors come, the rows are the
 * same, in the same order, in runs of the same length; a stream that changes between passes is an error.
 */

import { wrongKind, wrongValue } from '../errors.ts';
import { canSpool, Spool } from '../files/spool.ts';
import { firstNonFinite } from '../reference/sign.ts';
import { dimOf, VectorSource, type Vectors } from '../vectors.ts';
import {
  type Batches,
  batchesOf,
  checkVectorInput,
  comesOnce,
  isStream,
  type VectorStream,
} from './vector-batches.ts';

/** Rows as they came; the memory is used again for the next run. */
export interface VectorRun {
  readonly vectors: Float32Array;
  /** The row of all rows that comes first. */
  readonly first: number;
  readonly rows: number;
  /** The error for a value, at a flat position of this run, that is not finite. */
  notFinite(position: number): RangeError;
}

export type VisitRun = (run: VectorRun) => Promise<void> | void;

/** Vectors that can be read any number of times. */
export interface VectorPasses {
  /** Numbers of a vector; 0 before the first pass, where the first batch tells. */
  readonly dim: number;
  /** Most rows of a run. */
  readonly runRows: number;
  /** Whether all rows are in memory. */
  readonly isMemory: boolean;
  /** Rows read; throws when it is not what an earlier pass read. */
  forEachRun(visit: VisitRun): Promise<number>;
  close(): Promise<void>;
}

/** How many rows a run has for vectors of dim numbers. */
export type RunRows = (dim: number) => number;

/** Throws for the first value of a run that is not finite. */
export function checkFinite({ vectors, rows, notFinite }: VectorRun, dim: number): void {
  const bad = firstNonFinite(vectors, rows * dim);
  if (bad >= 0) throw notFinite(bad);
}

/** Vectors in the caller's memory, copied run by run. */
export class MemoryPasses implements VectorPasses {
  readonly dim: number;
  readonly runRows: number;
  readonly isMemory = true;
  readonly #source: VectorSource;

  constructor(source: VectorSource, runRows: RunRows) {
    this.dim = source.dim;
    this.#source = source;
    this.runRows = Math.max(1, Math.min(runRows(source.dim), source.rows));
  }

  async forEachRun(visit: VisitRun): Promise<number> {
    const { rows, dim } = this.#source;
    const vectors = new Float32Array(Math.min(this.runRows, rows) * dim);
    for (let first = 0; first < rows; first += this.runRows) {
      const count = Math.min(this.runRows, rows - first);
      this.#source.copy(first, count, vectors);
      const notFinite = (at: number): RangeError => this.#source.notFinite(first * dim + at);
      await visit({ vectors, first, rows: count, notFinite });
    }
    return rows;
  }

  async close(): Promise<void> {}
}

/** Rows of batches put together to one run. */
class GatheredRun implements VectorRun {
  readonly vectors: Float32Array;
  first = 0;
  rows = 0;
  readonly #capacity: number;
  readonly #dim: number;
  readonly #pieces: { source: VectorSource; from: number; at: number }[] = [];

  constructor(capacity: number, dim: number) {
    this.#capacity = capacity;
    this.#dim = dim;
    this.vectors = new Float32Array(capacity * dim);
  }

  get isFull(): boolean {
    return this.rows === this.#capacity;
  }

  /** Takes what fits of a batch from a row on; gives how many rows. */
  take(source: VectorSource, from: number): number {
    const count = Math.min(this.#capacity - this.rows, source.rows - from);
    source.copy(from, count, this.vectors.subarray(this.rows * this.#dim));
    this.#pieces.push({ source, from, at: this.rows });
    this.rows += count;
    return count;
  }

  /** Forgets its rows; the next one follows them. */
  next(): void {
    this.first += this.rows;
    this.rows = 0;
    this.#pieces.length = 0;
  }

  readonly notFinite = (position: number): RangeError => {
    const row = Math.floor(position / this.#dim);
    const piece = this.#pieces.findLast(({ at }) => at <= row);
    if (piece === undefined) throw new Error('a position of no batch');
    const { source, from, at } = piece;
    return source.notFinite((from - at) * this.#dim + position);
  };
}

/** Vectors of a stream that is opened again for every pass. */
class StreamPasses implements VectorPasses {
  readonly isMemory = false;
  dim: number;
  readonly #open: () => Batches;
  readonly #runRows: RunRows;
  readonly #signal: AbortSignal | undefined;
  #rows: number | undefined;

  constructor(open: () => Batches, { dim = 0, runRows, signal }: PassOptions) {
    this.#open = open;
    this.dim = dim;
    this.#runRows = runRows;
    this.#signal = signal;
  }

  get runRows(): number {
    return this.#runRows(this.dim);
  }

  async forEachRun(visit: VisitRun): Promise<number> {
    let run: GatheredRun | undefined;
    let index = 0;
    for await (const batch of batchesOf(this.#open(), this.#signal)) {
      const name = `batches[${index++}]`;
      if (this.dim === 0) this.dim = dimOf(batch, name);
      const source = new VectorSource(batch, this.dim, name);
      run ??= new GatheredRun(this.runRows, this.dim);
      for (let at = 0; at < source.rows; ) {
        at += run.take(source, at);
        if (!run.isFull) continue;
        await visit(run);
        run.next();
      }
    }
    if (run !== undefined && run.rows > 0) await visit(run);
    return this.#counted((run?.first ?? 0) + (run?.rows ?? 0));
  }

  #counted(rows: number): number {
    this.#rows ??= rows;
    if (rows === this.#rows) return rows;
    throw wrongValue('vectors', `the same ${this.#rows} rows in every pass`, rows);
  }

  async close(): Promise<void> {}
}

/** Vectors of a stream that comes once: the first pass writes what it reads to a file, the others read that. */
class SpooledPasses implements VectorPasses {
  readonly isMemory = false;
  readonly #stream: StreamPasses;
  #spool: Spool | undefined;
  #rows: number | undefined;

  constructor(stream: StreamPasses) {
    this.#stream = stream;
  }

  get dim(): number {
    return this.#stream.dim;
  }

  get runRows(): number {
    return this.#stream.runRows;
  }

  async forEachRun(visit: VisitRun): Promise<number> {
    if (this.#rows !== undefined) return this.#again(visit, this.#rows);
    this.#spool = await Spool.open();
    const spool = this.#spool;
    this.#rows = await this.#stream.forEachRun(async (run) => {
      await visit(run);
      await spool.write(run.vectors.subarray(0, run.rows * this.dim), run.first * this.dim);
    });
    return this.#rows;
  }

  async #again(visit: VisitRun, rows: number): Promise<number> {
    const vectors = new Float32Array(Math.min(this.runRows, rows) * this.dim);
    for (let first = 0; first < rows; first += this.runRows) {
      const count = Math.min(this.runRows, rows - first);
      await this.#spool?.read(vectors.subarray(0, count * this.dim), first * this.dim);
      const notFinite = (at: number): RangeError =>
        wrongValue('the temporary file', 'left alone', vectors[at]);
      await visit({ vectors, first, rows: count, notFinite });
    }
    return rows;
  }

  async close(): Promise<void> {
    await this.#spool?.close();
  }
}

export interface PassOptions {
  /** Numbers of a vector, where they were given. */
  readonly dim?: number;
  readonly runRows: RunRows;
  readonly signal: AbortSignal | undefined;
}

/** Passes over vectors in memory, over a stream, or over the streams that a function opens. */
export function passesOver(vectors: Vectors | VectorStream, options: PassOptions): VectorPasses {
  checkVectorInput(vectors);
  if (typeof vectors === 'function') return new StreamPasses(vectors, options);
  if (!isStream(vectors)) {
    const source = new VectorSource(vectors, options.dim ?? dimOf(vectors));
    return new MemoryPasses(source, options.runRows);
  }
  const stream = new StreamPasses(() => vectors, options);
  if (!comesOnce(vectors)) return stream;
  if (canSpool()) return new SpooledPasses(stream);
  const expected = 'a function that opens the stream for every pass (without files to keep it in)';
  throw wrongKind('vectors', expected, vectors);
}
