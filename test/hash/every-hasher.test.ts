/**
 * What every hasher promises: the same codes for any form of input, blocking or not, for any threads and any
 * batches, and defined answers for empty input.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Vectors } from '../../lib/vectors.ts';
import { plainFloat, tiedFloat } from '../support/generators.ts';
import { bytesOf, concatenated, DIM, hasherCases, manyVectors } from '../support/hashers.ts';

const value = fc.oneof(plainFloat, tiedFloat);
const someVectors = fc
  .integer({ min: 0, max: 40 })
  .chain((rows) => fc.array(value, { minLength: rows * DIM, maxLength: rows * DIM }))
  .map((values) => Float32Array.from(values));

function inEveryForm(vectors: Float32Array): Map<string, Vectors> {
  const rows = Array.from({ length: vectors.length / DIM }, (_, i) =>
    vectors.subarray(i * DIM, (i + 1) * DIM),
  );
  const shared = new Float32Array(new SharedArrayBuffer(vectors.byteLength));
  shared.set(vectors);
  const resizable = new Float32Array(
    new ArrayBuffer(vectors.byteLength, { maxByteLength: vectors.byteLength + 64 }),
  );
  resizable.set(vectors);
  return new Map<string, Vectors>([
    ['a Float64Array', Float64Array.from(vectors)],
    ['a flat number[]', [...vectors]],
    ['an array of Float32Array', rows],
    ['an array of number[]', rows.map((row) => [...row])],
    ['a shared Float32Array', shared],
    ['a resizable Float32Array', resizable],
    ['a view at an offset', new Float32Array([0, ...vectors]).subarray(1)],
  ]);
}

describe.each(hasherCases)('$hasherName on $name', ({ backend, prepared }) => {
  it('gives the same codes for every form of the same vectors', async () => {
    const hasher = await prepared();
    await fc.assert(
      fc.asyncProperty(someVectors, async (vectors) => {
        const expected = bytesOf(hasher.hash(vectors));
        for (const [form, same] of inEveryForm(vectors)) {
          expect(bytesOf(hasher.hash(same)).equals(expected), form).toBe(true);
          expect(bytesOf(await hasher.hashAsync(same)).equals(expected), `${form}, async`).toBe(
            true,
          );
        }
      }),
      { numRuns: 20 },
    );
  });

  it('takes integers as they are', async () => {
    const hasher = await prepared();
    const integers = Array.from({ length: 5 * DIM }, (_, i) => ((i * 37) % 256) - 128);
    const signed = bytesOf(hasher.hash(Int8Array.from(integers)));
    expect(signed.equals(bytesOf(hasher.hash(Float32Array.from(integers))))).toBe(true);
    const unsigned = integers.map((i) => i + 128);
    const bytes = bytesOf(hasher.hash(Buffer.from(unsigned)));
    expect(bytes.equals(bytesOf(hasher.hash(Float32Array.from(unsigned))))).toBe(true);
  });

  it('gives the same codes for any number of threads and any batches', async () => {
    const hasher = await prepared();
    const rows = backend.kind === 'native' ? 30_000 : 300;
    const vectors = manyVectors(rows);
    const expected = bytesOf(hasher.hash(vectors));
    for (const threads of [1, 2, 3]) {
      expect(
        bytesOf(hasher.hash(vectors, { threads })).equals(expected),
        `${threads} threads`,
      ).toBe(true);
      const codes = await hasher.hashAsync(vectors, { threads });
      expect(bytesOf(codes).equals(expected), `${threads} threads, async`).toBe(true);
    }
    const cuts = [0, 1, 17, 18, 18, 200, rows];
    const batches = cuts.slice(1).map((end, i) => vectors.subarray(cuts[i] * DIM, end * DIM));
    expect((await concatenated(hasher.hashStream(batches))).equals(expected), 'stream').toBe(true);
  });

  it('gives no codes for no vectors', async () => {
    const hasher = await prepared();
    for (const none of [new Float32Array(0), [], new Uint8Array(0)]) {
      expect(hasher.hash(none).rows).toBe(0);
      expect((await hasher.hashAsync(none)).rows).toBe(0);
    }
  });

  it('gives codes that no later change of the vectors reaches', async () => {
    const hasher = await prepared();
    const vectors = manyVectors(40);
    const codes = hasher.hash(vectors);
    const before = Buffer.from(bytesOf(codes));
    vectors.fill(0);
    expect(bytesOf(codes).equals(before)).toBe(true);
  });
});
