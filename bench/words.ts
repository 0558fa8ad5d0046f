// `npm run bench:words -- FOLDER [--seeds N] [--corpus NAME]`: BioWord trained from text, by stages, and how well its
// codes agree with people, beside the baselines at equal bits: real vectors of the same counts, SimHash of them, and the
// strong one, the first dimensions turned at random, signs taken. FOLDER has corpus/NAME.txt.gz and words/ with judged
// pairs (EN-*.txt) and wic/; figures are 100 x Spearman's correlation, means of the seeds.

import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  type ContextPair,
  cosineSpace,
  type JudgedPair,
  parseJudgedPairs,
  parseWordInContext,
  type WordSpace,
  wordInContext,
  wordSimilarity,
} from '../lib/evaluate/index.ts';
import { BioWord, readText, SimHash, WordCodes, type WordTrainerName } from '../lib/index.ts';
import { parseCount } from './framework/options.ts';
import { describeMachine } from './framework/report.ts';
import { wordVectors } from './word-vectors.ts';

const SETS = ['WS-353-ALL', 'MEN-TR-3k', 'SIMLEX-999', 'RG-65', 'MTurk-287'];

/** Trainers, their units, and the numbers of active ones that are measured with them. */
const MODELS: readonly (readonly [WordTrainerName, number, readonly number[]])[] = [
  ['types', 400, [4, 8, 16]],
  ['types', 1000, [8, 16, 32]],
  ['types', 2000, [16, 32, 64]],
  ['em', 400, [16, 32]],
  ['sgd', 400, [16, 32]],
];
const BASELINE_BITS = [64, 72, 128, 160, 256];
const CONTEXT_ACTIVE = 64;
const QUERIES = 2000;

interface JudgedSet {
  readonly name: string;
  readonly pairs: readonly JudgedPair[];
}

function judgedSets(folder: string): JudgedSet[] {
  return SETS.map((name) => ({ name, path: join(folder, 'words', `EN-${name}.txt`) }))
    .filter(({ path }) => existsSync(path))
    .map(({ name, path }) => ({ name, pairs: parseJudgedPairs(readFileSync(path, 'utf8')) }));
}

/** A line of a table in Markdown. */
function tableLine(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** Figures of each method, seed after seed. */
class Figures {
  readonly #sets: readonly JudgedSet[];
  readonly #rows = new Map<string, { bits: number; figures: number[][] }>();

  constructor(sets: readonly JudgedSet[]) {
    this.#sets = sets;
  }

  measure(method: string, space: WordSpace): void {
    const row = this.#rows.get(method) ?? { bits: space.bits, figures: [] };
    row.figures.push(this.#sets.map(({ pairs }) => 100 * wordSimilarity(space, pairs).spearman));
    this.#rows.set(method, row);
  }

  print(space: WordSpace): void {
    const names = this.#sets.map(({ name, pairs }) => {
      const { covered, asked } = wordSimilarity(space, pairs);
      return `${name} (${covered}/${asked})`;
    });
    console.log(tableLine(['method', 'bits', ...names]));
    console.log(tableLine(Array.from({ length: names.length + 2 }, () => '---')));
    for (const [method, { bits, figures }] of this.#rows) {
      const means = this.#sets.map((_, i) => {
        return (figures.reduce((sum, row) => sum + row[i], 0) / figures.length).toFixed(1);
      });
      console.log(tableLine([method, String(bits), ...means]));
    }
  }
}

/** Trains, and says what each stage took. */
async function trained(
  corpus: string,
  { trainer, units, seed }: { trainer: WordTrainerName; units: number; seed: number },
): Promise<BioWord> {
  const times = new Map<string, number>();
  let [stage, since] = ['', performance.now()];
  const start = since;
  const onProgress = (progress: { readonly stage: string }): void => {
    if (progress.stage === stage) return;
    const now = performance.now();
    if (stage !== '') times.set(stage, now - since);
    [stage, since] = [progress.stage, now];
  };
  const before = process.cpuUsage();
  const model = await BioWord.train(readText(corpus), { trainer, units, seed, onProgress });
  const end = performance.now();
  const { user, system } = process.cpuUsage(before);
  times.set(stage, end - since);
  const stages = [...times].map(([name, ms]) => `${name} ${(ms / 1000).toFixed(1)}`).join(', ');
  const peak = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(
    `${trainer}, units ${units}, seed ${seed}: ${((end - start) / 1000).toFixed(1)} s (${stages}); ` +
      `processor ${((user + system) / 1e6).toFixed(1)} s; peak of the process ${peak} MiB`,
  );
  return model;
}

