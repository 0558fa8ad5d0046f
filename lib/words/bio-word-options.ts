/** What {@link BioWord.train} may be told, and the checks of it. Defaults are those that proved best on Wikipedia. */

import {
  checkCallback,
  checkInteger,
  checkOneOf,
  checkOptions,
  checkSignal,
  checkThreads,
} from '../check.ts';
import { wrongValue } from '../errors.ts';
import type { Facts } from '../files/parts.ts';
import { MAX_UNITS } from '../hash/connections.ts';
import { checkSeed } from '../random.ts';
import { checkCheckpoint } from './checkpoint.ts';
import { MOST_RADIUS } from './cooccurrences.ts';
import { TOKENIZER_OPTIONS, type TokenizerOptions } from './tokenizer.ts';
import { TRAINER_NAMES, TRAINERS, type WordTrainerName } from './trainers.ts';
import type { TypesOptions } from './types-trainer.ts';
import { type CheckedVocabulary, checkVocabulary } from './vocabulary-options.ts';
import type { EmOptions } from './window-em.ts';
import type { SgdOptions } from './window-sgd.ts';
import type { TrainingStage, WordTrainer } from './word-trainer.ts';

/** How far a training is. */
export interface WordTrainingProgress {
  /**
   * `reading` the text; `counting` which words stand near each other; `decomposing` the matrix of these counts; the units
   * `learning`, or the text `streaming` past them, round after round; `weighing` what they have learnt. No trainer has
   * every stage.
   */
  readonly stage: TrainingStage;
  /** Tokens, or steps, of the stage that are done. */
  readonly done: number;
  /** Of how many; undefined while the text is read, whose end nobody knows. */
  readonly total: number | undefined;
  /** In the stages that go over text: tokens in a second, on average so far; else undefined. */
  readonly tokensPerSecond: number | undefined;
  /** Seconds that the stage will still take, if it goes on as it did; undefined where nobody knows. */
  readonly secondsLeft: number | undefined;
}

/** Options of {@link BioWord.train}. */
export interface BioWordTraining extends TokenizerOptions, TypesOptions, EmOptions, SgdOptions {
  /**
   * How units learn: `types`, the default, from one vector for each word; from the windows of the text, `em` in whole
   * rounds, {@link EmOptions}, or `sgd` by the rule of the paper, {@link SgdOptions}.
   */
  trainer?: WordTrainerName;
  /** Most words of the vocabulary: 20,000, the most frequent ones. */
  vocabulary?: number;
  /** How often a word must come: 15 times. */
  minimumCount?: number;
  /** Tokens of a window, the word in its middle included: an odd number from 3 to 513; 11. */
  window?: number;
  /** Units that learn: 1000, of which there must be as many words; 400 for `em` and `sgd`, as in the paper. */
  units?: number;
  /** Units that are active in a code, unless another number is asked for later: 16; 32 for `em` and `sgd`. */
  active?: number;
  /** Decides where units begin, 0 to 2^53 - 1; 0. */
  seed?: number;
  /** Threads of the package's own pool to use, 1 to 256; default: what the machine has. Nothing of it shows. */
  threads?: number;
  /**
   * A file for the state of the training: one that was killed goes on from it when it is started again with the same
   * text and options, and ends with the same model. It is removed in the end.
   */
  checkpoint?: string | URL;
  /** Aborting rejects with `signal.reason`. */
  signal?: AbortSignal;
  /** Called as the training goes on. */
  onProgress?: (progress: WordTrainingProgress) => void;
}

/** Checked options. */
export interface BioWordSettings {
  readonly trainerName: WordTrainerName;
  readonly trainer: WordTrainer;
  readonly vocabulary: Omit<CheckedVocabulary, 'reading'>;
  readonly window: number;
  readonly units: number;
  readonly active: number;
  readonly seed: number;
  readonly threads: number | undefined;
  readonly checkpoint: string | undefined;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((progress: WordTrainingProgress) => void) | undefined;
}

const COMMON_OPTIONS = [
  ...(['trainer', 'vocabulary', 'minimumCount', 'window', 'units', 'active', 'seed'] as const),
  ...(['threads', 'checkpoint', 'signal', 'onProgress', ...TOKENIZER_OPTIONS] as const),
] as const;

type Key = keyof BioWordTraining;

/** A window has a middle. */
export function checkWindow(window: unknown): number {
  const checked = checkInteger(window, 'window', 3, 2 * MOST_RADIUS + 1);
  if (checked % 2 === 0) throw wrongValue('window', 'an odd number', checked);
  return checked;
}

/** The trainer's name, when the options are its own and the common ones. */
function checkTrainer(options: BioWordTraining): WordTrainerName {
  const all = TRAINER_NAMES.flatMap((name) => TRAINERS[name].options) as Key[];
  checkOptions(options, 'options', [...COMMON_OPTIONS, ...all]);
  const { trainer = 'types' } = options;
  const name = checkOneOf(trainer, 'trainer', TRAINER_NAMES);
  checkOptions(options, 'options', [...COMMON_OPTIONS, ...(TRAINERS[name].options as Key[])]);
  return name;
}

function vocabularyOf(options: BioWordTraining): Omit<CheckedVocabulary, 'reading'> {
  const { vocabulary = 20_000, minimumCount, tokenize, normalize, stopWords } = options;
  checkInteger(vocabulary, 'vocabulary', 1, 2 ** 22);
  const given = { size: vocabulary, minimumCount, tokenize, normalize, stopWords };
  const known = Object.entries(given).filter(([, value]) => value !== undefined);
  return checkVocabulary(Object.fromEntries(known));
}

/** Checks the options. */
export function checkBioWord(options: BioWordTraining): BioWordSettings {
  const trainerName = checkTrainer(options);
  const { sizes, make } = TRAINERS[trainerName];
  const { window: givenWindow = 11, units: givenUnits = sizes.units, threads } = options;
  const window = checkWindow(givenWindow);
  const units = checkInteger(givenUnits, 'units', 1, MAX_UNITS);
  const { active = Math.min(sizes.active, units) } = options;
  const seed = checkSeed(options.seed);
  const common = { units, radius: (window - 1) / 2, seed };
  const own = make(common, options as Readonly<Record<string, unknown>>);
  return {
    ...{ trainerName, trainer: own, window, units, seed },
    vocabulary: vocabularyOf(options),
    active: checkInteger(active, 'active', 1, units),
    threads: threads === undefined ? undefined : checkThreads(threads, 1),
    checkpoint: checkCheckpoint(options.checkpoint),
    signal: checkSignal(options.signal),
    onProgress: checkCallback(options.onProgress, 'onProgress'),
  };
}

/** All that decides what is learnt from a text, as text. */
export function ownSettings({ trainerName, trainer }: BioWordSettings): string {
  const facts: Facts = { trainer: trainerName, ...trainer.settings };
  return JSON.stringify(facts);
}
