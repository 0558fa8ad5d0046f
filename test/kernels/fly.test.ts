/**
 * The fly kernels at every level against their oracles, bit for bit: winners with their sums, signs, pseudo-signs
 * and values. A run checks all units of many rows: over 10^5 generated cases a level and kernel.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Backend, KernelCall } from '../../lib/backend/kernels.ts';
import { drawConnections, packConnections } from '../../lib/hash/connections.ts';
import { stream } from '../../lib/random.ts';
import { levelBackends, reference } from '../support/backends.ts';
import { atOffset, floats, length, RUNS } from '../support/generators.ts';

interface Problem {
  rows: number;
  dim: number;
  units: number;
  fanIn: number;
  active: number;
  vectors: Float32Array;
  seed: number;
  threads: number;
}

/** Few winners of many units make reservoirs overflow; many of few never do. */
const problem: fc.Arbitrary<Problem> = fc
  .record({
    rows: length(0, 18),
    dim: length(1, 33),
    units: fc.oneof(length(1, 70), fc.integer({ min: 280, max: 700 })),
    offset: fc.nat(15),
    share: fc.constantFrom(0, 0.02, 0.05, 0.5, 1),
  })
  .chain(({ rows, dim, units, offset, share }) =>
    fc.record({
      rows: fc.constant(rows),
      dim: fc.constant(dim),
      units: fc.constant(units),
      fanIn: fc.integer({ min: 1, max: Math.min(dim, 12) }),
      active: fc.constant(Math.max(1, Math.floor(units * share))),
      vectors: floats(rows * dim).map((values) => atOffset(values, offset)),
      seed: fc.nat(),
      threads: fc.integer({ min: 1, max: 3 }),
    }),
  );

function network({ dim, units, fanIn, seed }: Problem): Uint16Array | Uint32Array {
  return drawConnections({ dim, units, fanIn }, seed);
}

/** Results of a kernel with outputs made by `outputs`, on a level and on the reference, as bits. */
function bothResults(
  backend: Backend,
  threads: number,
  outputs: () => (Uint8Array | Uint32Array | Float32Array)[],
  call: (outputs: never[]) => KernelCall,
): { actual: unknown; expected: unknown } {
  const run = (on: Backend, count: number): unknown => {
    const filled = outputs().map((array) => array.fill(0x55));
    const result = on.run(call(filled as never[]), count);
    return [result, ...filled.map((array) => Buffer.from(array.buffer).toString('base64'))];
  };
  return { actual: run(backend, threads), expected: run(reference, 1) };
}

function winners(p: Problem, connections: Uint16Array | Uint32Array, backend: Backend): void {
  const { rows, dim, units, fanIn, active, vectors } = p;
  const { actual, expected } = bothResults(
    backend,
    p.threads,
    () => [new Uint32Array(rows * active), new Float32Array(rows * active)],
    ([indices, values]) => ({
      name: 'flyWinners',
      args: [vectors, rows, dim, connections, units, fanIn, active, indices, values],
    }),
  );
  expect(actual).toEqual(expected);
}

