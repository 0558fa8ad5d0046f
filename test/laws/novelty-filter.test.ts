/**
 * The claim of the paper (Dasgupta, Sheehan, Stevens, Navlakha 2018) on its own kind of data: what the fly Bloom
 * filter calls novel is far from everything inserted. On SIFT descriptors its novelty correlates with the distance to
 * the nearest inserted vector (the paper: .535), where an ordinary Bloom filter of the same size knows only "seen" and
 * "not seen" (the paper: .002).
 */

import { describe, expect, it } from 'vitest';
import { siftSample } from '../../data/samples.ts';
import { SparseCodes } from '../../lib/codes/sparse-codes.ts';
import { FlyHash } from '../../lib/hash/fly-hash.ts';
import { stream } from '../../lib/random.ts';
import { exactNeighbors } from '../../lib/search/exact-neighbors.ts';
import { NoveltyFilter } from '../../lib/search/novelty-filter.ts';
import { levelBackends, useBackend } from '../support/backends.ts';

/** As in the paper: ten units a number, a twentieth of them active. */
const UNITS = 1280;
const ACTIVE = 64;
const INSERTED = 100;
const ASKED = 1000;

const backend = [...levelBackends.values()].at(-1);
const { dim, rows, values } = siftSample();

function taken(ids: readonly number[]): Float32Array {
  const result = new Float32Array(ids.length * dim);
  ids.forEach((id, i) => {
    result.set(values.subarray(id * dim, (id + 1) * dim), i * dim);
  });
  return result;
}

/** The codes of an ordinary Bloom filter: the units of a vector are drawn from all of its bits. */
function bloomCodes(vectors: Float32Array, seed: number): SparseCodes {
  const indices: number[] = [];
  for (let start = 0; start < vectors.length; start += dim) {
    const vector = vectors.subarray(start, start + dim);
    const key = vector.reduce((hash, value) => (Math.imul(hash, 31) + value) >>> 0, seed);
    indices.push(...stream(key, 'evaluation').sample(ACTIVE, UNITS));
  }
  return SparseCodes.from(Uint32Array.from(indices), { units: UNITS, active: ACTIVE });
}

function correlation(a: Float32Array, b: Float32Array): number {
  const mean = (values: Float32Array): number => values.reduce((sum, v) => sum + v, 0) / a.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  const product = (x: Float32Array, mx: number, y: Float32Array, my: number): number =>
    x.reduce((sum, value, i) => sum + (value - mx) * (y[i] - my), 0);
  const variances = product(a, meanA, a, meanA) * product(b, meanB, b, meanB);
  return product(a, meanA, b, meanB) / Math.sqrt(variances);
}

/** Correlations of the novelty that both filters give to vectors that were not inserted with their distance. */
function correlations(seed: number): { fly: number; bloom: number } {
  const draw = stream(seed, 'split');
  const ids = draw.shuffle([...draw.sample(INSERTED + ASKED, rows)]);
  const [inserted, asked] = [taken(ids.slice(0, INSERTED)), taken(ids.slice(INSERTED))];
  const { distances } = exactNeighbors(inserted, asked, 1, { metric: 'l2', dim });
  const far = distances.map(Math.sqrt);
  const hasher = FlyHash.create({ dim, units: UNITS, active: ACTIVE, seed });
  const correlate = (codes: (vectors: Float32Array) => SparseCodes): number => {
    const filter = NoveltyFilter.create({ units: UNITS });
    filter.add(codes(inserted));
    expect(Math.max(...filter.novelty(codes(inserted)))).toBe(0);
    return correlation(filter.novelty(codes(asked)), far);
  };
  return {
    fly: correlate((vectors) => hasher.hash(vectors)),
    bloom: correlate((vectors) => bloomCodes(vectors, seed)),
  };
}

describe('the fly Bloom filter on SIFT', () => {
  it('tells how far a vector is from what was inserted; an ordinary one cannot', () => {
    if (backend !== undefined) useBackend(backend);
    const trials = [1, 2, 3, 4, 5, 6].map(correlations);
    const mean = (values: number[]): number => values.reduce((sum, v) => sum + v, 0) / 6;
    const fly = mean(trials.map((trial) => trial.fly));
    const bloom = mean(trials.map((trial) => trial.bloom));
    expect(fly).toBeGreaterThan(0.45);
    expect(fly).toBeLessThan(0.65);
    expect(Math.abs(bloom)).toBeLessThan(0.06);
    for (const trial of trials) expect(trial.fly - trial.bloom).toBeGreaterThan(0.3);
  });
});
