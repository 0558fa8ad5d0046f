/**
 * Classes of documents told by their codes: multinomial naive Bayes over active units with Laplace's correction, the simplest
 * classifier there is, so that the figure speaks of the codes. Counts are whole numbers; of equally likely classes the one
 * that came first in training is the answer.
 */

import { SparseCodes } from '../codes/sparse-codes.ts';
import { wrongKind, wrongValue } from '../errors.ts';

/** How well classes are told. */
export interface DocumentClasses {
  /** Share of test documents whose class is told rightly, 0 to 1. */
  readonly accuracy: number;
  /** Classes of the training documents. */
  readonly classes: number;
  /** Documents that were told. */
  readonly tested: number;
}

/** Codes and a class for each. */
export interface LabelledCodes {
  /** A code for each document. */
  readonly codes: SparseCodes;
  /** The class of each. */
  readonly labels: readonly (string | number)[];
}

function checkLabelled({ codes, labels }: LabelledCodes, name: string): void {
  if (!(codes instanceof SparseCodes)) throw wrongKind(`${name}.codes`, 'SparseCodes', codes);
  if (!Array.isArray(labels)) throw wrongKind(`${name}.labels`, 'an array of labels', labels);
  if (labels.length !== codes.rows) {
    throw wrongValue(`${name}.labels.length`, `${codes.rows}, as many as codes`, labels.length);
  }
}

/** Logarithms of how likely units are in each class, classes x units, and of each class. */
interface Likelihoods {
  readonly classes: readonly (string | number)[];
  readonly priors: Float64Array;
  readonly units: Float64Array;
}

function learn({ codes, labels }: LabelledCodes): Likelihoods {
  const { units, active, rows } = codes;
  const classes = [...new Set(labels)];
  const ids = new Map(classes.map((label, id) => [label, id]));
  const sizes = new Float64Array(classes.length);
  const counts = new Float64Array(classes.length * units);
  for (const [row, label] of labels.entries()) {
    const id = ids.get(label) as number;
    sizes[id]++;
    for (let i = 0; i < active; i++) counts[id * units + codes.indices[row * active + i]]++;
  }
  return {
    classes,
    priors: sizes.map((size) => Math.log(size / rows)),
    units: counts.map((count, at) => {
      const size = sizes[Math.floor(at / units)];
      return Math.log((count + 1) / (size * active + units));
    }),
  };
}

function likeliest({ priors, units }: Likelihoods, code: Uint32Array): number {
  const width = units.length / priors.length;
  let [best, most] = [0, Number.NEGATIVE_INFINITY];
  for (const [id, prior] of priors.entries()) {
    let sum = prior;
    for (const unit of code) sum += units[id * width + unit];
    if (sum > most) [best, most] = [id, sum];
  }
  return best;
}

/**
 * Learns classes from some documents and tells those of others.
 *
 * @param train codes of documents, such as BioWord.documents gives them, and a label for each; at least one.
 * @param test others of as many units; those of classes that training never met are never told rightly.
 * @throws TypeError or RangeError for other codes or labels than these.
 *
 * @example
 * ```ts
 * import { SparseCodes } from 'flyhash';
 * import { documentClasses } from 'flyhash/evaluate';
 * const codes = SparseCodes.from(Uint32Array.of(0, 1, 0, 2, 4, 5, 3, 5), { units: 6, active: 2 });
 * const train = { codes, labels: ['fly', 'fly', 'bee', 'bee'] };
 * const { accuracy } = documentClasses(train, train);
 * console.assert(accuracy === 1);
 * ```
 */
export function documentClasses(train: LabelledCodes, test: LabelledCodes): DocumentClasses {
  checkLabelled(train, 'train');
  checkLabelled(test, 'test');
  const { units, rows } = train.codes;
  if (rows === 0) throw wrongValue('train.codes.rows', 'at least 1', 0);
  if (test.codes.units !== units) {
    throw wrongValue('test.codes.units', `${units}, as of train`, test.codes.units);
  }
  const likelihoods = learn(train);
  const { active, indices } = test.codes;
  let right = 0;
  for (const [row, label] of test.labels.entries()) {
    const told = likeliest(likelihoods, indices.subarray(row * active, (row + 1) * active));
    if (likelihoods.classes[told] === label) right++;
  }
  const tested = test.codes.rows;
  return { accuracy: right / tested, classes: likelihoods.classes.length, tested };
}
