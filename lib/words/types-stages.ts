/**
 * Where the trainer `types` can stand, as parts of a checkpoint: with the matrix of the counts, and with the vectors of its
 * decomposition.
 */

import { corrupt, type PartsReader } from '../files/parts.ts';
import type { StageParts } from './checkpoint.ts';
import type { SparseMatrix } from './sparse-matrix.ts';

/** Vectors of words, words x dimensions. */
export interface WordSpread {
  readonly vectors: Float32Array;
  readonly dimensions: number;
  /** 1 for words of which the matrix says nothing. */
  readonly silent: Uint8Array;
  /** Entries that the matrix had. */
  readonly entries: number;
}

/** A matrix whose rows and columns are words. */
export function matrixParts({ rows, starts, columns, values }: SparseMatrix): StageParts {
  return {
    parameters: { words: rows },
    tensors: [
      { name: 'starts', shape: [rows + 1], data: starts },
      { name: 'columns', shape: [columns.length], data: columns },
      { name: 'values', shape: [values.length], data: values },
    ],
  };
}

export function readMatrix(reader: PartsReader, words: number): SparseMatrix {
  reader.integer('words', words, words);
  const starts = reader.tensor('starts', Uint32Array, [words + 1]);
  const columns = reader.tensor('columns', Uint32Array, [undefined]);
  const values = reader.finite('values', [columns.length]);
  for (let row = 0; row < words; row++) {
    const isRow = starts[row] <= starts[row + 1] && starts[row + 1] <= columns.length;
    if (!isRow) throw corrupt(`starts[${row + 1}]`, 'the end of a row', starts[row + 1]);
  }
  if (starts[0] !== 0 || starts[words] !== columns.length) {
    throw corrupt('starts', `from 0 to ${columns.length}`, starts[words]);
  }
  const outside = columns.findIndex((column) => column >= words);
  if (outside >= 0) throw corrupt(`columns[${outside}]`, `below ${words}`, columns[outside]);
  return { rows: words, columnCount: words, starts, columns, values };
}

export function vectorParts({ vectors, dimensions, silent, entries }: WordSpread): StageParts {
  const words = silent.length;
  return {
    parameters: { words, entries },
    tensors: [
      { name: 'vectors', shape: [words, dimensions], data: vectors },
      { name: 'silent', shape: [words], data: silent },
    ],
  };
}

export function readVectors(reader: PartsReader, words: number, dimensions: number): WordSpread {
  reader.integer('words', words, words);
  const entries = reader.integer('entries', 0, 2 ** 32);
  const vectors = reader.finite('vectors', [words, dimensions]);
  const silent = reader.tensor('silent', Uint8Array, [words]);
  reader.end();
  return { vectors, dimensions, silent, entries };
}
