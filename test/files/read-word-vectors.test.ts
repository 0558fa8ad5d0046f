/**
 * Files of word vectors in: every form as its makers write it, packed or not, and the error with the byte offset for what
 * is cut, damaged, or lies.
 */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { FlyhashError } from '../../lib/errors.ts';
import { readWordVectors } from '../../lib/files/read-word-vectors.ts';
import { RUNS } from '../support/generators.ts';
import { binaryVectors } from '../support/word-vectors.ts';

const folder = mkdtempSync(join(tmpdir(), 'flyhash-word-vectors-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function written(name: string, bytes: Uint8Array | string): string {
  const own = join(folder, String(files++));
  mkdirSync(own);
  writeFileSync(join(own, name), name.endsWith('.gz') ? gzipSync(bytes) : bytes);
  return join(own, name);
}

function fixture(name: string): string {
  return readFileSync(new URL(`../fixtures/words/${name}`, import.meta.url), 'utf8');
}

/** Words and numbers of lines with one space between all fields. */
function plainly(lines: string): { words: string[]; numbers: number[] } {
  const rows = lines
    .trim()
    .split('\n')
    .map((line) => line.split(' '));
  return {
    words: rows.map(([word]) => word),
    numbers: rows.flatMap((row) => row.slice(1).map(Number)),
  };
}

describe('readWordVectors', () => {
  it.each(['glove-50d.txt', 'word2vec-300d.txt'])('reads %s', async (name) => {
    const text = fixture(name);
    const { words, numbers } = plainly(text);
    const header = `${words.length} ${numbers.length / words.length}\n`;
    const paths = [
      written('a.txt', text),
      written('a.txt.gz', text),
      written('a.vec', header + text),
      written('a.txt', (header + text).replaceAll('\n', ' \r\n')),
      written('a.txt', text.replaceAll(' ', '\t').trimEnd()),
      written('a.bin', binaryVectors(words, numbers)),
      written('a.bin', binaryVectors(words, numbers, '\n')),
      written('a.bin.gz', binaryVectors(words, numbers, '\n')),
    ];
    for (const path of paths) {
      const found = await readWordVectors(path);
      expect(found.words).toEqual(words);
      expect(found.vectors).toEqual(Float32Array.from(numbers));
      expect([found.rows, found.dim]).toEqual([words.length, numbers.length / words.length]);
      expect(found.report).toMatchObject({ duplicates: 0, replaced: 0 });
    }
  });

  it('reads words with spaces, which the numbers at the end of the line tell', async () => {
    const text = '. . . 1 2\nat name@domain.com 3 4\n\u00a0\u2028 5 6\n1 7 8\n';
    const { words, vectors } = await readWordVectors(written('a.txt', text));
    expect(words).toEqual(['. . .', 'at name@domain.com', '\u00a0\u2028', '1']);
    expect([...vectors]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('keeps the first of rows with one word, and makes bytes that are no UTF-8 readable; both counted', async () => {
    const text = Buffer.concat([
      Buffer.from('a 1\nb 2\na 3\n'),
      Buffer.of(0xff),
      Buffer.from(' 4\n'),
      Buffer.of(0xfe),
      Buffer.from(' 5\n'),
    ]);
    const { words, vectors, report } = await readWordVectors(written('a.txt', text));
    expect(words).toEqual(['a', 'b', '\ufffd']);
    expect([...vectors]).toEqual([1, 2, 4]);
    expect(report).toEqual({ claimed: undefined, duplicates: 2, replaced: 2 });
    const packed = await readWordVectors(
      written('a.bin', binaryVectors(['a', 'b', 'a'], [1, 2, 3])),
    );
    expect([packed.words, [...packed.vectors], packed.report.duplicates]).toEqual([
      ['a', 'b'],
      [1, 2],
      1,
    ]);
  });

  it('reads no more rows than asked for', async () => {
    const { words, numbers } = plainly(fixture('glove-50d.txt'));
    const broken = `${fixture('glove-50d.txt')}this is no vector\n`;
    for (const path of [
      written('a.txt', broken),
      written('a.bin', Buffer.concat([binaryVectors(words, numbers).subarray(0, 2000)])),
    ]) {
      const found = await readWordVectors(path, { limit: 5 });
      expect(found.words).toEqual(words.slice(0, 5));
      expect(found.vectors).toEqual(Float32Array.from(numbers.slice(0, 250)));
    }
    const whole = await readWordVectors(written('a.bin', binaryVectors(words, numbers)), {
      limit: 12,
    });
    expect(whole.rows).toBe(12);
  });

  it('reads all rows of text, also when the first line claims fewer', async () => {
    const { rows, report } = await readWordVectors(written('a.vec', '1 2\na 1 2\nb 3 4'));
    expect([rows, report.claimed]).toEqual([2, 1]);
  });

  it('takes the form that is asked for', async () => {
    const path = written('a.model', binaryVectors(['a'], [1, 2]));
    expect((await readWordVectors(path, { format: 'binary' })).words).toEqual(['a']);
  });

  it('reads rows longer than any buffer', async () => {
    const numbers = Array.from({ length: 120_000 }, (_, i) => Math.fround(i / 7));
    for (const path of [
      written('a.txt', `w ${numbers.join(' ')}\nv ${numbers.join(' ')}`),
      written('a.bin.gz', binaryVectors(['w', 'v'], [...numbers, ...numbers])),
    ]) {
      const found = await readWordVectors(path);
      expect([found.words, found.dim]).toEqual([['w', 'v'], 120_000]);
      expect(found.vector('v')).toEqual(Float32Array.from(numbers));
    }
  });

  it.each<[string, string, string | Uint8Array, string]>([
    ['an empty file', 'a.txt', '', 'byte 0 must be the first row of vectors, got the end'],
    ['only a first line', 'a.txt', '2 3\n', 'byte 4 must be the first of 2 more rows, got the end'],
    ['rows of none', 'a.vec', '2 0\n', 'byte 0 must be rows of 1 to 16777216 numbers, got "2 0"'],
    [
      'a word alone',
      'a.txt',
      'word\n',
      'byte 0 must be a word and 1 to 16777216 numbers, got 0 numbers',
    ],
    [
      'no number',
      'a.txt',
      'a 1 2\nb 1 x\n',
      'byte 10 must be a number that is finite as a float32 in row 1, column 1, got "x"',
    ],
    [
      'nan',
      'a.txt',
      'a 1 2\nb nan 2\n',
      'byte 8 must be a number that is finite as a float32 in row 1, column 0, got "nan"',
    ],
    ['a huge number', 'a.txt', 'a 1e39\n', 'row 0, column 0, got "1e39"'],
    [
      'a row too short',
      'a.txt',
      'a 1 2\nb 1\n',
      'byte 6 must be a word and 2 numbers in row 1, got 1 numbers',
    ],
    ['a row too long', 'a.txt', 'a 1 2\nb 1 2 3\n', 'byte 8 must be 2 numbers in row 1, got more'],
    ['a row without a word', 'a.txt', 'a 1 2\n 1 2\n', 'byte 6 must be a word in row 1, got none'],
    [
      'a row less',
      'a.txt',
      '3 2\na 1 2\nb 1 2\n',
      'byte 16 must be the first of 1 more rows, got the end',
    ],
    ['no first line', 'a.bin', 'abc', 'byte 3 must be a first line, got the end'],
    [
      'a long first line',
      'a.bin',
      'x'.repeat(100),
      'byte 0 must be a first line of at most 64 bytes, got more',
    ],
    ['another first line', 'a.bin', 'the 0.1\n', 'byte 0 must be a first line of two numbers'],
    [
      'a row cut in its word',
      'a.bin',
      '1 2\nwo',
      'byte 6 must be a word and a space in row 0, got the end',
    ],
    [
      'a row cut in its numbers',
      'a.bin',
      '1 2\nword 1234567',
      'byte 16 must be the numbers of row 0, got the end',
    ],
    [
      'no second row',
      'a.bin',
      binaryVectors(['a', 'b'], [1, 2]).subarray(0, 10),
      'byte 10 must be the first byte of row 1, got the end',
    ],
    [
      'more than its rows',
      'a.bin',
      Buffer.concat([binaryVectors(['a'], [1]), Buffer.from('\nx')]),
      'byte 11 must be the end, or a line feed and the end, got more bytes',
    ],
    [
      'infinity',
      'a.bin',
      binaryVectors(['a', 'b'], [1, 2, 3, Number.POSITIVE_INFINITY]),
      'byte 20 must be a finite number in row 1, column 1, got Infinity',
    ],
    [
      'an endless word',
      'a.bin',
      `1 1\n${'x'.repeat(70_000)}`,
      'a word and a space in row 0 of at most 65536 bytes',
    ],
    ['an empty word', 'a.bin', '1 1\n 1234', 'byte 4 must be a word in row 0, got none'],
    ['a claim of many rows', 'a.vec.gz', `${2 ** 52} 300\nword 1\n`, 'got 1 numbers'],
    [
      'a claim of many rows, binary',
      'a.bin',
      `${2 ** 52} 300\nword 1\n`,
      'the numbers of row 0, got the end',
    ],
  ])('refuses %s', async (_what, name, bytes, sentence) => {
    const path = written(name, bytes);
    const error = await readWordVectors(path).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(FlyhashError);
    expect(error).toMatchObject({ code: 'ERR_CORRUPT_FILE' });
    expect(String(error)).toContain(path);
    expect(String(error)).toContain(sentence);
  });

  it('reads or refuses files that were changed or cut anywhere', async () => {
    const text = Buffer.from(`3 2\na 1 2.5\nb -3e-1 4\n\u00e9 5 6\n`);
    const packed = binaryVectors(['a', 'b', '\u00e9'], [1, 2.5, -0.3, 4, 5, 6], '\n');
    const change = fc.record({ at: fc.nat(64), byte: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(
        fc.boolean(),
        fc.array(change, { maxLength: 3 }),
        fc.nat(64),
        async (isText, changes, length) => {
          const bytes = Buffer.from(isText ? text : packed).subarray(0, length);
          for (const { at, byte } of changes) if (at < bytes.length) bytes[at] = byte;
          const path = join(folder, isText ? 'changed.txt' : 'changed.bin');
          writeFileSync(path, bytes);
          const outcome = await readWordVectors(path).then(
            ({ rows, dim, vectors, words }) =>
              vectors.length === rows * dim && words.length === rows,
            (error: unknown) => error instanceof FlyhashError,
          );
          expect(outcome).toBe(true);
        },
      ),
      { numRuns: RUNS },
    );
  });

  it('says when a packed file breaks off, or a path leads nowhere', async () => {
    const cut = join(folder, 'cut.txt.gz');
    writeFileSync(cut, gzipSync(fixture('glove-50d.txt')).subarray(0, 900));
    await expect(readWordVectors(cut)).rejects.toThrow('gzip, got unexpected end of file');
    const none = readWordVectors(join(folder, 'none.txt'));
    await expect(none).rejects.toMatchObject({ code: 'ERR_FILE' });
  });

  it('tells how far it is, and can be aborted', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `w${i} ${i} ${-i} 0.5`).join('\n');
    const path = written('a.txt', `20000 3\n${lines}\n`);
    const told: number[] = [];
    await readWordVectors(path, {
      onProgress: ({ done, total }) => {
        told.push(done);
        if (done > 0) expect(total).toBe(20_000);
      },
    });
    expect(told.length).toBeGreaterThan(2);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    const controller = new AbortController();
    const onProgress = (): void => controller.abort(new Error('enough'));
    const reading = readWordVectors(path, { signal: controller.signal, onProgress });
    await expect(reading).rejects.toThrow('enough');
  });

  it('checks its arguments', async () => {
    await expect(readWordVectors(7 as never)).rejects.toThrow(
      'path must be a string or a file: URL',
    );
    await expect(readWordVectors('a', { limit: 0 })).rejects.toThrow(
      'limit must be a whole number',
    );
    await expect(readWordVectors('a', { format: 'json' as never })).rejects.toThrow(
      "format must be one of 'text', 'binary'",
    );
    await expect(readWordVectors('a', { rows: 1 } as never)).rejects.toThrow(
      'options must have only the keys',
    );
  });
});
