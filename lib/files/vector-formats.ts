/** The formats of files of vectors, and how a name tells which one a file has. */

import { wrongValue } from '../errors.ts';

/** Formats that are read. */
export const VECTOR_FORMATS = [
  'npy',
  'idx',
  'fvecs',
  'ivecs',
  'bvecs',
  'csv',
  'ndjson',
  'f32',
  'parquet',
  'arrow',
  'word2vec',
  'word2vec-binary',
] as const;

/**
 * A format of files of vectors: NumPy's 'npy'; 'idx' of MNIST; 'fvecs', 'ivecs' and 'bvecs' of TEXMEX; 'csv', numbers
 * between commas, tabs or spaces; 'ndjson', JSON lines; 'f32', nothing but little-endian float32; 'parquet' and 'arrow';
 * 'word2vec' (also GloVe and fastText .vec) and 'word2vec-binary', whose words are keys.
 */
export type VectorFormat = (typeof VECTOR_FORMATS)[number];

const ENDINGS: readonly (readonly [RegExp, VectorFormat])[] = [
  [/\.npy$/, 'npy'],
  [/(\.idx|-idx\d-ubyte|\.idx\d-ubyte)$/, 'idx'],
  [/\.fvecs$/, 'fvecs'],
  [/\.ivecs$/, 'ivecs'],
  [/\.bvecs$/, 'bvecs'],
  [/\.(csv|tsv|txt)$/, 'csv'],
  [/\.(ndjson|jsonl)$/, 'ndjson'],
  [/\.f32$/, 'f32'],
  [/\.parquet$/, 'parquet'],
  [/\.(arrow|arrows|feather|ipc)$/, 'arrow'],
  [/\.vec$/, 'word2vec'],
  [/\.bin$/, 'word2vec-binary'],
];

const formatOf = (path: string): VectorFormat | undefined => {
  const name = path.replace(/\.gz$/, '');
  return ENDINGS.find(([ending]) => ending.test(name))?.[1];
};

/** Whether the name of a file tells that it has vectors. */
export function hasVectorEnding(path: string): boolean {
  return formatOf(path) !== undefined;
}

/** The format that the name of a file tells. */
export function formatOfName(path: string): VectorFormat {
  const found = formatOf(path);
  if (found !== undefined) return found;
  const expected =
    'a file of .npy, .fvecs, .ivecs, .bvecs, .csv, .txt, .ndjson, .f32, .parquet, .arrow, .vec, .bin or idx ' +
    '(-ubyte), also with .gz, or to come with its format';
  throw wrongValue('path', expected, path);
}
