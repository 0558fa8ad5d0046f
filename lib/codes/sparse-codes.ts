/**
 * Sparse binary codes: for each row the indices of its active units, the output of FlyHash and BioHash. Every row
 * has the same number of active units, ascending. Every way in copies and checks, so that codes never change behind
 * an index's back.
 */

import {
  allocated,
  checkInteger,
  checkMaking,
  checkOptions,
  checkTypedArray,
  MAKING,
} from '../check.ts';
import { withoutMemory, wrongKind } from '../errors.ts';
import { registerKind } from '../files/kinds.ts';
import { PARTS, type Parts, type PartsReader } from '../files/parts.ts';
import { Stored } from '../files/stored.ts';
import { BitCodes } from './bit-codes.ts';
import {
  checkCount,
  checkRow,
  checkWholeRows,
  MAX_COUNT,
  sameElements,
  sliceBounds,
} from './packed.ts';

/** The sizes of sparse codes: how many units there are, and how many of them are active in each row. */
export interface SparseSizes {
  /** Units of a code; active ones are numbered below it. */
  readonly units: number;
  /** Active units of each code. */
  readonly active: number;
}

/**
 * Rows of sparse binary codes.
 *
 * @example
 * ```ts
 * import { SparseCodes } from 'flyhash';
 * const codes = SparseCodes.from(Uint32Array.of(1, 4, 0, 9), { units: 10, active: 2 });
 * console.assert(codes.rows === 2 && codes.row(1)[1] === 9); // row 1 is [0, 9]
 * console.assert(codes.toBitCodes().bit(1, 9) === 1);
 * ```
 */
export class SparseCodes extends Stored {
  /** Number of codes. */
  readonly rows: number;
  /** Units: indices are below this. */
  readonly units: number;
  /** Active units of each code. */
  readonly active: number;
  /** Indices of active units, rows x active, ascending within a row. Treat as read-only. */
  readonly indices: Uint32Array;

  private constructor(making: symbol, indices: Uint32Array, units: number, active: number) {
    super();
    checkMaking(making, 'SparseCodes', 'SparseCodes.from', indices);
    this.rows = indices.length / active;
    this.units = units;
    this.active = active;
    this.indices = indices;
    Object.freeze(this);
  }

  /**
   * Codes copied from indices.
   *
   * @param indices rows x active indices, ascending within a row and below units
   * @throws RangeError when indices is no whole number of rows, or a row does not ascend below units
   */
  static from(indices: Uint32Array, sizes: SparseSizes): SparseCodes {
    checkTypedArray(indices, 'indices', Uint32Array);
    return SparseCodes.adopt(new Uint32Array(indices), sizes);
  }

  /**
   * Codes over the given indices themselves, without a copy: for indices that nobody else will write, such as fresh
   * output of a kernel or a shared buffer that is complete. Checked as `from` checks.
   */
  static adopt(indices: Uint32Array, sizes: SparseSizes): SparseCodes {
    checkTypedArray(indices, 'indices', Uint32Array);
    checkOptions(sizes, 'sizes', ['units', 'active']);
    const units = checkCount(sizes.units, 'units');
    const active = checkInteger(sizes.active, 'active', 1, units);
    checkWholeRows(indices.length, 'indices', active, 'active units');
    checkAscending(indices, units, active);
    // A plain Uint32Array, whatever subclass came.
    return new SparseCodes(
      MAKING,
      new Uint32Array(indices.buffer, indices.byteOffset, indices.length),
      units,
      active,
    );
  }

  /**
   * Codes over indices that a kernel of this package wrote: nothing is checked, as a check would take a tenth of the
   * time of the hash.
   * @internal
   */
  static written(indices: Uint32Array, { units, active }: SparseSizes): SparseCodes {
    return new SparseCodes(MAKING, indices, units, active);
  }

  /** @internal */
  static fromParts(reader: PartsReader): SparseCodes {
    reader.expectKind('SparseCodes');
    const units = reader.integer('units', 1, MAX_COUNT);
    const active = reader.integer('active', 1, units);
    const indices = reader.tensor('indices', Uint32Array, [undefined, active]);
    reader.end();
    return SparseCodes.adopt(indices, { units, active });
  }

  /** @internal */
  override [PARTS](): Parts {
    const { rows, units, active } = this;
    const indices = { name: 'indices', shape: [rows, active], data: this.#units() };
    return { kind: 'SparseCodes', parameters: { units, active }, tensors: [indices] };
  }

  /** The active units of one code, ascending: a view, not a copy. */
  row(i: number): Uint32Array {
    checkRow(i, this.rows);
    return this.#units().subarray(i * this.active, (i + 1) * this.active);
  }

  /** Codes a .. b - 1, with the meaning that Array.slice gives to a and b; shares the indices. */
  slice(a = 0, b = this.rows): SparseCodes {
    const [from, to] = sliceBounds(a, b, this.rows);
    const indices = this.#units().subarray(from * this.active, to * this.active);
    return new SparseCodes(MAKING, indices, this.units, this.active);
  }

  /**
   * The same codes as rows of `units` bits, set where a unit is active.
   * @throws RangeError when rows x ceil(units / 8) bytes are more than one array may have
   */
  toBitCodes(): BitCodes {
    const bytes = Math.ceil(this.units / 8);
    const indices = this.#units();
    const data = allocated(Uint8Array, this.rows, bytes, 'codes');
    for (let row = 0, i = 0; row < this.rows; row++) {
      for (const end = i + this.active; i < end; i++) {
        const unit = indices[i];
        data[row * bytes + (unit >>> 3)] |= 0x80 >> (unit & 7);
      }
    }
    return BitCodes.adopt(data, this.units);
  }

  /** Whether other has the same sizes and the same codes in the same order. */
  equals(other: SparseCodes): boolean {
    if (!(other instanceof SparseCodes)) throw wrongKind('other', 'SparseCodes', other);
    if (other.units !== this.units || other.active !== this.active) return false;
    if (other.rows !== this.rows) return false;
    return sameElements(this.#units(), other.#units());
  }

  /** The indices, unless their owner took them away. */
  #units(): Uint32Array {
    if (this.indices.length !== this.rows * this.active) throw withoutMemory('codes.indices');
    return this.indices;
  }

  /** The codes one after the other, each as row(i) gives it. */
  *[Symbol.iterator](): IterableIterator<Uint32Array> {
    for (let i = 0; i < this.rows; i++) yield this.row(i);
  }
}

registerKind('SparseCodes', SparseCodes.fromParts);

/** Throws unless each row ascends below units. */
export function checkAscending(indices: Uint32Array, units: number, active: number): void {
  for (let start = 0; start < indices.length; start += active) {
    let previous = -1;
    for (let i = start; i < start + active; i++) {
      const unit = indices[i];
      if (unit <= previous || unit >= units) {
        const expected =
          unit >= units ? `below ${units}` : `above ${previous}, the index before it`;
        throw new RangeError(
          `indices[${start / active}][${i - start}] must be ${expected}, got ${unit}`,
        );
      }
      previous = unit;
    }
  }
}
