/** PostgreSQL when things go wrong: killed while rows are loaded, gone, slow, without its extension, in use by others. */

import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PgHammingIndex, PgLshIndex } from '../../../lib/engines/pgvector.ts';
import { SimHash } from '../../../lib/hash/sim-hash.ts';
import {
  type EngineServer,
  freePort,
  poolOptions,
  postgresServer,
} from '../../support/engine-servers.ts';
import { localMatches, recallOf, siftCodes } from '../../support/engine-sift.ts';

const ROWS = 9900;
const BATCHES = 9; // rows are sent in slices, so that a load has a middle
const sift = siftCodes(ROWS);
const truth = localMatches(sift, 10);
const OPTIONS = { name: 'pages', bits: 256, model: sift.hasher };

let server: EngineServer;
let pool: pg.Pool;

function newPool(more: pg.PoolConfig = {}): pg.Pool {
  const made = new pg.Pool({ ...poolOptions(server), ...more });
  made.on('error', () => undefined); // sessions that were idle when the server was killed
  return made;
}

beforeAll(async () => {
  server = await postgresServer();
  await server.start();
});

beforeEach(async () => {
  pool = newPool();
  await pool.query('CREATE EXTENSION IF NOT EXISTS vector');
});

afterEach(async () => {
  await pool.query('DROP TABLE IF EXISTS pages');
  await pool.end();
});

afterAll(() => server.remove());

async function load(index: PgHammingIndex, onSlice: (slice: number) => void): Promise<void> {
  const step = ROWS / BATCHES;
  for (let slice = 0; slice < BATCHES; slice++) {
    const [first, end] = [slice * step, (slice + 1) * step];
    onSlice(slice);
    await index.upsert(sift.codes.slice(first, end), sift.keys.slice(first, end));
  }
}

describe('a server that is killed', () => {
  it.each([1, 4, 8])('in slice %i of a load: a rerun ends with every row, once', async (fatal) => {
    const index = await PgHammingIndex.open(pool, OPTIONS);
    let killed: Promise<void> | undefined;
    const kill = (slice: number): void => {
      if (slice === fatal) setTimeout(() => (killed = server.kill()), fatal);
    };
    await expect(load(index, kill)).rejects.toMatchObject({
      code: 'ERR_UNREACHABLE',
      message: expect.stringMatching(/^writing to table "pages" must succeed, got: /),
    });
    await killed;
    await expect(index.count()).rejects.toMatchObject({ code: 'ERR_UNREACHABLE' });
    await server.start();
    expect(await index.count()).toBeGreaterThanOrEqual(((fatal - 1) * ROWS) / BATCHES);
    await load(index, () => undefined);
    expect(await index.count()).toBe(ROWS);
    const { keys, distances } = await index.search(sift.queries, 10);
    expect({ keys, distances }).toEqual(truth);
  });

  it('while rows are added: none of them is there, and adding them again succeeds', async () => {
    const index = await PgHammingIndex.open(pool, OPTIONS);
    let killed: Promise<void> | undefined;
    const onProgress = (): void => {
      killed = server.kill(); // the rows have arrived, but not in the table
    };
    await expect(index.add(sift.codes, sift.keys, { onProgress })).rejects.toMatchObject({
      code: 'ERR_UNREACHABLE',
    });
    await killed;
    await server.start();
    expect(await index.count()).toBe(0);
    await index.add(sift.codes, sift.keys);
    expect(await index.count()).toBe(ROWS);
  });
});

