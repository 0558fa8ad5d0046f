// `npm run bench:word-documents -- FOLDER [--corpus NAME]`: classes of documents told by naive Bayes, from BioWord's codes
// and from the baseline at equal bits: the documents' sums of real word vectors, their first dimensions turned at random,
// signs taken. A bit is a choice of one unit of two, so that the same classifier reads both. FOLDER has corpus/NAME.txt.gz
// and docs/; models and turns have seed 1.

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { classFigure, type DocumentSet, documentSets } from '../lib/cli/words-documents.ts';
import { BioWord, type BitCodes, readText, SimHash, SparseCodes } from '../lib/index.ts';
import { type BenchVectors, wordVectors } from './word-vectors.ts';

/** Files, and what tells the class in them. */
const DOCUMENTS = [
  { name: 'bbc-news-2225.jsonl.gz', label: 'category' },
  { name: '20newsgroups-19997.jsonl.gz', label: 'group' },
];
const UNITS = 1000;
/** Of 1,000 units, whose numbers have 10 bits, 16, 32 and 64 active ones. */
const BITS = [160, 320, 640];
const SEED = 1;

interface DocumentVectors {
  readonly sums: Float32Array;
  readonly ids: Uint32Array;
}

/** Sums, of unit length, of the vectors of each document's words; documents without a word are left out. */
function documentVectors(
  { vocabulary, vectors, dim }: BenchVectors,
  { texts }: DocumentSet,
): DocumentVectors {
  const sums = new Float32Array(texts.length * dim);
  const ids: number[] = [];
  for (const [id, text] of texts.entries()) {
    const words = vocabulary.numbers(text).filter((word) => word >= 0);
    if (words.length === 0) continue;
    const sum = sums.subarray(ids.length * dim, (ids.length + 1) * dim);
    for (const word of words) {
      for (let i = 0; i < dim; i++) sum[i] += vectors[word * dim + i];
    }
    const norm = Math.hypot(...sum);
    for (let i = 0; i < dim; i++) sum[i] /= norm;
    ids.push(id);
  }
  return { sums: sums.slice(0, ids.length * dim), ids: Uint32Array.from(ids) };
}

/** The first dimensions of each row. */
function firstOf(rows: Float32Array, dim: number, wanted: number): Float32Array {
  const first = new Float32Array((rows.length / dim) * wanted);
  for (let row = 0; row < rows.length / dim; row++) {
    first.set(rows.subarray(row * dim, row * dim + wanted), row * wanted);
  }
  return first;
}

/** Each bit as one unit of two. */
function asUnits({ rows, bits, data }: BitCodes): SparseCodes {
  const rowBytes = data.length / rows;
  const indices = Uint32Array.from({ length: rows * bits }, (_, at) => {
    const [row, bit] = [Math.floor(at / bits), at % bits];
    return 2 * bit + ((data[row * rowBytes + (bit >> 3)] >> (bit & 7)) & 1);
  });
  return SparseCodes.from(indices, { units: 2 * bits, active: bits });
}

/** A table: figures of each method and number of bits, set after set. */
class Table {
  readonly #lines = new Map<string, string[]>();

  note(method: string, bits: number, { value }: { readonly value: number }): void {
    const key = `${method} | ${bits}`;
    this.#lines.set(key, [...(this.#lines.get(key) ?? []), (100 * value).toFixed(1)]);
  }

  print(sets: readonly DocumentSet[]): void {
    const names = sets.map(({ name, texts }) => `${name} (${texts.length})`);
    console.log(`| method | bits | ${names.join(' | ')} |`);
    for (const [key, figures] of this.#lines) console.log(`| ${key} | ${figures.join(' | ')} |`);
  }
}

async function measureModel(model: BioWord, set: DocumentSet, table: Table): Promise<void> {
  const unitBits = Math.ceil(Math.log2(model.units));
  for (const bits of BITS) {
    const active = bits / unitBits;
    const coded = await model.documents(set.texts, { active });
    table.note(`types, ${active} of ${model.units}`, bits, classFigure(coded, set));
  }
}

async function measureBaseline(
  vectors: BenchVectors,
  set: DocumentSet,
  table: Table,
): Promise<void> {
  const { sums, ids } = documentVectors(vectors, set);
  for (const bits of BITS) {
    const dim = Math.min(bits, vectors.dim);
    const first = firstOf(sums, vectors.dim, dim);
    const settings = { dim, bits, seed: SEED, projection: 'orthogonal' } as const;
    const codes = asUnits((await SimHash.train(first, settings)).hash(first));
    table.note(`first ${dim}, turned, signs`, bits, classFigure({ codes, ids }, set));
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { corpus: { type: 'string', default: 'wikipedia-en-16M-tokens' } },
  });
  const [folder] = positionals;
  if (folder === undefined) throw new RangeError('bench:word-documents needs a folder of data');
  const corpus = join(folder, 'corpus', `${values.corpus}.txt.gz`);
  const read = DOCUMENTS.map(({ name, label }) => {
    return documentSets({ documents: [join(folder, 'docs', name)], label });
  });
  const sets = (await Promise.all(read)).flat();
  const model = await BioWord.train(readText(corpus), { units: UNITS, seed: SEED });
  const vectors = await wordVectors(corpus, SEED);
  const table = new Table();
  for (const set of sets) {
    await measureModel(model, set, table);
    await measureBaseline(vectors, set, table);
  }
  table.print(sets);
}

await main();
