/**
 * One index over three PostgreSQL servers, both ways of docs/scaling.md, whose statements are what runs here: a
 * partitioned table over postgres_fdw, and a search in each with the results merged. Both must give what one local
 * index gives, keys and all.
 */

import { readFileSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mergeMatches, PgHammingIndex } from '../../../lib/engines/pgvector.ts';
import { type EngineServer, poolOptions, postgresServer } from '../../support/engine-servers.ts';
import { localMatches, siftCodes } from '../../support/engine-sift.ts';

const SHARDS = 3;
const ROWS = 9900;
const sift = siftCodes(ROWS);
const OPTIONS = { name: 'pages', bits: 256, model: sift.hasher };
const GUIDE = new URL('../../../docs/scaling.md', import.meta.url);

let servers: EngineServer[];
let pools: pg.Pool[];
let coordinator: pg.Pool;
let shards: PgHammingIndex[];

/** The statements of the guide, for these servers. */
function recipe(): string {
  const blocks = [...readFileSync(GUIDE, 'utf8').matchAll(/^```sql\n([\s\S]*?)^```/gm)];
  const [, text] = blocks.find(([, block]) => block.includes('postgres_fdw')) ?? [];
  if (text === undefined) throw new Error('docs/scaling.md has no statements for postgres_fdw');
  return text.replaceAll(/host 'shard-(\d)', port '5432'/g, (_, shard) => {
    return `host '127.0.0.1', port '${servers[Number(shard)].port}'`;
  });
}

beforeAll(async () => {
  servers = await Promise.all(Array.from({ length: SHARDS }, postgresServer));
  await Promise.all(servers.map((server) => server.start()));
  pools = [];
  for (const server of servers) {
    const first = new pg.Pool(poolOptions(server));
    await first.query('CREATE DATABASE shard');
    await first.end();
    const pool = new pg.Pool({ ...poolOptions(server), database: 'shard' });
    await pool.query('CREATE EXTENSION vector');
    pools.push(pool);
  }
  coordinator = new pg.Pool(poolOptions(servers[0]));
  shards = await Promise.all(pools.map((pool) => PgHammingIndex.open(pool, OPTIONS)));
  await coordinator.query(recipe());
  const comment =
    "SELECT format('COMMENT ON TABLE pages IS %L', obj_description('pages'::regclass)) AS text";
  const { rows } = await pools[0].query(comment);
  await coordinator.query(rows[0].text);
});

afterAll(async () => {
  for (const pool of [...pools, coordinator]) await pool.end();
  for (const server of servers) await server.remove();
});

it('spreads rows over the servers, and writes each once', async () => {
  const index = await PgHammingIndex.open(coordinator, OPTIONS);
  await index.add(sift.codes, sift.keys);
  await index.upsert(sift.codes.slice(0, 500), sift.keys.slice(0, 500));
  await expect(index.add(sift.codes.slice(0, 1), [77])).rejects.toThrow(
    /^keys must not be in the index, got 77$/,
  );
  const counts = await Promise.all(shards.map((shard) => shard.count()));
  expect(counts.reduce((sum, count) => sum + count)).toBe(ROWS);
  expect(Math.min(...counts)).toBeGreaterThan(ROWS / SHARDS / 2);
  expect(await index.count()).toBe(ROWS);
  expect(await index.remove([5, 6, -1])).toBe(2);
  await index.upsert(sift.codes.slice(5, 7), [5, 6]);
});

it.each([1, 10, 100])(
  'finds the %i nearest that one index finds, through the coordinator',
  async (k) => {
    const index = await PgHammingIndex.open(coordinator, OPTIONS);
    const { keys, distances } = await index.search(sift.queries, k);
    expect({ keys, distances }).toEqual(localMatches(sift, k));
  },
);

it.each([1, 10, 100])('and by merging the %i nearest of each', async (k) => {
  const found = await Promise.all(shards.map((shard) => shard.search(sift.queries, k)));
  const { keys, distances } = mergeMatches(found, k);
  expect({ keys, distances }).toEqual(localMatches(sift, k));
});

it('lets every server sort its own rows', async () => {
  const zeros = '0'.repeat(256);
  const text = `EXPLAIN VERBOSE SELECT key FROM pages AS t ORDER BY (t.code <~> '${zeros}'::bit(256)) + 0, t.key LIMIT 10`;
  const { rows } = await coordinator.query(text);
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
  expect(plan.match(/Remote SQL: .* ORDER BY .*<~>/g)).toHaveLength(SHARDS);
});
