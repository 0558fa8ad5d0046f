/** `flyhash words eval`: the measures of word vectors on files of judged words, for every number of active units asked. */

import { readFile } from 'node:fs/promises';
import { wrongValue } from '../errors.ts';
import {
  type ContextSimilarity,
  cosineSpace,
  parseAnalogies,
  parseJudgedPairs,
  parseOutliers,
  parseWordInContext,
  type WordSpace,
  wordAnalogies,
  wordInContext,
  wordOutliers,
  wordSimilarity,
} from '../evaluate/index.ts';
import { refused } from '../files/paths.ts';
import { WordVectors } from '../files/word-vectors.ts';
import { BioWord } from '../words/bio-word.ts';
import { WordCodes } from '../words/word-codes.ts';
import { namingFile } from './file-faults.ts';
import { loadStored } from './models.ts';
import type { Running } from './run.ts';
import type { EvalWordsOptions } from './words-options.ts';

/** A figure of one set. */
interface Figure {
  readonly model: string;
  readonly bits: number;
  readonly set: string;
  readonly measure: string;
  readonly value: number;
  readonly covered: number;
  readonly asked: number;
}

/** What is measured: words with similarities, and uses of words where the model knows them. */
interface Measured {
  readonly name: string;
  readonly space: WordSpace;
  readonly inContext?: ContextSimilarity;
}

const isContainer = (path: string): boolean => path.endsWith('.safetensors');

/** Units that two uses of a word have in common, of context alone. */
function contextSimilarity(model: BioWord, active: number): ContextSimilarity {
  return ({ sentences, positions }) => {
    const codes = sentences.map(
      (words, i) => model.contextVector(words, positions[i], { active })?.indices,
    );
    const [a, b] = codes;
    if (a === undefined || b === undefined) return undefined;
    return a.filter((unit) => b.includes(unit)).length / active;
  };
}

async function measuredOf(
  path: string,
  active: readonly number[] | undefined,
  { signal, onProgress }: Running,
): Promise<Measured[]> {
  const { readWordVectors } = await import('../files/read-word-vectors.ts');
  const stored = isContainer(path)
    ? await loadStored(path, signal)
    : await namingFile(path, readWordVectors(path, { signal, onProgress }));
  if (stored instanceof BioWord) {
    return (active ?? [stored.active]).map((own) => ({
      name: `${own} of ${stored.units}`,
      space: stored.toWordCodes({ active: own }),
      inContext: contextSimilarity(stored, own),
    }));
  }
  if (active !== undefined) throw wrongValue('--active', 'given for a BioWord alone', path);
  if (stored instanceof WordCodes) return [{ name: 'codes', space: stored }];
  if (stored instanceof WordVectors) {
    return [{ name: 'cosine', space: cosineSpace(stored.words, stored.vectors) }];
  }
  throw wrongValue(path, 'a BioWord, WordCodes or word vectors', stored.constructor.name);
}

/** The text of a file, with its name in the error. */
async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw refused(path, 'a file that can be read', error);
  }
}

/** The sets of a list of files; what a reader says of a line is said of the file. */
async function sets<Set>(
  paths: readonly string[] = [],
  parse: (text: string) => Set,
): Promise<{ name: string; set: Set }[]> {
  return Promise.all(
    paths.map(async (path) => {
      const text = await textOf(path);
      const name = path.replace(/^.*[\\/]/, '').replace(/\.\w+$/, '');
      return { name, set: await namingFile(path, (async () => parse(text))()) };
    }),
  );
}

async function contextPairs(paths: readonly string[] | undefined) {
  if (paths === undefined) return undefined;
  if (paths.length !== 4) {
    throw wrongValue(
      '--wic',
      'four files: training data and gold, test data and gold',
      paths.length,
    );
  }
  const [data, gold, testData, testGold] = await Promise.all(paths.map(textOf));
  return { train: parseWordInContext(data, gold), test: parseWordInContext(testData, testGold) };
}

function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map(({ model, bits, set, measure, value, covered, asked }) => [
    ...[model, `${bits}`, set, measure, (100 * value).toFixed(1), `${covered} of ${asked}`],
  ]);
  const head = ['code', 'bits', 'set', 'measure', 'x 100', 'covered'];
  const widths = head.map((title, i) =>
    Math.max(title.length, ...rows.map((row) => row[i].length)),
  );
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** `flyhash words eval` */
export async function evalWords(
  path: string,
  options: EvalWordsOptions,
  running: Running,
): Promise<void> {
  const pairs = await sets(options.similarity, parseJudgedPairs);
  const questions = await sets(options.analogies, parseAnalogies);
  const outliers = await sets(options.outliers, parseOutliers);
  const uses = await contextPairs(options.wic);
  if (pairs.length + questions.length + outliers.length === 0 && uses === undefined) {
    throw wrongValue('--similarity, --analogies, --outliers or --wic', 'given', 'none');
  }
  const figures: Figure[] = [];
  for (const { name: model, space, inContext } of await measuredOf(path, options.active, running)) {
    const about = { model, bits: space.bits };
    for (const { name: set, set: judged } of pairs) {
      const { spearman: value, ...coverage } = wordSimilarity(space, judged);
      figures.push({ ...about, set, measure: 'Spearman', value, ...coverage });
    }
    for (const { name: set, set: asked } of questions) {
      const { accuracy: value, ...coverage } = wordAnalogies(space, asked).all;
      figures.push({ ...about, set, measure: 'accuracy', value, ...coverage });
    }
    for (const { name: set, set: groups } of outliers) {
      const { accuracy: value, ...coverage } = wordOutliers(space, groups);
      figures.push({ ...about, set, measure: 'accuracy', value, ...coverage });
    }
    if (uses === undefined) continue;
    if (inContext === undefined) throw wrongValue(path, 'a BioWord, for --wic', 'codes of words');
    const { testAccuracy: value, asked, covered } = wordInContext(uses.train, uses.test, inContext);
    figures.push({ ...about, set: 'WiC', measure: 'test accuracy', value, asked, covered });
  }
  process.stdout.write(
    `${options.json === true ? JSON.stringify(figures, undefined, 2) : tableOf(figures)}\n`,
  );
}
