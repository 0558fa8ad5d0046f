/**
 * HammingIndex.selfJoin on every backend against a plain double loop: pairs, their order and their blocks, whatever the
 * plan, the threads, holes and filters; and streams that are left, aborted, or run while the index changes.
 */

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { BitCodes } from '../../lib/codes/bit-codes.ts';
import { HammingIndex } from '../../lib/search/hamming-index.ts';
import { HammingStore } from '../../lib/search/hamming-store.ts';
import type { CodePairs } from '../../lib/search/join-pairs.ts';
import { COMPARE_ALL, type JoinPlan, tablesOf } from '../../lib/search/join-plan.ts';
import { type JoinSource, selfJoin } from '../../lib/search/self-join.ts';
import { allBackends, useBackend } from '../support/backends.ts';
import { codeBits, codeKind, codes } from '../support/codes.ts';
import { length, RUNS } from '../support/generators.ts';

type Pair = readonly [left: number, right: number, distance: number];
type Stream = AsyncIterable<CodePairs>;

function popcount(byte: number): number {
  return byte.toString(2).replaceAll('0', '').length;
}

const COUNTS = Uint8Array.from({ length: 256 }, (_, byte) => popcount(byte));

/** All pairs of the rows that are wanted, by a double loop. */
function bruteForce(data: BitCodes, radius: number, isWanted = (_id: number) => true): Pair[] {
  const rows = [...data];
  const pairs: Pair[] = [];
  for (const [left, code] of rows.entries()) {
    if (!isWanted(left)) continue;
    for (let right = left + 1; right < rows.length; right++) {
      const distance = code.reduce((sum, byte, i) => sum + COUNTS[byte ^ rows[right][i]], 0);
      if (distance <= radius && isWanted(right)) pairs.push([left, right, distance]);
    }
  }
  return pairs;
}

async function blocksOf(stream: Stream): Promise<Pair[][]> {
  const blocks: Pair[][] = [];
  for await (const { count, left, right, distances } of stream) {
    expect([left.length, right.length, distances.length]).toEqual([count, count, count]);
    blocks.push(Array.from(left, (id, i) => [id, right[i], distances[i]] as const));
  }
  return blocks;
}

async function pairsOf(stream: Stream): Promise<Pair[]> {
  return (await blocksOf(stream)).flat();
}

function indexOf(data: BitCodes): HammingIndex {
  const index = HammingIndex.create({ bits: data.bits });
  index.add(data);
  return index;
}

/** The join of codes by a plan of the test's choice; `released` counts calls. */
function planned(data: BitCodes, radius: number, plan?: JoinPlan, signal?: AbortSignal) {
  const store = new HammingStore(data.bits);
  store.append(data);
  const source: JoinSource & { released: number } = {
    codes: store.snapshot(),
    bits: data.bits,
    allowed: undefined,
    keys: undefined,
    released: 0,
    release: () => {
      source.released++;
    },
  };
  return {
    source,
    stream: selfJoin(source, radius, { threads: 2, signal, onProgress: undefined }, plan),
  };
}

const join = fc
  .record({ rows: length(0, 80), bits: codeBits(300), kind: codeKind, seed: fc.nat() })
  .chain((sizes) =>
    fc
      .oneof(fc.nat(Math.min(6, sizes.bits)), fc.nat(sizes.bits))
      .map((radius) => ({ ...sizes, radius })),
  );

