/**
 * Words of scripts that put no spaces between them, by the engine's own segmenter (Intl.Segmenter, which is ICU's
 * dictionaries and models). Where such words end is the one thing about the standard tokeniser that the version of
 * ICU decides, and may change with the engine.
 */

import { wrongKind } from '../errors.ts';

let segmenter: Intl.Segmenter | undefined;

function madeSegmenter(): Intl.Segmenter {
  if (typeof Intl === 'undefined' || typeof Intl.Segmenter !== 'function') {
    const expected = 'given for text without spaces, where the engine has no Intl.Segmenter';
    throw wrongKind('tokenize', expected, undefined);
  }
  // No language: which words a text has must not depend on the settings of the machine.
  return new Intl.Segmenter('und', { granularity: 'word' });
}

/** The words of a run of characters. */
export function segmentedWords(run: string): string[] {
  segmenter ??= madeSegmenter();
  const words: string[] = [];
  for (const { segment, isWordLike } of segmenter.segment(run)) {
    if (isWordLike === true) words.push(segment);
  }
  return words;
}
