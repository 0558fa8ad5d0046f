/** `flyhash join`: codes that were hashed in parts, as one file that is complete or an error. */

import { Command } from 'commander';
import type { JoinOptions } from './join-files.ts';
import { runCommand } from './run.ts';

/** The command. */
export function joinCommand(): Command {
  return new Command('join')
    .description('Put codes that were hashed in parts together, if they are complete.')
    .argument('<codes...>', 'files that flyhash hash wrote, with their manifests beside them')
    .option('--out <file>', "where the codes go; '-' is standard output", '-')
    .option('--json', 'print the manifest on standard output when a file was written')
    .addHelpText(
      'after',
      `
Shares of one input (--rows, --shard) may be named in any order; whole inputs are joined in the order that they are named.

Examples:
  $ flyhash join codes-*.raw --out codes.raw
  $ flyhash join january.npy february.npy --out winter.npy`,
    )
    .action((paths: string[], options: JoinOptions) =>
      runCommand(async (running) => {
        const { joinFiles } = await import('./join-files.ts');
        await joinFiles(paths, options, running);
      }),
    );
}
