/**
 * Exact search of binary codes by Hamming distance: every code is compared, so nothing is ever missed, at the
 * rate of the machine's memory for one query and of its arithmetic for many. Results do not depend on threads,
 * batches, or the order in which work was done.
 */

import { checkInteger, checkMaking, checkOptions, checkThreads, MAKING } from '../check.ts';
import { BitCodes } from '../codes/bit-codes.ts';
import { checkPadding } from '../codes/packed.ts';
import { withoutMemory, wrongKind } from '../errors.ts';
import { registerKind } from '../files/kinds.ts';
import { corrupt, PARTS, type Parts, type PartsReader } from '../files/parts.ts';
import { type SharedIndex, sharedReader } from '../files/shared.ts';
import { HammingRangeRun, HammingRun } from './hamming-run.ts';
import { HammingStore } from './hamming-store.ts';
import type { CodePairs } from './join-pairs.ts';
import { KeyedIndex, type SearchRequest } from './keyed-index.ts';
import type { Key } from './keys.ts';
import type { Neighbors, RangeNeighbors } from './neighbors.ts';
import type { Filter, Roster } from './roster.ts';
import {
  checkSearchAsync,
  runSearch,
  runSearchAsync,
  SEARCH_ASYNC_OPTIONS,
  SEARCH_OPTIONS,
  type SearchAsyncOptions,
  type SearchOptions,
} from './search-run.ts';
import { selfJoin } from './self-join.ts';
import { readRoster, rosterParameters, rosterTensors } from './stored-keys.ts';

/** Most bits that an indexed code may have. */
export const MAX_CODE_BITS: number = 2 ** 24;

/** Most results of a range search, and how many there may be unless it is said: a gibibyte. */
const MOST_RESULTS = 2 ** 30;
const USUAL_LIMIT = 2 ** 27;

/** Options of {@link HammingIndex.create}. */
export interface HammingIndexOptions {
  /** Bits of every code, 1 to 2^24. */
  bits: number;
}

/** Options of a blocking range search. */
export interface RangeSearchOptions extends SearchOptions {
  /** Most results of all queries together, 8 bytes each; more are an error. Default 2^27, at most 2^30. */
  limit?: number;
}

/** Options of an asynchronous range search. */
export interface RangeSearchAsyncOptions extends SearchAsyncOptions {
  /** Most results of all queries together, 8 bytes each; more are an error. Default 2^27, at most 2^30. */
  limit?: number;
}

/**
 * An index of binary codes that is searched exhaustively and exactly. Codes are numbered from 0 in the order in
 * which they were added, and can have keys of their own.
 *
 * @example
 * ```ts
 * import { BitCodes, HammingIndex } from 'flyhash';
 * const index = HammingIndex.create({ bits: 8 });
 * index.add(BitCodes.from(Uint8Array.of(0b11110000, 0b11111111, 0b00000001), 8));
 * const { ids, distances } = index.search(BitCodes.from(Uint8Array.of(0b11110001), 8), 2);
 * console.assert(ids[0] === 0 && distances[0] === 1);
 * console.assert(ids[1] === 1 && distances[1] === 3);
 * ```
 */
export class HammingIndex extends KeyedIndex<BitCodes, BitCodes, BitCodes, Neighbors<Uint32Array>> {
  /** Bits of every code. */
  readonly bits: number;
  protected readonly itemsName = 'codes';
  readonly #store: HammingStore;

  private constructor(
    making: symbol,
    bits: number,
    store = new HammingStore(bits),
    roster?: Roster,
    foreign = false,
  ) {
    super(roster, foreign);
    this.bits = checkMaking(making, 'HammingIndex', 'HammingIndex.create', bits);
    this.#store = store;
  }

  /**
   * An empty index.
   *
   * @throws RangeError when bits is not a whole number from 1 to 2^24.
   */
  static create(options: HammingIndexOptions): HammingIndex {
    checkOptions(options, 'options', ['bits']);
    return new HammingIndex(MAKING, checkInteger(options.bits, 'bits', 1, MAX_CODE_BITS));
  }

