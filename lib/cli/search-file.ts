/**
 * The work of `flyhash search`: the nearest rows of an index for every row of a file, block by block, as JSON lines, as CSV,
 * or as .npy arrays of ids.
 */

import { BitCodes } from '../codes/bit-codes.ts';
import { FlyhashError, wrongKind, wrongValue } from '../errors.ts';
import { npyHeader } from '../files/npy-header.ts';
import type { VectorBlock } from '../files/vector-block.ts';
import type { VectorFormat } from '../files/vector-formats.ts';
import { type HammingIndex, type InvertedIndex, type LshIndex, VectorIndex } from '../index.ts';
import type { Metric } from '../search/metric.ts';
import type { Neighbors } from '../search/neighbors.ts';
import { type AnyIndex, indexOfCodes, indexOfVectors, loadCodes, loadIndex } from './indexes.ts';
import type { InputOptions } from './input-options.ts';
import { loadHasher, type Model } from './models.ts';
import { type Output, writeOutput } from './output.ts';
import type { Running } from './run.ts';
import { blocksAhead, checkFinite, openInput, rangeOf } from './vector-input.ts';

/** Forms of results. */
export const RESULT_FORMATS = ['ndjson', 'csv', 'npy'] as const;
export type ResultFormat = (typeof RESULT_FORMATS)[number];

/** What the command is told; --in are the queries. */
export interface SearchFileOptions extends InputOptions {
  readonly index?: string;
  readonly codes?: string;
  readonly vectors?: string;
  readonly vectorsFormat?: VectorFormat;
  readonly vectorsColumn?: string;
  readonly vectorsKey?: string;
  readonly model?: string;
  readonly k: number;
  readonly metric?: Metric;
  readonly shortlist?: number;
  readonly out: string;
  readonly outFormat?: ResultFormat;
  readonly saveIndex?: string;
  readonly threads?: number;
}

/** What to search. */
async function openIndex(
  options: SearchFileOptions,
  model: Model | undefined,
  signal: AbortSignal,
): Promise<AnyIndex> {
  const { index, codes, vectors } = options;
  const given = [index, codes, vectors].filter((path) => path !== undefined);
  if (given.length !== 1) {
    const message = `one of --index, --codes and --vectors must be given, got ${given.length} of them`;
    throw new FlyhashError('ERR_FILE', message);
  }
  if (index !== undefined) return loadIndex(index, signal);
  if (codes !== undefined) return indexOfCodes(await loadCodes(codes, signal, model));
  const {
    vectorsFormat: format,
    vectorsColumn: column,
    vectorsKey: key,
    metric,
    shortlist,
  } = options;
  return indexOfVectors(vectors as string, model, {
    format,
    column,
    key,
    metric,
    shortlist,
    signal,
  });
}

/** Finds neighbours of vectors in an index of any kind. */
function finder(
  index: AnyIndex,
  model: Model | undefined,
  { k, threads }: SearchFileOptions,
  signal: AbortSignal,
) {
  const search = { signal, ...(threads === undefined ? {} : { threads }) };
  if (index instanceof VectorIndex)
    return async (values: Float32Array) => index.searchAsync(values, k, search);
  if (model === undefined)
    throw wrongKind('--model', 'given, the hasher that made the codes of the index', undefined);
  return async (values: Float32Array): Promise<Neighbors> => {
    const codes = await model.hasher.hashAsync(values, search);
    if (codes instanceof BitCodes)
      return (index as HammingIndex | LshIndex).searchAsync(codes, k, search);
    return (index as InvertedIndex).searchAsync(codes, k, search);
  };
}

