/**
 * The standard tokeniser: examples of every rule, and generated texts of all scripts, cut anywhere, against a tokeniser
 * of strings that is written as plainly as the rules read.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NumberList } from '../../lib/words/number-list.ts';
import { ENGLISH_STOP_WORDS } from '../../lib/words/stop-words.ts';
import {
  checkTokenizer,
  newWordTable,
  normalizeWord,
  type TokenizerOptions,
  tokenReader,
} from '../../lib/words/tokenizer.ts';
import { RUNS } from '../support/generators.ts';
import { naiveNormal, naiveParagraphs, naiveWords } from '../support/naive-words.ts';
import { anyBytes, anyCuts, anyText, pieces } from '../support/texts.ts';

interface Tokens {
  readonly paragraphs: (string | null)[][];
  readonly replaced: number;
}

/** The words of a text that comes in pieces; null for what has no number. */
function tokens(text: readonly (string | Uint8Array)[], options: TokenizerOptions = {}): Tokens {
  const table = newWordTable();
  const numbers = new NumberList();
  const { reader } = tokenReader(checkTokenizer(options), table, numbers, false);
  for (const piece of text) reader.write(piece);
  reader.end();
  const decoder = new TextDecoder();
  const paragraphs: (string | null)[][] = [[]];
  for (const id of numbers.taken) {
    if (id === -2) paragraphs.push([]);
    else paragraphs.at(-1)?.push(id < 0 ? null : decoder.decode(table.bytesOf(id)));
  }
  expect(paragraphs.pop()).toEqual([]);
  expect(reader.paragraphs).toBe(paragraphs.length);
  return { paragraphs, replaced: reader.replaced };
}

const words = (text: string): (string | null)[] => tokens([text]).paragraphs.flat();

describe('the standard tokeniser', () => {
  it.each([
    [
      'letters in lower case, apart from all else',
      'A Fly--smells: plum_jam!',
      'a fly smells plum jam',
    ],
    [
      'apostrophes within a word',
      "don't 'tis dogs' rock'n'roll a''b",
      "don't tis dogs rock'n'roll a b",
    ],
    ['the other apostrophe too', 'don\u2019t \u2018so\u2019', "don't so"],
    ['a digit makes a word a number', "1984 3rd b4 1'000 90's", '<num> <num> <num> <num> <num>'],
    ['numbers with points are several', '1,000.50', '<num> <num> <num>'],
    ['digits of other scripts', '\u0664\u0665 \uff11', '<num> <num>'],
    [
      'letters with marks, composed',
      'e\u0301te\u0301 \u00c9T\u00c9',
      '\u00e9t\u00e9 \u00e9t\u00e9',
    ],
    ['no word begins with a mark', '\u2764\ufe0f \u0301a', 'a'],
    ['soft hyphens are nothing', 'ex\u00adample', 'example'],
    ['joiners stay within and go at the end', 'a\u200cb c\u200c', 'a\u200cb c'],
    [
      'capital sigma by its place',
      '\u039f\u03a3 \u039f\u03a3\u0391',
      '\u03bf\u03c2 \u03bf\u03c3\u03b1',
    ],
    [
      'runs without spaces, between words',
      'ab\u65e5\u672c\u8a9ecd 3\u6708',
      'ab \u65e5\u672c\u8a9e cd <num> \u6708',
    ],
    ['letters above U+FFFF', '\u{10400}\u{10401}', '\u{10428}\u{10429}'],
  ])('%s', (_rule, text, expected) => {
    expect(words(text)).toEqual(expected.split(' '));
  });

  it('ends paragraphs at every mandatory line break, and empty ones are none', () => {
    const text = 'a\nb\r\nc\rd\ve\ff\u0085g\u2028h\u2029\n\n . \ni';
    expect(tokens([text]).paragraphs).toEqual([...'abcdefghi'].map((word) => [word]));
    expect(tokens(['']).paragraphs).toEqual([]);
    expect(tokens(['. ', '\n']).paragraphs).toEqual([]);
  });

  it('gives no number to words of more than 256 bytes, and goes on behind them', () => {
    const long = `${'x'.repeat(257)} ${'1'.repeat(300)} ${'\u00e9'.repeat(129)}'s a`;
    expect(words(long)).toEqual([null, null, null, 'a']);
    expect(words(`${'x'.repeat(256)} ${'\u00e9'.repeat(128)}`)).not.toContain(null);
  });

  it('cuts runs of 1024 characters', () => {
    const text = '\u65e5\u672c\u8a9e'.repeat(1000);
    expect(tokens(pieces(text, [0.2, 0.5]))).toEqual({
      paragraphs: naiveParagraphs(text),
      replaced: 0,
    });
  });

  it('agrees with a tokeniser of strings, wherever the text is cut', () => {
    fc.assert(
      fc.property(anyText, anyCuts, (text, cuts) => {
        const expected = { paragraphs: naiveParagraphs(text), replaced: 0 };
        expect(tokens([text])).toEqual(expected);
        expect(tokens(pieces(text, cuts))).toEqual(expected);
        expect(tokens(pieces(new TextEncoder().encode(text), cuts))).toEqual(expected);
      }),
      { numRuns: RUNS },
    );
  });

  it('reads bytes that are no UTF-8 as TextDecoder does, and counts what it replaces', () => {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    const count = (text: string): number => text.split('\ufffd').length - 1;
    fc.assert(
      fc.property(anyBytes, anyCuts, (bytes, cuts) => {
        const text = decoder.decode(bytes);
        const own = count(
          Buffer.from(bytes).toString('latin1').replaceAll('\u00ef\u00bf\u00bd', '\ufffd'),
        );
        const expected = { paragraphs: naiveParagraphs(text), replaced: count(text) - own };
        expect(tokens(pieces(bytes, cuts))).toEqual(expected);
      }),
      { numRuns: RUNS },
    );
  });

  it('counts halves of pairs that stand alone', () => {
    expect(tokens(['a\ud800b', '\udc00c\ud83d'])).toEqual({
      paragraphs: [['a', 'b', 'c']],
      replaced: 3,
    });
    expect(tokens(['a\ud801', '\udc00'])).toEqual({ paragraphs: [['a\u{10428}']], replaced: 0 });
    expect(tokens(['a\ud801', Uint8Array.of(0x62)])).toEqual({
      paragraphs: [['a', 'b']],
      replaced: 1,
    });
  });
});

