/**
 * The packing of units' weights that the competition kernels read: groups of 16 units, input after input, so that a
 * block of 16 lanes is 16 units of one input. Unlike lib/hash/panels.ts, whose lanes are bits of a byte, in natural
 * order.
 */

import { allocated } from '../check.ts';

/** Where the weight of unit j for input 0 stands; the next inputs follow 16 places apart. */
export function unitPanelIndex(unit: number, dim: number): number {
  return (unit >> 4) * dim * 16 + (unit & 15);
}

/** Panels of zeros for that many units. */
export function emptyUnitPanels(units: number, dim: number): Float32Array {
  return allocated(Float32Array, Math.ceil(units / 16) * 16, dim, 'units x dim, the weights,');
}

/** Writes one unit's weights. */
export function writeUnit(panels: Float32Array, unit: number, weights: ArrayLike<number>): void {
  let at = unitPanelIndex(unit, weights.length);
  for (let i = 0; i < weights.length; i++, at += 16) panels[at] = weights[i];
}
