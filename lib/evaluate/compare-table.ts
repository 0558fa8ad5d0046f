/**
 * A comparison as text for a terminal or a log: what it was made with, a table of fixed width sorted by bytes, then
 * recall, and one sentence of advice.
 */

import { adviceOf, rounded } from './compare-advice.ts';
import {
  type Comparison,
  type ComparisonResult,
  checkComparison,
  paretoBest,
  searchAt,
  shownShortlist,
} from './comparison.ts';

/** What the method was made with, in one word or a few. */
export function parametersOf({ parameters }: ComparisonResult): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

/** What the comparison was made with, as sentences. */
export function settingSentences({ settings }: Comparison): string[] {
  const { rows, queries, dim, k, metric, seed, threads, repeats, backend, isa } = settings;
  const counted = (count: number, word: string): string =>
    `${rounded(count)} ${count === 1 ? word : `${word}s`}`;
  const labels = settings.exactLabelPrecision;
  return [
    `${rows.toLocaleString('en-US')} vectors of ${counted(dim, 'number')} (${4 * dim} bytes as float32); ` +
      `${queries.toLocaleString('en-US')} other vectors, drawn with seed ${seed}, are the queries.`,
    `Recall@${k} is the share of the ${k} exact neighbours (${metric}) that are found, expected over ties. ` +
      'Re-ranking compares the vectors of a shortlist, which must be kept besides the codes.',
    `Speeds: ${backend} backend${isa === backend ? '' : ` (${isa})`}, ${counted(threads, 'thread')}, ` +
      `all ${queries.toLocaleString('en-US')} queries in one batch and hashed on the way, ` +
      `medians of ${repeats}. Exact search: ${rounded(settings.exactQueriesPerSecond)} queries a second.`,
    ...(labels === undefined
      ? []
      : [
          `Label precision@${k} is the share of results with the query's label; exact neighbours reach ${labels.toFixed(3)}.`,
        ]),
  ];
}

/** The results by bytes, then recall, best first. */
export function sortedResults(comparison: Comparison): ComparisonResult[] {
  const shown = shownShortlist(comparison.settings);
  return [...comparison.results].sort(
    (a, b) =>
      a.bytes - b.bytes ||
      searchAt(b, shown).recall - searchAt(a, shown).recall ||
      b.recall - a.recall ||
      (a.method < b.method ? -1 : 1),
  );
}

/** A column: its title, how a result reads in it, and whether it is text. */
export interface ComparisonColumn {
  readonly title: string;
  readonly isText: boolean;
  cell(result: ComparisonResult): string;
}

const share = (value: number | undefined): string => (value === undefined ? '' : value.toFixed(3));

/** The columns of a comparison's table. */
export function columnsOf({ settings }: Comparison): ComparisonColumn[] {
  const { k, shortlists, exactLabelPrecision } = settings;
  const shown = shownShortlist(settings);
  const number = (title: string, cell: ComparisonColumn['cell']) => ({
    title,
    isText: false,
    cell,
  });
  const text = (title: string, cell: ComparisonColumn['cell']) => ({ title, isText: true, cell });
  const labels =
    exactLabelPrecision === undefined
      ? []
      : [number(`label@${k}`, ({ labelPrecision }) => share(labelPrecision))];
  const isReranked = shortlists.length > 0;
  return [
    text('method', ({ method }) => method),
    number('bytes', ({ bytes }) => String(bytes)),
    number('bits', ({ bits }) => String(bits)),
    ...(isReranked ? [number('+vector', (result) => String(result.bytesWithVectors))] : []),
    number('codes', ({ recall }) => share(recall)),
    ...shortlists.map((shortlist) =>
      number(`rerank ${shortlist}`, (result) => share(searchAt(result, shortlist).recall)),
    ),
    ...labels,
    number('hash/s', ({ vectorsPerSecond }) => rounded(vectorsPerSecond)),
    number('query/s', ({ queriesPerSecond }) => rounded(queriesPerSecond)),
    ...(isReranked
      ? [number(`q/s ${shown}`, (result) => rounded(searchAt(result, shown).queriesPerSecond))]
      : []),
    number('train s', ({ trainingSeconds }) => trainingSeconds.toFixed(2)),
    text('search', ({ search }) => (search === 'HammingIndex' ? 'bits' : 'lists')),
    text('made with', parametersOf),
  ];
}

/** What the columns mean, as sentences. */
export function columnSentences({ settings }: Comparison): string[] {
  const shown = shownShortlist(settings);
  const isReranked = settings.shortlists.length > 0;
  return [
    `"codes" is recall@${settings.k} by codes alone${isReranked ? ', "rerank N" with the N nearest re-ranked' : ''}; ` +
      `"query/s" is by codes alone${isReranked ? `, "q/s ${shown}" with ${shown} re-ranked` : ''}. ` +
      '"bytes" are those of the code' +
      `${isReranked ? ', "+vector" with the float32 vector that re-ranking keeps' : ''}.`,
    `* no other row has as few bytes and as much recall${isReranked ? ` with ${shown} re-ranked` : ''}.`,
  ];
}

function lines(rows: readonly (readonly string[])[], isText: readonly boolean[]): string[] {
  const widths = isText.map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows.map((row) =>
    row
      .map((cell, i) => (isText[i] ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
      .join('  ')
      .trimEnd(),
  );
}

/**
 * A comparison as text: settings, a fixed-width table sorted by bytes, then recall, its best rows marked, what was left
 * out, and one plain sentence of advice, last.
 *
 * @throws TypeError for what `compare` does not give.
 *
 * @example
 * ```ts
 * import { compare, formatComparison } from 'flyhash/evaluate';
 * const vectors = Array.from({ length: 300 }, (_, i) => [i % 7, i % 11, i % 13, i % 17]);
 * const text = formatComparison(await compare(vectors, { sizes: [2], repeats: 1 }));
 * console.assert(text.trimEnd().split('\n').at(-1).endsWith('.'));
 * ```
 */
export function formatComparison(comparison: Comparison): string {
  checkComparison(comparison);
  const columns = columnsOf(comparison);
  const best = paretoBest(comparison);
  const head = ['', ...columns.map(({ title }) => title)];
  const rows = sortedResults(comparison).map((result) => [
    best.has(result) ? '*' : '',
    ...columns.map((column) => column.cell(result)),
  ]);
  const table = lines([head, ...rows], [true, ...columns.map(({ isText }) => isText)]);
  const skipped = comparison.skipped.map(
    ({ method, bytes, reason }) => `Not tried: ${method} at ${bytes} bytes: ${reason}.`,
  );
  const title = comparison.settings.title.replace(/[\p{Cc}\p{Cf}]/gu, ' ');
  return [
    `Hashes of ${title}`,
    ...settingSentences(comparison),
    ...columnSentences(comparison),
    '',
    ...table,
    '',
    ...skipped,
    adviceOf(comparison),
    '',
  ].join('\n');
}
