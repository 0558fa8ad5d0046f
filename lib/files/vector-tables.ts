/** Whole files of vectors, and of labels, in memory: for what needs all rows at once. */

import { allocated } from '../check.ts';
import { wrongValue } from '../errors.ts';
import { ByteReader } from './byte-reader.ts';
import { type ReadVectorsOptions, readVectors } from './read-vectors.ts';
import { readLines } from './text-lines.ts';
import type { VectorBlock } from './vector-block.ts';
import { formatOfName } from './vector-formats.ts';

/** Vectors in memory, rows x dim. */
export interface VectorTable {
  readonly values: Float32Array;
  readonly rows: number;
  readonly dim: number;
}

/** Blocks one after the other, as one table; `name` is that of their files. */
export async function joinedBlocks(
  blocks: AsyncIterable<VectorBlock>,
  name: string,
): Promise<VectorTable> {
  const parts: Float32Array[] = [];
  let [dim, length] = [0, 0];
  for await (const block of blocks) {
    dim = block.dim;
    parts.push(block.values);
    length += block.values.length;
  }
  if (dim === 0) throw wrongValue(name, 'at least one vector', 0);
  const values = allocated(Float32Array, length / dim, dim, name);
  let at = 0;
  for (const part of parts) {
    values.set(part, at);
    at += part.length;
  }
  return { values, rows: length / dim, dim };
}

async function* blocksOf(
  paths: readonly string[],
  options: ReadVectorsOptions,
): AsyncGenerator<VectorBlock, void> {
  let dim = 0;
  for (const path of paths) {
    for await (const block of readVectors(path, options)) {
      if (dim !== 0 && block.dim !== dim) {
        throw wrongValue(`${path}: numbers of a row`, `${dim}, as in the file before`, block.dim);
      }
      dim = block.dim;
      yield block;
    }
  }
}

/** All vectors of some files, one file after the other; all must have the same number of numbers a row. */
export async function readTable(
  paths: readonly string[],
  options: ReadVectorsOptions = {},
): Promise<VectorTable> {
  return joinedBlocks(blocksOf(paths, options), paths.join(', '));
}

/** Labels of rows: numbers of a file of vectors with one number a row, or the lines of a text file. */
export async function readLabels(paths: readonly string[]): Promise<(number | string)[]> {
  const labels: (number | string)[] = [];
  for (const path of paths) {
    if (formatOfName(path) === 'csv') {
      for (const line of await textLabels(path)) labels.push(line);
      continue;
    }
    const { values, dim } = await readTable([path]);
    if (dim !== 1) throw wrongValue(`${path}: numbers of a row`, '1, the label', dim);
    for (const value of values) labels.push(value);
  }
  return labels;
}

async function textLabels(path: string): Promise<string[]> {
  const reader = await ByteReader.open(path);
  const labels: string[] = [];
  try {
    for await (const { lines } of readLines(reader)) {
      for (const line of lines) if (line !== '') labels.push(line);
    }
  } finally {
    reader.close();
  }
  return labels;
}
