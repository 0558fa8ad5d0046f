/**
 * The weights of competing units and the arithmetic of learning that no kernel does (BioHash; Ryali, Hopfield,
 * Grinberg, Krotov 2020, section 2.1): norms, directions, and the effective weights of the generalised inner product
 * <W, x>_u = sum of sign(W_ui) |W_ui|^(p-1) x_i. All of it in double precision, sums ascending, rounded to float32 once,
 * and powers by repeated multiplication, so that every engine gives the same bits.
 */

import { emptyUnitPanels, writeUnit } from './unit-panels.ts';

/** Greatest power p of the inner product. */
export const MAX_POWER = 8;

/** Square root of the sum of squares of a vector. */
export function normOf(vector: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += vector[i] * vector[i];
  return Math.sqrt(sum);
}

/** base to a small whole power. */
function power(base: number, exponent: number): number {
  let product = 1;
  for (let i = 0; i < exponent; i++) product *= base;
  return product;
}

/**
 * The p-th root of a number that is not negative, for p from 1 on: Newton's steps down from above, until they end.
 */
export function rootOf(value: number, p: number): number {
  if (p === 1 || value === 0 || !Number.isFinite(value)) return value;
  if (p === 2) return Math.sqrt(value);
  // From 1 or the value, whichever is above the root, every step goes down, until rounding stops it.
  for (let root = Math.max(1, value); ; ) {
    const next = root - (root - value / power(root, p - 1)) / p;
    if (!(next < root)) return root;
    root = next;
  }
}

/** <W, W>_u^((p - 1) / p): what the normalised assignment divides the activations of a unit by; 1 for no weights. */
export function activationScale(weights: Float32Array, p: number): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += power(Math.abs(weights[i]), p);
  const scale = power(rootOf(sum, p), p - 1);
  return scale === 0 ? 1 : scale;
}

/** sign(W) |W|^(p - 1) / scale, rounded; 0 where that is no number. */
export function effectiveWeights(
  weights: Float32Array,
  p: number,
  scale: number,
  into: Float32Array,
): void {
  for (let i = 0; i < weights.length; i++) {
    const size = power(Math.abs(weights[i]), p - 1);
    into[i] = weights[i] === 0 ? 0 : (weights[i] < 0 ? -size : size) / scale;
  }
}

/** How weights become activations. */
export interface Activation {
  /** p of the inner product. */
  readonly power: number;
  /** Whether activations are divided by the unit's norm. */
  readonly isScaled: boolean;
}

/** Panels of effective weights, kept in step with weights units x dim that change. */
export class UnitPanels {
  readonly panels: Float32Array;
  /** <W, W>_u^((p - 1) / p) of each unit. */
  readonly scales: Float64Array;
  readonly #weights: Float32Array;
  readonly #dim: number;
  readonly #activation: Activation;
  readonly #effective: Float32Array;

  constructor(weights: Float32Array, dim: number, activation: Activation) {
    const units = weights.length / dim;
    this.#weights = weights;
    this.#dim = dim;
    this.#activation = activation;
    this.#effective = new Float32Array(dim);
    this.panels = emptyUnitPanels(units, dim);
    this.scales = new Float64Array(units);
    for (let unit = 0; unit < units; unit++) this.update(unit);
  }

  /** Takes over the weights of one unit. */
  update(unit: number): void {
    const { power: p, isScaled } = this.#activation;
    const weights = this.#weights.subarray(unit * this.#dim, (unit + 1) * this.#dim);
    const scale = activationScale(weights, p);
    this.scales[unit] = scale;
    if (p === 2 && !isScaled) {
      writeUnit(this.panels, unit, weights);
      return;
    }
    effectiveWeights(weights, p, isScaled ? scale : 1, this.#effective);
    writeUnit(this.panels, unit, this.#effective);
  }
}
