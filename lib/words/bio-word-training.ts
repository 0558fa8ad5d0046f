/**
 * A training of BioWord from text to model: the text is read and numbered once, the trainer learns from the numbers, and
 * what it has learnt becomes 16-bit synapses. What fails leaves nothing behind but the checkpoint, if one was asked for.
 */

import { KernelWork } from '../hash/kernel-work.ts';
import { type BioWordSettings, ownSettings } from './bio-word-options.ts';
import type { WordModel } from './bio-word-parts.ts';
import { Checkpoint, checkFolder } from './checkpoint.ts';
import { Corpus } from './corpus.ts';
import { synapsesOf } from './synapses.ts';
import { TrainingClock } from './training-clock.ts';
import type { TrainedWords } from './word-trainer.ts';

/** The words that were learnt of: those that are not silent. */
function learntWords({ target }: TrainedWords): Uint32Array | undefined {
  const { words, silent } = target;
  if (silent?.includes(1) !== true) return undefined;
  return Uint32Array.from({ length: words }, (_, word) => word).filter(
    (word) => silent[word] === 0,
  );
}

async function learn(
  corpus: Corpus,
  settings: BioWordSettings,
  checkpoint: Checkpoint,
  clock: TrainingClock,
): Promise<WordModel> {
  const { trainer, trainerName, threads, signal, units, active, window, seed } = settings;
  const work = new KernelWork(threads, signal);
  const tell = clock.tell.bind(clock);
  const trained = await trainer.train(corpus, { work, threads, signal, checkpoint, tell });
  clock.tell('weighing', 0, 1);
  const synapses = await synapsesOf(trained, work);
  if (synapses.scale === 0) {
    throw new RangeError('text must have words that differ, got only words that are used alike');
  }
  clock.tell('weighing', 1, 1);
  signal?.throwIfAborted();
  const learnt = learntWords(trained);
  const vocabulary = learnt === undefined ? corpus.vocabulary : corpus.vocabulary.only(learnt);
  const silentWords = corpus.vocabulary.size - vocabulary.size;
  const training = Object.freeze({ ...trainer.settings, ...trained.told, silentWords });
  return { vocabulary, synapses, trainer: trainerName, units, active, window, seed, training };
}

/** Trains a model. */
export async function trainWords(text: unknown, settings: BioWordSettings): Promise<WordModel> {
  const { signal, vocabulary } = settings;
  await checkFolder(settings.checkpoint);
  const clock = new TrainingClock(settings.onProgress);
  const reading = {
    signal,
    onProgress: ({ tokens }: { tokens: number }) => clock.tell('reading', tokens, undefined),
  };
  clock.tell('reading', 0, undefined);
  const corpus = await Corpus.read(text, { ...vocabulary, reading });
  try {
    const owner = { text: corpus.digest, settings: ownSettings(settings) };
    const checkpoint = await Checkpoint.open(settings.checkpoint, owner);
    const model = await learn(corpus, settings, checkpoint, clock);
    await checkpoint.remove();
    return model;
  } finally {
    await corpus.close();
  }
}
