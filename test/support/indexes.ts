/**
 * One of every index on every backend, so that what all of them promise is tested on all of them. Rows come from a
 * pool and are told by their number there. What is expected needs no second implementation: whatever happened to an
 * index, it must answer as a fresh one does that holds only the rows which live, in the order of their ids.
 */

import type { Backend } from '../../lib/backend/kernels.ts';
import { BitCodes } from '../../lib/codes/bit-codes.ts';
import { SparseCodes, type SparseSizes } from '../../lib/codes/sparse-codes.ts';
import type { FileOptions } from '../../lib/files/save.ts';
import type { SharedIndex } from '../../lib/files/shared.ts';
import { HammingIndex } from '../../lib/search/hamming-index.ts';
import { InvertedIndex } from '../../lib/search/inverted-index.ts';
import type { Key } from '../../lib/search/keys.ts';
import { LshIndex } from '../../lib/search/lsh-index.ts';
import { type Neighbors, NO_ID } from '../../lib/search/neighbors.ts';
import type { Overlaps } from '../../lib/search/overlap-run.ts';
import { VectorIndex } from '../../lib/search/vector-index.ts';
import { allBackends, useBackend } from './backends.ts';
import { codes } from './codes.ts';
import { sparseCodes } from './sparse.ts';

/** The surface that every index shares, as JavaScript sees it: arguments may be anything. */
export interface AnyIndex {
  readonly size: number;
  readonly rows: number;
  add(items: unknown, keys?: unknown): Uint32Array;
  upsert(items: unknown, keys: unknown): Uint32Array;
  remove(keys: unknown): number;
  has(key: unknown): boolean;
  get(key: unknown): unknown;
  keys(): IterableIterator<Key>;
  bitmap(filter: unknown): Uint8Array;
  search(queries: unknown, k: unknown, options?: unknown): Neighbors;
  searchAsync(queries: unknown, k: unknown, options?: unknown): Promise<Neighbors>;
  toBytes(): Uint8Array;
  save(path: string, options?: FileOptions): Promise<void>;
  share(): SharedIndex;
}

/** A class of indexes and what it holds. */
export interface IndexKind {
  readonly name: string;
  /** What tells it from others of its class. */
  readonly variant?: string;
  create(): AnyIndex;
  fromBytes(bytes: Uint8Array): AnyIndex;
  load(path: string): Promise<AnyIndex>;
  fromShared(shared: SharedIndex): AnyIndex;
  /** Rows of the pool, by their numbers from 0 to POOL - 1, in memory of their own. */
  pick(rows: readonly number[]): object;
  /** What `get` gives for a row of the pool. */
  stored(row: number): unknown;
  /** Two rows of which the second is wrong. */
  readonly wrongRow: () => unknown;
  /** What is no rows at all. */
  readonly wrongItems: readonly unknown[];
  /** Overwrites the caller's own memory of rows that pick gave. */
  overwrite(items: object): void;
}

/** Rows that there are. */
export const POOL = 640;

const BITS = 100;
const pool = codes(POOL, BITS, 'near', 11);

function pickCodes(rows: readonly number[]): BitCodes {
  const { bytes } = pool;
  const data = new Uint8Array(rows.length * bytes);
  rows.forEach((row, i) => {
    data.set(pool.row(row), i * bytes);
  });
  return BitCodes.adopt(data, BITS);
}

function paddedCodes(): BitCodes {
  const picked = pickCodes([1, 2]);
  picked.data[2 * picked.bytes - 1] |= 1;
  return picked;
}

const CODE_KINDS_OF_WRONG: readonly unknown[] = [
  undefined,
  null,
  3,
  'codes',
  new Uint8Array(13),
  [new Uint8Array(13)],
  BitCodes.from(new Uint8Array(1), 8),
];

/** The parts of a kind that BitCodes decide. */
const bitCodes = {
  pick: pickCodes,
  stored: (row: number): unknown => pickCodes([row]),
  wrongRow: paddedCodes,
  wrongItems: CODE_KINDS_OF_WRONG,
  overwrite: (items: object): void => void (items as BitCodes).data.fill(0),
};

/** The parts of a kind that sparse codes decide. */
function sparseKinds(sizes: SparseSizes) {
  const all = sparseCodes(POOL, sizes, 'near', 12);
  const pick = (rows: readonly number[]): SparseCodes => {
    const indices = new Uint32Array(rows.length * sizes.active);
    rows.forEach((row, i) => {
      indices.set(all.row(row), i * sizes.active);
    });
    return SparseCodes.adopt(indices, sizes);
  };
  const wrongRow = (): SparseCodes => {
    const picked = pick([1, 2]);
    picked.indices[picked.indices.length - 1] = sizes.units;
    return picked;
  };
  const otherUnits = SparseCodes.from(Uint32Array.of(0), { units: 8, active: 1 });
  return {
    ...{ pick, wrongRow, stored: (row: number): unknown => pick([row]) },
    wrongItems: [undefined, null, 3, 'codes', new Uint32Array(4), otherUnits] as const,
    overwrite: (items: object): void => void (items as SparseCodes).indices.fill(0),
  };
}

