/**
 * The work of `flyhash dedupe`: all pairs of rows whose codes differ in at most some bits, found exactly, as pairs, as groups
 * of rows that are linked by pairs, or as the rows that stay when one of each group is kept.
 */

import { BitCodes } from '../codes/bit-codes.ts';
import { FlyhashError, wrongKind } from '../errors.ts';
import { HammingIndex } from '../index.ts';
import type { Codes } from './code-formats.ts';
import { DuplicateGroups } from './duplicate-groups.ts';
import { loadCodes } from './indexes.ts';
import type { InputOptions } from './input-options.ts';
import { loadHasher, type Model } from './models.ts';
import { type Output, writeOutput } from './output.ts';
import type { Running } from './run.ts';
import { blocksAhead, checkFinite, openInput, rangeOf } from './vector-input.ts';

/** What is written. */
export const DEDUPE_RESULTS = ['pairs', 'groups', 'keep'] as const;
export type DedupeResult = (typeof DEDUPE_RESULTS)[number];

/** What the command is told. */
export interface DedupeFileOptions extends Omit<InputOptions, 'in'> {
  readonly in?: string;
  readonly codes?: string;
  readonly model?: string;
  readonly radius: number;
  readonly result: DedupeResult;
  readonly out: string;
  readonly threads?: number;
}

/** Lines that are written at a time. */
const LINES = 4096;

type Key = number | string;

/** Rows to be compared, and what they are called. */
interface Rows {
  readonly index: HammingIndex;
  nameOf(row: number): Key;
}

const isDense = (codes: Codes, name: string): codes is BitCodes => {
  if (codes instanceof BitCodes) return true;
  throw new FlyhashError('ERR_WRONG_KIND', `${name} must be bit codes, got sparse ones`);
};

async function hashed(options: DedupeFileOptions, model: Model, running: Running): Promise<Rows> {
  const { hasher } = model;
  const none = hasher.hash(new Float32Array(0));
  if (!isDense(none, options.model ?? 'the model')) throw new Error('internal: no bit codes');
  const index = HammingIndex.create({ bits: none.bits });
  const names: Key[] = [];
  const file = await openInput({ ...options, in: options.in ?? '-' }, hasher.dim);
  try {
    const range = rangeOf(file, { ...options, in: file.name });
    for await (const block of blocksAhead(file, range, hasher.dim, running.signal)) {
      const codes = await hasher
        .hashAsync(block.values, { signal: running.signal })
        .catch((error: unknown) => {
          if (!running.signal.aborted) checkFinite(block, file.name, range.first + index.size);
          throw error;
        });
      index.add(codes as BitCodes);
      if (block.keys !== undefined) names.push(...block.keys);
    }
    return { index, nameOf: (row) => names[row] ?? range.first + row };
  } finally {
    await file.close();
  }
}

async function openRows(options: DedupeFileOptions, running: Running): Promise<Rows> {
  const model =
    options.model === undefined ? undefined : await loadHasher(options.model, running.signal);
  if (options.codes !== undefined) {
    const codes = await loadCodes(options.codes, running.signal, model);
    if (!isDense(codes, options.codes)) throw new Error('internal: no bit codes');
    const index = HammingIndex.create({ bits: codes.bits });
    index.add(codes);
    return { index, nameOf: (row) => row };
  }
  if (model === undefined)
    throw wrongKind('--model', 'given for vectors, or --codes instead', undefined);
  return hashed(options, model, running);
}

async function writePairs(
  { index, nameOf }: Rows,
  output: Output,
  options: DedupeFileOptions,
  { signal, onProgress }: Running,
): Promise<number> {
  let found = 0;
  const threads = options.threads === undefined ? {} : { threads: options.threads };
  for await (const pairs of index.selfJoin(options.radius, { signal, ...threads })) {
    for (let start = 0; start < pairs.count; start += LINES) {
      let text = '';
      for (let i = start; i < Math.min(pairs.count, start + LINES); i++) {
        const [left, right] = [nameOf(pairs.left[i]), nameOf(pairs.right[i])];
        text += `${JSON.stringify({ left, right, distance: pairs.distances[i] })}\n`;
      }
      await output.put(text);
    }
    found += pairs.count;
    onProgress({ done: found, unit: 'pairs' });
  }
  return found;
}

async function writeGroups(
  { index, nameOf }: Rows,
  output: Output,
  options: DedupeFileOptions,
  { signal, onProgress }: Running,
): Promise<number> {
  const groups = new DuplicateGroups(index.size);
  const threads = options.threads === undefined ? {} : { threads: options.threads };
  let found = 0;
  for await (const pairs of index.selfJoin(options.radius, { signal, ...threads })) {
    for (let i = 0; i < pairs.count; i++) groups.link(pairs.left[i], pairs.right[i]);
    found += pairs.count;
    onProgress({ done: found, unit: 'pairs' });
  }
  if (options.result === 'keep') return writeKept(groups, { index, nameOf }, output);
  let count = 0;
  for (const rows of groups.groups()) {
    await output.put(`${JSON.stringify({ group: rows.map(nameOf) })}\n`);
    count++;
  }
  return count;
}

async function writeKept(
  groups: DuplicateGroups,
  { index, nameOf }: Rows,
  output: Output,
): Promise<number> {
  let [count, text] = [0, ''];
  for (let row = 0; row < index.size; row++) {
    if (groups.first(row) === row) {
      text += `${JSON.stringify(nameOf(row))}\n`;
      count++;
    }
    if (row % LINES !== LINES - 1) continue;
    await output.put(text);
    text = '';
  }
  if (text !== '') await output.put(text);
  return count;
}

/** Finds duplicates. */
export async function dedupeFile(options: DedupeFileOptions, running: Running): Promise<void> {
  const rows = await openRows(options, running);
  let count = 0;
  await writeOutput(options.out, running.signal, async (output) => {
    const write = options.result === 'pairs' ? writePairs : writeGroups;
    count = await write(rows, output, options, running);
  });
  if (options.out === '-') return;
  const what = options.result === 'keep' ? 'rows that stay' : options.result;
  process.stdout.write(`${count} ${what} of ${rows.index.size} rows to ${options.out}\n`);
}
