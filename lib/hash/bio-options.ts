/**
 * What {@link BioHash} may be told beyond what every training of units knows: the sizes of its codes, who looks on
 * while it learns, and how it goes on learning.
 */

import type { BioHash } from './bio-hash.ts';
import type { CompetitionTraining } from './bio-training.ts';

/** Options of {@link BioHash.train}. */
export interface BioHashTraining extends CompetitionTraining {
  /** Units that learn, 1 to 2^24; there must be as many vectors. */
  units: number;
  /** Winners of each vector, 1 to units; default a twentieth of the units. */
  active?: number;
  /** Called in every iteration or epoch; the way to a hasher that has not learnt to the end. */
  onIteration?: (iteration: BioIteration) => void;
}

/** Where a training stands. */
export interface BioIteration {
  /** Counts from 1, in each restart. */
  readonly iteration: number;
  /** Counts from 0. */
  readonly restart: number;
  /** The energy of the iteration; see {@link BioReport}. */
  readonly energy: number;
  /** Units that won no row. */
  readonly deadUnits: number;
  /** A hasher of the units as they are now. */
  hasher(): BioHash;
}

/** Options of {@link BioHash.partialFit}. */
export interface PartialFitOptions {
  /** sgd: the largest coordinate of a step; default a tenth of the training's first rate. */
  rate?: number;
  /** Whether batches before one that fails stay learnt; default false: all batches or nothing. */
  keepPartial?: boolean;
  /** Threads of the package's own pool to use, 1 to 256; default: what the machine has. */
  threads?: number;
  /** Aborting rejects with `signal.reason`. */
  signal?: AbortSignal;
}
