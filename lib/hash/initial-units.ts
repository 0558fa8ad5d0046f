/**
 * Where units begin: at rows drawn at random without repetition (reservoir sampling, Vitter's algorithm R, which
 * needs one pass and not to know how many rows come), or at standard normal weights, as Krotov and Hopfield begin.
 * Rows equal to the mean have no direction and are never drawn.
 */

import { allocated } from '../check.ts';
import { wrongValue } from '../errors.ts';
import { fillNormals, type RandomStream, stream } from '../random.ts';
import type { PreparedRun, TrainingRows } from './training-rows.ts';

/** A sample of rows, in the making. */
class Reservoir {
  readonly sample: Float32Array;
  readonly #dim: number;
  readonly #units: number;
  readonly #stream: RandomStream;
  #seen = 0;

  constructor(units: number, dim: number, drawing: RandomStream) {
    this.sample = allocated(Float32Array, units, dim, 'units x dim, the weights,');
    this.#units = units;
    this.#dim = dim;
    this.#stream = drawing;
  }

  offer({ prepared, norms, rows }: PreparedRun): void {
    const dim = this.#dim;
    for (let row = 0; row < rows; row++) {
      if (norms[row] === 0) continue;
      const seen = this.#seen++;
      const place = seen < this.#units ? seen : this.#stream.below(seen + 1);
      if (place >= this.#units) continue;
      this.sample.set(prepared.subarray(row * dim, (row + 1) * dim), place * dim);
    }
  }

  /** Where fewer rows than units have a direction, units are doubles: they win nothing and are seeded again. */
  filled(): Float32Array {
    if (this.#seen === 0) {
      const expected = 'different from their mean (with center: false, from 0) in at least one row';
      throw wrongValue('vectors', expected, 0);
    }
    for (let unit = this.#seen; unit < this.#units; unit++) {
      const from = (unit % this.#seen) * this.#dim;
      this.sample.copyWithin(unit * this.#dim, from, from + this.#dim);
    }
    return this.sample;
  }
}

/** For each restart units x dim prepared rows. Throws when no row has a direction. */
export async function sampledRows(
  rows: TrainingRows,
  units: number,
  { seed, restarts }: { readonly seed: number; readonly restarts: number },
): Promise<Float32Array[]> {
  const reservoirs = Array.from(
    { length: restarts },
    (_, restart) => new Reservoir(units, rows.dim, stream(seed, 'sample', restart)),
  );
  await rows.forEachRun((run) => {
    for (const reservoir of reservoirs) reservoir.offer(run);
  });
  return reservoirs.map((reservoir) => reservoir.filled());
}

/** Standard normal weights units x dim; those of a unit do not depend on how many units there are. */
export function normalWeights(units: number, dim: number, seed: number): Float32Array {
  const weights = allocated(Float32Array, units, dim, 'units x dim, the weights,');
  for (let unit = 0; unit < units; unit++) {
    fillNormals(weights.subarray(unit * dim, (unit + 1) * dim), seed, 'initial', unit);
  }
  return weights;
}
