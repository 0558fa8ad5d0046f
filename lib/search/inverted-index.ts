/**
 * Exact search of sparse codes by overlap, the number of active units that two codes share: an inverted index, as
 * search engines have it for words, with units for words. Rows that share no unit with a query cost nothing and are
 * never found. Results do not depend on threads, batches, the form of the memory, or the order in which work was done.
 */

import { allocated, checkInteger, checkMaking, checkOptions, MAKING } from '../check.ts';
import { SparseCodes, type SparseSizes } from '../codes/sparse-codes.ts';
import { withoutMemory, wrongKind } from '../errors.ts';
import { corrupt, PARTS, type Parts, type PartsReader } from '../files/parts.ts';
import { type SharedIndex, sharedReader } from '../files/shared.ts';
import { hasBit } from './bitmap.ts';
import { KeyedIndex, type SearchRequest } from './keyed-index.ts';
import { type Neighbors, NO_ID } from './neighbors.ts';
import type { OverlapStore, StoredOverlaps } from './overlap-store.ts';
import { PostingBitmaps } from './posting-bitmaps.ts';
import { BLOCK_ROWS, type Lists, PostingLists } from './posting-lists.ts';
import type { Roster } from './roster.ts';
import type { SearchRun, SearchStep } from './search-run.ts';
import { readRoster, rosterParameters, rosterTensors } from './stored-keys.ts';

/** Most units that an indexed code may have. */
export const MAX_UNITS: number = 2 ** 22;

/** Units for each active one up to which bitmaps are no larger than codes and lists: units / 8 bytes against 8 each. */
const DENSE_UNITS = 64;

/** Options of {@link InvertedIndex.create}. */
export interface InvertedIndexOptions {
  /** Units of every code, 1 to 2^22. */
  units: number;
  /** Active units of every code, 1 to units. */
  active: number;
}

/** Neighbours by overlap, largest overlap first, ties by the smaller id. */
export interface Overlaps extends Neighbors<Uint32Array> {
  /** Active units that query and neighbour share, rows x k; 0 in the places after a query's count. */
  readonly overlaps: Uint32Array;
}

/** The form of memory that suits the codes: a fixed rule, so that the same codes are always stored alike. */
function emptyStore(sizes: SparseSizes): OverlapStore {
  const { units, active } = sizes;
  return units <= DENSE_UNITS * active ? new PostingBitmaps(sizes) : new PostingLists(sizes);
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

  private constructor(making: symbol, sizes: SparseSizes, store: OverlapStore, roster?: Roster) {
    super(roster, roster !== undefined && making === MAKING && isForeign(store));
    const { units, active } = checkMaking(making, 'InvertedIndex', 'InvertedIndex.create', sizes);
    this.units = units;
    this.active = active;
    this.#store = store;
  }
}
