/** `flyhash train`: hashers from vectors, one subcommand a kind, their options those of the library. */

import { Command } from 'commander';
import { rowRange, vectorFormat } from './input-options.ts';
import { anyNumber, runCommand, wholeNumber } from './run.ts';
import type { ModelName, TrainOptions } from './train-model.ts';

function modelCommand(name: ModelName, description: string): Command {
  return new Command(name)
    .description(description)
    .requiredOption('--out <file>', 'where the model goes')
    .option('--in <file...>', "vectors to learn from, or to take dim from; '-' is standard input")
    .option('--format <name>', 'of the vectors; default: by the ending', vectorFormat)
    .option('--column <name>', 'column or field of the vectors (Parquet, Arrow, JSON lines)')
    .option('--rows <first..end>', 'only these rows of each file', rowRange)
    .option(
      '--dim <n>',
      'numbers of a vector, where there are no vectors or they do not say',
      wholeNumber,
    )
    .option('--json', 'print kind, parameters and SHA-256 as JSON')
    .action((options: TrainOptions) =>
      runCommand(async (running) => {
        const { trainModel } = await import('./train-model.ts');
        await trainModel(name, options, running);
      }),
    );
}

const seeded = (command: Command): Command =>
  command.option('--seed <n>', 'decides what is random; default 0', wholeNumber);

const binaryQuantizer = (): Command =>
  modelCommand('binary-quantizer', 'the sign of each number, after a threshold').option(
    '--thresholds <kind>',
    'zero, mean or median (default)',
  );

const simHash = (): Command =>
  seeded(modelCommand('simhash', 'signs of random projections, centred on the vectors'))
    .requiredOption('--bits <n>', 'bits of a code', wholeNumber)
    .option('--projection <kind>', 'gaussian (default), orthogonal or hadamard')
    .option('--thresholds <kind>', 'zero (default), mean or median of the projected vectors')
    .option('--no-center', 'leave the mean of the vectors where it is')
    .option('--random', 'learn nothing from the vectors');

const flyHash = (): Command =>
  seeded(modelCommand('flyhash', "the fly's sparse codes, at random (needs only dim)"))
    .option('--units <n>', 'units; default 10 x dim', wholeNumber)
    .option('--active <n>', 'active units of a code', wholeNumber)
    .option('--fan-in <n>', 'numbers that a unit sums; default a tenth of dim', wholeNumber);

const denseFly = (): Command =>
  seeded(modelCommand('densefly', "signs of the fly's sparse sums, at random (needs only dim)"))
    .requiredOption('--bits <n>', 'bits of a code', wholeNumber)
    .option('--fan-in <n>', 'numbers that a bit sums; default a tenth of dim', wholeNumber);

const itq = (): Command =>
  seeded(modelCommand('itq', 'signs of learnt directions, turned to lose least'))
    .requiredOption('--bits <n>', 'bits of a code', wholeNumber)
    .option('--iterations <n>', 'turns of the rotation', wholeNumber)
    .option('--sample <n>', 'rows that the rotation is learnt from', wholeNumber)
    .option('--threads <n>', 'default: what the machine has', wholeNumber);

const competing = (command: Command): Command =>
  seeded(command)
    .option('--trainer <name>', "em (default) or sgd, the paper's rule")
    .option('--iterations <n>', 'of em', wholeNumber)
    .option('--restarts <n>', 'of em', wholeNumber)
    .option('--epochs <n>', 'of sgd', wholeNumber)
    .option('--batch-size <n>', 'of sgd', wholeNumber)
    .option('--rate <x>', 'of sgd', anyNumber)
    .option('--threads <n>', 'default: what the machine has', wholeNumber);

const bioHash = (): Command =>
  competing(modelCommand('biohash', 'learnt units compete, the winners are the code'))
    .requiredOption('--units <n>', 'units', wholeNumber)
    .option('--active <n>', 'winners of a code', wholeNumber);

const naiveBioHash = (): Command =>
  competing(
    modelCommand('naive-biohash', 'signs of as many competing units as bits'),
  ).requiredOption('--bits <n>', 'bits of a code', wholeNumber);

/** The command with its subcommands. */
export function trainCommand(): Command {
  const command = new Command('train').description('Make a hasher from vectors and save it.');
  const models = [
    simHash(),
    itq(),
    binaryQuantizer(),
    flyHash(),
    denseFly(),
    bioHash(),
    naiveBioHash(),
  ];
  for (const each of models) command.addCommand(each);
  return command.addHelpText(
    'after',
    `
Examples:
  $ flyhash train simhash --in embeddings.npy --bits 256 --projection orthogonal --out m.safetensors
  $ flyhash train itq --in embeddings.parquet --column embedding --bits 64 --out m.safetensors
  $ flyhash train biohash --in day-1.npy day-2.npy --units 4000 --active 32 --out m.safetensors
  $ flyhash train flyhash --dim 768 --units 7680 --active 64 --seed 1 --out m.safetensors`,
  );
}
