/**
 * One look at all rows by units that compete: who wins each row, what the winners' rows sum to, how well they explain
 * them, and which rows are explained worst. The E-step of spherical k-means (Dhillon and Modha 2001), with the
 * rival's share that BioHash subtracts. Kernels do what goes over rows x dim; here only one number a row is looked at.
 */

import { allocated } from '../check.ts';
import type { KernelWork } from './kernel-work.ts';
import type { PreparedRun, TrainingRows } from './training-rows.ts';
import type { UnitPanels } from './unit-weights.ts';
import { WorstRows } from './worst-rows.ts';

/** The rank that counts for no unit. */
const NOBODY = 0xffffffff;

/** What a look at the rows found. */
export interface UnitSums {
  /** units x dim: the sums of the rows that each unit won, less repulsion x those where it came second. */
  readonly sums: Float64Array | Float32Array;
  readonly wins: Uint32Array;
  readonly energy: number;
  readonly worst: WorstRows;
}

/** Looks at rows with one set of weights after the other; its memory is used again for every look. */
export class RowSums {
  readonly #rows: TrainingRows;
  readonly #units: number;
  readonly #repulsion: number;
  readonly #work: KernelWork;
  readonly #count: number;
  readonly #ranks: Uint32Array;
  readonly #activations: Float32Array;
  readonly #won: Float32Array;
  readonly #lost: Float32Array | undefined;

  constructor(rows: TrainingRows, units: number, repulsion: number, work: KernelWork) {
    this.#rows = rows;
    this.#units = units;
    this.#repulsion = repulsion;
    this.#work = work;
    const isRepelled = repulsion > 0 && units > 1;
    this.#count = isRepelled ? 2 : 1;
    this.#ranks = allocated(Uint32Array, rows.runRows, this.#count, 'ranks');
    this.#activations = allocated(Float32Array, rows.runRows, this.#count, 'activations');
    this.#won = allocated(Float32Array, units, rows.dim, 'units x dim, the sums,');
    this.#lost = isRepelled ? new Float32Array(this.#won.length) : undefined;
  }

  /** What the units of those panels find; the sums are this object's until the next look. */
  async look(units: UnitPanels): Promise<UnitSums> {
    this.#won.fill(0);
    this.#lost?.fill(0);
    const worst = new WorstRows(this.#units);
    const tally = { wins: new Uint32Array(this.#units), energy: 0, worst };
    await this.#rows.forEachRun(async (run) => {
      await this.#rank(run, units.panels);
      this.#countWinners(run, units.scales, tally);
      await this.#sum(run, 0, this.#won);
      if (this.#lost !== undefined) await this.#sum(run, 1, this.#lost);
    });
    return { ...tally, sums: this.#difference() };
  }

  async #rank({ prepared, rows }: PreparedRun, panels: Float32Array): Promise<void> {
    const [ranks, activations] = [this.#ranks, this.#activations];
    await this.#work.run({
      name: 'competitionRanks',
      args: [prepared, rows, this.#rows.dim, panels, this.#units, this.#count, ranks, activations],
    });
  }

  async #sum({ prepared, rows }: PreparedRun, place: number, sums: Float32Array): Promise<void> {
    const { dim } = this.#rows;
    await this.#work.run({
      name: 'competitionSums',
      args: [prepared, rows, dim, this.#ranks, this.#count, place, this.#units, sums],
    });
  }

  /** Counts a run's winners. Rows without a direction win nobody, and nobody loses by them. */
  #countWinners(
    { norms, first, rows }: PreparedRun,
    scales: Float64Array,
    tally: { wins: Uint32Array; energy: number; worst: WorstRows },
  ): void {
    const { wins, worst } = tally;
    const { unitLength } = this.#rows;
    let limit = worst.limit;
    let { energy } = tally;
    for (let row = 0, at = 0; row < rows; row++, at += this.#count) {
      if (norms[row] === 0) {
        this.#ranks.fill(NOBODY, at, at + this.#count);
        continue;
      }
      const unit = this.#ranks[at];
      const explained = this.#activations[at] / scales[unit];
      wins[unit]++;
      energy -= explained;
      const share = unitLength ? explained : explained / norms[row];
      if (share >= limit) continue;
      worst.offer(share, first + row);
      limit = worst.limit;
    }
    tally.energy = energy;
  }

  #difference(): Float64Array | Float32Array {
    const [won, lost] = [this.#won, this.#lost];
    if (lost === undefined) return won;
    const difference = new Float64Array(won.length);
    for (let i = 0; i < won.length; i++) difference[i] = won[i] - this.#repulsion * lost[i];
    return difference;
  }
}
