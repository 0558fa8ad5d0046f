/**
 * SimHash: the signs of random projections. Two vectors at the angle theta differ in each bit with probability
 * theta / pi (Charikar 2002), so the Hamming distance of codes estimates the angle. The projection is a Gaussian
 * matrix, one with orthogonal rows (super-bit), or a stack of fast Hadamard rotations.
 */

import type { KernelCall } from '../backend/kernels.ts';
import {
  allocated,
  checkBoolean,
  checkInteger,
  checkMaking,
  checkOneOf,
  checkOptions,
  checkSignal,
  checkThreads,
  MAKING,
} from '../check.ts';
import { BitCodes } from '../codes/bit-codes.ts';
import { wrongValue } from '../errors.ts';
import { registerKind } from '../files/kinds.ts';
import { PARTS, type Parts, type PartsReader } from '../files/parts.ts';
import { checkSeed } from '../random.ts';
import { dimOf, MAX_DIM, VectorSource, type Vectors } from '../vectors.ts';
import { Hasher, type HashOptions, hashRows, type RowHash, type RowRun } from './hasher.ts';
import { packThresholds } from './panels.ts';
import { projectedThresholds, type ThresholdKind } from './projected-thresholds.ts';
import {
  MAX_OUTPUTS,
  PROJECTION_KINDS,
  type ProjectionKind,
  type Projector,
  randomProjector,
  readProjector,
} from './projectors.ts';

/** Options of {@link SimHash.create}. */
export interface SimHashOptions {
  /** Numbers a vector has. */
  dim: number;
  /** Bits a code has, 1 to 2^20. The first bits are those of a shorter code with the same seed. */
  bits: number;
  /** Decides the projection, 0 to 2^53 - 1; default 0. */
  seed?: number;
  /**
   * 'gaussian' (the default): independent rows. 'orthogonal': orthogonal rows in blocks of dim, with less
   * variance and slower to draw (1024 x 1536 takes seconds, growing with bits x bits x dim). 'hadamard': fast
   * rotations, over ten times quicker to hash with when bits is near dim, for dim up to 2^20.
   */
  projection?: ProjectionKind;
}

/** Options of {@link SimHash.train}. */
export interface SimHashTraining extends Omit<SimHashOptions, 'dim'> {
  /** Numbers a vector has; needed when vectors is one flat array. */
  dim?: number;
  /** Whether the mean of the training vectors is the origin (default true). */
  center?: boolean;
  /**
   * 'zero' (the default): bit = projection of (vector - mean) > 0. 'mean', 'median': projection > mean or median
   * of the projected training vectors, for which centring makes no difference.
   */
  thresholds?: ThresholdKind;
  /** Aborting rejects with `signal.reason`. */
  signal?: AbortSignal;
}

const OPTIONS = ['dim', 'bits', 'seed', 'projection'] as const;

interface Model {
  readonly projector: Projector;
  readonly projection: ProjectionKind;
  readonly seed: number;
  readonly thresholds: Float32Array;
}

function drawn(options: SimHashOptions): Omit<Model, 'thresholds'> {
  const dim = checkInteger(options.dim, 'dim', 1, MAX_DIM);
  const bits = checkInteger(options.bits, 'bits', 1, MAX_OUTPUTS);
  const { projection: givenProjection = 'gaussian' } = options;
  const seed = checkSeed(options.seed);
  const projection = checkOneOf(givenProjection, 'projection', PROJECTION_KINDS);
  return { projector: randomProjector(projection, dim, bits, seed), projection, seed };
}

/** Rows on their way to codes. A class, since a literal with closures costs a fifth of a one-vector hash. */
class SimHashRows implements RowHash<BitCodes> {
  readonly #projector: Projector;
  readonly #thresholds: Float32Array;
  readonly #codeBytes: number;
  readonly #data: Uint8Array;

  constructor(projector: Projector, thresholds: Float32Array, rows: number) {
    this.#projector = projector;
    this.#thresholds = thresholds;
    this.#codeBytes = Math.ceil(projector.outputs / 8);
    this.#data = allocated(Uint8Array, rows, this.#codeBytes, 'codes');
  }

  call(run: RowRun): KernelCall {
    const codes = this.#data.subarray(run.first * this.#codeBytes);
    return this.#projector.signs(run, this.#thresholds, codes);
  }

  codes(): BitCodes {
    return BitCodes.written(this.#data, this.#projector.outputs);
  }
}

/**
 * Hashes a vector to the signs of random projections: bit j = projection j of the vector > threshold j, where the
 * threshold is 0 unless trained. A trained centre is folded into the thresholds: the projection of the mean.
 *
 * @example
 * ```ts
 * import { SimHash } from 'flyhash';
 * const hasher = SimHash.create({ dim: 3, bits: 64, seed: 1 });
 * const codes = hasher.hash([[1, 2, 3], [2, 4, 6], [-1, -2, -3]]);
 * console.assert(Buffer.from(codes.row(0)).equals(Buffer.from(codes.row(1))));
 * console.assert(codes.row(2).every((byte, i) => byte === 255 - codes.row(0)[i]));
 * ```
 */
export class SimHash extends Hasher<BitCodes> {
  readonly #model: Model;
  readonly #packed: Float32Array;

