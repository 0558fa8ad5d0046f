/**
 * What every hasher shares: how rows of vectors become codes, blocking, beside the event loop, or as a stream.
 * A hasher only says which kernel call makes the codes of a run of rows. Asynchronous calls hand the input over
 * in chunks copied to private memory: with Node-API nothing else keeps a buffer alive that its owner may detach,
 * resize or write to meanwhile (docs/architecture.md).
 */

import { activeBackend } from '../backend/active.ts';
import type { Backend, KernelCall, Running } from '../backend/kernels.ts';
import { checkCallback, checkOptions, checkSignal, checkThreads } from '../check.ts';
import { wrongKind } from '../errors.ts';
import { Stored } from '../files/stored.ts';
import { VectorSource, type Vectors } from '../vectors.ts';

/** Options of a blocking hash. */
export interface HashOptions {
  /** Threads to use, 1 to 256; default 1. */
  threads?: number;
}

/** Progress of a long call: rows, or bytes of a file. */
export interface Progress {
  /** Rows or bytes done. */
  readonly done: number;
  /** Rows or bytes in all. */
  readonly total: number;
}

/** Options of an asynchronous hash. */
export interface HashAsyncOptions {
  /** Threads of the package's own pool to use, 1 to 256; default: what the machine has. */
  threads?: number;
  /** Aborting rejects with `signal.reason` once the running blocks, of a few milliseconds, have ended. */
  signal?: AbortSignal;
  /** Called on the event loop as rows are done, ascending; the last call has done = total. */
  onProgress?: (progress: Progress) => void;
}

/** A run of rows to be hashed into the output that starts at row `first`. */
export interface RowRun {
  readonly vectors: Float32Array;
  readonly first: number;
  readonly rows: number;
}

/** How one kind of output is made: where it is written, the kernel call of a run of rows, and the finished codes. */
export interface RowHash<Codes> {
  call(run: RowRun): KernelCall;
  codes(): Codes;
}

/** Rows that fit one chunk; at least one. */
function chunkRows(backend: Backend, dim: number): number {
  return Math.max(1, Math.floor(backend.chunkBytes / (4 * dim)));
}

/** Hashes all rows on the calling thread and threads - 1 others. */
export function hashRows<Codes>(
  source: VectorSource,
  hash: RowHash<Codes>,
  threads: number,
): Codes {
  const backend = activeBackend();
  const direct = source.direct();
  const step = direct === undefined ? chunkRows(backend, source.dim) * threads : source.rows;
  const chunk = direct ?? new Float32Array(Math.min(step, source.rows) * source.dim);
  for (let first = 0; first < source.rows; first += step) {
    const rows = Math.min(step, source.rows - first);
    if (direct === undefined) source.copy(first, rows, chunk);
    const bad = backend.run(hash.call({ vectors: chunk, first, rows }), threads);
    if (bad >= 0) throw source.notFinite(first * source.dim + bad);
  }
  return hash.codes();
}

/** One asynchronous hash: lanes that each hash one chunk in the pool while they copy the next. */
class RowLanes<Codes> {
  readonly #backend = activeBackend();
  readonly #source: VectorSource;
  readonly #hash: RowHash<Codes>;
  readonly #onProgress: ((progress: Progress) => void) | undefined;
  readonly #running = new Set<Running>();
  readonly #step: number;
  #next = 0;
  #done = 0;
  #stopped = false;
  /** The failure at the smallest row, so that the error never depends on timing. */
  #failure: { readonly row: number; readonly error: unknown } | undefined;

  constructor(
    source: VectorSource,
    hash: RowHash<Codes>,
    onProgress: ((progress: Progress) => void) | undefined,
  ) {
    this.#source = source;
    this.#hash = hash;
    this.#onProgress = onProgress;
    this.#step = Math.min(chunkRows(this.#backend, source.dim), Math.max(1, source.rows));
  }

