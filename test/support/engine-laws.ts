/** What every index in every engine promises, as tests that are given the engine. */

import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { exactNeighbors } from '../../lib/search/exact-neighbors.ts';
import type { Key } from '../../lib/search/keys.ts';
import {
  type AnyEngineIndex,
  DIM,
  ENGINE_POOL,
  type EngineTestOptions,
  type EngineUnderTest,
  expectMatches,
  poolVectors,
  type Row,
  STRANGE,
} from './engine-contract.ts';

const MODEL = 'a'.repeat(64);

/** What a law is given: the engine, and new indexes that are dropped afterwards. */
interface Ground {
  readonly engine: EngineUnderTest;
  fresh(options?: EngineTestOptions): Promise<AnyEngineIndex>;
  /** A name that no index has. */
  name(): string;
  /** Drops an index afterwards. */
  drop(index: AnyEngineIndex): void;
}

type Law = (ground: Ground) => Promise<void>;

const poolRow = fc.nat(ENGINE_POOL - 1);
const change = fc.record({
  isRemoval: fc.boolean(),
  rows: fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), poolRow), { maxLength: 6 }),
});
const history = fc.record({
  changes: fc.array(change, { minLength: 1, maxLength: 4 }),
  queries: fc.array(poolRow, { maxLength: 3 }),
  k: fc.nat(7),
  allowed: fc.array(fc.integer({ min: -12, max: 12 }), { maxLength: 8 }),
});

type Change = {
  readonly isRemoval: boolean;
  readonly rows: readonly (readonly [number, number])[];
};

/** Changes the index and the list alike. */
async function changed(
  { pick }: EngineUnderTest,
  index: AnyEngineIndex,
  list: Map<Key, number>,
  { isRemoval, rows }: Change,
): Promise<void> {
  const latest = new Map(rows);
  const keys = [...latest.keys()];
  if (isRemoval) {
    const there = keys.filter((key) => list.has(key)).length;
    expect(await index.remove(keys)).toBe(there);
    for (const key of keys) list.delete(key);
    return;
  }
  await index.upsert(pick([...latest.values()]), keys);
  for (const [key, row] of latest) list.set(key, row);
}

const everyHistory: Law = async ({ engine, fresh }) => {
  const index = await fresh();
  const all = Array.from({ length: 25 }, (_, i) => i - 12);
  const property = fc.asyncProperty(history, async ({ changes, queries, k, allowed }) => {
    const list = new Map<Key, number>();
    await index.remove(all);
    for (const each of changes) await changed(engine, index, list, each);
    expect(await index.count()).toBe(list.size);
    const asked = engine.pick(queries);
    expectMatches(engine, await index.search(asked, k), [...list], queries);
    const some = [...list].filter(([key]) => allowed.includes(Number(key)));
    const found = await index.search(asked, k, { filter: allowed });
    expectMatches(engine, found, some, queries);
  });
  await fc.assert(property, { numRuns: engine.runs });
};

const addition: Law = async ({ engine, fresh }) => {
  const index = await fresh();
  const list: Row[] = [
    [10, 1],
    [20, 2],
  ];
  await index.add(engine.pick([1, 2]), [10, 20]);
  const again = index.add(engine.pick([3, 4]), [30, 20]);
  await expect(again).rejects.toThrow(/^keys must not be in the index, got 20$/);
  expect(await index.has(10)).toBe(true);
  expect(await index.has(30)).toBe(false);
  await index.add(engine.pick([]), []);
  expect(await index.count()).toBe(2);
  expectMatches(engine, await index.search(engine.pick([4]), 3), list, [4]);
};

const largeKeys: Law = async ({ engine, fresh }) => {
  const index = await fresh();
  const most = Number.MAX_SAFE_INTEGER;
  const keys = [-most, -most + 1, 0, most - 1, most];
  await index.upsert(engine.pick([5, 5, 5, 5, 5]), keys);
  const matches = await index.search(engine.pick([5]), 9);
  expect(new Set(matches.keys)).toEqual(new Set([...keys, null]));
  expect(await index.remove([most, -0])).toBe(2);
  const left = [];
  for (const key of keys) left.push(await index.has(key));
  expect(left).toEqual([true, true, false, true, false]);
};

