/**
 * The kernels of the self-join at every level against the reference on many rows, as bulk.test.ts does for the others:
 * 500 generated shapes of 200 rows, 100,000 rows for each kernel and level, on one to three threads.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KernelCall } from '../../lib/backend/kernels.ts';
import { stream } from '../../lib/random.ts';
import { levelBackends, reference } from '../support/backends.ts';

const ROWS = 200;
const CAPACITY = 1000;
const SHAPES = Math.ceil((Number(process.env.FLYHASH_TEST_RUNS ?? 400) * 500) / 400);

interface Shape {
  readonly bytes: number;
  readonly radius: number;
  readonly flips: number;
  readonly keyBits: number;
  readonly seed: number;
  readonly threads: number;
}

const shape: fc.Arbitrary<Shape> = fc.record({
  bytes: fc.integer({ min: 1, max: 40 }),
  radius: fc.nat(7),
  flips: fc.nat(1),
  keyBits: fc.integer({ min: 1, max: 8 }),
  seed: fc.nat(),
  threads: fc.integer({ min: 1, max: 3 }),
});

/** Twenty codes, and for each nine others that are near it. */
function codesOf({ bytes, seed }: Shape): BigUint64Array {
  const words = Math.ceil(bytes / 8);
  const random = stream(seed, 'evaluation', 0);
  const codes = new BigUint64Array(ROWS * words);
  const all = new Uint8Array(codes.buffer);
  for (let row = 0; row < ROWS; row++) {
    const code = all.subarray(row * words * 8, row * words * 8 + bytes);
    for (let i = 0; i < bytes; i++) code[i] = Math.imul(i + 1, 97 + (row % 20));
    for (let flip = 0; flip < 4; flip++) code[random.below(bytes)] ^= 1 << random.below(8);
  }
  return codes;
}

/** The arguments that say what is joined and how; the blocks are as many as find every pair. */
function joinOf(s: Shape) {
  const blocks = Math.min(8 * s.bytes, Math.floor(s.radius / (s.flips + 1)) + 1);
  const radius = Math.min(s.radius, blocks * (s.flips + 1) - 1);
  const codes = codesOf(s);
  const starts = new Uint32Array(blocks * (2 ** s.keyBits + 1));
  const members = new Uint32Array(blocks * ROWS);
  return { codes, bits: 8 * s.bytes, radius, plan: [blocks, s.flips, s.keyBits], starts, members };
}

type Outputs = (Uint32Array | BigUint64Array)[];

/** Each kernel: new outputs for a backend, and its arguments. */
const CASES: Record<string, (s: Shape) => [() => Outputs, (outputs: Outputs) => unknown[]]> = {
  hammingJoinGather: (s) => {
    const { codes } = joinOf(s);
    const words = codes.length / ROWS;
    const ids = Uint32Array.from({ length: ROWS }, (_, i) => (i * 7 + s.seed) % ROWS);
    return [
      () => [new BigUint64Array(ROWS * words)],
      ([rows]) => [codes, ROWS, words, ids, ROWS, rows],
    ];
  },
  hammingJoinTables: (s) => {
    const { codes, bits, plan, starts, members } = joinOf(s);
    return [
      () => [starts.slice(), members.slice()],
      (outputs) => [codes, ROWS, bits, ...plan, ...outputs],
    ];
  },
  hammingJoin: (s) => {
    const { codes, bits, radius, plan, starts, members } = joinOf(s);
    const tables = {
      name: 'hammingJoinTables',
      args: [codes, ROWS, bits, ...plan, starts, members],
    };
    reference.run(tables as unknown as unknown as KernelCall, 1);
    const fixed = [
      codes,
      ROWS,
      bits,
      radius,
      ...plan,
      starts,
      members,
      codes,
      0,
      0,
      ROWS,
      CAPACITY,
    ];
    return [() => [new Uint32Array(3 * CAPACITY)], (outputs) => [...fixed, ...outputs]];
  },
};

function bytesOf(outputs: Outputs): Buffer {
  return Buffer.concat(outputs.map((o) => Buffer.from(o.buffer, o.byteOffset, o.byteLength)));
}

describe.each(Object.entries(CASES))('%s', (name, prepare) => {
  it('is the reference on 100,000 rows at every level', () => {
    fc.assert(
      fc.property(shape, (s) => {
        const [outputs, args] = prepare(s);
        const expected = outputs();
        const result = reference.run({ name, args: args(expected) } as unknown as KernelCall, 1);
        for (const [level, backend] of levelBackends) {
          const actual = outputs();
          const call = { name, args: args(actual) } as unknown as KernelCall;
          expect(backend.run(call, s.threads), level).toBe(result);
          expect(bytesOf(actual).equals(bytesOf(expected)), level).toBe(true);
        }
      }),
      { numRuns: SHAPES },
    );
  }, 60_000);
});
