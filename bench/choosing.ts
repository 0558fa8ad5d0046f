// `npm run bench:choosing -- FOLDER [OUT]`: compare() on the data sets of docs/choosing.md, those of them that are in the
// folder: sift10k-128*.csv.gz, mnist-train-*, fashion-train-* (idx with labels), bbc-news-*.npy.gz, cohere-*.npy.gz.
// Writes NAME.json, NAME.html and all tables as tables.md to OUT (default bench/results/choosing). SETS and HASHERS in
// the environment, separated by commas, choose some of them.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { compare } from '../lib/evaluate/compare.ts';
import { adviceOf } from '../lib/evaluate/compare-advice.ts';
import type { CompareOptions } from '../lib/evaluate/compare-options.ts';
import { comparisonPage } from '../lib/evaluate/compare-page.ts';
import { columnsOf, formatComparison, sortedResults } from '../lib/evaluate/compare-table.ts';
import { type Comparison, paretoBest } from '../lib/evaluate/comparison.ts';
import '../lib/index.ts';
import { describeMachine } from './framework/report.ts';

interface DataSet {
  readonly name: string;
  readonly title: string;
  readonly values: Float32Array;
  readonly options: CompareOptions;
}

const IDX_HEADER_BYTES = 16;
const LABEL_HEADER_BYTES = 8;
const NPY_HEADER_BYTES = 10;

function unzipped(folder: string, start: string): Buffer | undefined {
  const file = readdirSync(folder).find((name) => name.startsWith(start) && name.endsWith('.gz'));
  return file === undefined ? undefined : gunzipSync(readFileSync(join(folder, file)));
}

function descriptors(folder: string): DataSet | undefined {
  const lines = unzipped(folder, 'sift10k-128')?.toString('latin1').trim().split('\n');
  if (lines === undefined) return undefined;
  const values = Float32Array.from(
    lines.flatMap((line) => line.split(',').slice(0, 128).map(Number)),
  );
  return { name: 'sift', title: 'SIFT', values, options: { dim: 128, metric: 'l2' } };
}

function images(folder: string, name: string, title: string): DataSet | undefined {
  const file = unzipped(folder, `${name}-train-images-idx3-ubyte`);
  const labels = unzipped(folder, `${name}-train-labels-idx1-ubyte`)?.subarray(LABEL_HEADER_BYTES);
  if (file === undefined) return undefined;
  const values = Float32Array.from(file.subarray(IDX_HEADER_BYTES));
  const given = labels === undefined ? {} : { labels };
  return { name, title, values, options: { dim: 784, metric: 'l2', ...given } };
}

/** A matrix of float32 in the numpy format. */
function matrix(folder: string, start: string, name: string, title: string): DataSet | undefined {
  const file = unzipped(folder, start);
  if (file === undefined) return undefined;
  const begin = NPY_HEADER_BYTES + file.readUInt16LE(NPY_HEADER_BYTES - 2);
  const header = file.toString('latin1', NPY_HEADER_BYTES, begin);
  const dim = Number(/'shape': \(\d+, (\d+)\)/.exec(header)?.[1]);
  const values = new Float32Array(Uint8Array.from(file.subarray(begin)).buffer);
  return { name, title, values, options: { dim, metric: 'cosine' } };
}

function* sets(folder: string): Iterable<DataSet> {
  const found = [
    () => descriptors(folder),
    () => images(folder, 'mnist', 'MNIST'),
    () => images(folder, 'fashion', 'Fashion-MNIST'),
    () => matrix(folder, 'bbc-news', 'minilm', 'MiniLM sentence embeddings'),
    () => matrix(folder, 'cohere', 'cohere', 'Cohere text embeddings'),
  ];
  for (const read of found) {
    const set = read();
    if (set !== undefined) yield set;
  }
}

function markdownTable(comparison: Comparison): string[] {
  const columns = columnsOf(comparison);
  const best = paretoBest(comparison);
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    row(columns.map(({ title }) => title)),
    row(columns.map(({ isText }) => (isText ? '---' : '---:'))),
    ...sortedResults(comparison).map((result) => {
      const cells = columns.map((column) => column.cell(result));
      if (best.has(result)) cells[0] = `**${cells[0]}**`;
      return row(cells);
    }),
  ];
}

function chosen(variable: string): readonly string[] | undefined {
  return process.env[variable]?.split(',');
}

async function main(folder: string, out: string): Promise<void> {
  mkdirSync(out, { recursive: true });
  const hashers = chosen('HASHERS');
  const names = chosen('SETS');
  const { cpu, node } = describeMachine();
  const documents: string[] = [`${cpu}, Node ${node}`, ''];
  for (const { name, title, values, options } of sets(folder)) {
    if (names !== undefined && !names.includes(name)) continue;
    const given = hashers === undefined ? {} : { hashers };
    const comparison = await compare(values, { ...options, title, seed: 1, ...given });
    console.log(formatComparison(comparison));
    writeFileSync(join(out, `${name}.json`), JSON.stringify(comparison));
    writeFileSync(join(out, `${name}.html`), await comparisonPage(comparison));
    documents.push(`## ${title}`, '', adviceOf(comparison), '', ...markdownTable(comparison), '');
    writeFileSync(join(out, 'tables.md'), documents.join('\n'));
  }
}

const [folder, out = 'bench/results/choosing'] = process.argv.slice(2);
if (folder === undefined)
  throw new TypeError('choosing needs the folder of the data sets, got none');
await main(folder, out);