describe.each([...levelBackends])('fly at level %s', (_level, backend) => {
  it('gives the winners of the reference, and their sums', () => {
    fc.assert(
      fc.property(problem, (p) => winners(p, network(p), backend)),
      { numRuns: RUNS },
    );
  });

  it('gives the winners of the reference where a sample of the units sets thresholds', () => {
    fc.assert(
      fc.property(problem, fc.integer({ min: 1025, max: 1300 }), (p, units) => {
        const active = Math.max(1, Math.floor((units * p.active) / p.units / 4));
        const larger = { ...p, units, active };
        winners(larger, network(larger), backend);
      }),
      { numRuns: Math.ceil(RUNS / 4) },
    );
  });

  it('gives the winners of rows that the sample of the units misleads', () => {
    const p = { rows: 18, dim: 3, units: 1500, fanIn: 1, active: 300, seed: 0, threads: 1 };
    const inputs = Uint32Array.from({ length: p.units }, (_, unit) => (unit < 256 ? 0 : 1));
    const vectors = Float32Array.from({ length: p.rows * p.dim }, (_, i) =>
      i % p.dim === 0 && i % 4 !== 0 ? 1 : 0,
    );
    winners({ ...p, vectors }, packConnections(inputs, p), backend);
  });

  it('gives the signs of the reference', () => {
    fc.assert(
      fc.property(problem, (p) => {
        const { rows, dim, units, fanIn, vectors } = p;
        const connections = network(p);
        const { actual, expected } = bothResults(
          backend,
          p.threads,
          () => [new Uint8Array(rows * Math.ceil(units / 8))],
          ([codes]) => ({
            name: 'flySigns',
            args: [vectors, rows, dim, connections, units, fanIn, codes],
          }),
        );
        expect(actual).toEqual(expected);
      }),
      { numRuns: RUNS },
    );
  });

  it('gives the pseudo-signs of the reference, for every kind of divisor', () => {
    fc.assert(
      fc.property(problem, fc.nat(), (p, choice) => {
        const { rows, dim, units, fanIn, vectors } = p;
        const connections = network(p);
        const divisors = Array.from({ length: units }, (_, i) => i + 1).filter(
          (n) => units % n === 0,
        );
        const keyBits = divisors[choice % divisors.length];
        const { actual, expected } = bothResults(
          backend,
          p.threads,
          () => [new Uint8Array(rows * Math.ceil(keyBits / 8))],
          ([codes]) => ({
            name: 'flyPseudoSigns',
            args: [vectors, rows, dim, connections, units, fanIn, keyBits, codes],
          }),
        );
        expect(actual).toEqual(expected);
      }),
      { numRuns: RUNS },
    );
  });

  it('gives the sums of the reference', () => {
    fc.assert(
      fc.property(problem, (p) => {
        const { rows, dim, units, fanIn, vectors } = p;
        const connections = network(p);
        const { actual, expected } = bothResults(
          backend,
          p.threads,
          () => [new Float32Array(rows * units)],
          ([values]) => ({
            name: 'flyValues',
            args: [vectors, rows, dim, connections, units, fanIn, values],
          }),
        );
        expect(actual).toEqual(expected);
      }),
      { numRuns: RUNS },
    );
  });

  it.each([8191, 8192, 70_000])('takes %i inputs, in few rows and in many', (dim) => {
    for (const rows of [1, 3, 4, 17]) {
      const vectors = new Float32Array(rows * dim);
      stream(3, 'sample', rows).fillNormals(vectors);
      const p = { rows, dim, units: 40, fanIn: 30, active: 7, vectors, seed: 5, threads: 2 };
      winners(p, network(p), backend);
      const inputs = new Uint32Array(40).fill(dim - 1);
      winners({ ...p, fanIn: 1 }, packConnections(inputs, { ...p, fanIn: 1 }), backend);
    }
  });

  it('stays within memory and gives units, whatever the connections hold', () => {
    const connections = new Uint16Array(16 * 8 * 3).fill(0xffff);
    const wide = new Uint32Array(16 * 8 * 3).fill(0xffffffff);
    for (const rows of [1, 17]) {
      const indices = new Uint32Array(rows * 5);
      backend.run(
        {
          name: 'flyWinners',
          args: [new Float32Array(rows * 4), rows, 4, connections, 128, 3, 5, indices, undefined],
        },
        1,
      );
      expect(Math.max(...indices)).toBeLessThan(128);
      backend.run(
        {
          name: 'flyWinners',
          args: [new Float32Array(rows * 9000), rows, 9000, wide, 128, 3, 5, indices, undefined],
        },
        1,
      );
      expect(Math.max(...indices)).toBeLessThan(128);
    }
  });
});
