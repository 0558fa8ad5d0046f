/**
 * BioHash: units learn where the data is, and a vector's code is the few units that it activates most (Ryali,
 * Hopfield, Grinberg, Krotov: "Bio-Inspired Hashing for Unsupervised Similarity Search", ICML 2020). Short codes that
 * keep clusters and classes together; for exact neighbours by long codes see SimHash.
 */

import {
  allocated,
  checkBoolean,
  checkCallback,
  checkInteger,
  checkMaking,
  checkNumber,
  checkOptions,
  checkSignal,
  checkThreads,
  MAKING,
} from '../check.ts';
import { SparseCodes } from '../codes/sparse-codes.ts';
import { FlyhashError } from '../errors.ts';
import { registerKind } from '../files/kinds.ts';
import { PARTS, type Parts, type PartsReader } from '../files/parts.ts';
import { VectorSource, type Vectors } from '../vectors.ts';
import { type BioModel, bioParts, codePanels, modelOf, readBio } from './bio-model.ts';
import type { BioHashTraining, PartialFitOptions } from './bio-options.ts';
import { type BioReport, type BioTrainer, copyOfReport } from './bio-report.ts';
import { type BioAssignment, checkTraining, checkUnits } from './bio-training.ts';
import { updatedUnits } from './bio-update.ts';
import { Hasher, type HashOptions, hashRows, type RowHash, type RowRun } from './hasher.ts';
import { KernelWork } from './kernel-work.ts';
import { trainUnits } from './train-units.ts';
import { eachBatch, type VectorStream } from './vector-batches.ts';

/** Chunks of the backend that an update reads at a time. */
const READ_CHUNKS = 4;

/**
 * Hashes a vector to the units whose learnt weights it activates most: the activation of unit j is the product of its
 * weights with (vector - mean).
 *
 * @example
 * ```ts
 * import { BioHash } from 'flyhash';
 * const vectors = Array.from({ length: 60 }, (_, i) => [Math.cos(i), Math.sin(i), i % 3]);
 * const hasher = await BioHash.train(vectors, { units: 20, active: 2, seed: 1 });
 * const codes = hasher.hash(vectors);
 * console.assert(codes.rows === 60 && codes.units === 20 && codes.active === 2);
 * ```
 */
export class BioHash extends Hasher<SparseCodes> {
  #model: BioModel;
  #panels: Float32Array;
  #isLearning = false;

  private constructor(making: symbol, model: BioModel) {
    super(checkMaking(making, 'BioHash', 'BioHash.train', model).mean.length);
    this.#model = model;
    this.#panels = codePanels(model);
  }

  /** Units that compete. */
  get units(): number {
    return this.#model.units;
  }

  /** Winners of each vector. */
  get active(): number {
    return this.#model.active;
  }

  /** How the units learnt, and go on learning. */
  get trainer(): BioTrainer {
    return this.#model.rule.trainer;
  }

  /** How a vector finds its winners. */
  get assignment(): BioAssignment {
    return this.#model.rule.assignment;
  }

  /** The seed of the training. */
  get seed(): number {
    return this.#model.seed;
  }

  /** A copy of the mean of the training vectors, which is subtracted; zeros for a training with center: false. */
  get mean(): Float32Array {
    return this.#model.mean.slice();
  }

  /** A copy of the weights, units x dim. */
  get weights(): Float32Array {
    return this.#model.state.weights.slice();
  }

