/**
 * The codes of words as one HTML file to be played with: units as concepts, a word's code and neighbours as one types, two
 * sentences and what their codes share. Everything is in the file, the charts' library too; nothing is fetched.
 */

import { checkInteger, checkOptions } from '../check.ts';
import { FlyhashError, wrongKind, wrongValue } from '../errors.ts';
import { builtin } from '../files/builtin.ts';
import { PARTS } from '../files/parts.ts';
import { BioWord } from '../words/bio-word.ts';
import { escapeHtml } from './compare-page.ts';
import { WORDS_PAGE_HTML, WORDS_PAGE_STYLE } from './words-page-html.ts';
import type { WordsPageData } from './words-page-script.ts';
import { PAGE_FUNCTIONS, startWordsPage } from './words-page-view.ts';

/** Words whose synapses a page has, unless it is told another number: four megabytes of a thousand units. */
const ROWS = 2000;
const TOP_WORDS = 12;
/** Numbers that become text at a time, since functions take only so many arguments. */
const CHUNK = 2 ** 15;

/** Options of {@link wordsPage}. */
export interface WordsPageOptions {
  /** What the page is headed with; 'Word codes'. */
  title?: string;
  /** The word that is looked at first; the most frequent one. */
  word?: string;
  /** The two sentences that are compared first; a word in brackets is looked at by the words around it alone. */
  sentences?: readonly [string, string];
  /**
   * Of how many words, the most frequent ones, the page knows the synapses, which sentences need: 2000, two bytes each for
   * every unit. Words of the first two sentences are added. Sentences leave out other words, and say so.
   */
  sentenceWords?: number;
}

function base64(numbers: Uint16Array | Uint32Array | Int16Array): string {
  const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  let text = '';
  for (let at = 0; at < bytes.length; at += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  }
  return btoa(text);
}

/** The synapses of words around others, words x units. */
function contextRows(model: BioWord): Int16Array {
  const { tensors } = model[PARTS]();
  const table =
    tensors.find(({ name }) => name === 'context') ?? tensors.find(({ name }) => name === 'target');
  return table?.data as Int16Array;
}

/** Ids of the words that have synapses on the page, ascending. */
function rowWords({ vocabulary }: BioWord, sentences: readonly string[], most: number): number[] {
  const ids = new Set<number>();
  for (let id = 0; id < Math.min(most, vocabulary.size); id++) ids.add(id);
  for (const text of sentences) {
    for (const id of vocabulary.numbers(text)) if (id >= 0) ids.add(id);
  }
  return Array.from(ids).sort((a, b) => a - b);
}

/** What the page is made of. */
export function wordsPageData(
  model: BioWord,
  sentences: readonly string[],
  most: number,
): WordsPageData {
  const { vocabulary, units, active } = model;
  const codes = model.codes().indices;
  const ids = rowWords(model, sentences, most);
  const table = contextRows(model);
  const rows = new Int16Array(ids.length * units);
  for (const [i, id] of ids.entries()) {
    rows.set(table.subarray(id * units, (id + 1) * units), i * units);
  }
  const codeBytes = units <= 2 ** 16 ? 2 : 4;
  return {
    words: vocabulary.words,
    stopWords: Array.from(vocabulary.stopWords),
    units,
    active,
    codes: base64(codeBytes === 2 ? Uint16Array.from(codes) : Uint32Array.from(codes)),
    codeBytes,
    rowWords: ids,
    rows: base64(rows),
    tops: Array.from({ length: units }, (_, unit) =>
      model.topWords(unit, TOP_WORDS).map(({ word }) => word),
    ),
  };
}

/** The library of charts for browsers, as text. */
async function browserCharts(): Promise<string> {
  const [modules, files] = [builtin('node:module'), builtin('node:fs/promises')] as const;
  if (modules === undefined || files === undefined) {
    throw new FlyhashError('ERR_FILE', 'Node must have node:module and node:fs, got none');
  }
  try {
    const require = modules.createRequire(import.meta.url);
    return await files.readFile(require.resolve('echarts/dist/echarts.min.js'), 'utf8');
  } catch (cause) {
    const message = "wordsPage must find the package 'echarts', got none: npm install echarts";
    throw new FlyhashError('ERR_MISSING_PACKAGE', message, { cause });
  }
}

