/** Vectors that a command reads: from a file or standard input, all rows or a share of them, the next block on its way. */

import { basename } from 'node:path';
import { wrongValue } from '../errors.ts';
import { openVectors, type VectorFile } from '../files/open-vectors.ts';
import { untilAborted } from '../files/sources.ts';
import type { VectorBlock } from '../files/vector-block.ts';
import type { InputOptions, RowRange } from './input-options.ts';

/** What stands for standard input in errors and manifests. */
const STANDARD_INPUT = 'standard input';

/** Opens what --in names; `dim` is what rows must have, where that is known. */
export async function openInput(options: InputOptions, dim?: number): Promise<VectorFile> {
  const isStandard = options.in === '-';
  const origin = isStandard ? { stream: process.stdin, name: STANDARD_INPUT } : options.in;
  const file = await openVectors(origin, {
    format: options.format ?? (isStandard ? 'ndjson' : undefined),
    dim,
    column: options.column,
    keyColumn: options.key,
  });
  if (dim !== undefined && file.dim !== undefined && file.dim !== dim) {
    await file.close();
    throw wrongDim(file.name, dim, file.dim);
  }
  return file;
}

export function wrongDim(name: string, dim: number, got: number): RangeError {
  return wrongValue(`${name}: numbers of a row`, `${dim}, as the model has`, got);
}

/** The name of an input without folders. */
export function inputName(file: VectorFile): string {
  return basename(file.name);
}

/** The rows that --rows or --shard asks for. */
export function rangeOf(file: VectorFile, { rows, shard }: InputOptions): RowRange {
  const { rows: all } = file;
  if (shard === undefined) {
    const { first, end } = rows ?? { first: 0, end: Number.MAX_SAFE_INTEGER };
    if (all === undefined) return { first, end };
    if (first > all) throw wrongValue(`--rows of ${file.name}`, `within its ${all} rows`, first);
    return { first, end: Math.min(end, all) };
  }
  if (all === undefined) {
    const expected = `a file that says how many rows it has (use --rows for ${file.format})`;
    throw wrongValue('the input of --shard', expected, file.name);
  }
  const place = (share: number): number => Number((BigInt(all) * BigInt(share)) / BigInt(shard.of));
  return { first: place(shard.shard), end: place(shard.shard + 1) };
}

/** The blocks of a range, each asked for while the one before is used, and checked for dim. */
export async function* blocksAhead(
  file: VectorFile,
  { first, end }: RowRange,
  dim: number | undefined,
  signal: AbortSignal,
): AsyncGenerator<VectorBlock, void, undefined> {
  const blocks = untilAborted(file.blocks(first, end), signal);
  const ask = (): Promise<IteratorResult<VectorBlock, void>> => {
    const next = blocks.next();
    next.catch(() => {}); // its failure waits until its turn
    return next;
  };
  for (let next = ask(); ; ) {
    const { done, value } = await next;
    if (done === true) return;
    if (dim !== undefined && value.dim !== dim) throw wrongDim(file.name, dim, value.dim);
    next = ask();
    yield value;
  }
}

/** Throws where a number of a block is not finite; `first` is its first row in the file. */
export function checkFinite({ values, dim }: VectorBlock, name: string, first: number): void {
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  const at = `row ${first + Math.floor(bad / dim)}, column ${bad % dim}`;
  throw wrongValue(`${name}: ${at}`, 'finite', values[bad]);
}