  /**
   * An index over shared memory, as {@link HammingIndex.share} of another thread gave it: searched without a copy,
   * copied before it is written to.
   *
   * @throws TypeError, RangeError or FlyhashError (ERR_CORRUPT_FILE) when it is not what share() gives.
   */
  static fromShared(shared: SharedIndex): HammingIndex {
    const reader = sharedReader(shared);
    reader.expectKind('HammingIndex');
    const bits = reader.integer('bits', 1, MAX_CODE_BITS);
    const roster = readRoster(reader);
    const words = Math.ceil(bits / 64);
    const memory = reader.tensor('store', BigUint64Array, [Math.ceil(roster.rows / 8), words, 8]);
    reader.end();
    const store = HammingStore.over(bits, roster.rows, memory);
    return new HammingIndex(MAKING, bits, store, roster, true);
  }

  /** @internal */
  static fromParts(reader: PartsReader): HammingIndex {
    reader.expectKind('HammingIndex');
    const bits = reader.integer('bits', 1, MAX_CODE_BITS);
    const roster = readRoster(reader);
    const codes = reader.tensor('codes', Uint8Array, [roster.rows, Math.ceil(bits / 8)]);
    reader.end();
    const store = new HammingStore(bits);
    store.append(adopted(codes, bits));
    return new HammingIndex(MAKING, bits, store, roster);
  }

