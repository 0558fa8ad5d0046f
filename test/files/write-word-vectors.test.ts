/** Files of word vectors out: they come back as they were, are what word2vec writes, and take no place by halves. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { readWordVectors } from '../../lib/files/read-word-vectors.ts';
import { WordVectors } from '../../lib/files/word-vectors.ts';
import { writeWordVectors } from '../../lib/files/write-word-vectors.ts';
import { anyFloat, RUNS } from '../support/generators.ts';
import { binaryVectors } from '../support/word-vectors.ts';

const folder = mkdtempSync(join(tmpdir(), 'flyhash-write-vectors-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Words that every form can hold. */
const anyWords = fc.uniqueArray(
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 6 })
    .filter((word) => word.isWellFormed() && !/[\t-\r ]/.test(word)),
  { minLength: 1, maxLength: 8 },
);

describe('writeWordVectors', () => {
  it('writes files that come back as they were', async () => {
    const anyVectors = fc
      .integer({ min: 1, max: 5 })
      .chain((dim) =>
        anyWords.chain((words) =>
          fc.tuple(
            fc.constant(words),
            fc.array(anyFloat, { minLength: words.length * dim, maxLength: words.length * dim }),
          ),
        ),
      );
    const name = fc.constantFrom('a.txt', 'a.vec.gz', 'a.bin', 'a.bin.gz');
    await fc.assert(
      fc.asyncProperty(anyVectors, name, async ([words, numbers], file) => {
        const vectors = WordVectors.from(words, Float32Array.from(numbers));
        const path = join(folder, file);
        await writeWordVectors(path, vectors);
        const copy = await readWordVectors(path);
        expect(copy.words).toEqual(words);
        expect(copy.vectors).toEqual(vectors.vectors);
      }),
      { numRuns: RUNS },
    );
  });

  it('writes what word2vec writes', async () => {
    const vectors = WordVectors.from(
      ['fly', 'plum'],
      [
        [1, 0.1],
        [-2, 1e-7],
      ],
    );
    await writeWordVectors(join(folder, 'own.txt'), vectors);
    expect(readFileSync(join(folder, 'own.txt'), 'utf8')).toBe('2 2\nfly 1 0.1\nplum -2 1e-7\n');
    await writeWordVectors(join(folder, 'own.bin'), vectors);
    expect(readFileSync(join(folder, 'own.bin'))).toEqual(
      binaryVectors(['fly', 'plum'], [1, 0.1, -2, 1e-7], '\n'),
    );
  });

  it('refuses words with white space, and leaves what was there', async () => {
    const path = join(folder, 'before.txt');
    writeFileSync(path, 'before');
    for (const word of ['a b', 'a\n', '\ta', 'a\r']) {
      const vectors = WordVectors.from(['x', word], [[1], [2]]);
      await expect(writeWordVectors(path, vectors)).rejects.toThrow(
        'vectors.words[1] must be without white space',
      );
    }
    const controller = new AbortController();
    const vectors = WordVectors.from(['x'], [[1]]);
    const onProgress = (): void => controller.abort(new Error('enough'));
    await expect(
      writeWordVectors(path, vectors, { signal: controller.signal, onProgress }),
    ).rejects.toThrow('enough');
    await expect(writeWordVectors(path, {} as never)).rejects.toThrow(
      'vectors must be WordVectors',
    );
    expect(readFileSync(path, 'utf8')).toBe('before');
    await expect(writeWordVectors(join(folder, 'none', 'a.txt'), vectors)).rejects.toMatchObject({
      code: 'ERR_FILE',
    });
  });

  it('tells how far it is', async () => {
    const words = Array.from({ length: 5000 }, (_, i) => `w${i}`);
    const told: number[] = [];
    const onProgress = ({ done, total }: { done: number; total: number | undefined }): void => {
      told.push(done);
      expect(total).toBe(5000);
    };
    await writeWordVectors(
      join(folder, 'told.txt'),
      WordVectors.from(words, new Float32Array(50_000)),
      { onProgress },
    );
    expect(told.at(-1)).toBe(5000);
    expect(told.length).toBeGreaterThan(2);
  });
});
