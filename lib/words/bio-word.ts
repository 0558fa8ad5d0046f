/**
 * BioWord: words as sparse binary codes that are learnt from plain text (Liang, Ryali, Hoover et al., "Can a Fruit Fly
 * Learn Word Embeddings?", ICLR 2021), with trainers that go further than theirs. A model is a vocabulary and tables of
 * 16-bit synapses; every code is the units of largest sum over rows of such a table, whole numbers that are exact in any
 * order: of a word alone, of the words around it in a sentence, of a document.
 */

import { checkInteger, checkMaking, MAKING } from '../check.ts';
import type { SparseCodes } from '../codes/sparse-codes.ts';
import { wrongKind } from '../errors.ts';
import { registerKind } from '../files/kinds.ts';
import { type Facts, PARTS, type Parts, type PartsReader } from '../files/parts.ts';
import { Stored } from '../files/stored.ts';
import { bagCodes, singleWords } from './bag-codes.ts';
import { type BioWordTraining, checkBioWord } from './bio-word-options.ts';
import { modelParts, readModel, type WordModel } from './bio-word-parts.ts';
import { trainWords } from './bio-word-training.ts';
import {
  type ActiveOptions,
  type CodeForm,
  type CodesOf,
  type ContextCodeOptions,
  type ContextOptions,
  checkCodes,
  type DocumentsOptions,
  inForm,
  type WordCodeOptions,
} from './code-options.ts';
import { contextCode } from './context-codes.ts';
import { type DocumentCodes, documentCodes, knownWords } from './document-codes.ts';
import type { Text } from './text.ts';
import type { WordTrainerName } from './trainers.ts';
import { type UnitWord, unitWords } from './unit-words.ts';
import type { Vocabulary } from './vocabulary.ts';
import type { VocabularyFunctions } from './vocabulary-options.ts';
import { WordCodes, type WordNeighbor } from './word-codes.ts';

/** Numbers of active units whose codes of all words are kept for the next question. */
const MOST_KEPT = 4;

/**
 * Sparse binary codes of words, in and out of context.
 *
 * @example
 * ```ts
 * import { BioWord } from 'flyhash';
 * const animals = ['cat', 'dog', 'fox', 'cow', 'hen'];
 * const machines = ['car', 'bus', 'van', 'tram', 'taxi'];
 * const text = Array.from({ length: 200 }, (_, i) => [
 *   `the ${animals[i % 5]} eats ${['meat', 'fish', 'grass'][i % 3]} with hungry teeth`,
 *   `the ${machines[i % 5]} burns ${['petrol', 'diesel', 'coal'][i % 3]} on busy roads`,
 * ]).flat();
 * const options = { units: 6, active: 2, ppmi: { shift: 1 }, svd: { dimensions: 4 } };
 * const model = await BioWord.train(text, options);
 * console.assert(model.similarity('cat', 'dog') === 1 && model.similarity('cat', 'bus') === 0);
 * console.assert(model.vector('unheard') === undefined);
 * ```
 */
export class BioWord extends Stored {
  readonly #model: WordModel;
  /** Codes of all words, by their number of active units. */
  readonly #kept = new Map<number, WordCodes<SparseCodes>>();

  private constructor(making: symbol, model: WordModel) {
    super();
    this.#model = checkMaking(making, 'BioWord', 'BioWord.train', model);
  }

  /**
   * A model of the words of a text, which is read once, beside the event loop. The same text gives the same model,
   * whatever the threads and however it comes in pieces; see {@link BioWordTraining} for what decides it.
   *
   * @param text what the words come from; see {@link Text}.
   * @throws (rejects) TypeError or RangeError for wrong options or text; RangeError when no word comes often enough, when
   * words stand near each other no more often than by chance, and for more units than words; the errors of the text
   * itself; FlyhashError for a checkpoint that cannot be read or written; `signal.reason` when aborted. Nothing is kept
   * then but the checkpoint.
   */
  static async train(text: Text, options: BioWordTraining = {}): Promise<BioWord> {
    return new BioWord(MAKING, await trainWords(text, checkBioWord(options)));
  }

