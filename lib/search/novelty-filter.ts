/**
 * How new is this? The fly Bloom filter (Dasgupta, Sheehan, Stevens, Navlakha, "A neural data structure for novelty
 * detection", PNAS 2018): what resembles a row that was inserted is less novel than what does not, in constant
 * memory and in the time of a row's active units. Rows are inserted in order and arithmetic is float32 in a fixed
 * order, so that equal streams give equal numbers everywhere.
 */

import {
  allocated,
  checkCallback,
  checkInteger,
  checkMaking,
  checkOptions,
  checkSignal,
  MAKING,
} from '../check.ts';
import { checkAscending, SparseCodes } from '../codes/sparse-codes.ts';
import { withoutMemory, wrongKind, wrongValue } from '../errors.ts';
import { eventLoopTurn } from '../event-loop.ts';
import { registerKind } from '../files/kinds.ts';
import { PARTS, type Parts, type PartsReader } from '../files/parts.ts';
import { type SharedIndex, sharedCopy, sharedReader } from '../files/shared.ts';
import { Stored } from '../files/stored.ts';
import { MAX_UNITS } from '../hash/connections.ts';
import type { Progress } from '../hash/hasher.ts';
import {
  type ActiveUnits,
  freshWeights,
  NoveltyWeights,
  type Plasticity,
} from './novelty-weights.ts';
import { checkDecay, checkRecovery, noveltyParts, readNovelty } from './stored-novelty.ts';

/** Active units that an asynchronous call visits at a time: about a millisecond or two of work. */
const TURN_UNITS = 2 ** 18;

/** Options of {@link NoveltyFilter.create}. */
export interface NoveltyFilterOptions {
  /** Units of every code, 1 to 2^24. */
  units: number;
  /** What an active unit's weight is multiplied by when a row is inserted, from 0 to below 1; default 0. */
  decay?: number;
  /** What an inactive unit's weight grows by when a row is inserted, up to weight 1, from 0 to 1; default 0. */
  recovery?: number;
}

/** Options of the asynchronous methods of {@link NoveltyFilter}. */
export interface NoveltyAsyncOptions {
  /** Aborting rejects with `signal.reason` within a few milliseconds; rows inserted by then stay inserted. */
  signal?: AbortSignal;
  /** Called as rows are done, ascending; the last call has done = total. */
  onProgress?: (progress: Progress) => void;
}

/** What is done with some rows; scores go to novelty. */
type Pass = (units: ActiveUnits, novelty: Float32Array) => void;

/**
 * A filter that tells how novel sparse codes are: 1 where nothing like them was inserted, 0 where all their units
 * were (with decay 0). With decay above 0 a single insertion makes familiar only in part; with recovery above 0 the
 * filter forgets.
 *
 * After t insertions a unit that had weight w after its last one, s, has weight min(1, w + recovery x (t - s)); it
 * starts with weight 1 at s = 0. An insertion sets the weights of a row's active units to decay x weight. The novelty
 * of a row is the sum of its active units' weights, ascending, divided by their number. Decay and recovery are rounded
 * to float32 first, and every product, sum and quotient is rounded to float32.
 *
 * @example
 * ```ts
 * import { NoveltyFilter, SparseCodes } from 'flyhash';
 * const filter = NoveltyFilter.create({ units: 8 });
 * filter.add(SparseCodes.from(Uint32Array.of(1, 4), { units: 8, active: 2 }));
 * const asked = SparseCodes.from(Uint32Array.of(1, 4, 4, 5, 0, 7), { units: 8, active: 2 });
 * console.assert(filter.novelty(asked).join() === '0,0.5,1');
 * ```
 */
export class NoveltyFilter extends Stored {
  /** Units of every code. */
  readonly units: number;
  /** What an active unit's weight is multiplied by, as float32. */
  readonly decay: number;
  /** What an inactive unit's weight grows by, as float32. */
  readonly recovery: number;
  readonly #weights: NoveltyWeights;

