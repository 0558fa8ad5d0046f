/**
 * The largest singular values of a sparse matrix and their left singular vectors: the range of the matrix is sampled by
 * random signs (Halko, Martinsson and Tropp, "Finding structure with randomness", 2011), and the subspace is made better
 * by Chebyshev filters (Zhou, Saad, Tiago and Chelikowsky 2006), each followed by a Rayleigh-Ritz step. The singular
 * values of words fall slowly; a polynomial of the matrix that stays small where they are not wanted, and grows beyond as
 * fast as can be, does with six products what powers would do with fifteen. No library was to be had: those of npm
 * decompose dense matrices (ml-matrix 6, svd-js 1: four seconds for 500 x 500, growing with the cube). All products are
 * the package's kernels and all sums are in double, so threads and levels never show.
 */

import { allocated } from '../check.ts';
import { power } from '../exponential.ts';
import type { KernelWork } from '../hash/kernel-work.ts';
import { weightsProjector } from '../hash/projectors.ts';
import { stream } from '../random.ts';
import { emptySlices } from './dense-slices.ts';
import { type Ritz, rayleighRitz } from './ritz.ts';
import { type SparseMatrix, sparseTimesDense, transposed } from './sparse-matrix.ts';

/** Singular values below this share of the largest are float32's rounding errors: they count as zero. */
const LEAST_SHARE = 1e-6;

/** Numbers between two turns of the event loop. */
const STEP = 2 ** 18;

export interface SvdSettings {
  /** Singular values wanted. */
  readonly dimensions: number;
  /** Columns beyond those, which make the last ones better. */
  readonly oversampling: number;
  /** Filters, one after the other. */
  readonly rounds: number;
  /** Products with the matrix and its transpose in each filter. */
  readonly degree: number;
  /** Left singular vectors are scaled by this power of their singular values. */
  readonly power: number;
  readonly seed: number;
}

export interface TruncatedSvd {
  /** rows x dimensions: the left singular vectors as columns, scaled. The largest part of each is positive. */
  readonly vectors: Float32Array;
  /** Largest first; zero, as are their vectors, from the rank of the matrix on. */
  readonly singularValues: Float64Array;
}

/** A subspace as its Ritz vectors, and their images under the transposed matrix. */
interface Subspace {
  readonly count: number;
  /** rows x count. */
  readonly basis: Float32Array;
  /** columns of the matrix x count. */
  readonly images: Float32Array;
  readonly values: Float64Array;
}

/** One decomposition on its way. */
class Decomposition {
  readonly #matrix: SparseMatrix;
  readonly #transposed: SparseMatrix;
  readonly #work: KernelWork;
  readonly #onProduct: () => void;
  /** Packed dense matrices, by their shape. */
  readonly #slices = new Map<string, Float32Array>();

  constructor(
    matrix: SparseMatrix,
    flipped: SparseMatrix,
    work: KernelWork,
    onProduct: () => void,
  ) {
    this.#matrix = matrix;
    this.#transposed = flipped;
    this.#work = work;
    this.#onProduct = onProduct;
  }

  async #product(matrix: SparseMatrix, dense: Float32Array, count: number): Promise<Float32Array> {
    const shape = `${matrix.columnCount} x ${count}`;
    const slices = this.#slices.get(shape) ?? emptySlices(matrix.columnCount, count);
    this.#slices.set(shape, slices);
    const result = await sparseTimesDense(matrix, dense, count, this.#work, slices);
    this.#onProduct();
    return result;
  }

  /** The matrix times random signs. */
  async sample(columns: number, seed: number): Promise<Float32Array> {
    const { columnCount } = this.#matrix;
    const signs = allocated(Float32Array, columnCount, columns, 'the sample of a matrix');
    for (let row = 0; row < columnCount; row++) {
      stream(seed, 'sketch', row).fillSigns(signs.subarray(row * columns, (row + 1) * columns));
      await this.#work.rest();
    }
    return this.#product(this.#matrix, signs, columns);
  }

