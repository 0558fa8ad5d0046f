/** `flyhash eval`: the protocols of the papers on files of vectors, one subcommand each. */

import { Command } from 'commander';
import type { Labels } from '../evaluate/labels.ts';
import type { EvaluationReport } from '../evaluate/report.ts';
import type { VectorTable } from '../files/vector-tables.ts';
import { writeText } from './output.ts';
import { anyNumber, names, type Running, runCommand, wholeNumber, wholeNumbers } from './run.ts';

/** The options of all protocols, as commander gives them. */
interface EvalOptions {
  vectors: string[];
  labels?: string[];
  k?: number[];
  methods?: string[];
  repeats?: number;
  seed?: number;
  threads?: number;
  json?: string;
  dataset?: string;
  queries?: number;
  neighbors?: number;
  perClass?: number;
  places?: number;
  activity?: number;
  metric?: string;
  shortlist?: number;
}

type Settings = Record<string, unknown>;
type Evaluate = (
  data: VectorTable,
  labels: Labels,
  settings: Settings,
) => Promise<EvaluationReport>;

/** The options that were given, under the names of the library. */
function settingsOf(options: EvalOptions, { signal, onProgress }: Running, dim: number): Settings {
  const { vectors, labels, k, json, ...rest } = options;
  const given = Object.entries({ hashLengths: k, ...rest }).filter(
    ([, value]) => value !== undefined,
  );
  return { ...Object.fromEntries(given), dim, signal, onProgress };
}

async function evaluate(options: EvalOptions, protocol: Evaluate): Promise<void> {
  await runCommand(async (running) => {
    const { readLabels, readTable } = await import('../files/vector-tables.ts');
    const { formatReport } = await import('../evaluate/report.ts');
    const data = await readTable(options.vectors, { signal: running.signal });
    const labels = options.labels === undefined ? [] : await readLabels(options.labels);
    const report = await protocol(data, labels, settingsOf(options, running, data.dim));
    if (options.json !== undefined) {
      await writeText(options.json, `${JSON.stringify(report, undefined, 2)}\n`);
    }
    if (options.json !== '-') process.stdout.write(formatReport(report));
  });
}

function protocolCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .requiredOption('--vectors <file...>', '.npy, idx, .fvecs, .bvecs, .csv, or with .gz; joined')
    .option('--k <lengths>', 'hash lengths, such as 2,4,8', wholeNumbers)
    .option('--methods <names>', 'which methods, between semicolons; default all', names)
    .option('--repeats <n>', 'evaluations with other queries and models; default 1', wholeNumber)
    .option('--seed <n>', 'decides queries and models; default 0', wholeNumber)
    .option('--threads <n>', 'default: what the machine has', wholeNumber)
    .option(
      '--json <file>',
      "also write the report as JSON; '-' for JSON alone on standard output",
    );
}

const library = () => import('../evaluate/index.ts');

const bioHashCommand = (): Command =>
  protocolCommand('biohash', 'labels as truth (BioHash, 2020): mAP@All or mAP@N')
    .requiredOption('--labels <file...>', 'one label a row: idx, .npy, or a line each of .txt')
    .option('--dataset <name>', "'mnist' shows the figures of the paper")
    .option('--per-class <n>', 'queries of each class; default 100', wholeNumber)
    .option('--places <n>', 'mAP@N over hits instead of mAP@All', wholeNumber)
    .option('--activity <share>', 'active units of BioHash; default 0.05', anyNumber)
    .action((options: EvalOptions) =>
      evaluate(options, async (data, labels, settings) =>
        (await library()).bioHash(data.values, labels, settings),
      ),
    );

const scienceCommand = (): Command =>
  protocolCommand('science2017', 'neighbours by fly tags (Science, 2017): AP over hits')
    .option('--dataset <name>', "'sift' or 'mnist' shows the figures of the paper")
    .option('--queries <n>', 'default 1000', wholeNumber)
    .option('--neighbors <n>', 'true neighbours; default 2 % of the rows', wholeNumber)
    .action((options: EvalOptions) =>
      evaluate(options, async (data, _, settings) =>
        (await library()).science2017(data.values, settings),
      ),
    );

const denseFlyCommand = (): Command =>
  protocolCommand('densefly', 'neighbours by dense codes (DenseFly, 2018): list overlap')
    .option('--queries <n>', 'default 1000', wholeNumber)
    .option('--neighbors <n>', 'true neighbours; default 2 % of the rows', wholeNumber)
    .action((options: EvalOptions) =>
      evaluate(options, async (data, _, settings) =>
        (await library()).denseFly(data.values, settings),
      ),
    );

const recallCommand = (): Command =>
  protocolCommand('recall', 'nearest neighbours, with and without re-ranking')
    .option('--metric <name>', 'l2 (default), cosine or dot')
    .option('--queries <n>', 'default 200', wholeNumber)
    .option('--neighbors <n>', 'true neighbours; default 10', wholeNumber)
    .option('--shortlist <n>', 'codes that are re-ranked; default 100', wholeNumber)
    .option('--activity <share>', 'active units of BioHash; default 0.05', anyNumber)
    .action((options: EvalOptions) =>
      evaluate(options, async (data, _, settings) =>
        (await library()).neighborRecall(data.values, settings),
      ),
    );

const EXAMPLES = `
Examples:
  $ flyhash eval biohash --dataset mnist \\
      --vectors mnist-train-images-idx3-ubyte.gz mnist-t10k-images-idx3-ubyte.gz \\
      --labels mnist-train-labels-idx1-ubyte.gz mnist-t10k-labels-idx1-ubyte.gz
  $ flyhash eval science2017 --vectors sift10k-128.csv.gz --dataset sift --k 4 --repeats 5
  $ flyhash eval recall --vectors embeddings.npy --metric cosine --json report.json`;

/** The command with its subcommands. */
export function evalCommand(): Command {
  const command = new Command('eval').description(
    'Evaluate hashes by the protocols of the papers; each prints its definition of average precision.',
  );
  const protocols = [bioHashCommand(), scienceCommand(), denseFlyCommand(), recallCommand()];
  for (const each of protocols) command.addCommand(each);
  return command.addHelpText('after', EXAMPLES);
}
