/**
 * Exact search of binary codes by Hamming distance: every code is compared, so nothing is ever missed, at the
 * rate of the machine's memory for one query and of its arithmetic for many. Results do not depend on threads,
 * batches, or the order in which work was done.
 */

import { activeBackend } from '../backend/active.ts';
import { allocated, checkInteger, checkMaking, checkOptions, MAKING } from '../check.ts';
import { BitCodes } from '../codes/bit-codes.ts';
import { checkPadding } from '../codes/packed.ts';
import { withoutMemory, wrongKind } from '../errors.ts';
import { registerKind } from '../files/kinds.ts';
import { corrupt, PARTS, type Parts, type PartsReader } from '../files/parts.ts';
import { type SharedIndex, sharedReader } from '../files/shared.ts';
import { HammingStore, type StoredCodes, wordsOf } from './hamming-store.ts';
import { KeyedIndex, type SearchRequest } from './keyed-index.ts';
import { type Neighbors, NO_ID } from './neighbors.ts';
import type { Roster } from './roster.ts';
import type { SearchRun, SearchStep } from './search-run.ts';
import { readRoster, rosterParameters, rosterTensors } from './stored-keys.ts';

/** Most bits that an indexed code may have. */
export const MAX_CODE_BITS: number = 2 ** 24;

/** An asynchronous call hands over as many queries as compare this many codes' bytes for each byte of a chunk. */
const COMPARISONS_PER_BYTE = 4096;

/** Options of {@link HammingIndex.create}. */
export interface HammingIndexOptions {
  /** Bits of every code, 1 to 2^24. */
  bits: number;
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
    return new HammingRun(this.bits, this.#store.snapshot(), queries, k, allowed);
  }
}

registerKind('HammingIndex', HammingIndex.fromParts);

function adopted(codes: Uint8Array, bits: number): BitCodes {
  try {
    return BitCodes.adopt(codes, bits);
  } catch (error) {
    throw corrupt('codes', 'codes with zero padding', String(error));
  }
}

/** One search: its queries as words, and its results to be filled. */
class HammingRun implements SearchRun<Neighbors<Uint32Array>> {
  readonly queries: number;
  readonly chunkQueries: number;
  readonly #bits: number;
  readonly #codes: StoredCodes;
  readonly #words: BigUint64Array;
  readonly #found: Neighbors<Uint32Array>;

  constructor(
    bits: number,
    codes: StoredCodes,
    queries: BitCodes,
    k: number,
    _allowed: Uint8Array | undefined,
  ) {
    const { rows } = queries;
    const ids = allocated(Uint32Array, rows, k, 'results');
    const distances = allocated(Uint32Array, rows, k, 'results');
    if (k > codes.rows) {
      ids.fill(NO_ID);
      distances.fill(NO_ID);
    }
    this.queries = rows;
    this.#bits = bits;
    this.#codes = codes;
    this.#words = wordsOf(queries);
    this.#found = { rows, k, ids, distances, counts: new Uint32Array(rows) };
    const comparisons = activeBackend().chunkBytes * COMPARISONS_PER_BYTE;
    const bytes = codes.rows * Math.ceil(bits / 8) + 1;
    this.chunkQueries = Math.max(1, Math.floor(comparisons / bytes));
  }

  *steps(first: number, count: number): Iterable<SearchStep> {
    const { k, ids, distances, counts } = this.#found;
    const words = Math.ceil(this.#bits / 64);
    const end = first + count;
    yield {
      call: {
        name: 'hammingSearch',
        args: [
          this.#codes.store,
          this.#codes.tail,
          this.#codes.rows,
          this.#bits,
          this.#words.subarray(first * words, end * words),
          count,
          k,
          ids.subarray(first * k, end * k),
          distances.subarray(first * k, end * k),
          counts.subarray(first, end),
        ],
      },
    };
  }

  found(): Neighbors<Uint32Array> {
    return this.#found;
  }
}
