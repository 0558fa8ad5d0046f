/**
 * Vectors that come in batches: how a stream of them is told from vectors in memory, and read without waiting
 * longer than a signal allows.
 */

import { wrongKind } from '../errors.ts';
import { unlessAborted } from '../files/sources.ts';
import { isVectors, type Vectors } from '../vectors.ts';

/** Vectors that come in batches; a function is called for every pass over them. */
export type VectorStream =
  | AsyncIterable<Vectors>
  | (() => AsyncIterable<Vectors> | Iterable<Vectors>);

/** What a stream gives, one way or the other. */
export type Batches = AsyncIterable<Vectors> | Iterable<Vectors>;

/** The batches, each awaited no longer than the signal allows. */
export async function* batchesOf(
  batches: Batches,
  signal: AbortSignal | undefined,
): AsyncGenerator<Vectors, void, void> {
  const iterator = iteratorOf(batches);
  try {
    for (;;) {
      const { done, value } = await unlessAborted(Promise.resolve(iterator.next()), signal);
      if (done === true) return;
      yield value;
    }
  } finally {
    // Not awaited: a stream that stalls would never answer.
    Promise.resolve(iterator.return?.()).catch(() => {});
  }
}

function iteratorOf(batches: unknown): AsyncIterator<Vectors> | Iterator<Vectors> {
  if (typeof batches === 'object' && batches !== null) {
    const iterable = batches as Partial<AsyncIterable<Vectors> & Iterable<Vectors>>;
    if (typeof iterable[Symbol.asyncIterator] === 'function') {
      return (iterable as AsyncIterable<Vectors>)[Symbol.asyncIterator]();
    }
    if (typeof iterable[Symbol.iterator] === 'function') {
      return (iterable as Iterable<Vectors>)[Symbol.iterator]();
    }
  }
  throw wrongKind('vectors()', 'an iterable or async iterable of vectors', batches);
}

/** Whether a stream can be read only once, as far as can be told: it is its own iterator, or one of Node or the web. */
export function comesOnce(stream: object): boolean {
  const { getReader, pipe } = stream as { getReader?: unknown; pipe?: unknown };
  return (
    typeof getReader === 'function' ||
    typeof pipe === 'function' ||
    (iteratorOf(stream) as unknown) === stream
  );
}

/** Whether it is an async iterable. */
export function isStream(vectors: unknown): vectors is AsyncIterable<Vectors> {
  return (
    typeof vectors === 'object' &&
    vectors !== null &&
    typeof (vectors as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator] === 'function'
  );
}

/** Throws unless vectors is something that can be learnt from, as far as can be told without reading it. */
export function checkVectorInput(vectors: unknown): void {
  if (typeof vectors === 'function' || isStream(vectors) || isVectors(vectors)) return;
  const expected =
    'a Float32Array, Float64Array, Int8Array, Uint8Array or number[] of rows x dim numbers, an array of those, ' +
    'an async iterable of such batches, or a function that gives an iterable of them';
  throw wrongKind('vectors', expected, vectors);
}

/** Each batch once, with its name for errors: vectors in memory are one. */
export async function* eachBatch(
  vectors: Vectors | VectorStream,
  signal: AbortSignal | undefined,
): AsyncGenerator<{ readonly batch: Vectors; readonly name: string }, void, void> {
  checkVectorInput(vectors);
  if (typeof vectors !== 'function' && !isStream(vectors)) {
    yield { batch: vectors, name: 'vectors' };
    return;
  }
  let index = 0;
  for await (const batch of batchesOf(
    typeof vectors === 'function' ? vectors() : vectors,
    signal,
  )) {
    yield { batch, name: `batches[${index++}]` };
  }
}
