/**
 * The hash-table kernels at every level against the reference on many rows: 500 generated shapes of 200 rows, 100,000
 * rows for each level, on one to three threads (as bulk.test.ts, whose kernels take other arguments).
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Backend } from '../../lib/backend/kernels.ts';
import { stream } from '../../lib/random.ts';
import { bucketTableSize } from '../../lib/reference/buckets.ts';
import { levelBackends, reference } from '../support/backends.ts';

const ROWS = 200;
const SHAPES = Math.ceil((Number(process.env.FLYHASH_TEST_RUNS ?? 400) * 500) / 400);
const QUERIES = 3;

interface Shape {
  readonly words: number;
  readonly tables: number;
  readonly keyBits: number;
  readonly directoryBits: number;
  readonly k: number;
  readonly probes: number;
  readonly radius: number;
  readonly isDirected: boolean;
  readonly seed: number;
  readonly threads: number;
}

const shape: fc.Arbitrary<Shape> = fc
  .record({
    words: fc.integer({ min: 1, max: 6 }),
    tables: fc.integer({ min: 1, max: 3 }),
    keyBits: fc.integer({ min: 1, max: 32 }),
    directory: fc.nat(8),
    k: fc.integer({ min: 1, max: ROWS }),
    probes: fc.nat(6),
    radius: fc.nat(5),
    directed: fc.boolean(),
    seed: fc.nat(),
    threads: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ directory, directed, ...rest }) => ({
    ...rest,
    directoryBits: Math.min(directory, rest.keyBits),
    isDirected: directed && rest.probes > 0,
  }));

/** Codes with few bits set, so that keys meet, and bits and margins drawn at random. */
function drawn(s: Shape) {
  const random = stream(s.seed, 'evaluation');
  const bytes = new Uint8Array(ROWS * s.words * 8);
  for (let i = 0; i < bytes.length; i++) {
    if (random.below(6) === 0) bytes[i] = 1 << random.below(8);
  }
  const places = s.tables * s.keyBits;
  const positions = Uint32Array.from({ length: places }, () => random.below(s.words * 64));
  const margins = new Float32Array(QUERIES * places);
  random.fillNormals(margins);
  const masks = Uint32Array.from({ length: s.probes }, () => 2 ** random.below(s.keyBits));
  return { bytes, positions, margins, masks };
}

/** Everything that the kernels write: keys, segment, ids, distances, counts, candidates. */
function written(backend: Backend, s: Shape, threads: number): Uint32Array[] {
  const { bytes, positions, margins, masks } = drawn(s);
  const { words, tables, keyBits, directoryBits } = s;
  const codes = new BigUint64Array(bytes.buffer);
  const keys = new Uint32Array(ROWS * tables);
  const keyArgs = [bytes, ROWS, words * 8, undefined, ROWS, positions, tables, keyBits] as const;
  backend.run({ name: 'bucketKeys', args: [...keyArgs, keys] }, threads);
  const segment = new Uint32Array(tables * bucketTableSize(ROWS, keyBits, directoryBits));
  const sortArgs = [keys, undefined, ROWS, tables, keyBits, directoryBits, segment] as const;
  backend.run({ name: 'bucketSort', args: sortArgs }, threads);
  const sizes = [QUERIES * s.k, QUERIES * s.k, QUERIES, QUERIES];
  const [ids, distances, counts, candidates] = sizes.map((size) => new Uint32Array(size));
  const args = [
    codes,
    ROWS,
    words * 64,
    undefined,
    tables,
    keyBits,
    codes,
    keys,
    QUERIES,
    masks,
    s.probes,
    s.radius,
    s.isDirected ? margins : undefined,
    s.k,
    ids,
    distances,
    counts,
    candidates,
    Uint32Array.of(ROWS, directoryBits, ROWS),
    1,
    segment,
    undefined,
  ] as const;
  backend.run({ name: 'bucketSearch', args }, threads);
  return [keys, segment, ids, distances, counts, candidates];
}

function bytesOf(outputs: readonly Uint32Array[]): Buffer {
  return Buffer.concat(outputs.map((o) => Buffer.from(o.buffer, o.byteOffset, o.byteLength)));
}

describe('bucketKeys, bucketSort and bucketSearch', () => {
  it('are the reference on 100,000 rows at every level', () => {
    fc.assert(
      fc.property(shape, (s) => {
        const expected = bytesOf(written(reference, s, 1));
        for (const [level, backend] of levelBackends) {
          expect(bytesOf(written(backend, s, s.threads)).equals(expected), level).toBe(true);
        }
      }),
      { numRuns: SHAPES },
    );
  });
});
