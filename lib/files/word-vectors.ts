/**
 * Word vectors that somebody else has trained (word2vec, GloVe, fastText), or that a program has: different words and a
 * row of float32 numbers for each. Any hasher takes their rows; saved like models, and written for other programs by
 * write-word-vectors.ts.
 */

import { allocated, checkInteger, checkMaking, MAKING } from '../check.ts';
import { wrongKind, wrongValue } from '../errors.ts';
import { checkVectors, dimOf, VectorSource, type Vectors } from '../vectors.ts';
import { registerKind } from './kinds.ts';
import { PARTS, type Parts, type PartsReader } from './parts.ts';
import { Stored } from './stored.ts';
import { readWordList, wordListTensors } from './word-list.ts';
import { MOST_WORD_DIM } from './word-vector-rows.ts';

/** What is to be known of a file that vectors were read from. */
export interface WordVectorsReport {
  /** Rows that its first line claims, where it has one. */
  readonly claimed: number | undefined;
  /** Rows whose word had come before, which were left out. */
  readonly duplicates: number;
  /** Words in which U+FFFD took the place of bytes that are no UTF-8. */
  readonly replaced: number;
}

interface Contents {
  readonly words: readonly string[];
  readonly vectors: Float32Array;
  readonly dim: number;
  readonly report?: WordVectorsReport;
}

/** The report of vectors that came from no file of vectors. */
const NOTHING: WordVectorsReport = Object.freeze({
  claimed: undefined,
  duplicates: 0,
  replaced: 0,
});

/**
 * Words and their vectors.
 *
 * @example
 * ```ts
 * import { SimHash, WordVectors } from 'flyhash';
 * const vectors = WordVectors.from(['fly', 'plum'], [[1, 0, 2], [0, 3, 1]]);
 * console.assert(vectors.vector('plum')?.join() === '0,3,1' && vectors.id('bee') === -1);
 * const codes = SimHash.create({ dim: vectors.dim, bits: 64, seed: 1 }).hash(vectors.vectors);
 * console.assert(codes.rows === vectors.rows);
 * ```
 */
export class WordVectors extends Stored {
  /** The words, in the order of the rows. */
  readonly words: readonly string[];
  /** Numbers of a vector. */
  readonly dim: number;
  /** The vectors, rows x dim, row after row. Treat as read-only. */
  readonly vectors: Float32Array;
  /** What {@link readWordVectors} found; not saved. */
  readonly report: WordVectorsReport;
  #rows: Map<string, number> | undefined;

  private constructor(making: symbol, contents: Contents) {
    super();
    const how = 'WordVectors.from or readWordVectors';
    const {
      words,
      vectors,
      dim,
      report = NOTHING,
    } = checkMaking(making, 'WordVectors', how, contents);
    this.words = words;
    this.vectors = vectors;
    this.dim = dim;
    this.report = Object.freeze(report);
    Object.freeze(this);
  }

  /**
   * Vectors of words, copied.
   *
   * @param words at least one; no two may be equal.
   * @param vectors a row for each word: rows x dim numbers, finite as float32, or an array of rows.
   * @throws TypeError for another kind of argument; RangeError for an empty word, one that comes twice or has half a
   * surrogate pair, for a number of rows that is not that of the words, and for numbers that are not finite.
   */
  static from(words: readonly string[], vectors: Vectors): WordVectors {
    const own = checkWords(words);
    const dim = dimOfRows(vectors, own.length);
    const source = new VectorSource(vectors, checkInteger(dim, 'dim', 1, MOST_WORD_DIM));
    if (source.rows !== own.length) {
      throw wrongValue('vectors', `rows for ${own.length} words`, source.rows);
    }
    const numbers = allocated(Float32Array, own.length, dim, 'vectors');
    source.copy(0, own.length, numbers);
    const bad = numbers.findIndex((number) => !Number.isFinite(number));
    if (bad >= 0) throw source.notFinite(bad);
    return new WordVectors(MAKING, { words: own, vectors: numbers, dim });
  }

  /**
   * Vectors over memory that nobody else will write: fresh output of a reader.
   * @internal
   */
  static adopt(contents: Contents): WordVectors {
    return new WordVectors(MAKING, contents);
  }

  /** Number of words. */
  get rows(): number {
    return this.words.length;
  }

  /** The row of a word as it is written, or -1. */
  id(word: string): number {
    if (typeof word !== 'string') throw wrongKind('word', 'a string', word);
    this.#rows ??= new Map(this.words.map((own, row) => [own, row]));
    return this.#rows.get(word) ?? -1;
  }

  /** Whether there is a vector of a word. */
  has(word: string): boolean {
    return this.id(word) >= 0;
  }

  /** The vector of a word, a view and no copy; undefined when there is none. */
  vector(word: string): Float32Array | undefined {
    const row = this.id(word);
    return row < 0 ? undefined : this.vectors.subarray(row * this.dim, (row + 1) * this.dim);
  }

  /** @internal */
  override [PARTS](): Parts {
    const { words, vectors, dim } = this;
    return {
      kind: 'WordVectors',
      parameters: { dim },
      tensors: [
        ...wordListTensors(words, 'words'),
        { name: 'vectors', shape: [words.length, dim], data: vectors },
      ],
    };
  }

  /** @internal */
  static fromParts(reader: PartsReader): WordVectors {
    reader.expectKind('WordVectors');
    const dim = reader.integer('dim', 1, MOST_WORD_DIM);
    const words = readWordList(reader, 'words', undefined);
    const vectors = reader.finite('vectors', [words.length, dim]);
    reader.end();
    return new WordVectors(MAKING, { words, vectors, dim });
  }
}

registerKind('WordVectors', WordVectors.fromParts);

/** Numbers of a row: of lists those of the first, of flat arrays the share of each word. */
function dimOfRows(vectors: Vectors, rows: number): number {
  checkVectors(vectors, 'vectors');
  const [first] = vectors as ArrayLike<unknown> & Iterable<unknown>;
  if (typeof first === 'object') return dimOf(vectors);
  const { length } = vectors as ArrayLike<number>;
  if (length % rows === 0) return length / rows;
  throw wrongValue('vectors.length', `a multiple of the ${rows} words`, length);
}

/** Words of which no two are equal; at least one. */
export function checkWords(words: unknown): readonly string[] {
  if (!Array.isArray(words)) throw wrongKind('words', 'an array of strings', words);
  if (words.length === 0) throw wrongValue('words.length', 'at least 1', 0);
  const own = new Set<string>();
  for (const [i, word] of words.entries()) {
    if (typeof word !== 'string') throw wrongKind(`words[${i}]`, 'a string', word);
    if (word === '' || !word.isWellFormed()) {
      throw wrongValue(`words[${i}]`, 'a word of whole characters', word);
    }
    if (own.has(word)) throw wrongValue(`words[${i}]`, 'unlike the words before', word);
    own.add(word);
  }
  return [...own];
}
