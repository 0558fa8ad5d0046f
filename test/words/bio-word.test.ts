/**
 * BioWord as its users meet it: laws that its codes must obey in texts whose meaning is known, codes in every form and
 * place, words that it does not know, and arguments and texts that are no good.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BitCodes } from '../../lib/codes/bit-codes.ts';
import { SparseCodes } from '../../lib/codes/sparse-codes.ts';
import { InvertedIndex } from '../../lib/search/inverted-index.ts';
import { BioWord } from '../../lib/words/bio-word.ts';
import type { BioWordTraining } from '../../lib/words/bio-word-options.ts';
import { readText } from '../../lib/words/text.ts';
import { levelBackends, reference, useBackend } from '../support/backends.ts';
import { ambiguousText, TOPICS, topicText, topicWord, twinText } from '../support/topics.ts';

const options: BioWordTraining = {
  ...{ units: 48, active: 4, minimumCount: 5, svd: { dimensions: 24 }, seed: 3 },
};

const folder = mkdtempSync(join(tmpdir(), 'flyhash-bio-word-'));
afterAll(() => rmSync(folder, { recursive: true }));

let model: BioWord;
beforeAll(async () => {
  useBackend([...levelBackends.values()].at(-1) ?? reference);
  model = await BioWord.train(topicText(1600), options);
});

/** Common active units of two codes of one row each. */
function common(a: SparseCodes | undefined, b: SparseCodes | undefined): number {
  if (a === undefined || b === undefined) throw new Error('no code');
  return [...a.row(0)].filter((unit) => b.row(0).includes(unit)).length;
}

describe('laws', () => {
  it('words of a topic are nearer to each other than to any other word', () => {
    for (let topic = 0; topic < TOPICS; topic++) {
      const near = model.nearest(topicWord(topic, 0), 4) ?? [];
      expect(near.map(({ word }) => word.slice(0, 2))).toEqual(
        near.map(() => topicWord(topic, 0).slice(0, 2)),
      );
      expect(near.length).toBeGreaterThan(0);
    }
  });

  it.each([
    ['with SVD', { dimensions: 24 }],
    ['without', false],
  ] as const)('words that are always interchangeable have the same code, %s', async (_, svd) => {
    const text = twinText(1600, ['twin', 'double'], 3);
    const twins = await BioWord.train(text, { ...options, svd });
    expect(twins.vector('twin')).toEqual(twins.vector('double'));
    expect(twins.similarity('twin', 'double')).toBe(1);
    expect(twins.similarity('twin', topicWord(4, 0))).toBeLessThan(0.5);
  });

  it('a word with two uses has different codes in its contexts, each that of its topic', async () => {
    const two = await BioWord.train(ambiguousText(1600, 'bank', [2, 9]), options);
    const sentence = (topic: number): string[] => {
      return [topicWord(topic, 1), 'bank', topicWord(topic, 2), topicWord(topic, 3)];
    };
    const [one, other] = [2, 9].map((topic) => {
      return two.contextVector(sentence(topic), 1, { active: 2 });
    });
    expect(common(one, other)).toBe(0);
    for (const topic of [2, 9]) {
      const near = two.nearestInContext(sentence(topic), 1, 3) ?? [];
      expect(near.map(({ word }) => word.slice(0, 2))).toEqual(
        near.map(() => topicWord(topic, 0).slice(0, 2)),
      );
    }
    // Alone, it is near to both.
    const near = two.nearest('bank', 30)?.map(({ word }) => word.slice(0, 2));
    expect(near).toContain(topicWord(2, 0).slice(0, 2));
    expect(near).toContain(topicWord(9, 0).slice(0, 2));
  });

  it('the words of a unit are of its topic, strongest first', () => {
    for (let unit = 0; unit < model.units; unit++) {
      const words = model.topWords(unit, 3);
      expect(words.length).toBe(3);
      const weights = words.map(({ weight }) => weight);
      expect(weights).toEqual([...weights].sort((a, b) => b - a));
      expect(words[0].weight).toBeGreaterThan(2);
      expect(words[0].word).toBe(model.vocabulary.words[words[0].id]);
    }
    const [active] = model.vector(topicWord(0, 0), { active: 1 })?.row(0) ?? [];
    expect(model.topWords(active, 1)[0].word.slice(0, 2)).toBe('wa');
  });
});

