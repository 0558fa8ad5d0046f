/**
 * The default trainer of BioWord: units that learn from word types, one vector for each word of the vocabulary, rather
 * than from every window of the text. Co-occurrence counts, shifted positive pointwise mutual information, truncated SVD
 * (Levy, Goldberg and Dagan 2015) and then the units of BioHash: spherical k-means. A word's activation of a unit is the
 * cosine to it. Without SVD the units learn from the rows of the matrix themselves.
 */

import { checkInteger, checkNumber, checkOneOf, checkOptions } from '../check.ts';
import { wrongKind, wrongValue } from '../errors.ts';
import { MAX_DIM } from '../vectors.ts';
import { countCooccurrences, WEIGHTINGS, type Weighting } from './cooccurrences.ts';
import type { Corpus } from './corpus.ts';
import { ppmiMatrix } from './ppmi.ts';
import { trainRowUnits } from './row-units.ts';
import type { SparseMatrix } from './sparse-matrix.ts';
import { truncatedSvd } from './truncated-svd.ts';
import {
  matrixParts,
  readMatrix,
  readVectors,
  vectorParts,
  type WordSpread,
} from './types-stages.ts';
import { trainVectorUnits } from './vector-units.ts';
import type {
  TrainedWords,
  TrainerMeans,
  TrainerSettings,
  WordTrainer,
  WordTrainerKind,
} from './word-trainer.ts';

/** Options of the trainer `types`. */
export interface TypesOptions {
  /** How the words of a window count: all alike (the default), or with the inverse of their distance. */
  weighting?: Weighting;
  /** The matrix: the power of a context's count (0.75) and how many times chance counts as nothing (5). */
  ppmi?: {
    /** The power of a context's count, 0.75 unless given: below 1 it takes from rare contexts. */
    smoothing?: number;
    /** How many times chance counts as nothing: 5. */
    shift?: number;
  };
  /** Dimensions of the truncated SVD (300), at most as many as there are words; false: none. */
  svd?:
    | {
        /** Numbers of a vector: 300, at most as many as there are words. */
        dimensions?: number;
      }
    | false;
  /** Most iterations of the units: 15. */
  iterations?: number;
}

/** Checked options. */
export interface TypesSettings extends TrainerSettings {
  readonly weighting: Weighting;
  readonly smoothing: number;
  readonly shift: number;
  /** 0: no SVD. */
  readonly dimensions: number;
  readonly iterations: number;
}

/** Vectors are scaled by this power of their singular values. */
const SINGULAR_POWER = 0.5;
/** The subspace of the SVD: enough that more changes no measure of the codes. */
const SUBSPACE = { oversampling: 20, rounds: 2, degree: 3 } as const;

function checkDimensions(svd: unknown): number {
  if (svd === false) return 0;
  if (svd === true) throw wrongKind('svd', 'an object or false', svd);
  const { dimensions = 300 } = checkOptions((svd ?? {}) as { dimensions?: number }, 'svd', [
    'dimensions',
  ]);
  return checkInteger(dimensions, 'svd.dimensions', 1, MAX_DIM);
}

function checkTypes(common: TrainerSettings, options: TypesOptions): TypesSettings {
  const { weighting = 'flat', ppmi = {}, svd, iterations = 15 } = options;
  const { smoothing = 0.75, shift = 5 } = checkOptions(ppmi, 'ppmi', ['smoothing', 'shift']);
  if (checkNumber(shift, 'ppmi.shift', 0, 1e6) === 0) {
    throw wrongValue('ppmi.shift', 'above 0', shift);
  }
  const { units, radius, seed } = common;
  return {
    ...{ units, radius, seed },
    weighting: checkOneOf(weighting, 'weighting', WEIGHTINGS),
    smoothing: checkNumber(smoothing, 'ppmi.smoothing', 0, 1),
    shift,
    dimensions: checkDimensions(svd),
    iterations: checkInteger(iterations, 'iterations', 1, 2 ** 20),
  };
}

