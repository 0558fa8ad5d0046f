/**
 * Words with binary codes, whatever made them: BioWord, or any hasher over the word vectors of others. Nearest words,
 * similarities and analogies come from whole numbers of shared or differing bits, so answers are exact; ties go to the word
 * that stands first, which in most vocabularies is the more frequent one.
 */

import { checkInteger, checkMaking, MAKING } from '../check.ts';
import { BitCodes } from '../codes/bit-codes.ts';
import { SparseCodes } from '../codes/sparse-codes.ts';
import { wrongKind, wrongValue } from '../errors.ts';
import { registerKind } from '../files/kinds.ts';
import { nestedParts, PARTS, type Parts, type PartsReader } from '../files/parts.ts';
import { Stored } from '../files/stored.ts';
import { readWordList, wordListTensors } from '../files/word-list.ts';
import { checkWords } from '../files/word-vectors.ts';
import { MAX_ACTIVE, MAX_UNITS } from '../search/inverted-index.ts';
import { type CodeSpace, codeSpace } from './code-space.ts';

/** A word that is near, and how near. */
export interface WordNeighbor {
  /** The word. */
  readonly word: string;
  /** The row of the word. */
  readonly id: number;
  /** How similar it is, as {@link WordCodes.similarity} defines it; for an analogy its score. */
  readonly similarity: number;
}

/**
 * Words and a code for each.
 *
 * @example
 * ```ts
 * import { SimHash, WordCodes, WordVectors } from 'flyhash';
 * const vectors = WordVectors.from(['fly', 'bee', 'stone'], [[3, 1, 0], [3, 1.5, 0], [-2, 0, 4]]);
 * const hasher = SimHash.create({ dim: 3, bits: 256, seed: 1 });
 * const codes = WordCodes.from(vectors.words, hasher.hash(vectors.vectors));
 * console.assert(codes.nearest('fly', 1)?.[0].word === 'bee');
 * console.assert(codes.similarity('fly', 'unheard') === undefined);
 * ```
 */
export class WordCodes<
  Codes extends BitCodes | SparseCodes = BitCodes | SparseCodes,
