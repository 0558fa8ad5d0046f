/**
 * LshIndex beside its twin under random changes and searches: the same ids, distances, keys and counts after each
 * step, for every kind of keys and probes, any filter and number of threads, while searches are in flight, and after
 * the index went through bytes or shared memory.
 */

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { BitCodes } from '../../lib/codes/bit-codes.ts';
import { LshIndex } from '../../lib/search/lsh-index.ts';
import type { LshKeys, LshProbes } from '../../lib/search/lsh-keys.ts';
import type { LshRows } from '../../lib/search/lsh-rows.ts';
import type { LshNeighbors } from '../../lib/search/lsh-run.ts';
import { allBackends, useBackend } from '../support/backends.ts';
import { codeKind, codes } from '../support/codes.ts';
import { RUNS } from '../support/generators.ts';
import { bitText, LshTwin, sliceKeys, type TwinQuery } from '../support/lsh-twin.ts';

interface Settings {
  readonly bits: number;
  readonly tables: number;
  readonly keyBits: number;
  readonly keys: LshKeys;
  readonly probes: LshProbes;
  readonly kind: Parameters<typeof codes>[2];
}

type Step = {
  readonly what: 'add' | 'upsert' | 'remove' | 'search' | 'meanwhile' | 'bytes' | 'shared';
  readonly count: number;
  readonly seed: number;
  readonly k: number;
  readonly filter: 'none' | 'bitmap' | 'keys' | 'predicate';
  readonly threads: number;
};

const settings: fc.Arbitrary<Settings> = fc
  .record({
    tables: fc.integer({ min: 1, max: 4 }),
    keyBits: fc.integer({ min: 1, max: 7 }),
    more: fc.integer({ min: 0, max: 60 }),
    keys: fc.constantFrom<LshKeys>('slices', 'sampled', 'external'),
    probing: fc.constantFrom('exact', 'radius', 'directed'),
    count: fc.nat(130),
    kind: codeKind,
  })
  .map(({ tables, keyBits, more, keys, probing, count, kind }) => {
    const radius = count % (keyBits + 1);
    const probes = probing === 'radius' ? radius : { directed: count + 1 };
    const bits = (keys === 'slices' ? tables : 1) * keyBits + more;
    return { tables, keyBits, keys, kind, bits, probes: probing === 'exact' ? 'exact' : probes };
  });

const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom(
    'add',
    'add',
    'upsert',
    'remove',
    'search',
    'search',
    'meanwhile',
    'bytes',
    'shared',
  ),
  count: fc.oneof(fc.nat(6), fc.nat(40)),
  seed: fc.nat(1000),
  k: fc.integer({ min: 0, max: 12 }),
  filter: fc.constantFrom('none', 'bitmap', 'keys', 'predicate'),
  threads: fc.integer({ min: 1, max: 3 }),
});

class Pair {
  index: LshIndex;
  readonly twin: LshTwin;
  readonly #settings: Settings;
  #nextKey = 0;

  constructor(given: Settings) {
    const { bits, tables, keyBits, keys, probes } = given;
    this.#settings = given;
    this.index = LshIndex.create({ bits, tables, keyBits, keys, probes, seed: 3 });
    this.twin = new LshTwin({ tables, keyBits, probes });
  }

