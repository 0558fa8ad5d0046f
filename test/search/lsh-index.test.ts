/** LshIndex on every backend: what buckets find and miss, where keys come from, and what is told about buckets. */

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { BitCodes } from '../../lib/codes/bit-codes.ts';
import { DenseFly } from '../../lib/hash/dense-fly.ts';
import { SimHash } from '../../lib/hash/sim-hash.ts';
import { HammingIndex } from '../../lib/search/hamming-index.ts';
import { LshIndex } from '../../lib/search/lsh-index.ts';
import type { LshProbes } from '../../lib/search/lsh-keys.ts';
import { NO_ID } from '../../lib/search/neighbors.ts';
import { allBackends, useBackend } from '../support/backends.ts';
import { codeBits, codeKind, codes } from '../support/codes.ts';
import { length, RUNS } from '../support/generators.ts';

function bytes(...data: number[]): BitCodes {
  return BitCodes.from(Uint8Array.from(data), 8);
}

function indexOf(data: BitCodes, keyBits: number, probes: LshProbes, tables = 1): LshIndex {
  const index = LshIndex.create({ bits: data.bits, tables, keyBits, probes });
  index.add(data);
  return index;
}

/** Vectors in a few clusters. */
function clusters(rows: number, dim: number): Float32Array {
  return Float32Array.from({ length: rows * dim }, (_, i) => {
    const [row, column] = [Math.floor(i / dim), i % dim];
    return Math.sin((row % 5) * 17 + column * 3) + 0.2 * Math.sin(row * 7 + column * 11);
  });
}

