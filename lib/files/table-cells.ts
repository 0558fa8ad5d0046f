/** Columns and cells of the tables of Parquet and Arrow as rows of numbers and keys, checked, with the row in each error. */

import { allocated } from '../check.ts';
import { describe, wrongValue } from '../errors.ts';
import { blockOf, blockRows, MAX_FILE_DIM, type VectorBlock } from './vector-block.ts';

/** Which columns, or fields, hold what. */
export interface TableColumns {
  /** That of the vectors; unless given, the only one of lists, or one with a name of VECTOR_NAMES. */
  readonly column: string | undefined;
  /** That of the keys, if keys are wanted. */
  readonly keyColumn: string | undefined;
}

/** Names that vectors have where nobody says which field or column they are in. */
export const VECTOR_NAMES = ['vector', 'embedding', 'embeddings', 'values'] as const;

/** The column of the vectors, among the names of all columns and those of lists. */
export function checkedColumn(
  path: string,
  names: readonly string[],
  lists: readonly string[],
  { column, keyColumn }: TableColumns,
): string {
  for (const name of [column, keyColumn]) {
    if (name === undefined || names.includes(name)) continue;
    throw wrongValue(`${path}: column`, `one of ${names.join(', ')}`, name);
  }
  if (column !== undefined) return column;
  const found = lists.length === 1 ? lists[0] : VECTOR_NAMES.find((name) => lists.includes(name));
  if (found !== undefined) return found;
  const got = `${names.join(', ') || 'none'}, with lists in ${lists.join(', ') || 'none'}`;
  throw new RangeError(
    `${path} must have one column of lists, or one that is named by column, got columns ${got}`,
  );
}

const isListLike = (cell: unknown): cell is ArrayLike<unknown> =>
  typeof cell === 'object' &&
  cell !== null &&
  typeof (cell as Partial<ArrayLike<unknown>>).length === 'number';

/** Rows of lists of numbers; `first` is the row of the first in the file. */
export function rowsOfLists(cells: ArrayLike<unknown>, name: string, first: number): VectorBlock {
  const dim = isListLike(cells[0]) ? cells[0].length : 0;
  if (dim < 1 || dim > MAX_FILE_DIM) {
    throw wrongValue(`${name}[${first}]`, `a list of 1 to ${MAX_FILE_DIM} numbers`, cells[0]);
  }
  const values = allocated(Float32Array, cells.length, dim, name);
  for (let row = 0; row < cells.length; row++) {
    const cell = cells[row];
    if (!isListLike(cell) || cell.length !== dim) {
      throw wrongValue(`${name}[${first + row}]`, `${dim} numbers`, cell);
    }
    if (cell instanceof Float32Array) values.set(cell, row * dim);
    else copyNumbers(cell, values, row * dim, `${name}[${first + row}]`);
  }
  return blockOf(values, dim);
}

function copyNumbers(cell: ArrayLike<unknown>, into: Float32Array, at: number, name: string): void {
  for (let i = 0; i < cell.length; i++) {
    const number = cell[i];
    if (typeof number !== 'number' && typeof number !== 'bigint') {
      throw new RangeError(`${name}[${i}] must be a number, got ${describe(number)}`);
    }
    into[at + i] = Number(number);
  }
}

/** A key of a row. */
export function keyOfCell(cell: unknown, name: string): number | string {
  if (typeof cell === 'string') return cell;
  const number = typeof cell === 'bigint' ? Number(cell) : cell;
  if (Number.isSafeInteger(number)) return number as number;
  throw wrongValue(name, 'a string or a safe integer', cell);
}

/** A block in blocks of the usual size. */
export function* cutBlock({ dim, rows, values, keys }: VectorBlock): Generator<VectorBlock, void> {
  const step = blockRows(dim);
  for (let at = 0; at < rows; at += step) {
    const to = Math.min(rows, at + step);
    yield blockOf(values.subarray(at * dim, to * dim), dim, keys?.slice(at, to));
  }
}
