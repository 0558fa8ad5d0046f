// Numbered text for the benches: Zipf's law with topics, nearly half of the tokens masked and paragraphs of some 45
// tokens, as English text has them; or real text, from the file (plain or gzip, a paragraph a line) that FLYHASH_TEXT
// names, numbered in the simplest way: the 150 most frequent words count as stop words.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const PARAGRAPH = -2;
const STOP_WORDS = 150;

export interface NumberedText {
  /** Words below vocabulary, -1 masked, -2 ends of paragraphs. */
  readonly tokens: Int32Array;
  /** How often each word stands there, at least 1. */
  readonly counts: Uint32Array;
  /** Tokens that are words. */
  readonly words: number;
}

function counted(tokens: Int32Array, vocabulary: number): NumberedText {
  const counts = new Uint32Array(vocabulary);
  let words = 0;
  for (const token of tokens) {
    if (token < 0) continue;
    counts[token]++;
    words++;
  }
  return { tokens, counts: counts.map((count) => Math.max(1, count)), words };
}

/** A text drawn from Zipf's law: some words of a paragraph come from its topic's part of the vocabulary. */
function drawnText(count: number, vocabulary: number): Int32Array {
  const topics = 100;
  const tokens = new Int32Array(count);
  let state = 0x9e3779b1;
  const draw = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  // The inverse of the law's distribution, so that word w comes about as often as 1 / (w + 3).
  const word = (): number => Math.floor(3 * ((vocabulary + 3) / 3) ** draw() - 3);
  let topic = 0;
  for (let at = 0; at < count; at++) {
    const kind = draw();
    if (kind < 1 / 45) {
      tokens[at] = PARAGRAPH;
      topic = Math.floor(draw() * topics);
    } else if (kind < 0.5) {
      tokens[at] = -1;
    } else {
      const common = word();
      const own = common - (common % topics) + topic;
      tokens[at] = draw() < 0.3 && own < vocabulary ? own : common;
    }
  }
  return tokens;
}

/** The first `count` tokens of a text, numbered as words come, and how often each word comes in all of it. */
function wordsOf(path: string, count: number) {
  const bytes = readFileSync(path);
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1');
  const numbers = new Map<string, number>();
  const frequencies: number[] = [];
  const tokens = new Int32Array(count);
  let size = 0;
  for (const line of text.matchAll(/.+/g)) {
    for (const [found] of line[0].toLowerCase().matchAll(/[a-z']+|\d+/g)) {
      const name = found < 'a' ? '<num>' : found;
      const number = numbers.get(name) ?? numbers.size;
      numbers.set(name, number);
      frequencies[number] = (frequencies[number] ?? 0) + 1;
      if (size < count) tokens[size++] = number;
    }
    if (size === count) break;
    tokens[size++] = PARAGRAPH;
  }
  return { tokens: tokens.subarray(0, size), frequencies };
}

function realText(path: string, count: number, vocabulary: number): Int32Array {
  const { tokens, frequencies } = wordsOf(path, count);
  const order = frequencies.map((_, number) => number);
  order.sort((a, b) => frequencies[b] - frequencies[a]);
  const ranks = new Int32Array(order.length).fill(-1);
  for (const [rank, number] of order.slice(STOP_WORDS, STOP_WORDS + vocabulary).entries()) {
    ranks[number] = rank;
  }
  return tokens.map((token) => (token < 0 ? token : ranks[token]));
}

/** About `count` tokens of text. */
export function numberedText(count: number, vocabulary: number): NumberedText {
  const path = process.env.FLYHASH_TEXT;
  const tokens =
    path === undefined ? drawnText(count, vocabulary) : realText(path, count, vocabulary);
  return counted(tokens, vocabulary);
}