describe.each([...allBackends])('LshIndex on %s', (_name, backend) => {
  beforeAll(() => useBackend(backend));

  it('finds what shares a bucket, and counts what is missing as missing', () => {
    const index = indexOf(bytes(0xf0, 0xf3, 0x0f, 0xff, 0xf1), 4, 'exact');
    const { ids, distances, counts, candidates } = index.search(bytes(0xf1, 0x55), 4);
    expect([...ids]).toEqual([4, 0, 1, 3, NO_ID, NO_ID, NO_ID, NO_ID]);
    expect([...distances.subarray(0, 4)]).toEqual([0, 1, 1, 3]);
    expect([...counts]).toEqual([4, 0]);
    expect([...candidates]).toEqual([4, 0]);
  });

  it('visits exactly the keys within the radius', () => {
    const all = bytes(...Array.from({ length: 256 }, (_, key) => key));
    for (let radius = 0; radius <= 8; radius++) {
      const found = indexOf(all, 8, radius).search(bytes(0b10110010), 256);
      const within = all.data.filter((key) => {
        const flips = (key ^ 0b10110010).toString(2).replaceAll('0', '').length;
        return flips <= radius;
      });
      expect([...found.ids.subarray(0, found.counts[0])].sort((a, b) => a - b)).toEqual([
        ...within,
      ]);
    }
  });

  it('with a radius of keyBits finds what HammingIndex finds', () => {
    const shape = fc.record({
      rows: length(0, 120),
      bits: codeBits(300),
      kind: codeKind,
      seed: fc.nat(),
      k: length(0, 20),
      keyBits: fc.integer({ min: 1, max: 32 }),
      tables: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(shape, ({ rows, bits, kind, seed, k, ...sizes }) => {
        const keyBits = Math.min(sizes.keyBits, bits);
        const tables = Math.min(sizes.tables, Math.floor(bits / keyBits));
        const data = codes(rows, bits, kind, seed);
        const queries = codes(4, bits, kind, seed);
        const exact = HammingIndex.create({ bits });
        exact.add(data);
        const { candidates, ...found } = indexOf(data, keyBits, keyBits, tables).search(queries, k);
        expect(found).toEqual(exact.search(queries, k));
        expect([...candidates]).toEqual([0, 0, 0, 0].fill(k === 0 ? 0 : rows));
      }),
      { numRuns: Math.ceil(RUNS / 8) },
    );
  });

  it('answers k = 0, no queries and an empty index', async () => {
    const index = indexOf(bytes(1, 2, 3), 4, 'exact');
    const empty = LshIndex.create({ bits: 8, tables: 1, keyBits: 4 });
    for (const find of ['search', 'searchAsync'] as const) {
      const none = await index[find](bytes(1), 0);
      expect([none.ids.length, none.counts[0], none.candidates[0]]).toEqual([0, 0, 0]);
      expect((await index[find](bytes(), 5)).rows).toBe(0);
      const nothing = await empty[find](bytes(1), 2);
      expect([...nothing.ids]).toEqual([NO_ID, NO_ID]);
      expect([...nothing.counts]).toEqual([0]);
    }
    expect(empty.bucketStatistics()[0].buckets).toBe(0);
    expect(LshIndex.fromBytes(empty.toBytes()).size).toBe(0);
    expect(LshIndex.fromShared(empty.share()).search(bytes(1), 1).counts[0]).toBe(0);
  });

  it('sorts many rows as they come, and finds the same in whatever portions they came', () => {
    const data = codes(2400, 64, 'near', 5);
    const queries = data.slice(100, 108);
    const whole = indexOf(data, 16, 1, 4);
    const portions = LshIndex.create({ bits: 64, tables: 4, keyBits: 16, probes: 1 });
    const cuts = [0, 1500, 1501, 2200, 2300, 2400];
    for (let i = 0; i + 1 < cuts.length; i++) {
      portions.add(data.slice(cuts[i], cuts[i + 1]));
      portions.search(queries, 1);
    }
    expect(portions.search(queries, 8)).toEqual(whole.search(queries, 8));
    for (const index of [whole, portions]) {
      index.remove(Array.from({ length: 1200 }, (_, i) => 2 * i));
      index.upsert(
        data.slice(0, 500),
        Array.from({ length: 500 }, (_, i) => 2 * i + 1),
      );
    }
    expect(portions.search(queries, 8)).toEqual(whole.search(queries, 8));
    expect(portions.bucketStatistics()).toEqual(whole.bucketStatistics());
  });

  it('samples the same bits of a code for the same seed, others for another', () => {
    const data = codes(50, 40, 'random', 1);
    const sampled = (seed: number) =>
      LshIndex.create({ bits: 40, tables: 5, keyBits: 20, keys: 'sampled', seed });
    expect(sampled(1).bucketKeys(data)).toEqual(sampled(1).bucketKeys(data));
    expect(sampled(1).bucketKeys(data)).not.toEqual(sampled(2).bucketKeys(data));
    const own = sampled(3).bucketKeys(data).subarray(0, 5);
    expect(new Set(own).size).toBe(5);
  });

  it('takes pseudo-hashes of DenseFly as keys', () => {
    const vectors = clusters(200, 40);
    const hasher = DenseFly.create({ dim: 40, bits: 240, seed: 1 });
    const index = LshIndex.create({ bits: 240, tables: 3, keyBits: 4, keys: 'external' });
    const rows = { codes: hasher.hash(vectors), buckets: hasher.pseudoHash(vectors, 12) };
    index.add(rows);
    const { ids, distances } = index.search(rows, 1);
    expect([...distances]).toEqual(new Array(200).fill(0));
    expect([...ids].every((id, row) => id <= row)).toBe(true);
    expect(index.get(7)?.equals(rows.codes.slice(7, 8))).toBe(true);
  });

  it('finds more by margins than by as many other probes', () => {
    const vectors = clusters(1000, 30);
    const hasher = SimHash.create({ dim: 30, bits: 96, seed: 2 });
    const moved = vectors.map((value, i) => value + 0.15 * Math.cos(i * 5));
    const data = hasher.hash(vectors);
    const queries = hasher.hash(moved.subarray(0, 6000));
    const margins = hasher.margins(moved.subarray(0, 6000));
    const own = (found: { ids: Uint32Array; counts: Uint32Array }): number =>
      found.counts.reduce((sum, count) => sum + count, 0);
    const radius = indexOf(data, 24, 1, 2).search(queries, 10);
    const likely = indexOf(data, 24, { directed: 25 }, 2).search({ codes: queries, margins }, 10);
    expect(own(likely)).toBeGreaterThan(own(radius));
  });

  it('says how codes are spread over buckets', () => {
    const data = bytes(0x11, 0x12, 0x13, 0x21, 0x31, 0x32);
    for (const keyBits of [4, 8]) {
      const [table] = indexOf(data, keyBits, 'exact').bucketStatistics();
      const expected =
        keyBits === 4
          ? { buckets: 3, largest: 3, mean: 2, expectedCandidates: 14 / 6 }
          : { buckets: 6, largest: 1, mean: 1, expectedCandidates: 1 };
      const percentiles = keyBits === 4 ? { p50: 2, p90: 3, p99: 3 } : { p50: 1, p90: 1, p99: 1 };
      expect(table).toEqual({ ...expected, percentiles });
    }
  });

  it('tells progress, and stops when it is aborted', async () => {
    const index = indexOf(codes(300, 64, 'near', 1), 8, 2, 8);
    const queries = codes(600, 64, 'near', 2);
    const done: number[] = [];
    await index.searchAsync(queries, 3, { onProgress: (progress) => done.push(progress.done) });
    expect(done.at(-1)).toBe(600);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    const controller = new AbortController();
    const stopped = index.searchAsync(queries, 3, {
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('enough')),
    });
    await expect(stopped).rejects.toThrow('enough');
  });
});
