/**
 * The standard tokeniser once more, on whole strings and by regular expressions, as plain as it can be written: what the
 * one that reads bytes in pieces must agree with.
 */

import { Buffer } from 'node:buffer';
import { characterClasses, classOf } from '../../lib/words/characters.ts';

const LONGEST_WORD_BYTES = 256;
const LONGEST_RUN = 1024;

/** Where paragraphs end. */
export const BREAKS: RegExp = /[\n\v\f\r\u0085\u2028\u2029]/u;
/** A letter for each class of lib/words/characters.ts, whose Unicode is older than that of engines. */
const LETTERS = ' LMDSA ';

const segmenter = new Intl.Segmenter('und', { granularity: 'word' });

function letterOf(character: string): string {
  return LETTERS[classOf(characterClasses(), character.codePointAt(0) as number)];
}

function segmented(run: string): string[] {
  return [...segmenter.segment(run)].flatMap((part) => (part.isWordLike ? [part.segment] : []));
}

/** The words of a paragraph as they stand there. */
export function naiveWords(paragraph: string): string[] {
  const characters = [...paragraph];
  const classes = characters.map(letterOf).join('');
  const words: string[] = [];
  const tokens = new RegExp(`[LD](?:[LDM]|A(?=[LD]))*|S[SM]{0,${LONGEST_RUN - 1}}`, 'g');
  for (const { 0: token, index } of classes.matchAll(tokens)) {
    const text = characters.slice(index, index + token.length).join('');
    words.push(...(token.startsWith('S') ? segmented(text) : [text]));
  }
  return words;
}

/** The standard normal form; null for a word that is too long for a number. */
export function naiveNormal(word: string): string | null {
  if (Buffer.byteLength(word) > LONGEST_WORD_BYTES) return null;
  if (/\p{Nd}/u.test(word)) return '<num>';
  const joined = word.replace(/\u00ad/gu, '').replace(/[\u200c\u200d]+$/u, '');
  return joined
    .replace(/\u2019/gu, "'")
    .toLowerCase()
    .normalize('NFC');
}

/** The words of each paragraph that has any. */
export function naiveParagraphs(text: string): (string | null)[][] {
  const paragraphs = text.split(BREAKS).map((paragraph) => naiveWords(paragraph).map(naiveNormal));
  return paragraphs.filter((words) => words.length > 0);
}
