// `npm run bench:choosing -- FOLDER [OUT]`: compare() on the data sets of docs/choosing.md, those of them that are in the
// folder: sift10k-128*.csv.gz, mnist-train-*, fashion-train-* (idx with labels), bbc-news-*.npy.gz, cohere-*.npy.gz.
// Writes NAME.json and NAME.html to OUT (default bench/results/choosing), and from all NAME.json that are there the tables
// of the page as tables.md. SETS, HASHERS and SIZES in the environment, separated by commas, choose some of them.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compare } from '../lib/evaluate/compare.ts';
import { adviceOf } from '../lib/evaluate/compare-advice.ts';
import { METHOD_NAMES } from '../lib/evaluate/compare-methods.ts';
import type { CompareOptions } from '../lib/evaluate/compare-options.ts';
import { comparisonPage } from '../lib/evaluate/compare-page.ts';
import { formatComparison } from '../lib/evaluate/compare-table.ts';
import { type Comparison, type ComparisonResult, searchAt } from '../lib/evaluate/comparison.ts';
import { readLabels, readTable } from '../lib/files/vector-tables.ts';
import '../lib/index.ts';
import { describeMachine } from './framework/report.ts';

interface DataSet {
  readonly name: string;
  readonly title: string;
  /** How the names of its files begin. */
  readonly vectors: string;
  readonly labels?: string;
  readonly metric: 'l2' | 'cosine';
}

const SETS: readonly DataSet[] = [
  { name: 'sift', title: 'SIFT', vectors: 'sift10k-128', metric: 'l2' },
  {
    ...({ name: 'mnist', title: 'MNIST', vectors: 'mnist-train-images', metric: 'l2' } as const),
    labels: 'mnist-train-labels',
  },
  {
    ...({ name: 'fashion', title: 'Fashion-MNIST', vectors: 'fashion-train-images' } as const),
    ...({ labels: 'fashion-train-labels', metric: 'l2' } as const),
  },
  { name: 'minilm', title: 'MiniLM sentence embeddings', vectors: 'bbc-news', metric: 'cosine' },
  { name: 'cohere', title: 'Cohere text embeddings', vectors: 'cohere', metric: 'cosine' },
];

const SIZES = [16, 32, 64, 128];
const SHORTLIST = 100;
const QUERIES = 500;

/** The file of the folder whose name begins so. */
function fileOf(folder: string, start: string | undefined): string | undefined {
  if (start === undefined) return undefined;
  const name = readdirSync(folder).find((each) => each.startsWith(start) && each.endsWith('.gz'));
  return name === undefined ? undefined : join(folder, name);
}

function chosen(variable: string): readonly string[] | undefined {
  return process.env[variable]?.split(',');
}

/** One table: a method a row, a size a column, recall by codes alone and with re-ranking. */
function tableOf({ settings, results }: Comparison): string[] {
  const sizes = [...new Set(results.map(({ size }) => size))].sort((a, b) => a - b);
  const methods = METHOD_NAMES.filter((name) => results.some(({ method }) => method === name));
  const cell = (result: ComparisonResult | undefined): string => {
    if (result === undefined) return '';
    const { recall } = searchAt(result, SHORTLIST);
    const label = result.labelPrecision === undefined ? '' : `, ${share(result.labelPrecision)}`;
    return `${share(result.recall)} / ${share(recall)}${label}`;
  };
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const { rows, dim, queries, k, metric } = settings;
  return [
    `${rows.toLocaleString('en-US')} vectors of ${dim} numbers, ${queries} queries, recall@${k} by ${metric}.`,
    '',
    row(['bytes of a code', ...sizes.map(String)]),
    row(['---', ...sizes.map(() => '---')]),
    ...methods.map((method) =>
      row([
        method,
        ...sizes.map((size) =>
          cell(results.find((result) => result.method === method && result.size === size)),
        ),
      ]),
    ),
  ];
}

const share = (value: number): string => value.toFixed(3).replace(/^0/, '');

async function measure(
  { title, metric, ...set }: DataSet,
  folder: string,
): Promise<Comparison | undefined> {
  const vectors = fileOf(folder, set.vectors);
  if (vectors === undefined) return undefined;
  const labels = fileOf(folder, set.labels);
  const { values, dim } = await readTable([vectors]);
  const sizes = chosen('SIZES')?.map(Number) ?? SIZES;
  const usual = { queries: QUERIES, shortlists: [SHORTLIST], seed: 1 };
  const options: CompareOptions = { title, metric, dim, sizes, ...usual };
  const hashers = chosen('HASHERS');
  return compare(values, {
    ...options,
    ...(hashers === undefined ? {} : { hashers }),
    ...(labels === undefined ? {} : { labels: (await readLabels([labels])) as string[] }),
  });
}

async function main(folder: string, out: string): Promise<void> {
  mkdirSync(out, { recursive: true });
  const names = chosen('SETS');
  for (const set of SETS) {
    if (names !== undefined && !names.includes(set.name)) continue;
    const comparison = await measure(set, folder);
    if (comparison === undefined) continue;
    console.log(formatComparison(comparison));
    writeFileSync(join(out, `${set.name}.json`), JSON.stringify(comparison));
    writeFileSync(join(out, `${set.name}.html`), await comparisonPage(comparison));
  }
  const { cpu, node } = describeMachine();
  const documents: string[] = [`${cpu}, Node ${node}`, ''];
  for (const { name, title } of SETS) {
    const file = join(out, `${name}.json`);
    if (!existsSync(file)) continue;
    const comparison: Comparison = JSON.parse(readFileSync(file, 'utf8'));
    documents.push(`### ${title}`, '', ...tableOf(comparison), '', adviceOf(comparison), '');
  }
  writeFileSync(join(out, 'tables.md'), documents.join('\n'));
}

const [folder, out = 'bench/results/choosing'] = process.argv.slice(2);
if (folder === undefined)
  throw new TypeError('choosing needs the folder of the data sets, got none');
await main(folder, out);
