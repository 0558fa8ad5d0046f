/** `flyhash hash`: vectors to codes with a saved model, as a batch over files or as a filter between programs. */

import { Command } from 'commander';
import type { HashFileOptions } from './hash-file.ts';
import { codeFormat, inputOptions } from './input-options.ts';
import { runCommand, wholeNumber } from './run.ts';

/** The command. */
export function hashCommand(): Command {
  const command = new Command('hash')
    .description('Hash vectors to codes with a saved model, in constant memory.')
    .requiredOption('--model <file>', 'a hasher that flyhash saved: flyhash train, or save()');
  return inputOptions(command)
    .option('--out <file>', "where the codes go; '-' is standard output", '-')
    .option(
      '--out-format <name>',
      'npy, raw, hex, base64, ndjson or safetensors; default: by the ending, hex lines on standard output',
      codeFormat,
    )
    .option('--manifest <file>', 'where the manifest goes; default: beside --out')
    .option('--no-manifest', 'write no manifest')
    .option('--threads <n>', 'default: what the machine has', wholeNumber)
    .option('--json', 'print the manifest on standard output when a file was written')
    .addHelpText('after', EXAMPLES)
    .action((options: HashFileOptions) =>
      runCommand(async (running) => {
        const { hashFile } = await import('./hash-file.ts');
        await hashFile(options, running);
      }),
    );
}

const EXAMPLES = `
A manifest beside the output tells rows, model and SHA-256; without one, the output was not finished.

Examples:
  $ flyhash hash --model m.safetensors --in a.npy --out codes.npy
  $ flyhash hash --model m.safetensors --in a.npy --shard 3/16 --out codes-3.raw     # one of 16 machines
  $ flyhash join codes-*.raw --out codes.raw                                         # checked, all or nothing
  $ zcat texts.jsonl.gz | flyhash hash --model m.safetensors --column embedding > codes.hex
  $ flyhash hash --model m.safetensors --format f32 --out-format raw < a.f32 > codes.raw`;