const strangeKeys: Law = async ({ engine, fresh }) => {
  const index = await fresh({ keyType: 'string' });
  const { refusesKey, failsKey = /^never$/ } = engine;
  const keys = STRANGE.filter((key) => !refusesKey.test(key) && !failsKey.test(key));
  const list = keys.map((key, i) => [key, i] as const);
  const codes = engine.pick(list.map(([, row]) => row));
  const payloads = keys.map((lang) => ({ lang, [lang]: [lang, 1.5, null, { deep: lang }] }));
  await index.upsert(codes, keys, { payloads });
  await index.upsert(codes, keys, { payloads });
  expect(await index.count()).toBe(keys.length);
  const matches = await index.search(engine.pick([3]), 30, { payloads: true });
  expectMatches(engine, matches, list, [3]);
  const own = matches.keys.map((key) =>
    key === null ? null : payloads[keys.indexOf(String(key))],
  );
  expect(matches.payloads).toEqual(own);
  for (const [key, row] of list) {
    const one = await index.search(engine.pick([row]), 3, { filter: [key, 'absent'] });
    expectMatches(engine, one, [[key, row]], [row]);
    expect(await index.has(key)).toBe(true);
  }
  expect(await index.remove([...keys, 'absent'])).toBe(keys.length);
  for (const key of [...STRANGE.filter((each) => refusesKey.test(each)), 'zero\0', '\ud800']) {
    await expect(index.has(key)).rejects.toThrow(/^key must be a string without/);
    await expect(index.upsert(engine.pick([1]), [key])).rejects.toThrow(/^keys\[0\] must be a str/);
  }
};

const ownFilters: Law = async ({ engine, fresh }) => {
  const index = await fresh();
  const langs = ['en', 'de', 'en', "x' OR '1'='1", 'say "en"', 'back\\slash'];
  const rows = langs.map((_, i) => i + 1);
  await index.upsert(engine.pick(rows), rows, { payloads: langs.map((lang) => ({ lang })) });
  for (const lang of [...new Set(langs), "' OR 1=1 --"]) {
    const list = rows.filter((row) => langs[row - 1] === lang).map((row) => [row, row] as const);
    const found = await index.search(engine.pick([5]), 6, { filter: engine.langIs(lang) });
    expectMatches(engine, found, list, [5]);
  }
};

const reranking: Law = async ({ engine, fresh }) => {
  const reached = (row: number): boolean => Number.isFinite(engine.distance(40, row));
  const rows = Array.from({ length: 20 }, (_, i) => i);
  const near = rows.filter(reached);
  const index = await fresh(engine.hasVectors ? { vectorDim: DIM } : {});
  const vectors = poolVectors(rows);
  await index.upsert(engine.pick(rows), rows, engine.hasVectors ? { vectors } : {});
  const vectorsOf = async (keys: readonly Key[]) => poolVectors(keys.map(Number));
  const asked = poolVectors([41]);
  for (const metric of ['l2', 'cosine', 'dot'] as const) {
    const wanted = exactNeighbors(poolVectors(near), asked, 4, { metric, dim: DIM });
    for (const way of engine.hasVectors ? [{}, { vectorsOf }] : [{ vectorsOf }]) {
      const options = { metric, shortlist: 20, ...way };
      const found = await index.searchReranked(engine.pick([40]), asked, 4, options);
      expect(found.keys).toEqual(Array.from(wanted.ids, (id) => near[id] ?? null));
      expect(found.distances).toEqual(wanted.distances);
    }
  }
};

const identity: Law = async ({ engine, name, drop }) => {
  const own = name();
  const index = await engine.open(own, { model: MODEL });
  drop(index);
  await index.upsert(engine.pick([1]), [7]);
  expect(await (await engine.open(own, { model: MODEL })).count()).toBe(1);
  const other = 'b'.repeat(64);
  await expect(engine.open(own, { model: other })).rejects.toMatchObject({
    code: 'ERR_WRONG_MODEL',
    message: expect.stringContaining(`codes of the model ${other}, got those of ${MODEL}`),
  });
  await expect(engine.open(own, { model: MODEL, keyType: 'string' })).rejects.toMatchObject({
    code: 'ERR_WRONG_KIND',
    message: expect.stringContaining('must have keyType "string", got "number"'),
  });
};

