/**
 * What a training tells of itself: how far it went, whether it settled, which units won how many rows. It is saved
 * with the model.
 */

import type { Json, PartsReader, Tensor } from '../files/parts.ts';

/** The two ways to learn. */
export type BioTrainer = 'em' | 'sgd';

export const BIO_TRAINERS: readonly BioTrainer[] = ['em', 'sgd'];

/** What a training of {@link BioHash} or {@link NaiveBioHash} tells. */
export interface BioReport {
  /** The trainer that ran. */
  readonly trainer: BioTrainer;
  /** Iterations of `em`, of the restart that was kept, or epochs of `sgd`. */
  readonly iterations: number;
  /**
   * The energy of each iteration: minus the sum over the rows of the winner's activation divided by its norm. Of `em`
   * it is that of the weights at the iteration's start; of `sgd` each row counts when its mini-batch comes.
   */
  readonly energies: Float64Array;
  /** Whether the training ended because nothing changed any more. */
  readonly converged: boolean;
  /** Rows that each unit won in the last iteration. */
  readonly wins: Uint32Array;
  /** Units that won no row in the last iteration. */
  readonly deadUnits: number;
  /** How often a unit that had won nothing was put on a row. */
  readonly reseeded: number;
  /** Rows of the training, those equal to the mean included, which no unit wins. */
  readonly rows: number;
}

/** A report whose arrays nobody else has. */
export function copyOfReport(report: BioReport): BioReport {
  return { ...report, energies: report.energies.slice(), wins: report.wins.slice() };
}

/** Units without a row. */
export function deadUnitsOf(wins: Uint32Array): number {
  return wins.reduce((dead, count) => dead + (count === 0 ? 1 : 0), 0);
}

/** The parameters of a report in a file; energies and wins are tensors. */
export function reportParameters(report: BioReport): Record<string, Json> {
  const { trainer, converged, reseeded, rows } = report;
  return { trainer, converged, reseeded, rows };
}

/** The tensors of a report: the one of eight bytes, and the one of four. */
export function reportTensors(report: BioReport): readonly [Tensor, Tensor] {
  const { energies, wins } = report;
  return [
    { name: 'energies', shape: [energies.length], data: energies },
    { name: 'wins', shape: [wins.length], data: wins },
  ];
}

/** The report in a file. */
export function readReport(reader: PartsReader, units: number): BioReport {
  const energies = reader.tensor('energies', Float64Array, [undefined]);
  const wins = reader.tensor('wins', Uint32Array, [units]);
  return {
    trainer: reader.oneOf('trainer', BIO_TRAINERS),
    iterations: energies.length,
    energies,
    converged: reader.boolean('converged'),
    wins,
    deadUnits: deadUnitsOf(wins),
    reseeded: reader.integer('reseeded', 0, Number.MAX_SAFE_INTEGER),
    rows: reader.integer('rows', 0, Number.MAX_SAFE_INTEGER),
  };
}
