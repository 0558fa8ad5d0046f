/** The indexes of flyhash/milvus on the server of Milvus 2.3: one vector a row, none of them sparse. */

import { MilvusClient } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll } from 'vitest';
import { milvusKinds } from '../../support/engine-kinds.ts';
import { engineLaws } from '../../support/engine-laws.ts';
import { type EngineServer, milvusServer } from '../../support/engine-servers.ts';

let server: EngineServer;
let client: MilvusClient | undefined;

beforeAll(async () => {
  server = await milvusServer();
  await server.start();
  client = new MilvusClient({ address: `127.0.0.1:${server.port}`, logLevel: 'error' });
});

afterAll(async () => {
  await client?.closeConnection();
  await server.remove();
});

const abilities = { runs: 4, hasVectors: false, hasSparse: false };
for (const [title, kind] of Object.entries(milvusKinds(() => client as MilvusClient, abilities))) {
  engineLaws(title, kind);
}
