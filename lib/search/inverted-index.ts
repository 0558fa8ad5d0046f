/**
 * Exact search of sparse codes by overlap, the number of active units that two codes share: an inverted index, as
 * search engines have it for words, with units for words. Rows that share no unit with a query are never found. Results
 * do not depend on threads, batches, the form of the memory, or the order in which work was done.
 */

import { allocated, checkInteger, checkMaking, checkOptions, MAKING } from '../check.ts';
import { SparseCodes, type SparseSizes } from '../codes/sparse-codes.ts';
import { withoutMemory, wrongKind } from '../errors.ts';
import { registerKind } from '../files/kinds.ts';
import { corrupt, PARTS, type Parts, type PartsReader, type Tensor } from '../files/parts.ts';
import { type SharedIndex, sharedReader } from '../files/shared.ts';
import { KeyedIndex, type SearchRequest } from './keyed-index.ts';
import { OverlapRun, type Overlaps } from './overlap-run.ts';
import type { OverlapStore } from './overlap-store.ts';
import { PostingBitmaps } from './posting-bitmaps.ts';
import { BLOCK_ROWS, PostingLists } from './posting-lists.ts';
import type { Roster } from './roster.ts';
import { readRoster, rosterParameters, rosterTensors } from './stored-keys.ts';

/** Most units that an indexed code may have. */
export const MAX_UNITS: number = 2 ** 22;

/** Most active units of an indexed code: what counters of 16 bits can count. */
export const MAX_ACTIVE: number = 2 ** 16 - 1;

/** Units for each active one up to which a code's bits (units / 8 bytes) take no more than its units and postings. */
const DENSE_RATIO = 64;

/** Most units of which bitmaps are made: a block of them, the least there is, takes 64 bytes each. */
const DENSE_UNITS = 2 ** 18;

/** Options of {@link InvertedIndex.create}. */
export interface InvertedIndexOptions {
  /** Units of every code, 1 to 2^22. */
  units: number;
  /** Active units of every code, 1 to units and to 65,535. */
  active: number;
}

/** The form of memory that suits the codes: a fixed rule, so that the same codes are always stored alike. */
function isDense({ units, active }: SparseSizes): boolean {
  return units <= DENSE_RATIO * active && units <= DENSE_UNITS;
}

function emptyStore(sizes: SparseSizes): OverlapStore {
  return isDense(sizes) ? new PostingBitmaps(sizes) : new PostingLists(sizes);
}

/**
 * An index of sparse codes, all of the same number of active units. Codes are numbered from 0 in the order in which
 * they were added, and can have keys of their own. Queries may have another number of active units, of the same units.
 *
 * A neighbour shares at least one unit with the query; `counts` tells how many were found. `distances` are the Hamming
 * distances of the codes as bits: active units of both, less twice the overlap.
 *
 * @example
 * ```ts
 * import { InvertedIndex, SparseCodes } from 'flyhash';
 * const index = InvertedIndex.create({ units: 10, active: 2 });
 * index.add(SparseCodes.from(Uint32Array.of(1, 4, 0, 9, 4, 8), { units: 10, active: 2 }));
 * const query = SparseCodes.from(Uint32Array.of(1, 4), { units: 10, active: 2 });
 * const { ids, overlaps, distances, counts } = index.search(query, 3);
 * console.assert(ids[0] === 0 && overlaps[0] === 2 && distances[0] === 0);
 * console.assert(ids[1] === 2 && overlaps[1] === 1 && distances[1] === 2);
 * console.assert(counts[0] === 2); // row 1 has no unit of the query
 * ```
 */
export class InvertedIndex extends KeyedIndex<SparseCodes, SparseCodes, SparseCodes, Overlaps> {
  /** Units of every code. */
  readonly units: number;
  /** Active units of every code. */
  readonly active: number;
  protected readonly itemsName = 'codes';
  readonly #store: OverlapStore;

  private constructor(
    making: symbol,
    sizes: SparseSizes,
    store?: OverlapStore,
    roster?: Roster,
    foreign = false,
  ) {
    super(roster, foreign);
    const { units, active } = checkMaking(making, 'InvertedIndex', 'InvertedIndex.create', sizes);
    this.units = units;
    this.active = active;
    this.#store = store ?? emptyStore(sizes);
  }

  /**
   * An empty index.
   *
   * @throws RangeError when units is not a whole number from 1 to 2^22, or active from 1 to units and to 65,535.
   */
  static create(options: InvertedIndexOptions): InvertedIndex {
    checkOptions(options, 'options', ['units', 'active']);
    const units = checkInteger(options.units, 'units', 1, MAX_UNITS);
    const active = checkInteger(options.active, 'active', 1, Math.min(units, MAX_ACTIVE));
    return new InvertedIndex(MAKING, { units, active });
  }

  /**
   * An index over shared memory, as {@link InvertedIndex.share} of another thread gave it: searched without a copy,
   * copied before it is written to.
   *
   * @throws TypeError, RangeError or FlyhashError (ERR_CORRUPT_FILE) when it is not what share() gives.
   */
  static fromShared(shared: SharedIndex): InvertedIndex {
    const reader = sharedReader(shared);
    const sizes = readSizes(reader);
    const roster = readRoster(reader);
    const store = sharedStore(reader, sizes, roster.rows);
    reader.end();
    return new InvertedIndex(MAKING, sizes, store, roster, true);
  }

