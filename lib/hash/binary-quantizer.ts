/**
 * Binary quantisation: one bit a coordinate, its sign after subtracting a threshold. The simplest code, and for
 * embeddings, with exact re-ranking, often the best one for its bytes.
 */

import {
  allocated,
  checkInteger,
  checkMaking,
  checkOneOf,
  checkOptions,
  checkSignal,
  checkTypedArray,
  MAKING,
} from '../check.ts';
import { BitCodes } from '../codes/bit-codes.ts';
import { wrongKind, wrongValue } from '../errors.ts';
import { registerKind } from '../files/kinds.ts';
import { PARTS, type Parts, type PartsReader } from '../files/parts.ts';
import { dimOf, MAX_DIM, VectorSource, type Vectors } from '../vectors.ts';
import { Hasher, type RowHash } from './hasher.ts';
import { columnMeans, columnMedians } from './thresholds.ts';

/** Options of {@link BinaryQuantizer.create}. */
export interface BinaryQuantizerOptions {
  /** Numbers a vector has, and bits a code has. */
  dim: number;
  /** Bit i is vector[i] > thresholds[i]; 'zero' (the default) takes the sign. */
  thresholds?: 'zero' | Float32Array;
}

/** Options of {@link BinaryQuantizer.train}. */
export interface BinaryQuantizerTraining {
  /** Numbers a vector has; needed when vectors is one flat array. */
  dim?: number;
  /** What each coordinate is compared with: its mean, or its median, which makes half of the bits 1. */
  thresholds: 'mean' | 'median';
  /** Aborting rejects with its reason. */
  signal?: AbortSignal;
}

/**
 * Hashes a vector to one bit a coordinate: bit i = vector[i] > thresholds[i].
 *
 * @example
 * ```ts
 * import { BinaryQuantizer } from 'flyhash';
 * const quantizer = BinaryQuantizer.create({ dim: 8 });
 * const codes = quantizer.hash(Float32Array.of(1, -1, 2, 0, -3, 4, 5, -6));
 * console.assert(codes.data[0] === 0b10100110);
 * ```
 */
export class BinaryQuantizer extends Hasher<BitCodes> {
  readonly #thresholds: Float32Array;

  private constructor(making: symbol, thresholds: Float32Array) {
    const how = 'BinaryQuantizer.create or BinaryQuantizer.train';
    super(checkMaking(making, 'BinaryQuantizer', how, thresholds).length);
    this.#thresholds = thresholds;
  }

  /** Bits of a code: one a coordinate. */
  get bits(): number {
    return this.dim;
  }

  /** A copy of the thresholds, one a coordinate. */
  get thresholds(): Float32Array {
    return this.#thresholds.slice();
  }

  /** A quantizer with given thresholds, or zero. */
  static create(options: BinaryQuantizerOptions): BinaryQuantizer {
    checkOptions(options, 'options', ['dim', 'thresholds']);
    const dim = checkInteger(options.dim, 'dim', 1, MAX_DIM);
    const { thresholds = 'zero' } = options;
    if (!(thresholds instanceof Float32Array)) {
      if (thresholds !== 'zero')
        throw wrongKind('thresholds', "'zero' or a Float32Array", thresholds);
      return new BinaryQuantizer(MAKING, new Float32Array(dim));
    }
    checkTypedArray(thresholds, 'thresholds', Float32Array);
    const own = new Float32Array(thresholds);
    if (own.length !== dim) throw wrongValue('thresholds.length', `dim = ${dim}`, own.length);
    const bad = own.findIndex((threshold) => !Number.isFinite(threshold));
    if (bad >= 0) throw wrongValue(`thresholds[${bad}]`, 'finite', own[bad]);
    return new BinaryQuantizer(MAKING, own);
  }

  /**
   * A quantizer whose thresholds are the means or medians of the training vectors' coordinates.
   *
   * @throws (rejects) RangeError when there are no vectors, and as {@link Hasher.hash}.
   */
  static async train(vectors: Vectors, options: BinaryQuantizerTraining): Promise<BinaryQuantizer> {
    checkOptions(options, 'options', ['dim', 'thresholds', 'signal']);
    const signal = checkSignal(options.signal);
    const kind = checkOneOf(options.thresholds, 'thresholds', ['mean', 'median']);
    const { dim: givenDim = dimOf(vectors) } = options;
    const dim = checkInteger(givenDim, 'dim', 1, MAX_DIM);
    const source = new VectorSource(vectors, dim);
    if (source.rows === 0) throw wrongValue('vectors', 'at least one vector', vectors);
    return new BinaryQuantizer(
      MAKING,
      await (kind === 'mean' ? columnMeans(source, signal) : columnMedians(source, signal)),
    );
  }

  /** @internal */
  static fromParts(reader: PartsReader): BinaryQuantizer {
    reader.expectKind('BinaryQuantizer');
    const dim = reader.integer('dim', 1, MAX_DIM);
    const thresholds = reader.finite('thresholds', [dim]);
    reader.end();
    return new BinaryQuantizer(MAKING, thresholds);
  }

  /** @internal */
  override [PARTS](): Parts {
    const thresholds = { name: 'thresholds', shape: [this.dim], data: this.#thresholds };
    return { kind: 'BinaryQuantizer', parameters: { dim: this.dim }, tensors: [thresholds] };
  }

  protected override rowHash(rows: number): RowHash<BitCodes> {
    const codeBytes = Math.ceil(this.dim / 8);
    const data = allocated(Uint8Array, rows, codeBytes, 'codes');
    return {
      call: ({ vectors, first, rows: count }) => ({
        name: 'signCodes',
        args: [vectors, count, this.dim, this.#thresholds, data.subarray(first * codeBytes)],
      }),
      codes: () => BitCodes.written(data, this.dim),
    };
  }
}

registerKind('BinaryQuantizer', BinaryQuantizer.fromParts);
