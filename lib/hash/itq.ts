/**
 * ITQ, iterative quantisation (Gong and Lazebnik, "Iterative quantization: a Procrustean approach to learning binary
 * codes", CVPR 2011): vectors are projected on the directions in which they vary most, and turned there so that their
 * signs lose least. The trained dense baseline: hashing costs just what a Gaussian SimHash of as many bits costs.
 */

import {
  allocated,
  checkCallback,
  checkInteger,
  checkMaking,
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
import { Hasher, type Progress, type RowHash } from './hasher.ts';
import { trainItq } from './itq-training.ts';
import { packThresholds } from './panels.ts';
import { MAX_OUTPUTS, type Projector, weightsProjector } from './projectors.ts';

/** Options of {@link Itq.train}. */
export interface ItqTraining {
  /** Numbers a vector has; needed when vectors is one flat array. */
  dim?: number;
  /** Bits of a code, 1 to dim: each is a direction of its own, and there are no more of them. */
  bits: number;
  /** Decides the first rotation and which vectors it learns from, 0 to 2^53 - 1; default 0. */
  seed?: number;
  /** Most rounds of the rotation, 0 or more; default 50. It ends earlier where the loss falls no more. */
  iterations?: number;
  /** Most vectors that the rotation learns from, drawn by the seed; default 32768. The directions learn from all. */
  sample?: number;
  /** Threads of the package's own pool to use, 1 to 256; default: what the machine has. */
  threads?: number;
  /** Aborting rejects with `signal.reason`. */
  signal?: AbortSignal;
  /** Called after each round of the rotation; the last call has done = total, however early it ended. */
  onProgress?: (progress: Progress) => void;
}

const OPTIONS = [
  'dim',
  'bits',
  'seed',
  'iterations',
  'sample',
  'threads',
  'signal',
  'onProgress',
] as const;

const SAMPLE = 32_768;
const MOST = 2 ** 32 - 1;

interface Model {
  readonly projector: Projector;
  readonly thresholds: Float32Array;
  readonly seed: number;
  readonly losses: Float64Array;
}

/** What a training told. */
export interface ItqReport {
  /** Rotations that lowered the loss. */
  readonly iterations: number;
  /**
   * Mean of (sign - projection)^2 of each rotation, the random first one included; projections are scaled to a mean
   * square of 1. They never rise.
   */
  readonly losses: Float64Array;
}

/**
 * Hashes a vector to the signs of learnt directions: bit j = product of direction j with (vector - mean) > 0.
 *
 * @example
 * ```ts
 * import { Itq } from 'flyhash';
 * const vectors = Array.from({ length: 60 }, (_, i) => [i % 7, (i * i) % 11, (i * 5) % 13]);
 * const hasher = await Itq.train(vectors, { bits: 2, seed: 1 });
 * console.assert(hasher.hash(vectors).bits === 2);
 * const { losses } = hasher.report;
 * console.assert(losses.every((loss, i) => i === 0 || loss < losses[i - 1]));
 * ```
 */
export class Itq extends Hasher<BitCodes> {
  readonly #model: Model;
  readonly #packed: Float32Array;

  private constructor(making: symbol, model: Model) {
    super(checkMaking(making, 'Itq', 'Itq.train', model).projector.dim);
    this.#model = model;
    this.#packed = packThresholds(model.thresholds);
  }

  /** Bits of a code. */
  get bits(): number {
    return this.#model.projector.outputs;
  }

  /** The seed of the training. */
  get seed(): number {
    return this.#model.seed;
  }

  /** A copy of the thresholds, one a bit: the products of the directions with the mean. */
  get thresholds(): Float32Array {
    return this.#model.thresholds.slice();
  }

  /** What the training told; a copy. */
  get report(): ItqReport {
    const losses = this.#model.losses.slice();
    return { iterations: losses.length - 1, losses };
  }

  /**
   * A hasher that has learnt from vectors; the same vectors, options and seed give the same bytes on every machine.
   *
   * @param vectors rows x dim numbers, flat or as an array of rows; at least two that differ.
   * @throws (rejects) TypeError and RangeError for wrong arguments; RangeError when bits is more than dim or than the
   * directions in which the vectors vary, when a value is not finite (naming row and column), and when they are so
   * large that products pass float32; `signal.reason` when aborted.
   */
  static async train(vectors: Vectors, options: ItqTraining): Promise<Itq> {
    checkOptions(options, 'options', OPTIONS);
    const { dim: givenDim = dimOf(vectors) } = options;
    const dim = checkInteger(givenDim, 'dim', 1, MAX_DIM);
    const bits = checkInteger(options.bits, 'bits', 1, Math.min(dim, MAX_OUTPUTS));
    const settings = {
      bits,
      seed: checkSeed(options.seed),
      iterations: checkInteger(options.iterations ?? 50, 'iterations', 0, MOST),
      sample: checkInteger(options.sample ?? SAMPLE, 'sample', 2, MOST),
      threads: options.threads === undefined ? undefined : checkThreads(options.threads, 1),
      signal: checkSignal(options.signal),
      onProgress: checkCallback(options.onProgress, 'onProgress'),
    };
    const source = new VectorSource(vectors, dim);
    if (source.rows < 2) throw wrongValue('vectors', 'at least 2 vectors', source.rows);
    const { weights, thresholds, losses } = await trainItq(source, settings);
    const projector = weightsProjector(weights, bits, dim);
    return new Itq(MAKING, { projector, thresholds, seed: settings.seed, losses });
  }

  /** @internal */
  static fromParts(reader: PartsReader): Itq {
    reader.expectKind('Itq');
    const dim = reader.integer('dim', 1, MAX_DIM);
    const bits = reader.integer('bits', 1, Math.min(dim, MAX_OUTPUTS));
    const seed = reader.integer('seed', 0, Number.MAX_SAFE_INTEGER);
    const weights = reader.finite('projection', [bits, dim]);
    const thresholds = reader.finite('thresholds', [bits]);
    const losses = reader.tensor('losses', Float64Array, [undefined]);
    reader.end();
    return new Itq(MAKING, {
      projector: weightsProjector(weights, bits, dim),
      ...{ thresholds, seed, losses },
    });
  }

  /** @internal */
  override [PARTS](): Parts {
    const { projector, thresholds, seed, losses } = this.#model;
    return {
      kind: 'Itq',
      parameters: { dim: this.dim, bits: this.bits, seed },
      tensors: [
        projector.tensor(),
        { name: 'thresholds', shape: [this.bits], data: thresholds },
        { name: 'losses', shape: [losses.length], data: losses },
      ],
    };
  }

  protected override rowHash(rows: number): RowHash<BitCodes> {
    const { projector } = this.#model;
    const codeBytes = Math.ceil(projector.outputs / 8);
    const data = allocated(Uint8Array, rows, codeBytes, 'codes');
    return {
      call: (run) => projector.signs(run, this.#packed, data.subarray(run.first * codeBytes)),
      codes: () => BitCodes.written(data, projector.outputs),
    };
  }
}

registerKind('Itq', Itq.fromParts);
