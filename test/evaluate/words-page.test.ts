/** The page of word codes as text: what is in it, that nothing in it is obeyed, and wrong arguments. scripts/test-browser.mjs opens it. */

import { beforeAll, describe, expect, it } from 'vitest';
import { wordsPage, wordsPageData } from '../../lib/evaluate/words-page.ts';
import {
  codeOfWords,
  codesOf,
  nearestWords,
  readSentence,
  rowsOf,
} from '../../lib/evaluate/words-page-script.ts';
import { BioWord } from '../../lib/index.ts';

const WORDS = ['cat', 'dog', 'fox', 'bus', 'car', 'van', 'eats', 'burns', 'meat', 'petrol'];
let model: BioWord;

beforeAll(async () => {
  const text = Array.from({ length: 300 }, (_, i) => {
    const [who, does, what] = i % 2 === 0 ? [i % 3, 6, 8] : [3 + (i % 3), 7, 9];
    return `the ${WORDS[who]} ${WORDS[does]} ${WORDS[what]}`;
  });
  const options = { units: 6, active: 3, ppmi: { shift: 1 }, seed: 1, minimumCount: 2 };
  model = await BioWord.train(text, options);
});

describe('wordsPage', () => {
  it('holds everything, fetches nothing and obeys no title', async () => {
    const page = await wordsPage(model, {
      title: '<b>&"',
      word: 'cat',
      sentences: ['</script>', ''],
    });
    expect(page).toContain('<title>&lt;b&gt;&amp;&quot;</title>');
    expect(page).toContain("default-src 'none'");
    expect(page.match(/<\/script>/g)).toHaveLength(2);
    expect(page).not.toMatch(/<script[^>]+src|<link|@import/);
    expect(page).toContain('9 bits, 2 bytes');
  });

  it.each([
    [{ title: 3 }, /title must be a string, got 3/],
    [{ word: 'unheard' }, /word must be a word of the vocabulary, got "unheard"/],
    [{ sentences: ['one'] }, /sentences must be an array of two strings/],
    [{ sentenceWords: -1 }, /sentenceWords must be/],
    [{ colour: 'red' }, /colour/],
  ])('refuses %j', async (options, message) => {
    await expect(wordsPage(model, options as object)).rejects.toThrow(message);
  });

  it('refuses what is no model', async () => {
    await expect(wordsPage({} as BioWord)).rejects.toThrow(/model must be a BioWord/);
  });
});

describe('what the page computes', () => {
  const page = { atob };

  it('is what the model computes', () => {
    const data = wordsPageData(model, [], 1000);
    const codes = codesOf(page, data);
    expect(codes).toEqual(model.codes().indices);
    const ids = new Map(data.words.map((word, id) => [word, id]));
    const rows = rowsOf(page, data);
    for (const text of ['the cat eats', 'Bus, petrol & meat!', 'van van dog burns']) {
      const { known } = readSentence(text, data, ids);
      const code = codeOfWords(known, data, rows);
      expect(code).toEqual(Array.from(model.document(text)?.indices ?? []));
      const near = nearestWords(codes, data.active, code, -1, 4);
      const wanted = model.nearest(model.document(text) ?? '', 4);
      expect(near.map(({ word }) => data.words[word])).toEqual(wanted?.map(({ word }) => word));
    }
  });

  it('says which words it has no synapses of, and leaves out the word in brackets', () => {
    const data = wordsPageData(model, ['fox'], 2);
    expect(data.rowWords).toHaveLength(3);
    const ids = new Map(data.words.map((word, id) => [word, id]));
    const all = readSentence(`the ${WORDS.join(' ')} unheard 12`, data, ids);
    expect(all.known).toHaveLength(3);
    expect(all.leftOut).toHaveLength(7);
    expect(all.unknown).toEqual(['unheard', '12']);
    expect(readSentence('a [fox] there', data, ids).known).toEqual([]);
  });
});
