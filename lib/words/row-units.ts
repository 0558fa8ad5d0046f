/**
 * Units that learn from the rows of a sparse matrix: spherical k-means (Dhillon and Modha 2001), which is BioHash's energy,
 * on rows of unit length that are not centred, so that they stay sparse. A unit is the direction of the sum of the rows
 * that it won, so all that there is to keep of an iteration is who won which row. Sums are in double, row after row.
 */

import { allocated } from '../check.ts';
import { corrupt, type Facts, type PartsReader } from '../files/parts.ts';
import type { KernelWork } from '../hash/kernel-work.ts';
import { WorstRows } from '../hash/worst-rows.ts';
import { stream } from '../random.ts';
import { emptySlices, sliceIndex } from './dense-slices.ts';
import type { SparseMatrix } from './sparse-matrix.ts';
import type { Activations } from './synapses.ts';
import { matrixParts } from './types-stages.ts';
import type { UnitSettings } from './vector-units.ts';
import type { TrainedWords, TrainerMeans } from './word-trainer.ts';

/** Activations that are made at a time. */
const RUN = 2 ** 22;

/** The relative change of the energy below which the training ends. */
const TOLERANCE = 1e-4;

/** Milliseconds of work that may be lost when a training is killed. */
const KEPT_EVERY = 10_000;

/** Rows that belong to no unit. */
const NOBODY = 0xffffffff;

/** What units are made of: the rows that each won, and one row for each that had won none. */
interface Shares {
  /** The unit of each row. */
  readonly winners: Uint32Array;
  readonly emptyUnits: Uint32Array;
  readonly theirRows: Uint32Array;
}

/** Norms of the rows, as doubles. */
function normsOf({ rows, starts, values }: SparseMatrix): Float64Array {
  const norms = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let i = starts[row]; i < starts[row + 1]; i++) sum += values[i] * values[i];
    norms[row] = Math.sqrt(sum);
  }
  return norms;
}

/** Rows of each unit, ascending, one unit after the other. */
function membersOf({ winners, emptyUnits, theirRows }: Shares, units: number): Uint32Array[] {
  const members: number[][] = Array.from({ length: units }, () => []);
  for (const [row, unit] of winners.entries()) if (unit !== NOBODY) members[unit].push(row);
  for (const [i, unit] of emptyUnits.entries()) members[unit].push(theirRows[i]);
  return members.map((rows) => Uint32Array.from(rows));
}

/** Cosines of the rows to units, with the packed weights of one set of units after the other. */
class RowCosines implements Activations {
  readonly words: number;
  readonly units: number;
  readonly silent: Uint8Array;
  readonly norms: Float64Array;
  readonly #matrix: SparseMatrix;
  readonly #work: KernelWork;
  readonly #slices: Float32Array;
  readonly #sum: Float64Array;

  constructor(matrix: SparseMatrix, silent: Uint8Array, units: number, work: KernelWork) {
    this.words = matrix.rows;
    this.units = units;
    this.silent = silent;
    this.norms = normsOf(matrix);
    this.#matrix = matrix;
    this.#work = work;
    this.#slices = emptySlices(matrix.columnCount, units);
    this.#sum = allocated(Float64Array, 1, matrix.columnCount, 'the sum of rows');
  }

  /** Puts units at the directions of the sums of their rows. */
  async move(shares: Shares): Promise<void> {
    this.#slices.fill(0);
    for (const [unit, rows] of membersOf(shares, this.units).entries()) {
      this.#write(unit, rows);
      await this.#work.rest();
    }
  }

