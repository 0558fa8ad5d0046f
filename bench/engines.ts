// `npm run bench:engines -- [FOLDER]`: how fast engines take 100,000 codes of 256 bits and answer, and whether they find
// what a local index finds. Needs what `npm run test:engines` gets. In FOLDER lie mnist-train and fashion-train images
// (idx, gzipped): 60,000 and 40,000 rows of them are hashed; without it the bundled samples, about a fifth as many.
// Servers run one after the other on loopback, on the same cores as this process.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { MilvusClient } from '@zilliz/milvus2-sdk-node';
import pg from 'pg';
import { mnistSample } from '../data/samples.ts';
import type { CodeIndex } from '../lib/engines/code-index.ts';
import { MilvusHammingIndex, MilvusInvertedIndex } from '../lib/engines/milvus.ts';
import { PgHammingIndex, PgInvertedIndex, PgLshIndex } from '../lib/engines/pgvector.ts';
import {
  type BitCodes,
  FlyHash,
  HammingIndex,
  InvertedIndex,
  SimHash,
  type SparseCodes,
} from '../lib/index.ts';
import {
  milvusLiteServer,
  milvusServer,
  poolOptions,
  postgresServer,
} from '../test/support/engine-servers.ts';
import { describeMachine } from './framework/report.ts';
import { quantile } from './framework/statistics.ts';

const DIM = 784;
const K = 10;
const QUERIES = 50;
const BATCH = 10_000;
const IDX_HEADER_BYTES = 16;
const ENGINES = fileURLToPath(new URL('../.cache/engines/engines.json', import.meta.url));

/** Codes to be loaded, and codes to be asked. */
interface Loaded<Codes> {
  readonly codes: Codes;
  readonly queries: Codes;
  /** The distances that a local index finds. */
  readonly truth: Uint32Array;
}

/** One line of the table. */
interface Line {
  readonly engine: string;
  readonly load: number;
  readonly built?: number;
  readonly bytes?: number;
  readonly middle: number;
  readonly slow: number;
  readonly recall: number;
  /** Whether every distance is that of the local index. */
  readonly isSame: boolean;
}

function images(folder: string, name: string, rows: number): Float32Array {
  const file = readdirSync(folder).find((each) => each.startsWith(`${name}-images-idx3-ubyte`));
  if (file === undefined) throw new Error(`${folder} must have ${name}-images-idx3-ubyte.gz`);
  const bytes = gunzipSync(readFileSync(join(folder, file)));
  return Float32Array.from(bytes.subarray(IDX_HEADER_BYTES, IDX_HEADER_BYTES + rows * DIM));
}

/** Vectors of real images, queries last. */
function vectors(folder: string | undefined): Float32Array {
  if (folder === undefined) return mnistSample().values;
  const parts = [images(folder, 'fashion-train', 40_000), images(folder, 'mnist-train', 60_000)];
  const extra = mnistSample(QUERIES).values;
  const all = new Float32Array(100_000 * DIM + extra.length);
  all.set(parts[0]);
  all.set(parts[1], parts[0].length);
  all.set(extra, 100_000 * DIM);
  return all;
}

const lines: Line[] = [];

/** The share of rows found that are no farther than the last of the true ones. */
function recallOf(found: Uint32Array, truth: Uint32Array): number {
  let hits = 0;
  for (let from = 0; from < truth.length; from += K) {
    const worst = truth[from + K - 1];
    hits += found.subarray(from, from + K).filter((distance) => distance <= worst).length;
  }
  return hits / truth.length;
}

async function loadSeconds<Codes extends { rows: number; slice(a: number, b: number): Codes }>(
  index: CodeIndex<Codes>,
  codes: Codes,
): Promise<number> {
  const start = performance.now();
  for (let first = 0; first < codes.rows; first += BATCH) {
    const part = codes.slice(first, first + BATCH);
    await index.upsert(
      part,
      Array.from({ length: part.rows }, (_, i) => first + i),
    );
  }
  return (performance.now() - start) / 1000;
}