  /** @internal */
  static fromParts(reader: PartsReader): InvertedIndex {
    const sizes = readSizes(reader);
    const roster = readRoster(reader);
    const codes = reader.tensor('codes', Uint32Array, [roster.rows, sizes.active]);
    reader.end();
    const ids = Uint32Array.from(roster.ids());
    const store = emptyStore(sizes);
    store.write(livingCodes(codes, ids, sizes), ids, roster.rows);
    return new InvertedIndex(MAKING, sizes, store, roster);
  }

  /** @internal */
  override [PARTS](): Parts {
    const codes = this.#store.read(0, this.rows);
    return this.#parts([{ name: 'codes', shape: [this.rows, this.active], data: codes }]);
  }

  protected override sharedParts(): Parts {
    return this.#parts(this.#store.tensors());
  }

  #parts(tensors: readonly Tensor[]): Parts {
    const { units, active } = this;
    return {
      kind: 'InvertedIndex',
      parameters: { units, active, ...rosterParameters(this.roster) },
      tensors: [...tensors, ...rosterTensors(this.roster)],
    };
  }

  /** Copied and checked again: the owner of adopted indices may have written to them, and may do so later. */
  protected ready(codes: SparseCodes, name: string): SparseCodes {
    if (!(codes instanceof SparseCodes)) throw wrongKind(name, 'SparseCodes', codes);
    if (codes.units !== this.units) {
      throw new RangeError(
        `${name} must have ${this.units} units, as the index, got ${codes.units}`,
      );
    }
    if (name === this.itemsName && codes.active !== this.active) {
      throw new RangeError(
        `${name} must have ${this.active} active units, as the index, got ${codes.active}`,
      );
    }
    if (codes.indices.length !== codes.rows * codes.active) throw withoutMemory(name);
    const indices = allocated(Uint32Array, codes.rows, codes.active, name);
    indices.set(codes.indices);
    return SparseCodes.adopt(indices, { units: codes.units, active: codes.active });
  }

  protected write(codes: SparseCodes, ids: Uint32Array, rows: number): void {
    this.#store.write(codes.indices, ids, rows);
  }

  protected erase(ids: Uint32Array): void {
    this.#store.erase(ids);
  }

  protected unshare(): void {
    this.#store.unshare();
  }

  protected row(id: number): SparseCodes {
    return SparseCodes.written(this.#store.read(id, 1), this);
  }

  protected prepare({ queries, k, allowed }: SearchRequest<SparseCodes>): OverlapRun {
    return new OverlapRun(this.active, this.#store, queries, k, allowed);
  }
}

registerKind('InvertedIndex', InvertedIndex.fromParts);

function readSizes(reader: PartsReader): SparseSizes {
  reader.expectKind('InvertedIndex');
  const units = reader.integer('units', 1, MAX_UNITS);
  return { units, active: reader.integer('active', 1, Math.min(units, MAX_ACTIVE)) };
}

/** The codes of the rows that live, checked; the others must be zero. */
function livingCodes(codes: Uint32Array, ids: Uint32Array, sizes: SparseSizes): Uint32Array {
  const { active } = sizes;
  const living = allocated(Uint32Array, ids.length, active, 'codes');
  let next = 0;
  const expectZeros = (end: number): void => {
    const bad = codes.subarray(next * active, end * active).findIndex((unit) => unit !== 0);
    if (bad >= 0) throw corrupt('codes of rows that were removed', 'zero', 'other units');
  };
  for (let i = 0; i < ids.length; i++) {
    if (ids[i] !== next) expectZeros(ids[i]);
    living.set(codes.subarray(ids[i] * active, (ids[i] + 1) * active), i * active);
    next = ids[i] + 1;
  }
  expectZeros(codes.length / active);
  try {
    return SparseCodes.adopt(living, sizes).indices;
  } catch (error) {
    throw corrupt('codes', 'ascending units', String(error));
  }
}

/** The store in shared memory. What is small is copied; the kernels are safe from the rest. */
function sharedStore(reader: PartsReader, sizes: SparseSizes, rows: number): OverlapStore {
  const { units, active } = sizes;
  if (isDense(sizes)) {
    const shape = [Math.ceil(rows / 512), units, 8];
    return PostingBitmaps.over(sizes, rows, reader.tensor('bitmaps', BigUint64Array, shape));
  }
  const codes = reader.tensor('codes', Uint32Array, [rows, active]);
  const starts = reader.tensor('starts', Uint32Array, [undefined, units + 1]);
  const blocks = starts.length / (units + 1);
  const offsets = reader.tensor('offsets', Uint16Array, [blocks, BLOCK_ROWS, active]);
  const tailOffsets = reader.tensor('tail.offsets', Uint16Array, [undefined]);
  const tailStarts = reader.tensor('tail.starts', Uint32Array, [undefined]);
  const stale = reader.tensor('stale', Uint32Array, [undefined]).slice();
  if (blocks * BLOCK_ROWS > rows) throw corrupt('tensor starts', `of ${rows} rows`, blocks);
  if (tailStarts.length !== 0 && tailStarts.length !== units + 1) {
    throw corrupt('tensor tail.starts', `of 0 or ${units + 1} numbers`, tailStarts.length);
  }
  if (tailStarts.length === 0 && tailOffsets.length > 0) {
    throw corrupt('tensor tail.offsets', 'empty, as tail.starts', tailOffsets.length);
  }
  if (stale.some((id, i) => id >= rows || (i > 0 && id <= stale[i - 1]))) {
    throw corrupt('tensor stale', `ascending ids below ${rows}`, 'others');
  }
  const sealed = { offsets, starts };
  const tail = { offsets: tailOffsets, starts: tailStarts };
  return PostingLists.over(sizes, rows, { codes, sealed, tail, stale });
}
