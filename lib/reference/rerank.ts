/**
 * Oracle of the rerank kernels: the nearest rows of a list, by the distances of the dot kernel or by those that rows
 * of bytes stand for (docs/numerics.md), in a full sort: smaller distance first, then smaller row.
 */

import { METRICS } from '../search/metric.ts';
import { dotDistances } from './dot.ts';
import { listed } from './shortlist.ts';

interface Results {
  readonly k: number;
  readonly ids: Uint32Array;
  readonly distances: Float32Array;
  readonly counts: Uint32Array;
}

/** Writes the k nearest of a query's list. */
function writeNearest(
  list: Uint32Array,
  distance: (id: number) => number,
  query: number,
  { k, ids, distances, counts }: Results,
): void {
  const found = Array.from(list, (id) => ({ id, distance: distance(id) }));
  found.sort((a, b) => (a.distance === b.distance ? a.id - b.id : a.distance - b.distance));
  counts[query] = Math.min(k, found.length);
  for (let i = 0; i < counts[query]; i++) {
    ids[query * k + i] = found[i].id;
    distances[query * k + i] = found[i].distance;
  }
}

export function rerankFloats(
  data: Float32Array,
  rows: number,
  queries: Float32Array,
  queryCount: number,
  dim: number,
  metric: number,
  lists: Uint32Array,
  listCounts: Uint32Array,
  places: number,
  shared: number,
  k: number,
  ids: Uint32Array,
  distances: Float32Array,
  counts: Uint32Array,
): number {
  const one = new Float32Array(1);
  for (let query = 0; query < queryCount; query++) {
    const asked = queries.subarray(query * dim, (query + 1) * dim);
    const distance = (id: number): number => {
      dotDistances(data.subarray(id * dim, (id + 1) * dim), 1, asked, 1, dim, metric, one);
      return one[0];
    };
    const list = listed(lists, listCounts, places, shared, query, rows);
    writeNearest(list, distance, query, { k, ids, distances, counts });
  }
  return 0;
}

/** A vector of bytes: what it stands for is its values times scale; norm is the sum of the squares of the values. */
interface ByteVector {
  readonly values: Int8Array;
  readonly scale: number;
  readonly norm: number;
}

function product(a: Int8Array, b: Int8Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Doubles, in this order, rounded once to float32. */
function byteDistance(query: ByteVector, row: ByteVector, metric: number): number {
  const dot = product(query.values, row.values);
  if (METRICS[metric] === 'cosine') {
    const norms = query.norm * row.norm;
    return norms === 0 ? 1 : Math.fround(1 - dot / Math.sqrt(norms));
  }
  const both = query.scale * row.scale;
  if (METRICS[metric] === 'dot') return Math.fround(0 - both * dot) + 0; // never -0
  const squares = query.scale * query.scale * query.norm + row.scale * row.scale * row.norm;
  const distance = squares - 2 * (both * dot);
  return distance > 0 ? Math.fround(distance) : 0;
}

export function rerankBytes(
  data: Uint8Array,
  rows: number,
  scales: Float32Array,
  norms: Uint32Array,
  queries: Uint8Array,
  queryCount: number,
  queryScales: Float32Array,
  queryNorms: Uint32Array,
  dim: number,
  metric: number,
  lists: Uint32Array,
  listCounts: Uint32Array,
  places: number,
  shared: number,
  k: number,
  ids: Uint32Array,
  distances: Float32Array,
  counts: Uint32Array,
): number {
  const signed = (bytes: Uint8Array, row: number): Int8Array =>
    new Int8Array(bytes.buffer, bytes.byteOffset + row * dim, dim);
  for (let query = 0; query < queryCount; query++) {
    const asked = {
      values: signed(queries, query),
      scale: queryScales[query],
      norm: queryNorms[query],
    };
    const distance = (id: number): number => {
      const row = { values: signed(data, id), scale: scales[id], norm: norms[id] };
      return byteDistance(asked, row, metric);
    };
    const list = listed(lists, listCounts, places, shared, query, rows);
    writeNearest(list, distance, query, { k, ids, distances, counts });
  }
  return 0;
}
