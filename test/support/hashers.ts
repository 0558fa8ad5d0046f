/** One of every hasher on every backend, so that what all of them promise is tested on all of them. */

import type { Backend } from '../../lib/backend/kernels.ts';
import { BinaryQuantizer } from '../../lib/hash/binary-quantizer.ts';
import { BioHash } from '../../lib/hash/bio-hash.ts';
import { DenseFly } from '../../lib/hash/dense-fly.ts';
import { FlyHash } from '../../lib/hash/fly-hash.ts';
import type { HashAsyncOptions, HashOptions } from '../../lib/hash/hasher.ts';
import { Itq } from '../../lib/hash/itq.ts';
import { NaiveBioHash } from '../../lib/hash/naive-bio-hash.ts';
import { SimHash } from '../../lib/hash/sim-hash.ts';
import type { Vectors } from '../../lib/vectors.ts';
import { allBackends, useBackend } from './backends.ts';

/** Codes of either kind. */
export interface AnyCodes {
  readonly rows: number;
}

/** The surface that every hasher shares. */
export interface AnyHasher {
  readonly dim: number;
  hash(vectors: Vectors, options?: HashOptions): AnyCodes;
  hashAsync(vectors: Vectors, options?: HashAsyncOptions): Promise<AnyCodes>;
  hashStream(
    batches: AsyncIterable<Vectors> | Iterable<Vectors>,
    options?: HashAsyncOptions,
  ): AsyncIterable<AnyCodes>;
}

/** The number of numbers that the vectors below have. */
export const DIM = 24;

/** Vectors of integers from -500 to 499; enough rows make more than one asynchronous chunk. */
export function manyVectors(rows: number): Float32Array {
  return Float32Array.from(
    { length: rows * DIM },
    (_, i) => ((Math.imul(i, 2654435761) >>> 0) % 1000) - 500,
  );
}

/** How to make one of every hasher, by name. */
export const HASHERS: ReadonlyMap<string, () => AnyHasher | Promise<AnyHasher>> = new Map<
  string,
  () => AnyHasher | Promise<AnyHasher>
>([
  ['BinaryQuantizer', () => BinaryQuantizer.create({ dim: DIM })],
  [
    'BinaryQuantizer (median)',
    () => BinaryQuantizer.train(manyVectors(64), { dim: DIM, thresholds: 'median' }),
  ],
  ['SimHash', () => SimHash.create({ dim: DIM, bits: 70, seed: 3 })],
  ['SimHash (orthogonal)', () => SimHash.create({ dim: DIM, bits: 40, projection: 'orthogonal' })],
  [
    'SimHash (hadamard, median)',
    () =>
      SimHash.train(manyVectors(64), {
        ...{ dim: DIM, bits: 100, projection: 'hadamard', thresholds: 'median' },
      }),
  ],
  ['FlyHash', () => FlyHash.create({ dim: DIM, units: 75, active: 4, seed: 3 })],
  ['DenseFly', () => DenseFly.create({ dim: DIM, bits: 43, fanIn: 5, seed: 3 })],
  [
    'BioHash',
    () => BioHash.train(manyVectors(64), { dim: DIM, units: 21, active: 3, iterations: 3 }),
  ],
  [
    'BioHash (sgd, power 3)',
    () =>
      BioHash.train(manyVectors(64), {
        ...{ dim: DIM, units: 20, active: 2, trainer: 'sgd', epochs: 1, power: 3 },
      }),
  ],
  ['Itq', () => Itq.train(manyVectors(64), { dim: DIM, bits: 11, iterations: 5 })],
  ['NaiveBioHash', () => NaiveBioHash.train(manyVectors(64), { dim: DIM, bits: 19 })],
]);

/** A hasher on a backend: `prepared` makes the backend current and the hasher new. */
export interface HasherCase {
  readonly name: string;
  readonly backend: Backend;
  readonly hasherName: string;
  prepared(): Promise<AnyHasher>;
}

export const hasherCases: readonly HasherCase[] = [...allBackends].flatMap(([name, backend]) =>
  [...HASHERS].map(([hasherName, make]) => ({
    name,
    backend,
    hasherName,
    prepared: async () => {
      useBackend(backend);
      return make();
    },
  })),
);

/** The bytes of codes, for comparison. */
export function bytesOf(codes: AnyCodes): Buffer {
  const { data, indices } = codes as { data?: Uint8Array; indices?: Uint32Array };
  const view = data ?? indices;
  if (view === undefined) throw new TypeError('codes must have data or indices');
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength);
}

/** All codes of a stream as bytes. */
export async function concatenated(stream: AsyncIterable<AnyCodes>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const codes of stream) parts.push(bytesOf(codes));
  return Buffer.concat(parts);
}
