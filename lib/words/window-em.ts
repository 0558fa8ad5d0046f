/**
 * The batch trainer over windows: FlyVec's rule (Liang et al., ICLR 2021) in the form that it settles in. A round finds
 * the unit that wins each window, and makes every unit anew of what it won: whole counts of words, exact in any order.
 * Options go further than the paper: weights of pointwise mutual information, a word in the middle that counts more than
 * those around it, groups of windows of one word that are won together, and mutual information as the read-out.
 */

import { alignedArray } from '../backend/aligned-memory.ts';
import { MOST_GROUP_REACH, MOST_REACH } from '../backend/windows-kernels.ts';
import { checkBoolean, checkInteger, checkNumber, checkOneOf } from '../check.ts';
import { wrongValue } from '../errors.ts';
import { stream } from '../random.ts';
import type { Corpus } from './corpus.ts';
import { READOUTS, type Readout, readOut } from './count-readout.ts';
import {
  PmiRows,
  ShareRows,
  WEIGHINGS,
  type Weighing,
  type WeightRows,
  writeTables,
} from './count-weights.ts';
import { strideOf } from './synapses.ts';
import { WindowCounts, type WindowRule } from './window-counts.ts';
import type {
  TrainedWords,
  TrainerMeans,
  TrainerSettings,
  WordTrainer,
  WordTrainerKind,
} from './word-trainer.ts';

/** Options of the trainer `em`. */
export interface EmOptions {
  /** Rounds over the text: 8. */
  iterations?: number;
  /**
   * What a unit's weight of a word is made of: 'share', as in the paper, how often it won the word over the word's
   * frequency; or 'pmi', the default, how much more often than chance.
   */
  weights?: 'share' | 'pmi';
  /** With weights 'share': the power of the word's frequency, 0 to 1; 1, the paper's. */
  alpha?: number;
  /** With weights 'pmi': the power of a unit's count, 0 to 1; 0.75, which takes from units that win everywhere. */
  smoothing?: number;
  /** How often the word in the middle of a window counts, a whole number from 0; 1. */
  targetWeight?: number;
  /** Windows around one word that are won together, which gives units more to go by: 1. */
  groupSize?: number;
  /** Whether windows around masked words are left out; true with weights 'pmi' and in groups, else false. */
  onlyWords?: boolean;
  /**
   * What becomes a word's activations: 'weights', the paper's; or 'pmi', the default: the mutual information of
   * word and unit over all windows that the word lies in, which serves words in the middle and around it alike.
   */
  readout?: 'weights' | 'pmi';
}

/** Checked options. */
export interface EmSettings extends TrainerSettings, WindowRule {
  readonly iterations: number;
  readonly weights: Weighing;
  readonly alpha: number;
  readonly smoothing: number;
  readonly readout: Readout;
}

const STAGE = 'windows';

/** Throws for an option that the others leave without a meaning. */
function checkMeaning(options: EmOptions, weights: Weighing): void {
  const { alpha, smoothing, groupSize = 1, onlyWords } = options;
  if (weights === 'pmi' && alpha !== undefined) {
    throw wrongValue('alpha', "left out unless weights is 'share'", alpha);
  }
  if (weights === 'share' && smoothing !== undefined) {
    throw wrongValue('smoothing', "left out unless weights is 'pmi'", smoothing);
  }
  if (groupSize > 1 && onlyWords === false) {
    throw wrongValue('onlyWords', 'true for groups, which are windows of one word', onlyWords);
  }
}

function checkEm({ units, radius, seed }: TrainerSettings, options: EmOptions): EmSettings {
  const { iterations = 8, alpha = 1, smoothing = 0.75, targetWeight = 1, groupSize = 1 } = options;
  const { weights: givenWeights = 'pmi', readout = 'pmi' } = options;
  const weights = checkOneOf(givenWeights, 'weights', WEIGHINGS);
  checkMeaning(options, weights);
  const { onlyWords = weights === 'pmi' || groupSize > 1 } = options;
  checkInteger(targetWeight, 'targetWeight', 0, MOST_REACH - radius);
  const mostGroup = Math.floor(MOST_GROUP_REACH / (radius + targetWeight));
  return {
    ...{ units, radius, seed, weights, targetWeight },
    iterations: checkInteger(iterations, 'iterations', 1, 2 ** 20),
    alpha: checkNumber(alpha, 'alpha', 0, 1),
    smoothing: checkNumber(smoothing, 'smoothing', 0, 1),
    groupSize: checkInteger(groupSize, 'groupSize', 1, mostGroup),
    onlyWords: checkBoolean(onlyWords, 'onlyWords'),
    isOne: weights === 'pmi',
    readout: checkOneOf(readout, 'readout', READOUTS),
  };
}

