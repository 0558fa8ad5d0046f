/**
 * The files that evaluations of word vectors are handed out as: judged pairs (WordSim-353, MEN, SimLex-999 ...), analogies and
 * outlier sets as CSV of vecto's word-benchmarks or as Google's questions-words, WiC as its authors' pairs of files. Each
 * reader takes the text of a file and says which line it cannot read.
 */

import { wrongKind, wrongValue } from '../errors.ts';
import type { Analogy } from './word-analogies.ts';
import type { ContextPair } from './word-in-context.ts';
import type { OutlierSet } from './word-outliers.ts';
import type { JudgedPair } from './word-similarity.ts';

/** Lines that say something, with their numbers from 1. */
function linesOf(text: string): { readonly line: string; readonly number: number }[] {
  if (typeof text !== 'string') throw wrongKind('text', 'a string', text);
  return text
    .split(/\r?\n/)
    .map((line, i) => ({ line, number: i + 1 }))
    .filter(({ line }) => line.trim() !== '' && !line.startsWith('#'));
}

/**
 * Judged pairs: a line of two words and a number each, between tabs, commas, semicolons or spaces; further cells are
 * passed over, and so is a first line without a number.
 *
 * @throws RangeError naming the line that is none.
 *
 * @example
 * ```ts
 * import { parseJudgedPairs } from 'flyhash/evaluate';
 * const [pair] = parseJudgedPairs('tiger\tcat\t7.35\n');
 * console.assert(pair.first === 'tiger' && pair.second === 'cat' && pair.score === 7.35);
 * ```
 */
export function parseJudgedPairs(text: string): JudgedPair[] {
  return linesOf(text).flatMap(({ line, number }, i) => {
    const [first, second, score] = line.trim().split(/[\t,;]\s*|\s+/);
    const value = score === undefined || score === '' ? Number.NaN : Number(score);
    if (Number.isFinite(value)) return [{ first, second, score: value }];
    if (i === 0) return [];
    throw wrongValue(`line ${number}`, 'two words and a number', line);
  });
}

/** The cells of a line of CSV; a quoted cell may hold commas and doubled quotes. */
function csvCells(line: string): string[] {
  const cells: string[] = [];
  for (const [, quoted, plain, end] of line.matchAll(/(?:"((?:[^"]|"")*)"|([^,]*))(,|$)/g)) {
    cells.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === '') break;
  }
  return cells;
}

/** Rows of CSV with a head, as functions from a column's name to the cell. */
function csvRows(text: string, columns: readonly string[]): ((name: string) => string)[] {
  const [head, ...rows] = linesOf(text);
  const names = head === undefined ? [] : csvCells(head.line);
  const missing = columns.find((name) => !names.includes(name));
  if (missing !== undefined) throw wrongValue('line 1', `a head with ${missing}`, head?.line);
  return rows.map(({ line, number }) => {
    const cells = csvCells(line);
    if (cells.length !== names.length) {
      throw wrongValue(`line ${number}`, `of ${names.length} cells, as the head`, line);
    }
    return (name) => cells[names.indexOf(name)];
  });
}

/** Google's form: lines of four words, under lines ": kind". */
function googleAnalogies(text: string): Analogy[] {
  let kind = '';
  return linesOf(text).flatMap(({ line, number }) => {
    if (line.startsWith(':')) {
      kind = line.slice(1).trim();
      return [];
    }
    const words = line.trim().split(/\s+/);
    if (words.length !== 4) throw wrongValue(`line ${number}`, 'four words', line);
    const [from, to, other, answer] = words;
    return [{ from, to, other, answer, kind }];
  });
}

/**
 * Analogies, as Google's questions-words.txt or as CSV with the columns type, word1, word2, word3 and target.
 *
 * @throws RangeError naming the line that is none.
 *
 * @example
 * ```ts
 * import { parseAnalogies } from 'flyhash/evaluate';
 * const [analogy] = parseAnalogies(': capital\nAthens Greece Oslo Norway\n');
 * console.assert(analogy.answer === 'Norway' && analogy.kind === 'capital');
 * ```
 */
export function parseAnalogies(text: string): Analogy[] {
  const isCsv = linesOf(text)[0]?.line.includes(',') ?? false;
  if (!isCsv) return googleAnalogies(text);
  return csvRows(text, ['type', 'word1', 'word2', 'word3', 'target']).map((cell) => ({
    from: cell('word1'),
    to: cell('word2'),
    other: cell('word3'),
    answer: cell('target'),
    kind: cell('type'),
  }));
}

/** The words of a list as Python prints it. */
function pythonList(text: string): string[] {
  const strings = text.matchAll(/'([^']*)'|"([^"]*)"/g);
  return Array.from(strings, ([, one, other]) => one ?? other).filter((word) => word !== '');
}

/**
 * Outlier sets, as CSV with the columns words and outliers, lists as Python prints them.
 *
 * @throws RangeError naming the line that is none.
 *
 * @example
 * ```ts
 * import { parseOutliers } from 'flyhash/evaluate';
 * const [set] = parseOutliers('category,outliers,words\ncats,"[\'dog\']","[\'lion\', \'lynx\']"\n');
 * console.assert(set.words.join() === 'lion,lynx' && set.outliers.join() === 'dog');
 * ```
 */
export function parseOutliers(text: string): OutlierSet[] {
  return csvRows(text, ['words', 'outliers']).map((cell) => ({
    words: pythonList(cell('words')),
    outliers: pythonList(cell('outliers')),
  }));
}

/**
 * WiC pairs from a data file (word, part of speech, two positions, two tokenised sentences, between tabs) and its gold
 * file (T or F a line).
 *
 * @throws RangeError naming the line that is none, or when the files differ in length.
 *
 * @example
 * ```ts
 * import { parseWordInContext } from 'flyhash/evaluate';
 * const [pair] = parseWordInContext('bank\tN\t1-0\tThe bank .\tBank on it .\n', 'F\n');
 * console.assert(pair.positions[0] === 1 && pair.sentences[1][0] === 'Bank' && !pair.same);
 * ```
 */
export function parseWordInContext(data: string, gold: string): ContextPair[] {
  const [rows, answers] = [linesOf(data), linesOf(gold)];
  if (answers.length !== rows.length) {
    throw wrongValue('gold', `of ${rows.length} lines, as data`, answers.length);
  }
  return rows.map(({ line, number }, i) => {
    const [, , places, one, other] = line.split('\t');
    const positions = (places ?? '').split('-').map(Number);
    const sentences = [one ?? '', other ?? ''].map((sentence) => sentence.split(' '));
    const fits = positions.length === 2 && positions.every((p, s) => sentences[s][p] !== undefined);
    if (!fits) throw wrongValue(`line ${number} of data`, 'a word in two sentences', line);
    const answer = answers[i].line.trim();
    if (answer !== 'T' && answer !== 'F') {
      throw wrongValue(`line ${answers[i].number} of gold`, 'T or F', answer);
    }
    return {
      sentences: [sentences[0], sentences[1]],
      positions: [positions[0], positions[1]],
      same: answer === 'T',
    };
  });
}