describe.each([...allBackends])('selfJoin on %s', (_name, backend) => {
  beforeAll(() => useBackend(backend));

  it('finds every pair once, in order, on any number of threads', async () => {
    await fc.assert(
      fc.asyncProperty(join, async ({ rows, bits, kind, seed, radius }) => {
        const data = codes(rows, bits, kind, seed);
        const index = indexOf(data);
        const expected = bruteForce(data, radius);
        for (const threads of [1, 2, 3]) {
          expect(await pairsOf(index.selfJoin(radius, { threads }))).toEqual(expected);
        }
      }),
      { numRuns: Math.ceil(RUNS / 4) },
    );
  }, 60_000);

  it('finds the same by every plan', async () => {
    await fc.assert(
      fc.asyncProperty(join, async ({ rows, bits, kind, seed, radius }) => {
        const data = codes(rows, bits, kind, seed);
        const expected = bruteForce(data, radius);
        const plans = [0, 1].map((flips) => tablesOf({ rows, bits, radius }, flips));
        for (const plan of [COMPARE_ALL, ...plans]) {
          const { source, stream } = planned(data, radius, plan);
          expect(await pairsOf(stream)).toEqual(expected);
          expect(source.released).toBe(1);
        }
      }),
      { numRuns: Math.ceil(RUNS / 8) },
    );
  }, 60_000);

  it('joins the rows that live and that a filter allows', async () => {
    await fc.assert(
      fc.asyncProperty(join, fc.nat(), async ({ rows, bits, kind, seed, radius }, salt) => {
        const data = codes(rows, bits, kind, seed);
        const index = indexOf(data);
        const isRemoved = (id: number): boolean => (id * 7 + salt) % 3 === 0;
        const isAllowed = (id: number): boolean => (id * 5 + salt) % 4 !== 0;
        const all = Array.from({ length: rows }, (_, id) => id);
        index.remove(all.filter(isRemoved));
        const lives = (id: number): boolean => !isRemoved(id);
        expect(await pairsOf(index.selfJoin(radius))).toEqual(bruteForce(data, radius, lives));
        const expected = bruteForce(data, radius, (id) => lives(id) && isAllowed(id));
        const predicate = (_key: unknown, id: number): boolean => isAllowed(id);
        for (const filter of [all.filter(isAllowed), predicate, index.bitmap(predicate)]) {
          expect(await pairsOf(index.selfJoin(radius, { filter }))).toEqual(expected);
        }
      }),
      { numRuns: Math.ceil(RUNS / 16) },
    );
  }, 60_000);

  it('names the rows of an index that has keys, as they were at the call', async () => {
    const index = HammingIndex.create({ bits: 8 });
    const data = BitCodes.from(Uint8Array.of(0, 255, 1), 8);
    index.add(data, ['a', 7, 'c']);
    const stream = index.selfJoin(1);
    index.remove(['a']);
    index.upsert(data, ['x', 'y', 'z']);
    const blocks: CodePairs[] = [];
    for await (const block of stream) blocks.push(block);
    expect(blocks).toEqual([
      {
        count: 1,
        left: Uint32Array.of(0),
        right: Uint32Array.of(2),
        distances: Uint32Array.of(1),
        leftKeys: ['a'],
        rightKeys: ['c'],
      },
    ]);
    const later = await index.selfJoin(0).next();
    expect(later.value).toMatchObject({ leftKeys: [7, 'c'], rightKeys: ['y', 'z'] });
  });

  it('cuts blocks at 65,536 pairs, the same on any number of threads and by any plan', async () => {
    const data = codes(400, 64, 'equal', 3);
    const index = indexOf(data);
    const expected = await blocksOf(index.selfJoin(2 ** 24, { threads: 1 }));
    expect(expected.map(({ length: count }) => count)).toEqual([65_536, 79_800 - 65_536]);
    expect(expected.flat()).toEqual(bruteForce(data, 64));
    expect(await blocksOf(index.selfJoin(64, { threads: 3 }))).toEqual(expected);
    for (const plan of [COMPARE_ALL, tablesOf({ rows: 400, bits: 64, radius: 1 }, 0)]) {
      expect(await blocksOf(planned(data, 1, plan).stream)).toEqual(expected);
    }
  });

  it('streams five billion pairs as they are asked for, and ends when its reader leaves', async () => {
    const index = indexOf(BitCodes.adopt(new Uint8Array(8 * 100_000), 64));
    let blocks = 0;
    for await (const { left, right, count } of index.selfJoin(3)) {
      expect(count).toBe(65_536);
      expect([left[0], right[0]]).toEqual(
        [
          [0, 1],
          [0, 65_537],
          [1, 31_075],
        ][blocks],
      );
      if (++blocks === 3) break;
    }
    const controller = new AbortController();
    const stream = index.selfJoin(3, { signal: controller.signal });
    expect((await stream.next()).value?.count).toBe(65_536);
    const next = stream.next();
    controller.abort('enough');
    await expect(next).rejects.toBe('enough');
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  it('reports progress upwards to the end', async () => {
    const index = indexOf(codes(1500, 64, 'near', 6));
    const seen: number[] = [];
    const onProgress = (progress: { done: number; total: number }): void => {
      expect(progress.total).toBe(1500);
      seen.push(progress.done);
    };
    await pairsOf(index.selfJoin(2, { onProgress }));
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.every((done, i) => i === 0 || done > seen[i - 1])).toBe(true);
    expect(seen.at(-1)).toBe(1500);
  });

  it('ends with what onProgress throws, and with an abort from it', async () => {
    const index = indexOf(codes(100, 64, 'equal', 6));
    const onProgress = (): never => {
      throw new Error('from onProgress');
    };
    await expect(pairsOf(index.selfJoin(2, { onProgress }))).rejects.toThrow('from onProgress');
    const controller = new AbortController();
    const { signal } = controller;
    const aborting = { signal, onProgress: () => controller.abort('from progress') };
    await expect(pairsOf(index.selfJoin(2, aborting))).rejects.toBe('from progress');
  });

  it('releases the rows once, however it ends', async () => {
    const data = codes(100, 64, 'equal', 1);
    const ends: [string, (stream: AsyncGenerator<CodePairs>) => Promise<unknown>][] = [
      ['read', (stream) => pairsOf(stream)],
      ['closed before it began', (stream) => stream.return(undefined)],
      ['closed on the way', (stream) => stream.next().then(() => stream.return(undefined))],
      ['closed twice', (stream) => stream.return(undefined).then(() => stream.return(undefined))],
      ['thrown into', (stream) => stream.throw('stop').catch((error: unknown) => error)],
    ];
    for (const [end, finish] of ends) {
      const { source, stream } = planned(data, 64);
      await finish(stream);
      expect([end, source.released]).toEqual([end, 1]);
      expect(await stream.next()).toEqual({ done: true, value: undefined });
    }
    const controller = new AbortController();
    const { source, stream } = planned(data, 64, undefined, controller.signal);
    controller.abort('no');
    await expect(stream.next()).rejects.toBe('no');
    expect(source.released).toBe(1);
  });

  it('joins an empty index, and one row', async () => {
    const index = HammingIndex.create({ bits: 100 });
    expect(await pairsOf(index.selfJoin(100))).toEqual([]);
    index.add(codes(1, 100, 'random', 1));
    expect(await pairsOf(index.selfJoin(100))).toEqual([]);
  });
});

describe('selfJoin of many rows', () => {
  it('ends a block every 16,384 left rows, and finds by tables what comparing finds', async () => {
    const native = [...allBackends.values()].at(-1);
    if (native !== undefined) useBackend(native);
    const rows = native?.kind === 'native' ? 40_000 : 20_000;
    const bits = native?.kind === 'native' ? 64 : 8;
    const radius = native?.kind === 'native' ? 12 : 0;
    const data = codes(rows, bits, 'random', 1);
    const expected = await blocksOf(planned(data, radius, COMPARE_ALL).stream);
    const lefts = expected.map((block) => Math.floor(block[0][0] / 16_384));
    expect(lefts.at(-1)).toBe(Math.floor(rows / 16_384));
    for (const block of expected) {
      const stretches = block.map(([left]) => Math.floor(left / 16_384));
      expect(new Set(stretches).size).toBe(1);
    }
    for (const flips of [0, 1]) {
      const plan = tablesOf({ rows, bits, radius }, flips);
      expect(await blocksOf(planned(data, radius, plan).stream)).toEqual(expected);
    }
  }, 60_000);
});
