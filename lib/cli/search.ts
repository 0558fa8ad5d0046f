/** `flyhash search`: nearest neighbours of the rows of a file, in an index, in codes, or among vectors. */

import { Command, InvalidArgumentError } from 'commander';
import { inputOptions, vectorFormat } from './input-options.ts';
import { runCommand, wholeNumber } from './run.ts';
import type { ResultFormat, SearchFileOptions } from './search-file.ts';

const FORMATS: readonly ResultFormat[] = ['ndjson', 'csv', 'npy'];

function resultFormat(text: string): ResultFormat {
  const found = FORMATS.find((format) => format === text);
  if (found !== undefined) return found;
  throw new InvalidArgumentError(`It must be one of ${FORMATS.join(', ')}.`);
}

/** The command. */
export function searchCommand(): Command {
  const command = new Command('search')
    .description(
      'Find the nearest rows of an index, of codes or of vectors for each query of --in.',
    )
    .option('--index <file>', 'an index, or codes, that flyhash saved')
    .option(
      '--codes <file>',
      'codes that flyhash hash wrote: .npy with its manifest, or .safetensors',
    )
    .option('--vectors <file>', 'vectors, re-ranked by themselves')
    .option('--vectors-format <name>', 'of --vectors; default: by the ending', vectorFormat)
    .option('--vectors-column <name>', 'column or field of the vectors of --vectors')
    .option('--vectors-key <name>', 'column or field of their keys, which results then have')
    .option(
      '--model <file>',
      'the hasher of the codes; for --vectors, one that is used instead of the default',
    )
    .option('--k <n>', 'neighbours of each query', wholeNumber, 10);
  return inputOptions(command)
    .option('--metric <name>', 'for --vectors: cosine (default), l2 or dot')
    .option(
      '--shortlist <n>',
      'for --vectors: rows found by code that are compared exactly',
      wholeNumber,
    )
    .option('--out <file>', "where the results go; '-' is standard output", '-')
    .option(
      '--out-format <name>',
      'ndjson, csv, or npy (ids only); default: by the ending, or ndjson',
      resultFormat,
    )
    .option('--save-index <file>', 'also save the index')
    .option('--threads <n>', 'default: what the machine has', wholeNumber)
    .addHelpText('after', EXAMPLES)
    .action((options: SearchFileOptions) =>
      runCommand(async (running) => {
        const { searchFile } = await import('./search-file.ts');
        await searchFile(options, running);
      }),
    );
}

const EXAMPLES = `
Examples:
  $ flyhash search --vectors embeddings.npy --in queries.npy --k 10 > neighbours.ndjson
  $ flyhash search --codes codes.npy --model m.safetensors --in queries.npy --out neighbours.csv
  $ flyhash search --index index.safetensors --in queries.ndjson --column embedding --key id`;
