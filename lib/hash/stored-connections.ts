/**
 * The connections of a fly network in files: units x fanIn inputs, ascending for each unit, as U16 where an input fits
 * and else as U32; the packing that the kernels want (connections.ts) stays out of files. They are stored although a
 * seed decides them, so that a file needs no memory that it does not have itself, and other languages no generator.
 */

import type { Connections } from '../backend/kernels.ts';
import { allocated } from '../check.ts';
import { corrupt, type PartsReader, type Tensor } from '../files/parts.ts';
import { connection, type NetworkSizes, packConnections } from './connections.ts';

const MOST_NARROW = 2 ** 16;

/** Inputs by unit. */
type Inputs = Uint16Array | Uint32Array;

/** The connections as a tensor. */
export function connectionsTensor(connections: Connections, sizes: NetworkSizes): Tensor {
  const { dim, units, fanIn } = sizes;
  const Kind = dim <= MOST_NARROW ? Uint16Array : Uint32Array;
  const data = allocated<Inputs>(Kind, units, fanIn, 'connections');
  for (let unit = 0; unit < units; unit++) {
    for (let j = 0; j < fanIn; j++) {
      data[unit * fanIn + j] = connection(connections, unit, j, fanIn);
    }
  }
  return { name: 'connections', shape: [units, fanIn], data };
}

/** The connections that a file holds. */
export function readConnections(reader: PartsReader, sizes: NetworkSizes): Connections {
  const { dim, units, fanIn } = sizes;
  const shape = [units, fanIn];
  const inputs: Inputs =
    dim <= MOST_NARROW
      ? reader.tensor('connections', Uint16Array, shape)
      : reader.tensor('connections', Uint32Array, shape);
  checkInputs(inputs, sizes);
  return packConnections(inputs, sizes);
}

/** Kernels read where connections point. */
function checkInputs(inputs: Inputs, { dim, fanIn }: NetworkSizes): void {
  for (let start = 0; start < inputs.length; start += fanIn) {
    let previous = -1;
    for (let i = start; i < start + fanIn; i++) {
      const input = inputs[i];
      if (input <= previous || input >= dim) {
        const expected = `ascending inputs below ${dim} for each unit`;
        throw corrupt('tensor connections', expected, `${input} after ${previous}`);
      }
      previous = input;
    }
  }
}
