/**
 * Searches of every index beside other things: writes to it, aborts, progress, and other searches. Each gives the
 * answer of the moment it was called, or rejects with the reason of its signal.
 */

import { beforeEach, describe, expect, it } from 'vitest';
import type { Progress } from '../../lib/hash/hasher.ts';
import { stream } from '../../lib/random.ts';
import type { Key } from '../../lib/search/keys.ts';
import type { Neighbors } from '../../lib/search/neighbors.ts';
import { type AnyIndex, indexCases, POOL, range } from '../support/indexes.ts';

const name = (id: number): string => `k${id}`;

describe.each(indexCases)('$indexName on $name', ({ backend, kind, prepared }) => {
  beforeEach(prepared);
  const isNative = backend.kind === 'native';
  /** Enough that a native search is still in flight when the lines after its call run. */
  const rows = isNative ? 6_000 : 200;
  const asked = range(0, isNative ? 200 : 20);

  const pick = (numbers: readonly number[]): object => kind.pick(numbers.map((row) => row % POOL));

  function full(): AnyIndex {
    const index = kind.create();
    index.add(pick(range(0, rows)), range(0, rows).map(name));
    return index;
  }

  it('searches the index, the queries and the filter of the moment of the call', async () => {
    const index = full();
    const filter = index.bitmap((_key: Key, id: number) => id % 2 === 0);
    const queries = pick(asked);
    const searches: Promise<Neighbors>[] = [];
    const expected: Neighbors[] = [];
    const begin = (): void => {
      for (const options of [{}, { filter, threads: 3 }]) {
        searches.push(index.searchAsync(queries, 7, options));
        expected.push(index.search(pick(asked), 7, options));
      }
    };
    const some = range(rows / 4, rows / 2);
    begin();
    index.upsert(pick(range(300, 300 + some.length)), some.map(name));
    begin();
    index.remove(range(rows * 0.4, rows * 0.7).map(name));
    begin();
    const more = range(rows, rows + 50);
    index.add(pick(more), more.map(name));
    begin();
    kind.overwrite(queries);
    filter.fill(0);
    expect(await Promise.all(searches)).toEqual(expected);
    expect(index.rows).toBe(rows);
  });

  it('writes in place again when no search is in flight', async () => {
    const index = full();
    await index.searchAsync(pick(asked), 3);
    index.remove([name(1)]);
    await Promise.allSettled([index.searchAsync(pick(asked), 3, { signal: AbortSignal.abort() })]);
    index.upsert(pick([5]), [name(2)]);
    expect(index.get(name(2))).toEqual(kind.stored(5));
    expect(index.has(name(1))).toBe(false);
  });

  it('reports progress upwards to the end', async () => {
    const seen: Progress[] = [];
    const onProgress = (progress: Progress): void => void seen.push(progress);
    await full().searchAsync(pick(asked), 3, { onProgress });
    expect(seen.at(-1)).toEqual({ done: asked.length, total: asked.length });
    const done = seen.map((progress) => progress.done);
    expect(done).toEqual([...new Set(done)].sort((a, b) => a - b));
  });

  it('rejects with the reason of its signal, before, meanwhile and on progress', async () => {
    const index = full();
    const before = index.searchAsync(pick(asked), 3, { signal: AbortSignal.abort('early') });
    await expect(before).rejects.toBe('early');
    const late = new AbortController();
    const meanwhile = index.searchAsync(pick(asked), 3, { signal: late.signal, threads: 2 });
    late.abort('late');
    await expect(meanwhile).rejects.toBe('late');
    const told = new AbortController();
    let calls = 0;
    const onProgress = (): void => {
      calls++;
      told.abort('told');
    };
    const progressing = index.searchAsync(pick(asked), 3, { signal: told.signal, onProgress });
    await expect(progressing).rejects.toBe('told');
    expect(calls).toBe(1);
    const throwing = index.searchAsync(pick(asked), 3, {
      onProgress: () => {
        throw new Error('from the caller');
      },
    });
    await expect(throwing).rejects.toThrow('from the caller');
    expect(index.search(pick([1]), 1).counts[0]).toBe(1);
  });

  it('lets onProgress change the index', async () => {
    const index = full();
    const expected = index.search(pick(asked), 5);
    const onProgress = ({ done }: Progress): void => {
      index.remove([name(done)]);
      index.upsert(pick([1, 2]), [name(0), name(rows + done)]);
    };
    expect(await index.searchAsync(pick(asked), 5, { onProgress })).toEqual(expected);
    expect(index.get(name(0))).toEqual(kind.stored(1));
  });

  it('survives searches, aborts and writes at random', async () => {
    const index = full();
    const draw = stream(20261124, 'evaluation');
    const running: Promise<void>[] = [];
    for (let i = 0; i < (isNative ? 30 : 15); i++) {
      const controller = new AbortController();
      const options = { signal: controller.signal, threads: 1 + draw.below(3) };
      const queries = pick(asked.slice(0, 1 + draw.below(asked.length)));
      const expected = index.search(queries, 4);
      const found = index.searchAsync(queries, 4, options);
      const check = (result: Neighbors): void => expect(result).toEqual(expected);
      running.push(found.then(check, (reason) => expect(reason).toBe('enough')));
      const ids = range(0, 9).map(() => draw.below(rows));
      if (i % 3 === 0) index.remove(ids.map(name));
      else index.upsert(pick(range(i, i + new Set(ids).size)), [...new Set(ids)].map(name));
      if (draw.below(3) === 0) controller.abort('enough');
      if (draw.below(4) === 0) await found.catch(() => {});
    }
    await Promise.all(running);
    expect(running.length).toBeGreaterThan(10);
  });
});
