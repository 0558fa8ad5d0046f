/**
 * Co-occurrence counts of whole texts: the same for any segments, batches, threads and backends, in memory and on disk;
 * weights, counts that are too large, abort, and temporary files that are gone.
 */

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backend } from '../../lib/backend/kernels.ts';
import { KernelWork } from '../../lib/hash/kernel-work.ts';
import { stream } from '../../lib/random.ts';
import {
  type CooccurrenceSettings,
  type CountingMeans,
  countCooccurrences,
  windowWeights,
} from '../../lib/words/cooccurrences.ts';
import { CountTables } from '../../lib/words/count-rows.ts';
import { allBackends, levelBackends, reference, useBackend } from '../support/backends.ts';
import { RUNS } from '../support/generators.ts';

const fastest = [...levelBackends.values()].at(-1) ?? reference;
let folder: string;
const usual = process.env.TMPDIR;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'flyhash-test-'));
  process.env.TMPDIR = folder;
});

afterAll(() => {
  if (usual === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = usual;
  rmSync(folder, { recursive: true });
});

type Table = ReadonlyMap<string, number>;

/** All counts by "row column", and the totals. */
async function tableOf(
  backend: Backend,
  segments: Iterable<Int32Array>,
  settings: CooccurrenceSettings,
  { threads = 1, ...means }: Omit<CountingMeans, 'work'> & { threads?: number } = {},
): Promise<{ table: Table; totals: Float64Array }> {
  useBackend(backend);
  const work = new KernelWork(threads, undefined);
  const counts = await countCooccurrences(segments, settings, { ...means, work });
  const table = new Map<string, number>();
  let next = 0;
  for await (const { first, ends, columns, counts: own } of counts.rows()) {
    expect(first).toBe(next);
    next += ends.length;
    for (let row = 0, i = 0; row < ends.length; row++) {
      for (; i < ends[row]; i++) table.set(`${first + row} ${columns[i]}`, own[i]);
    }
  }
  expect(next).toBe(settings.words);
  await counts.close();
  return { table, totals: counts.totals };
}

function plainTable(tokens: Int32Array, { words, radius, weighting }: CooccurrenceSettings): Table {
  const weights = windowWeights(radius, weighting);
  const table = new Map<string, number>();
  const isWord = (token: number) => token >= 0 && token < words;
  const add = (row: number, column: number, weight: number) => {
    const key = `${row} ${column}`;
    if (isWord(row) && isWord(column)) table.set(key, (table.get(key) ?? 0) + weight);
  };
  for (let a = 0; a < tokens.length; a++) {
    for (let b = a + 1; b < tokens.length && b <= a + radius; b++) {
      if (tokens[a] === -2 || tokens[b] === -2) break;
      add(tokens[a], tokens[b], weights[b - a - 1]);
      add(tokens[b], tokens[a], weights[b - a - 1]);
    }
  }
  return table;
}

const token = fc.oneof(
  { weight: 6, arbitrary: fc.nat(11) },
  { weight: 2, arbitrary: fc.constant(-1) },
  { weight: 1, arbitrary: fc.constant(-2) },
  { weight: 1, arbitrary: fc.integer({ min: -9, max: 2 ** 31 - 1 }) },
);

const text = fc.array(token, { maxLength: 300 }).map((tokens) => Int32Array.from(tokens));

function cut(tokens: Int32Array, places: readonly number[]): Int32Array[] {
  const cuts = [0, ...places.map((place) => place % (tokens.length + 1)), tokens.length];
  cuts.sort((a, b) => a - b);
  return cuts.slice(1).map((end, i) => tokens.slice(cuts[i], end));
}

describe.each([...allBackends])('co-occurrences on %s', (name, backend) => {
  it('are those of plain counting for any segments, batches, threads and room', async () => {
    const means = fc.record({
      threads: fc.integer({ min: 1, max: 3 }),
      batchTokens: fc.integer({ min: 1, max: 320 }),
      entriesInMemory: fc.oneof(
        { weight: 1, arbitrary: fc.nat(60) },
        { weight: 4, arbitrary: fc.constant(10_000) },
      ),
    });
    const settings = fc.record({
      words: fc.integer({ min: 1, max: 12 }),
      radius: fc.integer({ min: 1, max: 7 }),
      weighting: fc.constantFrom('flat' as const, 'inverse' as const),
    });
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat()), settings, means, async (tokens, places, s, m) => {
        const expected = plainTable(tokens, s);
        const { table, totals } = await tableOf(backend, cut(tokens, places), s, m);
        expect(table).toEqual(expected);
        for (const [word, total] of totals.entries()) {
          const own = [...table].filter(([key]) => key.startsWith(`${word} `));
          expect(total).toBe(own.reduce((sum, [, count]) => sum + count, 0));
        }
      }),
      { numRuns: Math.ceil(RUNS / (name === 'reference' ? 8 : 16)) },
    );
    expect(readdirSync(folder)).toEqual([]);
  });
});

