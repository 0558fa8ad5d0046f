/**
 * The training of BioWord: the same model, byte for byte, from every backend, for any number of threads, however the text
 * comes, and for a training that was interrupted anywhere; progress that tells the truth; aborts; checkpoints that belong to
 * another training, or are damaged.
 */

import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BioWord } from '../../lib/words/bio-word.ts';
import type { BioWordTraining, WordTrainingProgress } from '../../lib/words/bio-word-options.ts';
import type { TrainingStage } from '../../lib/words/word-trainer.ts';
import { allBackends, levelBackends, reference, useBackend } from '../support/backends.ts';
import { topicText } from '../support/topics.ts';

const fastest = [...levelBackends.values()].at(-1) ?? reference;
const text = topicText(480);
const common: BioWordTraining = { units: 32, active: 4, minimumCount: 3, seed: 5, iterations: 6 };
const WITH_SVD: BioWordTraining = { ...common, svd: { dimensions: 20 } };
const WITHOUT: BioWordTraining = { ...common, svd: false };
const WAYS = [
  ['with SVD', WITH_SVD],
  ['without', WITHOUT],
] as const;

const folder = mkdtempSync(join(tmpdir(), 'flyhash-training-'));
const checkpoint = join(folder, 'state');
beforeEach(() => useBackend(fastest));
afterEach(() => rmSync(checkpoint, { force: true }));
afterAll(() => rmSync(folder, { recursive: true }));

async function bytesOf(options: BioWordTraining, given: string[] = text): Promise<Uint8Array> {
  return (await BioWord.train(given, options)).toBytes();
}

describe.each(WAYS)('a training %s gives the same bytes', (_name, options) => {
  it('on every backend and for any number of threads', async () => {
    const expected = await bytesOf({ ...options, threads: 1 });
    for (const [name, backend] of allBackends) {
      useBackend(backend);
      const threads = name === 'reference' ? 1 : 3;
      expect(await bytesOf({ ...options, threads })).toEqual(expected);
    }
  });

  it('however the text comes', async () => {
    const expected = await bytesOf(options);
    const joined = new TextEncoder().encode(text.join('\n'));
    async function* pieces(size: number): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < joined.length; at += size) yield joined.subarray(at, at + size);
    }
    for (const size of [7, 1000, joined.length]) {
      expect((await BioWord.train(pieces(size), options)).toBytes()).toEqual(expected);
    }
  });

  it('another seed, another model', async () => {
    expect(await bytesOf({ ...options, seed: 6 })).not.toEqual(await bytesOf(options));
  });

  it('when it is saved and loaded', async () => {
    const model = await BioWord.train(text, options);
    const loaded = BioWord.fromBytes(model.toBytes());
    expect(loaded.toBytes()).toEqual(model.toBytes());
    expect(loaded.report).toEqual(model.report);
    expect(loaded.codes().equals(model.codes())).toBe(true);
  });
});

/** Trains until a stage has gone so far, as if killed there; what is left is the checkpoint. */
async function interrupted(options: BioWordTraining, stage: TrainingStage, steps: number) {
  const controller = new AbortController();
  const onProgress = (progress: WordTrainingProgress): void => {
    if (progress.stage === stage && progress.done >= steps) controller.abort('killed');
  };
  const own = { ...options, checkpoint, signal: controller.signal, onProgress };
  await expect(BioWord.train(text, own)).rejects.toBe('killed');
}

