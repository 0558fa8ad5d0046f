/**
 * The indexes of flyhash/milvus on Milvus Lite 2.5, the C++ core of Milvus with sparse vectors and several vectors a row.
 * It cannot upsert string keys with an apostrophe: it puts them into a statement of its own unquoted, and says so.
 */

import { MilvusClient } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll } from 'vitest';
import { milvusKinds } from '../../support/engine-kinds.ts';
import { engineLaws } from '../../support/engine-laws.ts';
import { type EngineServer, milvusLiteServer } from '../../support/engine-servers.ts';

let server: EngineServer;
let client: MilvusClient | undefined;

beforeAll(async () => {
  server = await milvusLiteServer();
  await server.start();
  client = new MilvusClient({ address: `127.0.0.1:${server.port}`, logLevel: 'error' });
});

afterAll(async () => {
  await client?.closeConnection();
  await server.remove();
});

const abilities = { runs: 20, hasVectors: true, hasSparse: true, failsKey: /'/ };
for (const [title, kind] of Object.entries(milvusKinds(() => client as MilvusClient, abilities))) {
  engineLaws(title, kind);
}