/** What asking and loading a model takes. */
async function timeModel(model: BioWord): Promise<void> {
  const { words } = model.vocabulary;
  model.nearest(words[0], 10);
  const asked = performance.now();
  for (let i = 0; i < QUERIES; i++) model.nearest(words[(37 * i) % words.length], 10);
  const nearest = (1000 * (performance.now() - asked)) / QUERIES;
  const path = join(tmpdir(), `flyhash-words-${process.pid}.safetensors`);
  await model.save(path);
  const start = performance.now();
  await BioWord.load(path);
  const load = performance.now() - start;
  await rm(path);
  console.log(`nearest of ${words.length}: ${nearest.toFixed(0)} us; load: ${load.toFixed(0)} ms`);
}

/** WiC with the word itself left out: threshold from the training pairs. */
function context(model: BioWord, folder: string): void {
  const pairsOf = (part: string): ContextPair[] => {
    const [data, gold] = ['data', 'gold'].map((kind) => {
      return readFileSync(join(folder, 'words', 'wic', `${part}.${kind}.txt`), 'utf8');
    });
    return parseWordInContext(data, gold);
  };
  const similarity = ({ sentences, positions }: ContextPair): number | undefined => {
    const [one, other] = sentences.map((words, i) => {
      return model.contextVector(words, positions[i], { active: CONTEXT_ACTIVE })?.row(0);
    });
    if (one === undefined || other === undefined) return undefined;
    return one.filter((unit) => other.includes(unit)).length;
  };
  const train = pairsOf('train');
  const [dev, test] = ['dev', 'test'].map((part) => {
    return (100 * wordInContext(train, pairsOf(part), similarity).testAccuracy).toFixed(1);
  });
  console.log(`WiC, context only, ${CONTEXT_ACTIVE} of ${model.units}: dev ${dev}, test ${test}`);
}

/** The baselines of one seed. */
async function baselines(corpus: string, seed: number, figures: Figures): Promise<void> {
  const { words, vectors, dim } = await wordVectors(corpus, seed);
  figures.measure(`PPMI-SVD ${dim}, real, cosine`, cosineSpace(words, vectors));
  const rows = words.length;
  for (const bits of BASELINE_BITS) {
    const hasher = SimHash.create({ dim, bits, seed });
    figures.measure(`SimHash of it, ${bits}`, WordCodes.from(words, hasher.hash(vectors)));
    const first = new Float32Array(rows * bits);
    for (let row = 0; row < rows; row++) {
      first.set(vectors.subarray(row * dim, row * dim + bits), row * bits);
    }
    const turned = SimHash.create({ dim: bits, bits, seed, projection: 'orthogonal' });
    figures.measure(`first ${bits}, turned, signs`, WordCodes.from(words, turned.hash(first)));
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seeds: { type: 'string', default: '3' },
      corpus: { type: 'string', default: 'wikipedia-en-16M-tokens' },
    },
  });
  const [folder] = positionals;
  if (folder === undefined) throw new RangeError('bench:words needs a folder of data');
  const corpus = join(folder, 'corpus', `${values.corpus}.txt.gz`);
  const seeds = parseCount('seeds', values.seeds);
  console.log(JSON.stringify(describeMachine()));
  const figures = new Figures(judgedSets(folder));
  let space: WordSpace | undefined;
  for (const [trainer, units, actives] of MODELS) {
    for (let seed = 1; seed <= seeds; seed++) {
      const model = await trained(corpus, { trainer, units, seed });
      for (const active of actives) {
        space = model.toWordCodes({ active });
        figures.measure(`${trainer}, ${active} of ${units}`, space);
      }
      if (seed > 1) continue;
      await timeModel(model);
      if (existsSync(join(folder, 'words', 'wic'))) context(model, folder);
    }
  }
  for (let seed = 1; seed <= seeds; seed++) await baselines(corpus, seed, figures);
  if (space !== undefined) figures.print(space);
}

await main();
