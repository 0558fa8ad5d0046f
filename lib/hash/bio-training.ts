/**
 * What a training of competing units may be told, and its checks: what is common to both trainers, what each of them
 * has of its own, and which defaults hold. Defaults of `sgd` are those of Krotov and Hopfield's program, and of the
 * supplement of Ryali et al. 2020 where it is known, but for where units begin.
 */

import {
  checkBoolean,
  checkCallback,
  checkInteger,
  checkNumber,
  checkOneOf,
  checkOptions,
  checkSignal,
  checkThreads,
} from '../check.ts';
import { wrongKind, wrongValue } from '../errors.ts';
import { checkSeed } from '../random.ts';
import { MAX_DIM } from '../vectors.ts';
import type { BioTrainer } from './bio-report.ts';
import { BIO_TRAINERS } from './bio-report.ts';
import { MAX_UNITS } from './connections.ts';
import type { Progress } from './hasher.ts';
import { MAX_POWER } from './unit-weights.ts';

/**
 * How a vector finds its winner: 'normalised' by the direction of the weights alone, as the energy of the paper asks;
 * 'inner-product' by the plain product with the weights, as the rule of the paper does.
 */
export type BioAssignment = 'normalised' | 'inner-product';

export const BIO_ASSIGNMENTS: readonly BioAssignment[] = ['normalised', 'inner-product'];

/** Options of a training, whatever is trained. */
export interface CompetitionTraining {
  /** Numbers a vector has; needed when vectors is one flat array. */
  dim?: number;
  /** 'em' (the default): batched spherical k-means. 'sgd': the rule of the paper, row after row in mini-batches. */
  trainer?: BioTrainer;
  /** Decides where units begin, and the order of rows, 0 to 2^53 - 1; default 0. */
  seed?: number;
  /** How a vector finds its winner; default 'normalised' for `em`, 'inner-product', the paper's, for `sgd`. */
  assignment?: BioAssignment;
  /** Whether the mean of the training vectors is the origin (default true). */
  center?: boolean;
  /** Whether centred vectors are divided by their norms for the training (default true). */
  unitLength?: boolean;
  /** Delta: how much the unit that comes second (of `sgd`: that has rank `rank`) is pushed away; default 0. */
  repulsion?: number;
  /** p of the inner product, 1 to 8; default 2. `em` knows only 2. */
  power?: number;
  /** em: most iterations; default 50. */
  iterations?: number;
  /** em: the relative change of the energy below which the training ends; default 1e-4. */
  tolerance?: number;
  /** em: how often to begin, with other rows; the training of lowest energy is kept; default 1. */
  restarts?: number;
  /** sgd: epochs; default 20. */
  epochs?: number;
  /** sgd: rows of a mini-batch; default 100. */
  batchSize?: number;
  /** sgd: the largest coordinate of a step in the first epoch; it falls linearly to 0; default 0.02. */
  rate?: number;
  /** sgd: the rank that is repelled, 2 to units; default 2. */
  rank?: number;
  /**
   * sgd: 'rows' (the default): units begin as those of `em`, and live from the first step. 'normal': standard normal
   * weights, as the paper begins; they need many thousand rows x epochs to come near the data, and with the assignment
   * 'normalised' most of them never win.
   */
  init?: 'normal' | 'rows';
  /** sgd: whether rows come in a drawn order; default true for vectors in memory, and impossible for a stream. */
  shuffle?: boolean;
  /** sgd with `init` 'normal': ends the training when the units' mean norm is that near to 1; never by default. */
  normTolerance?: number;
  /** Threads of the package's own pool to use, 1 to 256; default: what the machine has. */
  threads?: number;
  /** Aborting rejects with `signal.reason`. */
  signal?: AbortSignal;
  /** Called after each iteration or epoch; the last call has done = total. */
  onProgress?: (progress: Progress) => void;
}

/** Options that are checked, with what was not given. */
export interface TrainingSettings {
  readonly dim: number | undefined;
  readonly units: number;
  readonly trainer: BioTrainer;
  readonly seed: number;
  readonly assignment: BioAssignment;
  readonly center: boolean;
  readonly unitLength: boolean;
  readonly repulsion: number;
  readonly power: number;
  readonly iterations: number;
  readonly tolerance: number;
  readonly restarts: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly rate: number;
  readonly rank: number;
  readonly init: 'normal' | 'rows';
  /** Undefined where it was not given. */
  readonly shuffle: boolean | undefined;
  readonly normTolerance: number | undefined;
  readonly threads: number | undefined;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((progress: Progress) => void) | undefined;
}

