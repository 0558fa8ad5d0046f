/**
 * The synapses of a fly Bloom filter: one weight a unit, damped where a row is active and recovering elsewhere
 * (Dasgupta, Sheehan, Stevens, Navlakha, "A neural data structure for novelty detection", PNAS 2018). A weight is
 * kept as it was when its unit was last active, with the time of that; what it has recovered since is added when it
 * is read, so that a row costs its active units and not all of them, and nothing depends on when weights are read.
 */

import { allocated } from '../check.ts';

/** What happens to the weights; float32 numbers. */
export interface Plasticity {
  /** An active unit's weight is multiplied by this: from 0 to below 1. */
  readonly decay: number;
  /** An inactive unit's weight grows by this: from 0 to 1. */
  readonly recovery: number;
}

/** Rows of active units, ascending within a row. */
export interface ActiveUnits {
  readonly indices: Uint32Array;
  readonly active: number;
}

/** Weights, and what is needed to know them later. */
export interface WeightState {
  /** The weight of each unit when it was last active, 1 where it never was. */
  readonly weights: Float32Array;
  /** Rows inserted when each unit was last active, that row included; empty where nothing recovers. */
  readonly touched: Float64Array;
  /** Rows inserted: float64 counts them exactly to 2^53. */
  readonly count: number;
}

/** The state before the first row. */
export function freshWeights(units: number, { recovery }: Plasticity): WeightState {
  return {
    weights: allocated(Float32Array, 1, units, 'weights').fill(1),
    touched: allocated(Float64Array, 1, recovery > 0 ? units : 0, 'weights'),
    count: 0,
  };
}

/**
 * Weights of all units. A unit that had weight w after its last active row, s, has weight
 * min(1, w + recovery x (t - s)) after row t, the product and the sum rounded to float32.
 */
export class NoveltyWeights {
  readonly #decay: number;
  readonly #recovery: number;
  readonly #weights: Float32Array;
  readonly #touched: Float64Array;
  #count: number;

  constructor({ decay, recovery }: Plasticity, { weights, touched, count }: WeightState) {
    this.#decay = decay;
    this.#recovery = recovery;
    this.#weights = weights;
    this.#touched = touched;
    this.#count = count;
  }

  /** Rows inserted. */
  get count(): number {
    return this.#count;
  }

  /** The weights themselves, not a copy. */
  get state(): WeightState {
    return { weights: this.#weights, touched: this.#touched, count: this.#count };
  }

  /** The mean weight of the active units of each row. */
  score({ indices, active }: ActiveUnits, novelty: Float32Array): void {
    for (let row = 0; row < novelty.length; row++) {
      novelty[row] = this.#mean(indices, row * active, (row + 1) * active);
    }
  }

  /** Inserts the rows in order. */
  insert({ indices, active }: ActiveUnits): void {
    for (let start = 0; start < indices.length; start += active) {
      this.#damp(indices, start, start + active);
    }
  }

  /** Scores each row, then inserts it. */
  scoreAndInsert({ indices, active }: ActiveUnits, novelty: Float32Array): void {
    for (let row = 0; row < novelty.length; row++) {
      const start = row * active;
      novelty[row] = this.#mean(indices, start, start + active);
      this.#damp(indices, start, start + active);
    }
  }

  /** All weights at 1 again. */
  reset(): void {
    this.#weights.fill(1);
    this.#touched.fill(0);
    this.#count = 0;
  }

  /** What two filters that never recover and have decay 0 are after the rows of both. */
  intersect(other: NoveltyWeights): void {
    const weights = this.#weights;
    for (let unit = 0; unit < weights.length; unit++) weights[unit] *= other.#weights[unit];
    this.#count += other.#count;
  }

  #mean(indices: Uint32Array, start: number, end: number): number {
    const weights = this.#weights;
    let sum = 0;
    if (this.#recovery === 0) {
      // The general case would give the same; this is three times faster.
      for (let i = start; i < end; i++) sum = Math.fround(sum + weights[indices[i]]);
    } else {
      for (let i = start; i < end; i++) sum = Math.fround(sum + this.#recovered(indices[i]));
    }
    return Math.fround(sum / (end - start));
  }

  #damp(indices: Uint32Array, start: number, end: number): void {
    const weights = this.#weights;
    if (this.#recovery === 0) {
      for (let i = start; i < end; i++) weights[indices[i]] *= this.#decay;
    } else {
      for (let i = start; i < end; i++) {
        const unit = indices[i];
        weights[unit] = this.#decay * this.#recovered(unit);
        this.#touched[unit] = this.#count + 1;
      }
    }
    this.#count++;
  }

  #recovered(unit: number): number {
    const grown = Math.fround(this.#recovery * (this.#count - this.#touched[unit]));
    return Math.min(1, Math.fround(this.#weights[unit] + grown));
  }
}
