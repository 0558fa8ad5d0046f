/** The stored objects of words: a small model, and what words, codes of words and models do. */

import { Buffer } from 'node:buffer';
import { BioWord } from '../../lib/words/bio-word.ts';
import type { Vocabulary } from '../../lib/words/vocabulary.ts';
import type { WordCodes } from '../../lib/words/word-codes.ts';

/** The bytes of an array. */
export function view({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** A text that a BioWord learns from. */
const SENTENCES = Array.from({ length: 24 }, (_, i) => {
  const topic = ['fly plum fruit smell', 'code unit bit index', 'r\u00e9gate sea wind sail'][i % 3];
  return topic
    .split(' ')
    .toSpliced(i % 4, 1)
    .join(' ');
});
const WORDS = {
  ...{ units: 5, active: 2, window: 5, minimumCount: 1, seed: 2 },
  ...{ ppmi: { shift: 1 }, svd: { dimensions: 4 } },
};

/** A model of a few sentences. */
export function smallModel(): Promise<BioWord> {
  return BioWord.train(SENTENCES, WORDS);
}

/** Its words, what it tells, and text in its numbers, unless it wants functions that no file holds. */
export function readBy(vocabulary: Vocabulary): Buffer[] {
  const { words, report, stopWords, tokenizer, normalizer } = vocabulary;
  const told = [words, report, [...stopWords], words.map((word) => vocabulary.id(word))];
  const isStandard = tokenizer === 'standard' && normalizer === 'standard';
  const numbers = vocabulary.numbers.bind(vocabulary, `A Fly, ${words.join(' ')}\n77 bees`);
  return [Buffer.from(JSON.stringify(told)), ...(isStandard ? [view(numbers())] : [])];
}

/** Its words, and those nearest to each. */
export function nearestOf(codes: WordCodes): Buffer[] {
  const found = codes.words.map((word) => [codes.nearest(word, 2), codes.similarity('fly', word)]);
  return [Buffer.from(JSON.stringify(found))];
}

/** Its codes and answers, in and out of context. */
export function answersOf(model: BioWord): Buffer[] {
  const { vocabulary, report } = model;
  if (vocabulary.normalizer !== 'standard' || vocabulary.tokenizer !== 'standard') return [];
  const [word] = vocabulary.words;
  const told = [
    report,
    model.nearest(word, 3),
    model.topWords(0, 3),
    model.similarity(word, 'fly'),
  ];
  const around = model.contextVector([word, 'x', 'fly'], 1)?.indices ?? [];
  const bits = model.document(`${word} fly`, { form: 'bits' })?.data ?? [];
  const codes = [model.codes().indices, Uint32Array.from(around), Uint8Array.from(bits)];
  return [Buffer.from(JSON.stringify(told)), ...codes.map(view)];
}
