/**
 * Numbered text: the same numbers, vocabulary and digest however the text comes and wherever the numbers lie; segments
 * as they are specified; nothing left behind by what fails.
 */

import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { Corpus, type CorpusStorage } from '../../lib/words/corpus.ts';
import type { Text } from '../../lib/words/text.ts';
import { checkVocabulary, type VocabularyOptions } from '../../lib/words/vocabulary-options.ts';
import { RUNS } from '../support/generators.ts';
import { BREAKS, naiveNormal, naiveParagraphs, naiveWords } from '../support/naive-words.ts';
import { anyCuts, anyText, pieces } from '../support/texts.ts';

const all: VocabularyOptions = { minimumCount: 1 };

function read(
  text: Text,
  options: VocabularyOptions = all,
  storage?: CorpusStorage,
): Promise<Corpus> {
  return Corpus.read(text, checkVocabulary(options), storage);
}

async function segments(corpus: Corpus, most?: number): Promise<Int32Array[]> {
  const found: Int32Array[] = [];
  for await (const segment of corpus.segments(most)) found.push(segment);
  return found;
}

function digestOf(parts: readonly Int32Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts)
    hash.update(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
  return hash.digest('hex');
}

const joined = (parts: readonly Int32Array[]): number[] => parts.flatMap((part) => [...part]);

// A temporary folder of its own: whatever lies there is the corpus's.
const folder = mkdtempSync(join(tmpdir(), 'flyhash-corpus-'));
process.env.TMPDIR = folder;
const spools = (): string[] => readdirSync(folder);
afterEach(() => expect(spools()).toEqual([]));
afterAll(() => rmSync(folder, { recursive: true }));

/** A million tokens of some words in paragraphs, more than fits in some blocks. */
function longText(): string[] {
  return Array.from({ length: 10_000 }, (_, i) => {
    return Array.from(
      { length: 100 },
      (_, j) => `w${'abcdefghij'[(i * j) % 10]}${'klmno'[(i + j) % 5]}`,
    ).join(' ');
  });
}

