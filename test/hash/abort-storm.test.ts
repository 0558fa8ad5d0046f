/**
 * A thousand aborts at random moments, of hashes and searches that run side by side: each call either rejects
 * with its reason or gives the right answer, nothing reports afterwards, and the event loop turns all the while.
 */

import { beforeAll, describe, expect, it } from 'vitest';
import type { Progress } from '../../lib/hash/hasher.ts';
import { type RandomStream, stream } from '../../lib/random.ts';
import { HammingIndex } from '../../lib/search/hamming-index.ts';
import { allBackends, useBackend } from '../support/backends.ts';
import { codes } from '../support/codes.ts';
import { type AnyHasher, bytesOf, HASHERS, manyVectors } from '../support/hashers.ts';

interface Options {
  readonly signal: AbortSignal;
  readonly threads: number;
  readonly onProgress: (progress: Progress) => void;
}

/** One kind of work, and its right answer as bytes. */
interface Work {
  readonly start: (options: Options) => Promise<Buffer>;
  readonly expected: Buffer;
}

function hashing(hasher: AnyHasher, rows: number): Work {
  const vectors = manyVectors(rows);
  return {
    start: async (options) => bytesOf(await hasher.hashAsync(vectors, options)),
    expected: bytesOf(hasher.hash(vectors)),
  };
}

function searching(rows: number): Work {
  const index = HammingIndex.create({ bits: 256 });
  index.add(codes(rows, 256, 'random', 1));
  const queries = codes(Math.ceil(rows / 10), 256, 'random', 2);
  return {
    start: async (options) => {
      const { ids } = await index.searchAsync(queries, 5, options);
      return Buffer.from(ids.buffer);
    },
    expected: Buffer.from(index.search(queries, 5).ids.buffer),
  };
}

/** Aborts at a moment of one of several kinds: at once, some turns or milliseconds later, or on progress. */
function abortSoon(draw: RandomStream, controller: AbortController, reason: unknown): () => void {
  const abort = (): void => controller.abort(reason);
  const moment = draw.below(5);
  if (moment === 0) abort();
  if (moment === 1) queueMicrotask(abort);
  if (moment === 2) setImmediate(abort);
  if (moment === 3) setTimeout(abort, draw.below(6));
  return moment === 4 ? abort : () => {};
}

function undisturbed(threads: number): Options {
  return { signal: new AbortController().signal, threads, onProgress: () => {} };
}

describe.each([...allBackends])('aborts on %s', (_name, backend) => {
  const isNative = backend.kind === 'native';
  const works: Work[] = [];
  let turns = 0;

  beforeAll(async () => {
    useBackend(backend);
    for (const make of HASHERS.values()) {
      works.push(hashing(await make(), isNative ? 15_000 : 200));
    }
    works.push(searching(isNative ? 3000 : 20));
  });

  async function aborted(draw: RandomStream): Promise<'aborted' | 'finished'> {
    const { start, expected } = works[draw.below(works.length)];
    const controller = new AbortController();
    const reason = new Error('enough');
    const onProgressAbort = abortSoon(draw, controller, reason);
    let settled = false;
    const options: Options = {
      signal: controller.signal,
      threads: 1 + draw.below(4),
      onProgress: () => {
        expect(settled || controller.signal.aborted).toBe(false);
        onProgressAbort();
      },
    };
    try {
      const found = await start(options);
      expect(found.equals(expected)).toBe(true);
      return 'finished';
    } catch (error) {
      expect(error).toBe(reason);
      return 'aborted';
    } finally {
      settled = true;
    }
  }

  it('a thousand times, eight calls at a time', async () => {
    const counter = setInterval(() => turns++, 0);
    const outcomes = { aborted: 0, finished: 0 };
    const storm = async (lane: number): Promise<void> => {
      const draw = stream(20261123, 'evaluation', lane);
      for (let i = 0; i < (isNative ? 125 : 25); i++) outcomes[await aborted(draw)]++;
    };
    await Promise.all(Array.from({ length: 8 }, (_, lane) => storm(lane)));
    clearInterval(counter);
    expect(outcomes.aborted).toBeGreaterThan(isNative ? 500 : 50);
    expect(turns).toBeGreaterThan(0);
  });

  it('leaves every kind of work as it was', async () => {
    const all = await Promise.all(works.map(({ start }) => start(undisturbed(3))));
    all.forEach((found, i) => {
      expect(found.equals(works[i].expected)).toBe(true);
    });
  });

  it('and a hundred calls at once all come to their right end', async () => {
    const jobs = Array.from({ length: isNative ? 100 : 20 }, (_, i) => works[i % works.length]);
    const all = await Promise.all(jobs.map(({ start }) => start(undisturbed(2))));
    all.forEach((found, i) => {
      expect(found.equals(jobs[i].expected)).toBe(true);
    });
  });

  it('when onProgress throws, nothing is reported any more', async () => {
    for (const { start } of works) {
      let calls = 0;
      const onProgress = (): never => {
        calls++;
        throw new Error('from the caller');
      };
      const running = start({ signal: new AbortController().signal, threads: 3, onProgress });
      await expect(running).rejects.toThrow('from the caller');
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(calls).toBe(1);
    }
  });
});