describe('codes', () => {
  it('of all words are those of each', () => {
    const codes = model.codes();
    expect([codes.rows, codes.units, codes.active]).toEqual([model.vocabulary.size, 48, 4]);
    for (const [id, word] of model.vocabulary.words.entries()) {
      expect(model.vector(word)?.equals(codes.slice(id, id + 1))).toBe(true);
    }
  });

  it('are the units of largest weight, for any number of active ones, in both forms', () => {
    for (const active of [1, 7, 48]) {
      const sparse = model.codes({ active });
      const bits = model.codes({ active, form: 'bits' });
      expect(bits.equals(sparse.toBitCodes())).toBe(true);
      expect(sparse.active).toBe(active);
    }
    const [one] = model.codes({ active: 1 }).row(0);
    const strongest = Array.from({ length: model.units }, (_, unit) => {
      return model.topWords(unit, 160).find(({ id }) => id === 0)?.weight ?? 0;
    });
    const word = model.vocabulary.words[0];
    expect(model.vector(word, { active: 3 })?.row(0)).toContain(one);
    // Weights are whole numbers on one scale, so the order of z-scores is that of the sums.
    expect(strongest.indexOf(Math.max(...strongest))).toBe(one);
  });

  it('go into any index', () => {
    const index = InvertedIndex.create({ units: model.units, active: model.active });
    index.add(model.codes(), [...model.vocabulary.words]);
    const word = topicWord(5, 0);
    const code = model.vector(word);
    expect(code).toBeInstanceOf(SparseCodes);
    expect(model.vector(word, { form: 'bits' })).toBeInstanceOf(BitCodes);
    if (code === undefined) return;
    expect(index.search(code, 1).distances[0]).toBe(0);
  });

  it('of a document are those of a bag of its words, each as often as it comes', () => {
    const words = [topicWord(1, 0), topicWord(1, 1), topicWord(7, 3), topicWord(1, 0)];
    const code = model.document(words.join(' '));
    // A word that is not known in the middle: what is around it counts, in any order.
    const around = [...words.toReversed(), 'unheard'];
    expect(model.contextVector(around, 4)).toEqual(code);
    expect(common(code, model.vector(topicWord(1, 0)))).toBeGreaterThan(1);
  });

  it('of documents are those of each, and say which have none', async () => {
    const texts = ['', topicText(1)[0], 'unheard words', topicText(3)[2], 'the'];
    const { codes, ids } = await model.documents(texts);
    expect([...ids]).toEqual([1, 3]);
    expect(codes.slice(0, 1)).toEqual(model.document(texts[1]));
    expect(codes.slice(1, 2)).toEqual(model.document(texts[3]));
    async function* stream(): AsyncGenerator<string> {
      yield* texts;
    }
    const again = await model.documents(stream(), { form: 'bits', threads: 1, active: 5 });
    expect(
      again.codes.equals((await model.documents(texts, { active: 5 })).codes.toBitCodes()),
    ).toBe(true);
    expect((await model.documents([])).codes.rows).toBe(0);
  });

  it('in context count the word itself as often as is asked for', () => {
    const words = [topicWord(1, 0), topicWord(7, 0), topicWord(1, 2)];
    const itself = model.vector(topicWord(7, 0));
    expect(common(model.contextVector(words, 1), itself)).toBeLessThan(2);
    const heavy = model.contextVector(words, 1, { targetWeight: 1000 });
    expect(common(heavy, itself)).toBeGreaterThan(2);
    expect(model.contextVector([words[1]], 0)).toBeUndefined();
    expect(model.contextVector([words[1]], 0, { targetWeight: 1 })).toEqual(itself);
    // A window of three: the words beside it only.
    const long = [topicWord(9, 0), topicWord(9, 1), ...words];
    expect(model.contextVector(long, 3, { window: 3 })).toEqual(model.contextVector(words, 1));
  });
});

describe('words that are not in the vocabulary', () => {
  const known = topicWord(0, 0);

  it('are answered with undefined', () => {
    expect(model.vector('unheard')).toBeUndefined();
    expect(model.nearest('unheard', 3)).toBeUndefined();
    expect(model.similarity(known, 'unheard')).toBeUndefined();
    expect(model.similarity('unheard', known)).toBeUndefined();
    expect(model.analogy(known, 'unheard', known, 3)).toBeUndefined();
    expect(model.document('never heard of')).toBeUndefined();
    expect(model.contextVector(['never', known, 'heard'], 1)).toBeUndefined();
    expect(model.nearestInContext(['never', known, 'heard'], 1, 2)).toBeUndefined();
  });

  it('are found in any case', () => {
    expect(model.vector(known.toUpperCase())).toEqual(model.vector(known));
    expect(model.similarity(known.toUpperCase(), known)).toBe(1);
  });
});

