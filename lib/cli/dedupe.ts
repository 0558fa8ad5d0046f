/** `flyhash dedupe`: near duplicates among vectors or codes, by the bits in which their codes differ. */

import { Command, InvalidArgumentError } from 'commander';
import type { DedupeFileOptions, DedupeResult } from './dedupe-file.ts';
import { inputOptions } from './input-options.ts';
import { runCommand, wholeNumber } from './run.ts';

const RESULTS: readonly DedupeResult[] = ['pairs', 'groups', 'keep'];

function dedupeResult(text: string): DedupeResult {
  const found = RESULTS.find((result) => result === text);
  if (found !== undefined) return found;
  throw new InvalidArgumentError(`It must be one of ${RESULTS.join(', ')}.`);
}

const EXAMPLES = `
Every pair is found: nothing is left to chance but the hash. Groups link rows through others, so rows of one group may be
further apart than the radius.

Examples:
  $ flyhash dedupe --in embeddings.npy --model m.safetensors --radius 12 > pairs.ndjson
  $ flyhash dedupe --codes codes.npy --radius 3 --result groups --out groups.ndjson
  $ flyhash dedupe --in pages.ndjson --key url --model m.safetensors --radius 8 --result keep`;

/** The command. */
export function dedupeCommand(): Command {
  const command = new Command('dedupe')
    .description('Find near duplicates: rows whose codes differ in at most --radius bits.')
    .requiredOption('--radius <bits>', 'most bits in which codes of a pair differ', wholeNumber)
    .option('--model <file>', 'the hasher, for vectors')
    .option('--codes <file>', 'codes instead of vectors: .npy with its manifest, or .safetensors');
  return inputOptions(command)
    .option(
      '--result <what>',
      'pairs; groups; or keep, the first row of each group',
      dedupeResult,
      'pairs',
    )
    .option('--out <file>', "where JSON lines go; '-' is standard output", '-')
    .option('--threads <n>', 'default: what the machine has', wholeNumber)
    .addHelpText('after', EXAMPLES)
    .action((options: DedupeFileOptions) =>
      runCommand(async (running) => {
        const { dedupeFile } = await import('./dedupe-file.ts');
        await dedupeFile(options, running);
      }),
    );
}