  /** What the training told; a copy. Updates by {@link partialFit} are not in it. */
  get report(): BioReport {
    return copyOfReport(this.#model.report);
  }

  /**
   * A hasher whose units have learnt from vectors, in memory or as a stream. The training makes many passes: a
   * function, and an iterable that can be iterated again, is read again for each; a stream that comes only once is
   * kept in a temporary file. The same rows give the same hasher, whatever the threads and however they come, but that
   * `sgd` takes those of a stream in their order (`shuffle: false`).
   *
   * @param vectors rows x dim numbers, flat or as an array of rows; an async iterable of such batches; or a function
   * that gives an iterable of them.
   * @throws (rejects) TypeError and RangeError for wrong options or vectors, also for a value that is not finite,
   * naming its batch, row and column; RangeError for fewer vectors than units, when all vectors equal their mean, and
   * for a stream that changes between passes; `signal.reason` when aborted. Nothing is kept then.
   *
   * @example
   * ```ts
   * import { BioHash } from 'flyhash';
   * async function* batches() {
   *   for (let i = 0; i < 30; i++) yield [[i % 3, i % 5, i], [i, 1, -i]];
   * }
   * const hasher = await BioHash.train(batches, { units: 8, active: 1, trainer: 'sgd', epochs: 3 });
   * console.assert(hasher.report.iterations === 3 && hasher.report.rows === 60);
   * ```
   */
  static async train(vectors: Vectors | VectorStream, options: BioHashTraining): Promise<BioHash> {
    const units = checkUnits(options, 'units');
    const checked = checkTraining(options, units, ['units', 'active', 'onIteration']);
    const { active: givenActive = Math.max(1, Math.floor(units / 20)) } = options;
    const active = checkInteger(givenActive, 'active', 1, units);
    const onIteration = checkCallback(options.onIteration, 'onIteration');
    const settings = { ...checked, active };
    const trained = await trainUnits(vectors, checked, (step, mean) => {
      const { restart, state, report } = step;
      const { iterations: iteration, deadUnits } = report;
      const energy = report.energies[iteration - 1];
      const hasher = (): BioHash => new BioHash(MAKING, modelOf(settings, { state, report, mean }));
      onIteration?.({ iteration, restart, energy, deadUnits, hasher });
    });
    return new BioHash(MAKING, modelOf(settings, trained));
  }

  /**
   * Goes on learning from more vectors, each batch once. Trained by `em`: a step of mini-batch k-means for each batch,
   * in which all that a unit has learnt counts as much as it was. Trained by `sgd`: the paper's rule at a constant
   * rate. The mean stays. Codes of before and after differ: hash again what is compared.
   *
   * @param vectors one batch, an async iterable of batches, or a function that gives an iterable of them.
   * @throws (rejects) as {@link train}; FlyhashError ERR_BUSY while another update of this hasher runs. The hasher is
   * then as it was before, or with `keepPartial` as it was after the last whole batch.
   *
   * @example
   * ```ts
   * import { BioHash } from 'flyhash';
   * const vectors = Array.from({ length: 40 }, (_, i) => [i % 4, i % 5, i % 7]);
   * const hasher = await BioHash.train(vectors, { units: 5, active: 1 });
   * await hasher.partialFit([[9, 9, 9], [-9, 9, 0]]);
   * console.assert(hasher.weights.length === 15);
   * ```
   */
  async partialFit(
    vectors: Vectors | VectorStream,
    options: PartialFitOptions = {},
  ): Promise<void> {
    checkOptions(options, 'options', ['rate', 'keepPartial', 'threads', 'signal']);
    const { rate = this.#model.rule.rate / 10, keepPartial = false, threads } = options;
    const rule = { ...this.#model.rule, rate: checkNumber(rate, 'rate', 0, 1e6) };
    const isKept = checkBoolean(keepPartial, 'keepPartial');
    if (threads !== undefined) checkThreads(threads, 1);
    const signal = checkSignal(options.signal);
    if (this.#isLearning) {
      throw new FlyhashError('ERR_BUSY', 'partialFit must be called when no other one runs');
    }
    const work = new KernelWork(threads, signal);
    const preparation = { mean: this.#model.mean, unitLength: rule.unitLength };
    const runRows = (dim: number): number => work.rowsOf(READ_CHUNKS, dim);
    let { state } = this.#model;
    this.#isLearning = true;
    try {
      for await (const { batch, name } of eachBatch(vectors, signal)) {
        state = await updatedUnits(state, batch, name, { preparation, rule, work, runRows });
        signal?.throwIfAborted();
        if (isKept) this.#learnt(state);
      }
      this.#learnt(state);
    } finally {
      this.#isLearning = false;
    }
  }

  /** Hashes in flight keep the panels of their start. */
  #learnt(state: BioModel['state']): void {
    this.#model = { ...this.#model, state };
    this.#panels = codePanels(this.#model);
  }

  /**
   * The activations of all units, blocking the caller; the largest are the code.
   *
   * @param vectors rows x dim numbers, flat or as an array of rows.
   * @returns rows x units numbers. Those too large for a float32 are infinite, or no numbers.
   * @throws as {@link hash}.
   *
   * @example
   * ```ts
   * import { BioHash } from 'flyhash';
   * const vectors = [[1, 0], [0, 1], [-1, 0], [0, -1]];
   * const hasher = await BioHash.train(vectors, { units: 4, active: 1 });
   * console.assert(hasher.activations([[2, 0]]).length === 4);
   * ```
   */
  activations(vectors: Vectors, options: HashOptions = {}): Float32Array {
    checkOptions(options, 'options', ['threads']);
    const threads = checkThreads(options.threads, 1);
    const source = new VectorSource(vectors, this.dim);
    return hashRows(source, this.#activations(source.rows), threads);
  }

  #activations(rows: number): RowHash<Float32Array> {
    const { units, mean } = this.#model;
    const panels = this.#panels;
    const values = allocated(Float32Array, rows, units, 'activations');
    const call = ({ vectors, first, rows: count }: RowRun) => {
      const into = values.subarray(first * units);
      const args = [vectors, count, this.dim, mean, panels, units, into] as const;
      return { name: 'competitionValues' as const, args };
    };
    return { call, codes: () => values };
  }

  /** @internal */
  static fromParts(reader: PartsReader): BioHash {
    return new BioHash(MAKING, readBio(reader));
  }

  /** @internal */
  override [PARTS](): Parts {
    return bioParts(this.#model);
  }

  protected override rowHash(rows: number): RowHash<SparseCodes> {
    const { units, active, mean } = this.#model;
    const panels = this.#panels;
    const indices = allocated(Uint32Array, rows, active, 'codes');
    const call = ({ vectors, first, rows: count }: RowRun) => {
      const into = indices.subarray(first * active);
      const args = [vectors, count, this.dim, mean, panels, units, active, into] as const;
      return { name: 'competitionWinners' as const, args };
    };
    return { call, codes: () => SparseCodes.written(indices, { units, active }) };
  }
}

registerKind('BioHash', BioHash.fromParts);