/** Text that stands in a script, whatever it says. */
function inScript(text: string): string {
  return text
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

function settingsOf(model: BioWord, rows: number): string {
  const { vocabulary, units, active, trainer, window } = model;
  const bits = active * Math.ceil(Math.log2(Math.max(2, units)));
  const { tokens } = vocabulary.report;
  return [
    `${vocabulary.size} words, learnt from ${tokens} tokens by the trainer '${trainer}' in windows of ${window}.`,
    `A code is ${active} active units of ${units}: ${bits} bits, ${Math.ceil(bits / 8)} bytes.`,
    `Sentences count the ${rows} words whose synapses are on this page, and are cut at whatever is no letter, digit or mark.`,
  ].join(' ');
}

function checkSentences(sentences: unknown): readonly [string, string] {
  const isPair =
    Array.isArray(sentences) &&
    sentences.length === 2 &&
    sentences.every((text) => typeof text === 'string');
  if (!isPair) throw wrongKind('sentences', 'an array of two strings', sentences);
  return sentences as [string, string];
}

function firstWord({ vocabulary }: BioWord, word: string | undefined): string {
  if (word === undefined) return vocabulary.words[0];
  if (typeof word !== 'string') throw wrongKind('word', 'a string', word);
  const id = vocabulary.id(word);
  if (id < 0) throw wrongValue('word', 'a word of the vocabulary', word);
  return vocabulary.words[id];
}

/**
 * A model's codes as one self-contained HTML page. Needs the package `echarts` (version 6), which is put into the page.
 *
 * @param model a model, trained or loaded.
 * @throws (rejects) TypeError or RangeError for wrong arguments; FlyhashError ERR_MISSING_PACKAGE when echarts is not
 * installed, telling what to install.
 *
 * @example
 * ```ts
 * import { BioWord } from 'flyhash';
 * import { wordsPage } from 'flyhash/evaluate';
 * const text = Array.from({ length: 90 }, (_, i) => `the ${['cat', 'dog', 'fox'][i % 3]} eats ${['meat', 'fish'][i % 2]}`);
 * const model = await BioWord.train(text, { units: 4, active: 2, ppmi: { shift: 1 } });
 * const page = await wordsPage(model, { title: 'Cats and dogs', sentences: ['the cat eats', 'a dog eats'] });
 * console.assert(page.startsWith('<!doctype html>'));
 * ```
 */
export async function wordsPage(model: BioWord, options: WordsPageOptions = {}): Promise<string> {
  if (!(model instanceof BioWord)) throw wrongKind('model', 'a BioWord', model);
  checkOptions(options, 'options', ['title', 'word', 'sentences', 'sentenceWords']);
  const { title = 'Word codes', sentences = ['', ''], sentenceWords = ROWS } = options;
  if (typeof title !== 'string') throw wrongKind('title', 'a string', title);
  const [left, right] = checkSentences(sentences);
  const word = firstWord(model, options.word);
  checkInteger(sentenceWords, 'sentenceWords', 0, 2 ** 32 - 1);
  const charts = await browserCharts();
  const data = wordsPageData(model, [left, right], sentenceWords);
  const texts = { title, word, left, right, settings: settingsOf(model, data.rowWords.length) };
  // A function whose name a compiler keeps is wrapped in a call of this name.
  const functions = ['const __name = (own) => own;', ...PAGE_FUNCTIONS.map(String)].join('\n');
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">",
    `<title>${escapeHtml(title)}</title>`,
    `<style>${WORDS_PAGE_STYLE}</style>`,
    '</head>',
    '<body>',
    WORDS_PAGE_HTML.replace(/\{(\w+)\}/g, (_, name: keyof typeof texts) => escapeHtml(texts[name])),
    `<script>${charts.replaceAll('</script', '<\\/script')}</script>`,
    `<script>\n${functions.replaceAll('</script', '<\\/script')}`,
    `const data = ${inScript(JSON.stringify(data))};`,
    `${startWordsPage.name}(window, data);\n</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}
