/**
 * The trainers of BioWord that learn from windows: the same model, byte for byte, from every backend, for any number of
 * threads, however the text comes, and for a training that was interrupted; frozen models; what they must find in a text
 * whose words have a known meaning; aborts, and options and texts that cannot be.
 */

import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PARTS } from '../../lib/files/parts.ts';
import { BioWord } from '../../lib/words/bio-word.ts';
import type { BioWordTraining, WordTrainingProgress } from '../../lib/words/bio-word-options.ts';
import { allBackends, levelBackends, reference, useBackend } from '../support/backends.ts';
import { TOPIC_WORDS, TOPICS, topicText, topicWord } from '../support/topics.ts';

const fastest = [...levelBackends.values()].at(-1) ?? reference;
const text = topicText(320);

const common = { units: 33, active: 4, minimumCount: 3, window: 7, seed: 5 } as const;
const EM: BioWordTraining = { ...common, trainer: 'em', iterations: 3 };
const SGD: BioWordTraining = { ...common, trainer: 'sgd', epochs: 3, batchSize: 170 };
const WAYS: readonly (readonly [string, BioWordTraining])[] = [
  ['em', EM],
  ['em as in the paper', { ...EM, weights: 'share', readout: 'weights' }],
  ['em with shares of a power', { ...EM, weights: 'share', alpha: 0.5, targetWeight: 2 }],
  ['em in groups', { ...EM, groupSize: 3, targetWeight: 4, smoothing: 1 }],
  ['sgd', SGD],
];

/** SHA-256 of the models: they may change only where a change of what is learnt is meant. */
const GOLDEN: Readonly<Record<string, string>> = {
  em: '1b5facbeaae91121cf0db582820c938ae9886253f774a101c62b7058fec2c997',
  'em as in the paper': '9ce49c0ea8c55f3f61a4219088a8665887bdcc52adad0315b83ddb5c400f1e12',
  'em with shares of a power': 'd9f3930d198a1cba875b6935cf4e1bdcb7a07b00a76d78429de3057fd6988905',
  'em in groups': '285ab60b458add6d58a19a4a762ec0c0347f5223c080ac52216c0374cacd761b',
  sgd: '95c7a6cf61aaac2fc16c6005a2ad1aa02841037b0d173ee9be6ddeeb2bccae24',
};

const folder = mkdtempSync(join(tmpdir(), 'flyhash-windows-'));
const checkpoint = join(folder, 'state');
beforeEach(() => useBackend(fastest));
afterEach(() => rmSync(checkpoint, { force: true }));
afterAll(() => rmSync(folder, { recursive: true }));

async function bytesOf(options: BioWordTraining): Promise<Uint8Array> {
  return (await BioWord.train(text, options)).toBytes();
}

/** The synapses of a model. */
async function tablesOf(options: BioWordTraining): Promise<Int16Array[]> {
  const { tensors } = (await BioWord.train(text, options))[PARTS]();
  return tensors.flatMap(({ data }) => (data instanceof Int16Array ? [data] : []));
}

/** Trains until so many tokens have streamed by, as if killed there; what is left is the checkpoint. */
async function interrupted(options: BioWordTraining, tokens: number): Promise<void> {
  const onProgress = ({ stage, done }: WordTrainingProgress): void => {
    if (stage === 'streaming' && done >= tokens) throw new Error('killed');
  };
  await expect(BioWord.train(text, { ...options, checkpoint, onProgress })).rejects.toThrow(
    'killed',
  );
}

