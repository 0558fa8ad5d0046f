/**
 * The memory of a vector index: each row's code in one piece, the first bits of all codes interleaved for scanning,
 * and the vector itself, as float32, as bytes, or not at all.
 */

import { alignedArray } from '../backend/aligned-memory.ts';
import { BitCodes } from '../codes/bit-codes.ts';
import type { PartsReader, Tensor } from '../files/parts.ts';
import { type ByteVectors, byteVectors, floatVector, squaredNorms } from './byte-vectors.ts';
import { HammingStore, type StoredCodes, wordsOf } from './hamming-store.ts';
import { RowArray } from './row-array.ts';

/** What is kept of a vector for re-ranking. */
export const RERANK_KINDS = ['float32', 'int8', 'none'] as const;

/**
 * What an index keeps of its vectors to compare a shortlist by: `float32`, all (4 bytes a number); `int8`, numbers
 * rounded to a byte; `none`, nothing, so that results are ordered by their codes.
 */
export type Rerank = (typeof RERANK_KINDS)[number];

/** Sizes that do not change. */
export interface VectorShape {
  readonly dim: number;
  readonly bits: number;
  /** Bits of a code that are scanned; a multiple of 8 unless all are. */
  readonly scanBits: number;
  readonly rerank: Rerank;
}

/** The memory of one moment, for kernels. */
export interface StoredVectors {
  readonly rows: number;
  readonly scanned: StoredCodes;
  readonly codes: BigUint64Array;
  readonly floats: Float32Array;
  readonly bytes: ByteVectors;
}

/** The first scanBits bits of every code. */
function firstBits(codes: BitCodes, scanBits: number): BitCodes {
  if (scanBits === codes.bits) return codes;
  const bytes = scanBits / 8;
  const data = new Uint8Array(codes.rows * bytes);
  for (let row = 0; row < codes.rows; row++) {
    const from = row * codes.bytes;
    for (let i = 0; i < bytes; i++) data[row * bytes + i] = codes.data[from + i];
  }
  return BitCodes.written(data, scanBits);
}

export class VectorStore {
  readonly shape: VectorShape;
  #rows = 0;
  #scanned: HammingStore;
  #codes: RowArray<BigUint64Array>;
  #floats: RowArray<Float32Array>;
  #bytes: RowArray<Uint8Array>;
  #scales: RowArray<Float32Array>;
  #norms: RowArray<Uint32Array>;

  constructor(shape: VectorShape) {
    this.shape = shape;
    const { dim, bits, scanBits, rerank } = shape;
    this.#scanned = new HammingStore(scanBits);
    this.#codes = new RowArray(BigUint64Array, Math.ceil(bits / 64));
    this.#floats = new RowArray(Float32Array, rerank === 'float32' ? dim : 0);
    this.#bytes = new RowArray(Uint8Array, rerank === 'int8' ? dim : 0);
    this.#scales = new RowArray(Float32Array, rerank === 'int8' ? 1 : 0);
    this.#norms = new RowArray(Uint32Array, rerank === 'int8' ? 1 : 0);
  }

  /** Into an empty store: shared memory, which must be copied before it is written to. */
  adopt(reader: PartsReader, rows: number): void {
    const { scanBits } = this.shape;
    const groups = [Math.ceil(rows / 8), this.#scanned.words, 8];
    const scanned = reader.tensor('scanned', BigUint64Array, groups);
    this.#scanned = HammingStore.over(scanBits, rows, scanned);
    const { width } = this.#codes;
    const codes = reader.tensor('words', BigUint64Array, [rows, width]);
    this.#codes = new RowArray(BigUint64Array, width, codes);
    this.#readVectors(reader, rows);
    this.#rows = rows;
  }

  /** Into an empty store: what a file holds. */
  read(reader: PartsReader, rows: number): void {
    const { bits, scanBits } = this.shape;
    const data = reader.tensor('codes', Uint8Array, [rows, Math.ceil(bits / 8)]);
    const codes = BitCodes.adopt(data, bits);
    this.#readVectors(reader, rows);
    this.#scanned.append(firstBits(codes, scanBits));
    const { width } = this.#codes;
    const words = wordsOf(codes, alignedArray(BigUint64Array, rows, width, 'index'));
    this.#codes = new RowArray(BigUint64Array, width, words);
    this.#rows = rows;
  }

  #readVectors(reader: PartsReader, rows: number): void {
    const { dim, rerank } = this.shape;
    if (rerank === 'float32') {
      this.#floats = new RowArray(Float32Array, dim, reader.finite('vectors', [rows, dim]));
    }
    if (rerank !== 'int8') return;
    const signed = reader.tensor('vectors', Int8Array, [rows, dim]);
    const bytes = new Uint8Array(signed.buffer, signed.byteOffset, signed.length);
    this.#bytes = new RowArray(Uint8Array, dim, bytes);
    this.#scales = new RowArray(Float32Array, 1, reader.finite('scales', [rows]));
    this.#norms = new RowArray(Uint32Array, 1, squaredNorms(bytes, rows, dim));
  }

