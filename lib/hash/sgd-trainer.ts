/**
 * The online trainer of BioHash: the rule of the paper (Ryali et al. 2020, equations 1 and 2) in the mini-batches of
 * Krotov and Hopfield 2019. The winner of each row moves towards it, the unit of rank r away from it by Delta, both
 * decay by their activations; the step is scaled so that its largest coordinate is the rate, which falls over the
 * epochs. A mini-batch sees the weights of its start; everything is summed in its order.
 */

import { allocated } from '../check.ts';
import { eventLoopTurn } from '../event-loop.ts';
import { stream } from '../random.ts';
import { type BioReport, deadUnitsOf } from './bio-report.ts';
import type { BioAssignment } from './bio-training.ts';
import type { Trained, TrainingStep } from './em-trainer.ts';
import { unitsAtRows } from './em-trainer.ts';
import { normalWeights, sampledRows } from './initial-units.ts';
import type { KernelWork } from './kernel-work.ts';
import { forEachMiniBatch, type MiniBatch } from './mini-batches.ts';
import type { TrainingRows } from './training-rows.ts';
import { type Activation, activationScale, UnitPanels } from './unit-weights.ts';

/** The rule's constants. */
export interface SgdRule {
  readonly assignment: BioAssignment;
  /** p. */
  readonly power: number;
  /** r, the rank that is repelled. */
  readonly rank: number;
  /** Delta. */
  readonly repulsion: number;
  readonly batchSize: number;
  readonly rate: number;
}

/** What the trainer is told. */
export interface SgdSettings extends SgdRule {
  readonly units: number;
  readonly seed: number;
  readonly epochs: number;
  readonly init: 'normal' | 'rows';
  readonly shuffle: boolean;
  readonly normTolerance: number | undefined;
}

/** The rank that counts for no unit. */
const NOBODY = 0xffffffff;

/** A smaller step than this is no step. */
const LEAST_PEAK = 1e-30;

/** How the rule's weights become activations. */
export function sgdActivation({ power, assignment }: SgdRule): Activation {
  return { power, isScaled: assignment === 'normalised' };
}

/** Weights that learn from one mini-batch after the other. */
export class SgdSteps {
  readonly weights: Float32Array;
  energy = 0;
  wins: Uint32Array;
  readonly #dim: number;
  readonly #units: number;
  readonly #rule: SgdRule;
  readonly #work: KernelWork;
  readonly #panels: UnitPanels;
  readonly #count: number;
  readonly #ranks: Uint32Array;
  readonly #activations: Float32Array;
  readonly #deltas: Float32Array;
  readonly #peaks: Float32Array;

  constructor(weights: Float32Array, dim: number, rule: SgdRule, work: KernelWork) {
    this.weights = weights;
    this.#dim = dim;
    this.#units = weights.length / dim;
    this.#rule = rule;
    this.#work = work;
    this.#panels = new UnitPanels(weights, dim, sgdActivation(rule));
    this.wins = new Uint32Array(this.#units);
    this.#count = rule.repulsion > 0 ? rule.rank : 1;
    this.#ranks = allocated(Uint32Array, rule.batchSize, this.#count, 'ranks');
    this.#activations = allocated(Float32Array, rule.batchSize, this.#count, 'activations');
    this.#deltas = allocated(Float32Array, this.#units, dim, 'units x dim, the steps,');
    this.#peaks = new Float32Array(this.#units);
  }

  /** Begins to count winners and energy anew. */
  restartCounts(): void {
    this.energy = 0;
    this.wins = new Uint32Array(this.#units);
  }

  /** The mean norm of the units, with which the rule settles at 1. */
  meanNorm(): number {
    let sum = 0;
    for (let unit = 0; unit < this.#units; unit++) {
      const own = this.weights.subarray(unit * this.#dim, (unit + 1) * this.#dim);
      sum += activationScale(own, 2);
    }
    return sum / this.#units;
  }

  /** Learns from one mini-batch at a rate. */
  async step(batch: MiniBatch, rate: number): Promise<void> {
    const { prepared, rows } = batch;
    const [ranks, activations, count, dim] = [
      this.#ranks,
      this.#activations,
      this.#count,
      this.#dim,
    ];
    const { panels } = this.#panels;
    this.#work.runNow({
      name: 'competitionRanks',
      args: [prepared, rows, dim, panels, this.#units, count, ranks, activations],
    });
    this.#tally(batch);
    const { repulsion } = this.#rule;
    const shared = [prepared, rows, dim, ranks, activations, count, repulsion] as const;
    this.#work.runNow({
      name: 'competitionDeltas',
      args: [...shared, this.weights, this.#units, this.#deltas, this.#peaks],
    });
    this.#move(rate);
    await this.#work.rest();
  }

  /** Counts winners, and gives the rule back the activations without the scales of a normalised assignment. */
  #tally({ norms, rows }: MiniBatch): void {
    const isScaled = this.#rule.assignment === 'normalised';
    const { scales } = this.#panels;
    for (let row = 0, at = 0; row < rows; row++, at += this.#count) {
      if (norms[row] === 0) {
        this.#ranks.fill(NOBODY, at, at + this.#count);
        continue;
      }
      const unit = this.#ranks[at];
      this.wins[unit]++;
      this.energy -= isScaled ? this.#activations[at] : this.#activations[at] / scales[unit];
      if (!isScaled) continue;
      for (let i = at; i < at + this.#count; i++) {
        this.#activations[i] *= scales[this.#ranks[i]];
      }
    }
  }

