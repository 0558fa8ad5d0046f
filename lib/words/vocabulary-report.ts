/**
 * What a vocabulary was chosen from, and what was left out of it: numbers that whoever uses a model should be able to
 * look up, so they are saved with it.
 */

import { corrupt, type Json, type PartsReader } from '../files/parts.ts';

/** What a text held, and what of it is not in the vocabulary. */
export interface VocabularyReport {
  /** Words of the text, one after the other: those of the vocabulary, masked ones, and all others. */
  readonly tokens: number;
  /** Paragraphs with at least one token. */
  readonly paragraphs: number;
  /** Tokens that were masked: stop words, and words that were normalised to nothing. */
  readonly masked: number;
  /** Tokens of words that are neither masked nor in the vocabulary. */
  readonly outside: number;
  /** Words that the vocabulary could have had. */
  readonly askedSize: number;
  /** How often a word had to come. */
  readonly minimumCount: number;
  /** Different words that came less often; stop words are not counted. */
  readonly rareWords: number;
  /** Different words that came often enough, but found no room. */
  readonly leftOutWords: number;
  /** How often U+FFFD took the place of what was no text: of ill-formed UTF-8, or of half a surrogate pair. */
  readonly replaced: number;
  /** Tokens of more than 256 bytes of UTF-8, which are outside of every vocabulary. */
  readonly tooLong: number;
  /** Tokens that `Intl.Segmenter` found, in scripts without spaces: another version of ICU may find others. */
  readonly segmented: number;
  /**
   * Different words that were forgotten, the rarest first, because there were more than 4,194,304 at a time; one that
   * came back was counted anew. 0: every count is exact.
   */
  readonly forgottenWords: number;
  /** How often they had come by then. */
  readonly forgottenTokens: number;
}

const KEYS = [
  'tokens',
  'paragraphs',
  'masked',
  'outside',
  'askedSize',
  'minimumCount',
  'rareWords',
  'leftOutWords',
  'replaced',
  'tooLong',
  'segmented',
  'forgottenWords',
  'forgottenTokens',
] as const satisfies readonly (keyof VocabularyReport)[];

/** The report as parameters. */
export function reportParameters(report: VocabularyReport): Record<string, Json> {
  return Object.fromEntries(KEYS.map((key) => [key, report[key]]));
}

/** The report that those parameters are. */
export function readReport(reader: PartsReader): VocabularyReport {
  const entries = KEYS.map((key) => [key, reader.integer(key, 0, Number.MAX_SAFE_INTEGER)]);
  return Object.freeze(Object.fromEntries(entries)) as unknown as VocabularyReport;
}

/** Throws unless a report of a file agrees with the counts of the words. */
export function checkReport(report: VocabularyReport, counts: Float64Array): void {
  const { tokens, masked, outside, askedSize } = report;
  const members = counts.reduce((sum, count) => sum + count, 0);
  if (members + masked + outside !== tokens) {
    throw corrupt('tokens', 'those of the vocabulary, masked and outside', tokens);
  }
  if (counts.length > askedSize) throw corrupt('askedSize', `${counts.length} or more`, askedSize);
}
