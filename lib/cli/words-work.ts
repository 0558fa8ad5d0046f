/** The work of `flyhash words`: models of words trained, asked and looked at; the measuring is in words-measures.ts. */

import { wrongValue } from '../errors.ts';
import { PARTS } from '../files/parts.ts';
import type { WordVectors } from '../files/word-vectors.ts';
import type { Hasher } from '../hash/hasher.ts';
import {
  BinaryQuantizer,
  type BioWordTraining,
  DenseFly,
  FlyHash,
  Itq,
  SimHash,
} from '../index.ts';
import { BioWord } from '../words/bio-word.ts';
import { readText } from '../words/text.ts';
import { WordCodes, type WordNeighbor } from '../words/word-codes.ts';
import type { Codes } from './code-formats.ts';
import { namingFile } from './file-faults.ts';
import { loadHasher, loadStored } from './models.ts';
import { writeText } from './output.ts';
import type { Running } from './run.ts';
import type {
  ImportWordsOptions,
  NearestWordsOptions,
  ReportWordsOptions,
  TrainWordsOptions,
} from './words-options.ts';

export { evalWords } from './words-measures.ts';

/** The options that were given. */
function given(options: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** The text of files, or of standard input. */
async function* textOf(paths: readonly string[], signal: AbortSignal) {
  for (const path of paths) {
    if (path !== '-') yield* readText(path, { signal });
    else {
      for await (const bytes of process.stdin) yield bytes as Uint8Array;
      yield '\n';
    }
  }
}

/** `flyhash words train` */
export async function trainWordModel(
  paths: readonly string[],
  options: TrainWordsOptions,
  { signal, onProgress }: Running,
): Promise<void> {
  const { out, json, svd, shift, dimensions, ...rest } = options;
  const model = await BioWord.train(textOf(paths, signal), {
    ...(given(rest) as BioWordTraining),
    ...(svd ? {} : { svd: false as const }),
    ...(dimensions === undefined ? {} : { svd: { dimensions } }),
    ...(shift === undefined ? {} : { ppmi: { shift } }),
    signal,
    onProgress: ({ stage, done, total }) =>
      onProgress({ done, total, unit: stage === 'reading' ? 'tokens read' : `steps of ${stage}` }),
  });
  await model.save(out, { signal });
  const { vocabulary, trainer, units, active, report } = model;
  const about = {
    ...{ kind: 'BioWord', file: out, trainer, units, active, words: vocabulary.size },
    ...{ vocabulary: vocabulary.report, training: report },
  };
  const { tokens, masked, outside } = vocabulary.report;
  process.stdout.write(
    json === true
      ? `${JSON.stringify(about)}\n`
      : `${vocabulary.size} words of ${tokens} tokens (${masked} masked, ${outside} outside the vocabulary) ` +
          `to ${out}: ${active} active of ${units} units\n`,
  );
}

function neighborLine(query: string, found: readonly WordNeighbor[], asJson: boolean): string {
  if (asJson) return `${JSON.stringify({ query, neighbors: found })}\n`;
  const words = found.map(({ word, similarity }) => `${word} ${similarity.toFixed(3)}`);
  return `${query}: ${words.length === 0 ? '(nothing near)' : words.join(', ')}\n`;
}

/** The words of a sentence and the place of the one in brackets. */
function bracketed(model: BioWord, text: string): { words: string[]; position: number } {
  const match = /^([^[\]]*)\[([^[\]]+)\]([^[\]]*)$/.exec(text);
  if (match === null) throw wrongValue('--sentence', 'text with one word in [brackets]', text);
  const [, before, word, after] = match;
  const wordsOf = (part: string): string[] =>
    Array.from(model.vocabulary.numbers(part)).flatMap((id) =>
      id >= 0 ? [model.vocabulary.words[id]] : [],
    );
  const head = wordsOf(before);
  return { words: [...head, word.trim(), ...wordsOf(after)], position: head.length };
}

/** `flyhash words nearest` */
export async function nearestWords(
  path: string,
  words: readonly string[],
  { n = 10, active, sentence, json = false }: NearestWordsOptions,
  { signal }: Running,
): Promise<void> {
  const model = await loadStored(path, signal);
  if (!(model instanceof BioWord || model instanceof WordCodes)) {
    throw wrongValue(path, 'a BioWord or WordCodes', model[PARTS]().kind);
  }
  const options = active === undefined ? {} : { active };
  for (const word of words) {
    const found =
      model instanceof BioWord ? model.nearest(word, n, options) : model.nearest(word, n);
    if (found === undefined) throw wrongValue('words', `words that are in ${path}`, word);
    process.stdout.write(neighborLine(word, found, json));
  }
  if (sentence === undefined) {
    if (words.length === 0) throw wrongValue('words', 'at least one, or --sentence', 0);
    return;
  }
  if (!(model instanceof BioWord)) throw wrongValue(path, 'a BioWord, for --sentence', 'WordCodes');
  const { words: own, position } = bracketed(model, sentence);
  const found = model.nearestInContext(own, position, n, options);
  if (found === undefined) {
    throw wrongValue('--sentence', 'words around it that are in the vocabulary', sentence);
  }
  process.stdout.write(neighborLine(sentence, found, json));
}

/** `flyhash words report` */
export async function reportWords(
  path: string,
  { out, sentence, ...rest }: ReportWordsOptions,
  { signal }: Running,
): Promise<void> {
  const model = await loadStored(path, signal);
  if (!(model instanceof BioWord)) throw wrongValue(path, 'a BioWord', model[PARTS]().kind);
  if (sentence.length > 2) throw wrongValue('--sentence', 'given at most twice', sentence.length);
  const [left = '', right = ''] = sentence;
  const { wordsPage } = await import('../evaluate/words-page.ts');
  await writeText(out, await wordsPage(model, { ...given(rest), sentences: [left, right] }));
}

/** A hasher for word vectors: a saved one, or a new one of a kind. */
async function hasherFor(
  { dim, vectors }: WordVectors,
  options: ImportWordsOptions,
  { signal, onProgress }: Running,
): Promise<Hasher<Codes>> {
  const { model, hasher = 'itq', bits = 256, units = 2000, active = 32, seed = 0 } = options;
  if (model !== undefined) return (await loadHasher(model, signal)).hasher;
  switch (hasher) {
    case 'itq':
      return Itq.train(vectors, { dim, bits: Math.min(bits, dim), seed, signal, onProgress });
    case 'simhash':
      return SimHash.train(vectors, { dim, bits, seed, signal });
    case 'binary-quantizer':
      return BinaryQuantizer.train(vectors, { dim, thresholds: 'median', signal });
    case 'flyhash':
      return FlyHash.create({ dim, units, active, seed });
    case 'densefly':
      return DenseFly.create({ dim, bits, seed });
    default: {
      const names = 'itq, simhash, binary-quantizer, flyhash or densefly';
      throw wrongValue('--hasher', names, hasher);
    }
  }
}

/** `flyhash words import` */
export async function importWords(
  path: string,
  options: ImportWordsOptions,
  running: Running,
): Promise<void> {
  const { readWordVectors } = await import('../files/read-word-vectors.ts');
  const { signal, onProgress } = running;
  const { limit, threads } = options;
  const reading = { signal, onProgress, ...(limit === undefined ? {} : { limit }) };
  const vectors = await namingFile(path, readWordVectors(path, reading));
  const hasher = await hasherFor(vectors, options, running);
  const hashing = { signal, ...(threads === undefined ? {} : { threads }) };
  const codes = await hasher.hashAsync(vectors.vectors, hashing);
  const words = WordCodes.from(vectors.words, codes as Codes);
  await words.save(options.out, { signal });
  const { duplicates, replaced } = vectors.report;
  process.stdout.write(
    `${words.rows} words of ${vectors.dim} numbers to ${options.out}: ${words.bits} bits each ` +
      `(left out as duplicates: ${duplicates}; with bytes that were no UTF-8: ${replaced})\n`,
  );
}
