/** The indexes of flyhash/pgvector on a real PostgreSQL: PGlite with its pgvector, in this process. */

import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { afterAll, beforeAll } from 'vitest';
import { postgresKinds } from '../support/engine-kinds.ts';
import { engineLaws } from '../support/engine-laws.ts';

let database: PGlite;

beforeAll(async () => {
  database = await PGlite.create({ extensions: { vector } });
  await database.query('CREATE EXTENSION vector');
});

afterAll(async () => {
  await database.close();
});

for (const [title, kind] of Object.entries(postgresKinds(() => database, 25))) {
  engineLaws(title, kind);
}
