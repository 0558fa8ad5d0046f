/**
 * Rows on their way to an engine: codes, keys, payloads and vectors, checked and copied at the call, so that nothing a
 * caller does while batches travel can change what arrives.
 */

import { checkInteger } from '../check.ts';
import { BitCodes } from '../codes/bit-codes.ts';
import { SparseCodes, type SparseSizes } from '../codes/sparse-codes.ts';
import { withoutMemory, wrongKind } from '../errors.ts';
import type { Json } from '../files/parts.ts';
import { MAX_CODE_BITS } from '../search/hamming-index.ts';
import type { Key } from '../search/keys.ts';
import { checkVectors, dimOf, MAX_DIM, VectorSource, type Vectors } from '../vectors.ts';
import { checkRowKeys, type KeyRule } from './engine-keys.ts';

/** What is stored beside a code, to be filtered by and given back: an object of JSON. */
export type Payload = { readonly [name: string]: Json };

/** Codes of either kind. */
export interface SomeCodes<Codes> {
  readonly rows: number;
  slice(first: number, end: number): Codes;
}

/** A batch of rows. */
export interface EngineRows<Codes> {
  readonly codes: Codes;
  readonly keys: readonly Key[];
  /** JSON texts of objects. */
  readonly payloads: readonly string[];
  /** keys.length x dim numbers, where the index stores vectors. */
  readonly vectors: Float32Array | undefined;
}

/** A private copy of bit codes that fit an index. */
export function readyBits(codes: unknown, bits: number, name: string): BitCodes {
  if (!(codes instanceof BitCodes)) throw wrongKind(name, 'BitCodes', codes);
  if (codes.bits !== bits) {
    throw new RangeError(`${name} must have ${bits} bits, as the index, got ${codes.bits}`);
  }
  if (codes.data.length !== codes.rows * codes.bytes) throw withoutMemory(name);
  return BitCodes.from(codes.data, bits);
}

/** A private copy of sparse codes that fit an index; queries may have another number of active units. */
export function readyUnits(codes: unknown, sizes: SparseSizes, name: string): SparseCodes {
  if (!(codes instanceof SparseCodes)) throw wrongKind(name, 'SparseCodes', codes);
  const { units, active } = codes;
  if (units !== sizes.units) {
    throw new RangeError(`${name} must have ${sizes.units} units, as the index, got ${units}`);
  }
  if (name !== 'queries' && active !== sizes.active) {
    const got = `as the index, got ${active}`;
    throw new RangeError(`${name} must have ${sizes.active} active units, ${got}`);
  }
  if (codes.indices.length !== codes.rows * active) throw withoutMemory(name);
  return SparseCodes.from(codes.indices, { units, active });
}

/** Bits of the codes of an index. */
export function checkBits(value: unknown): number {
  return checkInteger(value, 'bits', 1, MAX_CODE_BITS);
}

/** Numbers of the vectors that an index stores; undefined where it stores none. */
export function checkVectorDim(value: unknown): number | undefined {
  return value === undefined ? undefined : checkInteger(value, 'vectorDim', 1, MAX_DIM);
}

/** Numbers of each of `rows` vectors, flat or a list. */
export function dimOfRows(vectors: Vectors, rows: number): number {
  checkVectors(vectors, 'vectors');
  const isFlat = ArrayBuffer.isView(vectors) || typeof vectors[0] === 'number';
  if (!isFlat) return rows === 0 ? 1 : dimOf(vectors);
  const dim = vectors.length / Math.max(1, rows);
  if (Number.isInteger(dim) && dim > 0) return dim;
  throw new RangeError(`vectors must have numbers for ${rows} rows, got ${vectors.length}`);
}

/** A private copy of finite vectors. */
export function readyVectors(vectors: Vectors, dim: number, rows: number): Float32Array {
  const source = new VectorSource(vectors, dim);
  if (source.rows !== rows) {
    throw new RangeError(`vectors must be ${rows}, one for each row, got ${source.rows}`);
  }
  const copy = new Float32Array(rows * dim);
  source.copy(0, rows, copy);
  const bad = copy.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw source.notFinite(bad);
  return copy;
}

function payloadText(value: unknown, name: string): string {
  if (value === undefined) return '{}';
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wrongKind(name, 'an object', value);
  }
  return JSON.stringify(value);
}

function payloadTexts(payloads: unknown, rows: number): string[] {
  if (payloads === undefined) return Array.from({ length: rows }, () => '{}');
  if (!Array.isArray(payloads)) throw wrongKind('payloads', 'an array of objects', payloads);
  if (payloads.length !== rows) {
    throw new RangeError(`payloads must be ${rows}, one for each row, got ${payloads.length}`);
  }
  return Array.from(payloads, (value: unknown, i) => payloadText(value, `payloads[${i}]`));
}

/** What a caller gives with codes. */
export interface GivenRows {
  readonly keys: unknown;
  readonly payloads: unknown;
  readonly vectors: unknown;
}

/** Rows from checked codes and what comes with them. */
export function readyRows<Codes extends SomeCodes<Codes>>(
  codes: Codes,
  { keys, payloads, vectors }: GivenRows,
  rule: KeyRule,
  vectorDim: number | undefined,
): EngineRows<Codes> {
  if (vectors === undefined && vectorDim !== undefined) {
    throw wrongKind('vectors', `given, of ${vectorDim} numbers, as the index stores them`, vectors);
  }
  if (vectors !== undefined && vectorDim === undefined) {
    throw wrongKind('vectors', 'absent, as the index has no vectorDim', vectors);
  }
  return {
    codes,
    keys: checkRowKeys(rule, keys, codes.rows),
    payloads: payloadTexts(payloads, codes.rows),
    vectors:
      vectorDim === undefined ? undefined : readyVectors(vectors as Vectors, vectorDim, codes.rows),
  };
}

/** Rows first .. end - 1. */
export function slicedRows<Codes extends SomeCodes<Codes>>(
  { codes, keys, payloads, vectors }: EngineRows<Codes>,
  first: number,
  end: number,
): EngineRows<Codes> {
  const dim = vectors === undefined ? 0 : vectors.length / keys.length;
  return {
    codes: codes.slice(first, end),
    keys: keys.slice(first, end),
    payloads: payloads.slice(first, end),
    vectors: vectors?.subarray(first * dim, end * dim),
  };
}