  async run(lanes: number, signal: AbortSignal | undefined): Promise<Codes> {
    const stop = (): void => this.#stop();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      const needed = Math.min(lanes, Math.ceil(this.#source.rows / this.#step));
      await Promise.all(Array.from({ length: needed }, () => this.#lane()));
    } finally {
      signal?.removeEventListener('abort', stop);
    }
    if (this.#failure !== undefined) throw this.#failure.error;
    signal?.throwIfAborted();
    return this.#hash.codes();
  }

  #stop(): void {
    this.#stopped = true;
    for (const running of this.#running) running.stop();
  }

  #fail(row: number, error: unknown): void {
    if (this.#failure === undefined || row < this.#failure.row) this.#failure = { row, error };
  }

  /**
   * Takes chunks until none is left: while one is hashed, the next is copied, so that no thread waits for this one;
   * but rows so long that one passes a chunk are held one at a time, to keep within a thread's memory.
   * Never rejects: a failure stops all lanes from taking more rows, and is thrown when all have ended.
   */
  async #lane(): Promise<void> {
    const isLong = 4 * this.#source.dim > this.#backend.chunkBytes;
    const memory: (Float32Array | undefined)[] = isLong ? [undefined] : [undefined, undefined];
    let chunk = this.#take(memory);
    while (chunk !== undefined && !this.#stopped) {
      const { first } = chunk;
      const hashed = this.#hashChunk(chunk).catch((error: unknown) => this.#fail(first, error));
      if (isLong) await hashed;
      chunk = this.#take(memory);
      await hashed;
    }
  }

  /** Copies the next rows to the memory that no kernel reads now; undefined when there are none, or after a failure. */
  #take(memory: (Float32Array | undefined)[]): RowRun | undefined {
    if (this.#stopped || this.#failure !== undefined || this.#next >= this.#source.rows) return;
    const first = this.#next;
    const rows = Math.min(this.#step, this.#source.rows - first);
    this.#next = first + rows;
    memory.reverse();
    memory[0] ??= new Float32Array(this.#step * this.#source.dim);
    const [vectors] = memory;
    try {
      this.#source.copy(first, rows, vectors);
    } catch (error) {
      this.#fail(first, error);
      return;
    }
    return { vectors, first, rows };
  }

  async #hashChunk(run: RowRun): Promise<void> {
    const { first, rows } = run;
    const running = this.#backend.start(this.#hash.call(run), 1);
    this.#running.add(running);
    const bad = await running.result.finally(() => this.#running.delete(running));
    if (bad === undefined) return;
    if (bad >= 0) throw this.#source.notFinite(first * this.#source.dim + bad);
    if (this.#stopped || this.#failure !== undefined) return;
    this.#done += rows;
    try {
      this.#onProgress?.({ done: this.#done, total: this.#source.rows });
    } catch (error) {
      this.#fail(first, error); // now, not a turn of promises later, when another lane may have reported
    }
  }
}

type CheckedOptions = HashAsyncOptions & { readonly threads: number };

function checkAsyncOptions(options: HashAsyncOptions): CheckedOptions {
  checkOptions(options, 'options', ['threads', 'signal', 'onProgress']);
  return {
    threads: checkThreads(options.threads, activeBackend().threads),
    onProgress: checkCallback(options.onProgress, 'onProgress'),
    signal: checkSignal(options.signal),
  };
}

/** Hashes all rows beside the event loop. */
export async function hashRowsAsync<Codes>(
  source: VectorSource,
  hash: RowHash<Codes>,
  { threads, signal, onProgress }: CheckedOptions,
): Promise<Codes> {
  return new RowLanes(source, hash, onProgress).run(threads, signal);
}

/** The methods that every hasher offers, over its one way to hash rows. */
export abstract class Hasher<Codes> extends Stored {
  /** Numbers a vector has. */
  readonly dim: number;

  protected constructor(dim: number) {
    super();
    this.dim = dim;
  }

  /** Allocates the codes of `rows` vectors and tells how runs of rows are hashed into them. */
  protected abstract rowHash(rows: number): RowHash<Codes>;

  /** @internal How vectors are hashed, for an index that runs the call among its own. */
  hashing(rows: number): RowHash<Codes> {
    return this.rowHash(rows);
  }

  /**
   * Codes of all vectors, blocking the caller.
   *
   * @param vectors rows x dim numbers, flat or as an array of rows.
   * @throws TypeError for a wrong kind of vectors or options, RangeError for a wrong length, and for a value that
   * is not finite, naming its row and column.
   */
  hash(vectors: Vectors, options: HashOptions = {}): Codes {
    checkOptions(options, 'options', ['threads']);
    const threads = checkThreads(options.threads, 1);
    const source = new VectorSource(vectors, this.dim);
    return hashRows(source, this.rowHash(source.rows), threads);
  }

  /**
   * Codes of all vectors, computed by the package's own threads while the event loop stays free. The vectors are
   * read while the call runs: a change made meanwhile may or may not be seen, and detaching them rejects.
   *
   * @throws (rejects) as {@link hash}; with `signal.reason` when aborted.
   */
  async hashAsync(vectors: Vectors, options: HashAsyncOptions = {}): Promise<Codes> {
    const checked = checkAsyncOptions(options);
    const source = new VectorSource(vectors, this.dim);
    return hashRowsAsync(source, this.rowHash(source.rows), checked);
  }

  /**
   * Codes of a stream of vectors, one result for each batch that comes, in order. The next batch is asked for
   * only after the last was taken, so memory stays at one batch.
   */
  async *hashStream(
    batches: AsyncIterable<Vectors> | Iterable<Vectors>,
    options: HashAsyncOptions = {},
  ): AsyncGenerator<Codes, void, undefined> {
    const iterable = batches as
      | Partial<AsyncIterable<Vectors> & Iterable<Vectors>>
      | null
      | undefined;
    if (
      typeof iterable?.[Symbol.asyncIterator] !== 'function' &&
      typeof iterable?.[Symbol.iterator] !== 'function'
    ) {
      throw wrongKind('batches', 'an iterable or async iterable of vectors', batches);
    }
    checkAsyncOptions(options);
    for await (const vectors of batches) yield await this.hashAsync(vectors, options);
  }
}