describe('a training that was interrupted', () => {
  it.each([
    ['with SVD', WITH_SVD, 'decomposing', 0],
    ['with SVD', WITH_SVD, 'decomposing', 3],
    ['with SVD', WITH_SVD, 'learning', 2],
    ['with SVD', WITH_SVD, 'weighing', 1],
    ['without', WITHOUT, 'learning', 2],
    ['without', WITHOUT, 'weighing', 0],
  ] as const)(
    '%s goes on and ends with the same bytes: %s',
    async (_name, options, stage, steps) => {
      const expected = await bytesOf(options);
      await interrupted(options, stage, steps);
      expect(existsSync(checkpoint)).toBe(true);
      const stages = new Set<string>();
      const onProgress = (progress: WordTrainingProgress): void => void stages.add(progress.stage);
      expect(await bytesOf({ ...options, checkpoint, onProgress })).toEqual(expected);
      expect(stages).not.toContain('counting');
      expect(existsSync(checkpoint)).toBe(false);
    },
  );

  it('between iterations goes on there', async () => {
    const expected = await bytesOf(WITHOUT);
    // As if each iteration took its ten seconds.
    let now = 0;
    const real = performance.now;
    performance.now = () => (now += 11_000);
    try {
      await interrupted(WITHOUT, 'learning', 4);
    } finally {
      performance.now = real;
    }
    const done: number[] = [];
    const onProgress = (progress: WordTrainingProgress): void => {
      if (progress.stage === 'learning') done.push(progress.done);
    };
    expect(await bytesOf({ ...WITHOUT, checkpoint, onProgress })).toEqual(expected);
    expect(done[0]).toBeGreaterThan(1);
  });

  it('refuses to go on with another text, other options, or from another file', async () => {
    await interrupted(WITH_SVD, 'learning', 1);
    const other = topicText(480, 2);
    await expect(BioWord.train(other, { ...WITH_SVD, checkpoint })).rejects.toThrow(
      /checkpoint ".*state" must be of a training with the same text, or removed, got/,
    );
    await expect(BioWord.train(text, { ...WITH_SVD, units: 31, checkpoint })).rejects.toThrow(
      /of a training with the same settings/,
    );
    expect(existsSync(checkpoint)).toBe(true);
    // What does not decide what is learnt may differ.
    const resumed = await BioWord.train(text, { ...WITH_SVD, active: 9, threads: 2, checkpoint });
    expect(resumed.codes({ active: 4 }).equals((await BioWord.train(text, WITH_SVD)).codes())).toBe(
      true,
    );
    writeFileSync(checkpoint, resumed.toBytes());
    await expect(BioWord.train(text, { ...WITH_SVD, checkpoint })).rejects.toMatchObject({
      code: 'ERR_WRONG_KIND',
    });
    writeFileSync(checkpoint, 'no checkpoint');
    await expect(BioWord.train(text, { ...WITH_SVD, checkpoint })).rejects.toMatchObject({
      code: 'ERR_CORRUPT_FILE',
    });
  });

  it('says when there is no such folder, before it works for nothing', async () => {
    const stages = new Set<string>();
    const onProgress = (progress: WordTrainingProgress): void => void stages.add(progress.stage);
    const path = join(folder, 'no', 'folder');
    const training = BioWord.train(text, { ...WITH_SVD, checkpoint: path, onProgress });
    await expect(training).rejects.toMatchObject({ code: 'ERR_FILE' });
    expect([...stages]).toEqual([]);
  });
});

describe('progress', () => {
  it('tells every stage in order, to its end', async () => {
    const told: WordTrainingProgress[] = [];
    await BioWord.train(text, { ...WITH_SVD, onProgress: (progress) => told.push(progress) });
    const stages = [...new Set(told.map(({ stage }) => stage))];
    expect(stages).toEqual(['reading', 'counting', 'decomposing', 'learning', 'weighing']);
    for (const stage of stages) {
      const own = told.filter((progress) => progress.stage === stage);
      const done = own.map((progress) => progress.done);
      expect(done).toEqual([...done].sort((a, b) => a - b));
      const last = own[own.length - 1];
      if (stage === 'reading') expect([last.done, last.total]).toEqual([480 * 12, undefined]);
      else expect(last.done).toBe(last.total);
      expect(last.secondsLeft === undefined || last.secondsLeft === 0).toBe(true);
    }
  });

  it('whose function throws ends the training', async () => {
    const onProgress = (): void => {
      throw new Error('enough');
    };
    await expect(BioWord.train(text, { ...WITH_SVD, onProgress })).rejects.toThrow('enough');
  });
});

describe('an abort', () => {
  it.each(['reading', 'counting', 'decomposing', 'learning', 'weighing'] as const)(
    'while %s ends the training and leaves nothing behind',
    async (stage) => {
      const controller = new AbortController();
      const onProgress = (progress: WordTrainingProgress): void => {
        if (progress.stage === stage) controller.abort(stage);
      };
      const { signal } = controller;
      const training = BioWord.train(text, { ...WITH_SVD, signal, onProgress });
      await expect(training).rejects.toBe(stage);
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  it('beforehand begins nothing', async () => {
    const signal = AbortSignal.abort('never');
    await expect(BioWord.train(text, { signal })).rejects.toBe('never');
  });
});
