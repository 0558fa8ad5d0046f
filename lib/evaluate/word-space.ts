/**
 * What the measures of word vectors ask of vectors or codes: whether they know a word, and how similar it is to every other.
 * Anything that answers can be measured: WordCodes, and real vectors by their cosine. The similarities of codes tie often;
 * every measure here says what it does with ties.
 */

import { activeBackend } from '../backend/active.ts';
import { allocated } from '../check.ts';
import { METRICS } from '../search/metric.ts';

/** Words with a similarity between any two. */
export interface WordSpace {
  /** The words, one a row. */
  readonly words: readonly string[];
  /** Bits that one word takes. */
  readonly bits: number;
  /** The row of a word, or -1. */
  id(word: string): number;
  /** Similarity of the word of a row to the words of all rows, larger is nearer. */
  similarities(id: number): Float32Array;
}

/** The row of a word as it is written, or else in lower case: most spaces know only that. */
export function foldedId(space: WordSpace, word: string): number {
  const id = space.id(word);
  return id < 0 ? space.id(word.toLowerCase()) : id;
}

/** Share of `asked` that was answered, with the numbers themselves: no figure of word vectors means much without. */
export interface Coverage {
  /** Questions of the set. */
  readonly asked: number;
  /** Questions of which the space knows every word: only they are counted in the figure. */
  readonly covered: number;
}

/**
 * Real word vectors as a space, by their cosine: what codes are compared with.
 *
 * @param words one word a row, each once.
 * @param vectors rows x dim.
 *
 * @example
 * ```ts
 * import { cosineSpace } from 'flyhash/evaluate';
 * const space = cosineSpace(['cat', 'dog', 'car'], Float32Array.of(1, 0, 1, 0.1, 0, 1));
 * console.assert(space.similarities(0)[1] > space.similarities(0)[2] && space.bits === 64);
 * ```
 */
export function cosineSpace(words: readonly string[], vectors: Float32Array): WordSpace {
  const rows = words.length;
  const dim = vectors.length / rows;
  const ids = new Map(words.map((word, row) => [word, row]));
  const metric = METRICS.indexOf('cosine');
  return {
    words,
    bits: 32 * dim,
    id: (word) => ids.get(word) ?? -1,
    similarities: (id) => {
      const distances = allocated(Float32Array, rows, 1, 'similarities');
      const query = vectors.subarray(id * dim, (id + 1) * dim);
      const args = [vectors, rows, query, 1, dim, metric, distances] as const;
      activeBackend().run({ name: 'dotDistances', args }, 1);
      return distances.map((distance) => 1 - distance);
    },
  };
}
