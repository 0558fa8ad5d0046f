/**
 * A text as the trainers want it: read once, its words numbered by their places in the vocabulary, to be gone over again
 * and again in segments. Numbers stay in memory while they are few and go to a temporary file when they are many; where
 * there is no disk, in a browser, they stay in memory.
 */

import { sha256 } from '../files/sha256.ts';
import { chooseWords, Renumbering } from './chosen-words.ts';
import { countText } from './counted-text.ts';
import { TokenStore } from './token-store.ts';
import { Vocabulary } from './vocabulary.ts';
import type { CheckedVocabulary } from './vocabulary-options.ts';
import { PARAGRAPH_END } from './word-ids.ts';

/** Most numbers of a segment, unless it is given another number. */
const SEGMENT = 1 << 16;

/** What is asked of a corpus beyond its vocabulary. */
export interface CorpusStorage {
  /** Numbers that stay in memory; more go to a file. 2^25 unless given. */
  readonly mostInMemory?: number;
}

/** Numbered text that can be read again and again. */
export class Corpus {
  readonly vocabulary: Vocabulary;
  /** Numbers in all: tokens, and one for each end of a paragraph. */
  readonly length: number;
  /** The SHA-256, in hexadecimal, of all numbers as little-endian int32. */
  readonly digest: string;
  readonly #store: TokenStore;
  #isOpen = true;

  private constructor(vocabulary: Vocabulary, store: TokenStore, digest: string) {
    this.vocabulary = vocabulary;
    this.length = store.length;
    this.digest = digest;
    this.#store = store;
  }

  /** Reads a text, chooses its vocabulary and numbers it. What fails leaves nothing behind. */
  static async read(
    text: unknown,
    checked: CheckedVocabulary,
    { mostInMemory }: CorpusStorage = {},
  ): Promise<Corpus> {
    const store = new TokenStore(mostInMemory);
    try {
      const counted = await countText(text, checked.tokenizer, checked.reading, store);
      const chosen = chooseWords(counted.table, checked, checked.tokenizer.stopWords);
      const vocabulary = Vocabulary.ofCounted(counted, chosen, checked);
      const renumbering = new Renumbering(counted.table, chosen);
      const hash = sha256();
      await store.rewrite((numbers) => {
        checked.reading.signal?.throwIfAborted();
        renumbering.apply(numbers);
        hash.update(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
      });
      return new Corpus(vocabulary, store, hexadecimal(hash.digest()));
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  /**
   * The numbers in order, in segments: each as many whole paragraphs as fit in `most` numbers, or, of a paragraph that
   * is longer, the next `most`. Each segment is an array of its own. Several passes may go on at a time.
   */
  async *segments(most: number = SEGMENT): AsyncGenerator<Int32Array, void, void> {
    for (let place = 0; place < this.length; ) {
      if (!this.#isOpen) throw new TypeError('corpus must be open, got a closed one');
      const numbers = new Int32Array(Math.min(most, this.length - place));
      await this.#store.read(numbers, place);
      const end = numbers.lastIndexOf(PARAGRAPH_END) + 1;
      const segment = end === 0 ? numbers : numbers.subarray(0, end);
      yield segment;
      place += segment.length;
    }
  }

  /** Lets go of memory and file. */
  async close(): Promise<void> {
    this.#isOpen = false;
    await this.#store.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function hexadecimal(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