  #move(rate: number): void {
    let peak = 0;
    for (const one of this.#peaks) if (!(one <= peak)) peak = one;
    if (peak === 0) return;
    if (!Number.isFinite(peak)) {
      throw new RangeError(
        `vectors must be small enough for steps that a float32 holds, got a step of ${peak}`,
      );
    }
    const scale = rate / Math.max(peak, LEAST_PEAK);
    const [weights, deltas, dim] = [this.weights, this.#deltas, this.#dim];
    for (let unit = 0; unit < this.#units; unit++) {
      if (this.#peaks[unit] === 0) continue;
      for (let at = unit * dim; at < (unit + 1) * dim; at++) weights[at] += scale * deltas[at];
      this.#panels.update(unit);
    }
  }
}

export interface SgdTraining {
  readonly rows: TrainingRows;
  readonly settings: SgdSettings;
  readonly work: KernelWork;
  readonly onStep: (step: TrainingStep) => void;
}

/** units x dim weights to begin with. Rows are looked at all the same: one must have a direction. */
async function initialWeights({ rows, settings }: SgdTraining): Promise<Float32Array> {
  const { units, seed, init } = settings;
  const sampled = await sampledRows(rows, units, { seed, restarts: 1 });
  if (init === 'normal') return normalWeights(units, rows.dim, seed);
  return unitsAtRows(sampled[0], rows.dim).weights;
}

/** The order of the rows in an epoch, where it is drawn. */
function orderOf(rows: TrainingRows, { shuffle, seed }: SgdSettings, epoch: number) {
  if (!shuffle) return undefined;
  const order = new Uint32Array(rows.rows);
  for (let row = 0; row < order.length; row++) order[row] = row;
  return stream(seed, 'order', epoch).shuffle(order);
}

/** Trains units on rows, epoch after epoch. */
export async function trainSgd(training: SgdTraining): Promise<Trained> {
  const { rows, settings, work, onStep } = training;
  const { epochs, rate, batchSize, normTolerance = -1, units } = settings;
  const steps = new SgdSteps(await initialWeights(training), rows.dim, settings, work);
  const energies: number[] = [];
  const lengths = new Float64Array(units);
  let trained: Trained | undefined;
  for (let epoch = 0; epoch < epochs && trained?.report.converged !== true; epoch++) {
    steps.restartCounts();
    const epochRate = rate * (1 - epoch / epochs);
    const order = orderOf(rows, settings, epoch);
    await forEachMiniBatch(rows, batchSize, order, (batch) => steps.step(batch, epochRate));
    energies.push(steps.energy);
    const converged = Math.abs(steps.meanNorm() - 1) <= normTolerance;
    const report = reportOf(steps, energies, converged, rows.rows);
    trained = { state: { weights: steps.weights.slice(), lengths }, report };
    onStep({ restart: 0, ...trained, done: epoch + 1, total: epochs });
    await eventLoopTurn();
  }
  if (trained === undefined) throw new Error('no epoch');
  return trained;
}

function reportOf(
  { wins }: SgdSteps,
  energies: readonly number[],
  converged: boolean,
  rows: number,
): BioReport {
  return {
    trainer: 'sgd',
    iterations: energies.length,
    energies: Float64Array.from(energies),
    converged,
    wins,
    deadUnits: deadUnitsOf(wins),
    reseeded: 0,
    rows,
  };
}
