/** The code of a word where it stands: a bag of the words around it, and of itself as often as is asked for. */

import { checkInteger } from '../check.ts';
import type { SparseCodes } from '../codes/sparse-codes.ts';
import { wrongKind, wrongValue } from '../errors.ts';
import { bagCodes } from './bag-codes.ts';
import type { WordModel } from './bio-word-parts.ts';
import type { CodeSettings } from './code-options.ts';

/** Words of a sentence, with a position among them. */
function checkContext(words: unknown, position: unknown): readonly string[] {
  if (!Array.isArray(words)) throw wrongKind('words', 'an array of words', words);
  if (words.length === 0) throw wrongValue('words', 'at least one word', words);
  const bad = words.findIndex((word) => typeof word !== 'string');
  if (bad >= 0) throw wrongKind(`words[${bad}]`, 'a string', words[bad]);
  checkInteger(position, 'position', 0, words.length - 1);
  return words as readonly string[];
}

/** The code at a position; undefined when nothing that counts is in the vocabulary. */
export function contextCode(
  { vocabulary, synapses }: WordModel,
  given: readonly string[],
  position: number,
  { active, targetWeight, radius }: CodeSettings,
): SparseCodes | undefined {
  const sentence = checkContext(given, position);
  const begin = Math.max(0, position - radius);
  const ids = sentence.slice(begin, position + radius + 1).map((word) => vocabulary.id(word));
  const [target] = ids.splice(position - begin, 1);
  const words = Int32Array.from(ids.filter((id) => id >= 0));
  const isCounted = targetWeight > 0 && target >= 0;
  if (words.length === 0 && !isCounted) return undefined;
  const middles = { words: Int32Array.of(target), weights: Int32Array.of(targetWeight) };
  const bags = { words, starts: Uint32Array.of(0, words.length), middles };
  return bagCodes(bags, synapses, synapses.context, active);
}