  #items(rows: number, seed: number): { items: BitCodes | LshRows; plain: TwinQuery[] } {
    const { bits, tables, keyBits, keys, kind } = this.#settings;
    const own = codes(rows, bits, kind, seed % 4);
    const buckets = codes(rows, tables * keyBits, kind, seed % 3);
    const items = keys === 'external' ? { codes: own, buckets } : own;
    const sampled = keys === 'sampled' ? this.index.bucketKeys(own) : undefined;
    const plain = Array.from({ length: rows }, (_, row) => {
      const from = bitText(keys === 'external' ? buckets : own, row);
      const bucketKeys =
        sampled === undefined
          ? sliceKeys(from, tables, keyBits)
          : [...sampled.subarray(row * tables, (row + 1) * tables)];
      return { code: bitText(own, row), bucketKeys };
    });
    return { items, plain };
  }

  /** Keys of rows that live, and, for upserts, new ones. */
  #someKeys(count: number, seed: number): number[] {
    const present = this.twin.keys as number[];
    const chosen = present.filter((_, i) => (i * 7 + seed) % 3 === 0).slice(0, count);
    while (chosen.length < count) chosen.push(this.#nextKey++);
    return chosen;
  }

  change({ what, count, seed }: Step): void {
    if (what === 'remove') {
      const keys = this.#someKeys(Math.ceil(count / 2), seed);
      expect(this.index.remove(keys)).toBe(this.twin.remove(keys));
      return;
    }
    const { items, plain } = this.#items(count, seed);
    const keys =
      what === 'upsert'
        ? this.#someKeys(count, seed)
        : Array.from({ length: count }, () => this.#nextKey++);
    const ids = what === 'upsert' ? this.index.upsert(items, keys) : this.index.add(items, keys);
    expect([...ids]).toEqual(plain.map((row, i) => this.twin.put({ ...row, key: keys[i] })));
  }

  /** A search of the index to be run, and what it must find. */
  question({ count, seed, k, filter, threads }: Step) {
    const { tables, keyBits, probes, keys, bits } = this.#settings;
    const { items, plain } = this.#items(count % 5, seed + 1);
    const allows = (key: unknown): boolean => (Number(key) + seed) % 3 !== 0;
    const allowed = this.twin.keys.filter(allows) as number[];
    const given = {
      none: undefined,
      bitmap: this.index.bitmap(allows),
      keys: allowed,
      predicate: allows,
    }[filter];
    const options = { threads, ...(given === undefined ? {} : { filter: given }) };
    const isDirected = typeof probes === 'object';
    const width = keys === 'external' ? tables * keyBits : bits;
    const margins = Float32Array.from(
      { length: plain.length * width },
      (_, i) => ((i * 37 + seed) % 11) - 5,
    );
    const { codes: own, buckets } = 'codes' in items ? items : { codes: items, buckets: undefined };
    const rows = { codes: own, ...(buckets && { buckets }), margins };
    const asked = plain.map((query, row) => ({
      ...query,
      margins: this.#keyMargins(margins.subarray(row * width, (row + 1) * width)),
    }));
    const expected = this.twin.search(asked, k, filter === 'none' ? () => true : allows);
    return { queries: isDirected ? rows : items, k, options, expected };
  }

  /** Where sampled bits lie, told by the keys of codes with one bit set. */
  #keyMargins(margins: Float32Array): number[] {
    const { tables, keyBits, keys, bits } = this.#settings;
    if (keys !== 'sampled') return [...margins.subarray(0, tables * keyBits)];
    const result = new Array<number>(tables * keyBits).fill(0);
    for (let bit = 0; bit < bits; bit++) {
      const one = new Uint8Array(Math.ceil(bits / 8));
      one[bit >> 3] = 0x80 >> (bit & 7);
      for (const [t, key] of this.index.bucketKeys(BitCodes.from(one, bits)).entries()) {
        if (key > 0) result[t * keyBits + keyBits - 1 - Math.log2(key)] = margins[bit];
      }
    }
    return result;
  }

  check(found: LshNeighbors, expected: ReturnType<LshTwin['search']>): void {
    expect([...found.ids]).toEqual(expected.ids);
    expect([...found.distances]).toEqual(expected.distances);
    expect([...found.counts]).toEqual(expected.counts);
    expect([...found.candidates]).toEqual(expected.candidates);
    expect(found.keys).toEqual(expected.keys);
  }

  async take(next: Step): Promise<void> {
    if (next.what === 'bytes') this.index = LshIndex.fromBytes(this.index.toBytes());
    else if (next.what === 'shared') this.index = LshIndex.fromShared(this.index.share());
    else if (next.what === 'search') {
      const { queries, k, options, expected } = this.question(next);
      this.check(this.index.search(queries, k, options), expected);
    } else if (next.what === 'meanwhile') {
      const { queries, k, options, expected } = this.question(next);
      const running = this.index.searchAsync(queries, k, options);
      this.change({ ...next, what: 'upsert' });
      this.change({ ...next, what: 'remove' });
      this.index.bucketStatistics();
      this.check(await running, expected);
    } else this.change(next);
    expect(this.index.size).toBe(this.twin.keys.length);
  }
}

describe.each([...allBackends])('LshIndex on %s', (_name, backend) => {
  beforeAll(() => useBackend(backend));

  it('is its twin, whatever happens', async () => {
    const steps = fc.array(step, { minLength: 1, maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(settings, steps, async (given, list) => {
        const pair = new Pair(given);
        for (const next of list) await pair.take(next);
        await pair.take({ ...list[0], what: 'search', filter: 'none' });
      }),
      { numRuns: Math.ceil(RUNS / 4) },
    );
  }, 120_000);
});