  private constructor(making: symbol, plasticity: Plasticity, weights: NoveltyWeights) {
    super();
    checkMaking(making, 'NoveltyFilter', 'NoveltyFilter.create', weights);
    this.units = weights.state.weights.length;
    this.decay = plasticity.decay;
    this.recovery = plasticity.recovery;
    this.#weights = weights;
  }

  /**
   * A filter in which nothing has been inserted.
   *
   * @throws TypeError and RangeError for wrong options.
   */
  static create(options: NoveltyFilterOptions): NoveltyFilter {
    checkOptions(options, 'options', ['units', 'decay', 'recovery']);
    const units = checkInteger(options.units, 'units', 1, MAX_UNITS);
    const { decay = 0, recovery = 0 } = options;
    const plasticity = { decay: checkDecay(decay), recovery: checkRecovery(recovery) };
    const weights = new NoveltyWeights(plasticity, freshWeights(units, plasticity));
    return new NoveltyFilter(MAKING, plasticity, weights);
  }

  /**
   * A filter of its own that starts as the one was that another thread shared: `share` copies, and so does this.
   *
   * @throws TypeError, RangeError or FlyhashError (ERR_CORRUPT_FILE) when it is not what share() gives.
   */
  static fromShared(shared: SharedIndex): NoveltyFilter {
    return NoveltyFilter.fromParts(sharedReader(shared));
  }

  /** @internal */
  static fromParts(reader: PartsReader): NoveltyFilter {
    const [plasticity, state] = readNovelty(reader);
    return new NoveltyFilter(MAKING, plasticity, new NoveltyWeights(plasticity, state));
  }

  /** @internal */
  override [PARTS](): Parts {
    return noveltyParts(this, this.#weights.state);
  }

  /** The filter of now in shared memory, to be posted to workers; later rows do not show in it. */
  share(): SharedIndex {
    return sharedCopy(this[PARTS]());
  }

  /** Rows inserted. */
  get count(): number {
    return this.#weights.count;
  }

  /**
   * The novelty of each row, 0 to 1.
   *
   * @param codes codes of as many units as the filter has, any number of them active.
   * @throws TypeError unless codes are SparseCodes that have their memory, RangeError when they have other units.
   */
  novelty(codes: SparseCodes): Float32Array {
    return this.#run(codes, this.#score);
  }

  /** Inserts the rows in order; on failure none of them. */
  add(codes: SparseCodes): void {
    this.#run(codes, this.#insert);
  }

  /** For streams: the novelty of each row just before it is inserted; on failure none is. */
  addAndScore(codes: SparseCodes): Float32Array {
    return this.#run(codes, this.#scoreAndInsert);
  }

  /**
   * As {@link novelty}, for long batches: on the calling thread, a millisecond or two at a time. The codes are read
   * and compared with the filter as it is then, while the call runs.
   *
   * @throws (rejects) as {@link novelty}; with `signal.reason` when aborted.
   */
  async noveltyAsync(codes: SparseCodes, options: NoveltyAsyncOptions = {}): Promise<Float32Array> {
    return this.#runAsync(codes, this.#score, options);
  }

  /** As {@link add}, like {@link noveltyAsync}: `count` tells how many rows are inserted so far, or were at a failure. */
  async addAsync(codes: SparseCodes, options: NoveltyAsyncOptions = {}): Promise<void> {
    await this.#runAsync(codes, this.#insert, options);
  }

  /** As {@link addAndScore}, like {@link addAsync}. */
  async addAndScoreAsync(
    codes: SparseCodes,
    options: NoveltyAsyncOptions = {},
  ): Promise<Float32Array> {
    return this.#runAsync(codes, this.#scoreAndInsert, options);
  }

  /** Forgets everything. */
  reset(): void {
    this.#weights.reset();
  }

  /**
   * Inserts what was inserted in another filter. Defined where the order of rows does not matter and weights are
   * exact: both filters must have decay 0 and recovery 0.
   *
   * @throws TypeError unless other is a NoveltyFilter, RangeError when it has other units, or for another decay or
   * recovery.
   *
   * @example
   * ```ts
   * import { NoveltyFilter, SparseCodes } from 'flyhash';
   * const [a, b] = [0, 1].map(() => NoveltyFilter.create({ units: 4 }));
   * a.add(SparseCodes.from(Uint32Array.of(0), { units: 4, active: 1 }));
   * b.add(SparseCodes.from(Uint32Array.of(3), { units: 4, active: 1 }));
   * a.merge(b);
   * console.assert(a.count === 2);
   * console.assert(a.novelty(SparseCodes.from(Uint32Array.of(0, 3), { units: 4, active: 2 }))[0] === 0);
   * ```
   */
  merge(other: NoveltyFilter): void {
    if (!(other instanceof NoveltyFilter)) throw wrongKind('other', 'NoveltyFilter', other);
    if (other.units !== this.units) {
      throw wrongValue('other.units', `${this.units}, as in this filter`, other.units);
    }
    for (const [name, filter] of [
      ['this', this],
      ['other', other],
    ] as const) {
      if (filter.decay !== 0) throw wrongValue(`${name}.decay`, '0 to merge', filter.decay);
      if (filter.recovery !== 0)
        throw wrongValue(`${name}.recovery`, '0 to merge', filter.recovery);
    }
    this.#weights.intersect(other.#weights);
  }

  readonly #score: Pass = (units, novelty) => this.#weights.score(units, novelty);
  readonly #insert: Pass = (units) => this.#weights.insert(units);
  readonly #scoreAndInsert: Pass = (units, novelty) => this.#weights.scoreAndInsert(units, novelty);

  #checkedCodes(codes: SparseCodes): SparseCodes {
    if (!(codes instanceof SparseCodes)) throw wrongKind('codes', 'SparseCodes', codes);
    if (codes.units !== this.units) {
      throw new RangeError(
        `codes must have ${this.units} units, as the filter, got ${codes.units}`,
      );
    }
    return codes;
  }