> extends Stored {
  /** The words, in the order of the rows. */
  readonly words: readonly string[];
  /** A code for each word. */
  readonly codes: Codes;
  readonly #space: CodeSpace;
  #rows: Map<string, number> | undefined;

  private constructor(making: symbol, contents: { words: readonly string[]; codes: Codes }) {
    super();
    const { words, codes } = checkMaking(making, 'WordCodes', 'WordCodes.from', contents);
    this.words = words;
    this.codes = codes;
    this.#space = codeSpace(codes);
  }

  /**
   * Codes of words.
   *
   * @param words at least one, no two equal.
   * @param codes as many as words, in their order; sparse ones of at most 2^22 units and 65,535 active ones.
   * @throws TypeError for another kind of argument; RangeError for words that are none or come twice, and for codes of
   * another number or size.
   */
  static from<Codes extends BitCodes | SparseCodes>(
    words: readonly string[],
    codes: Codes,
  ): WordCodes<Codes> {
    const own = checkWords(words);
    if (!(codes instanceof BitCodes || codes instanceof SparseCodes)) {
      throw wrongKind('codes', 'BitCodes or SparseCodes', codes);
    }
    if (codes.rows !== own.length) {
      throw wrongValue('codes.rows', `${own.length}, as many as words`, codes.rows);
    }
    if (codes instanceof SparseCodes) {
      checkInteger(codes.units, 'codes.units', 1, MAX_UNITS);
      checkInteger(codes.active, 'codes.active', 1, MAX_ACTIVE);
    }
    return new WordCodes(MAKING, { words: own, codes });
  }

  /**
   * Codes of words that are known to be fit: those of a vocabulary.
   * @internal
   */
  static adopt<Codes extends BitCodes | SparseCodes>(
    words: readonly string[],
    codes: Codes,
  ): WordCodes<Codes> {
    return new WordCodes(MAKING, { words, codes });
  }

  /** Number of words. */
  get rows(): number {
    return this.words.length;
  }

  /** Bits that one word takes: all of a dense code, active x ceil(log2 units) of a sparse one. */
  get bits(): number {
    return this.#space.bits;
  }

  /** The row of a word as it is written, or -1. */
  id(word: string): number {
    if (typeof word !== 'string') throw wrongKind('word', 'a string', word);
    this.#rows ??= new Map(this.words.map((own, row) => [own, row]));
    return this.#rows.get(word) ?? -1;
  }

  /** Whether there is a code of a word. */
  has(word: string): boolean {
    return this.id(word) >= 0;
  }

  /** The code of a word, as one row; undefined when there is none. */
  vector(word: string): Codes | undefined {
    const row = this.id(word);
    return row < 0 ? undefined : (this.codes.slice(row, row + 1) as Codes);
  }

  /**
   * How similar two words are; undefined when one of them is not here. Of dense codes the share of equal bits, of sparse
   * codes the share of active units that they have in common: 1 for equal codes.
   */
  similarity(a: string, b: string): number | undefined {
    const [one, other] = [this.id(a), this.id(b)];
    return one < 0 || other < 0 ? undefined : this.#space.similarity(one, other);
  }

  /** Similarities of the word of a row to the words of all rows. */
  similarities(id: number): Float32Array {
    return this.#space.similarities(checkInteger(id, 'id', 0, this.rows - 1));
  }

  /**
   * The words nearest to a word, itself left out, or to a code; of equally near ones those that stand first. Of sparse
   * codes only words that share an active unit are near at all, so there may be fewer.
   *
   * @param query a word, or a code in one row, of as many bits or units; a sparse one may have any number of active units,
   * and similarity then is the common ones over the root of the product of both numbers.
   * @param n words wanted, from 0.
   * @returns undefined for a word that is not here.
   * @throws TypeError for another kind of query, RangeError for a code of another size or of several rows.
   */
  nearest(query: string | Codes, n: number): WordNeighbor[] | undefined {
    checkInteger(n, 'n', 0, 2 ** 32 - 2);
    if (typeof query !== 'string') return this.#named(this.#space.nearest(query, n));
    const row = this.id(query);
    if (row < 0) return undefined;
    const code = this.codes.slice(row, row + 1);
    return this.#named(
      this.#space
        .nearest(code, n + 1)
        .filter(({ id }) => id !== row)
        .slice(0, n),
    );
  }

  /**
   * Words x for which "a is to b as c is to x": those of largest similarity(x, b) - similarity(x, a) + similarity(x, c)
   * (3CosAdd), the three themselves left out.
   *
   * @param n words wanted, from 0.
   * @returns undefined when one of the words is not here.
   */
  analogy(a: string, b: string, c: string, n: number): WordNeighbor[] | undefined {
    checkInteger(n, 'n', 0, 2 ** 32 - 1);
    const ids = [a, b, c].map((word) => this.id(word));
    if (ids.some((id) => id < 0)) return undefined;
    const [fromA, fromB, fromC] = ids.map((id) => this.#space.similarities(id));
    const scores = fromB.map((value, x) => value - fromA[x] + fromC[x]);
    const order = Uint32Array.from(scores, (_, x) => x)
      .filter((x) => !ids.includes(x))
      .sort((x, y) => scores[y] - scores[x] || x - y);
    return this.#named(Array.from(order.subarray(0, n), (id) => ({ id, similarity: scores[id] })));
  }

  #named(found: readonly { readonly id: number; readonly similarity: number }[]): WordNeighbor[] {
    return found.map(({ id, similarity }) => ({ word: this.words[id], id, similarity }));
  }

  /** @internal */
  override [PARTS](): Parts {
    const { parameters, tensors } = nestedParts('codes', this.codes[PARTS]());
    return {
      kind: 'WordCodes',
      parameters,
      tensors: [...wordListTensors(this.words, 'words'), ...tensors],
    };
  }

  /** @internal */
  static fromParts(reader: PartsReader): WordCodes {
    reader.expectKind('WordCodes');
    const words = readWordList(reader, 'words', undefined);
    const nested = reader.nested('codes');
    reader.end();
    const isSparse = nested.kind === 'SparseCodes';
    const codes = isSparse ? SparseCodes.fromParts(nested) : BitCodes.fromParts(nested);
    return WordCodes.from(words, codes);
  }
}

registerKind('WordCodes', WordCodes.fromParts);
