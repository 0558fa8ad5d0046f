/**
 * Binary codes: rows of packed bits, the output of SimHash, DenseFly and binary quantisation and the input of
 * Hamming search. Bit 0 of a code is the most significant bit of its byte 0, as in numpy's packbits and
 * sentence-transformers' `ubinary`; the padding bits of the last byte are zero, so that equal codes are equal bytes.
 * Every way in copies and checks, so that codes never change behind an index's back.
 */

import {
  checkInteger,
  checkMaking,
  checkOneOf,
  checkOptions,
  checkTypedArray,
  MAKING,
} from '../check.ts';
import { withoutMemory, wrongKind } from '../errors.ts';
import { registerKind } from '../files/kinds.ts';
import { PARTS, type Parts, type PartsReader } from '../files/parts.ts';
import { Stored } from '../files/stored.ts';
import {
  checkCount,
  checkPadding,
  checkRow,
  checkWholeRows,
  MAX_COUNT,
  sameElements,
  sliceBounds,
} from './packed.ts';

/**
 * The order of bits within a byte: 'msb' puts bit 0 at 0x80 (numpy packbits, sentence-transformers, PostgreSQL),
 * 'lsb' at 0x01 (faiss, numpy packbits with bitorder='little').
 */
export type BitOrder = 'msb' | 'lsb';

/**
 * Rows of binary codes, all of the same number of bits.
 *
 * @example
 * ```ts
 * import { BitCodes } from 'flyhash';
 * const codes = BitCodes.from(Uint8Array.of(0b10100000, 0b01000000), 3);
 * console.assert(codes.rows === 2 && codes.bit(0, 2) === 1);
 * console.assert([...codes].length === 2); // one Uint8Array a row
 * ```
 */
export class BitCodes extends Stored {
  /** Number of codes. */
  readonly rows: number;
  /** Bits of one code. */
  readonly bits: number;
  /** Bytes of one code: ceil(bits / 8). */
  readonly bytes: number;
  /** The packed codes, rows x bytes, row after row. Treat as read-only. */
  readonly data: Uint8Array;

  private constructor(making: symbol, data: Uint8Array, bits: number) {
    super();
    checkMaking(making, 'BitCodes', 'BitCodes.from', data);
    this.bits = bits;
    this.bytes = Math.ceil(bits / 8);
    this.rows = data.length / this.bytes;
    this.data = data;
    Object.freeze(this);
  }

  /**
   * Codes copied from packed bytes.
   *
   * @param data rows x ceil(bits / 8) bytes, row after row
   * @param bits bits of one code, at least 1
   * @param options order: how bits lie in the bytes of data, 'msb' unless given
   * @throws RangeError when data is no whole number of rows, or a padding bit is set
   */
  static from(data: Uint8Array, bits: number, options: { order?: BitOrder } = {}): BitCodes {
    checkTypedArray(data, 'data', Uint8Array);
    checkOptions(options, 'options', ['order']);
    const { order: given = 'msb' } = options;
    const order = checkOneOf(given, 'order', ['msb', 'lsb']);
    return BitCodes.adopt(order === 'msb' ? new Uint8Array(data) : reversedBits(data), bits);
  }

  /**
   * Codes over the given bytes themselves, most significant bit first, without a copy: for bytes that nobody else
   * will write, such as fresh output of a kernel or a shared buffer that is complete.
   *
   * @throws RangeError when data is no whole number of rows, or a padding bit is set
   */
  static adopt(data: Uint8Array, bits: number): BitCodes {
    checkTypedArray(data, 'data', Uint8Array);
    checkCount(bits, 'bits');
    const bytes = Math.ceil(bits / 8);
    checkWholeRows(data.length, 'data', bytes, `bytes for ${bits} bits`);
    checkPadding(data, bits, 'data');
    // A Buffer is a Uint8Array whose slice() means something else: keep the plain kind.
    return new BitCodes(MAKING, new Uint8Array(data.buffer, data.byteOffset, data.length), bits);
  }

  /**
   * Codes over bytes that a kernel has just written: checking them again would cost a one-vector hash a tenth.
   * @internal
   */
  static written(data: Uint8Array, bits: number): BitCodes {
    return new BitCodes(MAKING, data, bits);
  }