/** A long text of few words, in segments. */
function* longText(tokens: number): Generator<Int32Array> {
  const draw = stream(8, 'evaluation');
  for (let i = 0; i < tokens; i += 1000) {
    yield Int32Array.from({ length: 1000 }, () => draw.below(41) - (draw.below(30) === 0 ? 42 : 1));
  }
}

const LONG: CooccurrenceSettings = { words: 40, radius: 5, weighting: 'flat' };

describe('countCooccurrences', () => {
  it('adds many batches up, on disk too', async () => {
    const expected = await tableOf(fastest, longText(40_000), LONG);
    const spilled = { batchTokens: 900, entriesInMemory: 100, threads: 2 };
    expect(await tableOf(fastest, longText(40_000), LONG, spilled)).toEqual(expected);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('tells how far it is', async () => {
    useBackend(fastest);
    const told: number[] = [];
    const work = new KernelWork(1, undefined);
    const means = { work, batchTokens: 3000, onCounted: (numbers: number) => told.push(numbers) };
    await (await countCooccurrences(longText(10_000), LONG, means)).close();
    expect(told.length).toBe(4);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(told.at(-1)).toBe(10_000);
  });

  it('stops with the reason of an abort, and leaves no file', async () => {
    useBackend(fastest);
    const controller = new AbortController();
    const work = new KernelWork(2, controller.signal);
    const onCounted = (numbers: number) => {
      if (numbers > 20_000) controller.abort(new Error('enough'));
    };
    const means = { work, batchTokens: 900, entriesInMemory: 100, onCounted };
    await expect(countCooccurrences(longText(90_000), LONG, means)).rejects.toThrow('enough');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('hands on what the text throws, and leaves no file', async () => {
    useBackend(fastest);
    function* broken(): Generator<Int32Array> {
      yield* longText(5000);
      throw new Error('the text ended badly');
    }
    const means = { work: new KernelWork(1, undefined), batchTokens: 900, entriesInMemory: 100 };
    await expect(countCooccurrences(broken(), LONG, means)).rejects.toThrow('ended badly');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('weighs distances with whole numbers', () => {
    expect(windowWeights(3, 'flat')).toEqual(Uint32Array.of(1, 1, 1));
    expect(windowWeights(7, 'inverse')).toEqual(Uint32Array.of(60, 30, 20, 15, 12, 10, 9));
    expect(Math.min(...windowWeights(256, 'inverse'))).toBe(1);
  });
});

describe('tables of counts', () => {
  const row = (count: number) => ({
    first: 0,
    ends: Uint32Array.of(0, 1),
    columns: Uint32Array.of(0),
    counts: Uint32Array.of(count),
  });

  it('add up to 2^32 - 1 and refuse more', async () => {
    useBackend(reference);
    const work = new KernelWork(1, undefined);
    for (const more of [1, 2]) {
      const tables = new CountTables(2, 100);
      for (const count of [2 ** 32 - 2, more]) {
        tables.begin();
        await tables.append(row(count));
      }
      const rows = tables.rows(work);
      const sums = rows.next();
      if (more === 1) expect((await sums).value).toEqual(row(2 ** 32 - 1));
      else {
        await expect(sums).rejects.toThrow(
          'corpus must have no pair of words near each other more than 4294967295 times, ' +
            'got 4294967296 for the words 1 and 0',
        );
      }
      await tables.close();
    }
  });
});
