// `npm run bench:vectors -- [FOLDER]`: VectorIndex beside usearch and hnswlib-node at the same recall: each tool's knob
// is the smallest that finds 95 % of the ten nearest, then all are timed in turns, one thread, queries that are not in
// the index. Without a folder the bundled samples are searched; in a folder, those of fashion-train, mnist-train,
// cohere-* and bbc-news-* that are there (idx and npy files, gzipped).

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { mnistSample, siftSample } from '../data/samples.ts';
import { exactNeighbors, type Metric, VectorIndex } from '../lib/index.ts';
import { describeMachine, short, tableLine } from './framework/report.ts';
import { timeCalls } from './framework/sampling.ts';
import { median } from './framework/statistics.ts';
import {
  hnswlibSearcher,
  NEIGHBORS,
  type Searcher,
  usearchSearcher,
  type VectorSet,
} from './peers/graphs.ts';

const WANTED_RECALL = 0.95;
const ROUNDS = 9;
const ROUND_MILLISECONDS = 60;
const IDX_HEADER_BYTES = 16;
const NPY_HEADER_BYTES = 10;

/** Every n-th row is a query, about 200 to 1,000 of them; the others are the data. */
function split(name: string, values: Float32Array, dim: number, metric: Metric): VectorSet {
  const rows = values.length / dim;
  const queries = Math.min(1000, Math.max(200, Math.floor(rows / 60)));
  const step = Math.floor(rows / queries);
  const isQuery = (row: number): boolean => row % step === 0 && row < step * queries;
  const asked = new Float32Array(queries * dim);
  const data = new Float32Array((rows - queries) * dim);
  for (let row = 0, query = 0; row < rows; row++) {
    const vector = values.subarray(row * dim, (row + 1) * dim);
    if (isQuery(row)) asked.set(vector, query++ * dim);
    else data.set(vector, (row - query) * dim);
  }
  return { name, dim, metric, data, queries: asked };
}

function unzipped(folder: string, start: string): Buffer | undefined {
  const file = readdirSync(folder).find((each) => each.startsWith(start));
  return file === undefined ? undefined : gunzipSync(readFileSync(join(folder, file)));
}

function images(folder: string, name: string): VectorSet | undefined {
  const file = unzipped(folder, `${name}-images-idx3-ubyte`);
  if (file === undefined) return undefined;
  return split(name, Float32Array.from(file.subarray(IDX_HEADER_BYTES)), 784, 'l2');
}

/** A matrix of float32 in the numpy format. */
function matrix(folder: string, name: string): VectorSet | undefined {
  const file = unzipped(folder, name);
  if (file === undefined) return undefined;
  const start = NPY_HEADER_BYTES + file.readUInt16LE(NPY_HEADER_BYTES - 2);
  const header = file.toString('latin1', NPY_HEADER_BYTES, start);
  const dim = Number(/'shape': \(\d+, (\d+)\)/.exec(header)?.[1]);
  const values = new Float32Array(Uint8Array.from(file.subarray(start)).buffer);
  return split(name, values, dim, 'cosine');
}

function* sets(folder: string | undefined): Iterable<VectorSet> {
  if (folder === undefined) {
    const [sift, mnist] = [siftSample(), mnistSample()];
    yield split('sift', sift.values, sift.dim, 'l2');
    yield split('mnist', mnist.values, mnist.dim, 'l2');
    return;
  }
  const found = [
    () => images(folder, 'fashion-train'),
    () => images(folder, 'mnist-train'),
    () => matrix(folder, 'cohere'),
    () => matrix(folder, 'bbc-news'),
  ];
  for (const read of found) {
    const set = read();
    if (set !== undefined) yield set;
  }
}

async function ours(set: VectorSet): Promise<Searcher> {
  const { data, queries, dim, metric } = set;
  const before = process.cpuUsage();
  const index = await VectorIndex.from(data, { dim, metric });
  const { user, system } = process.cpuUsage(before);
  let shortlist = 0;
  const knobs = Array.from({ length: 40 }, (_, i) => 10 + 5 * i);
  return {
    name: 'VectorIndex',
    buildSeconds: (user + system) / 1e6,
    bytes: index.toBytes().length,
    knobs,
    turn: (knob) => {
      shortlist = knob;
    },
    batch: () => index.search(queries, NEIGHBORS, { shortlist }).ids,
    one: (query) =>
      index.search(queries.subarray(query * dim, (query + 1) * dim), NEIGHBORS, { shortlist }),
  };
}