  /** @internal */
  static fromParts(reader: PartsReader): BitCodes {
    reader.expectKind('BitCodes');
    const bits = reader.integer('bits', 1, MAX_COUNT);
    const codes = reader.tensor('codes', Uint8Array, [undefined, Math.ceil(bits / 8)]);
    reader.end();
    return BitCodes.adopt(codes, bits);
  }

  /** @internal */
  override [PARTS](): Parts {
    const codes = { name: 'codes', shape: [this.rows, this.bytes], data: this.#bytes() };
    return { kind: 'BitCodes', parameters: { bits: this.bits }, tensors: [codes] };
  }

  /** Codes from `ubinary` embeddings of sentence-transformers: the bytes of numpy's packbits. */
  static fromUbinary(data: Uint8Array, bits: number): BitCodes {
    return BitCodes.from(data, bits);
  }

  /** Codes from `binary` embeddings of sentence-transformers: the bytes of packbits minus 128, as int8. */
  static fromBinary(data: Int8Array, bits: number): BitCodes {
    checkTypedArray(data, 'data', Int8Array);
    return BitCodes.adopt(withTopBitsFlipped(data), bits);
  }

  /** The bytes of one code: a view of ceil(bits / 8) bytes, not a copy. */
  row(i: number): Uint8Array {
    checkRow(i, this.rows);
    return this.#bytes().subarray(i * this.bytes, (i + 1) * this.bytes);
  }

  /** Bit j of code i, 0 or 1. */
  bit(i: number, j: number): 0 | 1 {
    checkRow(i, this.rows);
    checkInteger(j, 'bit', 0, this.bits - 1);
    return ((this.#bytes()[i * this.bytes + (j >>> 3)] >> (7 - (j & 7))) & 1) as 0 | 1;
  }

  /** Codes a .. b - 1, with the meaning that Array.slice gives to a and b; shares the bytes. */
  slice(a = 0, b = this.rows): BitCodes {
    const [from, to] = sliceBounds(a, b, this.rows);
    const data = this.#bytes().subarray(from * this.bytes, to * this.bytes);
    return new BitCodes(MAKING, data, this.bits);
  }

  /** The codes as a Node Buffer over the same bytes, for files, sockets and databases. */
  toBuffer(): Buffer {
    const data = this.#bytes();
    return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  }

  /** A copy of the bytes: `ubinary` of sentence-transformers, numpy's packbits. */
  toUbinary(): Uint8Array {
    return new Uint8Array(this.#bytes());
  }

  /** The bytes minus 128 as int8: `binary` of sentence-transformers. */
  toBinary(): Int8Array {
    return new Int8Array(withTopBitsFlipped(this.#bytes()).buffer);
  }

  /** A copy of the bytes with the least significant bit first, as faiss's binary indexes expect. */
  toLsb(): Uint8Array {
    return reversedBits(this.#bytes());
  }

  /** Whether other has the same number of bits and the same codes in the same order. */
  equals(other: BitCodes): boolean {
    if (!(other instanceof BitCodes)) throw wrongKind('other', 'BitCodes', other);
    if (other.bits !== this.bits || other.rows !== this.rows) return false;
    return sameElements(this.#bytes(), other.#bytes());
  }

  /** The bytes, unless their owner took them away. */
  #bytes(): Uint8Array {
    if (this.data.length !== this.rows * this.bytes) throw withoutMemory('codes.data');
    return this.data;
  }

  /** The codes one after the other, each as row(i) gives it. */
  *[Symbol.iterator](): IterableIterator<Uint8Array> {
    for (let i = 0; i < this.rows; i++) yield this.row(i);
  }
}

registerKind('BitCodes', BitCodes.fromParts);

const REVERSED = Uint8Array.from({ length: 256 }, (_, byte) => {
  let reversed = 0;
  for (let bit = 0; bit < 8; bit++) reversed |= ((byte >> bit) & 1) << (7 - bit);
  return reversed;
});

function reversedBits(data: Uint8Array): Uint8Array {
  const result = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) result[i] = REVERSED[data[i]];
  return result;
}

// Minus 128 and plus 128 are the same change of a byte: its top bit.
function withTopBitsFlipped(data: Uint8Array | Int8Array): Uint8Array {
  const result = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) result[i] = data[i] ^ 0x80;
  return result;
}