  #write(unit: number, rows: Uint32Array): void {
    const { starts, columns, values, columnCount } = this.#matrix;
    const sum = this.#sum.fill(0);
    for (const row of rows) {
      const norm = this.norms[row];
      for (let i = starts[row]; i < starts[row + 1]; i++) sum[columns[i]] += values[i] / norm;
    }
    let square = 0;
    for (let column = 0; column < columnCount; column++) square += sum[column] * sum[column];
    const length = Math.sqrt(square);
    if (length === 0) return;
    for (let column = 0; column < columnCount; column++) {
      if (sum[column] === 0) continue;
      this.#slices[sliceIndex(column, unit, columnCount, this.units)] = sum[column] / length;
    }
  }

  async *runs(): AsyncGenerator<Float32Array, void, void> {
    const { rows, columnCount, starts, columns, values } = this.#matrix;
    const most = Math.max(1, Math.floor(RUN / this.units));
    const products = new Float32Array(Math.min(most, rows) * this.units);
    for (let first = 0; first < rows; first += most) {
      const count = Math.min(most, rows - first);
      const own = starts.subarray(first, first + count + 1);
      const sparse = [own, count, columns, values, columns.length, columnCount] as const;
      const args = [...sparse, this.#slices, this.units, products] as const;
      await this.#work.run({ name: 'sparseProduct', args });
      for (let row = 0, at = 0; row < count; row++) {
        const norm = this.norms[first + row];
        for (const end = at + this.units; at < end; at++) {
          products[at] = norm === 0 ? 0 : products[at] / norm;
        }
      }
      yield products.subarray(0, count * this.units);
    }
  }
}

/** What a look at all rows found. */
interface Look {
  readonly winners: Uint32Array;
  readonly wins: Uint32Array;
  readonly energy: number;
  readonly worst: WorstRows;
}

async function look(cosines: RowCosines, work: KernelWork): Promise<Look> {
  const { words, units, norms } = cosines;
  const winners = new Uint32Array(words).fill(NOBODY);
  const wins = new Uint32Array(units);
  const worst = new WorstRows(units);
  let energy = 0;
  let row = 0;
  for await (const values of cosines.runs()) {
    for (let at = 0; at < values.length; at += units, row++) {
      if (norms[row] === 0) continue;
      let best = at;
      for (let i = at + 1; i < at + units; i++) if (values[i] > values[best]) best = i;
      winners[row] = best - at;
      wins[best - at]++;
      energy -= values[best];
      worst.offer(values[best], row);
    }
    await work.rest();
  }
  return { winners, wins, energy, worst };
}

/** Who wins what next: units that won nothing get the rows that are explained worst. */
function sharesOf({ winners, wins, worst }: Look): Shares {
  const empty: number[] = [];
  for (const [unit, count] of wins.entries()) if (count === 0) empty.push(unit);
  const theirRows = worst.worst(empty.length);
  return { winners, emptyUnits: Uint32Array.from(empty.slice(0, theirRows.length)), theirRows };
}

/** Units begin at rows drawn at random. */
function firstShares(norms: Float64Array, { units, seed }: UnitSettings): Shares {
  const heard = Uint32Array.from(norms.keys()).filter((row) => norms[row] > 0);
  const drawn = stream(seed, 'sample').sample(units, heard.length);
  return {
    winners: new Uint32Array(norms.length).fill(NOBODY),
    emptyUnits: Uint32Array.from({ length: units }, (_, unit) => unit),
    theirRows: drawn.map((place) => heard[place]),
  };
}

/** Where the training stands between two iterations. */
interface Progress {
  shares: Shares;
  readonly energies: number[];
  reseeded: number;
}

function readProgress(reader: PartsReader, words: number, units: number): Progress {
  const energies = Array.from(reader.tensor('energies', Float64Array, [undefined]));
  const winners = reader.tensor('winners', Uint32Array, [words]);
  const emptyUnits = reader.tensor('emptyUnits', Uint32Array, [undefined]);
  const theirRows = reader.tensor('theirRows', Uint32Array, [emptyUnits.length]);
  const reseeded = reader.integer('reseeded', 0, Number.MAX_SAFE_INTEGER);
  reader.end();
  const isFit =
    winners.every((unit) => unit < units || unit === NOBODY) &&
    emptyUnits.every((unit) => unit < units) &&
    theirRows.every((row) => row < words);
  if (!isFit) throw corrupt('winners', 'units and rows that there are', 'others');
  return { shares: { winners, emptyUnits, theirRows }, energies, reseeded };
}

