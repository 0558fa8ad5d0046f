/**
 * The hash-table kernels at every level against their oracle, and the oracle against the plain meaning: candidates
 * are the rows whose key is one of those visited, ranked by sorting.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Backend } from '../../lib/backend/kernels.ts';
import { bucketTableSize, directedMasks } from '../../lib/reference/buckets.ts';
import { hasBit } from '../../lib/search/bitmap.ts';
import { wordsOf } from '../../lib/search/hamming-store.ts';
import { levelBackends, reference } from '../support/backends.ts';
import { codeBits, codeKind, codes } from '../support/codes.ts';
import { length, RUNS } from '../support/generators.ts';

interface Problem {
  readonly rows: number;
  readonly bits: number;
  readonly kind: Parameters<typeof codes>[2];
  readonly seed: number;
  readonly tables: number;
  readonly keyBits: number;
  readonly directoryBits: number;
  readonly queries: number;
  readonly k: number;
  readonly probing: 'masks' | 'radius' | 'directed';
  readonly probes: number;
  readonly radius: number;
  readonly isFiltered: boolean;
  readonly cut: number;
}

function problems(rows: fc.Arbitrary<number>, mostTables: number): fc.Arbitrary<Problem> {
  const bits = codeBits(600);
  const keyBits = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom(16, 20, 31, 32));
  return fc
    .record({
      rows,
      bits,
      kind: codeKind,
      seed: fc.nat(),
      tables: fc.integer({ min: 1, max: mostTables }),
      keyBits,
      queries: fc.integer({ min: 0, max: 9 }),
      k: length(0, 40),
      probing: fc.constantFrom('masks', 'radius', 'directed'),
      probes: fc.integer({ min: 1, max: 150 }),
      isFiltered: fc.boolean(),
      cut: fc.integer({ min: 0, max: 3 }),
    })
    .chain((problem) =>
      fc
        .record({
          radius: fc.nat(problem.keyBits),
          directoryBits: fc.nat(Math.min(problem.keyBits, 10)),
        })
        .map((sizes) => ({ ...problem, ...sizes })),
    ) as fc.Arbitrary<Problem>;
}

const small = problems(length(0, 200), 4);
const longLists = problems(fc.integer({ min: 8000, max: 20_000 }), 2);

/** Deterministic integers for what is not worth shrinking. */
function draws(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

function keysOf(backend: Backend, p: Problem, words: BigUint64Array, members?: Uint32Array) {
  const bytes = new Uint8Array(words.buffer);
  const codeBytes = Math.ceil(p.bits / 64) * 8;
  const rows = bytes.length / codeBytes;
  const count = members?.length ?? rows;
  const draw = draws(p.seed + p.tables);
  const start = draw() % p.bits;
  const isSlice = start + p.keyBits <= p.bits;
  const positions = Uint32Array.from({ length: p.tables * p.keyBits }, (_, i) =>
    isSlice ? start + (i % p.keyBits) : draw() % p.bits,
  );
  const keys = new Uint32Array(count * p.tables).fill(7);
  const args = [
    bytes,
    rows,
    codeBytes,
    members,
    count,
    positions,
    p.tables,
    p.keyBits,
    keys,
  ] as const;
  backend.run({ name: 'bucketKeys', args }, 2);
  return keys;
}

function segmentOf(backend: Backend, p: Problem, keys: Uint32Array, members?: Uint32Array) {
  const rows = keys.length / p.tables;
  const { tables, keyBits, directoryBits } = p;
  const size = tables * bucketTableSize(rows, keyBits, directoryBits);
  const segment = new Uint32Array(size).fill(7);
  const args = [keys, members, rows, tables, keyBits, directoryBits, segment] as const;
  backend.run({ name: 'bucketSort', args }, 2);
  return segment;
}

/** The rows in up to four segments by id modulo four; the ids that are 1 modulo 16 are stale everywhere. */
function prepared(p: Problem) {
  const words = wordsOf(codes(p.rows, p.bits, p.kind, p.seed));
  const queries = wordsOf(codes(p.queries, p.bits, p.kind, p.seed));
  const all = Array.from({ length: p.rows }, (_, id) => id);
  const segments = Array.from({ length: p.cut + 1 }, (_, s) =>
    Uint32Array.from(all.filter((id) => id % (p.cut + 1) === s)),
  );
  const draw = draws(p.seed);
  const allowed = p.isFiltered
    ? Uint8Array.from({ length: Math.ceil(p.rows / 8) }, () => draw() >>> 8)
    : undefined;
  const stale = new Uint8Array(Math.ceil(p.rows / 8)).fill(0b01000000);
  for (let i = 1; i < stale.length; i += 2) stale[i] = 0;
  const random = Float32Array.from({ length: p.queries * p.tables * p.keyBits }, () =>
    draw() % 3 === 0 ? draw() % 4 : draw() / 2 ** 30 - 2,
  );
  const masks = Uint32Array.from({ length: p.probes }, () => draw() % 2 ** Math.min(p.keyBits, 5));
  return { words, queries, segments, allowed, stale, masks, random };
}

type Prepared = ReturnType<typeof prepared>;

interface Found {
  readonly ids: Uint32Array;
  readonly distances: Uint32Array;
  readonly counts: Uint32Array;
  readonly candidates: Uint32Array;
}

function search(backend: Backend, p: Problem, data: Prepared, threads: number): Found {
  const places = p.queries * p.k;
  const found = {
    ids: new Uint32Array(places).fill(7),
    distances: new Uint32Array(places).fill(7),
    counts: new Uint32Array(p.queries).fill(7),
    candidates: new Uint32Array(p.queries).fill(7),
  };
  const tables = data.segments.flatMap((members) => [
    segmentOf(backend, p, keysOf(backend, p, data.words, members), members),
    data.stale,
  ]);
  const sizes = data.segments.flatMap((members) => [members.length, p.directoryBits, p.rows]);
  const args = [
    data.words,
    p.rows,
    p.bits,
    data.allowed,
    p.tables,
    p.keyBits,
    data.queries,
    keysOf(backend, p, data.queries),
    p.queries,
    data.masks,
    p.probing === 'radius' ? 0 : p.probes,
    p.radius,
    p.probing === 'directed' ? data.random : undefined,
    p.k,
    found.ids,
    found.distances,
    found.counts,
    found.candidates,
    Uint32Array.from(sizes),
    data.segments.length,
    ...tables,
  ] as const;
  backend.run({ name: 'bucketSearch', args }, threads);
  return found;
}

function bitsOf(value: bigint): number {
  return value.toString(2).replaceAll('0', '').length;
}

/** Whether a query visits a key of a table, by the definition. */
function visits(p: Problem, data: Prepared, query: number, table: number, change: number): boolean {
  if (p.probing === 'radius') return bitsOf(BigInt(change)) <= p.radius;
  if (p.probing === 'masks') return data.masks.includes(change);
  const start = (query * p.tables + table) * p.keyBits;
  const margins = data.random.subarray(start, start + p.keyBits);
  return directedMasks(margins, p.keyBits, p.probes).includes(change);
}

/** What the search must find, from the plain meaning. */
function expectedOf(p: Problem, data: Prepared, query: number): { id: number; distance: number }[] {
  const keys = keysOf(reference, p, data.words);
  const asked = keysOf(reference, p, data.queries);
  const words = Math.ceil(p.bits / 64);
  const rows = Array.from({ length: p.rows }, (_, id) => id).filter((id) => {
    if (hasBit(data.stale, id) || (data.allowed && !hasBit(data.allowed, id))) return false;
    return Array.from({ length: p.tables }, (_, t) => t).some((t) =>
      visits(p, data, query, t, (keys[id * p.tables + t] ^ asked[query * p.tables + t]) >>> 0),
    );
  });
  const all = rows.map((id) => {
    let distance = 0;
    for (let w = 0; w < words; w++) {
      distance += bitsOf(data.words[id * words + w] ^ data.queries[query * words + w]);
    }
    return { id, distance };
  });
  return all.sort((a, b) => a.distance - b.distance || a.id - b.id);
}

const TIMEOUT = 120_000;

describe.each([...levelBackends])('hash tables at level %s', (_level, backend) => {
  it.each([
    ['small', small, RUNS],
    ['more candidates than a list takes', longLists, RUNS / 40],
  ] as const)(
    'find what the reference finds, on one to three threads: %s',
    (_name, problem, numRuns) => {
      fc.assert(
        fc.property(problem, (p) => {
          const data = prepared(p);
          const expected = search(reference, p, data, 1);
          for (const threads of [1, 2, 3]) {
            expect(search(backend, p, data, threads)).toEqual(expected);
          }
        }),
        { numRuns: Math.ceil(numRuns) },
      );
    },
    TIMEOUT,
  );

  it('have the keys and the segments of the reference', () => {
    fc.assert(
      fc.property(small, (p) => {
        const { words, segments } = prepared(p);
        const [members] = segments;
        const keys = keysOf(reference, p, words, members);
        expect(keysOf(backend, p, words, members)).toEqual(keys);
        expect(segmentOf(backend, p, keys, members)).toEqual(
          segmentOf(reference, p, keys, members),
        );
        expect(segmentOf(backend, p, keys)).toEqual(segmentOf(reference, p, keys));
      }),
      { numRuns: RUNS },
    );
  });
});

describe('the oracle of hash tables', () => {
  it('ranks the rows whose keys are visited, each once', () => {
    fc.assert(
      fc.property(problems(length(0, 40), 3), (p) => {
        const data = prepared(p);
        const found = search(reference, p, data, 1);
        for (let query = 0; query < p.queries && p.k > 0; query++) {
          const all = expectedOf(p, data, query);
          const nearest = all.slice(0, p.k);
          const start = query * p.k;
          expect(found.candidates[query]).toBe(all.length);
          expect(found.counts[query]).toBe(nearest.length);
          expect([...found.ids.subarray(start, start + nearest.length)]).toEqual(
            nearest.map(({ id }) => id),
          );
          expect([...found.distances.subarray(start, start + nearest.length)]).toEqual(
            nearest.map(({ distance }) => distance),
          );
        }
      }),
      { numRuns: Math.ceil(RUNS / 8) },
    );
  });
});
