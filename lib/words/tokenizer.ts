/**
 * The recipe by which text becomes words: the paper's (FlyVec, Liang et al. 2021: lower case, numbers as one word, stop
 * words masked so that positions stay), made exact for Unicode and for text that comes in pieces. Each step can be
 * replaced by a function of the user's.
 */

import { checkCallback } from '../check.ts';
import { wrongKind, wrongValue } from '../errors.ts';
import { characterClasses, classOf, DIGIT } from './characters.ts';
import type { NumberList } from './number-list.ts';
import { ParagraphReader } from './paragraph-reader.ts';
import { ENGLISH_STOP_WORDS } from './stop-words.ts';
import type { TextBuffer } from './text-buffer.ts';
import { MASKED, WordIds } from './word-ids.ts';
import { WordScanner } from './word-scanner.ts';
import { hashOf, MOST_WORDS, WordTable } from './word-table.ts';

/** What every word with a digit is normalised to. */
export const NUMBER_WORD = '<num>';

/** Cuts a paragraph into words. */
export type Tokenize = (paragraph: string) => Iterable<string>;
/** The normal form of a word; equal words must have equal forms. */
export type Normalize = (word: string) => string;
/** Words that are masked. */
export type StopWords = 'english' | 'none' | Iterable<string>;

/** The steps from text to words. */
export interface TokenizerOptions {
  /**
   * Cuts a paragraph into words; left out, words are a letter or digit with the letters, digits and marks that follow
   * it and the apostrophes between two of them, and runs of Han, Kana, Thai, Lao, Khmer or Myanmar are cut by
   * `Intl.Segmenter`, whose version may differ between engines; all else is the same on every machine.
   * Paragraphs of more than 64 KiB come in parts.
   */
  tokenize?: Tokenize;
  /**
   * The normal form of a word, asked for once for each different word, or again much later; an empty one masks the
   * word. Left out: lower case, `<num>` for a word with a digit, U+2019 as an apostrophe, no soft hyphens, NFC.
   */
  normalize?: Normalize;
  /** Words that are masked: they keep their position, but are no words of the vocabulary. 'english' unless given. */
  stopWords?: StopWords;
}

export const RECIPES = ['standard', 'own'] as const;

/** Whose function does a step: the package's, or one of the program. */
export type Recipe = (typeof RECIPES)[number];

/** Checked functions; undefined for the standard step. */
export interface TokenizerFunctions {
  readonly tokenize: Tokenize | undefined;
  readonly normalize: Normalize | undefined;
}

/** Checked steps. */
export interface Tokenizer extends TokenizerFunctions {
  /** Normalised. */
  readonly stopWords: ReadonlySet<string>;
}

/** Names of the options above. */
export const TOKENIZER_OPTIONS = ['tokenize', 'normalize', 'stopWords'] as const;

/** Checks the functions. */
export function checkFunctions(options: TokenizerOptions): TokenizerFunctions {
  const tokenize = checkCallback(options.tokenize, 'tokenize');
  const normalize = checkCallback(options.normalize, 'normalize');
  return { tokenize, normalize };
}

/** Checks the steps. */
export function checkTokenizer(options: TokenizerOptions): Tokenizer {
  const { tokenize, normalize } = checkFunctions(options);
  const words = listOfStopWords(options.stopWords ?? 'english');
  const stopWords = new Set<string>();
  for (const word of words) {
    if (typeof word !== 'string') throw wrongKind('a word of stopWords', 'a string', word);
    stopWords.add(normalWord(word, normalize));
  }
  stopWords.delete('');
  return { tokenize, normalize, stopWords };
}

function listOfStopWords(given: unknown): Iterable<unknown> {
  const expected = "'english', 'none' or an iterable of words";
  if (given === 'english') return ENGLISH_STOP_WORDS;
  if (given === 'none') return [];
  if (typeof given === 'string') throw wrongValue('stopWords', expected, given);
  if (typeof given === 'object' && given !== null && Symbol.iterator in given) {
    return given as Iterable<unknown>;
  }
  throw wrongKind('stopWords', expected, given);
}

/** A word as the vocabulary has it. */
export function normalWord(word: string, normalize: Normalize | undefined): string {
  if (normalize === undefined) return normalizeWord(word);
  const normal: unknown = normalize(word);
  if (typeof normal !== 'string') throw wrongKind('normalize(word)', 'a string', normal);
  return normal;
}

/** The standard normal form of a word. */
export function normalizeWord(word: string): string {
  if (hasDigit(word)) return NUMBER_WORD;
  return word
    .replace(/[\u00ad]|[\u200c\u200d]+$/g, '')
    .replaceAll('\u2019', "'")
    .toLowerCase()
    .normalize('NFC');
}

function hasDigit(word: string): boolean {
  const classes = characterClasses();
  for (const character of word) {
    if (classOf(classes, character.codePointAt(0) as number) === DIGIT) return true;
  }
  return false;
}

const NUMBER_BYTES = new TextEncoder().encode(NUMBER_WORD);
const NUMBER_HASH = hashOf(NUMBER_BYTES, 0, NUMBER_BYTES.length);

/** A table for the words of a text; NUMBER_WORD is the first, and is never forgotten. */
export function newWordTable(most: number = MOST_WORDS): WordTable {
  const table = new WordTable(most, 1);
  table.intern(NUMBER_BYTES, 0, NUMBER_BYTES.length, NUMBER_HASH);
  table.counts[0] = 0;
  return table;
}

/** What reads a text into numbers of words of a table. */
export interface TokenReader {
  readonly reader: TextBuffer;
  readonly ids: WordIds;
}

/** A reader of text by the steps; a frozen one gives -1 for words that the table has not. */
export function tokenReader(
  { tokenize, normalize }: TokenizerFunctions,
  table: WordTable,
  numbers: NumberList,
  isFrozen: boolean,
): TokenReader {
  const isPlainNormal = normalize === undefined;
  const ids = new WordIds({
    table,
    normalize: normalize ?? normalizeWord,
    isPlainNormal,
    isFrozen,
  });
  if (tokenize !== undefined) return { reader: new ParagraphReader(ids, numbers, tokenize), ids };
  const found = table.find(NUMBER_BYTES, 0, NUMBER_BYTES.length, NUMBER_HASH);
  const digitWord = isPlainNormal ? Math.max(MASKED, found) : undefined;
  return { reader: new WordScanner(ids, numbers, digitWord), ids };
}