/** The trainer as the table of trainers has it. */
export const EM: WordTrainerKind = {
  sizes: { units: 400, active: 32 },
  options: [
    ...(['iterations', 'weights', 'alpha', 'smoothing', 'targetWeight', 'groupSize'] as const),
    ...(['onlyWords', 'readout'] as const),
  ],
  make(common, options): WordTrainer {
    const settings = checkEm(common, options as EmOptions);
    return {
      settings: { ...settings },
      train: (corpus, means) => trainWindowEm(corpus, settings, means),
    };
  },
};

/** Fills tables with 16-bit numbers, evenly drawn, two of each draw: of a word in one table and then in the next. */
function drawTables(tables: readonly Int16Array[], words: number, settings: EmSettings): void {
  const { units, seed } = settings;
  const stride = strideOf(units);
  for (let word = 0; word < words; word++) {
    const draws = stream(seed, 'initial', word);
    for (const table of tables) {
      const from = word * stride;
      for (let unit = 0; unit < units; unit += 2) {
        const draw = draws.uint32();
        table[from + unit] = draw;
        if (unit + 1 < units) table[from + unit + 1] = draw >>> 16;
      }
    }
  }
}

/** Rounds over one corpus. */
class EmRounds {
  readonly #corpus: Corpus;
  readonly #settings: EmSettings;
  readonly #means: TrainerMeans;
  readonly #counts: WindowCounts;
  #round = 0;

  constructor(corpus: Corpus, settings: EmSettings, means: TrainerMeans) {
    this.#corpus = corpus;
    this.#settings = settings;
    this.#means = means;
    this.#counts = new WindowCounts(corpus, settings, means.work);
  }

  async train(): Promise<TrainedWords> {
    this.#restore();
    await this.#learn();
    const { readout, iterations } = this.#settings;
    const told = { iterations, ...this.#wins() };
    const learnt = await readOut(readout, this.#counts, await this.#rows(), this.#means.work);
    return { ...learnt, told };
  }

  async #learn(): Promise<void> {
    const { words, units } = this.#counts;
    const { iterations } = this.#settings;
    const { work, tell } = this.#means;
    const stride = strideOf(units);
    const tables = this.#blocks().map(() =>
      alignedArray(Int16Array, words, stride, 'words x units, the weights,'),
    );
    const [context, target = context] = tables;
    const { length } = this.#corpus;
    const total = iterations * length;
    tell('streaming', this.#round * length, total);
    if (this.#round === 0) drawTables(tables, words, this.#settings);
    while (this.#round < iterations) {
      if (this.#round > 0) await writeTables(await this.#rows(), tables, work);
      const before = this.#round * length;
      await this.#counts.look({ context, target }, (done) =>
        tell('streaming', before + done, total),
      );
      this.#round++;
      await this.#save();
    }
  }

  /** Counts of words beside the middle and of words in it, or of both as one. */
  #blocks(): readonly Uint32Array[] {
    const { context, target } = this.#counts;
    return context === target ? [context] : [context, target];
  }

  /** The weights that the counts stand for. */
  async #rows(): Promise<WeightRows> {
    const { words, units } = this.#counts;
    const { weights, alpha, smoothing } = this.#settings;
    const counts = { words, units, blocks: this.#blocks() };
    if (weights === 'pmi') return PmiRows.of(counts, smoothing, this.#means.work);
    return new ShareRows(counts, this.#corpus.vocabulary.counts, alpha);
  }

  /** Units without a window of words, and the share of the words that is in windows of the unit that has most. */
  #wins(): { readonly deadUnits: number; readonly largestShare: number } {
    const { units, context } = this.#counts;
    const wins = new Float64Array(units);
    for (let at = 0; at < context.length; at += units) {
      for (let unit = 0; unit < units; unit++) wins[unit] += context[at + unit];
    }
    const [all, most] = wins.reduce(([sum, max], own) => [sum + own, Math.max(max, own)], [0, 0]);
    const deadUnits = wins.filter((own) => own === 0).length;
    return { deadUnits, largestShare: all === 0 ? 0 : most / all };
  }

  async #save(): Promise<void> {
    const { words, units } = this.#counts;
    await this.#means.checkpoint.write(STAGE, {
      parameters: { round: this.#round },
      tensors: this.#blocks().map((data, block) => {
        return { name: `counts${block}`, shape: [words, units], data };
      }),
    });
  }

  #restore(): void {
    const reader = this.#means.checkpoint.take(STAGE);
    if (reader === undefined) return;
    const { words, units } = this.#counts;
    this.#round = reader.integer('round', 1, this.#settings.iterations);
    for (const [block, counts] of this.#blocks().entries()) {
      counts.set(reader.tensor(`counts${block}`, Uint32Array, [words, units]));
    }
    reader.end();
  }
}

/** Trains units on the windows of a corpus. */
export function trainWindowEm(
  corpus: Corpus,
  settings: EmSettings,
  means: TrainerMeans,
): Promise<TrainedWords> {
  return new EmRounds(corpus, settings, means).train();
}
