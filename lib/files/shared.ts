/**
 * Objects in shared memory: the parts of one object with every array in a SharedArrayBuffer, as a plain object that
 * postMessage carries to workers. Nothing there is trusted: other threads may write to it at any time, so small
 * tables are copied and checked when it is opened, and kernels stay within bounds whatever the rest says.
 */

import { type ArrayKind, alignedShared } from '../backend/aligned-memory.ts';
import { checkOptions } from '../check.ts';
import { noMemoryFor, wrongKind } from '../errors.ts';
import { type Json, type Parts, PartsReader, type Tensor, type TensorData } from './parts.ts';

/** An index in shared memory, as `share()` of an index gives it; send it to workers with postMessage. */
export interface SharedIndex {
  /** The class that shared it. */
  readonly kind: string;
  /** Its numbers and texts; their meaning is the class's own. */
  readonly parameters: Readonly<Record<string, Json>>;
  /** Its arrays, in shared memory. */
  readonly tensors: readonly Tensor[];
}

/** The parts, their arrays copied to shared memory. */
export function sharedCopy(parts: Parts): SharedIndex {
  const tensors = parts.tensors.map(({ name, shape, data }) => ({
    name,
    shape,
    data: sharedArray(data),
  }));
  return { kind: parts.kind, parameters: parts.parameters, tensors };
}

function sharedArray(data: TensorData): TensorData {
  const kind = data.constructor as ArrayKind<TensorData>;
  let copy: TensorData;
  try {
    copy = alignedShared(kind, data.length);
  } catch (error) {
    throw noMemoryFor('shared memory', data.byteLength, error);
  }
  copy.set(data as never);
  return copy;
}

const KINDS = [
  Uint8Array,
  Int8Array,
  Int16Array,
  Uint16Array,
  Uint32Array,
  Int32Array,
  BigInt64Array,
  BigUint64Array,
  Float32Array,
  Float64Array,
] as const;

/** A reader of shared parts that came from anywhere. */
export function sharedReader(shared: SharedIndex): PartsReader {
  checkOptions(shared, 'shared', ['kind', 'parameters', 'tensors']);
  const { kind, parameters, tensors } = shared;
  if (typeof kind !== 'string') throw wrongKind('shared.kind', 'a string', kind);
  if (typeof parameters !== 'object' || parameters === null) {
    throw wrongKind('shared.parameters', 'an object', parameters);
  }
  if (!Array.isArray(tensors)) throw wrongKind('shared.tensors', 'an array', tensors);
  const checked = tensors.map((tensor: Tensor, i) => checkedTensor(tensor, `shared.tensors[${i}]`));
  return new PartsReader({ kind, parameters, tensors: checked });
}

function checkedTensor(tensor: Tensor, name: string): Tensor {
  checkOptions(tensor, name, ['name', 'shape', 'data']);
  const { name: own, shape, data } = tensor;
  if (typeof own !== 'string') throw wrongKind(`${name}.name`, 'a string', own);
  if (!Array.isArray(shape)) throw wrongKind(`${name}.shape`, 'an array', shape);
  const isShared =
    KINDS.some((kind) => data instanceof kind) && data.buffer instanceof SharedArrayBuffer;
  if (!isShared) throw wrongKind(`${name}.data`, 'a typed array on a SharedArrayBuffer', data);
  const length = shape.reduce((product: number, size: number) => product * size, 1);
  if (data.length !== length) {
    throw new RangeError(`${name}.shape must have product ${data.length}, got ${length}`);
  }
  return { name: own, shape: [...shape], data };
}