describe('a corpus', () => {
  it('is the text in numbers of its vocabulary, however it comes', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyText,
        anyCuts,
        fc.integer({ min: 1, max: 9 }),
        async (text, cuts, most) => {
          const corpus = await read([`${text}\nplum fly plum`]);
          const places = new Map(corpus.vocabulary.words.map((word, place) => [word, place]));
          const expected = naiveParagraphs(`${text}\nplum fly plum`).flatMap((words) => [
            ...words.map((word) => places.get(word ?? '') ?? -1),
            -2,
          ]);
          expect(joined(await segments(corpus, most))).toEqual(expected);
          expect(corpus.length).toBe(expected.length);
          const bytes = new Uint8Array(Int32Array.from(expected).buffer);
          expect(corpus.digest).toBe(createHash('sha256').update(bytes).digest('hex'));

          const whole = new TextEncoder().encode(`${text}\nplum fly plum`);
          const other = await read(pieces(whole, cuts));
          expect(other.digest).toBe(corpus.digest);
          expect(other.vocabulary.toBytes()).toEqual(corpus.vocabulary.toBytes());
          await Promise.all([corpus.close(), other.close()]);
        },
      ),
      { numRuns: Math.ceil(RUNS / 8) },
    );
  });

  it('has segments of whole paragraphs, and cuts what is longer', async () => {
    const corpus = await read(['a b', 'c d e', 'f g h i j k l', 'm', '...', 'n']);
    const lengths = async (most: number): Promise<number[]> =>
      (await segments(corpus, most)).map(({ length }) => length);
    expect(await lengths(100)).toEqual([19]);
    expect(await lengths(7)).toEqual([7, 7, 5]);
    expect(await lengths(5)).toEqual([3, 4, 5, 5, 2]);
    expect(await lengths(1)).toEqual(Array.from({ length: 19 }, () => 1));
    await corpus.close();
  });

  it('is the same in a file as in memory', async () => {
    const text = longText();
    const inMemory = await read(text);
    expect(digestOf(await segments(inMemory))).toBe(inMemory.digest);
    expect(spools()).toEqual([]);
    for (const mostInMemory of [0, 300_000, 600_000]) {
      const inFile = await read(text, all, { mostInMemory });
      expect(spools().length).toBe(1);
      expect(inFile.digest).toBe(inMemory.digest);
      expect(inFile.vocabulary.toBytes()).toEqual(inMemory.vocabulary.toBytes());
      expect(digestOf(await segments(inFile))).toBe(inMemory.digest);
      // Two passes at a time, of other lengths.
      const both = await Promise.all([segments(inFile, 777), segments(inFile, 70_000)]);
      expect(both.map(digestOf)).toEqual([inMemory.digest, inMemory.digest]);
      await inFile.close();
    }
    await inMemory.close();
  });

  it('stays true when words are forgotten, however the text is cut and normalised', async () => {
    const normalize = (word: string): string => word.toUpperCase();
    const options = fc.constantFrom<VocabularyOptions>({}, { normalize }, { tokenize: naiveWords });
    const text = fc.array(anyText, { maxLength: 8 }).map((parts) => parts.join(' plum '));
    await fc.assert(
      fc.asyncProperty(
        text,
        anyCuts,
        options,
        fc.integer({ min: 2, max: 20 }),
        async (own, cuts, steps, mostWords) => {
          const checked = checkVocabulary({ ...all, stopWords: 'none', ...steps });
          const small = { ...checked, reading: { ...checked.reading, mostWords } };
          const whole = `${own} plum`;
          const corpus = await Corpus.read(whole, small);
          const other = await Corpus.read(pieces(new TextEncoder().encode(whole), cuts), small);
          expect([other.digest, other.vocabulary]).toEqual([corpus.digest, corpus.vocabulary]);
          const { words, counts, report } = corpus.vocabulary;
          expect(words.length).toBeLessThanOrEqual(mostWords);
          const expected = whole.split(BREAKS).flatMap((paragraph) => naiveWords(paragraph));
          const found = new Float64Array(words.length);
          const tokens = joined(await segments(corpus)).filter((id) => id !== -2);
          for (const [i, id] of tokens.entries()) {
            if (id < 0) continue;
            found[id]++;
            const normal =
              steps.normalize === undefined ? naiveNormal(expected[i]) : normalize(expected[i]);
            expect(words[id]).toBe(normal);
          }
          expect(found).toEqual(counts);
          expect(report.tokens).toBe(expected.length);
          await Promise.all([corpus.close(), other.close()]);
        },
      ),
      { numRuns: Math.ceil(RUNS / 4) },
    );
  });

  it('stays in memory where there is no Node', async () => {
    const { getBuiltinModule } = process;
    try {
      Object.assign(process, { getBuiltinModule: undefined });
      const corpus = await read(longText(), all, { mostInMemory: 0 });
      expect(digestOf(await segments(corpus))).toBe(corpus.digest);
      expect(spools()).toEqual([]);
    } finally {
      Object.assign(process, { getBuiltinModule });
    }
  });

  it('can be closed, once or twice, and then gives nothing', async () => {
    await using corpus = await read('a b c');
    await corpus.close();
    await expect(segments(corpus)).rejects.toThrow('corpus must be open, got a closed one');
  });

  it('counts what its numbers say', async () => {
    const { vocabulary, length, ...corpus } = await read(
      ['The fly, the plum and 3 flies', 'Fly!'],
      { size: 2, minimumCount: 1 },
    );
    expect(vocabulary.words).toEqual(['fly', '<num>']);
    expect(length).toBe(vocabulary.report.tokens + vocabulary.report.paragraphs);
    expect(corpus.digest).toHaveLength(64);
  });

  it('tells how far it is', async () => {
    const told: number[] = [];
    const onProgress = (progress: { tokens: number; tokensPerSecond: number }): void => {
      told.push(progress.tokens);
      expect(progress.tokensPerSecond).toBeGreaterThan(0);
    };
    await (await read(longText(), { ...all, onProgress })).close();
    expect(told.at(-1)).toBe(1_000_000);
    expect(told.length).toBeGreaterThan(3);
  });

  it.each([0, 1, 2, 3])(
    'leaves nothing behind when it is aborted after %i reports',
    async (reports) => {
      const controller = new AbortController();
      let left = reports;
      const onProgress = (): void => {
        if (left-- === 0) controller.abort(new Error('enough'));
      };
      const options = { ...all, signal: controller.signal, onProgress };
      await expect(read(longText(), options, { mostInMemory: 0 })).rejects.toThrow('enough');
    },
  );

  it('leaves nothing behind when the text or a function fails', async () => {
    const text = longText();
    function* failing(): Generator<string, void, void> {
      yield* text;
      throw new Error('mine');
    }
    await expect(read(failing(), all, { mostInMemory: 0 })).rejects.toThrow('mine');
    await expect(read([...text, 7 as never], all, { mostInMemory: 0 })).rejects.toThrow(
      'text[10000] must be',
    );
    const none = { minimumCount: 10 ** 9 };
    await expect(read(text, none, { mostInMemory: 0 })).rejects.toThrow(
      'minimumCount = 1000000000',
    );
    const tokenize = (paragraph: string): string[] => {
      if (paragraph === text[9000]) throw new Error('own');
      return paragraph.split(' ');
    };
    await expect(read(text, { ...all, tokenize }, { mostInMemory: 0 })).rejects.toThrow('own');
  });
});