  /** @internal */
  override [PARTS](): Parts {
    const { rows, bytes } = this.#store;
    const codes = { name: 'codes', shape: [rows, bytes], data: this.#store.read(0, rows) };
    return {
      kind: 'HammingIndex',
      parameters: { bits: this.bits, ...rosterParameters(this.roster) },
      tensors: [codes, ...rosterTensors(this.roster)],
    };
  }

  protected override sharedParts(): Parts {
    const shape = [Math.ceil(this.rows / 8), this.#store.words, 8];
    return {
      kind: 'HammingIndex',
      parameters: { bits: this.bits, ...rosterParameters(this.roster) },
      tensors: [
        { name: 'store', shape, data: this.#store.memory() },
        ...rosterTensors(this.roster),
      ],
    };
  }

  /**
   * All codes within a radius of each query, blocking the caller: smaller distance first, then smaller id.
   *
   * @param queries codes of as many bits as the index has.
   * @param radius largest distance, from 0; from `bits` on every code is found.
   * @param options threads, filter, and limit: how many results there may be in all.
   * @returns ids and distances of all queries, one after the other: those of query i from starts[i] to starts[i + 1].
   * @throws TypeError for a wrong kind; RangeError for a wrong value, and when there are more results than limit,
   * saying how many.
   *
   * @example
   * ```ts
   * import { BitCodes, HammingIndex } from 'flyhash';
   * const index = HammingIndex.create({ bits: 8 });
   * index.add(BitCodes.from(Uint8Array.of(0b11110000, 0b11111111, 0b11110011), 8), ['a', 'b', 'c']);
   * const { keys, distances, starts } = index.rangeSearch(BitCodes.from(Uint8Array.of(0b11110001), 8), 2);
   * console.assert(keys?.join() === 'a,c' && distances.join() === '1,1' && starts.join() === '0,2');
   * ```
   */
  rangeSearch(queries: BitCodes, radius: number, options: RangeSearchOptions = {}): RangeNeighbors {
    checkOptions(options, 'options', [...SEARCH_OPTIONS, 'limit']);
    const threads = checkThreads(options.threads, 1);
    const run = this.#prepareRange(queries, radius, options.limit, options.filter);
    return withRangeKeys(runSearch(run, threads), this.roster.keys);
  }

  /**
   * As {@link rangeSearch}, by the package's own threads while the event loop stays free. The index, the queries and
   * the filter are those of the moment of the call.
   *
   * @throws (rejects) as {@link rangeSearch}; with `signal.reason` when aborted.
   */
  async rangeSearchAsync(
    queries: BitCodes,
    radius: number,
    options: RangeSearchAsyncOptions = {},
  ): Promise<RangeNeighbors> {
    checkOptions(options, 'options', [...SEARCH_ASYNC_OPTIONS, 'limit']);
    const checked = checkSearchAsync(options);
    const run = this.#prepareRange(queries, radius, options.limit, options.filter);
    return this.leased(async (keys) => withRangeKeys(await runSearchAsync(run, checked), keys));
  }

  /**
   * All pairs of codes within a radius: near duplicates. A stream of blocks of up to 65,536 pairs, by ascending left id,
   * then right id; each pair once. The next block is computed, by the package's own threads, when it is asked for;
   * leaving the loop ends the work. Index and filter are those of the moment of the call.
   *
   * Small radii are found by tables over blocks of the bits (multi-index hashing), where the codes are random enough;
   * else every pair is compared. Memory, however many pairs there are: the codes twice, 4 bytes a row, the tables (4
   * bytes a row each, mostly radius + 1 of them; 4 GiB at most), and a few MiB a thread.
   *
   * @param radius largest distance, from 0; from `bits` on every pair is found.
   * @param options as of {@link searchAsync}; progress counts rows that have been paired with all later ones.
   * @throws TypeError or RangeError at the call; rejects with `signal.reason` when aborted.
   *
   * @example
   * ```ts
   * import { BitCodes, HammingIndex } from 'flyhash';
   * const index = HammingIndex.create({ bits: 8 });
   * index.add(BitCodes.from(Uint8Array.of(0b11110000, 0b00000001, 0b11110001), 8), ['a', 'b', 'c']);
   * for await (const { count, leftKeys, rightKeys, distances } of index.selfJoin(1)) {
   *   console.assert(count === 1 && distances[0] === 1);
   *   console.assert(leftKeys?.[0] === 'a' && rightKeys?.[0] === 'c');
   * }
   * ```
   */
  selfJoin(radius: number, options: SearchAsyncOptions = {}): AsyncGenerator<CodePairs, void> {
    checkOptions(options, 'options', SEARCH_ASYNC_OPTIONS);
    const checked = checkSearchAsync(options);
    checkInteger(radius, 'radius', 0, MAX_CODE_BITS);
    const { filter } = options;
    const wanted = filter === undefined ? undefined : this.roster.wanted(filter);
    const allowed = this.roster.current(wanted); // the filter runs code of the caller: it comes first
    const { keys } = this.roster;
    const codes = this.#store.snapshot();
    const source = { bits: this.bits, codes, allowed, keys, release: this.lease() };
    return selfJoin(source, Math.min(radius, this.bits), checked);
  }

  protected ready(codes: BitCodes, name: string): BitCodes {
    if (!(codes instanceof BitCodes)) throw wrongKind(name, 'BitCodes', codes);
    if (codes.bits !== this.bits) {
      throw new RangeError(`${name} must have ${this.bits} bits, as the index, got ${codes.bits}`);
    }
    if (codes.data.length !== codes.rows * codes.bytes) throw withoutMemory(name);
    checkPadding(codes.data, codes.bits, name); // the owner of adopted bytes may have written to them
    return codes;
  }

  protected write(codes: BitCodes, ids: Uint32Array, rows: number): void {
    this.#store.write(codes, ids, rows);
  }

  protected erase(ids: Uint32Array): void {
    this.#store.erase(ids);
  }

  protected unshare(): void {
    this.#store.unshare();
  }

  protected row(id: number): BitCodes {
    return BitCodes.written(this.#store.read(id, 1), this.bits);
  }

  protected prepare({ queries, k, allowed }: SearchRequest<BitCodes>): HammingRun {
    return new HammingRun({ bits: this.bits, codes: this.#store.snapshot(), queries, allowed }, k);
  }

  #prepareRange(
    queries: BitCodes,
    radius: number,
    limit = USUAL_LIMIT,
    filter?: Filter,
  ): HammingRangeRun {
    checkInteger(radius, 'radius', 0, MAX_CODE_BITS);
    checkInteger(limit, 'limit', 0, MOST_RESULTS);
    const asked = this.asked(queries, filter);
    const request = { bits: this.bits, codes: this.#store.snapshot(), ...asked };
    return new HammingRangeRun(request, radius, limit);
  }
}

/** The result with the keys of its ids, where the index has keys. */
function withRangeKeys(
  found: RangeNeighbors,
  keys: readonly (Key | undefined)[] | undefined,
): RangeNeighbors {
  if (keys === undefined) return found;
  return { ...found, keys: Array.from(found.ids, (id) => keys[id] as Key) };
}

registerKind('HammingIndex', HammingIndex.fromParts);

function adopted(codes: Uint8Array, bits: number): BitCodes {
  try {
    return BitCodes.adopt(codes, bits);
  } catch (error) {
    throw corrupt('codes', 'codes with zero padding', String(error));
  }
}
