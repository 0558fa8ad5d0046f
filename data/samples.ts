/**
 * The bundled samples: SIFT descriptors and MNIST images as vectors, and a novel (README.md beside this file names their
 * origins). Used by the demo, the tests and the benches; not part of the published package.
 */

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** Vectors with their shape: values is rows x dim. */
export interface Sample {
  readonly name: string;
  readonly rows: number;
  readonly dim: number;
  readonly values: Float32Array;
}

/** The Hound of the Baskervilles, a paragraph a line, packed with gzip: for `readText`. */
export const NOVEL: URL = new URL('hound-of-the-baskervilles.txt.gz', import.meta.url);

const IDX_HEADER_BYTES = 16;

function unzipped(file: string): Buffer {
  return gunzipSync(readFileSync(new URL(file, import.meta.url)));
}

/** 10,000 SIFT descriptors of 128 integers from 0 to 255. */
export function siftSample(): Sample {
  const lines = unzipped('sift10k-128.csv.gz').toString('latin1').trim().split('\n');
  const values = new Float32Array(lines.length * 128);
  lines.forEach((line, row) => {
    const numbers = line.split(',').slice(0, 128).map(Number);
    values.set(numbers, row * 128);
  });
  return { name: 'SIFT', rows: lines.length, dim: 128, values };
}

/** The first `rows` MNIST test images of 784 integers from 0 to 255; there are 10,000. */
export function mnistSample(rows = 10_000): Sample {
  const file = unzipped('mnist-t10k-images-idx3-ubyte.gz');
  const values = Float32Array.from(file.subarray(IDX_HEADER_BYTES, IDX_HEADER_BYTES + rows * 784));
  return { name: 'MNIST', rows, dim: 784, values };
}