  #run(codes: SparseCodes, pass: Pass): Float32Array {
    const { rows } = this.#checkedCodes(codes);
    const novelty = allocated(Float32Array, rows, 1, 'novelty');
    pass(ownUnits(codes, 0, rows), novelty);
    return novelty;
  }

  async #runAsync(
    codes: SparseCodes,
    pass: Pass,
    options: NoveltyAsyncOptions,
  ): Promise<Float32Array> {
    checkOptions(options, 'options', ['signal', 'onProgress']);
    const onProgress = checkCallback(options.onProgress, 'onProgress');
    const signal = checkSignal(options.signal);
    const { rows, active } = this.#checkedCodes(codes);
    const novelty = allocated(Float32Array, rows, 1, 'novelty');
    const step = Math.max(1, Math.floor(TURN_UNITS / active));
    for (let first = 0; first < rows; first += step) {
      await eventLoopTurn();
      signal?.throwIfAborted();
      const end = Math.min(first + step, rows);
      pass(ownUnits(codes, first, end), novelty.subarray(first, end));
      onProgress?.({ done: end, total: rows });
    }
    signal?.throwIfAborted();
    return novelty;
  }
}

registerKind('NoveltyFilter', NoveltyFilter.fromParts);

/** Rows first .. end - 1, checked again, as the owner of adopted indices may have written to them. */
function ownUnits(codes: SparseCodes, first: number, end: number): ActiveUnits {
  const { units, active } = codes;
  if (codes.indices.length !== codes.rows * active) throw withoutMemory('codes');
  const view = codes.indices.subarray(first * active, end * active);
  // What another thread can write to is copied before it is checked.
  const indices = view.buffer instanceof ArrayBuffer ? view : view.slice();
  checkAscending(indices, units, active);
  return { indices, active };
}