function progressParts(matrix: SparseMatrix, { shares, energies, reseeded }: Progress) {
  const { winners, emptyUnits, theirRows } = shares;
  const { parameters, tensors } = matrixParts(matrix);
  return {
    parameters: { ...parameters, reseeded },
    tensors: [
      { name: 'energies', shape: [energies.length], data: Float64Array.from(energies) },
      ...tensors,
      { name: 'winners', shape: [winners.length], data: winners },
      { name: 'emptyUnits', shape: [emptyUnits.length], data: emptyUnits },
      { name: 'theirRows', shape: [theirRows.length], data: theirRows },
    ],
  };
}

/** Units on their way. */
class RowTraining {
  readonly cosines: RowCosines;
  readonly #matrix: SparseMatrix;
  readonly #settings: UnitSettings;
  readonly #means: TrainerMeans;
  readonly #progress: Progress;
  #deadUnits = 0;
  #isSettled = false;
  #keptAt = performance.now();

  constructor(
    matrix: SparseMatrix,
    silent: Uint8Array,
    kept: PartsReader | undefined,
    { settings, means }: { readonly settings: UnitSettings; readonly means: TrainerMeans },
  ) {
    this.#matrix = matrix;
    this.#settings = settings;
    this.#means = means;
    this.cosines = new RowCosines(matrix, silent, settings.units, means.work);
    this.#progress =
      kept === undefined
        ? { shares: firstShares(this.cosines.norms, settings), energies: [], reseeded: 0 }
        : readProgress(kept, matrix.rows, settings.units);
  }

  get #isDone(): boolean {
    return this.#isSettled || this.#progress.energies.length >= this.#settings.iterations;
  }

  /** Ends with the units that the last iteration looked with. */
  async run(): Promise<void> {
    const { iterations } = this.#settings;
    const { tell } = this.#means;
    tell('learning', this.#progress.energies.length, iterations);
    while (!this.#isDone) {
      await this.#iterate();
      tell('learning', this.#isDone ? iterations : this.#progress.energies.length, iterations);
      // What is kept is never the last iteration: whoever goes on makes its units again.
      if (!this.#isDone) await this.#keep();
    }
  }

  async #iterate(): Promise<void> {
    const progress = this.#progress;
    await this.cosines.move(progress.shares);
    const found = await look(this.cosines, this.#means.work);
    const last = progress.energies.at(-1) ?? Number.POSITIVE_INFINITY;
    this.#isSettled = last - found.energy < TOLERANCE * -found.energy;
    progress.energies.push(found.energy);
    progress.shares = sharesOf(found);
    progress.reseeded += progress.shares.emptyUnits.length;
    this.#deadUnits = found.wins.filter((count) => count === 0).length;
  }

  async #keep(): Promise<void> {
    const { checkpoint } = this.#means;
    if (!checkpoint.isKept || performance.now() < this.#keptAt + KEPT_EVERY) return;
    await checkpoint.write('rows', progressParts(this.#matrix, this.#progress));
    this.#keptAt = performance.now();
  }

  told(): Facts {
    const { energies, reseeded } = this.#progress;
    const [entries, iterations] = [this.#matrix.columns.length, energies.length];
    const converged = this.#isSettled;
    return { entries, iterations, converged, reseeded, deadUnits: this.#deadUnits };
  }
}

/** Units of the rows of a matrix; `kept` is where an earlier training stood. */
export async function trainRowUnits(
  matrix: SparseMatrix,
  silent: Uint8Array,
  kept: PartsReader | undefined,
  settings: UnitSettings,
  means: TrainerMeans,
): Promise<TrainedWords> {
  const training = new RowTraining(matrix, silent, kept, { settings, means });
  await training.run();
  const { cosines } = training;
  return { target: cosines, context: cosines, told: training.told() };
}
