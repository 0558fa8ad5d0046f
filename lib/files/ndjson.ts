/**
 * JSON lines: a vector a line, as an array of numbers, or as an object with such an array in one field and, where it is
 * wanted, a key in another. What is no such line is an error that names its row, column and line.
 */

import type { ByteReader } from './byte-reader.ts';
import { type TableColumns, VECTOR_NAMES } from './table-cells.ts';
import { readLines } from './text-lines.ts';
import {
  blockOf,
  MAX_FILE_DIM,
  type OpenVectors,
  rowsWithin,
  type VectorBlock,
} from './vector-block.ts';

/** What is wrong with a line. */
class LineFault extends Error {
  readonly got: string;

  constructor(expected: string, got: unknown) {
    super(expected);
    this.got = (JSON.stringify(got) ?? 'nothing').slice(0, 60);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new LineFault('JSON', text);
  }
}

function vectorIn(value: unknown, { column }: TableColumns): readonly unknown[] {
  if (Array.isArray(value) && column === undefined) return value;
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const name = column ?? VECTOR_NAMES.find((each) => isObject && each in value);
  const vector =
    isObject && name !== undefined ? (value as Record<string, unknown>)[name] : undefined;
  if (Array.isArray(vector)) return vector;
  const field = column ?? VECTOR_NAMES.slice(0, 2).join(' or ');
  const own = column === undefined ? 'an array of numbers, or ' : '';
  throw new LineFault(`${own}an object with one in ${field}`, value);
}

/** The key in a field. */
function keyOf(value: unknown, name: string): number | string {
  const key = (value as Record<string, unknown> | null)?.[name];
  if (typeof key === 'string' || Number.isSafeInteger(key)) return key as number | string;
  throw new LineFault(`a string or a safe integer in ${name}, the key,`, key);
}

/** Rows in the making. */
class Rows {
  dim = 0;
  readonly keys: (number | string)[] = [];
  readonly numbers: number[] = [];
  readonly #fields: TableColumns;

  constructor(fields: TableColumns) {
    this.#fields = fields;
  }

  add(text: string): void {
    const value = parsed(text);
    const vector = vectorIn(value, this.#fields);
    if (this.dim === 0) this.dim = vector.length;
    if (vector.length !== this.dim || this.dim === 0 || this.dim > MAX_FILE_DIM) {
      const expected = this.dim === 0 ? `1 to ${MAX_FILE_DIM}` : String(this.dim);
      throw new LineFault(`${expected} numbers`, vector.length);
    }
    const wrong = vector.findIndex((number) => typeof number !== 'number');
    if (wrong >= 0) throw new LineFault(`a number in column ${wrong}`, vector[wrong]);
    const { keyColumn } = this.#fields;
    if (keyColumn !== undefined) this.keys.push(keyOf(value, keyColumn));
    for (const number of vector) this.numbers.push(number as number);
  }

  /** What has been added since the last time. */
  take(): VectorBlock | undefined {
    if (this.numbers.length === 0) return undefined;
    const keys = this.#fields.keyColumn === undefined ? undefined : this.keys.splice(0);
    const block = blockOf(Float32Array.from(this.numbers), this.dim, keys);
    this.numbers.length = 0;
    return block;
  }
}

async function* blocksOf(
  reader: ByteReader,
  fields: TableColumns,
): AsyncGenerator<VectorBlock, void, undefined> {
  const rows = new Rows(fields);
  let row = 0;
  for await (const { lines, before, offsetOf } of readLines(reader)) {
    for (const [i, text] of lines.entries()) {
      if (text.trim() === '') continue;
      try {
        rows.add(text);
      } catch (error) {
        if (!(error instanceof LineFault)) throw error;
        const expected = `${error.message} at row ${row} (line ${before + i + 1})`;
        throw reader.corrupt(expected, error.got, offsetOf(i));
      }
      row++;
    }
    const block = rows.take();
    if (block !== undefined) yield block;
  }
}

/** The rows of JSON lines. */
export async function openNdjson(reader: ByteReader, fields: TableColumns): Promise<OpenVectors> {
  const blocks = (first: number, end: number) => rowsWithin(blocksOf(reader, fields), first, end);
  return { dim: undefined, rows: undefined, blocks };
}
