/**
 * Text with numbers: one row a line, cells between commas, semicolons, tabs or spaces, a separator at the end of a line
 * allowed. Only numbers are read, so nothing here knows of quotes: a first line of names is passed over, any other cell
 * that is no number is an error that names its row and column.
 */

import type { ByteReader } from './byte-reader.ts';
import { readLines } from './text-lines.ts';
import { blockOf, type OpenVectors, rowsWithin, type VectorBlock } from './vector-block.ts';

function cellsOf(line: string): string[] {
  const cells = line.trim().split(/\s*[,;\t]\s*|\s+/);
  if (cells.at(-1) === '') cells.pop();
  return cells;
}

const isNumber = (cell: string): boolean => cell !== '' && Number.isFinite(Number(cell));

/** Rows in the making. */
class Rows {
  dim = 0;
  row = 0;
  numbers: number[] = [];
  readonly #corrupt: (expected: string, got: string, index: number) => Error;

  constructor(corrupt: (expected: string, got: string, index: number) => Error) {
    this.#corrupt = corrupt;
  }

  /** Takes line number `line` of the file, which is the one of that index of those that came together. */
  add(text: string, line: number, index: number): void {
    const cells = cellsOf(text);
    if (cells.length === 0 || (line === 1 && !cells.some(isNumber))) return;
    const wrong = cells.findIndex((cell) => !isNumber(cell));
    if (wrong >= 0) {
      const expected = `a number at row ${this.row}, column ${wrong} (line ${line})`;
      throw this.#corrupt(expected, JSON.stringify(cells[wrong].slice(0, 40)), index);
    }
    if (this.row > 0 && cells.length !== this.dim) {
      throw this.#corrupt(`${this.dim} numbers in line ${line}`, `${cells.length}`, index);
    }
    this.dim = cells.length;
    this.row++;
    for (const cell of cells) this.numbers.push(Number(cell));
  }
}

async function* blocksOf(reader: ByteReader): AsyncGenerator<VectorBlock, void, undefined> {
  let offsetOf = (_index: number): number => 0;
  const rows = new Rows((expected, got, index) => reader.corrupt(expected, got, offsetOf(index)));
  for await (const some of readLines(reader)) {
    offsetOf = some.offsetOf;
    for (const [i, text] of some.lines.entries()) rows.add(text, some.before + i + 1, i);
    if (rows.numbers.length === 0) continue;
    yield blockOf(Float32Array.from(rows.numbers), rows.dim);
    rows.numbers = [];
  }
}

/** The rows of a text. */
export async function openCsv(reader: ByteReader): Promise<OpenVectors> {
  const blocks = (first: number, end: number) => rowsWithin(blocksOf(reader), first, end);
  return { dim: undefined, rows: undefined, blocks };
}