/** Inverted indexes in both forms of their memory: 40 units active of 600, and 4 of 600. */
const invertedIndexes: readonly IndexKind[] = [40, 4].map((active) => ({
  name: 'InvertedIndex',
  variant: `, ${active} active units,`,
  create: () => InvertedIndex.create({ units: 600, active }) as AnyIndex,
  fromBytes: (bytes) => InvertedIndex.fromBytes(bytes) as AnyIndex,
  load: async (path) => (await InvertedIndex.load(path)) as AnyIndex,
  fromShared: (shared) => InvertedIndex.fromShared(shared) as AnyIndex,
  ...sparseKinds({ units: 600, active }),
}));

const LSH_OPTIONS = { bits: BITS, tables: 3, keyBits: 12, probes: 2 };

const DIM = 12;

/** Few distinct small integers: many ties, and exact distances. */
function pickVectors(rows: readonly number[]): Float32Array {
  return Float32Array.from(
    { length: rows.length * DIM },
    (_, i) => ((rows[Math.floor(i / DIM)] * 31 + (i % DIM) * 17) % 11) - 5,
  );
}

/** With a shortlist of all rows it is exact, and so answers as a fresh one. */
const vectorIndex: IndexKind = {
  name: 'VectorIndex',
  create: () =>
    VectorIndex.create({ dim: DIM, metric: 'l2', bits: 64, shortlist: POOL }) as AnyIndex,
  fromBytes: (bytes) => VectorIndex.fromBytes(bytes) as AnyIndex,
  load: async (path) => (await VectorIndex.load(path)) as AnyIndex,
  fromShared: (shared) => VectorIndex.fromShared(shared) as AnyIndex,
  pick: pickVectors,
  stored: (row) => pickVectors([row]),
  wrongRow: () => pickVectors([1, 2]).fill(Number.NaN, 20, 21),
  wrongItems: [
    ...[undefined, null, 3, 'codes', new Float32Array(DIM + 1), [new Float32Array(DIM + 1)]],
    ...[pickCodes([1]), [[1, 2]], [undefined], [Array.from({ length: DIM }, () => '1')]],
  ],
  overwrite: (items) => void (items as Float32Array).fill(0),
};

/** Every index, by name: a line each. */
export const INDEXES: readonly IndexKind[] = [
  vectorIndex,
  {
    name: 'HammingIndex',
    create: () => HammingIndex.create({ bits: BITS }) as AnyIndex,
    fromBytes: (bytes) => HammingIndex.fromBytes(bytes) as AnyIndex,
    load: async (path) => (await HammingIndex.load(path)) as AnyIndex,
    fromShared: (shared) => HammingIndex.fromShared(shared) as AnyIndex,
    ...bitCodes,
  },
  ...invertedIndexes,

  {
    name: 'LshIndex',
    create: () => LshIndex.create(LSH_OPTIONS) as AnyIndex,
    fromBytes: (bytes) => LshIndex.fromBytes(bytes) as AnyIndex,
    load: async (path) => (await LshIndex.load(path)) as AnyIndex,
    fromShared: (shared) => LshIndex.fromShared(shared) as AnyIndex,
    ...bitCodes,
  },
];

/** An index on a backend: `prepared` makes the backend current. */
export interface IndexCase {
  readonly name: string;
  readonly backend: Backend;
  readonly indexName: string;
  readonly kind: IndexKind;
  prepared(): void;
}

export const indexCases: readonly IndexCase[] = [...allBackends].flatMap(([name, backend]) =>
  INDEXES.map((kind) => ({
    ...{ name, backend, kind, indexName: kind.name + (kind.variant ?? '') },
    prepared: () => useBackend(backend),
  })),
);

/** Which row of the pool lives under which id. */
export type Living = ReadonlyMap<number, number>;

/** What a search of those rows must give, keys aside. */
export function expectedNeighbors(
  kind: IndexKind,
  living: Living,
  queries: readonly number[],
  k: number,
): Neighbors {
  const ids = [...living.keys()].sort((a, b) => a - b);
  const fresh = kind.create();
  fresh.add(kind.pick(ids.map((id) => living.get(id) ?? 0)));
  const found = fresh.search(kind.pick(queries), k);
  return { ...found, ids: found.ids.map((id) => (id === NO_ID ? NO_ID : ids[id])) };
}

/** The rows of a search's result first .. end - 1. */
export function neighborsOf(found: Neighbors, first: number, end: number): Neighbors {
  const { k } = found;
  const part: Neighbors = {
    rows: end - first,
    k,
    ids: found.ids.slice(first * k, end * k),
    distances: found.distances.slice(first * k, end * k),
    counts: found.counts.slice(first, end),
  };
  const { keys } = found;
  const { overlaps } = found as Partial<Overlaps>;
  return {
    ...part,
    ...(keys === undefined ? {} : { keys: keys.slice(first * k, end * k) }),
    ...(overlaps === undefined ? {} : { overlaps: overlaps.slice(first * k, end * k) }),
  };
}

/** Whole numbers from first to end - 1. */
export function range(first: number, end: number): number[] {
  return Array.from({ length: end - first }, (_, i) => first + i);
}
