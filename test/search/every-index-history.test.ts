/**
 * A checked twin beside every index under random histories of adding, replacing, removing, searching, saving, loading
 * and sharing: after each step the same ids, keys, rows, distances and order, for any filter and number of threads.
 */

import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Key } from '../../lib/search/keys.ts';
import { RUNS } from '../support/generators.ts';
import { IndexTwin } from '../support/index-twin.ts';
import { type AnyIndex, type IndexKind, indexCases } from '../support/indexes.ts';

/** An index with its twin. */
interface Pair {
  readonly kind: IndexKind;
  readonly isKeyed: boolean;
  readonly twin: IndexTwin;
  index: AnyIndex;
}

type Step = (pair: Pair) => void | Promise<void>;

const poolRow = fc.nat(199);
const poolRows = fc.array(poolRow, { maxLength: 9 });
/** Few keys, so that they meet again; numbers are ids where an index has no keys. */
const anyKey = (isKeyed: boolean): fc.Arbitrary<Key> =>
  isKeyed
    ? fc.oneof(
        fc.nat(20),
        fc.nat(20).map((n) => `${n}`),
      )
    : fc.nat(40);

/** Rows with keys that differ. */
function keyedRows(isKeyed: boolean): fc.Arbitrary<[number, Key][]> {
  return fc.uniqueArray(fc.tuple(poolRow, anyKey(isKeyed)), {
    maxLength: 9,
    selector: ([, key]) => key,
  });
}

function unzipped(pairs: readonly [number, Key][]): [number[], Key[]] {
  return [pairs.map(([row]) => row), pairs.map(([, key]) => key)];
}

function adding(pairs: [number, Key][]): Step {
  return ({ kind, isKeyed, twin, index }) => {
    const [rows, keys] = unzipped(pairs.filter(([, key]) => !isKeyed || !index.has(key)));
    const ids = index.add(kind.pick(rows), isKeyed ? keys : undefined);
    expect([...ids]).toEqual(twin.add(rows, keys));
  };
}

function replacing(pairs: [number, Key][]): Step {
  return ({ kind, isKeyed, twin, index }) => {
    const [rows, keys] = unzipped(pairs.filter(([, key]) => isKeyed || index.has(key)));
    expect([...index.upsert(kind.pick(rows), keys)]).toEqual(twin.upsert(rows, keys));
  };
}

function removing(keys: Key[]): Step {
  return ({ twin, index }) => {
    expect(index.remove(keys)).toBe(twin.remove(keys));
  };
}

function searching(queries: number[], k: number, modulus: number, threads: number): Step {
  return async ({ kind, twin, index }) => {
    const allowed = (_key: Key, id: number): boolean => id % modulus !== 1;
    const filter = modulus > 1 ? allowed : undefined;
    const expected = twin.neighbors(queries, k, filter);
    expect(index.search(kind.pick(queries), k, { filter, threads })).toEqual(expected);
    expect(await index.searchAsync(kind.pick(queries), k, { filter, threads })).toEqual(expected);
  };
}

const reloading: Step = (pair) => {
  const bytes = pair.index.toBytes();
  pair.index = pair.kind.fromBytes(bytes);
  expect(Buffer.compare(pair.index.toBytes(), bytes)).toBe(0);
};

const sharing: Step = (pair) => {
  pair.index = pair.kind.fromShared(structuredClone(pair.index.share()));
};

function history(isKeyed: boolean): fc.Arbitrary<Step[]> {
  const rows = keyedRows(isKeyed);
  const asked = fc.tuple(
    poolRows,
    fc.nat(30),
    fc.integer({ min: 1, max: 4 }),
    fc.constantFrom(1, 2, 3),
  );
  const step = fc.oneof(
    { weight: 4, arbitrary: rows.map(adding) },
    { weight: 2, arbitrary: rows.map(replacing) },
    { weight: 3, arbitrary: fc.array(anyKey(isKeyed), { maxLength: 9 }).map(removing) },
    { weight: 3, arbitrary: asked.map((given) => searching(...given)) },
    { weight: 1, arbitrary: fc.constant(reloading) },
    { weight: 1, arbitrary: fc.constant(sharing) },
  );
  return fc.array(step, { maxLength: 15, size: 'max' });
}

describe.each(indexCases)('$indexName on $name', ({ kind, prepared }) => {
  beforeEach(prepared);

  it.each([true, false])('is what its twin is (keyed: %s)', async (isKeyed) => {
    await fc.assert(
      fc.asyncProperty(history(isKeyed), async (steps) => {
        const pair = { kind, isKeyed, index: kind.create(), twin: new IndexTwin(kind, isKeyed) };
        for (const step of steps) {
          await step(pair);
          pair.twin.expectSame(pair.index);
        }
        await searching([7, 150], 11, 3, 2)(pair);
      }),
      { numRuns: Math.ceil(RUNS / 8) },
    );
  });
});
