/**
 * The shortlist kernels at every level against their oracle: ties, codes that all lie far away, samples that mislead,
 * rows that may not be found, and lists that hold ids which are no rows.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Backend } from '../../lib/backend/kernels.ts';
import { stream } from '../../lib/random.ts';
import { levelBackends, reference } from '../support/backends.ts';
import { length, RUNS } from '../support/generators.ts';

/** How codes are drawn: at random, near each other, of few kinds, or sorted, so that a sample sees another order. */
type Kind = 'random' | 'near' | 'few' | 'far' | 'sorted';

interface Problem {
  readonly rows: number;
  readonly words: number;
  readonly extra: number;
  readonly queryCount: number;
  readonly k: number;
  readonly kind: Kind;
  readonly filter: 'none' | 'half' | 'few' | 'nobody';
  readonly threads: number;
  readonly seed: number;
}

const problem = (rows: fc.Arbitrary<number>, words: fc.Arbitrary<number>): fc.Arbitrary<Problem> =>
  fc.record({
    rows,
    words,
    extra: fc.nat(2),
    queryCount: fc.integer({ min: 0, max: 11 }),
    k: fc.oneof(fc.nat(12), fc.nat(400)),
    kind: fc.constantFrom<Kind[]>('random', 'near', 'few', 'far', 'sorted'),
    filter: fc.constantFrom('none', 'half', 'few', 'nobody'),
    threads: fc.integer({ min: 1, max: 3 }),
    seed: fc.nat(),
  });

const ALL = 0xffffffffffffffffn;

function drawCodes(p: Problem, count: number, words: number, index: number): BigUint64Array {
  const random = stream(p.seed, 'evaluation', index);
  const draw: Record<Kind, (row: number) => bigint> = {
    random: () => (BigInt(random.uint32()) << 32n) | BigInt(random.uint32()),
    near: () => 1n << BigInt(random.below(64)),
    few: () => (random.below(2) === 0 ? 0n : ALL),
    far: () => (index === 0 ? ALL : 0n),
    sorted: (row) => ALL >> BigInt(Math.floor((63 * row) / count)),
  };
  const codes = new BigUint64Array(count * words);
  return codes.map((_, i) => draw[p.kind](Math.floor(i / words)));
}

function bitmap(p: Problem): Uint8Array | undefined {
  if (p.filter === 'none') return undefined;
  const random = stream(p.seed, 'evaluation', 9);
  const bytes = new Uint8Array(Math.ceil(p.rows / 8));
  const share = { half: 128, few: 10, nobody: 0 }[p.filter];
  for (let row = 0; row < p.rows; row++) {
    if (random.below(256) < share) bytes[row >> 3] |= 0x80 >> (row & 7);
  }
  return bytes;
}

/** Rows of words as a store and its tail. */
function interleaved(
  codes: BigUint64Array,
  rows: number,
  words: number,
): { store: BigUint64Array; tail: BigUint64Array } {
  const all = new BigUint64Array(Math.ceil(rows / 8) * 8 * words);
  const bytes = new Uint8Array(codes.buffer, codes.byteOffset, codes.byteLength);
  reference.run({ name: 'hammingInterleave', args: [bytes, rows, 8 * words, 0, all] }, 1);
  const whole = Math.floor(rows / 8) * 8 * words;
  return { store: all.slice(0, whole), tail: all.slice(whole) };
}

function scan(backend: Backend, p: Problem): { ids: Uint32Array; counts: Uint32Array } {
  const { store, tail } = interleaved(drawCodes(p, p.rows, p.words, 0), p.rows, p.words);
  const stride = p.words + p.extra;
  const queries = drawCodes(p, p.queryCount, stride, 1);
  const ids = new Uint32Array(p.queryCount * p.k).fill(7777);
  const counts = new Uint32Array(p.queryCount).fill(7777);
  const base = [store, tail, p.rows, p.words, bitmap(p)] as const;
  const args = [...base, queries, stride, p.queryCount, p.k, ids, counts] as const;
  expect(backend.run({ name: 'shortlistScan', args }, p.threads)).toBe(0);
  return { ids, counts };
}

interface Lists {
  readonly shared: number;
  readonly places: number;
}

function refine(backend: Backend, p: Problem, { shared, places }: Lists): Uint32Array[] {
  const codes = drawCodes(p, p.rows, p.words, 0);
  const queries = drawCodes(p, p.queryCount, p.words, 1);
  const random = stream(p.seed, 'evaluation', 2);
  const listCount = shared === 1 ? 1 : p.queryCount;
  const lists = new Uint32Array(listCount * places);
  const listCounts = new Uint32Array(listCount);
  for (let list = 0; list < listCount; list++) {
    listCounts[list] = random.below(places + 5);
    const ids = new Set(Array.from({ length: places }, () => random.below(p.rows + 40)));
    lists.set(Uint32Array.from(ids).sort(), list * places);
    lists.fill(0xffffffff, list * places + ids.size, (list + 1) * places);
  }
  const ids = new Uint32Array(p.queryCount * p.k).fill(7777);
  const distances = new Uint32Array(p.queryCount * p.k).fill(7777);
  const counts = new Uint32Array(p.queryCount).fill(7777);
  const base = [codes, p.rows, p.words, queries, p.queryCount] as const;
  const given = [lists, listCounts, places, shared] as const;
  const args = [...base, ...given, p.k, ids, distances, counts] as const;
  expect(backend.run({ name: 'shortlistRefine', args }, p.threads)).toBe(0);
  return [ids, distances, counts];
}

const words = fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constantFrom(4, 8, 9, 16, 17));

describe.each([...levelBackends])('shortlist at level %s', (_level, backend) => {
  it('scans as the reference', () => {
    fc.assert(
      fc.property(problem(length(0, 300), words), (p) => {
        expect(scan(backend, p)).toEqual(scan(reference, p));
      }),
      { numRuns: RUNS },
    );
  });

  it('scans as the reference where a sample suggests the bound', () => {
    fc.assert(
      fc.property(
        problem(fc.integer({ min: 2048, max: 6000 }), fc.integer({ min: 1, max: 5 })),
        (p) => {
          expect(scan(backend, p)).toEqual(scan(reference, p));
        },
      ),
      { numRuns: RUNS / 20 },
    );
  });

  it('refines as the reference', () => {
    const lists = fc.record({ shared: fc.nat(1), places: length(0, 60) });
    fc.assert(
      fc.property(problem(length(0, 100), words), lists, (p, given) => {
        expect(refine(backend, p, given)).toEqual(refine(reference, p, given));
      }),
      { numRuns: RUNS },
    );
  });
});

describe('a shortlist by definition', () => {
  const p: Problem = {
    rows: 9,
    words: 1,
    extra: 0,
    queryCount: 1,
    k: 3,
    kind: 'few',
    filter: 'none',
    threads: 1,
    seed: 1,
  };

  it('is the nearest rows, ties to the smaller, ascending', () => {
    const codes = BigUint64Array.of(15n, 1n, 0n, 1n, 1n, 3n, 7n, 1n, 0n);
    const { store, tail } = interleaved(codes, p.rows, p.words);
    const ids = new Uint32Array(4);
    const counts = new Uint32Array(1);
    const query = BigUint64Array.of(0n);
    const args = [store, tail, 9, 1, undefined, query, 1, 1, 4, ids, counts] as const;
    reference.run({ name: 'shortlistScan', args }, 1);
    expect([...ids]).toEqual([1, 2, 3, 8]);
  });
});