  private constructor(making: symbol, model: Model) {
    super(checkMaking(making, 'SimHash', 'SimHash.create or SimHash.train', model).projector.dim);
    this.#model = model;
    this.#packed = packThresholds(model.thresholds);
  }

  /** Bits of a code. */
  get bits(): number {
    return this.#model.projector.outputs;
  }

  /** The seed that decided the projection. */
  get seed(): number {
    return this.#model.seed;
  }

  /** The kind of projection. */
  get projection(): ProjectionKind {
    return this.#model.projection;
  }

  /** A copy of the thresholds, one a bit. */
  get thresholds(): Float32Array {
    return this.#model.thresholds.slice();
  }

  /**
   * A hasher with a random projection and thresholds of zero.
   *
   * @throws TypeError and RangeError for wrong options, and when the projection would pass 4 GiB.
   */
  static create(options: SimHashOptions): SimHash {
    checkOptions(options, 'options', OPTIONS);
    const model = drawn(options);
    return new SimHash(MAKING, { ...model, thresholds: new Float32Array(model.projector.outputs) });
  }

  /**
   * A hasher with a random projection whose thresholds come from training vectors.
   *
   * @throws (rejects) as {@link create} and {@link Hasher.hash}; RangeError when there are no vectors, or when
   * they are so large that a threshold is not finite.
   *
   * @example
   * ```ts
   * import { SimHash } from 'flyhash';
   * const vectors = [[10, 11], [12, 9], [11, 10]];
   * const hasher = await SimHash.train(vectors, { bits: 32, seed: 1 });
   * console.assert(hasher.hash(vectors).rows === 3);
   * ```
   */
  static async train(vectors: Vectors, options: SimHashTraining): Promise<SimHash> {
    checkOptions(options, 'options', [...OPTIONS, 'center', 'thresholds', 'signal']);
    const signal = checkSignal(options.signal);
    const { center: isCentred = true, thresholds: kindGiven = 'zero' } = options;
    const center = checkBoolean(isCentred, 'center');
    const kind = checkOneOf(kindGiven, 'thresholds', ['zero', 'mean', 'median']);
    const { dim: givenDim = dimOf(vectors) } = options;
    const dim = checkInteger(givenDim, 'dim', 1, MAX_DIM);
    const source = new VectorSource(vectors, dim);
    if (source.rows === 0) throw wrongValue('vectors', 'at least one vector', vectors);
    const model = drawn({ ...options, dim });
    const thresholds = await projectedThresholds(source, model.projector, {
      kind,
      center,
      signal,
    });
    return new SimHash(MAKING, { ...model, thresholds });
  }

  /**
   * How far each bit of a vector's code is from turning over, blocking the caller: |projection - threshold|. What a
   * query-directed search of an {@link LshIndex} asks for.
   *
   * @param vectors rows x dim numbers, flat or as an array of rows.
   * @returns rows x bits numbers.
   * @throws as {@link hash}; RangeError when a projection is too large for a float32.
   *
   * @example
   * ```ts
   * import { SimHash } from 'flyhash';
   * const hasher = SimHash.create({ dim: 3, bits: 64, seed: 1 });
   * console.assert(hasher.margins([[1, 2, 3]]).length === 64);
   * ```
   */
  margins(vectors: Vectors, options: HashOptions = {}): Float32Array {
    checkOptions(options, 'options', ['threads']);
    const threads = checkThreads(options.threads, 1);
    const source = new VectorSource(vectors, this.dim);
    return hashRows(source, this.#margins(source.rows), threads);
  }

  #margins(rows: number): RowHash<Float32Array> {
    const { projector, thresholds } = this.#model;
    const { length: bits } = thresholds;
    const data = allocated(Float32Array, rows, bits, 'margins');
    return {
      call: (run) => projector.values(run, data.subarray(run.first * bits)),
      codes: () => {
        for (let i = 0; i < data.length; i++) {
          data[i] = Math.abs(data[i] - thresholds[i % bits]);
          if (Number.isFinite(data[i])) continue;
          const at = `margins[${Math.floor(i / bits)}][${i % bits}]`;
          throw new RangeError(`${at} must be finite, got ${data[i]}`);
        }
        return data;
      },
    };
  }

  /** @internal */
  static fromParts(reader: PartsReader): SimHash {
    reader.expectKind('SimHash');
    const dim = reader.integer('dim', 1, MAX_DIM);
    const bits = reader.integer('bits', 1, MAX_OUTPUTS);
    const projection = reader.oneOf('projection', PROJECTION_KINDS);
    const seed = reader.integer('seed', 0, Number.MAX_SAFE_INTEGER);
    const thresholds = reader.finite('thresholds', [bits]);
    const projector = readProjector(reader, projection, dim, bits);
    reader.end();
    return new SimHash(MAKING, { projector, projection, seed, thresholds });
  }

  /** @internal */
  override [PARTS](): Parts {
    const { projector, projection, seed, thresholds } = this.#model;
    const parameters = { dim: this.dim, bits: this.bits, projection, seed };
    const data = { name: 'thresholds', shape: [this.bits], data: thresholds };
    return { kind: 'SimHash', parameters, tensors: [projector.tensor(), data] };
  }

  protected override rowHash(rows: number): RowHash<BitCodes> {
    return new SimHashRows(this.#model.projector, this.#packed, rows);
  }
}

registerKind('SimHash', SimHash.fromParts);