  async #gram(vectors: Float32Array, rows: number, columns: number): Promise<Float64Array> {
    const gram = new Float64Array(columns * columns);
    await this.#work.run({ name: 'gramMatrix', args: [vectors, rows, columns, gram] });
    for (let i = 0; i < columns; i++) {
      if (Number.isFinite(gram[i * columns + i])) continue;
      throw new RangeError('matrix must have products that float32 holds, got infinite ones');
    }
    return gram;
  }

  /** vectors, rows x columns, times the transposed factors of the first combinations. */
  async #combined(vectors: Float32Array, rows: number, { factors }: Ritz, count: number) {
    const result = allocated(Float32Array, rows, count, 'the vectors of a matrix');
    if (result.length === 0) return result;
    const projector = weightsProjector(factors, count, vectors.length / rows);
    await this.#work.run(projector.values({ vectors, rows }, result));
    return result;
  }

  /** The best that the columns of a matrix rows x columns can say, in as many of them as there are directions. */
  async ritz(samples: Float32Array, columns: number): Promise<Subspace> {
    const { rows, columnCount } = this.#matrix;
    const images = await this.#product(this.#transposed, samples, columns);
    const gramSamples = await this.#gram(samples, rows, columns);
    const gramImages = await this.#gram(images, columnCount, columns);
    const found = await rayleighRitz(gramSamples, gramImages, columns, this.#work);
    const { count, values } = found;
    const basis = await this.#combined(samples, rows, found, count);
    return {
      count,
      basis,
      images: await this.#combined(images, columnCount, found, count),
      values,
    };
  }

  /**
   * Each Ritz vector times the Chebyshev polynomial that is at most 1 up to the least of the values, divided by what it
   * is at the vector's own value, so that no vector grows.
   */
  async filtered({ count, basis, images, values }: Subspace, degree: number) {
    const bound = values[count - 1] * values[count - 1];
    const places = values.map((value) => 2 * ((value * value) / bound) - 1);
    let ratios = places.map((place) => 1 / place);
    let [before, now] = [basis, basis];
    let squared = await this.#product(this.#matrix, images, count);
    for (let k = 1; k <= degree; k++) {
      const isFirst = k === 1;
      const next = isFirst ? ratios : places.map((place, i) => 1 / (2 * place - ratios[i]));
      const terms = {
        squared: next.map((ratio) => ((isFirst ? 2 : 4) * ratio) / bound),
        now: next.map((ratio) => (isFirst ? 1 : 2) * ratio),
        before: next.map((ratio, i) => (isFirst ? 0 : ratio * ratios[i])),
      };
      const after = await this.#step(terms, squared, now, before);
      [before, now, ratios] = [now, after, next];
      if (k === degree) break;
      const image = await this.#product(this.#transposed, now, count);
      squared = await this.#product(this.#matrix, image, count);
    }
    return now;
  }

  /** terms.squared x squared - terms.now x now - terms.before x before, column by column, in the place of squared. */
  async #step(
    terms: Record<'squared' | 'now' | 'before', Float64Array>,
    squared: Float32Array,
    now: Float32Array,
    before: Float32Array,
  ): Promise<Float32Array> {
    const count = terms.now.length;
    const rows = Math.ceil(STEP / count);
    for (let first = 0; first < squared.length; first += rows * count) {
      const end = Math.min(first + rows * count, squared.length);
      for (let at = first; at < end; at += count) {
        for (let j = 0; j < count; j++) {
          squared[at + j] =
            terms.squared[j] * squared[at + j] -
            (terms.now[j] * now[at + j] + terms.before[j] * before[at + j]);
        }
      }
      await this.#work.rest();
    }
    return squared;
  }
}

/** Whether a subspace has all directions of the matrix, so that nothing can make it better. */
function isWhole({ count, values }: Subspace, columns: number): boolean {
  return count < columns || !(values[count - 1] > LEAST_SHARE * values[0]);
}

/** The singular values that are not zero, at most so many. */
function rankOf({ values }: Subspace, most: number): number {
  let rank = 0;
  while (rank < Math.min(most, values.length) && values[rank] > LEAST_SHARE * values[0]) rank++;
  return rank;
}

/** What each column is multiplied with: a power of its singular value, negative where its largest part is. */
function scales({ count, basis, values }: Subspace, rank: number, exponent: number): Float64Array {
  const largest = new Float64Array(rank);
  for (let at = 0; at < basis.length; at += count) {
    for (let j = 0; j < rank; j++) {
      if (Math.abs(basis[at + j]) > Math.abs(largest[j])) largest[j] = basis[at + j];
    }
  }
  return largest.map((part, j) => {
    const scale = exponent === 0.5 ? Math.sqrt(values[j]) : power(values[j], exponent);
    return part < 0 ? -scale : scale;
  });
}

function scaledVectors(
  subspace: Subspace,
  rows: number,
  { dimensions, power: exponent }: SvdSettings,
): TruncatedSvd {
  const rank = rankOf(subspace, dimensions);
  const factors = scales(subspace, rank, exponent);
  const vectors = allocated(Float32Array, rows, dimensions, 'vectors');
  for (let row = 0; row < rows; row++) {
    const from = row * subspace.count;
    for (let j = 0; j < rank; j++) {
      vectors[row * dimensions + j] = factors[j] * subspace.basis[from + j];
    }
  }
  const singularValues = new Float64Array(dimensions);
  singularValues.set(subspace.values.subarray(0, rank));
  return { vectors, singularValues };
}

/**
 * The truncated singular value decomposition of a matrix.
 *
 * @throws RangeError when a product of the matrix does not fit float32.
 */
export async function truncatedSvd(
  matrix: SparseMatrix,
  settings: SvdSettings,
  work: KernelWork,
  onStep: (done: number, total: number) => void = () => {},
): Promise<TruncatedSvd> {
  const { dimensions, oversampling, rounds, degree, seed } = settings;
  const columns = Math.min(dimensions + oversampling, matrix.rows, matrix.columnCount);
  const total = 2 + 2 * rounds * degree;
  let done = 0;
  const flipped = await transposed(matrix, work);
  const tell = () => onStep(++done, total);
  const decomposition = new Decomposition(matrix, flipped, work, tell);
  const sample = await decomposition.sample(columns, seed);
  let subspace = await decomposition.ritz(sample, columns);
  for (let round = 0; round < rounds && !isWhole(subspace, columns); round++) {
    const better = await decomposition.filtered(subspace, degree);
    subspace = await decomposition.ritz(better, columns);
  }
  return scaledVectors(subspace, matrix.rows, settings);
}
