// Codes of clustered vectors: 1,000 Gaussian clusters in 16 dimensions, lifted to 128 and hashed by SimHash to 256
// bits. Like embeddings of real things they have near neighbours and little intrinsic dimension; on uniform codes no
// hash table finds anything. The spread is such that faiss's MultiHash of 8 x 20 bits finds about 95 % at one flip.

import { BitCodes, SimHash } from '../../lib/index.ts';
import { randomVectors } from './data.ts';

const CLUSTERS = 1000;
const LATENT = 16;
const DIM = 128;
const SPREAD = 0.5;
const CHUNK = 10_000;

export interface Clustered {
  readonly hasher: SimHash;
  /** The codes of fresh vectors from the same clusters; each seed gives others. */
  codes(rows: number, seed: number): BitCodes;
  /** Those vectors, rows x 128. */
  vectors(rows: number, seed: number): Float32Array;
}

/** rows x 16 by 16 x 128. */
function lifted(points: Float32Array, lift: Float32Array): Float32Array {
  const rows = points.length / LATENT;
  const result = new Float32Array(rows * DIM);
  for (let row = 0; row < rows; row++) {
    const to = result.subarray(row * DIM, (row + 1) * DIM);
    for (let i = 0; i < LATENT; i++) {
      const value = points[row * LATENT + i];
      for (let j = 0; j < DIM; j++) to[j] += value * lift[i * DIM + j];
    }
  }
  return result;
}

export function clustered(): Clustered {
  const hasher = SimHash.create({ dim: DIM, bits: 256, seed: 1 });
  const centres = randomVectors(CLUSTERS, LATENT, 1);
  const lift = randomVectors(LATENT, DIM, 2);
  const vectors = (rows: number, seed: number): Float32Array => {
    const points = randomVectors(rows, LATENT, seed);
    for (let row = 0; row < rows; row++) {
      const centre = (Math.imul(row + seed, 0x9e3779b1) >>> 0) % CLUSTERS;
      for (let i = 0; i < LATENT; i++) {
        const at = row * LATENT + i;
        points[at] = SPREAD * points[at] + centres[centre * LATENT + i];
      }
    }
    return lifted(points, lift);
  };
  const codes = (rows: number, seed: number): BitCodes => {
    const data = new Uint8Array(rows * 32);
    for (let first = 0; first < rows; first += CHUNK) {
      const count = Math.min(CHUNK, rows - first);
      data.set(hasher.hash(vectors(count, seed + first)).data, first * 32);
    }
    return BitCodes.adopt(data, 256);
  };
  return { hasher, codes, vectors };
}

/** Shares of the true neighbours that were found: the same ids, and as near as the last true one. */
export function recall(
  found: { k: number; ids: Uint32Array; distances: Uint32Array; counts: Uint32Array },
  truth: { k: number; ids: Uint32Array; distances: Uint32Array },
): { ids: number; distances: number } {
  const { k } = truth;
  const queries = truth.ids.length / k;
  let sameIds = 0;
  let asNear = 0;
  for (let query = 0; query < queries; query++) {
    const wanted = new Set(truth.ids.subarray(query * k, (query + 1) * k));
    const last = truth.distances[(query + 1) * k - 1];
    for (let i = query * k; i < query * k + found.counts[query]; i++) {
      if (wanted.has(found.ids[i])) sameIds++;
      if (found.distances[i] <= last) asNear++;
    }
  }
  return { ids: sameIds / (queries * k), distances: asNear / (queries * k) };
}
