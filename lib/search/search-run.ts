/**
 * How every index runs a search: kernel calls over runs of its queries, blocking, or beside the event loop in
 * chunks between which progress is told and a signal obeyed. An index only says which calls find the neighbours of a
 * run of queries; one after the other, since a later call may read what an earlier one wrote.
 */

import { activeBackend } from '../backend/active.ts';
import type { KernelCall, Running } from '../backend/kernels.ts';
import { checkCallback, checkSignal, checkThreads } from '../check.ts';
import type { Progress } from '../hash/hasher.ts';
import type { Filter } from './roster.ts';

/** Options of a blocking search. */
export interface SearchOptions {
  /** Threads to use, 1 to 256; default 1. */
  threads?: number;
  /** Rows that may be found; default: all. */
  filter?: Filter;
}

/** Options of an asynchronous search. */
export interface SearchAsyncOptions {
  /** Threads of the package's own pool to use, 1 to 256; default: what the machine has. */
  threads?: number;
  /** Rows that may be found; default: all. Read at the call. */
  filter?: Filter;
  /** Aborting rejects with `signal.reason` once the running blocks, of a few milliseconds, have ended. */
  signal?: AbortSignal;
  /** Called on the event loop as queries are done, ascending; the last call has done = total. */
  onProgress?: (progress: Progress) => void;
}

/** The names of the options, for checkOptions. */
export const SEARCH_OPTIONS = ['threads', 'filter'] as const;
export const SEARCH_ASYNC_OPTIONS = ['threads', 'filter', 'signal', 'onProgress'] as const;

/** A kernel call of a search, and what is done with its result. */
export interface SearchStep {
  readonly call: KernelCall;
  /** Throws when the result says that the queries were wrong. */
  readonly done?: (result: number) => void;
}

/** A search that is ready to run: its arrays are private to the package. */
export interface SearchRun<Found> {
  /** Queries in all. */
  readonly queries: number;
  /** Queries that one asynchronous chunk takes, at least 1: a few milliseconds of work. */
  readonly chunkQueries: number;
  /** The calls that find the neighbours of queries first .. first + count - 1, in their order. */
  steps(first: number, count: number): Iterable<SearchStep>;
  /** The result, once all queries are done. */
  found(): Found;
}

/** Runs all of it on the calling thread and threads - 1 others. */
export function runSearch<Found>(run: SearchRun<Found>, threads: number): Found {
  for (const { call, done } of run.steps(0, run.queries)) {
    const result = activeBackend().run(call, threads);
    done?.(result);
  }
  return run.found();
}

/** The checked options of an asynchronous call. */
export interface CheckedAsync {
  readonly threads: number;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((progress: Progress) => void) | undefined;
}

export function checkSearchAsync(options: SearchAsyncOptions): CheckedAsync {
  return {
    threads: checkThreads(options.threads, activeBackend().threads),
    onProgress: checkCallback(options.onProgress, 'onProgress'),
    signal: checkSignal(options.signal),
  };
}

/** Runs a search beside the event loop, chunk by chunk. */
export async function runSearchAsync<Found>(
  run: SearchRun<Found>,
  { threads, signal, onProgress }: CheckedAsync,
): Promise<Found> {
  const total = run.queries;
  let running: Running | undefined;
  const stop = (): void => running?.stop();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    for (let first = 0; first < total; first += run.chunkQueries) {
      const count = Math.min(run.chunkQueries, total - first);
      for (const { call, done } of run.steps(first, count)) {
        running = activeBackend().start(call, threads);
        const result = await running.result;
        signal?.throwIfAborted();
        done?.(result ?? 0);
      }
      onProgress?.({ done: first + count, total });
    }
  } finally {
    signal?.removeEventListener('abort', stop);
  }
  signal?.throwIfAborted();
  return run.found();
}
