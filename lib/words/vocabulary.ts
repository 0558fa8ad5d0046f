/**
 * The words that a model knows, the most frequent first, with their counts in the text that it learnt from and with what
 * was left out of it. A word's place is its number in numbered text. A vocabulary is saved with the model, so that
 * whoever loads it can turn text into the same numbers.
 */

import { checkMaking, checkOptions, MAKING } from '../check.ts';
import { wrongKind } from '../errors.ts';
import { registerKind } from '../files/kinds.ts';
import { PARTS, type Parts, type PartsReader } from '../files/parts.ts';
import { Stored } from '../files/stored.ts';
import { type ChosenWords, chooseWords } from './chosen-words.ts';
import { type CountedText, countText } from './counted-text.ts';
import { NumberList } from './number-list.ts';
import { readVocabulary, type VocabularyContents, vocabularyParts } from './stored-vocabulary.ts';
import { readString, type Text } from './text.ts';
import {
  checkFunctions,
  normalWord,
  type Recipe,
  type TokenReader,
  tokenReader,
} from './tokenizer.ts';
import {
  type CheckedVocabulary,
  checkVocabulary,
  type VocabularyFunctions,
  type VocabularyOptions,
} from './vocabulary-options.ts';
import type { VocabularyReport } from './vocabulary-report.ts';
import { MASKED } from './word-ids.ts';
import { hashOf, WordTable } from './word-table.ts';

/** A reader that stands ready, and where it writes. */
interface IdleReader {
  readonly numbers: NumberList;
  readonly reader: TokenReader;
}

/**
 * The words of a model.
 *
 * @example
 * ```ts
 * import { Vocabulary } from 'flyhash';
 * const text = ['The fly smells the plum.', 'The plum does not smell the fly.'];
 * const vocabulary = await Vocabulary.fromText(text, { minimumCount: 2 });
 * console.assert(vocabulary.words.join() === 'fly,plum' && vocabulary.id('Plum') === 1);
 * console.assert(vocabulary.numbers('The plum, the fly!').join() === '-1,1,-1,0,-2');
 * ```
 */
export class Vocabulary extends Stored {
  /** The words, the most frequent first, equally frequent ones in the order of their code points. */
  readonly words: readonly string[];
  /** How often each of them came. Treat as read-only. */
  readonly counts: Float64Array;
  /** Words that are masked, normalised. */
  readonly stopWords: ReadonlySet<string>;
  /** What the text held, and what was left out. */
  readonly report: VocabularyReport;
  /** Who cuts paragraphs into words: the package, or a function that a program must give again ({@link using}). */
  readonly tokenizer: Recipe;
  /** Who normalises words, in the same way. */
  readonly normalizer: Recipe;
  readonly #functions: VocabularyFunctions;
  #places: Map<string, number> | undefined;
  #table: WordTable | undefined;
  #idle: IdleReader | undefined;

  private constructor(
    making: symbol,
    contents: VocabularyContents & { readonly functions: VocabularyFunctions },
  ) {
    super();
    checkMaking(making, 'Vocabulary', 'Vocabulary.fromText', contents);
    this.words = contents.words;
    this.counts = contents.counts;
    this.stopWords = contents.stopWords;
    this.report = contents.report;
    this.tokenizer = contents.tokenizer;
    this.normalizer = contents.normalizer;
    this.#functions = contents.functions;
    Object.freeze(this);
  }

  /**
   * The vocabulary of a text, which is read once, beside the event loop, piece by piece.
   *
   * @param text what the words come from; see {@link Text}.
   * @throws (rejects) TypeError or RangeError for wrong options or text, and when no word comes often enough; what the
   * text, or a function of the options, throws; `signal.reason` when aborted.
   */
  static async fromText(text: Text, options: VocabularyOptions = {}): Promise<Vocabulary> {
    const checked = checkVocabulary(options);
    const counted = await countText(text, checked.tokenizer, checked.reading);
    const chosen = chooseWords(counted.table, checked, checked.tokenizer.stopWords);
    return Vocabulary.ofCounted(counted, chosen, checked);
  }

  /**
   * The vocabulary of words that were chosen from a counted text.
   * @internal
   */
  static ofCounted(
    counted: CountedText,
    chosen: ChosenWords,
    { size, minimumCount, tokenizer }: CheckedVocabulary,
  ): Vocabulary {
    const { table, tokens, emptied } = counted;
    if (chosen.ids.length === 0) throw withoutWords(counted, minimumCount);
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    const words = Array.from(chosen.ids, (id) => decoder.decode(table.bytesOf(id)));
    const counts = Float64Array.from(chosen.ids, (id) => table.counts[id]);
    const masked = chosen.masked + emptied;
    const members = counts.reduce((sum, count) => sum + count, 0);
    const { paragraphs, replaced, tooLong, segmented } = counted;
    const { forgottenWords, forgottenTokens } = table;
    const report = Object.freeze({
      ...{ tokens, paragraphs, masked, outside: tokens - masked - members },
      ...{ askedSize: size, minimumCount },
      ...{ rareWords: chosen.rareWords, leftOutWords: chosen.leftOutWords },
      ...{ replaced, tooLong, segmented, forgottenWords, forgottenTokens },
    });
    const { tokenize, normalize, stopWords } = tokenizer;
    return new Vocabulary(MAKING, {
      ...{ words, counts, stopWords, report, functions: { tokenize, normalize } },
      tokenizer: tokenize === undefined ? 'standard' : 'own',
      normalizer: normalize === undefined ? 'standard' : 'own',
    });
  }

  /** Number of words. */
  get size(): number {
    return this.words.length;
  }

