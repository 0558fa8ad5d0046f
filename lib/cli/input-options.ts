/** The options of commands that read vectors, and of those that write codes. */

import { type Command, InvalidArgumentError } from 'commander';
import { VECTOR_FORMATS, type VectorFormat } from '../files/vector-formats.ts';
import { CODE_FORMATS, type CodeFormat } from './code-endings.ts';
import { wholeNumber } from './run.ts';

/** Rows from first to before end. */
export interface RowRange {
  readonly first: number;
  readonly end: number;
}

/** One of several shares of all rows, counted from 0. */
export interface Shard {
  readonly shard: number;
  readonly of: number;
}

/** `a..b`: rows a to before b; either may be left out. */
export function rowRange(text: string): RowRange {
  const found = /^(\d*)\.\.(\d*)$/.exec(text);
  const first = wholeNumber(found?.[1] || '0');
  const end = found?.[2] ? wholeNumber(found[2]) : Number.MAX_SAFE_INTEGER;
  if (found !== null && first <= end) return { first, end };
  throw new InvalidArgumentError('It must be first..end, such as 0..1000 or 1000.. for the rest.');
}

/** `i/n`: share i, from 0, of n. */
export function shardOf(text: string): Shard {
  const [shard, of] = text.split('/').map(Number);
  if (/^\d+\/\d+$/.test(text) && of > 0 && shard < of) return { shard, of };
  throw new InvalidArgumentError('It must be i/n, i from 0 to n - 1.');
}

/** A format of files of vectors. */
export function vectorFormat(text: string): VectorFormat {
  const found = VECTOR_FORMATS.find((format) => format === text);
  if (found !== undefined) return found;
  throw new InvalidArgumentError(`It must be one of ${VECTOR_FORMATS.join(', ')}.`);
}

/** What a command is told of its input. */
export interface InputOptions {
  readonly in: string;
  readonly format?: VectorFormat;
  readonly column?: string;
  readonly key?: string;
  readonly rows?: RowRange;
  readonly shard?: Shard;
}

/** A form of codes. */
export function codeFormat(text: string): CodeFormat {
  const found = CODE_FORMATS.find((format) => format === text);
  if (found !== undefined) return found;
  throw new InvalidArgumentError(`It must be one of ${CODE_FORMATS.join(', ')}.`);
}

/** The options that say which vectors are read. */
export function inputOptions(command: Command): Command {
  return command
    .option('--in <file>', "vectors; '-' is standard input, JSON lines unless --format says", '-')
    .option(
      '--format <name>',
      'npy, idx, fvecs, ivecs, bvecs, csv, ndjson, f32, parquet, arrow, word2vec or word2vec-binary; default: by the ending',
      vectorFormat,
    )
    .option('--column <name>', 'column or field of the vectors (Parquet, Arrow, JSON lines)')
    .option('--key <name>', 'column or field of the keys, for output as JSON lines')
    .option('--rows <first..end>', 'only these rows, such as 0..1000', rowRange)
    .option('--shard <i/n>', 'only share i, from 0, of n equal shares of the rows', shardOf);
}