/** Throws unless the codes of a model can be those of an index. */
function checkModel(index: AnyIndex, model: Model | undefined): void {
  if (model === undefined || index instanceof VectorIndex) return;
  const codes = model.hasher.hash(new Float32Array(0));
  const own =
    codes instanceof BitCodes
      ? `${codes.bits} bits`
      : `${codes.units} units, ${codes.active} active`;
  const wanted =
    'bits' in index ? `${index.bits} bits` : `${index.units} units, ${index.active} active`;
  if (own !== wanted)
    throw new FlyhashError(
      'ERR_WRONG_MODEL',
      `the model must have codes of ${wanted}, as the index has, got ${own}`,
    );
}

/** Lines of the results of a block; `first` is the row of the first query. */
function linesOf(
  found: Neighbors,
  queries: VectorBlock,
  first: number,
  format: ResultFormat,
): string {
  let text = '';
  for (let row = 0; row < found.rows; row++) {
    const query = queries.keys?.[row] ?? first + row;
    const at = row * found.k;
    const neighbors = Array.from({ length: found.counts[row] }, (_, i) => {
      const id = found.keys?.[at + i] ?? found.ids[at + i];
      return { id, distance: found.distances[at + i] };
    });
    if (format === 'ndjson') text += `${JSON.stringify({ query, neighbors })}\n`;
    else
      for (const [rank, { id, distance }] of neighbors.entries())
        text += `${cell(query)},${rank},${cell(id)},${distance}\n`;
  }
  return text;
}

/** A key as a cell of CSV (RFC 4180). */
function cell(key: number | string): string {
  const text = String(key);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function resultFormat({ out, outFormat }: SearchFileOptions): ResultFormat {
  if (outFormat !== undefined) return outFormat;
  const ending = /\.(\w+)$/.exec(out)?.[1];
  if (ending === 'csv' || ending === 'npy') return ending;
  if (out === '-' || ending === 'ndjson' || ending === 'jsonl') return 'ndjson';
  throw wrongValue(
    '--out',
    'a file of .ndjson, .jsonl, .csv or .npy, or to come with --out-format',
    out,
  );
}

async function writeResults(
  output: Output,
  options: SearchFileOptions,
  { index, model, running }: { index: AnyIndex; model: Model | undefined; running: Running },
): Promise<void> {
  const format = resultFormat(options);
  const find = finder(index, model, options, running.signal);
  const dim = index instanceof VectorIndex ? index.dim : model?.hasher.dim;
  const file = await openInput(options, dim);
  try {
    const range = rangeOf(file, options);
    const known = file.rows === undefined ? undefined : range.end - range.first;
    const { k } = await find(new Float32Array(0));
    let rows = 0;
    if (format === 'csv') await output.put('query,rank,id,distance\n');
    if (format === 'npy') {
      if (known === undefined && !output.canReplaceStart) {
        throw wrongValue(
          'the output for npy',
          'a file, where the rows are not known beforehand',
          'standard output',
        );
      }
      await output.put(npyHeader('<u4', known ?? 0, k));
    }
    for await (const block of blocksAhead(file, range, dim, running.signal)) {
      const found = await find(block.values).catch((error: unknown) => {
        if (!running.signal.aborted) checkFinite(block, file.name, range.first + rows);
        throw error;
      });
      if (format === 'npy')
        await output.put(
          new Uint8Array(found.ids.buffer, found.ids.byteOffset, found.ids.byteLength),
        );
      else await output.put(linesOf(found, block, range.first + rows, format));
      rows += block.rows;
      running.onProgress({ done: rows, total: known, unit: 'queries' });
    }
    if (format === 'npy' && rows !== known) await output.replaceStart(npyHeader('<u4', rows, k));
  } finally {
    await file.close();
  }
}

/** Searches. */
export async function searchFile(options: SearchFileOptions, running: Running): Promise<void> {
  const { signal } = running;
  resultFormat(options);
  const model = options.model === undefined ? undefined : await loadHasher(options.model, signal);
  const index = await openIndex(options, model, signal);
  checkModel(index, model);
  if (options.saveIndex !== undefined) await index.save(options.saveIndex, { signal });
  await writeOutput(options.out, signal, (output) =>
    writeResults(output, options, { index, model, running }),
  );
}
