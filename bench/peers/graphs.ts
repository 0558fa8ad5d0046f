// The vector indexes that Node programs use today, both of them graphs (HNSW, Malkov and Yashunin 2016): usearch and
// hnswlib-node, each in its best form for one thread. `expansion` is their knob for recall, ef in the paper.

import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Metric } from '../../lib/index.ts';
import { npmPeer, skip } from './install.ts';

/** Vectors to search, and vectors to search for. */
export interface VectorSet {
  readonly name: string;
  readonly dim: number;
  readonly metric: Metric;
  readonly data: Float32Array;
  readonly queries: Float32Array;
}

/** One tool's index of a set. */
export interface Searcher {
  readonly name: string;
  readonly buildSeconds: number;
  /** Bytes of the saved index. */
  readonly bytes: number;
  /** What to try for the knob, ascending. */
  readonly knobs: readonly number[];
  turn(knob: number): void;
  /** The neighbours of all queries in one call, where the tool has such a call. */
  batch(): ArrayLike<number | bigint>;
  /** The neighbours of one query. */
  one(query: number): unknown;
}

export const NEIGHBORS = 10;

const KNOBS = [10, 12, 14, 16, 20, 24, 32, 48, 64, 96];

/** Seconds of processor time: the machine may be busy with other things. */
export function processorSeconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

interface UsearchIndex {
  add(keys: BigUint64Array, vectors: Float32Array, threads: number): void;
  search(
    queries: Float32Array,
    k: number,
    threads: number,
  ): { keys: BigUint64Array; distances: Float32Array };
  save(path: string): void;
  load(path: string): void;
}

interface Usearch {
  Index: new (config: object) => UsearchIndex;
}

export function usearchSearcher(set: VectorSet, folder: string): Searcher | undefined {
  const usearch = npmPeer<Usearch>('usearch');
  if (usearch === undefined) return undefined;
  const make = (expansion: number): UsearchIndex =>
    new usearch.Index({
      dimensions: set.dim,
      metric: set.metric === 'l2' ? 'l2sq' : 'cos',
      quantization: 'f32',
      connectivity: 16,
      expansion_add: 128,
      expansion_search: expansion,
      multi: false,
    });
  const rows = set.data.length / set.dim;
  const keys = BigUint64Array.from({ length: rows }, (_, i) => BigInt(i));
  const built = make(64);
  const buildSeconds = processorSeconds(() => built.add(keys, set.data, 1));
  const file = join(folder, `${set.name}.usearch`);
  built.save(file);
  let index = built;
  const turn = (knob: number): void => {
    index = make(knob);
    index.load(file);
  };
  const at = (query: number): Float32Array =>
    set.queries.subarray(query * set.dim, (query + 1) * set.dim);
  return {
    name: 'usearch',
    buildSeconds,
    bytes: statSync(file).size,
    knobs: KNOBS,
    turn,
    batch: () => index.search(set.queries, NEIGHBORS, 1).keys,
    one: (query) => index.search(at(query), NEIGHBORS, 1),
  };
}

interface HnswIndex {
  initIndex(rows: number, connectivity: number, expansion: number, seed: number): void;
  addPoint(vector: number[], label: number): void;
  searchKnn(query: number[], k: number): { neighbors: number[] };
  setEf(expansion: number): void;
  writeIndexSync(path: string): void;
}

interface Hnswlib {
  HierarchicalNSW: new (space: string, dim: number) => HnswIndex;
}

/** hnswlib-node is published as sources only. */
function hnswlib(): Hnswlib | undefined {
  npmPeer('usearch'); // installs all of them
  try {
    const require = createRequire(new URL('package.json', import.meta.url));
    const folder = dirname(require.resolve('hnswlib-node/package.json'));
    if (!existsSync(join(folder, 'build/Release/addon.node'))) {
      const gyp = createRequire(import.meta.url).resolve('node-gyp/bin/node-gyp.js');
      execFileSync(process.execPath, [gyp, 'rebuild'], { cwd: folder, stdio: 'ignore' });
    }
    return require('hnswlib-node') as Hnswlib;
  } catch (error) {
    skip('hnswlib-node', error);
    return undefined;
  }
}

export function hnswlibSearcher(set: VectorSet, folder: string): Searcher | undefined {
  const library = hnswlib();
  if (library === undefined) return undefined;
  const { dim } = set;
  const rows = set.data.length / dim;
  const index = new library.HierarchicalNSW(set.metric, dim);
  index.initIndex(rows, 16, 200, 100);
  const vector = (from: Float32Array, row: number): number[] =>
    Array.from(from.subarray(row * dim, (row + 1) * dim));
  const buildSeconds = processorSeconds(() => {
    for (let row = 0; row < rows; row++) index.addPoint(vector(set.data, row), row);
  });
  const file = join(folder, `${set.name}.hnswlib`);
  index.writeIndexSync(file);
  const count = set.queries.length / dim;
  const queries = Array.from({ length: count }, (_, query) => vector(set.queries, query));
  const one = (query: number): number[] => index.searchKnn(queries[query], NEIGHBORS).neighbors;
  return {
    name: 'hnswlib-node',
    buildSeconds,
    bytes: statSync(file).size,
    knobs: KNOBS,
    turn: (knob) => index.setEf(knob),
    batch: () => queries.flatMap((_, query) => one(query)),
    one,
  };
}
