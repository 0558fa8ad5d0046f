/** The examples of flyhash/pgvector that name a server. */

import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { examplesAt, ranExample } from '../../support/engine-examples.ts';
import { type EngineServer, poolOptions, postgresServer } from '../../support/engine-servers.ts';

const ADDRESS = 'postgres://localhost/flyhash';
const examples = examplesAt(ADDRESS);

let server: EngineServer;

beforeAll(async () => {
  server = await postgresServer();
  await server.start();
  const pool = new pg.Pool(poolOptions(server));
  await pool.query('CREATE EXTENSION vector');
  await pool.end();
});

afterAll(() => server.remove());

it('are found', () => {
  expect(examples.length).toBeGreaterThanOrEqual(3);
});

it.each(examples)('$where', async (example) => {
  const real = `postgres://postgres@127.0.0.1:${server.port}/postgres`;
  expect(await ranExample(example, ADDRESS, real)).toEqual({ status: 0, stderr: '' });
});
