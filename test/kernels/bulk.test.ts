/**
 * Every kernel at every level against the reference on many rows: 500 generated shapes of 200 rows, 100,000 rows
 * for each kernel and level, on one to three threads. Values come from the package's own random streams, so a
 * counterexample is a few numbers: its shape, kind of values and seed, printed by fast-check.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KernelCall } from '../../lib/backend/kernels.ts';
import { drawConnections } from '../../lib/hash/connections.ts';
import { packPanels, packThresholds } from '../../lib/hash/panels.ts';
import { stream } from '../../lib/random.ts';
import { levelBackends, reference } from '../support/backends.ts';

const ROWS = 200;
const SHAPES = Math.ceil((Number(process.env.FLYHASH_TEST_RUNS ?? 400) * 500) / 400);

type Kind = 'normal' | 'tied' | 'zeros' | 'denormal' | 'huge' | 'bits';
const KINDS: readonly Kind[] = ['normal', 'tied', 'zeros', 'denormal', 'huge', 'bits'];

interface Shape {
  readonly dim: number;
  readonly outputs: number;
  readonly offset: number;
  readonly kind: Kind;
  readonly seed: number;
  readonly threads: number;
}

const shape: fc.Arbitrary<Shape> = fc.record({
  dim: fc.integer({ min: 1, max: 40 }),
  outputs: fc.integer({ min: 1, max: 40 }),
  offset: fc.nat(15),
  kind: fc.constantFrom(...KINDS),
  seed: fc.nat(),
  threads: fc.integer({ min: 1, max: 3 }),
});

/** A finite float32 with random bits: any magnitude. */
function anyBits(word: number): number {
  const value = new Float32Array(new Uint32Array([word]).buffer)[0];
  return Number.isFinite(value) ? value : 0;
}

/** `count` values of a kind, starting `offset` elements into their buffer. */
function values(count: number, { kind, seed, offset }: Shape, index: number): Float32Array {
  const random = stream(seed, 'evaluation', index);
  const result = new Float32Array(count + offset).subarray(offset);
  random.fillNormals(result);
  const change: Record<Kind, (value: number) => number> = {
    normal: (value) => value,
    tied: (value) => Math.round(value),
    zeros: (value) => (Math.abs(value) < 1.5 ? Math.sign(value) * 0 : value),
    denormal: (value) => value * 1e-42,
    huge: (value) => Math.max(-3.4e38, Math.min(3.4e38, value * 2e38)),
    bits: () => anyBits(random.uint32()),
  };
  return result.map(change[kind]).subarray(0, count);
}

type Output = Uint8Array | Uint32Array | Float32Array;

/** What one kernel is called with for a shape: its outputs, new for each backend, and the call. */
type Case = (shape: Shape) => { outputs: () => Output[]; call: (outputs: Output[]) => unknown };

const bytes = (bits: number): Uint8Array => new Uint8Array(ROWS * Math.ceil(bits / 8));

function dense(s: Shape) {
  return {
    vectors: values(ROWS * s.dim, s, 0),
    panels: packPanels(values(s.outputs * s.dim, s, 1), s.outputs, s.dim),
    thresholds: packThresholds(values(s.outputs, s, 2)),
  };
}

function rotation(s: Shape) {
  const size = s.dim <= 16 ? 16 : s.dim <= 32 ? 32 : 64;
  const signs = new Uint32Array(3 * size * Math.ceil(s.outputs / size));
  const random = stream(s.seed, 'hadamard', 0);
  for (let i = 0; i < signs.length; i++) signs[i] = random.below(2) === 1 ? 0x80000000 : 0;
  return { ...dense(s), size, signs };
}

function network(s: Shape) {
  const fanIn = 1 + (s.seed % s.dim);
  const connections = drawConnections({ dim: s.dim, units: s.outputs, fanIn }, s.seed);
  return { vectors: values(ROWS * s.dim, s, 0), fanIn, connections };
}

function neighbours(s: Shape) {
  const queryCount = 3;
  const queries = values(queryCount * s.dim, s, 3);
  return { data: values(ROWS * s.dim, s, 0), queries, queryCount, metric: s.seed % 3 };
}

/** A Hamming store of ROWS codes, queries, and a bitmap that allows about half of the rows, or all of them. */
function hamming(s: Shape) {
  const random = stream(s.seed, 'evaluation', 4);
  const bits = s.dim * 13;
  const words = Math.ceil(bits / 64);
  const someWords = (count: number): BigUint64Array => {
    const halves = Uint32Array.from(
      { length: 2 * count },
      () => random.uint32() & (s.offset * 0x11111111),
    );
    return new BigUint64Array(halves.buffer);
  };
  const [store, queries] = [someWords(ROWS * words), someWords(3 * words)];
  const bitmap = Uint8Array.from({ length: ROWS / 8 }, () => random.uint32() & 0xff);
  const allowed = s.seed % 3 === 0 ? undefined : bitmap;
  const args = [store, new BigUint64Array(0), ROWS, words * 64, queries, 3] as const;
  return { store, bits, words, args, allowed };
}

