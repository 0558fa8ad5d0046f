/**
 * FlyHash: the fruit fly's olfactory circuit as a locality-sensitive hash (Dasgupta, Stevens, Navlakha, Science
 * 358:793, 2017). Every unit sums a few random inputs, and the most active few percent of the units are the
 * code. With the same number of inputs for each unit, neither adding a constant to a vector nor scaling it by a positive
 * one changes the order of the units, so vectors need no normalisation (up to rounding).
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
import { SparseCodes } from '../codes/sparse-codes.ts';
import { registerKind } from '../files/kinds.ts';
import { PARTS, type Parts, type PartsReader } from '../files/parts.ts';
import { checkSeed } from '../random.ts';
import { MAX_DIM, VectorSource, type Vectors } from '../vectors.ts';
import { checkFanIn, drawConnections, MAX_UNITS, type NetworkSizes } from './connections.ts';
import { Hasher, type HashOptions, hashRows, type RowHash, type RowRun } from './hasher.ts';
import { connectionsTensor, readConnections } from './stored-connections.ts';

/** Options of {@link FlyHash.create}. */
export interface FlyHashOptions {
  /** Numbers a vector has. */
  dim: number;
  /** Units to choose winners from, 1 to 2^24; default 10 x dim. */
  units?: number;
  /** Winners of each vector, 1 to units; default a twentieth of the units, as in the fly. */
  active?: number;
  /** Inputs of a unit, 1 to dim; default a tenth of dim. */
  fanIn?: number;
  /** Decides the connections, 0 to 2^53 - 1; default 0. */
  seed?: number;
}

/** What {@link FlyHash.activations} gives. */
export interface FlyActivations {
  /** The codes, as `hash` gives them. */
  readonly codes: SparseCodes;
  /** The winners' sums, rows x active, in the order of codes.indices. */
  readonly values: Float32Array;
}

interface Model extends NetworkSizes {
  readonly active: number;
  readonly seed: number;
}

/**
 * Hashes a vector to the indices of its most active units; equal sums go to the unit with the smaller index.
 *
 * @example
 * ```ts
 * import { FlyHash } from 'flyhash';
 * const hasher = FlyHash.create({ dim: 50, units: 2000, active: 100, fanIn: 6, seed: 1 });
 * const codes = hasher.hash([Array.from({ length: 50 }, (_, i) => Math.sin(i))]);
 * console.assert(codes.rows === 1 && codes.row(0).length === 100);
 * ```
 */
export class FlyHash extends Hasher<SparseCodes> {
  readonly #model: Model;
  readonly #connections: Connections;

  private constructor(making: symbol, model: Model, connections?: Connections) {
    super(checkMaking(making, 'FlyHash', 'FlyHash.create', model).dim);
    this.#model = model;
    this.#connections = connections ?? drawConnections(model, model.seed);
  }

  /** Units that compete. */
  get units(): number {
    return this.#model.units;
  }

  /** Winners of each vector. */
  get active(): number {
    return this.#model.active;
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
  static create(options: FlyHashOptions): FlyHash {
    checkOptions(options, 'options', ['dim', 'units', 'active', 'fanIn', 'seed']);
    const dim = checkInteger(options.dim, 'dim', 1, MAX_DIM);
    const { units: givenUnits = Math.min(10 * dim, MAX_UNITS) } = options;
    const units = checkInteger(givenUnits, 'units', 1, MAX_UNITS);
    const { active = Math.max(1, Math.floor(units / 20)) } = options;
    return new FlyHash(MAKING, {
      dim,
      units,
      active: checkInteger(active, 'active', 1, units),
      fanIn: checkFanIn(dim, options.fanIn),
      seed: checkSeed(options.seed),
    });
  }

  /**
   * The codes together with the winners' sums, blocking the caller. The 2017 paper's own evaluation compares
   * these values by Euclidean distance; for storage and search the codes alone are meant.
   *
   * @param vectors rows x dim numbers, flat or as an array of rows.
   * @returns the codes, and the sums in the order of codes.indices: rows x active. Sums too large for float32 are
   * infinite.
   * @throws as {@link hash}.
   *
   * @example
   * ```ts
   * import { FlyHash } from 'flyhash';
   * const hasher = FlyHash.create({ dim: 20, units: 100, active: 4, seed: 1 });
   * const { codes, values } = hasher.activations(new Float32Array(40).fill(1));
   * console.assert(codes.rows === 2 && values.length === 8 && values[0] === hasher.fanIn);
   * ```
   */
  activations(vectors: Vectors, options: HashOptions = {}): FlyActivations {
    checkOptions(options, 'options', ['threads']);
    const threads = checkThreads(options.threads, 1);
    const source = new VectorSource(vectors, this.dim);
    const { active } = this.#model;
    const values = allocated(Float32Array, source.rows, active, 'values');
    const { call, codes } = this.#winners(source.rows, values);
    return hashRows(source, { call, codes: () => ({ codes: codes(), values }) }, threads);
  }

  /** @internal */
  static fromParts(reader: PartsReader): FlyHash {
    reader.expectKind('FlyHash');
    const dim = reader.integer('dim', 1, MAX_DIM);
    const units = reader.integer('units', 1, MAX_UNITS);
    const model = {
      ...{ dim, units },
      active: reader.integer('active', 1, units),
      fanIn: reader.integer('fanIn', 1, dim),
      seed: reader.integer('seed', 0, Number.MAX_SAFE_INTEGER),
    };
    const connections = readConnections(reader, model);
    reader.end();
    return new FlyHash(MAKING, model, connections);
  }

  /** @internal */
  override [PARTS](): Parts {
    const { dim, units, active, fanIn, seed } = this.#model;
    const tensors = [connectionsTensor(this.#connections, this.#model)];
    return { kind: 'FlyHash', parameters: { dim, units, active, fanIn, seed }, tensors };
  }

  protected override rowHash(rows: number): RowHash<SparseCodes> {
    return this.#winners(rows, undefined);
  }

  #winners(rows: number, values: Float32Array | undefined): RowHash<SparseCodes> {
    const { dim, units, fanIn, active } = this.#model;
    const indices = allocated(Uint32Array, rows, active, 'codes');
    const call = ({ vectors, first, rows: count }: RowRun) =>
      ({
        name: 'flyWinners',
        args: [
          vectors,
          count,
          dim,
          this.#connections,
          units,
          fanIn,
          active,
          indices.subarray(first * active),
          values?.subarray(first * active),
        ],
      }) as const;
    return { call, codes: () => SparseCodes.written(indices, { units, active }) };
  }
}

registerKind('FlyHash', FlyHash.fromParts);
