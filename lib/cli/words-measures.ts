/** `flyhash words eval`: the measures of word vectors on files of judged words, for every number of active units asked. */

import { readFile } from 'node:fs/promises';
import { wrongValue } from '../errors.ts';
import {
  type Analogy,
  type ContextSimilarity,
  cosineSpace,
  type JudgedPair,
  type OutlierSet,
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
import { PARTS } from '../files/parts.ts';
import { refused } from '../files/paths.ts';
import { WordVectors } from '../files/word-vectors.ts';
import { BioWord } from '../words/bio-word.ts';
import { WordCodes } from '../words/word-codes.ts';
import { namingFile } from './file-faults.ts';
import { loadStored } from './models.ts';
import type { Running } from './run.ts';
import { type DocumentSet, documentFigure, documentSets } from './words-documents.ts';
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

/** What is measured: words with similarities. */
interface Measured {
  readonly name: string;
  readonly space: WordSpace;
  /** Where there are codes of sentences and documents too. */
  readonly model?: BioWord;
  readonly active?: number;
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
      ...{ model: stored, active: own },
    }));
  }
  if (active !== undefined) throw wrongValue('--active', 'given for a BioWord alone', path);
  if (stored instanceof WordCodes) return [{ name: 'codes', space: stored }];
  if (stored instanceof WordVectors) {
    return [{ name: 'cosine', space: cosineSpace(stored.words, stored.vectors) }];
  }
  throw wrongValue(path, 'a BioWord, WordCodes or word vectors', stored[PARTS]().kind);
}

/** The text of a file, with its name in the error. */
async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw refused(path, 'a file that can be read', error);
  }
}

interface NamedSet<Set> {
  readonly name: string;
  readonly set: Set;
}

/** The sets of a list of files; what a reader says of a line is said of the file. */
async function sets<Set extends readonly unknown[]>(
  paths: readonly string[] = [],
  parse: (text: string) => Set,
): Promise<NamedSet<Set>[]> {
  return Promise.all(
    paths.map(async (path) => {
      const text = await textOf(path);
      const name = path.replace(/^.*[\\/]/, '').replace(/\.\w+$/, '');
      const set = await namingFile(path, (async () => parse(text))());
      if (set.length === 0) throw wrongValue(path, 'a file with at least one question', 'none');
      return { name, set };
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

/** The sets of all options. */
interface Sets {
  readonly pairs: readonly NamedSet<readonly JudgedPair[]>[];
  readonly questions: readonly NamedSet<readonly Analogy[]>[];
  readonly outliers: readonly NamedSet<readonly OutlierSet[]>[];
  readonly uses: Awaited<ReturnType<typeof contextPairs>>;
  readonly documents: readonly DocumentSet[];
}

async function readSets(options: EvalWordsOptions): Promise<Sets> {
  const read = {
    pairs: await sets(options.similarity, parseJudgedPairs),
    questions: await sets(options.analogies, parseAnalogies),
    outliers: await sets(options.outliers, parseOutliers),
    uses: await contextPairs(options.wic),
    documents: await documentSets(options),
  };
  const { pairs, questions, outliers, uses, documents } = read;
  const count = pairs.length + questions.length + outliers.length + documents.length;
  if (count > 0 || uses !== undefined) return read;
  const names = '--similarity, --analogies, --outliers, --wic or --documents';
  throw wrongValue(names, 'given', 'none');
}

type Found = Omit<Figure, 'model' | 'bits'>;

/** Figures of words out of context. */
function figuresOfWords(space: WordSpace, { pairs, questions, outliers }: Sets): Found[] {
  return [
    ...pairs.map(({ name: set, set: judged }) => {
      const { spearman: value, ...coverage } = wordSimilarity(space, judged);
      return { set, measure: 'Spearman', value, ...coverage };
    }),
    ...questions.map(({ name: set, set: asked }) => {
      const { accuracy: value, ...coverage } = wordAnalogies(space, asked).all;
      return { set, measure: 'accuracy', value, ...coverage };
    }),
    ...outliers.map(({ name: set, set: groups }) => {
      const { accuracy: value, asked, covered } = wordOutliers(space, groups);
      return { set, measure: 'accuracy', value, asked, covered };
    }),
  ];
}

/** Figures of words in sentences and of documents, which only a BioWord has codes of. */
async function figuresOfTexts(
  { model, active }: Required<Pick<Measured, 'model' | 'active'>>,
  { uses, documents }: Sets,
  { signal }: Running,
): Promise<Found[]> {
  const figures: Found[] = [];
  if (uses !== undefined) {
    const similarity = contextSimilarity(model, active);
    const {
      testAccuracy: value,
      asked,
      covered,
    } = wordInContext(uses.train, uses.test, similarity);
    figures.push({ set: 'WiC', measure: 'test accuracy', value, asked, covered });
  }
  for (const set of documents) {
    const figure = await documentFigure(model, set, active, signal);
    figures.push({ set: set.name, measure: 'naive Bayes', ...figure });
  }
  return figures;
}

/** `flyhash words eval` */
export async function evalWords(
  path: string,
  options: EvalWordsOptions,
  running: Running,
): Promise<void> {
  const all = await readSets(options);
  const figures: Figure[] = [];
  for (const { name, space, model, active } of await measuredOf(path, options.active, running)) {
    const found = figuresOfWords(space, all);
    if (model !== undefined && active !== undefined) {
      found.push(...(await figuresOfTexts({ model, active }, all, running)));
    } else if (all.uses !== undefined || all.documents.length > 0) {
      throw wrongValue(path, 'a BioWord, for --wic and --documents', name);
    }
    figures.push(...found.map((figure) => ({ model: name, bits: space.bits, ...figure })));
  }
  process.stdout.write(
    `${options.json === true ? JSON.stringify(figures, undefined, 2) : tableOf(figures)}\n`,
  );
}
