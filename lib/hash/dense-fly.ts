/**
 * DenseFly: the signs of the fly's sparse random sums (Sharma and Navlakha, arXiv 1812.01844, 2018). It approximates
 * SimHash of as many bits at a tenth of the arithmetic. The mean of each vector is subtracted first, since a sum of
 * non-negative inputs would always be positive. Pseudo-hashes, the signs of sums over blocks of units, give
 * short keys from the same projection, for binning.
 */

import type { Connections } from '../backend/kernels.ts';
import {
  allocated,
  checkInteger,
  checkMaking,
  checkOptions,
  checkThreads,
  MAKING,
} from '../check.ts';
import { BitCodes } from '../codes/bit-codes.ts';
import { wrongValue } from '../errors.ts';
import { registerKind } from '../files/kinds.ts';
import { PARTS, type Parts, type PartsReader } from '../files/parts.ts';
import { checkSeed } from '../random.ts';
import { MAX_DIM, VectorSource, type Vectors } from '../vectors.ts';
import { checkFanIn, drawConnections, MAX_UNITS, type NetworkSizes } from './connections.ts';
import { Hasher, type HashOptions, hashRows, type RowHash } from './hasher.ts';
import { pseudoMargins } from './pseudo-margins.ts';
import { connectionsTensor, readConnections } from './stored-connections.ts';

/** Options of {@link DenseFly.create}. */
export interface DenseFlyOptions {
  /** Numbers a vector has. */
  dim: number;
  /** Bits a code has, one a unit, 1 to 2^24. */
  bits: number;
  /** Inputs of a unit, 1 to dim; default a tenth of dim. */
  fanIn?: number;
  /** Decides the connections, 0 to 2^53 - 1; default 0. */
  seed?: number;
}

interface Model extends NetworkSizes {
  readonly seed: number;
}

/**
 * Hashes a vector, its mean subtracted, to the signs of sparse random sums: bit j = sum j > 0.
 *
 * @example
 * ```ts
 * import { DenseFly } from 'flyhash';
 * const hasher = DenseFly.create({ dim: 100, bits: 320, seed: 1 });
 * const vectors = [Array.from({ length: 100 }, (_, i) => Math.cos(i))];
 * console.assert(hasher.hash(vectors).bits === 320);
 * console.assert(hasher.pseudoHash(vectors, 16).bits === 16);
 * ```
 */
export class DenseFly extends Hasher<BitCodes> {
  readonly #model: Model;
  readonly #connections: Connections;

  private constructor(making: symbol, model: Model, connections?: Connections) {
    super(checkMaking(making, 'DenseFly', 'DenseFly.create', model).dim);
    this.#model = model;
    this.#connections = connections ?? drawConnections(model, model.seed);
  }

  /** Bits of a code. */
  get bits(): number {
    return this.#model.units;
  }

  /** Inputs of a unit. */
  get fanIn(): number {
    return this.#model.fanIn;
  }

  /** The seed that decided the connections. */
  get seed(): number {
    return this.#model.seed;
  }

  /**
   * A hasher with random connections.
   *
   * @throws TypeError and RangeError for wrong options, and when the connections would pass 4 GiB.
   */
  static create(options: DenseFlyOptions): DenseFly {
    checkOptions(options, 'options', ['dim', 'bits', 'fanIn', 'seed']);
    const dim = checkInteger(options.dim, 'dim', 1, MAX_DIM);
    return new DenseFly(MAKING, {
      dim,
      units: checkInteger(options.bits, 'bits', 1, MAX_UNITS),
      fanIn: checkFanIn(dim, options.fanIn),
      seed: checkSeed(options.seed),
    });
  }