  /** The share of the text's tokens that are words of the vocabulary, masked ones not counted. */
  get coverage(): number {
    const { tokens, masked, outside } = this.report;
    return (tokens - masked - outside) / (tokens - masked);
  }

  /**
   * The number of a word, from 0 to size - 1, or -1. A word that is here as it is written is found so; any other is
   * normalised first, as text is: `id('Plum')` is that of `plum`.
   *
   * @throws TypeError when the normalising function of a loaded vocabulary has not been given ({@link using}).
   */
  id(word: string): number {
    if (typeof word !== 'string') throw wrongKind('word', 'a string', word);
    const places = this.#placesOfWords();
    return places.get(word) ?? places.get(this.#normal(word)) ?? MASKED;
  }

  /** Whether a word, normalised, is one of the vocabulary; throws as {@link id}. */
  has(word: string): boolean {
    return this.id(word) >= 0;
  }

  /** Whether a word, normalised, is masked; throws as {@link id}. */
  isStopWord(word: string): boolean {
    if (typeof word !== 'string') throw wrongKind('word', 'a string', word);
    return this.stopWords.has(this.#normal(word));
  }

  /**
   * A text in numbers: the number of each word, -1 for one that is masked or not in the vocabulary, -2 at the end of
   * each paragraph that has a word. Blocks the caller.
   *
   * @throws TypeError when the functions of a loaded vocabulary have not been given ({@link using}).
   */
  numbers(text: string): Int32Array {
    if (typeof text !== 'string') throw wrongKind('text', 'a string', text);
    const idle = this.#idle ?? this.#newReader();
    // A function of the user's may call this method again, and one that throws leaves a reader in the middle of a text.
    this.#idle = undefined;
    readString(text, idle.reader.reader);
    const numbers = idle.numbers.taken.slice();
    this.#idle = idle;
    return numbers;
  }

  /**
   * The same vocabulary with the functions that were given when it was made, which no file can hold.
   *
   * @throws TypeError for another kind of function, or for one that the vocabulary was not made with.
   */
  using(functions: VocabularyFunctions): Vocabulary {
    checkOptions(functions, 'functions', ['tokenize', 'normalize']);
    const { tokenize, normalize } = checkFunctions(functions);
    const { words, counts, stopWords, report, tokenizer, normalizer } = this;
    for (const [name, given, recipe] of [
      ['tokenize', tokenize, tokenizer],
      ['normalize', normalize, normalizer],
    ] as const) {
      if (given === undefined || recipe === 'own') continue;
      throw wrongKind(name, 'left out, as it was when the vocabulary was made', given);
    }
    const both = { ...this.#functions };
    if (tokenize !== undefined) both.tokenize = tokenize;
    if (normalize !== undefined) both.normalize = normalize;
    const contents = { words, counts, stopWords, report, tokenizer, normalizer, functions: both };
    return new Vocabulary(MAKING, contents);
  }

  /**
   * The vocabulary of some of these words, given by their numbers, ascending; tokens of the others are outside of it.
   * @internal
   */
  only(ids: Uint32Array): Vocabulary {
    const { stopWords, tokenizer, normalizer } = this;
    const counts = Float64Array.from(ids, (id) => this.counts[id]);
    const sum = (numbers: Float64Array): number => numbers.reduce((a, b) => a + b, 0);
    const outside = this.report.outside + sum(this.counts) - sum(counts);
    const report = Object.freeze({ ...this.report, outside });
    const words = Array.from(ids, (id) => this.words[id]);
    const contents = { words, counts, stopWords, report, tokenizer, normalizer };
    return new Vocabulary(MAKING, { ...contents, functions: this.#functions });
  }

  /** @internal */
  override [PARTS](): Parts {
    return vocabularyParts(this);
  }

  /** @internal */
  static fromParts(reader: PartsReader): Vocabulary {
    return new Vocabulary(MAKING, { ...readVocabulary(reader), functions: {} });
  }

  #placesOfWords(): Map<string, number> {
    this.#places ??= new Map(this.words.map((word, place) => [word, place]));
    return this.#places;
  }

  /** The functions, once those are there that the vocabulary was made with. */
  #functionsFor(names: readonly ('tokenize' | 'normalize')[]): VocabularyFunctions {
    for (const name of names) {
      const recipe = name === 'tokenize' ? this.tokenizer : this.normalizer;
      if (recipe === 'standard' || this.#functions[name] !== undefined) continue;
      throw wrongKind(name, 'given by vocabulary.using, as the file cannot hold it', undefined);
    }
    return this.#functions;
  }

  #normal(word: string): string {
    return normalWord(word, this.#functionsFor(['normalize']).normalize);
  }

  #newReader(): IdleReader {
    const { tokenize, normalize } = this.#functionsFor(['tokenize', 'normalize']);
    this.#table ??= tableOf(this.words);
    const numbers = new NumberList();
    return { numbers, reader: tokenReader({ tokenize, normalize }, this.#table, numbers, true) };
  }
}

registerKind('Vocabulary', Vocabulary.fromParts);

/** A table in which each word has its place as its number. */
function tableOf(words: readonly string[]): WordTable {
  const table = new WordTable(Number.POSITIVE_INFINITY);
  const encoder = new TextEncoder();
  for (const word of words) {
    const bytes = encoder.encode(word);
    table.intern(bytes, 0, bytes.length, hashOf(bytes, 0, bytes.length));
  }
  return table;
}

/** The fault of a text of which no word can enter. */
function withoutWords({ table, tokens }: CountedText, minimumCount: number): RangeError {
  const expected = `text must have a word, masked ones aside, that comes minimumCount = ${minimumCount} times`;
  const got = tokens === 0 ? 'no words' : `${tokens} tokens of ${table.words} words`;
  return new RangeError(`${expected}, got ${got}`);
}