const EM_OPTIONS = ['iterations', 'tolerance', 'restarts'] as const;

const SGD_OPTIONS = [
  ...(['epochs', 'batchSize', 'rate', 'rank', 'init', 'shuffle'] as const),
  'normTolerance',
] as const;

const COMMON_OPTIONS = [
  ...(['dim', 'trainer', 'seed', 'assignment', 'center', 'unitLength', 'repulsion'] as const),
  ...(['power', 'threads', 'signal', 'onProgress'] as const),
] as const;

/** Limits that no training needs to pass. */
const MOST = 2 ** 32;

function checkPower(power: unknown, trainer: BioTrainer): number {
  const p = checkInteger(power, 'power', 1, MAX_POWER);
  if (trainer === 'em' && p !== 2) throw wrongValue('power', "2 for trainer 'em'", p);
  return p;
}

function emSettings({ iterations = 50, tolerance = 1e-4, restarts = 1 }: CompetitionTraining) {
  return {
    iterations: checkInteger(iterations, 'iterations', 1, MOST),
    tolerance: checkNumber(tolerance, 'tolerance', 0),
    restarts: checkInteger(restarts, 'restarts', 1, 1024),
  };
}

function sgdSettings(
  options: CompetitionTraining,
  { units, repulsion }: Pick<TrainingSettings, 'units' | 'repulsion'>,
) {
  const { epochs = 20, batchSize = 100, rate = 0.02, rank = 2 } = options;
  const { init = 'rows', shuffle, normTolerance } = options;
  const checked = {
    epochs: checkInteger(epochs, 'epochs', 1, MOST),
    batchSize: checkInteger(batchSize, 'batchSize', 1, 2 ** 20),
    rate: checkNumber(rate, 'rate', 0, 1e6),
    rank: checkInteger(rank, 'rank', 2, MAX_UNITS),
    init: checkOneOf(init, 'init', ['normal', 'rows']),
    shuffle: shuffle === undefined ? undefined : checkBoolean(shuffle, 'shuffle'),
    normTolerance:
      normTolerance === undefined ? undefined : checkNumber(normTolerance, 'normTolerance', 0),
  };
  if (repulsion > 0 && rank > units) throw wrongValue('rank', `at most units = ${units}`, rank);
  return checked;
}

/** Threads that were given, or undefined: what the backend has. */
function givenThreads(threads: unknown): number | undefined {
  return threads === undefined ? undefined : checkThreads(threads, 1);
}

/** The number of units, which has another name where each is a bit. */
export function checkUnits(options: object, name: 'units' | 'bits'): number {
  if (typeof options !== 'object' || options === null) {
    throw wrongKind('options', 'an object', options);
  }
  return checkInteger((options as Record<string, unknown>)[name], name, 1, MAX_UNITS);
}

/** The trainer, when there are no options but its own. */
function checkTrainer(options: CompetitionTraining, own: readonly string[]): BioTrainer {
  const check = (...keys: readonly string[]): void => {
    checkOptions(options, 'options', [...own, ...keys] as (keyof CompetitionTraining)[]);
  };
  check(...COMMON_OPTIONS, ...EM_OPTIONS, ...SGD_OPTIONS);
  const { trainer: given = 'em' } = options;
  const trainer = checkOneOf(given, 'trainer', BIO_TRAINERS);
  check(...COMMON_OPTIONS, ...(trainer === 'em' ? EM_OPTIONS : SGD_OPTIONS));
  return trainer;
}

/** The settings of a training of that many units; `own` are options that the caller checks. */
export function checkTraining(
  options: CompetitionTraining,
  units: number,
  own: readonly string[],
): TrainingSettings {
  const trainer = checkTrainer(options, own);
  const { dim, repulsion = 0, power = 2, center = true, unitLength = true } = options;
  const { assignment = trainer === 'em' ? 'normalised' : 'inner-product' } = options;
  const competition = {
    units,
    repulsion: checkNumber(repulsion, 'repulsion', 0, 1e6),
    assignment: checkOneOf(assignment, 'assignment', BIO_ASSIGNMENTS),
  };
  return {
    ...{ ...competition, trainer },
    dim: dim === undefined ? undefined : checkInteger(dim, 'dim', 1, MAX_DIM),
    seed: checkSeed(options.seed),
    center: checkBoolean(center, 'center'),
    unitLength: checkBoolean(unitLength, 'unitLength'),
    power: checkPower(power, trainer),
    ...emSettings(options),
    ...sgdSettings(options, competition),
    threads: givenThreads(options.threads),
    onProgress: checkCallback(options.onProgress, 'onProgress'),
    signal: checkSignal(options.signal),
  };
}
