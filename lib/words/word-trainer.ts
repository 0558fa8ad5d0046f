/**
 * What BioWord's trainers have in common: what they are given beside the numbered text, and what they give back. A trainer
 * is a pure function of the text and its settings: threads, segments and interruptions never show in what it learns.
 */

import type { Facts } from '../files/parts.ts';
import type { KernelWork } from '../hash/kernel-work.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Corpus } from './corpus.ts';
import type { Learnt } from './synapses.ts';

/** What a training is doing. */
export type TrainingStage =
  | 'reading'
  | 'counting'
  | 'decomposing'
  | 'learning'
  | 'streaming'
  | 'weighing';

/** What is the same for all trainers. */
export interface TrainerSettings {
  /** Units that learn. */
  readonly units: number;
  /** Words on either side of a word: (window - 1) / 2. */
  readonly radius: number;
  readonly seed: number;
}

/** How a trainer goes about it; nothing of it shows in what it learns. */
export interface TrainerMeans {
  readonly work: KernelWork;
  /** Of that work, for what makes its own. */
  readonly threads: number | undefined;
  readonly signal: AbortSignal | undefined;
  readonly checkpoint: Checkpoint;
  /** Tells that `done` of `total` steps of a stage are done. */
  readonly tell: (stage: TrainingStage, done: number, total: number) => void;
}

/** What a trainer gives back. */
export interface TrainedWords extends Learnt {
  /** What it has to tell of the training. */
  readonly told: Facts;
}

/** A trainer whose own options are checked already. */
export interface WordTrainer {
  /** Its settings, the common ones included. They decide, with the text, what is learnt. */
  readonly settings: Facts;
  train(corpus: Corpus, means: TrainerMeans): Promise<TrainedWords>;
}

/** How a trainer comes from the options of its own. */
export interface WordTrainerKind {
  /** Units that learn, and units that are active, unless told otherwise. */
  readonly sizes: { readonly units: number; readonly active: number };
  /** Names of its options. */
  readonly options: readonly string[];
  /** Checks them, and throws TypeError or RangeError. */
  make(common: TrainerSettings, options: Readonly<Record<string, unknown>>): WordTrainer;
}