/** Asks one query after the other, twice; the second time counts. */
async function asked<Codes extends { rows: number; slice(a: number, b: number): Codes }>(
  engine: string,
  index: CodeIndex<Codes>,
  { codes, queries, truth }: Loaded<Codes>,
  seconds: number,
  more: { options?: object; built?: number; bytes?: number; isApproximate?: boolean } = {},
): Promise<void> {
  const { options = {}, built, bytes, isApproximate = false } = more;
  const times: number[] = [];
  const found = new Uint32Array(truth.length);
  for (let i = 0; i < 2 * queries.rows; i++) {
    const query = i % queries.rows;
    const start = performance.now();
    const matches = await index.search(queries.slice(query, query + 1), K, options);
    if (i >= queries.rows) times.push(performance.now() - start);
    found.set(matches.distances as Uint32Array, query * K);
  }
  const recall = recallOf(found, truth);
  const isSame = found.every((distance, i) => distance === truth[i]);
  if (!isSame && !isApproximate) throw new Error(`${engine}: other distances than the local index`);
  const [middle, slow] = [quantile(times, 0.5), quantile(times, 0.95)];
  const load = codes.rows / seconds;
  lines.push({ engine, load, built, bytes, middle, slow, recall, isSame });
  console.log(line(lines[lines.length - 1]));
}