describe('a database that cannot do it', () => {
  it('is not there', async () => {
    const address = `postgres://postgres@127.0.0.1:${await freePort()}/postgres`;
    await expect(PgHammingIndex.open(address, OPTIONS)).rejects.toMatchObject({
      code: 'ERR_UNREACHABLE',
      message: expect.stringMatching(/^opening table "pages" must succeed, got: .*ECONNREFUSED/),
    });
  });

  it('is too slow', async () => {
    const index = await PgHammingIndex.open(pool, OPTIONS);
    await index.add(sift.codes, sift.keys);
    const hasty = newPool({ statement_timeout: 1 });
    const slow = await PgHammingIndex.open(pool, OPTIONS);
    expect(await slow.count()).toBe(ROWS);
    const other = PgHammingIndex.open(hasty, OPTIONS).then((same) => same.search(sift.queries, 10));
    await expect(other).rejects.toMatchObject({
      code: 'ERR_UNREACHABLE',
      message: expect.stringContaining('statement timeout'),
    });
    await hasty.end();
  });

  it('lacks the extension, which tables of buckets do without', async () => {
    await pool.query('CREATE DATABASE plain');
    const plain = newPool({ database: 'plain' });
    await expect(PgHammingIndex.open(plain, OPTIONS)).rejects.toMatchObject({
      code: 'ERR_MISSING_EXTENSION',
      message: expect.stringContaining('must have the extension pgvector 0.7 or later, got none'),
    });
    const sizes = { tables: 16, keyBits: 16 };
    const index = await PgLshIndex.open(plain, { ...OPTIONS, ...sizes });
    await index.upsert(sift.codes, sift.keys);
    const { distances } = await index.search(sift.queries, 1);
    expect(recallOf(distances, localMatches(sift, 1).distances, 1)).toBeGreaterThan(0.8);
    await plain.end();
    await pool.query('DROP DATABASE plain');
  });

  it('has a table of the same name that is another', async () => {
    await pool.query('CREATE TABLE pages (key bigint)');
    await expect(PgHammingIndex.open(pool, OPTIONS)).rejects.toMatchObject({
      code: 'ERR_WRONG_KIND',
      message: 'table "pages" must be made by flyhash, got one whose comment does not say so',
    });
    await pool.query('DROP TABLE pages');
    await PgHammingIndex.open(pool, OPTIONS);
    await expect(PgHammingIndex.open(pool, { ...OPTIONS, bits: 128 })).rejects.toMatchObject({
      code: 'ERR_WRONG_KIND',
      message: 'table "pages" must have bits 128, got 256',
    });
    const model = SimHash.create({ dim: 128, bits: 256, seed: 8 });
    await expect(PgHammingIndex.open(pool, { ...OPTIONS, model })).rejects.toMatchObject({
      code: 'ERR_WRONG_MODEL',
    });
  });
});

describe('others at the same time', () => {
  it('make the same table, and write the same rows in another order', async () => {
    const opened = await Promise.all(
      Array.from({ length: 8 }, () => PgHammingIndex.open(pool, OPTIONS)),
    );
    const keys = sift.keys.slice(0, 500);
    const reversed = keys.toReversed();
    const codes = sift.codes.slice(0, 500);
    await Promise.all(opened.map((index, i) => index.upsert(codes, i % 2 === 0 ? keys : reversed)));
    expect(await opened[0].count()).toBe(500);
  });
});

describe('a graph', () => {
  it('finds most of the nearest, never less than asked for through a filter, and never in the way', async () => {
    const index = await PgHammingIndex.open(pool, OPTIONS);
    const payloads = sift.keys.map((key) => ({ rare: key % 50 === 0 }));
    await index.add(sift.codes, sift.keys, { payloads });
    await index.buildGraph();
    await index.buildGraph();
    await pool.query('ANALYZE pages');
    const near = await index.search(sift.queries, 10, { candidates: 100 });
    expect(recallOf(near.distances, truth.distances, 10)).toBeGreaterThan(0.9);
    const filter = { sql: "payload->>'rare' = $1", values: ['true'] };
    const rare = await index.search(sift.queries, 10, { candidates: 40, filter });
    expect([...rare.counts]).toEqual(Array.from({ length: 20 }, () => 10));
    expect(rare.keys.every((key) => Number(key) % 50 === 0)).toBe(true);
    const { keys, distances } = await index.search(sift.queries, 10);
    expect({ keys, distances }).toEqual(truth);
  });
});
