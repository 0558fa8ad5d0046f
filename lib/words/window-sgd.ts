/**
 * The paper's own trainer (FlyVec; Liang et al., ICLR 2021): its rule, in mini-batches of full windows, epoch after epoch
 * at a rate that falls to 0. What its program leaves to a corpus of billions of words is scaled to the corpus at hand:
 * the size of a batch and the rate follow from the number of windows, unless they are given.
 */

import { checkInteger, checkNumber } from '../check.ts';
import type { Corpus } from './corpus.ts';
import { SgdUnits } from './sgd-steps.ts';
import type { Activations } from './synapses.ts';
import { forEachWindowBatch, type WindowBatch } from './window-batches.ts';
import type {
  TrainedWords,
  TrainerMeans,
  TrainerSettings,
  WordTrainer,
  WordTrainerKind,
} from './word-trainer.ts';

/** Options of the trainer `sgd`. */
export interface SgdOptions {
  /** Epochs over the text: 5. */
  epochs?: number;
  /** Windows of a mini-batch: 10,000, the paper's, but at most one window of 1,000 of an epoch, and at least 100. */
  batchSize?: number;
  /**
   * The largest change of a weight by a batch of the first epoch, above 0; it falls linearly to 0. By default all
   * batches together may move a weight by 850, as in the paper's training, but one by at most 0.5.
   */
  rate?: number;
}

/** Checked options; undefined where the text decides. */
export interface SgdSettings extends TrainerSettings {
  readonly epochs: number;
  readonly batchSize: number | undefined;
  readonly rate: number | undefined;
}

const STAGE = 'epochs';

/** Numbers of the text that are read at a time. */
const SEGMENT = 2 ** 18;

const PAPER_BATCH = 10_000;
const LEAST_BATCH = 100;
/** Batches of an epoch, where the text has so many windows. */
const BATCHES = 1000;
/** 570,000 batches an epoch (OpenWebText), 15 epochs, a rate that falls from 0.0002: about 900. */
const TRAVEL = 850;
const MOST_RATE = 0.5;

/** Activations that are made at a time. */
const RUN = 2 ** 17;

function checkSgd({ units, radius, seed }: TrainerSettings, options: SgdOptions): SgdSettings {
  const { epochs = 5, batchSize, rate } = options;
  return {
    ...{ units, radius, seed },
    epochs: checkInteger(epochs, 'epochs', 1, 2 ** 20),
    batchSize:
      batchSize === undefined ? undefined : checkInteger(batchSize, 'batchSize', 1, 2 ** 20),
    rate: rate === undefined ? undefined : checkNumber(rate, 'rate', 1e-9, 1),
  };
}

/** The trainer as the table of trainers has it. */
export const SGD: WordTrainerKind = {
  sizes: { units: 400, active: 32 },
  options: ['epochs', 'batchSize', 'rate'],
  make(common, options): WordTrainer {
    const settings = checkSgd(common, options as SgdOptions);
    const given = Object.entries(settings).filter(([, value]) => value !== undefined);
    return {
      settings: Object.fromEntries(given),
      train: (corpus, means) => trainWindowSgd(corpus, settings, means),
    };
  },
};

/** What a first look at the text finds. */
class FullWindows {
  count = 0;
  /** 1 for words that stand in no full window beside its middle, and in the middle of none. */
  readonly silent: { readonly context: Uint8Array; readonly target: Uint8Array };
  readonly #words: number;
  readonly #radius: number;

  constructor(words: number, radius: number) {
    this.silent = {
      context: new Uint8Array(words).fill(1),
      target: new Uint8Array(words).fill(1),
    };
    this.#words = words;
    this.#radius = radius;
  }