function line({ engine, load, built, bytes, middle, slow, recall, isSame }: Line): string {
  const cells = [
    engine,
    Math.round(load).toLocaleString('en'),
    built === undefined ? '' : `${built.toFixed(0)} s`,
    bytes === undefined ? '' : bytes.toFixed(0),
    middle.toFixed(1),
    slow.toFixed(1),
    isSame ? 'all, exactly' : recall.toFixed(3),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** Bytes of a table with its indexes, a row. */
async function rowBytes(pool: pg.Pool, name: string, rows: number): Promise<number> {
  await pool.query(`VACUUM ANALYZE ${name}`);
  const { rows: found } = await pool.query('SELECT pg_total_relation_size($1) AS bytes', [name]);
  return Number(found[0].bytes) / rows;
}

async function postgresBits(pool: pg.Pool, bits: Loaded<BitCodes>, model: string): Promise<void> {
  const { rows } = bits.codes;
  const common = { bits: bits.codes.bits, model };
  const exact = await PgHammingIndex.open(pool, { name: 'exact', ...common });
  const seconds = await loadSeconds(exact, bits.codes);
  const bytes = await rowBytes(pool, 'exact', rows);
  await asked('PostgreSQL, bit and <~>', exact, bits, seconds, { bytes });
  const start = performance.now();
  await exact.buildGraph();
  const built = (performance.now() - start) / 1000;
  const graphBytes = await rowBytes(pool, 'exact', rows);
  for (const candidates of [40, 100, 400]) {
    const more = { options: { candidates }, built, bytes: graphBytes, isApproximate: true };
    await asked(`PostgreSQL, graph, candidates ${candidates}`, exact, bits, seconds, more);
  }
  for (const tables of [16, 32]) {
    const name = `lsh${tables}`;
    const sizes = { tables, keyBits: 16, keys: 'sampled' as const };
    const lsh = await PgLshIndex.open(pool, { name, ...common, ...sizes });
    const own = await loadSeconds(lsh, bits.codes);
    const more = { bytes: await rowBytes(pool, name, rows), isApproximate: true };
    await asked(`PostgreSQL, ${tables} tables of 16 bits, no extension`, lsh, bits, own, more);
  }
}

async function postgres(
  bits: Loaded<BitCodes>,
  sparse: Loaded<SparseCodes>,
  model: string,
): Promise<void> {
  const server = await postgresServer();
  await server.start();
  const options = '-c maintenance_work_mem=512MB';
  const pool = new pg.Pool({ ...poolOptions(server), options });
  await pool.query('CREATE EXTENSION vector');
  await postgresBits(pool, bits, model);
  const { units, active, rows } = sparse.codes;
  const inverted = await PgInvertedIndex.open(pool, { name: 'sparse', units, active, model });
  const seconds = await loadSeconds(inverted, sparse.codes);
  const bytes = await rowBytes(pool, 'sparse', rows);
  await asked('PostgreSQL, sparsevec and <#>', inverted, sparse, seconds, { bytes });
  await pool.end();
  await server.remove();
}

/** Waits until Milvus has built the index over what was flushed, and has had time to load it. */
async function indexed(address: string, collection_name: string): Promise<void> {
  const client = new MilvusClient({ address, logLevel: 'error' });
  const isPending = async (): Promise<boolean> => {
    const { index_descriptions } = await client.describeIndex({ collection_name });
    const [{ pending_index_rows, state }] = index_descriptions;
    return Number(pending_index_rows) > 0 || state !== 'Finished';
  };
  while (await isPending()) await delay(500);
  await delay(15_000);
  await client.closeConnection();
}

async function milvus(bits: Loaded<BitCodes>, model: string): Promise<void> {
  const server = await milvusServer();
  await server.start();
  const address = `127.0.0.1:${server.port}`;
  const common = { bits: bits.codes.bits, model };
  let seconds = Number.NaN;
  for (const consistency of ['Strong', 'Eventually'] as const) {
    const exact = await MilvusHammingIndex.open(address, { name: 'exact', ...common, consistency });
    if (Number.isNaN(seconds)) {
      seconds = await loadSeconds(exact, bits.codes);
      await exact.flush();
    }
    await asked(`Milvus 2.3, BIN_FLAT, '${consistency}'`, exact, bits, seconds);
    await exact.close();
  }
  const options = { name: 'listed', ...common, lists: 256, consistency: 'Eventually' as const };
  const listed = await MilvusHammingIndex.open(address, options);
  const own = await loadSeconds(listed, bits.codes);
  await listed.flush();
  await indexed(address, 'listed');
  for (const probes of [8, 32]) {
    const engine = `Milvus 2.3, 256 lists, probes ${probes}, 'Eventually'`;
    await asked(engine, listed, bits, own, { options: { probes }, isApproximate: true });
  }
  await listed.close();
  await server.remove();
}

async function milvusLite(
  bits: Loaded<BitCodes>,
  sparse: Loaded<SparseCodes>,
  model: string,
): Promise<void> {
  const server = await milvusLiteServer();
  await server.start();
  const address = `127.0.0.1:${server.port}`;
  const exact = await MilvusHammingIndex.open(address, {
    name: 'exact',
    bits: bits.codes.bits,
    model,
  });
  await asked('Milvus Lite 2.5, BIN_FLAT', exact, bits, await loadSeconds(exact, bits.codes));
  await exact.close();
  const { units, active } = sparse.codes;
  const inverted = await MilvusInvertedIndex.open(address, {
    name: 'sparse',
    units,
    active,
    model,
  });
  const seconds = await loadSeconds(inverted, sparse.codes);
  await asked('Milvus Lite 2.5, SPARSE_INVERTED_INDEX', inverted, sparse, seconds);
  await inverted.close();
  await server.remove();
}

if (!existsSync(ENGINES)) throw new Error('run npm run test:engines first: it gets the servers');
process.env.FLYHASH_ENGINES = ENGINES;
const values = vectors(process.argv[2]);
const rows = values.length / DIM - QUERIES;
const simHash = await SimHash.train(values, { dim: DIM, bits: 256, seed: 1 });
const flyHash = FlyHash.create({ dim: DIM, units: 2000, active: 32, seed: 1 });
const hashed = simHash.hash(values);
const sparseHashed = flyHash.hash(values);
const local = HammingIndex.create({ bits: 256 });
const localSparse = InvertedIndex.create({ units: 2000, active: 32 });
const [bitQueries, sparseQueries] = [hashed.slice(rows), sparseHashed.slice(rows)];

console.log(`${rows} rows; ${JSON.stringify(describeMachine())}`);
console.log('| engine | load, rows/s | built in | bytes/row | median ms | 95 % ms | found |');
const seconds = await loadSeconds(local, hashed.slice(0, rows));
const { distances } = local.search(bitQueries, K);
const bits = { codes: hashed.slice(0, rows), queries: bitQueries, truth: distances };
await asked('HammingIndex, here', local, bits, seconds, { bytes: 32 });
const sparseSeconds = await loadSeconds(localSparse, sparseHashed.slice(0, rows));
const overlapped = localSparse.search(sparseQueries, K);
const sparse = {
  codes: sparseHashed.slice(0, rows),
  queries: sparseQueries,
  truth: overlapped.distances,
};
await asked('InvertedIndex, here', localSparse, sparse, sparseSeconds, { bytes: 250 });
const model = 'a'.repeat(64);
await postgres(bits, sparse, model);
await milvus(bits, model);
await milvusLite(bits, sparse, model);
