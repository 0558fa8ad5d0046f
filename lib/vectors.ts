/**
 * What users pass as vectors, seen as one thing: rows x dim float32 values that are read in runs of rows. Flat
 * Float32Arrays are used as they are; every other form is converted exactly, run by run, into memory that
 * nobody else can change or detach. Finiteness is checked by the kernels, while the values are in cache.
 */

import { isDetached } from './check.ts';
import { describe, withoutMemory, wrongKind, wrongValue } from './errors.ts';

/** Most numbers that a vector may have. */
export const MAX_DIM: number = 2 ** 24;

/** A flat array of numbers. */
export type NumberArray = Float32Array | Float64Array | Int8Array | Uint8Array | readonly number[];

/**
 * Vectors: one flat array of rows x dim numbers, or an array of rows. Values are rounded to float32 (exact for
 * Float32Array, Int8Array and Uint8Array) and must be finite afterwards.
 */
export type Vectors = NumberArray | readonly NumberArray[];

const EXPECTED =
  'a Float32Array, Float64Array, Int8Array, Uint8Array or number[] of rows x dim numbers, or an array of those';

function isNumberArray(value: unknown): value is NumberArray {
  return (
    (ArrayBuffer.isView(value) &&
      (value instanceof Float32Array ||
        value instanceof Float64Array ||
        value instanceof Int8Array ||
        value instanceof Uint8Array)) ||
    (Array.isArray(value) && (value.length === 0 || typeof value[0] === 'number'))
  );
}

function assertAttached(array: NumberArray, name: string): void {
  if (ArrayBuffer.isView(array) && isDetached(array)) throw withoutMemory(name);
}

function isShared(buffer: ArrayBufferLike): boolean {
  return typeof SharedArrayBuffer !== 'undefined' && buffer instanceof SharedArrayBuffer;
}

/** A getter that every typed array inherits, which no subclass or property of its own can hide. */
function inherited(
  key: 'length' | typeof Symbol.toStringTag,
): ((this: unknown) => unknown) | undefined {
  const typedArray: object = Object.getPrototypeOf(Float32Array.prototype);
  return Object.getOwnPropertyDescriptor(typedArray, key)?.get;
}

const trueLength = inherited('length');
const trueKind = inherited(Symbol.toStringTag);

/** Whether it is what it says: programs can give any array another prototype or another length. */
function isTrue(array: NumberArray): array is Float32Array {
  return trueKind?.call(array) === 'Float32Array' && trueLength?.call(array) === array.length;
}

/** Plain arrays may hold anything: each element must be a number. */
function copyNumbers(
  from: readonly number[],
  start: number,
  into: Float32Array,
  at: number,
  dim: number,
  name: string,
): void {
  for (let i = 0; i < into.length - at && i < dim; i++) {
    const value: unknown = from[start + i];
    if (typeof value !== 'number') throw wrongKind(`${name}[${start + i}]`, 'a number', value);
    into[at + i] = value;
  }
}

/** Rows of float32 values behind any of the accepted forms. */
export class VectorSource {
  readonly rows: number;
  readonly dim: number;
  readonly #flat: NumberArray | undefined;
  readonly #list: readonly NumberArray[];
  readonly #name: string;

  /** Throws for a wrong kind and for a length that is no multiple of dim; `name` is the argument's name. */
  constructor(vectors: unknown, dim: number, name = 'vectors') {
    this.dim = dim;
    this.#name = name;
    if (isNumberArray(vectors)) {
      assertAttached(vectors, name);
      if (vectors.length % dim !== 0) {
        throw new RangeError(
          `${name} must have a multiple of dim = ${dim} numbers, got ${vectors.length}`,
        );
      }
      this.#flat = vectors;
      this.#list = [];
      this.rows = vectors.length / dim;
    } else if (Array.isArray(vectors)) {
      this.#list = vectors as readonly NumberArray[];
      this.rows = vectors.length;
    } else {
      throw wrongKind(name, EXPECTED, vectors);
    }
  }

  /** All rows without a copy, for a blocking call only: nobody can detach or change them meanwhile. */
  direct(): Float32Array | undefined {
    const flat = this.#flat;
    if (
      flat === undefined ||
      !(flat instanceof Float32Array) ||
      !isTrue(flat) ||
      isShared(flat.buffer)
    )
      return undefined;
    assertAttached(flat, this.#name);
    this.#assertLength(flat, this.rows * this.dim);
    return flat;
  }

  /** Copies `count` rows from `first` to the start of `into`. */
  copy(first: number, count: number, into: Float32Array): void {
    if (this.#flat === undefined) {
      for (let i = 0; i < count; i++) this.#copyRow(first + i, into, i * this.dim);
      return;
    }
    const flat = this.#flat;
    const start = first * this.dim;
    const length = count * this.dim;
    assertAttached(flat, this.#name);
    this.#assertLength(flat, start + length);
    if (ArrayBuffer.isView(flat)) into.set(flat.subarray(start, start + length));
    else copyNumbers(flat, start, into, 0, length, this.#name);
  }

  #assertLength(flat: NumberArray, least: number): void {
    if (flat.length >= least) return;
    throw new RangeError(
      `${this.#name} must keep its length during the call, got ${flat.length} numbers`,
    );
  }

  #copyRow(row: number, into: Float32Array, at: number): void {
    const name = `${this.#name}[${row}]`;
    const values: unknown = this.#list[row];
    if (!isNumberArray(values)) throw wrongKind(name, 'an array of numbers', values);
    assertAttached(values, name);
    if (values.length !== this.dim)
      throw wrongValue(`${name}.length`, `dim = ${this.dim}`, values.length);
    if (ArrayBuffer.isView(values)) into.set(values, at);
    else copyNumbers(values, 0, into, at, this.dim, name);
  }

  /** The error for a value that is not finite as float32, at a flat position. */
  notFinite(position: number): RangeError {
    const row = Math.floor(position / this.dim);
    const column = position % this.dim;
    const value: unknown =
      this.#flat === undefined ? this.#list[row]?.[column] : this.#flat[position];
    const note = typeof value === 'number' && Number.isFinite(value) ? ' as a float32' : '';
    return new RangeError(
      `${this.#name}[${row}][${column}] must be finite${note}, got ${describe(value)}`,
    );
  }
}

/** Whether vectors is one of the accepted forms, as far as can be told without reading rows. */
export function isVectors(vectors: unknown): vectors is Vectors {
  return Array.isArray(vectors) || isNumberArray(vectors);
}

/** Throws unless vectors is one of the accepted forms, as far as can be told without reading rows. */
export function checkVectors(vectors: unknown, name: string): void {
  if (!isVectors(vectors)) throw wrongKind(name, EXPECTED, vectors);
}

/** The number of numbers in the first row: what `option` is for lists of rows when it is not given. */
export function dimOf(vectors: unknown, name = 'vectors', option = 'dim'): number {
  checkVectors(vectors, name);
  const first: unknown = Array.isArray(vectors) && !isNumberArray(vectors) ? vectors[0] : undefined;
  if (first === undefined) {
    throw wrongKind(option, `given when ${name} is a flat array or is empty`, undefined);
  }
  if (!isNumberArray(first)) throw wrongKind(`${name}[0]`, 'an array of numbers', first);
  if (first.length === 0) throw wrongValue(`${name}[0].length`, 'at least 1', 0);
  return first.length;
}