describe.each(WAYS)('a training by %s', (name, options) => {
  it('gives the same bytes on every backend, for any number of threads, as ever', async () => {
    const expected = await bytesOf({ ...options, threads: 1 });
    for (const [backendName, backend] of allBackends) {
      useBackend(backend);
      for (const threads of backendName === 'reference' ? [1] : [2, 3]) {
        expect(await bytesOf({ ...options, threads })).toEqual(expected);
      }
    }
    const hash = createHash('sha256');
    for (const table of await tablesOf(options)) hash.update(table);
    expect(hash.digest('hex')).toBe(GOLDEN[name]);
  });

  it('gives the same bytes however the text comes', async () => {
    const expected = await bytesOf(options);
    const joined = new TextEncoder().encode(text.join('\n'));
    async function* pieces(size: number): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < joined.length; at += size) yield joined.subarray(at, at + size);
    }
    for (const size of [13, joined.length]) {
      expect((await BioWord.train(pieces(size), options)).toBytes()).toEqual(expected);
    }
  });

  it('goes on where it was interrupted and ends with the same bytes', async () => {
    const expected = await bytesOf(options);
    const round = text.length * 13;
    await interrupted(options, 2 * round + 1);
    expect(existsSync(checkpoint)).toBe(true);
    const done: number[] = [];
    const onProgress = (progress: WordTrainingProgress): void => {
      if (progress.stage === 'streaming') done.push(progress.done);
    };
    expect(await bytesOf({ ...options, checkpoint, onProgress })).toEqual(expected);
    expect(done[0]).toBe(2 * round);
    expect(done.at(-1)).toBe(3 * round);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('ends when it is aborted, and leaves nothing behind', async () => {
    const controller = new AbortController();
    const onProgress = ({ stage }: WordTrainingProgress): void => {
      if (stage === 'streaming') controller.abort('enough');
    };
    const { signal } = controller;
    await expect(BioWord.train(text, { ...options, signal, onProgress })).rejects.toBe('enough');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('tells how fast it goes and how long it will take', async () => {
    const told: WordTrainingProgress[] = [];
    await BioWord.train(text, { ...options, onProgress: (progress) => told.push(progress) });
    const own = told.filter(({ stage }) => stage === 'streaming');
    expect(own[0].done).toBe(0);
    expect(own.at(-1)).toMatchObject({ done: 3 * text.length * 13, secondsLeft: 0 });
    expect(own.at(-1)?.tokensPerSecond).toBeGreaterThan(0);
  });

  it('finds the words of a topic alike', async () => {
    const rounds = options.trainer === 'em' ? { iterations: 8 } : { epochs: 5 };
    const model = await BioWord.train(topicText(1600), { ...options, ...rounds });
    let hits = 0;
    for (let topic = 0; topic < TOPICS; topic++) {
      const own = topicWord(topic, 0).slice(0, 2);
      const nearest = model.nearest(topicWord(topic, 0), TOPIC_WORDS - 1) ?? [];
      hits += nearest.filter(({ word }) => word.startsWith(own)).length;
    }
    expect(hits / (TOPICS * (TOPIC_WORDS - 1))).toBeGreaterThan(0.9);
  });
});

describe('training on windows', () => {
  it('depends on the seed', async () => {
    for (const options of [EM, SGD]) {
      expect(await bytesOf({ ...options, seed: 6 })).not.toEqual(await bytesOf(options));
    }
  });

  it('scales batches and rate to the text', async () => {
    const { batchSize: _, ...own } = SGD;
    const { report } = await BioWord.train(text, own);
    expect(report).toMatchObject({ batchSize: 100, rate: 0.5, windows: 320 * 6 });
    const given = await BioWord.train(text, { ...own, rate: 0.01, batchSize: 50 });
    expect(given.report).toMatchObject({ batchSize: 50, rate: 0.01 });
  });

  it('says what cannot be', async () => {
    const wrong = (options: BioWordTraining) => expect(BioWord.train(text, options)).rejects;
    await wrong({ ...EM, epochs: 3 }).toThrow(/options must have only the keys/);
    await wrong({ ...SGD, alpha: 1 }).toThrow(/options must have only the keys/);
    await wrong({ ...EM, weights: 'share', alpha: 2 }).toThrow(
      /alpha must be a finite number from 0 to 1, got 2/,
    );
    await wrong({ ...EM, targetWeight: 509 }).toThrow(/targetWeight must be .* to 508, got 509/);
    await wrong({ ...EM, groupSize: 8192 }).toThrow(/groupSize must be .* to 8191, got 8192/);
    await wrong({ ...EM, alpha: 1 }).toThrow(/alpha must be left out unless weights is 'share'/);
    await wrong({ ...EM, weights: 'share', smoothing: 1 }).toThrow(/smoothing must be left out/);
    await wrong({ ...EM, groupSize: 2, onlyWords: false }).toThrow(/onlyWords must be true for/);
    await wrong({ ...SGD, rate: 0 }).toThrow(/rate must be .* got 0/);
    await wrong({ ...SGD, batchSize: 0 }).toThrow(/batchSize must be .* got 0/);
    const short = topicText(320, 1, 6);
    await expect(BioWord.train(short, SGD)).rejects.toThrow(/a paragraph of at least 7 tokens/);
  });
});
