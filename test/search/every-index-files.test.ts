/**
 * Every index saved and loaded, as bytes, as a file and in shared memory: the same answers and the same bytes again,
 * an index that can be written to, and a typed error for the file of anything else.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { BitCodes } from '../../lib/codes/bit-codes.ts';
import { FlyhashError } from '../../lib/errors.ts';
import { load } from '../../lib/files/open.ts';
import type { SharedIndex } from '../../lib/files/shared.ts';
import type { Key } from '../../lib/search/keys.ts';
import { NoveltyFilter } from '../../lib/search/novelty-filter.ts';
import { IndexTwin } from '../support/index-twin.ts';
import { type AnyIndex, indexCases, range } from '../support/indexes.ts';

const folder = mkdtempSync(join(tmpdir(), 'flyhash-indexes-'));
afterAll(() => rmSync(folder, { recursive: true }));

const KEYS: readonly Key[] = [
  ...range(0, 40).map((i) => i * 1e12 - 7),
  ...range(0, 40).map((i) => `${'\u00e9\u{1f41d}'.repeat(i % 3)}${i}`),
];

describe.each(indexCases)('$indexName on $name', ({ kind, prepared }) => {
  beforeEach(prepared);
  const { pick } = kind;

  /** Four ways in which an index becomes another. */
  const ways: [string, (index: AnyIndex) => AnyIndex | Promise<AnyIndex>][] = [
    ['bytes', (index) => kind.fromBytes(index.toBytes())],
    [
      'a file',
      async (index) => {
        const path = join(folder, 'index');
        await index.save(path);
        return kind.load(path);
      },
    ],
    ['the load of any kind', async (index) => (await load(index.toBytes())) as unknown as AnyIndex],
    ['shared memory', (index) => kind.fromShared(structuredClone(index.share()))],
  ];

  function filled(isKeyed: boolean): [AnyIndex, IndexTwin] {
    const index = kind.create();
    const twin = new IndexTwin(kind, isKeyed);
    const keys = isKeyed ? KEYS : range(0, 80);
    index.add(pick(range(100, 180)), isKeyed ? keys : undefined);
    twin.add(range(100, 180), keys);
    const gone = keys.filter((_key, i) => i % 9 === 4 || i > 77);
    expect(index.remove(gone)).toBe(twin.remove(gone));
    return [index, twin];
  }

  it.each(ways)('is the same from %s, and goes on', async (_way, again) => {
    for (const isKeyed of [true, false]) {
      const [index, twin] = filled(isKeyed);
      const loaded = await again(index);
      expect(loaded).toBeInstanceOf(index.constructor);
      twin.expectSame(loaded);
      expect(Buffer.compare(loaded.toBytes(), index.toBytes())).toBe(0);
      const before = twin.neighbors([1, 130], 20);
      expect(loaded.search(pick([1, 130]), 20)).toEqual(before);
      const searching = loaded.searchAsync(pick([1, 130]), 20);
      const keys = isKeyed ? ['new', 'newer'] : [0, 1];
      loaded.upsert(pick([5, 6]), keys);
      twin.upsert([5, 6], keys);
      const more = range(200, 240);
      const names = more.map((row) => `more${row}`);
      expect([...loaded.add(pick(more), isKeyed ? names : undefined)]).toEqual(
        twin.add(more, names),
      );
      twin.expectSame(loaded);
      expect(loaded.search(pick([1, 130]), 20)).toEqual(twin.neighbors([1, 130], 20));
      expect(await searching).toEqual(before);
      expect(index.search(pick([1, 130]), 20)).toEqual(before);
    }
  });

  it.each(ways)('may be empty from %s', async (_way, again) => {
    const gone = kind.create();
    gone.add(pick([1]), ['a']);
    gone.remove(['a']);
    for (const index of [kind.create(), gone]) {
      const loaded = await again(index);
      expect([loaded.size, loaded.rows]).toEqual([0, index.rows]);
      expect([...loaded.search(pick([1]), 1).counts]).toEqual([0]);
      expect([...loaded.add(pick([1]), ['b'])]).toEqual([0]);
    }
  });

  it('keeps nothing of what was removed or replaced', () => {
    const ids = range(0, 80);
    const gone = KEYS.filter((_key, i) => i % 5 !== 2);
    const [bytes, other] = [0, 300].map((first) => {
      const index = kind.create();
      index.add(pick(ids.map((id) => first + id)), KEYS);
      index.upsert(pick(ids.slice(40)), KEYS.slice(40));
      index.remove(gone);
      index.upsert(pick(ids.slice(0, 40)), KEYS.slice(0, 40));
      index.remove(gone);
      return index.toBytes();
    });
    expect(Buffer.compare(bytes, other)).toBe(0);
  });

  it('saves the index of the moment of the call', async () => {
    const [index, twin] = filled(true);
    const expected = twin.neighbors([1], 80);
    const path = join(folder, 'moment');
    const saving = index.save(path);
    index.upsert(pick(range(0, 30)), KEYS.slice(0, 30));
    index.remove(KEYS.slice(30, 60));
    index.add(pick([1, 2]), ['late', 'later']);
    await saving;
    const loaded = await kind.load(path);
    twin.expectSame(loaded);
    expect(loaded.search(pick([1]), 80)).toEqual(expected);
  });

  it('refuses the file of anything else, and shared memory that is none', async () => {
    const strangers = [BitCodes.from(Uint8Array.of(1), 8), NoveltyFilter.create({ units: 3 })];
    for (const stranger of strangers) {
      const bytes = stranger.toBytes();
      expect(() => kind.fromBytes(bytes)).toThrow(FlyhashError);
      expect(() => kind.fromBytes(bytes)).toThrow(`file: kind must be "${kind.name}", got`);
    }
    const other = { ...kind.create().share(), kind: 'Other' };
    expect(() => kind.fromShared(other)).toThrow(`kind must be "${kind.name}", got "Other"`);
    for (const shared of [undefined, null, 3, [], {}, { kind: kind.name }] as unknown[]) {
      expect(() => kind.fromShared(shared as SharedIndex)).toThrow(TypeError);
    }
    const { parameters, tensors } = kind.create().share();
    const missing = { kind: kind.name, parameters, tensors: tensors.slice(1) };
    expect(() => kind.fromShared(missing)).toThrow(FlyhashError);
    const extra = { kind: kind.name, parameters: { ...parameters, more: 1 }, tensors };
    expect(() => kind.fromShared(extra)).toThrow('more must be absent');
  });
});