const wrongArguments: Law = async ({ engine, fresh }) => {
  const index = await fresh();
  const two = engine.pick([1, 2]);
  const vectors = [[1], [2]];
  const add = (...more: unknown[]) => index.add(two, more[0], more[1]);
  const calls: [Promise<unknown>, RegExp][] = [
    [index.add(engine.wrongCodes, [1]), /^codes must have \d+ (bits|units), as the index, got/],
    [index.search(engine.wrongCodes, 1), /^queries must have \d+ (bits|units), as the index/],
    [index.add('codes', [1]), /^codes must be (Bit|Sparse)Codes, got "codes"$/],
    [add([1]), /^keys must be 2, one for each row, got 1$/],
    [add([1, 1]), /^keys\[1\] must be another key than those before it, got 1$/],
    [add([1, 'a']), /^keys\[1\] must be a safe integer, as the keys of the index, got "a"$/],
    [add([1, 2 ** 53]), /^keys\[1\] must be a safe integer/],
    [add([1, 2], { payload: [] }), /^options must have only the keys payloads, vectors/],
    [add([1, 2], { payloads: [{}] }), /^payloads must be 2, one for each row, got 1$/],
    [add([1, 2], { payloads: [{}, 5] }), /^payloads\[1\] must be an object, got 5$/],
    [add([1, 2], { vectors }), /^vectors must be absent, as the index has no vectorDim/],
    [index.search(two, -1), /^k must be a whole number from 0 to \d+, got -1$/],
    [index.search(two, 1, { filter: 5 }), /^filter must be keys, or an/],
    [index.search(two, 1, { filter: ['a'] }), /^filter\[0\] must be a safe integer/],
    [index.search(two, 1, { threads: 1 }), /^options must have only the keys filter, payloads/],
    [index.searchReranked(two, vectors, 1, { metric: 'l2' }), /^vectorsOf must be given/],
    [index.searchReranked(two, vectors, 1, {}), /^metric must be one of/],
    [index.remove('a'), /^keys must be an array of/],
    [index.has(1.5), /^key must be a safe integer/],
  ];
  for (const [call, message] of calls) await expect(call).rejects.toThrow(message);
  expect(await index.count()).toBe(0);
};

const givenAtTheCall: Law = async ({ engine, fresh }) => {
  const index = await fresh();
  const keys = [1, 2];
  const payloads = [{ lang: 'a' }, { lang: 'b' }];
  const seen: unknown[] = [];
  const onProgress = (progress: unknown) => seen.push(progress);
  const sent = index.upsert(engine.pick([1, 1]), keys, { payloads, onProgress });
  keys.fill(9);
  payloads[0].lang = 'z';
  await sent;
  expect(seen).toEqual([{ done: 2, total: 2 }]);
  const found = await index.search(engine.pick([1]), 2, { payloads: true });
  const langs = new Map(found.keys.map((key, i) => [key, found.payloads?.[i]]));
  expect(langs).toEqual(
    new Map([
      [1, { lang: 'a' }],
      [2, { lang: 'b' }],
    ]),
  );
};

const aborting: Law = async ({ engine, fresh }) => {
  const index = await fresh();
  const signal = AbortSignal.abort(new Error('enough'));
  const one = engine.pick([4]);
  await expect(index.upsert(one, [4], { signal })).rejects.toThrow('enough');
  await expect(index.search(one, 1, { signal })).rejects.toThrow('enough');
  expect(await index.count()).toBe(0);
  const mine = new Error('mine');
  const onProgress = (): void => {
    throw mine;
  };
  await expect(index.upsert(one, [4], { onProgress })).rejects.toBe(mine);
  await expect(index.add(one, [5], { onProgress })).rejects.toBe(mine);
  if (engine.ordersTies) expect(await index.has(5)).toBe(false); // nothing of it was added
};

const LAWS: Readonly<Record<string, Law>> = {
  'answers as a list of rows would, after every history': everyHistory,
  'adds keys that are new, all of them or none': addition,
  'keeps the largest safe integers apart': largeKeys,
  'takes any string for a key and any JSON for a payload': strangeKeys,
  'filters in its own language, and never takes a value for a statement': ownFilters,
  're-ranks by vectors, its own or those of the caller': reranking,
  'opens as what it was made for, and for no other model': identity,
  'says what is wrong with arguments, before anything is sent': wrongArguments,
  'sends what was given at the call, and tells progress': givenAtTheCall,
  'stops when aborted, and passes on what a caller throws': aborting,
};

let names = 0;

/** The laws; `given` is asked for the engine when a test begins. */
export function engineLaws(title: string, given: () => EngineUnderTest): void {
  let opened: AnyEngineIndex[] = [];
  const name = (): string => `flyhash_law_${process.pid}_${names++}`;
  const drop = (index: AnyEngineIndex): void => {
    opened.push(index);
  };
  const fresh = async (options: EngineTestOptions = {}): Promise<AnyEngineIndex> => {
    const index = await given().open(name(), { model: MODEL, ...options });
    drop(index);
    return index;
  };

  afterEach(async () => {
    for (const index of opened) await index.drop();
    opened = [];
  });

  describe(title, () => {
    it.each(Object.entries(LAWS))('%s', async (_law, law) => {
      await law({ engine: given(), fresh, name, drop });
    });
  });
}
