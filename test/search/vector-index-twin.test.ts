/**
 * VectorIndex beside its twin of plain arrays under random sequences of adding, replacing, removing, saving, sharing
 * and searching: the same ids, distances and order after each step, on every backend, for any threads and filter.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BinaryQuantizer } from '../../lib/hash/binary-quantizer.ts';
import { SimHash } from '../../lib/hash/sim-hash.ts';
import type { Key } from '../../lib/search/keys.ts';
import { METRICS } from '../../lib/search/metric.ts';
import type { Filter } from '../../lib/search/roster.ts';
import { VectorIndex } from '../../lib/search/vector-index.ts';
import { RERANK_KINDS } from '../../lib/search/vector-store.ts';
import { allBackends, useBackend } from '../support/backends.ts';
import { RUNS } from '../support/generators.ts';
import { VectorTwin } from '../support/vector-twin.ts';

const DIM = 5;

const vector = fc
  .oneof(
    fc.array(fc.integer({ min: -2, max: 2 }), { minLength: DIM, maxLength: DIM }),
    fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: DIM, maxLength: DIM }),
  )
  .map((values) => Float32Array.from(values));

const filterKind = fc.constantFrom('none', 'bitmap', 'keys', 'predicate');

const step = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), vectors: fc.array(vector, { maxLength: 40 }) }),
  fc.record({
    kind: fc.constant('upsert' as const),
    vectors: fc.array(vector, { maxLength: 6 }),
    from: fc.nat(40),
  }),
  fc.record({ kind: fc.constant('remove' as const), every: fc.integer({ min: 2, max: 9 }) }),
  fc.record({ kind: fc.constantFrom('save' as const, 'share' as const) }),
  fc.record({
    kind: fc.constant('search' as const),
    queries: fc.array(vector, { minLength: 1, maxLength: 7 }),
    k: fc.oneof(fc.nat(2), fc.nat(9)),
    shortlist: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 60 })),
    filter: filterKind,
    threads: fc.integer({ min: 1, max: 3 }),
    isAsync: fc.boolean(),
  }),
);

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;
type Search = Extract<Step, { kind: 'search' }>;

interface Pair {
  index: VectorIndex;
  readonly twin: VectorTwin;
  readonly keyed: boolean;
  nextKey: number;
}

function keyOf(number: number): Key {
  return number % 3 === 0 ? `key ${number}` : -number;
}

function add(pair: Pair, vectors: readonly Float32Array[]): void {
  const keys = pair.keyed ? vectors.map((_, i) => keyOf(pair.nextKey + i)) : undefined;
  pair.nextKey += vectors.length;
  const ids = pair.index.add(vectors, keys);
  expect([...ids]).toEqual(vectors.map((each, i) => pair.twin.put(each, keys?.[i])));
}

/** Keys of rows that live, and with keys some that do not. */
function upsert(pair: Pair, vectors: readonly Float32Array[], from: number): void {
  if (!pair.keyed) {
    const ids = [...pair.index.keys()].slice(from, from + vectors.length) as number[];
    const some = vectors.slice(0, ids.length);
    pair.index.upsert(some, ids);
    for (const [i, id] of ids.entries()) {
      pair.twin.remove(id);
      pair.twin.put(some[i], undefined); // the lowest hole is another one, unless it is this
      const at = pair.twin.rows.findIndex((row) => row?.vector === some[i]);
      if (at !== id) pair.twin.rows[id] = pair.twin.rows[at];
      if (at !== id) pair.twin.rows[at] = undefined;
    }
    return;
  }
  const keys = vectors.map((_, i) => keyOf(from + i));
  pair.index.upsert(vectors, keys);
  for (const [i, key] of keys.entries()) pair.twin.put(vectors[i], key);
  pair.nextKey = Math.max(pair.nextKey, from + vectors.length);
}

function remove(pair: Pair, every: number): void {
  const keys = [...pair.index.keys()].filter((_, i) => i % every === 0);
  expect(pair.index.remove([...keys, 'nobody'])).toBe(keys.length);
  for (const key of keys) pair.twin.remove(key);
}

async function search(pair: Pair, asked: Search): Promise<void> {
  const { index, twin } = pair;
  const passes = (id: number): boolean => asked.filter === 'none' || id % 3 !== 1;
  const some = [...index.keys()].filter((key) => passes(twin.find(key)));
  const filters: Record<Search['filter'], () => Filter | undefined> = {
    none: () => undefined,
    bitmap: () => index.bitmap(some as Key[]),
    keys: () => some as Key[],
    predicate: () => (_key: Key, id: number) => passes(id),
  };
  const filter = filters[asked.filter]();
  const { threads, shortlist, queries, k } = asked;
  const options = { threads, shortlist, ...(filter === undefined ? {} : { filter }) };
  const expected = twin.search(queries, k, shortlist, passes);
  const found = asked.isAsync
    ? await index.searchAsync(queries, k, options)
    : index.search(queries, k, options);
  expect([...found.ids]).toEqual(expected.ids);
  expect([...found.distances]).toEqual(expected.distances);
  expect([...found.counts]).toEqual(expected.counts);
  const keys = expected.ids.map((id) => twin.rows[id]?.key ?? null);
  expect(found.keys).toEqual(pair.keyed && index.rows > 0 ? keys : undefined);
}

async function carryOut(pair: Pair, each: Step): Promise<void> {
  if (each.kind === 'add') add(pair, each.vectors);
  if (each.kind === 'upsert') upsert(pair, each.vectors, each.from);
  if (each.kind === 'remove') remove(pair, each.every);
  if (each.kind === 'save') pair.index = VectorIndex.fromBytes(pair.index.toBytes());
  if (each.kind === 'share') pair.index = VectorIndex.fromShared(pair.index.share());
  if (each.kind === 'search') await search(pair, each);
  expect(pair.index.size).toBe(pair.twin.size);
}

const settings = fc.record({
  metric: fc.constantFrom(...METRICS),
  rerank: fc.constantFrom(...RERANK_KINDS),
  bits: fc.constantFrom(40, 256, 300, 640),
  keyed: fc.boolean(),
  quantizer: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
  seed: fc.nat(100),
});

/** So many rows that all stages of a search are needed. */
const first = fc
  .array(vector, { minLength: 30, maxLength: 90 })
  .map((vectors): Step => ({ kind: 'add', vectors }));

describe.each([...allBackends])('VectorIndex and its twin on %s', (_name, backend) => {
  it('agree after every step', async () => {
    useBackend(backend);
    const later = fc.array(step, { size: 'max', minLength: 2, maxLength: 14 });
    const steps = fc
      .tuple(fc.option(first), later)
      .map(([each, rest]) => (each ? [each, ...rest] : rest));
    await fc.assert(
      fc.asyncProperty(settings, steps, async ({ metric, rerank, bits, keyed, ...s }, all) => {
        const hasher = s.quantizer
          ? BinaryQuantizer.create({ dim: DIM })
          : SimHash.create({ dim: DIM, bits, seed: s.seed, projection: 'hadamard' });
        const isWhole = s.quantizer || rerank === 'none';
        const scanBits = isWhole ? hasher.bits : Math.min(256, hasher.bits);
        const index = VectorIndex.create({ hasher, metric, rerank, shortlist: 2 });
        const twin = new VectorTwin({ hasher, scanBits, metric, rerank });
        const pair: Pair = { index, twin, keyed, nextKey: 0 };
        for (const each of all) await carryOut(pair, each);
      }),
      { numRuns: RUNS / 4 },
    );
  });
});
