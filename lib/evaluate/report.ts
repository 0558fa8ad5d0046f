/**
 * What an evaluation reports: one row for each method and size, with the definition of its average precision and with
 * what its codes take to store beside every figure, since codes of equal "hash length" may differ tenfold in bytes.
 */

/** One method at one size. */
export interface EvaluationRow {
  /** The name of the method. */
  readonly method: string;
  /** Hash length as the papers count it: bits of a dense code, active units of a sparse one. */
  readonly k: number;
  /** Units of a sparse code. */
  readonly units?: number;
  /** Bits that one code takes: all of a dense one; active units x ceil(log2 units), and 32 more each where their
   * values are kept, of a sparse one. */
  readonly bits: number;
  /** ceil(bits / 8). */
  readonly bytes: number;
  /** The measure, 0 to 1: the mean over the repeats of the mean over the queries. */
  readonly mean: number;
  /** Standard deviation over the repeats (divided by n - 1); 0 for one repeat. */
  readonly deviation: number;
  /** Repeats, each with a seed of its own. */
  readonly repeats: number;
  /** Other measures of the same codes by name, means over the repeats. */
  readonly also?: Readonly<Record<string, number>>;
  /** What the paper reports for it. */
  readonly paper?: number;
}

/** A protocol's results. */
export interface EvaluationReport {
  /** The name of the protocol. */
  readonly protocol: string;
  /** What was evaluated, in a sentence. */
  readonly title: string;
  /** Which of the several average precisions the figures are, in a sentence. */
  readonly definition: string;
  /** What the protocol was run with. */
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  /** One row for each method and size. */
  readonly rows: readonly EvaluationRow[];
}

/** Bits that the number of a unit takes. */
export function unitBits(units: number): number {
  return 32 - Math.clz32(units - 1);
}

/** Mean and standard deviation (n - 1) of the repeats' figures. */
export function meanAndDeviation(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0;
  return { mean, deviation };
}

const percent = (value: number): string => (100 * value).toFixed(2);

function cellsOf(row: EvaluationRow, others: readonly string[]): string[] {
  const spread = row.repeats > 1 ? ` +- ${percent(row.deviation)}` : '';
  return [
    row.method,
    String(row.k),
    row.units === undefined ? '' : String(row.units),
    String(row.bits),
    String(row.bytes),
    `${percent(row.mean)}${spread}`,
    ...others.map((name) => (row.also?.[name] === undefined ? '' : percent(row.also[name]))),
    row.paper === undefined ? '' : percent(row.paper),
  ];
}

/** Columns as wide as their widest cell, numbers to the right; a column without any content is left out. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const used = head.map((_, c) => rows.some((row) => row[c] !== ''));
  const widths = head.map((name, c) => Math.max(name.length, ...rows.map((row) => row[c].length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, c) => (c === 0 ? cell.padEnd(widths[c]) : cell.padStart(widths[c])))
      .filter((_, c) => used[c])
      .join('  ')
      .trimEnd();
  return [line(head), ...rows.map(line)];
}

/**
 * A report as text: title, definition and settings, then one line a row, figures in percent.
 *
 * @example
 * ```ts
 * import { formatReport } from 'flyhash/evaluate';
 * const row = { method: 'SimHash', k: 16, bits: 16, bytes: 2, mean: 0.2, deviation: 0, repeats: 1 };
 * const report = { protocol: 'own', title: 'Own', definition: 'AP', settings: {}, rows: [row] };
 * console.assert(formatReport(report).includes('20.00'));
 * ```
 */
export function formatReport(report: EvaluationReport): string {
  const { title, definition, settings, rows } = report;
  const others = [...new Set(rows.flatMap((row) => Object.keys(row.also ?? {})))];
  const given = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
  const head = ['method', 'k', 'units', 'bits', 'bytes', 'value %', ...others, 'paper %'];
  const lines = table(
    head,
    rows.map((row) => cellsOf(row, others)),
  );
  return [title, definition, given.join(', '), '', ...lines, ''].join('\n');
}
