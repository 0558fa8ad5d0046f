/** The indexes of flyhash/pgvector on a PostgreSQL server with pgvector, through a pool of pg. */

import pg from 'pg';
import { afterAll, beforeAll } from 'vitest';
import { postgresKinds } from '../../support/engine-kinds.ts';
import { engineLaws } from '../../support/engine-laws.ts';
import { type EngineServer, poolOptions, postgresServer } from '../../support/engine-servers.ts';

let server: EngineServer;
let pool: pg.Pool;

beforeAll(async () => {
  server = await postgresServer();
  await server.start();
  pool = new pg.Pool(poolOptions(server));
  await pool.query('CREATE EXTENSION vector');
});

afterAll(async () => {
  await pool.end();
  await server.remove();
});

for (const [title, kind] of Object.entries(postgresKinds(() => pool, 60))) engineLaws(title, kind);