function recallOf(found: ArrayLike<number | bigint>, truth: Uint32Array): number {
  let hits = 0;
  for (let from = 0; from < truth.length; from += NEIGHBORS) {
    const own = new Set(truth.subarray(from, from + NEIGHBORS));
    for (let i = from; i < from + NEIGHBORS; i++) hits += own.has(Number(found[i])) ? 1 : 0;
  }
  return hits / truth.length;
}

/** Turns the knob until the recall is reached; gives both. */
function tuned(searcher: Searcher, truth: Uint32Array): { knob: number; recall: number } {
  let [knob, recall] = [0, 0];
  for (knob of searcher.knobs) {
    searcher.turn(knob);
    recall = recallOf(searcher.batch(), truth);
    if (recall >= WANTED_RECALL) break;
  }
  return { knob, recall };
}

/** Queries a second of each run, timed in turns. */
async function rates(runs: readonly (() => unknown)[], queries: number): Promise<number[]> {
  const repetitions: number[] = [];
  for (const run of runs) {
    await timeCalls(run, 1);
    const seconds = await timeCalls(run, 1);
    repetitions.push(Math.max(1, Math.ceil(ROUND_MILLISECONDS / 1000 / seconds)));
  }
  const seen: number[][] = runs.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, run] of runs.entries()) {
      const seconds = (await timeCalls(run, repetitions[i])) / repetitions[i];
      seen[i].push(queries / seconds);
    }
  }
  return seen.map(median);
}

const WIDTHS = [14, 8, 9, 12, 7, 12, 7, 10, 8, 8];

async function contest(set: VectorSet, folder: string): Promise<void> {
  const { data, queries, dim, metric } = set;
  const rows = data.length / dim;
  const count = queries.length / dim;
  const truth = exactNeighbors(data, queries, NEIGHBORS, { metric, dim }).ids;
  const all = [await ours(set), usearchSearcher(set, folder), hnswlibSearcher(set, folder)];
  const searchers = all.filter((each) => each !== undefined);
  const settings = searchers.map((searcher) => tuned(searcher, truth));
  const batch = await rates(
    searchers.map((searcher) => () => searcher.batch()),
    count,
  );
  const oneByOne = (searcher: Searcher) => (): void => {
    for (let query = 0; query < count; query++) searcher.one(query);
  };
  const single = await rates(searchers.map(oneByOne), count);
  console.log(`\n${set.name}: ${rows} x ${dim}, ${metric}, ${count} queries, top ${NEIGHBORS}`);
  const head = ['', 'knob', 'recall', 'batch q/s', '', 'single q/s', '', 'build s', '', 'B/row'];
  console.log(tableLine(head, WIDTHS));
  for (const [i, searcher] of searchers.entries()) {
    const ratio = (values: readonly number[]): string =>
      i === 0 ? '' : `${short(values[0] / values[i])}x`;
    const columns = [
      searcher.name,
      String(settings[i].knob),
      settings[i].recall.toFixed(4),
      batch[i].toFixed(0),
      ratio(batch),
      single[i].toFixed(0),
      ratio(single),
      searcher.buildSeconds.toFixed(2),
      i === 0 ? '' : `${short(searcher.buildSeconds / searchers[0].buildSeconds)}x`,
      (searcher.bytes / rows).toFixed(0),
    ];
    console.log(tableLine(columns, WIDTHS));
  }
}

async function main(): Promise<void> {
  const [folder, ...names] = process.argv.slice(2);
  const machine = describeMachine();
  console.log(`${machine.cpu}, ${machine.cores} cores, node ${machine.node}, ${machine.revision}`);
  const temporary = mkdtempSync(join(tmpdir(), 'flyhash-vectors-'));
  try {
    for (const set of sets(folder)) {
      if (names.length === 0 || names.includes(set.name)) await contest(set, temporary);
    }
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

await main();