describe('functions of the user', () => {
  const own = { tokenize: naiveWords };

  it('cut paragraphs to the same words as the package, wherever the text is cut', () => {
    fc.assert(
      fc.property(anyBytes, anyCuts, (bytes, cuts) => {
        const expected = tokens([bytes]);
        expect(tokens(pieces(bytes, cuts), own)).toEqual(expected);
      }),
      { numRuns: RUNS },
    );
  });

  it('normalise the words of the package as they stand in the text', () => {
    const seen: string[] = [];
    const normalize = (word: string): string => {
      seen.push(word);
      return word.toUpperCase();
    };
    const { paragraphs } = tokens(['The \u00c9cole the The 4x4 ', 'the'], {
      normalize,
      stopWords: 'none',
    });
    expect(paragraphs).toEqual([['THE', '\u00c9COLE', 'THE', 'THE', '4X4', 'THE']]);
    expect(seen).toEqual(['The', '\u00c9cole', 'the', '4x4']);
  });

  it('mask a word that they normalise to nothing', () => {
    const normalize = (word: string): string => (word === 'b' ? '' : word);
    expect(tokens(['a b c'], { normalize }).paragraphs).toEqual([['a', null, 'c']]);
  });

  it('get long paragraphs in parts that end behind a space, and fit', () => {
    const parts: string[] = [];
    const tokenize = (part: string): string[] => {
      parts.push(part);
      return part.split(' ').filter((word) => word !== '');
    };
    const text = `${'abcdefg '.repeat(20_000)}\u00e9${'x'.repeat(100_000)}\nend`;
    const { paragraphs } = tokens(
      pieces(text, [0.1, 0.11, 0.7]).flatMap((piece) => piece.match(/.{1,16000}/gsu) ?? []),
      { tokenize },
    );
    expect(parts.join('')).toBe(text.replace('\n', ''));
    expect(parts.map((part) => Buffer.byteLength(part))).toEqual([
      65_536, 65_536, 28_928, 65_536, 34_466, 3,
    ]);
    expect(paragraphs.map(({ length }) => length)).toEqual([20_002, 1]);
  });

  it.each<[string, unknown, string]>([
    ['a string', () => 'abc', 'tokenize(paragraph) must be an iterable of strings, got "abc"'],
    [
      'nothing',
      () => undefined,
      'tokenize(paragraph) must be an iterable of strings, got undefined',
    ],
    ['a number among words', () => ['a', 1], 'tokenize(paragraph)[1] must be a string, got 1'],
  ])('are refused when they cut to %s', (_what, tokenize, sentence) => {
    const options = { tokenize } as TokenizerOptions;
    expect(() => tokens(['a'], options)).toThrow(new TypeError(sentence));
  });

  it('are refused when they normalise to no string, and may throw', () => {
    const normalize = (() => 1) as unknown as (word: string) => string;
    expect(() => tokens(['a'], { normalize })).toThrow('normalize(word) must be a string, got 1');
    const thrown = new Error('mine');
    const tokenize = (): string[] => {
      throw thrown;
    };
    expect(() => tokens(['a'], { tokenize })).toThrow(thrown);
  });
});

describe('normalizeWord', () => {
  it('is the plain one, and changes nothing twice', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const word of naiveWords(text)) {
          const normal = normalizeWord(word);
          if (naiveNormal(word) !== null) expect(normal).toBe(naiveNormal(word));
          expect(normalizeWord(normal)).toBe(normal);
        }
      }),
      { numRuns: RUNS },
    );
  });
});

describe('stop words', () => {
  it('are the Snowball list unless others are given', () => {
    expect(checkTokenizer({}).stopWords).toEqual(new Set(ENGLISH_STOP_WORDS));
    expect(ENGLISH_STOP_WORDS.length).toBe(228);
    expect(checkTokenizer({ stopWords: 'none' }).stopWords.size).toBe(0);
    expect([...checkTokenizer({ stopWords: new Set(['The', 'I\u2019m']) }).stopWords]).toEqual([
      'the',
      "i'm",
    ]);
  });

  it.each<[unknown, string]>([
    ['german', "stopWords must be 'english', 'none' or an iterable of words, got \"german\""],
    [7, "stopWords must be 'english', 'none' or an iterable of words, got 7"],
    [['a', 2], 'a word of stopWords must be a string, got 2'],
  ])('refuse %s', (stopWords, sentence) => {
    expect(() => checkTokenizer({ stopWords } as TokenizerOptions)).toThrow(sentence);
  });
});