  add({ tokens, positions }: WindowBatch): void {
    const { context, target } = this.silent;
    const hear = (silent: Uint8Array, from: number, end: number): void => {
      for (let at = from; at < end; at++) {
        if (tokens[at] >= 0 && tokens[at] < this.#words) silent[tokens[at]] = 0;
      }
    };
    for (let i = 0; i < positions.length; i++) {
      const at = positions[i];
      hear(target, at, at + 1);
      // Of the window before, all but its middle were heard.
      const isNext = i > 0 && positions[i - 1] === at - 1;
      hear(context, isNext ? at - 1 : at - this.#radius, at);
      hear(context, isNext ? at + this.#radius : at + 1, at + this.#radius + 1);
    }
    this.count += positions.length;
  }
}

/** Weights of one block, of units 1 long. */
class BlockActivations implements Activations {
  readonly words: number;
  readonly units: number;
  readonly silent: Uint8Array;
  readonly #state: SgdUnits;
  readonly #first: number;
  readonly #factors: Float64Array;

  constructor(state: SgdUnits, first: number, silent: Uint8Array, factors: Float64Array) {
    this.words = state.words;
    this.units = state.units;
    this.silent = silent;
    this.#state = state;
    this.#first = first;
    this.#factors = factors;
  }

  *runs(): Generator<Float64Array, void, void> {
    const { words, units } = this;
    const { weights, stride } = this.#state;
    const most = Math.max(1, Math.floor(RUN / units));
    const values = new Float64Array(most * units);
    for (let first = 0; first < words; first += most) {
      const rows = Math.min(most, words - first);
      for (let row = 0, at = 0; row < rows; row++) {
        const from = (this.#first + first + row) * stride;
        for (let unit = 0; unit < units; unit++, at++) {
          values[at] = weights[from + unit] * this.#factors[unit];
        }
      }
      yield values.subarray(0, rows * units);
    }
  }
}

/** What makes of numbers the weights of units that are 1 long: 1 over their length, without their scales. */
function factorsOf({ weights, scales, stride }: SgdUnits): Float64Array {
  const squares = new Float64Array(scales.length);
  for (let at = 0; at < weights.length; at += stride) {
    for (let unit = 0; unit < squares.length; unit++) {
      squares[unit] += weights[at + unit] * weights[at + unit];
    }
  }
  return squares.map((square, unit) =>
    square > 0 ? (scales[unit] < 0 ? -1 : 1) / Math.sqrt(square) : 0,
  );
}

/** Epochs over one corpus. */
class SgdEpochs {
  readonly #corpus: Corpus;
  readonly #settings: SgdSettings;
  readonly #means: TrainerMeans;

  constructor(corpus: Corpus, settings: SgdSettings, means: TrainerMeans) {
    this.#corpus = corpus;
    this.#settings = settings;
    this.#means = means;
  }

  async train(): Promise<TrainedWords> {
    const windows = await this.#look();
    const { epochs, radius, units } = this.#settings;
    const most = Math.max(LEAST_BATCH, Math.floor(windows.count / BATCHES));
    const { batchSize = Math.min(PAPER_BATCH, most) } = this.#settings;
    const batches = windows.count / batchSize;
    const { rate = Math.min(MOST_RATE, TRAVEL / ((batches * (epochs + 1)) / 2)) } = this.#settings;
    const frequencies = this.#corpus.vocabulary.counts;
    const state = new SgdUnits(frequencies, { units, radius, batchSize }, this.#means.work);
    await this.#learn(state, batchSize, rate);
    const factors = factorsOf(state);
    const { context, target } = windows.silent;
    const deadUnits = state.wins.filter((wins) => wins === 0).length;
    return {
      context: new BlockActivations(state, 0, context, factors),
      target: new BlockActivations(state, state.words, target, factors),
      told: { epochs, batchSize, rate, windows: windows.count, deadUnits },
    };
  }

  #forEachBatch(batchSize: number, visit: (batch: WindowBatch) => Promise<void> | void) {
    const { radius } = this.#settings;
    return forEachWindowBatch(this.#corpus.segments(SEGMENT), { radius, batchSize }, visit);
  }

  async #look(): Promise<FullWindows> {
    const { radius } = this.#settings;
    const windows = new FullWindows(this.#corpus.vocabulary.size, radius);
    await this.#forEachBatch(PAPER_BATCH, async (batch) => {
      windows.add(batch);
      await this.#means.work.rest();
    });
    if (windows.count > 0) return windows;
    throw new RangeError(
      `text must have a paragraph of at least ${2 * radius + 1} tokens, a window, got none`,
    );
  }

  async #learn(state: SgdUnits, batchSize: number, rate: number): Promise<void> {
    const { epochs, seed } = this.#settings;
    const { tell, checkpoint } = this.#means;
    const { length } = this.#corpus;
    const total = epochs * length;
    const begin = this.#restore(state);
    if (begin === 0) await state.draw(seed);
    tell('streaming', begin * length, total);
    for (let epoch = begin; epoch < epochs; epoch++) {
      state.wins.fill(0);
      const own = rate * (1 - epoch / epochs);
      await this.#forEachBatch(batchSize, async (batch) => {
        // A batch that is not full moves weights by its share.
        await state.step(batch, own * (batch.positions.length / batchSize));
        tell('streaming', epoch * length + batch.seen, total);
      });
      tell('streaming', (epoch + 1) * length, total);
      const { weights, scales, wins, words, stride, units } = state;
      await checkpoint.write(STAGE, {
        parameters: { epoch: epoch + 1 },
        tensors: [
          { name: 'weights', shape: [2 * words, stride], data: weights },
          { name: 'scales', shape: [units], data: scales },
          { name: 'wins', shape: [units], data: wins },
        ],
      });
    }
  }

  /** Takes up where a training stood; gives the epochs that are done. */
  #restore({ words, units, stride, weights, scales, wins }: SgdUnits): number {
    const reader = this.#means.checkpoint.take(STAGE);
    if (reader === undefined) return 0;
    const epoch = reader.integer('epoch', 1, this.#settings.epochs);
    weights.set(reader.finite('weights', [2 * words, stride]));
    scales.set(reader.finite('scales', [units]));
    wins.set(reader.tensor('wins', Uint32Array, [units]));
    reader.end();
    return epoch;
  }
}

/** Trains units on the full windows of a corpus. */
export function trainWindowSgd(
  corpus: Corpus,
  settings: SgdSettings,
  means: TrainerMeans,
): Promise<TrainedWords> {
  return new SgdEpochs(corpus, settings, means).train();
}
