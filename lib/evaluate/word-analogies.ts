/**
 * Analogies, "a is to b as c is to what?" (Mikolov et al. 2013), answered as 3CosAdd (Levy and Goldberg 2014) for any
 * similarity: the word x, none of the three, of largest sim(x, b) - sim(x, a) + sim(x, c). With codes many words tie for the
 * best: a question counts as answered by the share of the right word among them, so that no lucky order helps.
 */

import { type Coverage, foldedId, type WordSpace } from './word-space.ts';

/** A question and its answer: `from` is to `to` as `other` is to `answer`. */
export interface Analogy {
  /** The first word of the pair that is given. */
  readonly from: string;
  /** The second. */
  readonly to: string;
  /** The first word of the pair that is asked for. */
  readonly other: string;
  /** The second: the right answer. */
  readonly answer: string;
  /** Questions of one kind are reported together. */
  readonly kind?: string;
}

/** Share of analogies that are answered rightly. */
export interface AnalogyScore extends Coverage {
  /** Expected share of right answers among those covered, 0 to 1; NaN when none is. */
  readonly accuracy: number;
}

/** All questions together, and by kind. */
export interface AnalogyScores {
  /** All questions. */
  readonly all: AnalogyScore;
  /** Those of each kind, in the order in which the kinds came. */
  readonly kinds: ReadonlyMap<string, AnalogyScore>;
}

/** Similarities by word, kept while questions about the same words follow each other. */
class Similarities {
  readonly #space: WordSpace;
  readonly #kept = new Map<number, Float32Array>();

  constructor(space: WordSpace) {
    this.#space = space;
  }

  of(id: number): Float32Array {
    const known = this.#kept.get(id);
    if (known !== undefined) return known;
    if (this.#kept.size >= 256) this.#kept.clear();
    const similarities = this.#space.similarities(id);
    this.#kept.set(id, similarities);
    return similarities;
  }
}

/** Expected rightness of one question: 1 over the words that tie for the best when the answer is one of them, else 0. */
function rightness(ids: readonly number[], similarities: Similarities): number {
  const [from, to, other, answer] = ids;
  const [a, b, c] = [from, to, other].map((id) => similarities.of(id));
  let [best, ties] = [Number.NEGATIVE_INFINITY, 0];
  for (let x = 0; x < a.length; x++) {
    if (x === from || x === to || x === other) continue;
    const score = b[x] - a[x] + c[x];
    if (score > best) [best, ties] = [score, 0];
    if (score === best) ties++;
  }
  const isBest = b[answer] - a[answer] + c[answer] === best;
  return isBest && !ids.slice(0, 3).includes(answer) ? 1 / ties : 0;
}

/**
 * How many analogies a space answers rightly, all together and by kind.
 *
 * @example
 * ```ts
 * import { cosineSpace, wordAnalogies } from 'flyhash/evaluate';
 * const words = ['man', 'woman', 'king', 'queen'];
 * const space = cosineSpace(words, Float32Array.of(1, 0, 0, 1, 0, 0, 1, 0, 1, 0, 1, 1));
 * const { all } = wordAnalogies(space, [{ from: 'man', to: 'woman', other: 'king', answer: 'queen' }]);
 * console.assert(all.covered === 1 && all.accuracy === 1);
 * ```
 */
export function wordAnalogies(space: WordSpace, questions: readonly Analogy[]): AnalogyScores {
  const similarities = new Similarities(space);
  const sums = new Map<string, { asked: number; covered: number; right: number }>();
  for (const { from, to, other, answer, kind = '' } of questions) {
    const sum = sums.get(kind) ?? { asked: 0, covered: 0, right: 0 };
    sums.set(kind, sum);
    sum.asked++;
    const ids = [from, to, other, answer].map((word) => foldedId(space, word));
    if (ids.some((id) => id < 0)) continue;
    sum.covered++;
    sum.right += rightness(ids, similarities);
  }
  const score = ({ asked, covered, right }: { asked: number; covered: number; right: number }) => ({
    asked,
    covered,
    accuracy: right / covered,
  });
  const all = { asked: 0, covered: 0, right: 0 };
  for (const { asked, covered, right } of sums.values()) {
    all.asked += asked;
    all.covered += covered;
    all.right += right;
  }
  return {
    all: score(all),
    kinds: new Map([...sums].map(([kind, sum]) => [kind, score(sum)])),
  };
}