  /** The words that there are codes of. */
  get vocabulary(): Vocabulary {
    return this.#model.vocabulary;
  }

  /** Units that have learnt. */
  get units(): number {
    return this.#model.units;
  }

  /** Active units of a code, unless another number is asked for. */
  get active(): number {
    return this.#model.active;
  }

  /** Tokens of the windows of the training. */
  get window(): number {
    return this.#model.window;
  }

  /** The trainer. */
  get trainer(): WordTrainerName {
    return this.#model.trainer;
  }

  /** The seed of the training. */
  get seed(): number {
    return this.#model.seed;
  }

  /** The settings of the training, and what it told; what was left out of the text is in `vocabulary.report`. */
  get report(): Facts {
    return this.#model.training;
  }

  /** The code of a word, as one row; undefined for a word outside the vocabulary. */
  vector<Form extends CodeForm = 'sparse'>(
    word: string,
    options: WordCodeOptions<Form> = {},
  ): CodesOf<Form> | undefined {
    const settings = checkCodes(options, this.#model, ['active', 'form']);
    const id = this.vocabulary.id(word);
    return id < 0
      ? undefined
      : inForm<Form>(this.#static(id, id + 1, settings.active), settings.form);
  }

  /** The codes of all words, in the order of the vocabulary: rows for any index. */
  codes<Form extends CodeForm = 'sparse'>(options: WordCodeOptions<Form> = {}): CodesOf<Form> {
    const { active, form } = checkCodes(options, this.#model, ['active', 'form']);
    return inForm<Form>(this.#words(active).codes, form);
  }

  /** The words with their codes, without the synapses: smaller, and to be compared with codes of other makers. */
  toWordCodes<Form extends CodeForm = 'sparse'>(
    options: WordCodeOptions<Form> = {},
  ): WordCodes<CodesOf<Form>> {
    return WordCodes.adopt(this.vocabulary.words, this.codes<Form>(options));
  }

  /**
   * The code of a word where it stands in a sentence: of the words around it, and, with a targetWeight, of itself.
   *
   * @param words the words of the sentence, one by one; those outside the vocabulary and stop words count for nothing.
   * @param position where the word stands among them, from 0.
   * @returns undefined when no word that counts is in the vocabulary.
   */
  contextVector<Form extends CodeForm = 'sparse'>(
    words: readonly string[],
    position: number,
    options: ContextCodeOptions<Form> = {},
  ): CodesOf<Form> | undefined {
    const keys = ['active', 'form', 'targetWeight', 'window'] as const;
    const settings = checkCodes(options, this.#model, keys);
    const code = contextCode(this.#model, words, position, settings);
    return code && inForm<Form>(code, settings.form);
  }

  /** The code of a text: of all its words, each as often as it comes; undefined when none is in the vocabulary. */
  document<Form extends CodeForm = 'sparse'>(
    text: string,
    options: WordCodeOptions<Form> = {},
  ): CodesOf<Form> | undefined {
    const { active, form } = checkCodes(options, this.#model, ['active', 'form']);
    const words = knownWords(this.vocabulary, text);
    if (words.length === 0) return undefined;
    const { synapses } = this.#model;
    const bags = { words, starts: Uint32Array.of(0, words.length) };
    return inForm<Form>(bagCodes(bags, synapses, synapses.context, active), form);
  }

  /**
   * The codes of many texts, one after the other, beside the event loop.
   *
   * @param texts an iterable or async iterable of strings.
   * @throws (rejects) TypeError for what is no text; `signal.reason` when aborted.
   */
  async documents<Form extends CodeForm = 'sparse'>(
    texts: Iterable<string> | AsyncIterable<string>,
    options: DocumentsOptions<Form> = {},
  ): Promise<DocumentCodes<Form>> {
    const settings = checkCodes(options, this.#model, ['active', 'form', 'threads', 'signal']);
    if (typeof texts === 'string' || typeof texts !== 'object' || texts === null) {
      throw wrongKind('texts', 'an iterable or async iterable of strings', texts);
    }
    return documentCodes<Form>(texts, this.vocabulary, this.#model.synapses, settings);
  }

  /**
   * The words nearest to a word, itself left out, or to a code of this model: those that share most active units, ties to
   * the more frequent word. Words that share none are not near, so there may be fewer than n.
   *
   * @returns undefined for a word outside the vocabulary.
   */
  nearest(
    query: string | SparseCodes,
    n: number,
    options: ActiveOptions = {},
  ): WordNeighbor[] | undefined {
    const { active } = checkCodes(options, this.#model, ['active']);
    const words = this.#words(active);
    return words.nearest(typeof query === 'string' ? this.#known(query) : query, n);
  }

  /**
   * The words nearest to a word as it is used in a sentence, itself left out.
   *
   * @param words as of {@link contextVector}.
   * @returns undefined when no word that counts is in the vocabulary.
   */
  nearestInContext(
    words: readonly string[],
    position: number,
    n: number,
    options: ContextOptions = {},
  ): WordNeighbor[] | undefined {
    const settings = checkCodes(options, this.#model, ['active', 'targetWeight', 'window']);
    checkInteger(n, 'n', 0, 2 ** 32 - 2);
    const code = contextCode(this.#model, words, position, settings);
    if (code === undefined) return undefined;
    const own = this.vocabulary.id(words[position]);
    const found = this.#words(settings.active).nearest(code, n + 1);
    return found?.filter(({ id }) => id !== own).slice(0, n);
  }

  /** The share of active units that two words have in common, from 0 to 1; undefined when one is not in the vocabulary. */
  similarity(a: string, b: string, options: ActiveOptions = {}): number | undefined {
    const { active } = checkCodes(options, this.#model, ['active']);
    return this.#words(active).similarity(this.#known(a), this.#known(b));
  }

  /** Words x for which "a is to b as c is to x"; see {@link WordCodes.analogy}. */
  analogy(
    a: string,
    b: string,
    c: string,
    n: number,
    options: ActiveOptions = {},
  ): WordNeighbor[] | undefined {
    const { active } = checkCodes(options, this.#model, ['active']);
    return this.#words(active).analogy(this.#known(a), this.#known(b), this.#known(c), n);
  }

  /** What a unit has learnt: the words that activate it most, strongest first; at most those above the mean. */
  topWords(unit: number, n: number): UnitWord[] {
    checkInteger(unit, 'unit', 0, this.units - 1);
    checkInteger(n, 'n', 0, 2 ** 32 - 1);
    return unitWords(this.#model, unit, n);
  }

  /**
   * The same model with the functions of its vocabulary, which no file can hold; see {@link Vocabulary.using}.
   *
   * @throws as {@link Vocabulary.using}.
   */
  using(functions: VocabularyFunctions): BioWord {
    return new BioWord(MAKING, { ...this.#model, vocabulary: this.vocabulary.using(functions) });
  }

  /** @internal */
  override [PARTS](): Parts {
    return modelParts(this.#model);
  }

  /** @internal */
  static fromParts(reader: PartsReader): BioWord {
    return new BioWord(MAKING, readModel(reader));
  }

  /** A word as the vocabulary has it, or as it is. */
  #known(word: string): string {
    const id = this.vocabulary.id(word);
    return id < 0 ? word : this.vocabulary.words[id];
  }

  #static(first: number, end: number, active: number): SparseCodes {
    const { synapses } = this.#model;
    return bagCodes(singleWords(first, end), synapses, synapses.target, active);
  }

  /** All words with codes of that many active units. */
  #words(active: number): WordCodes<SparseCodes> {
    const kept = this.#kept.get(active);
    if (kept !== undefined) return kept;
    const { words } = this.vocabulary;
    const codes = WordCodes.adopt(words, this.#static(0, words.length, active));
    const [oldest] = this.#kept.keys();
    if (this.#kept.size === MOST_KEPT) this.#kept.delete(oldest);
    this.#kept.set(active, codes);
    return codes;
  }
}

registerKind('BioWord', BioWord.fromParts);
