// Text for the benches: words by Zipf's law with the lengths of English ones, capitals, numbers, apostrophes and
// punctuation in about the shares of an encyclopedia, in paragraphs of a hundred words. Not English, but as much work.

/** Letters that words are made of: ASCII ones, or ones of two bytes. */
export type Letters = 'latin' | 'cyrillic';

const SYLLABLES: Record<Letters, readonly string[]> = {
  latin: [
    'an',
    'be',
    'con',
    'di',
    'e',
    'for',
    'ga',
    'her',
    'i',
    'ka',
    'lo',
    'men',
    'no',
    'o',
    'per',
    're',
    's',
    'ti',
    'u',
    'ver',
  ],
  cyrillic: [
    ...'\u0430\u0431\u0432\u0433\u0434\u0435\u0436\u0437\u0438\u043a\u043b\u043c\u043d\u043e\u043f\u0440\u0441\u0442\u0443\u0444',
  ].map((letter, i, all) => letter + all[(7 * i) % 20]),
};

const PARAGRAPH_WORDS = 100;

/** The word of a rank: the more frequent, the shorter. */
function wordOf(rank: number, syllables: readonly string[]): string {
  let word = '';
  for (let left = rank + 1; left > 0; left = Math.floor(left / syllables.length)) {
    word += syllables[left % syllables.length];
  }
  return word;
}

/** Numbers from 0 to 1, the same every time. */
function generator(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}

function written(word: string, share: number): string {
  if (share < 0.03) return String(1000 + Math.floor(share * 30_000));
  if (share < 0.12) return word[0].toUpperCase() + word.slice(1);
  return share < 0.13 ? `${word}'s` : word;
}

function gap(share: number): string {
  if (share < 0.06) return ', ';
  return share < 0.1 ? '. ' : ' ';
}

/** That many words. */
export function prose(words: number, letters: Letters = 'latin', different = 60_000): string {
  const vocabulary = Array.from({ length: different }, (_, rank) => {
    return wordOf(rank, SYLLABLES[letters]);
  });
  const logarithm = Math.log(different);
  const random = generator();
  let text = '';
  for (let i = 1; i <= words; i++) {
    // The rank r has a share of about 1 / (r log different).
    const word = vocabulary[Math.floor(Math.exp(random() * logarithm)) - 1];
    text += written(word, random()) + (i % PARAGRAPH_WORDS === 0 ? '.\n' : gap(random()));
  }
  return text;
}
