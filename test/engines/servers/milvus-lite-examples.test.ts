/** The examples of flyhash/milvus, all of which name a server. */

import { afterAll, beforeAll, expect, it } from 'vitest';
import { examplesAt, ranExample } from '../../support/engine-examples.ts';
import { type EngineServer, milvusLiteServer } from '../../support/engine-servers.ts';

const ADDRESS = 'localhost:19530';
const examples = examplesAt(ADDRESS);

let server: EngineServer;

beforeAll(async () => {
  server = await milvusLiteServer();
  await server.start();
});

afterAll(() => server.remove());

it('are found', () => {
  expect(examples.length).toBeGreaterThanOrEqual(2);
});

it.each(examples)('$where', async (example) => {
  const real = `127.0.0.1:${server.port}`;
  expect(await ranExample(example, ADDRESS, real)).toEqual({ status: 0, stderr: '' });
});
