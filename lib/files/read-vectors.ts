/**
 * Files of vectors and of labels by the ending of their names: .npy, idx (MNIST's -ubyte), .fvecs, .ivecs, .bvecs, .csv and
 * .txt, each also packed as .gz. Blocks are read as they are used; what is damaged, cut or lies about its size is a
 * FlyhashError ERR_CORRUPT_FILE that names the file and the byte.
 */

import { wrongValue } from '../errors.ts';
import { ByteReader } from './byte-reader.ts';
import { readCsv, readLines } from './csv.ts';
import { readIdx } from './idx.ts';
import { readNpy } from './npy.ts';
import { readVecs, type VecsFormat } from './vecs.ts';
import type { VectorBlock } from './vector-block.ts';

type Format = 'npy' | 'idx' | VecsFormat | 'csv';

const ENDINGS: readonly (readonly [RegExp, Format])[] = [
  [/\.npy$/, 'npy'],
  [/(\.idx|-idx\d-ubyte|\.idx\d-ubyte)$/, 'idx'],
  [/\.fvecs$/, 'fvecs'],
  [/\.ivecs$/, 'ivecs'],
  [/\.bvecs$/, 'bvecs'],
  [/\.(csv|tsv|txt)$/, 'csv'],
];

function formatOf(path: string): Format {
  const name = path.replace(/\.gz$/, '');
  const found = ENDINGS.find(([ending]) => ending.test(name))?.[1];
  if (found !== undefined) return found;
  const expected =
    'a file of .npy, .fvecs, .ivecs, .bvecs, .csv, .txt or idx (-ubyte), or one of them with .gz';
  throw wrongValue('path', expected, path);
}

function blocksOf(
  reader: ByteReader,
  format: Format,
): AsyncGenerator<VectorBlock, void, undefined> {
  switch (format) {
    case 'npy':
      return readNpy(reader);
    case 'idx':
      return readIdx(reader);
    case 'csv':
      return readCsv(reader);
    default:
      return readVecs(reader, format);
  }
}

/** The blocks of a file, one after the other. */
export async function* vectorBlocks(path: string): AsyncGenerator<VectorBlock, void, undefined> {
  const format = formatOf(path);
  const reader = await ByteReader.open(path);
  try {
    yield* blocksOf(reader, format);
  } finally {
    reader.close();
  }
}

/** Vectors in memory, rows x dim. */
export interface VectorTable {
  readonly values: Float32Array;
  readonly rows: number;
  readonly dim: number;
}

/** All vectors of some files, one file after the other; all must have the same number of numbers a row. */
export async function readVectors(
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<VectorTable> {
  const blocks: Float32Array[] = [];
  let [dim, length] = [0, 0];
  for (const path of paths) {
    for await (const block of vectorBlocks(path)) {
      signal?.throwIfAborted();
      if (dim !== 0 && block.dim !== dim) {
        throw wrongValue(`${path}: numbers of a row`, `${dim}, as in the file before`, block.dim);
      }
      dim = block.dim;
      blocks.push(block.values);
      length += block.values.length;
    }
  }
  if (dim === 0) throw wrongValue(paths.join(', '), 'at least one vector', 0);
  const values = new Float32Array(length);
  let at = 0;
  for (const block of blocks) {
    values.set(block, at);
    at += block.length;
  }
  return { values, rows: length / dim, dim };
}

/** Labels of rows: numbers of a file of vectors with one number a row, or the lines of a text file. */
export async function readLabels(paths: readonly string[]): Promise<(number | string)[]> {
  const labels: (number | string)[] = [];
  for (const path of paths) {
    if (formatOf(path) === 'csv') {
      for (const line of await textLabels(path)) labels.push(line);
      continue;
    }
    const { values, dim } = await readVectors([path]);
    if (dim !== 1) throw wrongValue(`${path}: numbers of a row`, '1, the label', dim);
    for (const value of values) labels.push(value);
  }
  return labels;
}

async function textLabels(path: string): Promise<string[]> {
  const reader = await ByteReader.open(path);
  const labels: string[] = [];
  try {
    for await (const { text } of readLines(reader)) if (text !== '') labels.push(text);
  } finally {
    reader.close();
  }
  return labels;
}
