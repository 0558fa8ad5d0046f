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

/**
 * Rows, counted from the first of all, whose float32 sums are added up in double: a float32 that has become large forgets
 * what is added to it, and a unit may win any number of rows.
 */
const SUMMED_ROWS = 2 ** 16;

/** What a look at the rows found. */
export interface UnitSums {
  /** units x dim: the sums of the rows that each unit won, less repulsion x those where it came second. */
  readonly sums: Float64Array;
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
  readonly #sums: Float64Array;

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
    this.#sums = allocated(Float64Array, units, rows.dim, 'units x dim, the sums,');
  }

  /** What the units of those panels find; the sums are this object's until the next look. */
  async look(units: UnitPanels): Promise<UnitSums> {
    this.#sums.fill(0);
    const worst = new WorstRows(this.#units);
    const tally = { wins: new Uint32Array(this.#units), energy: 0, worst };
    await this.#rows.forEachRun(async (run) => {
      await this.#rank(run, units.panels);
      this.#countWinners(run, units.scales, tally);
      await this.#sum(run);
    });
    this.#addUp();
    return { ...tally, sums: this.#sums };
  }

  async #rank({ prepared, rows }: PreparedRun, panels: Float32Array): Promise<void> {
    const [ranks, activations] = [this.#ranks, this.#activations];
    await this.#work.run({
      name: 'competitionRanks',
      args: [prepared, rows, this.#rows.dim, panels, this.#units, this.#count, ranks, activations],
    });
  }

  /** Sums a run's rows in pieces that end where float32 sums are added up. */
  async #sum({ prepared, first, rows }: PreparedRun): Promise<void> {
    const { dim } = this.#rows;
    const [ranks, count] = [this.#ranks, this.#count];
    for (let row = 0, end = 0; row < rows; row = end) {
      end = Math.min(rows, row + SUMMED_ROWS - ((first + row) % SUMMED_ROWS));
      const own = prepared.subarray(row * dim, end * dim);
      const ranked = ranks.subarray(row * count, end * count);
      for (const [place, sums] of [this.#won, this.#lost].entries()) {
        if (sums === undefined) continue;
        const args = [own, end - row, dim, ranked, count, place, this.#units, sums] as const;
        await this.#work.run({ name: 'competitionSums', args });
      }
      if ((first + end) % SUMMED_ROWS === 0) this.#addUp();
    }
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

  /** Adds the float32 sums, less those of second places, to the sums, and begins them anew. */
  #addUp(): void {
    const [won, lost, sums] = [this.#won, this.#lost, this.#sums];
    for (let i = 0; i < sums.length; i++) sums[i] += won[i];
    won.fill(0);
    if (lost === undefined) return;
    for (let i = 0; i < sums.length; i++) sums[i] -= this.#repulsion * lost[i];
    lost.fill(0);
  }
}
