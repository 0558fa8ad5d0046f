/** What is asked of a vocabulary: how large it may be, which words may enter, and by which steps text becomes words. */

import { checkCallback, checkInteger, checkOptions, checkSignal } from '../check.ts';
import type { CountOptions, TextProgress } from './counted-text.ts';
import {
  checkTokenizer,
  TOKENIZER_OPTIONS,
  type Tokenizer,
  type TokenizerOptions,
} from './tokenizer.ts';

/** Most words of a vocabulary. */
export const MOST_VOCABULARY: number = 2 ** 22;
const DEFAULT_SIZE = 20_000;
const DEFAULT_COUNT = 15;

/** Options of {@link Vocabulary.fromText}. */
export interface VocabularyOptions extends TokenizerOptions {
  /** Most words, 20,000 unless given: the most frequent ones. */
  size?: number;
  /**
   * How often a word must come: 15 times unless given, as in the FlyVec paper's dictionary. A word that came less often
   * has been seen in too few windows for a code that says anything of it. Small texts need a smaller number.
   */
  minimumCount?: number;
  /** Aborting rejects with `signal.reason`. */
  signal?: AbortSignal;
  /** Called every some hundredths of a second, and at the end. */
  onProgress?: (progress: TextProgress) => void;
}

/** The functions of the user's that a vocabulary needs to read text. */
export type VocabularyFunctions = Pick<TokenizerOptions, 'tokenize' | 'normalize'>;

/** Which words may enter. */
export interface VocabularyLimits {
  readonly size: number;
  readonly minimumCount: number;
}

/** Checked options. */
export interface CheckedVocabulary extends VocabularyLimits {
  readonly tokenizer: Tokenizer;
  readonly reading: CountOptions;
}

/** Names of the options above. */
export const VOCABULARY_OPTIONS = [
  'size',
  'minimumCount',
  'signal',
  'onProgress',
  ...TOKENIZER_OPTIONS,
] as const;

/** Checks the options. */
export function checkVocabulary(options: VocabularyOptions): CheckedVocabulary {
  checkOptions(options, 'options', VOCABULARY_OPTIONS);
  const { size = DEFAULT_SIZE, minimumCount = DEFAULT_COUNT } = options;
  return {
    size: checkInteger(size, 'size', 1, MOST_VOCABULARY),
    minimumCount: checkInteger(minimumCount, 'minimumCount', 1, Number.MAX_SAFE_INTEGER),
    tokenizer: checkTokenizer(options),
    reading: {
      signal: checkSignal(options.signal),
      onProgress: checkCallback(options.onProgress, 'onProgress'),
    },
  };
}
