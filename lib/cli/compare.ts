/** `flyhash compare`: which hash for these vectors, as a table, JSON, and a page with charts. */

import { basename } from 'node:path';
import { Command } from 'commander';
import type { CompareOptions } from '../evaluate/compare-options.ts';
import { writeText } from './output.ts';
import { names, type Running, runCommand, wholeNumber, wholeNumbers } from './run.ts';

interface Options {
  labels?: string[];
  json?: string;
  html?: string;
  k?: number;
  metric?: string;
  queries?: number;
  seed?: number;
  sizes?: number[];
  hashers?: string[];
  shortlists?: number[];
  threads?: number;
  repeats?: number;
  title?: string;
}

async function compareFiles(paths: string[], options: Options, running: Running): Promise<void> {
  const { readLabels, readTable } = await import('../files/vector-tables.ts');
  const { compare, comparisonPage, formatComparison } = await import('../evaluate/index.ts');
  const { labels, json, html, ...rest } = options;
  const data = await readTable(paths, { signal: running.signal });
  const given = Object.entries(rest).filter(([, value]) => value !== undefined);
  const settings = {
    title: paths.map((path) => basename(path)).join(', '),
    ...Object.fromEntries(given),
  };
  const comparison = await compare(data.values, {
    ...(settings as CompareOptions),
    ...(labels === undefined ? {} : { labels: (await readLabels(labels)) as string[] }),
    ...{ dim: data.dim, signal: running.signal, onProgress: running.onProgress },
  });
  // Before anything is written: a page that cannot be drawn must not leave the JSON of a failed run.
  const page = html === undefined ? undefined : await comparisonPage(comparison);
  if (json !== undefined) await writeText(json, `${JSON.stringify(comparison, undefined, 2)}\n`);
  if (html !== undefined && page !== undefined) await writeText(html, page);
  if (json !== '-') process.stdout.write(formatComparison(comparison));
}

/** The command. */
export function compareCommand(): Command {
  return new Command('compare')
    .description('Try the hashers on your own vectors: recall against bytes and against speed.')
    .argument('<vectors...>', '.npy, idx, .fvecs, .bvecs, .csv, or one of them with .gz; joined')
    .option('--labels <file...>', 'one label a row: idx, .npy, or a line each of .txt')
    .option('--metric <name>', 'cosine (default), l2 or dot')
    .option('--k <n>', 'neighbours wanted; default 10', wholeNumber)
    .option('--queries <n>', 'rows taken out as queries; default 200', wholeNumber)
    .option('--sizes <bytes>', 'bytes of a code to try, such as 16,32,64', wholeNumbers)
    .option('--hashers <names>', 'methods to try, between commas; default all', names)
    .option('--shortlists <rows>', 'rows to re-rank, such as 50,100,400', wholeNumbers)
    .option('--threads <n>', 'default 1, so that speeds are those of one core', wholeNumber)
    .option('--repeats <n>', 'timings that each speed is the median of; default 5', wholeNumber)
    .option('--seed <n>', 'decides queries and random hashers; default 0', wholeNumber)
    .option('--title <text>', 'what the table and the page are headed with')
    .option('--json <file>', "write the comparison as JSON; '-' for JSON alone on standard output")
    .option(
      '--html <file>',
      'write a page with charts that needs no network (wants the package echarts)',
    )
    .addHelpText(
      'after',
      `
Examples:
  $ flyhash compare embeddings.npy
  $ flyhash compare embeddings.npy --labels labels.txt --html compare.html --json compare.json
  $ flyhash compare sift.fvecs --metric l2 --sizes 16,32,64 --hashers simhash-hadamard,itq`,
    )
    .action((paths: string[], options: Options) =>
      runCommand((running) => compareFiles(paths, options, running)),
    );
}
