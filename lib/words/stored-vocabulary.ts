/**
 * A vocabulary as parts of a file, and back. What is read is checked: no word twice, all of them UTF-8, counts that fall
 * and that add up with what the report says of the text.
 */

import { corrupt, type Parts, type PartsReader } from '../files/parts.ts';
import { readWordList, wordListTensors } from '../files/word-list.ts';
import { RECIPES, type Recipe } from './tokenizer.ts';
import { MOST_VOCABULARY } from './vocabulary-options.ts';
import {
  checkReport,
  readReport,
  reportParameters,
  type VocabularyReport,
} from './vocabulary-report.ts';

/** What a vocabulary is made of. */
export interface VocabularyContents {
  readonly words: readonly string[];
  readonly counts: Float64Array;
  readonly stopWords: ReadonlySet<string>;
  readonly report: VocabularyReport;
  readonly tokenizer: Recipe;
  readonly normalizer: Recipe;
}

/** The parts of a vocabulary. */
export function vocabularyParts(contents: VocabularyContents): Parts {
  const { words, counts, stopWords, report, tokenizer, normalizer } = contents;
  return {
    kind: 'Vocabulary',
    parameters: { size: words.length, tokenizer, normalizer, ...reportParameters(report) },
    tensors: [
      { name: 'counts', shape: [words.length], data: counts },
      ...wordListTensors(words, 'words'),
      ...wordListTensors([...stopWords], 'stopWords'),
    ],
  };
}

/** What those parts say. */
export function readVocabulary(reader: PartsReader): VocabularyContents {
  reader.expectKind('Vocabulary');
  const size = reader.integer('size', 1, MOST_VOCABULARY);
  const tokenizer = reader.oneOf('tokenizer', RECIPES);
  const normalizer = reader.oneOf('normalizer', RECIPES);
  const counts = reader.tensor('counts', Float64Array, [size]);
  const words = readWordList(reader, 'words', size);
  const stopWords = new Set(readWordList(reader, 'stopWords', undefined));
  const report = readReport(reader);
  reader.end();
  checkCounts(counts, report.minimumCount);
  checkReport(report, counts);
  const masked = words.find((word) => stopWords.has(word));
  if (masked !== undefined) throw corrupt('stopWords', 'no words of the vocabulary', masked);
  return { words, counts, stopWords, report, tokenizer, normalizer };
}

/** Counts of a file: whole numbers that never rise, none below what was asked for. */
function checkCounts(counts: Float64Array, minimumCount: number): void {
  let last = Number.MAX_SAFE_INTEGER;
  for (const [i, count] of counts.entries()) {
    if (!(Number.isInteger(count) && count >= Math.max(1, minimumCount) && count <= last)) {
      throw corrupt(`counts[${i}]`, `a whole number from ${minimumCount} to ${last}`, count);
    }
    last = count;
  }
}