const CASES: Record<string, Case> = {
  signCodes: (s) => {
    const [vectors, thresholds] = [values(ROWS * s.dim, s, 0), values(s.dim, s, 1)];
    const call = ([codes]: Output[]) => [vectors, ROWS, s.dim, thresholds, codes];
    return { outputs: () => [bytes(s.dim)], call };
  },
  projectionSigns: (s) => {
    const { vectors, panels, thresholds } = dense(s);
    const call = ([codes]: Output[]) => [
      vectors,
      ROWS,
      s.dim,
      panels,
      thresholds,
      s.outputs,
      codes,
    ];
    return { outputs: () => [bytes(s.outputs)], call };
  },
  projectionValues: (s) => {
    const { vectors, panels } = dense(s);
    const call = ([out]: Output[]) => [vectors, ROWS, s.dim, panels, s.outputs, out];
    return { outputs: () => [new Float32Array(ROWS * s.outputs)], call };
  },
  rotationSigns: (s) => {
    const { vectors, thresholds, size, signs } = rotation(s);
    const call = ([codes]: Output[]) => [
      vectors,
      ROWS,
      s.dim,
      size,
      signs,
      thresholds,
      s.outputs,
      codes,
    ];
    return { outputs: () => [bytes(s.outputs)], call };
  },
  rotationValues: (s) => {
    const { vectors, size, signs } = rotation(s);
    const call = ([out]: Output[]) => [vectors, ROWS, s.dim, size, signs, s.outputs, out];
    return { outputs: () => [new Float32Array(ROWS * s.outputs)], call };
  },
  flyWinners: (s) => {
    const { vectors, fanIn, connections } = network(s);
    const active = 1 + (s.seed % s.outputs);
    const call = ([indices, sums]: Output[]) => [
      vectors,
      ROWS,
      s.dim,
      connections,
      s.outputs,
      fanIn,
      active,
      indices,
      sums,
    ];
    const outputs = () => [new Uint32Array(ROWS * active), new Float32Array(ROWS * active)];
    return { outputs, call };
  },
  flySigns: (s) => {
    const { vectors, fanIn, connections } = network(s);
    const call = ([codes]: Output[]) => [
      vectors,
      ROWS,
      s.dim,
      connections,
      s.outputs,
      fanIn,
      codes,
    ];
    return { outputs: () => [bytes(s.outputs)], call };
  },
  flyPseudoSigns: (s) => {
    const { vectors, fanIn, connections } = network(s);
    const keyBits = s.outputs % 2 === 0 ? s.outputs / 2 : s.outputs;
    const call = ([codes]: Output[]) => [
      vectors,
      ROWS,
      s.dim,
      connections,
      s.outputs,
      fanIn,
      keyBits,
      codes,
    ];
    return { outputs: () => [bytes(keyBits)], call };
  },
  flyValues: (s) => {
    const { vectors, fanIn, connections } = network(s);
    const call = ([out]: Output[]) => [vectors, ROWS, s.dim, connections, s.outputs, fanIn, out];
    return { outputs: () => [new Float32Array(ROWS * s.outputs)], call };
  },
  topK: (s) => {
    const [vectors, k] = [values(ROWS * s.dim, s, 0), 1 + (s.seed % s.dim)];
    const call = ([ids, best]: Output[]) => [vectors, ROWS, s.dim, k, ids, best];
    return { outputs: () => [new Uint32Array(ROWS * k), new Float32Array(ROWS * k)], call };
  },
  dotDistances: (s) => {
    const { data, queries, queryCount, metric } = neighbours(s);
    const call = ([out]: Output[]) => [data, ROWS, queries, queryCount, s.dim, metric, out];
    return { outputs: () => [new Float32Array(ROWS * queryCount)], call };
  },
  dotNeighbors: (s) => {
    const { data, queries, queryCount, metric } = neighbours(s);
    const k = 1 + (s.seed % ROWS);
    const call = ([ids, out]: Output[]) => [
      data,
      ROWS,
      queries,
      queryCount,
      s.dim,
      metric,
      k,
      ids,
      out,
    ];
    const length = queryCount * k;
    return { outputs: () => [new Uint32Array(length), new Float32Array(length)], call };
  },
  hammingSearch: (s) => {
    const { args, allowed } = hamming(s);
    const k = 1 + (s.seed % ROWS);
    const call = ([counts, ids, out]: Output[]) => [...args, k, ids, out, counts, allowed];
    const outputs = () => [new Uint32Array(3), new Uint32Array(3 * k), new Uint32Array(3 * k)];
    return { outputs, call };
  },
  hammingRange: (s) => {
    const { args, allowed, words } = hamming(s);
    const radius = s.seed % (64 * words + 1);
    const call = ([counts, ids, out]: Output[]) => [...args, radius, ids, out, counts, allowed];
    const length = 3 * ROWS - (s.seed % 2) * ROWS;
    const outputs = () => [new Uint32Array(3), new Uint32Array(length), new Uint32Array(length)];
    return { outputs, call };
  },
  hammingDeinterleave: (s) => {
    const { store, bits } = hamming(s);
    const codeBytes = Math.ceil(bits / 8);
    const call = ([codes]: Output[]) => [store, s.offset, ROWS - s.offset, codeBytes, codes];
    return { outputs: () => [new Uint8Array(ROWS * codeBytes)], call };
  },
};

/** Outputs as bytes, so that equal means the same bits; a NaN, which overflow can make, is one NaN. */
function bits(outputs: readonly Output[]): Buffer {
  for (const output of outputs) {
    output.forEach((value, i) => {
      if (Number.isNaN(value)) output[i] = Number.NaN;
    });
  }
  return Buffer.concat(outputs.map((o) => Buffer.from(o.buffer, o.byteOffset, o.byteLength)));
}

describe.each(Object.entries(CASES))('%s', (name, prepare) => {
  it('is the reference on 100,000 rows at every level', () => {
    fc.assert(
      fc.property(shape, (s) => {
        const { outputs, call } = prepare(s);
        const expected = outputs();
        reference.run({ name, args: call(expected) } as KernelCall, 1);
        for (const [level, backend] of levelBackends) {
          const actual = outputs();
          backend.run({ name, args: call(actual) } as KernelCall, s.threads);
          expect(bits(actual).equals(bits(expected)), level).toBe(true);
        }
      }),
      { numRuns: SHAPES },
    );
  });
});
