/** Classes of documents by naive Bayes over units: by hand, ties, unseen classes, and wrong arguments. */

import { describe, expect, it } from 'vitest';
import { SparseCodes } from '../../lib/codes/sparse-codes.ts';
import { documentClasses } from '../../lib/evaluate/document-classes.ts';

const codesOf = (...rows: number[][]): SparseCodes =>
  SparseCodes.from(Uint32Array.from(rows.flat()), { units: 6, active: rows[0].length });

const TRAIN = { codes: codesOf([0, 1], [0, 1], [0, 2], [4, 5]), labels: ['a', 'a', 'a', 'b'] };

describe('documentClasses', () => {
  it('tells the likelier class', () => {
    const test = { codes: codesOf([0, 3], [4, 5], [1, 5]), labels: ['a', 'b', 'a'] };
    // [1, 5]: a is 3/4 x 3/12 x 1/12, b is 1/4 x 1/8 x 2/8.
    expect(documentClasses(TRAIN, test)).toEqual({ accuracy: 1, classes: 2, tested: 3 });
  });

  it('weighs classes by how often they came', () => {
    const test = { codes: codesOf([3, 3].map((unit, i) => unit - i).sort()), labels: ['a'] };
    expect(documentClasses(TRAIN, test).accuracy).toBe(1);
    const labels = ['b', 'b', 'b', 'a'];
    expect(documentClasses({ ...TRAIN, labels }, test).accuracy).toBe(0);
  });

  it('tells no class that it never met, and takes another number of active units', () => {
    const test = { codes: codesOf([0, 1, 2], [3, 4, 5]), labels: ['c', 'b'] };
    expect(documentClasses(TRAIN, test)).toEqual({ accuracy: 0.5, classes: 2, tested: 2 });
  });

  it.each([
    [{ ...TRAIN, codes: [] }, TRAIN, /train\.codes must be SparseCodes/],
    [TRAIN, { ...TRAIN, labels: 'aab' }, /test\.labels must be an array of labels/],
    [TRAIN, { ...TRAIN, labels: ['a'] }, /test\.labels\.length must be 4, as many as codes, got 1/],
    [
      { codes: TRAIN.codes.slice(0, 0), labels: [] },
      TRAIN,
      /train\.codes\.rows must be at least 1/,
    ],
    [
      TRAIN,
      { codes: SparseCodes.from(Uint32Array.of(1), { units: 9, active: 1 }), labels: ['a'] },
      /test\.codes\.units must be 6, as of train, got 9/,
    ],
  ])('refuses wrong arguments %#', (train, test, message) => {
    expect(() => documentClasses(train as never, test as never)).toThrow(message);
  });
});
