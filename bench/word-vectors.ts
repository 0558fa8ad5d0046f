// Real word vectors of a corpus, as the trainer `types` makes them before units learn: counts, PPMI, truncated SVD;
// centred. What codes are compared with.

import { KernelWork } from '../lib/hash/kernel-work.ts';
import { readText, type Vocabulary } from '../lib/index.ts';
import { countCooccurrences } from '../lib/words/cooccurrences.ts';
import { Corpus } from '../lib/words/corpus.ts';
import { ppmiMatrix } from '../lib/words/ppmi.ts';
import { truncatedSvd } from '../lib/words/truncated-svd.ts';
import { checkVocabulary } from '../lib/words/vocabulary-options.ts';

const DIM = 300;
const SVD = { dimensions: DIM, oversampling: 20, rounds: 2, degree: 3, power: 0.5 };

export interface BenchVectors {
  readonly vocabulary: Vocabulary;
  readonly words: readonly string[];
  readonly dim: number;
  readonly vectors: Float32Array;
}

function centred(vectors: Float32Array): Float32Array {
  const rows = vectors.length / DIM;
  const sums = new Float64Array(DIM);
  for (let i = 0; i < vectors.length; i++) sums[i % DIM] += vectors[i];
  return vectors.map((value, i) => value - sums[i % DIM] / rows);
}

/** The vectors of the 20,000 most frequent words. */
export async function wordVectors(path: string, seed: number): Promise<BenchVectors> {
  const work = new KernelWork(undefined, undefined);
  await using corpus = await Corpus.read(readText(path), checkVocabulary({}));
  const { words } = corpus.vocabulary;
  const counting = { words: words.length, radius: 5, weighting: 'flat' } as const;
  const counts = await countCooccurrences(corpus.segments(), counting, { work });
  const matrix = await ppmiMatrix(counts, { smoothing: 0.75, shift: 5 }, work);
  await counts.close();
  const { vectors } = await truncatedSvd(matrix, { ...SVD, seed }, work);
  return { vocabulary: corpus.vocabulary, words, dim: DIM, vectors: centred(vectors) };
}
