/**
 * The batch trainer of BioHash: spherical k-means (Dhillon and Modha 2001), whose energy is that of BioHash with p = 2
 * (papers: Ryali et al. 2020, equation 3, with normalised assignment). Every iteration finds the winners of all rows and
 * moves each unit to the direction of what it won; units that won nothing go to the rows explained worst. Without
 * repulsion the energy of the normalised assignment never rises: an iteration that does not lower it is undone, and ends
 * the training.
 */

import { type BioReport, deadUnitsOf } from './bio-report.ts';
import type { BioAssignment } from './bio-training.ts';
import { RowSums, type UnitSums } from './em-sums.ts';
import { sampledRows } from './initial-units.ts';
import type { KernelWork } from './kernel-work.ts';
import { fetchRows, type TrainingRows } from './training-rows.ts';
import { normOf, UnitPanels } from './unit-weights.ts';

/** Units as they stand: nobody writes to them any more. */
export interface UnitState {
  /** units x dim. */
  readonly weights: Float32Array;
  /** What each unit's direction was made of: the norm of the sum of its rows. */
  readonly lengths: Float64Array;
}

/** What the trainer is told. */
export interface EmSettings {
  readonly units: number;
  readonly seed: number;
  readonly assignment: BioAssignment;
  readonly repulsion: number;
  readonly iterations: number;
  readonly tolerance: number;
  readonly restarts: number;
}

/** Units on their way, for those who look on. */
export interface TrainingStep {
  readonly restart: number;
  readonly state: UnitState;
  /** What there is to tell so far. */
  readonly report: BioReport;
  /** Steps of work done, of `total`. */
  readonly done: number;
  readonly total: number;
}

export interface Trained {
  readonly state: UnitState;
  readonly report: BioReport;
}

/** How `activationScale` and the panels see the weights of this trainer. */
export const EM_ACTIVATION = { power: 2, isScaled: false } as const;

/**
 * The norm that a unit takes with the sum of what it won, where norms count. The paper's rule moves it from c to about 1 / t,
 * t being the sum's direction times the weights; half way there it settles at 1, all the way it would go to and fro.
 */
function movedNorm(sums: Float64Array, length: number, weights: Float32Array): number {
  let product = 0;
  for (let i = 0; i < sums.length; i++) product += weights[i] * sums[i];
  return product > 0 ? (normOf(weights) + length / product) / 2 : 0;
}

/**
 * Writes the direction of a sum, for the normalised assignment with the norm 1, and gives the norm of the sum: 0, and
 * nothing written, where it has no direction.
 */
export function moveUnit(
  sums: Float64Array,
  assignment: BioAssignment,
  weights: Float32Array,
): number {
  const length = normOf(sums);
  const norm = assignment === 'normalised' ? 1 : movedNorm(sums, length, weights);
  const divisor = length / norm;
  const moved = new Float32Array(sums.length);
  let total = 0;
  for (let i = 0; i < moved.length; i++) {
    moved[i] = sums[i] / divisor;
    total += moved[i];
  }
  // A sum of finite float32 numbers is finite, and one with an infinity or no number is not.
  if (!(divisor > 0 && Number.isFinite(divisor) && Number.isFinite(total))) return 0;
  weights.set(moved);
  return length;
}

/** The directions of rows: units begin there. */
export function unitsAtRows(rows: Float32Array, dim: number): UnitState {
  const weights = rows.slice();
  const lengths = new Float64Array(rows.length / dim);
  for (let unit = 0; unit < lengths.length; unit++) {
    const own = weights.subarray(unit * dim, (unit + 1) * dim);
    lengths[unit] = moveUnit(new Float64Array(own), 'normalised', own);
  }
  return { weights, lengths };
}

class EmRun {
  readonly #rows: TrainingRows;
  readonly #settings: EmSettings;
  readonly #sums: RowSums;
  readonly #energies: number[] = [];
  readonly #restart: number;
  readonly #onStep: (step: TrainingStep) => void;
  #state: UnitState;
  #before: UnitState;
  #wins: Uint32Array = new Uint32Array(0);
  #reseeded = 0;

  constructor(
    { rows, settings, onStep }: EmTraining,
    sums: RowSums,
    state: UnitState,
    restart: number,
  ) {
    this.#rows = rows;
    this.#settings = settings;
    this.#onStep = onStep;
    this.#sums = sums;
    this.#state = state;
    this.#before = state;
    this.#restart = restart;
  }

