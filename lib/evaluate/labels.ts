/** Class labels: checked, numbered, and the split of the BioHash protocol, which draws queries from every class. */

import { wrongKind, wrongValue } from '../errors.ts';
import { stream } from '../random.ts';

/** One label a row: numbers or strings, equal labels meaning the same class. */
export type Labels = ArrayLike<number | string>;

/** Labels as numbers from 0 on, in the order of first appearance, and how many classes there are. */
export interface Classes {
  readonly of: Uint32Array;
  readonly count: number;
}

/** Throws unless there is one label for each row, and more than one class. */
export function checkLabels(labels: Labels, rows: number): Classes {
  const isList = Array.isArray(labels) || (ArrayBuffer.isView(labels) && 'length' in labels);
  if (!isList) throw wrongKind('labels', 'an array of numbers or strings', labels);
  if (labels.length !== rows) throw wrongValue('labels.length', `rows = ${rows}`, labels.length);
  const numbers = new Map<number | string, number>();
  const of = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) {
    const label: unknown = labels[row];
    const isLabel =
      typeof label === 'string' || (typeof label === 'number' && !Number.isNaN(label));
    if (!isLabel) throw wrongKind(`labels[${row}]`, 'a number or a string', label);
    const known = numbers.get(label);
    of[row] = known ?? numbers.size;
    if (known === undefined) numbers.set(label, numbers.size);
  }
  if (numbers.size < 2) throw wrongValue('labels', 'at least two classes', numbers.size);
  return { of, count: numbers.size };
}

/** Rows of queries and rows of the database, both ascending. */
export interface Split {
  readonly queries: Uint32Array;
  readonly database: Uint32Array;
}

/** `perClass` queries drawn from each class by the seed; the rest is the database. */
export function splitByClass({ of, count }: Classes, perClass: number, seed: number): Split {
  const members = Array.from({ length: count }, (): number[] => []);
  for (const [row, own] of of.entries()) members[own].push(row);
  const random = stream(seed, 'split');
  const isQuery = new Uint8Array(of.length);
  for (const rows of members) {
    if (rows.length <= perClass) {
      const expected = `more than perClass = ${perClass} rows of each class`;
      throw wrongValue(
        'labels',
        `${expected} (the class of row ${rows[0]} is smaller)`,
        rows.length,
      );
    }
    for (const place of random.sample(perClass, rows.length)) isQuery[rows[place]] = 1;
  }
  const all = Uint32Array.from(of, (_, row) => row);
  return {
    queries: all.filter((row) => isQuery[row] === 1),
    database: all.filter((row) => isQuery[row] === 0),
  };
}
