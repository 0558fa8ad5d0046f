/** The indexes of flyhash/pgvector on a real PostgreSQL: PGlite in this process, without and with its pgvector. */

import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PgHammingIndex, PgLshIndex } from '../../lib/engines/pgvector.ts';
import { LshIndex } from '../../lib/search/lsh-index.ts';
import { codes } from '../support/codes.ts';
import { postgresKinds } from '../support/engine-kinds.ts';
import { engineLaws } from '../support/engine-laws.ts';

const MODEL = 'c'.repeat(64);

let database: PGlite; // starting one takes seconds: all tests share it
let withoutVector: unknown;

beforeAll(async () => {
  database = await PGlite.create({ extensions: { vector } });
  const options = { name: 'pages', bits: 96, model: MODEL };
  withoutVector = await PgHammingIndex.open(database, options).catch((error: unknown) => error);
  await database.query('CREATE EXTENSION vector');
});

afterAll(async () => {
  await database.close();
});

it('says that the extension is missing, and what to do', () => {
  expect(withoutVector).toMatchObject({
    code: 'ERR_MISSING_EXTENSION',
    message:
      'database must have the extension pgvector 0.7 or later, got none: install it on the server and run CREATE EXTENSION vector, or use PgLshIndex',
  });
});

it.each(['slices', 'sampled'] as const)('finds what LshIndex finds, keys from %s', async (keys) => {
  const rows = codes(400, 96, 'near', 2);
  const own = rows.slice(0, 380);
  const queries = rows.slice(380);
  const sizes = { bits: 96, tables: 3, keyBits: 32, probes: 1, keys, seed: 4 };
  const local = LshIndex.create(sizes);
  local.add(own);
  const name = `"${keys}'; --`; // a name is never part of a statement
  const index = await PgLshIndex.open(database, { name, model: MODEL, ...sizes });
  await index.add(own, [...Array(380).keys()]);
  const { ids, distances, counts } = local.search(queries, 9);
  const named = Array.from(ids, (id) => (id === 0xffffffff ? null : id));
  expect(await index.search(queries, 9)).toMatchObject({ keys: named, distances, counts });
  await index.drop();
});

it('keeps tables of two schemas apart', async () => {
  await database.query('CREATE SCHEMA "other ""one"');
  const options = { name: 'pages', bits: 96, model: MODEL };
  const here = await PgHammingIndex.open(database, options);
  const there = await PgHammingIndex.open(database, { ...options, schema: 'other "one' });
  await there.add(codes(3, 96, 'random', 1), [1, 2, 3]);
  await there.buildGraph();
  expect([await here.count(), await there.count()]).toEqual([0, 3]);
  const { counts } = await there.search(codes(1, 96, 'random', 5), 2, { candidates: 5 });
  expect([...counts]).toEqual([2]);
  await here.drop();
  await there.drop();
});

for (const [title, kind] of Object.entries(postgresKinds(() => database, 25))) {
  engineLaws(title, kind);
}