  async run(): Promise<Trained> {
    let converged = false;
    while (!converged && this.#energies.length < this.#settings.iterations) {
      const panels = new UnitPanels(this.#state.weights, this.#rows.dim, EM_ACTIVATION);
      const found = await this.#sums.look(panels);
      if (this.#isWorse(found.energy)) {
        this.#state = this.#before;
        return { state: this.#state, report: this.#report(true) };
      }
      converged = this.#isSettled(found.energy);
      this.#energies.push(found.energy);
      this.#wins = found.wins;
      this.#tell();
      if (!converged) await this.#move(found);
    }
    return { state: this.#state, report: this.#report(converged) };
  }

  /** Where the energy must fall, an iteration that did not lower it. */
  #isWorse(energy: number): boolean {
    const { repulsion, assignment } = this.#settings;
    const last = this.#energies.at(-1);
    return last !== undefined && repulsion === 0 && assignment === 'normalised' && energy >= last;
  }

  #isSettled(energy: number): boolean {
    const last = this.#energies.at(-1);
    if (last === undefined) return false;
    return Math.abs(energy - last) < this.#settings.tolerance * Math.abs(last);
  }

  async #move({ sums, wins, worst }: UnitSums): Promise<void> {
    const { dim } = this.#rows;
    const { units, assignment } = this.#settings;
    const weights = this.#state.weights.slice();
    const lengths = new Float64Array(units);
    const empty: number[] = [];
    for (let unit = 0; unit < units; unit++) {
      const [start, end] = [unit * dim, (unit + 1) * dim];
      const own = weights.subarray(start, end);
      if (wins[unit] > 0) lengths[unit] = moveUnit(sums.subarray(start, end), assignment, own);
      if (lengths[unit] === 0) empty.push(unit);
    }
    this.#before = this.#state;
    this.#state = { weights, lengths };
    if (empty.length > 0) await this.#reseed(empty, worst.worst(empty.length));
  }

  /** Puts the first empty unit at the worst row, the next at the next; what rows do not suffice for stays. */
  async #reseed(empty: readonly number[], worst: Uint32Array): Promise<void> {
    const { dim } = this.#rows;
    const ascending = worst.slice().sort();
    const rows = await fetchRows(this.#rows, ascending);
    worst.forEach((row, i) => {
      const from = ascending.indexOf(row) * dim;
      const { weights, lengths } = unitsAtRows(rows.subarray(from, from + dim), dim);
      this.#state.weights.set(weights, empty[i] * dim);
      this.#state.lengths[empty[i]] = lengths[0];
    });
    this.#reseeded += worst.length;
  }

  #tell(): void {
    const { iterations, restarts } = this.#settings;
    const [restart, state] = [this.#restart, this.#state];
    const done = restart * iterations + this.#energies.length;
    const report = this.#report(false);
    this.#onStep({ restart, state, report, done, total: restarts * iterations });
  }

  #report(converged: boolean): BioReport {
    return {
      trainer: 'em',
      iterations: this.#energies.length,
      energies: Float64Array.from(this.#energies),
      converged,
      wins: this.#wins,
      deadUnits: deadUnitsOf(this.#wins),
      reseeded: this.#reseeded,
      rows: this.#rows.rows,
    };
  }
}

export interface EmTraining {
  readonly rows: TrainingRows;
  readonly settings: EmSettings;
  readonly work: KernelWork;
  readonly onStep: (step: TrainingStep) => void;
}

/** Trains units on rows; of several restarts the one of lowest energy is kept, of equal ones the first. */
export async function trainEm(training: EmTraining): Promise<Trained> {
  const { rows, settings, work } = training;
  const starts = await sampledRows(rows, settings.units, settings);
  const sums = new RowSums(rows, settings.units, settings.repulsion, work);
  let best: Trained | undefined;
  for (const [restart, start] of starts.entries()) {
    const state = unitsAtRows(start, rows.dim);
    const trained = await new EmRun(training, sums, state, restart).run();
    if (best === undefined || lastEnergy(trained) < lastEnergy(best)) best = trained;
  }
  if (best === undefined) throw new Error('no restart');
  return best;
}

function lastEnergy({ report }: Trained): number {
  return report.energies[report.energies.length - 1];
}
