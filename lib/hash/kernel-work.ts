/**
 * Kernel calls of a training: all on the backend and the threads of its beginning, beside the event loop where they
 * are long, and stopped when its signal is aborted.
 */

import { activeBackend } from '../backend/active.ts';
import type { KernelCall } from '../backend/kernels.ts';
import { eventLoopTurn } from '../event-loop.ts';

/** Milliseconds that blocking calls may keep the event loop waiting. */
const TURN_MILLISECONDS = 4;

/** Where one training runs its kernels. */
export class KernelWork {
  readonly #backend = activeBackend();
  readonly #threads: number;
  readonly #signal: AbortSignal | undefined;
  #turnAt = 0;

  constructor(threads: number | undefined, signal: AbortSignal | undefined) {
    this.#threads = threads ?? this.#backend.threads;
    this.#signal = signal;
  }

  /** Rows of dim numbers in `chunks` of the backend's chunks; at least one. */
  rowsOf(chunks: number, dim: number): number {
    return Math.max(1, Math.floor((chunks * this.#backend.chunkBytes) / (4 * dim)));
  }

  /** Runs a long call; rejects with the signal's reason, within a block's time, when it is aborted. */
  async run(call: KernelCall): Promise<number> {
    this.#signal?.throwIfAborted();
    const running = this.#backend.start(call, this.#threads);
    const stop = (): void => running.stop();
    this.#signal?.addEventListener('abort', stop, { once: true });
    try {
      const result = await running.result;
      this.#signal?.throwIfAborted();
      if (result === undefined) throw new Error('a kernel stopped that nobody stopped');
      return result;
    } finally {
      this.#signal?.removeEventListener('abort', stop);
    }
  }

  /** Runs a short call, of a mini-batch, on the calling thread and the others; `rest` goes between such calls. */
  runNow(call: KernelCall): number {
    return this.#backend.run(call, this.#threads);
  }

  /** Gives the event loop a turn when it has waited for some milliseconds. */
  async rest(): Promise<void> {
    if (performance.now() < this.#turnAt) return;
    await eventLoopTurn();
    this.#signal?.throwIfAborted();
    this.#turnAt = performance.now() + TURN_MILLISECONDS;
  }
}
