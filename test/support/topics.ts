/**
 * Made-up texts whose words have a known meaning: each paragraph is about one topic, and all words of a topic are used
 * alike; some words belong to two topics. What a model must find in them is known beforehand.
 */

import { stream } from '../../lib/random.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** Topics and their words. */
export const TOPICS = 16;
export const TOPIC_WORDS = 10;

/** A word of a topic: letters only. */
export function topicWord(topic: number, word: number): string {
  return `w${LETTERS[topic]}${LETTERS[word]}x`;
}

/** Paragraphs, the topics in turn, each of some words of its topic. */
export function topicText(paragraphs: number, seed = 1, length = 12): string[] {
  const drawing = stream(seed, 'evaluation');
  return Array.from({ length: paragraphs }, (_, i) => {
    const topic = i % TOPICS;
    const words = Array.from({ length }, () => topicWord(topic, drawing.below(TOPIC_WORDS)));
    return words.join(' ');
  });
}

/** The same with a word that stands in the paragraphs of two topics only. */
export function ambiguousText(
  paragraphs: number,
  word: string,
  topics: readonly number[],
): string[] {
  return topicText(paragraphs).map((paragraph, i) => {
    if (!topics.includes(i % TOPICS)) return paragraph;
    const words = paragraph.split(' ');
    words[5] = word;
    return words.join(' ');
  });
}

/** Every paragraph about a topic twice, once with each of two words: they are always interchangeable. */
export function twinText(
  paragraphs: number,
  twins: readonly [string, string],
  topic: number,
): string[] {
  return topicText(paragraphs).flatMap((paragraph, i) => {
    if (i % TOPICS !== topic) return [paragraph];
    const words = paragraph.split(' ');
    return twins.map((twin) => words.with(5, twin).join(' '));
  });
}
