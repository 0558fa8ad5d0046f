// `npm run bench:word-contexts -- FOLDER [--corpus NAME]`: words in two sentences (WiC: the same meaning or not), told from
// the words around them, by BioWord's codes and by the baseline at equal bits: the sum of the real vectors of those words,
// its first dimensions turned at random, signs taken; and by the real sums themselves. The threshold comes from the training
// pairs; guessing gives 50. FOLDER has corpus/NAME.txt.gz and words/wic/; models and turns have seed 1.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type ContextPair, parseWordInContext, wordInContext } from '../lib/evaluate/index.ts';
import { BioWord, type BitCodes, readText, SimHash } from '../lib/index.ts';
import { type BenchVectors, wordVectors } from './word-vectors.ts';

const UNITS = 1000;
/** Of 1,000 units, whose numbers have 10 bits, 16, 32 and 64 active ones. */
const BITS = [160, 320, 640];
const SEED = 1;
const RADIUS = 5;

type Similarity = (pair: ContextPair) => number | undefined;

interface Parts {
  readonly train: readonly ContextPair[];
  readonly dev: readonly ContextPair[];
  readonly test: readonly ContextPair[];
}

function pairsOf(folder: string, part: string): ContextPair[] {
  const [data, gold] = ['data', 'gold'].map((kind) => {
    return readFileSync(join(folder, 'words', 'wic', `${part}.${kind}.txt`), 'utf8');
  });
  return parseWordInContext(data, gold);
}

function print(method: string, bits: number, { train, dev, test }: Parts, by: Similarity): void {
  const figures = [dev, test].map((part) => {
    return (100 * wordInContext(train, part, by).testAccuracy).toFixed(1);
  });
  console.log(`| ${method} | ${bits} | ${figures.join(' | ')} |`);
}

function byCodes(model: BioWord, active: number): Similarity {
  return ({ sentences, positions }) => {
    const [one, other] = sentences.map((words, i) => {
      return model.contextVector(words, positions[i], { active })?.row(0);
    });
    if (one === undefined || other === undefined) return undefined;
    return one.filter((unit) => other.includes(unit)).length;
  };
}

/** The sum, of unit length, of the vectors of the words around a place; undefined where no word is known. */
function contextOf(
  { vocabulary, vectors, dim }: BenchVectors,
  words: readonly string[],
  position: number,
): Float32Array | undefined {
  const sum = new Float32Array(dim);
  for (let at = Math.max(0, position - RADIUS); at <= position + RADIUS; at++) {
    if (at === position || at >= words.length) continue;
    const [id] = vocabulary.numbers(words[at]);
    if (id === undefined || id < 0) continue;
    for (let i = 0; i < dim; i++) sum[i] += vectors[id * dim + i];
  }
  const norm = Math.hypot(...sum);
  return norm > 0 ? sum.map((value) => value / norm) : undefined;
}

function byVectors(vectors: BenchVectors): Similarity {
  return ({ sentences, positions }) => {
    const [one, other] = sentences.map((words, i) => contextOf(vectors, words, positions[i]));
    if (one === undefined || other === undefined) return undefined;
    return one.reduce((sum, value, i) => sum + value * other[i], 0);
  };
}

const equalBits = (one: BitCodes, other: BitCodes): number => {
  let different = 0;
  for (let i = 0; i < one.data.length; i++) {
    for (let byte = one.data[i] ^ other.data[i]; byte > 0; byte &= byte - 1) different++;
  }
  return one.bits - different;
};

async function bySigns(
  vectors: BenchVectors,
  train: readonly ContextPair[],
  bits: number,
): Promise<Similarity> {
  const dim = Math.min(bits, vectors.dim);
  const first = (words: readonly string[], position: number): Float32Array | undefined =>
    contextOf(vectors, words, position)?.subarray(0, dim);
  const known = train
    .flatMap(({ sentences, positions }) => sentences.map((words, i) => first(words, positions[i])))
    .filter((context) => context !== undefined);
  const hasher = await SimHash.train(known, { dim, bits, seed: SEED, projection: 'orthogonal' });
  return ({ sentences, positions }) => {
    const [one, other] = sentences.map((words, i) => first(words, positions[i]));
    if (one === undefined || other === undefined) return undefined;
    return equalBits(hasher.hash(one), hasher.hash(other));
  };
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { corpus: { type: 'string', default: 'wikipedia-en-16M-tokens' } },
  });
  const [folder] = positionals;
  if (folder === undefined) throw new RangeError('bench:word-contexts needs a folder of data');
  const corpus = join(folder, 'corpus', `${values.corpus}.txt.gz`);
  const [train, dev, test] = ['train', 'dev', 'test'].map((part) => pairsOf(folder, part));
  const parts: Parts = { train, dev, test };
  const model = await BioWord.train(readText(corpus), { units: UNITS, seed: SEED });
  const vectors = await wordVectors(corpus, SEED);
  console.log('| method | bits | dev | test |');
  for (const bits of BITS) {
    const active = bits / Math.ceil(Math.log2(UNITS));
    print(`types, ${active} of ${UNITS}`, bits, parts, byCodes(model, active));
    const dim = Math.min(bits, vectors.dim);
    print(`first ${dim}, turned, signs`, bits, parts, await bySigns(vectors, train, bits));
  }
  print('the vectors, real, cosine', 32 * vectors.dim, parts, byVectors(vectors));
}

await main();