  /** Writes rows at ids below `rows`, the rows afterwards; on failure nothing has changed. */
  write(codes: BitCodes, vectors: Float32Array, ids: Uint32Array, rows: number): void {
    const { dim, rerank, scanBits } = this.shape;
    const count = codes.rows;
    const bytes = rerank === 'int8' ? byteVectors(vectors, count, dim) : undefined;
    const words = wordsOf(codes);
    const scanned = firstBits(codes, scanBits);
    for (const array of this.#arrays()) array.reserve(rows);
    this.#scanned.write(scanned, ids, rows);
    this.#codes.write(words, ids);
    if (rerank === 'float32') this.#floats.write(vectors, ids);
    if (bytes !== undefined) {
      this.#bytes.write(bytes.values, ids);
      this.#scales.write(bytes.scales, ids);
      this.#norms.write(bytes.norms, ids);
    }
    this.#rows = rows;
  }

  /** Zeroes rows. */
  erase(ids: Uint32Array): void {
    this.#scanned.erase(ids);
    for (const array of this.#arrays()) array.erase(ids);
  }

  /** Moves to a copy of the memory. */
  unshare(): void {
    this.#scanned.unshare();
    for (const array of this.#arrays()) array.unshare();
  }

  /** The memory of now; rows that are appended later do not show in it. */
  snapshot(): StoredVectors {
    const rows = this.#rows;
    return {
      rows,
      scanned: this.#scanned.snapshot(),
      codes: this.#codes.rows(0, rows),
      floats: this.#floats.rows(0, rows),
      bytes: {
        values: this.#bytes.rows(0, rows),
        scales: this.#scales.rows(0, rows),
        norms: this.#norms.rows(0, rows),
      },
    };
  }

  /** A copy of a row, or what its bytes stand for. */
  vector(id: number): Float32Array {
    if (this.shape.rerank === 'float32') return this.#floats.rows(id, id + 1).slice();
    return floatVector(this.#bytes.rows(id, id + 1), this.#scales.rows(id, id + 1)[0]);
  }

  /** The tensors of a file: codes as they were hashed, and vectors. */
  tensors(): Tensor[] {
    const rows = this.#rows;
    const bytes = Math.ceil(this.shape.bits / 8);
    const words = this.#codes.rows(0, rows);
    const padded = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
    const data = packedRows(padded, rows, bytes, this.#codes.width * 8);
    return [{ name: 'codes', shape: [rows, bytes], data }, ...this.#vectorTensors()];
  }

  /** The tensors of shared memory, in the layout of the kernels. */
  sharedTensors(): Tensor[] {
    const { words } = this.#scanned;
    const groups = [Math.ceil(this.#rows / 8), words, 8];
    const codes = this.#codes.rows(0, this.#rows);
    return [
      { name: 'scanned', shape: groups, data: this.#scanned.memory() },
      { name: 'words', shape: [this.#rows, this.#codes.width], data: codes },
      ...this.#vectorTensors(),
    ];
  }

  #vectorTensors(): Tensor[] {
    const { dim, rerank } = this.shape;
    const rows = this.#rows;
    const shape = [rows, dim];
    if (rerank === 'float32') return [{ name: 'vectors', shape, data: this.#floats.rows(0, rows) }];
    if (rerank === 'none') return [];
    const bytes = this.#bytes.rows(0, rows);
    const data = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    const scales = this.#scales.rows(0, rows);
    return [
      { name: 'vectors', shape, data },
      { name: 'scales', shape: [rows], data: scales },
    ];
  }

  *#arrays(): Iterable<RowArray<BigUint64Array | Float32Array | Uint8Array | Uint32Array>> {
    yield* [this.#codes, this.#floats, this.#bytes, this.#scales, this.#norms] as never[];
  }
}

/** The first `bytes` of every `stride` bytes. */
function packedRows(data: Uint8Array, rows: number, bytes: number, stride: number): Uint8Array {
  if (bytes === stride) return data;
  const packed = new Uint8Array(rows * bytes);
  for (let row = 0; row < rows; row++) {
    packed.set(data.subarray(row * stride, row * stride + bytes), row * bytes);
  }
  return packed;
}
