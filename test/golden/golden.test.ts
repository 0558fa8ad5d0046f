/**
 * Golden hashes: the SHA-256 of the codes of the bundled data, for each hasher, and of models of words, must come out on every
 * backend and level, on every machine, for ever. codes.json is written once, by running this file with FLYHASH_GOLDEN=write;
 * a difference means that stored codes of users would no longer match.
 */

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { mnistSample, NOVEL, type Sample, siftSample } from '../../data/samples.ts';
import { BinaryQuantizer } from '../../lib/hash/binary-quantizer.ts';
import { BioHash } from '../../lib/hash/bio-hash.ts';
import { DenseFly } from '../../lib/hash/dense-fly.ts';
import { FlyHash } from '../../lib/hash/fly-hash.ts';
import { Itq } from '../../lib/hash/itq.ts';
import { NaiveBioHash } from '../../lib/hash/naive-bio-hash.ts';
import { SimHash } from '../../lib/hash/sim-hash.ts';
import { exactNeighbors } from '../../lib/search/exact-neighbors.ts';
import { HammingIndex } from '../../lib/search/hamming-index.ts';
import { topK } from '../../lib/top-k.ts';
import { BioWord } from '../../lib/words/bio-word.ts';
import type { BioWordTraining } from '../../lib/words/bio-word-options.ts';
import { readText } from '../../lib/words/text.ts';
import { allBackends, useBackend } from '../support/backends.ts';
import { bytesOf } from '../support/hashers.ts';

const FILE = new URL('./codes.json', import.meta.url);
const WRITE = process.env.FLYHASH_GOLDEN === 'write';
const golden = JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, string>;