/** The trainer as the table of trainers has it. */
export const TYPES: WordTrainerKind = {
  sizes: { units: 1000, active: 16 },
  options: ['weighting', 'ppmi', 'svd', 'iterations'],
  make(common, options): WordTrainer {
    const settings = checkTypes(common, options as TypesOptions);
    const facts = { ...settings };
    return { settings: facts, train: (corpus, means) => trainTypes(corpus, settings, means) };
  },
};

/** Counts a corpus, which is closed then: nothing needs it any more. */
async function matrixOf(
  corpus: Corpus,
  settings: TypesSettings,
  means: TrainerMeans,
): Promise<SparseMatrix> {
  const { work, tell } = means;
  const { radius, weighting } = settings;
  const words = corpus.vocabulary.size;
  tell('counting', 0, corpus.length);
  const onCounted = (numbers: number): void => tell('counting', numbers, corpus.length);
  const text = corpus.segments();
  const counts = await countCooccurrences(text, { words, radius, weighting }, { work, onCounted });
  try {
    await corpus.close();
    return await ppmiMatrix(counts, settings, work);
  } finally {
    await counts.close();
  }
}

/** Words whose row is empty: nothing can be said of them. */
function silentOf({ rows, starts }: SparseMatrix): Uint8Array {
  return Uint8Array.from({ length: rows }, (_, row) => (starts[row] === starts[row + 1] ? 1 : 0));
}

/** Throws unless enough words have been learnt of. */
export function checkHeard(silent: Uint8Array, { units, shift }: TypesSettings): void {
  const heard = silent.reduce((count, flag) => count - flag, silent.length);
  if (heard === 0) {
    throw new RangeError(
      `text must have words that stand near each other more than ppmi.shift = ${shift} times as often as chance, ` +
        `got none among ${silent.length} words`,
    );
  }
  if (units <= heard) return;
  throw wrongValue('units', `at most ${heard}, the words that were learnt of`, units);
}

async function vectorsOf(
  matrix: SparseMatrix,
  { dimensions, seed }: TypesSettings,
  { work, tell }: TrainerMeans,
): Promise<WordSpread> {
  const silent = silentOf(matrix);
  const entries = matrix.starts[matrix.rows];
  const settings = { dimensions, ...SUBSPACE, power: SINGULAR_POWER, seed };
  tell('decomposing', 0, 1);
  const { vectors } = await truncatedSvd(matrix, settings, work, (done, total) =>
    tell('decomposing', done, total),
  );
  return { vectors, dimensions, silent, entries };
}

/** The matrix, from the checkpoint or the text. */
async function startingMatrix(
  corpus: Corpus,
  settings: TypesSettings,
  means: TrainerMeans,
): Promise<SparseMatrix> {
  const kept = means.checkpoint.take('matrix');
  if (kept !== undefined) return readMatrix(kept, corpus.vocabulary.size);
  const matrix = await matrixOf(corpus, settings, means);
  checkHeard(silentOf(matrix), settings);
  await means.checkpoint.write('matrix', matrixParts(matrix));
  return matrix;
}

/** Trains on a corpus, which may be closed then. */
export async function trainTypes(
  corpus: Corpus,
  settings: TypesSettings,
  means: TrainerMeans,
): Promise<TrainedWords> {
  const { checkpoint } = means;
  const words = corpus.vocabulary.size;
  if (settings.dimensions === 0) {
    const learning = checkpoint.take('rows');
    const matrix =
      learning === undefined
        ? await startingMatrix(corpus, settings, means)
        : readMatrix(learning, words);
    return trainRowUnits(matrix, silentOf(matrix), learning, settings, means);
  }
  const kept = checkpoint.take('vectors');
  const spread =
    kept === undefined
      ? await vectorsOf(await startingMatrix(corpus, settings, means), settings, means)
      : readVectors(kept, words, settings.dimensions);
  if (kept === undefined) await checkpoint.write('vectors', vectorParts(spread));
  return trainVectorUnits(spread, settings, means);
}
