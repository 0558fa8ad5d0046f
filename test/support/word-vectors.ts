/** Word vectors in word2vec's binary form, written here by hand. */

import { Buffer } from 'node:buffer';

/** A word2vec binary file, with a line feed behind each row or without. */
export function binaryVectors(
  words: readonly string[],
  numbers: readonly number[],
  end = '',
): Buffer {
  const dim = numbers.length / words.length;
  const rows = words.flatMap((word, row) => [
    Buffer.from(`${word} `),
    Buffer.from(Float32Array.from(numbers.slice(row * dim, (row + 1) * dim)).buffer),
    Buffer.from(end),
  ]);
  return Buffer.concat([Buffer.from(`${words.length} ${dim}\n`), ...rows]);
}
