/**
 * Vocabularies: which words enter, in which order, and what is told of the rest; words looked up as text is read; files
 * that say what cannot be; functions of the user's that no file holds.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOfParts, partsOfBytes } from '../../lib/files/bytes.ts';
import { PARTS, type Parts } from '../../lib/files/parts.ts';
import { Vocabulary } from '../../lib/words/vocabulary.ts';
import type { VocabularyOptions } from '../../lib/words/vocabulary-options.ts';
import { RUNS } from '../support/generators.ts';
import { naiveParagraphs } from '../support/naive-words.ts';
import { anyCuts, anyText, pieces } from '../support/texts.ts';

const all = { minimumCount: 1, stopWords: 'none' } as const;
const byCodePoints = (a: string, b: string): number =>
  Buffer.compare(Buffer.from(a), Buffer.from(b));

describe('a vocabulary', () => {
  it('has the most frequent words, by code points where equally frequent, without stop words', async () => {
    const text = ['The plum. The fly, the fly!', 'A bee \u{10428} \uff41 plum plum fly bee 1 2 3'];
    const found = await Vocabulary.fromText(text, { size: 5, minimumCount: 1 });
    expect(found.words).toEqual(['<num>', 'fly', 'plum', 'bee', '\uff41']);
    expect([...found.counts]).toEqual([3, 3, 3, 2, 1]);
    expect(found.report).toEqual({
      ...{ tokens: 17, paragraphs: 2, masked: 4, outside: 1, askedSize: 5, minimumCount: 1 },
      ...{ rareWords: 0, leftOutWords: 1, replaced: 0, tooLong: 0, segmented: 0 },
      ...{ forgottenWords: 0, forgottenTokens: 0 },
    });
    expect(found.coverage).toBe(12 / 13);
  });

  it('says what it left out', async () => {
    const broken = [
      Uint8Array.of(0x61, 0xff, 0x20, 0xf0, 0x9f),
      'a\ud800',
      'x'.repeat(300),
      '\u65e5\u672c',
    ];
    const { report, size } = await Vocabulary.fromText(['b b', ...broken], {
      ...all,
      size: 9,
      minimumCount: 2,
    });
    expect(size).toBe(2);
    expect(report).toMatchObject({
      replaced: 3,
      tooLong: 1,
      segmented: 1,
      rareWords: 1,
      askedSize: 9,
    });
    expect(report.outside).toBe(2);
  });

  it('agrees with counting by hand, wherever the text is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyText,
        anyCuts,
        fc.integer({ min: 1, max: 3 }),
        async (text, cuts, minimumCount) => {
          const counts = new Map<string, number>();
          for (const word of naiveParagraphs(text).flat()) {
            if (word !== null) counts.set(word, (counts.get(word) ?? 0) + 1);
          }
          const expected = [...counts]
            .filter(([, count]) => count >= minimumCount)
            .sort(([a, m], [b, n]) => n - m || byCodePoints(a, b));
          const options = { ...all, minimumCount };
          if (expected.length === 0) {
            await expect(Vocabulary.fromText(text, options)).rejects.toThrow(RangeError);
            return;
          }
          const found = await Vocabulary.fromText(
            pieces(new TextEncoder().encode(text), cuts),
            options,
          );
          expect(found.words.map((word, i) => [word, found.counts[i]])).toEqual(expected);
          expect(found.toBytes()).toEqual((await Vocabulary.fromText(text, options)).toBytes());
        },
      ),
      { numRuns: Math.ceil(RUNS / 4) },
    );
  });

  it('reads text as the text was read that it was made of', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, anyText, async (text, other) => {
        const found = await Vocabulary.fromText(`${text} a`, all);
        const places = new Map(found.words.map((word, place) => [word, place]));
        const expected = naiveParagraphs(other).flatMap((words) => [
          ...words.map((word) => places.get(word ?? '') ?? -1),
          -2,
        ]);
        expect([...found.numbers(other)]).toEqual(expected);
        for (const word of found.words) expect(found.id(word)).toBe(places.get(word));
      }),
      { numRuns: Math.ceil(RUNS / 4) },
    );
  });

  it('finds words as they are written and as they are normalised', async () => {
    const found = await Vocabulary.fromText('\u00c9cole don\u2019t 1984 the', { minimumCount: 1 });
    expect(found.has('\u00c9COLE') && found.has('e\u0301cole')).toBe(true);
    expect(found.id('77')).toBe(found.id('<num>'));
    expect([found.id('the'), found.id('plum'), found.id('')]).toEqual([-1, -1, -1]);
    expect([
      found.isStopWord('THE'),
      found.isStopWord('plum'),
      found.isStopWord('don\u2019t'),
    ]).toEqual([true, false, true]);
    expect(() => found.id(7 as unknown as string)).toThrow('word must be a string, got 7');
    expect(() => found.numbers(['a'] as unknown as string)).toThrow('text must be a string');
  });

  it.each<[string, unknown, VocabularyOptions, string]>([
    ['no text', [], {}, 'comes minimumCount = 15 times, got no words'],
    ['no words', '...', {}, 'got no words'],
    ['one sentence', 'A fly smells a plum', {}, 'got 5 tokens of 5 words'],
    ['nothing but stop words', 'the the a a', { minimumCount: 1 }, 'got 4 tokens of 3 words'],
    ['a size of none', 'a', { size: 0 }, 'size must be a whole number from 1 to 4194304, got 0'],
    ['half a count', 'a', { minimumCount: 0.5 }, 'minimumCount must be a whole number'],
    ['another option', 'a', { vocabulary: 1 } as object, 'options must have only the keys'],
    ['no text at all', 7, {}, 'text must be a string'],
    ['a step that is none', 'a', { normalize: 'lower' as never }, 'normalize must be a function'],
  ])('cannot be made of %s', async (_what, text, options, sentence) => {
    await expect(Vocabulary.fromText(text as string, options)).rejects.toThrow(sentence);
  });

  it('tells how far it is and can be aborted', async () => {
    const controller = new AbortController();
    const progress: number[] = [];
    const text = Array.from({ length: 40 }, () => 'word '.repeat(20_000));
    const options: VocabularyOptions = { onProgress: ({ tokens }) => progress.push(tokens) };
    await Vocabulary.fromText(text, options);
    expect(progress.length).toBeGreaterThan(2);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(progress.at(-1)).toBe(800_000);
    const onProgress = (): void => controller.abort(new Error('enough'));
    await expect(
      Vocabulary.fromText(text, { signal: controller.signal, onProgress }),
    ).rejects.toThrow('enough');
  });
});

describe('a vocabulary in a file', () => {
  const made = Vocabulary.fromText('b b b a a c \u00e9', { ...all, stopWords: ['x', 'y'] });

  it('is the same vocabulary', async () => {
    const copy = Vocabulary.fromBytes((await made).toBytes());
    expect(copy).toEqual(await made);
    expect(copy.numbers('A b z\n\u00c9')).toEqual((await made).numbers('A b z\n\u00c9'));
    expect(copy.isStopWord('X')).toBe(true);
  });

  type Change = (parts: Parts) => void;
  const parameter =
    (name: string, value: unknown): Change =>
    (parts) =>
      Object.assign(parts.parameters, { [name]: value });
  const number =
    (tensor: string, at: number, value: number): Change =>
    (parts) => {
      const found = parts.tensors.find(({ name }) => name === tensor);
      (found?.data as Float64Array)[at] = value;
    };

  it.each<[string, Change, string]>([
    [
      'a word twice',
      number('words.text', 1, 0x62),
      'word 1 of words must be unlike the others, got "b"',
    ],
    ['bytes that are no UTF-8', number('words.text', 0, 0xff), 'word 0 of words must be UTF-8'],
    ['half a character', number('words.ends', 2, 4), 'word 2 of words must be UTF-8'],
    ['ends that fall', number('words.ends', 1, 1), 'words.ends[1] must be from 2 to 5, got 1'],
    [
      'ends beyond the text',
      number('words.ends', 3, 6),
      'words.ends[3] must be from 4 to 5, got 6',
    ],
    ['ends between bytes', number('words.ends', 0, 0.5), 'words.ends[0]'],
    ['text behind the last word', number('words.ends', 3, 4), 'word 3 of words must be UTF-8'],
    ['counts that rise', number('counts', 1, 4), 'counts[1]'],
    ['counts below the least', number('counts', 3, 0), 'counts[3]'],
    ['counts that add up to others', parameter('tokens', 8), 'tokens must be'],
    ['more words than asked for', parameter('askedSize', 3), 'askedSize must be 4 or more'],
    [
      'a stop word',
      number('stopWords.text', 0, 0x61),
      'stopWords must be no words of the vocabulary, got "a"',
    ],
    ['another recipe', parameter('tokenizer', 'mine'), 'tokenizer must be one of standard, own'],
    ['another size', parameter('size', 5), 'tensor counts must be'],
    ['a parameter more', parameter('x', 1), 'x must be absent'],
  ])('must not have %s', async (_what, change, sentence) => {
    const parts = structuredClone(partsOfBytes((await made).toBytes()));
    change(parts);
    const reading = (): Vocabulary => Vocabulary.fromBytes(bytesOfParts(parts));
    expect(reading).toThrow(sentence);
    expect(reading).toThrow(expect.objectContaining({ code: 'ERR_CORRUPT_FILE' }));
  });

  it('cannot be made by its constructor', () => {
    const Made = Vocabulary as unknown as new () => Vocabulary;
    expect(() => new Made()).toThrow('Vocabulary must be made by Vocabulary.fromText');
    expect(typeof Vocabulary.prototype[PARTS]).toBe('function');
  });
});

describe('a vocabulary of own functions', () => {
  const tokenize = (paragraph: string): string[] => paragraph.split('|');
  const normalize = (word: string): string => word.toUpperCase();

  it('uses them, and after loading once they are given again', async () => {
    const options = { ...all, tokenize, normalize };
    const made = await Vocabulary.fromText('new york|fly\nfly', options);
    expect(made.words).toEqual(['FLY', 'NEW YORK']);
    expect([...made.numbers('New York|bee|fly')]).toEqual([1, -1, 0, -2]);
    const loaded = Vocabulary.fromBytes(made.toBytes());
    expect([loaded.tokenizer, loaded.normalizer, loaded.id('FLY')]).toEqual(['own', 'own', 0]);
    expect(() => loaded.id('fly')).toThrow('normalize must be given by vocabulary.using');
    expect(() => loaded.using({ normalize }).numbers('fly')).toThrow(
      'tokenize must be given by vocabulary.using',
    );
    const used = loaded.using({ normalize }).using({ tokenize });
    expect(used.numbers('New York|bee|fly')).toEqual(made.numbers('New York|bee|fly'));
    expect(used.toBytes()).toEqual(made.toBytes());
  });

  it('takes no function that it was not made with', async () => {
    const made = await Vocabulary.fromText('a', all);
    expect(() => made.using({ tokenize })).toThrow('tokenize must be left out');
    expect(() => made.using({ normalize: 1 as never })).toThrow('normalize must be a function');
    expect(() => made.using({ stopWords: 'none' } as object)).toThrow(
      'functions must have only the keys',
    );
  });

  it('reads on when a function throws or asks the vocabulary itself', async () => {
    const made = await Vocabulary.fromText('a|b', { ...all, tokenize });
    let fails = true;
    const nested = Vocabulary.fromBytes(made.toBytes()).using({
      tokenize: (paragraph) => {
        if (fails) throw new Error('mine');
        return paragraph === 'a'
          ? ['a']
          : [...paragraph].filter((part) => nested.numbers('a').length > 0 && part !== '|');
      },
    });
    expect(() => nested.numbers('b|a')).toThrow('mine');
    fails = false;
    expect([...nested.numbers('b|a')]).toEqual([1, 0, -2]);
  });
});
