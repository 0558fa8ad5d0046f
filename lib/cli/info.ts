/** `flyhash info`: what files are: models, codes and indexes with their parameters and checksum, and files of vectors. */

import { Command } from 'commander';
import type { InfoOptions } from './describe-file.ts';
import { vectorFormat } from './input-options.ts';
import { runCommand } from './run.ts';

/** The command. */
export function infoCommand(): Command {
  return new Command('info')
    .description('Tell what files are: models, codes, indexes, and vectors.')
    .argument('<files...>', '.safetensors files that flyhash saved, and files of vectors')
    .option('--format <name>', 'of vectors; default: by the ending', vectorFormat)
    .option('--column <name>', 'column or field of the vectors (Parquet, Arrow, JSON lines)')
    .option('--json', 'a line of JSON a file')
    .addHelpText(
      'after',
      `
A file that is damaged is an error: the checksum is compared, and vectors are read to their end.

Examples:
  $ flyhash info m.safetensors codes.safetensors
  $ flyhash info --json embeddings.npy`,
    )
    .action((paths: string[], options: InfoOptions) =>
      runCommand(async (running) => {
        const { describeFiles } = await import('./describe-file.ts');
        await describeFiles(paths, options, running);
      }),
    );
}