function sha256(...views: ArrayBufferView[]): string {
  const hash = createHash('sha256');
  for (const { buffer, byteOffset, byteLength } of views) {
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest('hex');
}

const seed = 20261123;

/** Every hasher on one sample; small enough for the reference. */
const HASHERS: Record<string, (sample: Sample) => Promise<string>> = {
  'BinaryQuantizer median': async ({ dim, values }) => {
    const hasher = await BinaryQuantizer.train(values, { dim, thresholds: 'median' });
    return sha256(hasher.thresholds, bytesOf(hasher.hash(values)));
  },
  'SimHash gaussian': async ({ dim, values }) =>
    sha256(bytesOf(SimHash.create({ dim, bits: 100, seed }).hash(values))),
  'SimHash gaussian, centred, median': async ({ dim, values }) => {
    const hasher = await SimHash.train(values, { dim, bits: 64, seed, thresholds: 'median' });
    return sha256(bytesOf(hasher.hash(values)));
  },
  'SimHash orthogonal': async ({ dim, values }) => {
    const hasher = SimHash.create({ dim, bits: 96, seed, projection: 'orthogonal' });
    return sha256(bytesOf(hasher.hash(values)));
  },
  'SimHash hadamard, centred': async ({ dim, values }) => {
    const hasher = await SimHash.train(values, { dim, bits: 300, seed, projection: 'hadamard' });
    return sha256(bytesOf(hasher.hash(values)));
  },
  FlyHash: async ({ dim, values }) => {
    const { codes, values: sums } = FlyHash.create({ dim, seed }).activations(values);
    return sha256(codes.indices, sums);
  },
  DenseFly: async ({ dim, values }) => {
    const hasher = DenseFly.create({ dim, bits: 640, seed });
    return sha256(bytesOf(hasher.hash(values)), bytesOf(hasher.pseudoHash(values, 32)));
  },
  'BioHash em, the model and its codes': async (sample) => {
    const { dim, values } = learnable(sample);
    const options = { dim, units: 10, active: 2, seed, iterations: 4 };
    const hasher = await BioHash.train(values, options);
    return sha256(hasher.toBytes(), bytesOf(hasher.hash(values)));
  },
  'BioHash sgd, the model and its codes': async (sample) => {
    const { dim, values } = learnable(sample);
    const options = { dim, units: 10, active: 2, seed, epochs: 2, repulsion: 0.25, batchSize: 30 };
    const rule = { trainer: 'sgd', assignment: 'normalised', init: 'normal' } as const;
    const hasher = await BioHash.train(values, { ...options, ...rule });
    return sha256(hasher.toBytes(), bytesOf(hasher.hash(values)));
  },
  'Itq, the model and its codes': async (sample) => {
    const { dim, values } = firstRows(sample, 40);
    const hasher = await Itq.train(values, { dim, bits: 6, seed, iterations: 3 });
    return sha256(hasher.toBytes(), bytesOf(hasher.hash(values)));
  },
  'NaiveBioHash, the model and its codes': async (sample) => {
    const { dim, values } = learnable(sample);
    const hasher = await NaiveBioHash.train(values, { dim, bits: 10, seed, iterations: 2 });
    return sha256(hasher.toBytes(), bytesOf(hasher.hash(values)));
  },
};

/** Models of the bundled novel. */
const NOVELS: Record<string, BioWordTraining> = {
  'BioWord types': { units: 40, active: 4, svd: { dimensions: 16 } },
  'BioWord types without SVD': { units: 20, active: 2, svd: false, window: 5, iterations: 4 },
};

/** The model of the novel, its codes, and a word where it stands. */
async function modelOfNovel(options: BioWordTraining): Promise<string> {
  const model = await BioWord.train(readText(NOVEL), { ...options, minimumCount: 20, seed });
  const inContext = model.contextVector('throw light upon the dark moor'.split(' '), 1);
  if (inContext === undefined) throw new Error('no word of the sentence is in the novel');
  return sha256(model.toBytes(), model.codes().indices, inContext.indices);
}

/** Rows that the reference can learn from in a moment. */
function learnable(sample: Sample): Sample {
  return firstRows(sample, 100);
}

/** Every search on one sample. */
const SEARCHES: Record<string, (sample: Sample) => Promise<string>> = {
  HammingIndex: async ({ dim, values }) => {
    const codes = SimHash.create({ dim, bits: 64, seed, projection: 'hadamard' }).hash(values);
    const index = HammingIndex.create({ bits: 64 });
    index.add(codes);
    const { ids, distances } = index.search(codes.slice(0, 50), 20);
    return sha256(ids, distances);
  },
  exactNeighbors: async ({ dim, values }) => {
    const queries = values.subarray(0, 10 * dim);
    const listed = Array.from({ length: 10 }, (_, i) => queries.subarray(i * dim, (i + 1) * dim));
    const found = (['l2', 'cosine', 'dot'] as const).map((metric) =>
      exactNeighbors(values, listed, 20, metric),
    );
    return sha256(...found.flatMap(({ ids, distances }) => [ids, distances]));
  },
  topK: async ({ dim, values }) => {
    const { ids, values: best } = topK(values, { columns: dim, k: 20 });
    return sha256(ids, best);
  },
};

const samples: Sample[] = [firstRows(siftSample(), 1500), mnistSample(200)];

function firstRows({ name, dim, values }: Sample, rows: number): Sample {
  return { name, dim, rows, values: values.subarray(0, rows * dim) };
}

describe.each([...allBackends])('golden hashes on %s', (_name, backend) => {
  it.each(Object.entries(NOVELS))('of the novel: %s', async (method, options) => {
    useBackend(backend);
    const key = `novel: ${method}`;
    const actual = await modelOfNovel(options);
    if (WRITE) golden[key] ??= actual;
    expect(actual).toBe(golden[key]);
  });

  describe.each(samples)('of $name', (sample) => {
    it.each(Object.entries({ ...HASHERS, ...SEARCHES }))('%s', async (method, digest) => {
      useBackend(backend);
      const key = `${sample.name}: ${method}`;
      const actual = await digest(sample);
      if (WRITE) golden[key] ??= actual;
      expect(actual).toBe(golden[key]);
    });
  });
});

if (WRITE) {
  afterAll(() => {
    const sorted = Object.entries(golden).sort(([a], [b]) => a.localeCompare(b));
    writeFileSync(FILE, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
  });
}