describe('refuses', () => {
  const text = topicText(400);
  const bad: [string, unknown, BioWordTraining, RegExp][] = [
    ['no text', undefined, {}, /text must be a string/],
    ['an empty text', [], {}, /text must have a word.*got no words/],
    ['one word', ['fly '.repeat(90)], { units: 1 }, /text must have words that stand near/],
    ['too few counts', text, { minimumCount: 10_000 }, /minimumCount = 10000/],
    [
      'more units than words',
      text,
      { ...options, units: 161 },
      /units must be at most 160.*got 161/,
    ],
    ['an even window', text, { window: 10 }, /window must be an odd number, got 10/],
    ['a misspelt option', text, { unit: 3 } as BioWordTraining, /only the keys .*"unit"/],
    ['another trainer', text, { trainer: 'lda' as 'types' }, /trainer must be one of 'types'/],
    ['more active than units', text, { units: 4, active: 5 }, /active must be .* from 1 to 4/],
    ['an infinite shift', text, { ppmi: { shift: 1 / 0 } }, /ppmi.shift must be a finite/],
    ['a shift of nothing', text, { ppmi: { shift: 0 } }, /ppmi.shift must be above 0/],
    ['svd: true', text, { svd: true as never }, /svd must be an object or false/],
    ['no dimensions', text, { svd: { dimensions: 0 } }, /svd.dimensions must be/],
    ['a broken option of the text', text, { stopWords: 'klingon' as never }, /stopWords must be/],
    ['a huge vocabulary', text, { vocabulary: 2 ** 23 }, /vocabulary must be a whole number/],
  ];
  it.each(bad)('%s', async (_name, given, own, message) => {
    await expect(BioWord.train(given as string[], own)).rejects.toThrow(message);
  });

  it('a .gz file that is cut', async () => {
    const path = join(folder, 'cut.txt.gz');
    const whole = gzipSync(topicText(500).join('\n'));
    writeFileSync(path, whole.subarray(0, whole.length - 100));
    await expect(BioWord.train(readText(path), options)).rejects.toMatchObject({
      code: 'ERR_CORRUPT_FILE',
    });
  });

  it('wrong questions', () => {
    expect(() => model.vector(7 as never)).toThrow('word must be a string, got 7');
    expect(() => model.vector('fly', { active: 49 })).toThrow('active must be');
    expect(() => model.codes({ form: 'dense' as 'bits' })).toThrow('form must be');
    expect(() => model.contextVector('a fly' as never, 0)).toThrow('words must be an array');
    expect(() => model.contextVector([], 0)).toThrow('words must be at least one word');
    expect(() => model.contextVector(['a', 3 as never], 0)).toThrow('words[1] must be a string');
    expect(() => model.contextVector(['a'], 1)).toThrow('position must be');
    expect(() => model.contextVector(['a'], 0, { window: 4 })).toThrow('window must be');
    expect(() => model.topWords(48, 1)).toThrow('unit must be a whole number from 0 to 47');
    expect(() => model.nearest('fly', -1)).toThrow('n must be');
    expect(() => model.document(7 as never)).toThrow('text must be a string');
  });

  it('documents that are none', async () => {
    await expect(model.documents('a text' as never)).rejects.toThrow('texts must be an iterable');
    await expect(model.documents(['a', 7 as never])).rejects.toThrow('texts[1] must be a string');
  });
});

describe('says what it left out', () => {
  it('of invalid UTF-8 and of a vocabulary that is smaller than asked', async () => {
    const bytes = new TextEncoder().encode(topicText(800).join('\n'));
    bytes.fill(0xff, 40, 43);
    const made = await BioWord.train(bytes, { ...options, vocabulary: 1000 });
    const { report, size } = made.vocabulary;
    expect(report.replaced).toBeGreaterThan(0);
    expect([size, report.askedSize]).toEqual([160, 1000]);
  });

  it('of words that never stand near another: they have no code', async () => {
    const text = [...topicText(800), ...Array.from({ length: 20 }, () => 'hermit')];
    const made = await BioWord.train(text, options);
    expect(made.report.silentWords).toBe(1);
    expect(made.vocabulary.size).toBe(160);
    expect(made.vector('hermit')).toBeUndefined();
    expect(made.codes().rows).toBe(160);
    const { tokens, masked, outside } = made.vocabulary.report;
    expect(tokens - masked - outside).toBe(made.vocabulary.counts.reduce((a, b) => a + b, 0));
  });
});