  /**
   * Short keys for binning, blocking the caller: the units in keyBits blocks of neighbours, bit b = sum of block
   * b's units > 0. They behave like a SimHash of keyBits bits.
   *
   * @param vectors rows x dim numbers, flat or as an array of rows.
   * @param keyBits bits of a key; must divide `bits`.
   * @throws RangeError when keyBits does not divide bits, and as {@link hash}.
   *
   * @example
   * ```ts
   * import { DenseFly } from 'flyhash';
   * const hasher = DenseFly.create({ dim: 30, bits: 160, seed: 1 });
   * const keys = hasher.pseudoHash(new Float32Array(60), 8);
   * console.assert(keys.rows === 2 && keys.bits === 8);
   * ```
   */
  pseudoHash(vectors: Vectors, keyBits: number, options: HashOptions = {}): BitCodes {
    const threads = this.#checkKeys(keyBits, options);
    const source = new VectorSource(vectors, this.dim);
    return hashRows(source, this.#keys(source.rows, keyBits), threads);
  }

  /**
   * How far each bit of a pseudo-hash is from turning over, blocking the caller: |sum of block b's units|. With
   * pseudo-hashes as its keys, a query-directed search of an {@link LshIndex} asks for them.
   *
   * @param vectors rows x dim numbers, flat or as an array of rows.
   * @param keyBits bits of a key; must divide `bits`.
   * @returns rows x keyBits numbers.
   * @throws as {@link pseudoHash}.
   *
   * @example
   * ```ts
   * import { DenseFly } from 'flyhash';
   * const hasher = DenseFly.create({ dim: 30, bits: 160, seed: 1 });
   * const margins = hasher.pseudoMargins(Float32Array.from({ length: 30 }, (_, i) => i), 8);
   * console.assert(margins.length === 8 && margins.every((margin) => margin > 0));
   * ```
   */
  pseudoMargins(vectors: Vectors, keyBits: number, options: HashOptions = {}): Float32Array {
    const threads = this.#checkKeys(keyBits, options);
    const source = new VectorSource(vectors, this.dim);
    const network = { ...this.#model, connections: this.#connections, keyBits };
    return hashRows(source, pseudoMargins(source.rows, network), threads);
  }

  /** The threads of a call that makes keys. */
  #checkKeys(keyBits: number, options: HashOptions): number {
    checkOptions(options, 'options', ['threads']);
    const threads = checkThreads(options.threads, 1);
    checkInteger(keyBits, 'keyBits', 1, this.bits);
    if (this.bits % keyBits === 0) return threads;
    throw wrongValue('keyBits', `a divisor of bits = ${this.bits}`, keyBits);
  }

  #keys(rows: number, keyBits: number): RowHash<BitCodes> {
    const { dim, units, fanIn } = this.#model;
    const codeBytes = Math.ceil(keyBits / 8);
    const data = allocated(Uint8Array, rows, codeBytes, 'codes');
    return {
      call: ({ vectors, first, rows: count }) => ({
        name: 'flyPseudoSigns',
        args: [
          vectors,
          count,
          dim,
          this.#connections,
          units,
          fanIn,
          keyBits,
          data.subarray(first * codeBytes),
        ],
      }),
      codes: () => BitCodes.written(data, keyBits),
    };
  }

  /** @internal */
  static fromParts(reader: PartsReader): DenseFly {
    reader.expectKind('DenseFly');
    const dim = reader.integer('dim', 1, MAX_DIM);
    const units = reader.integer('bits', 1, MAX_UNITS);
    const model = {
      ...{ dim, units },
      fanIn: reader.integer('fanIn', 1, dim),
      seed: reader.integer('seed', 0, Number.MAX_SAFE_INTEGER),
    };
    const connections = readConnections(reader, model);
    reader.end();
    return new DenseFly(MAKING, model, connections);
  }

  /** @internal */
  override [PARTS](): Parts {
    const { dim, units, fanIn, seed } = this.#model;
    const tensors = [connectionsTensor(this.#connections, this.#model)];
    return { kind: 'DenseFly', parameters: { dim, bits: units, fanIn, seed }, tensors };
  }

  protected override rowHash(rows: number): RowHash<BitCodes> {
    const { dim, units, fanIn } = this.#model;
    const codeBytes = Math.ceil(units / 8);
    const data = allocated(Uint8Array, rows, codeBytes, 'codes');
    return {
      call: ({ vectors, first, rows: count }) => ({
        name: 'flySigns',
        args: [
          vectors,
          count,
          dim,
          this.#connections,
          units,
          fanIn,
          data.subarray(first * codeBytes),
        ],
      }),
      codes: () => BitCodes.written(data, units),
    };
  }
}

registerKind('DenseFly', DenseFly.fromParts);
