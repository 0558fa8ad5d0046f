/**
 * The fly's random network: each unit reads fanIn distinct inputs (Dasgupta, Stevens, Navlakha 2017), drawn without
 * replacement from a stream of its own and kept ascending, the order of its sum. Packed the same for every level:
 * units in groups of 8, [group][j][8], the last group padded with input 0. Up to 8191 inputs an entry is a
 * Uint16 of 8 x the input, so that kernels need not multiply; beyond that a plain Uint32.
 */

import type { Connections } from '../backend/kernels.ts';
import { allocated, checkInteger } from '../check.ts';
import { stream } from '../random.ts';

const NARROW_DIM = 8191;
const NARROW_SCALE = 8;

/** Most units that a network may have. */
export const MAX_UNITS: number = 2 ** 24;

/** The sizes of a network. */
export interface NetworkSizes {
  /** Inputs. */
  readonly dim: number;
  /** Units. */
  readonly units: number;
  /** Inputs of a unit. */
  readonly fanIn: number;
}

/** The inputs of a unit that a user gave, or a tenth of dim, as in the papers. */
export function checkFanIn(
  dim: number,
  fanIn: unknown = Math.max(1, Math.floor(dim / 10)),
): number {
  return checkInteger(fanIn, 'fanIn', 1, dim);
}

/** The place of a unit's j-th input. */
function place(unit: number, j: number, fanIn: number): number {
  return ((unit >> 3) * fanIn + j) * 8 + (unit & 7);
}

/** An empty table for a network of these sizes. */
function table({ dim, units, fanIn }: NetworkSizes): Connections {
  const name = 'units x fanIn, the connections,';
  const Kind = dim <= NARROW_DIM ? Uint16Array : Uint32Array;
  return allocated<Connections>(Kind, Math.ceil(units / 8), 8 * fanIn, name);
}

/** Packs inputs units x fanIn, ascending for each unit. */
export function packConnections(
  inputs: Uint16Array | Uint32Array,
  sizes: NetworkSizes,
): Connections {
  const packed = table(sizes);
  const scale = packed instanceof Uint16Array ? NARROW_SCALE : 1;
  const { units, fanIn } = sizes;
  for (let unit = 0; unit < units; unit++) {
    for (let j = 0; j < fanIn; j++) {
      packed[place(unit, j, fanIn)] = inputs[unit * fanIn + j] * scale;
    }
  }
  return packed;
}

/** Draws and packs a network; unit u's inputs come from stream (seed, 'connections', u). */
export function drawConnections(sizes: NetworkSizes, seed: number): Connections {
  const packed = table(sizes);
  const scale = packed instanceof Uint16Array ? NARROW_SCALE : 1;
  const { dim, units, fanIn } = sizes;
  for (let unit = 0; unit < units; unit++) {
    const inputs = stream(seed, 'connections', unit).sample(fanIn, dim);
    for (let j = 0; j < fanIn; j++) packed[place(unit, j, fanIn)] = inputs[j] * scale;
  }
  return packed;
}

/** The unit's j-th input. */
export function connection(
  connections: Connections,
  unit: number,
  j: number,
  fanIn: number,
): number {
  const entry = connections[place(unit, j, fanIn)];
  return connections instanceof Uint16Array ? entry / NARROW_SCALE : entry;
}
