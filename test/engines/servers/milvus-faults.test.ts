/** Milvus when things go wrong: killed while rows are loaded, gone, too old, with lists instead of all codes. */

import { MilvusClient } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MilvusHammingIndex, MilvusInvertedIndex } from '../../../lib/engines/milvus.ts';
import { SimHash } from '../../../lib/hash/sim-hash.ts';
import { type EngineServer, freePort, milvusServer } from '../../support/engine-servers.ts';
import { localMatches, recallOf, siftCodes } from '../../support/engine-sift.ts';

const ROWS = 9900;
const BATCHES = 9;
const sift = siftCodes(ROWS);
const truth = localMatches(sift, 10);
const OPTIONS = { name: 'pages', bits: 256, model: sift.hasher };

let server: EngineServer;

async function open(options: object = {}): Promise<MilvusHammingIndex> {
  return MilvusHammingIndex.open(`127.0.0.1:${server.port}`, { ...OPTIONS, ...options });
}

beforeAll(async () => {
  server = await milvusServer();
  await server.start();
});

afterAll(() => server.remove());

async function load(index: MilvusHammingIndex, onSlice: (slice: number) => void): Promise<void> {
  const step = ROWS / BATCHES;
  for (let slice = 0; slice < BATCHES; slice++) {
    const [first, end] = [slice * step, (slice + 1) * step];
    onSlice(slice);
    await index.upsert(sift.codes.slice(first, end), sift.keys.slice(first, end));
  }
}

it('killed while rows are loaded: a rerun ends with every row, once', async () => {
  const index = await open();
  let killed: Promise<void> | undefined;
  const kill = (slice: number): void => {
    if (slice === 4) setTimeout(() => (killed = server.kill()), 10);
  };
  await expect(load(index, kill)).rejects.toMatchObject({
    code: 'ERR_UNREACHABLE',
    message: expect.stringMatching(/^writing to collection pages must succeed, got: /),
  });
  await killed;
  await index.close();
  await server.start();
  const again = await open();
  await load(again, () => undefined);
  expect(await again.count()).toBe(ROWS);
  const found = await again.search(sift.queries, 10);
  expect(found.distances).toEqual(truth.distances);
  const one = await again.search(sift.queries, 100);
  expect(new Set(one.keys.slice(0, 100)).size).toBe(100);
  await again.drop();
  await again.close();
});

it('with lists: finds most of the nearest, and all of them where every list is searched', async () => {
  const index = await open({ name: 'listed', lists: 64 });
  await index.add(sift.codes, sift.keys);
  await index.flush();
  const near = await index.search(sift.queries, 10, { probes: 16 });
  expect(recallOf(near.distances, truth.distances, 10)).toBeGreaterThan(0.8);
  const all = await index.search(sift.queries, 10, { probes: 64 });
  expect(all.distances).toEqual(truth.distances);
  await expect(open({ name: 'listed' })).rejects.toMatchObject({
    code: 'ERR_WRONG_KIND',
    message: 'collection listed must have lists 0, got 64',
  });
  const model = SimHash.create({ dim: 128, bits: 256, seed: 8 });
  await expect(open({ name: 'listed', lists: 64, model })).rejects.toMatchObject({
    code: 'ERR_WRONG_MODEL',
  });
  await index.drop();
  await index.close();
});

it('gone: says so', async () => {
  const client = new MilvusClient({
    address: `127.0.0.1:${await freePort()}`,
    timeout: 1500,
    logLevel: 'error',
  });
  await expect(MilvusHammingIndex.open(client, OPTIONS)).rejects.toMatchObject({
    code: 'ERR_UNREACHABLE',
    message: expect.stringMatching(/^connecting to Milvus must succeed, got: /),
  });
  await client.closeConnection();
});

it('too old for sparse codes: says so', async () => {
  const model = 'a'.repeat(64);
  const options = { name: 'sparse', units: 100, active: 5, model };
  await expect(MilvusInvertedIndex.open(`127.0.0.1:${server.port}`, options)).rejects.toMatchObject(
    { code: 'ERR_ENGINE' },
  );
});
