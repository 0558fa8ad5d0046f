/**
 * The forms that codes leave the command line in, a row after the other: packed bytes as they are (raw), as an .npy array,
 * as lines of hex, base64 or JSON, or as the package's own file. Bit codes are their bytes, sparse codes the indices of
 * their active units as uint32, little end first.
 */

import { BitCodes } from '../codes/bit-codes.ts';
import { SparseCodes } from '../codes/sparse-codes.ts';
import { wrongValue } from '../errors.ts';
import { NPY_HEADER_BYTES, npyHeader } from '../files/npy-header.ts';
import type { CodeFormat } from './code-endings.ts';
import type { Output } from './output.ts';

/** Codes that hashers make. */
export type Codes = BitCodes | SparseCodes;

/** What codes are like: their kind, and how a row is stored. */
export type CodeShape =
  | { readonly kind: 'BitCodes'; readonly bits: number; readonly rowBytes: number }
  | {
      readonly kind: 'SparseCodes';
      readonly units: number;
      readonly active: number;
      readonly rowBytes: number;
    };

/** The shape of codes. */
export function shapeOf(codes: Codes): CodeShape {
  if (codes instanceof BitCodes) {
    return { kind: 'BitCodes', bits: codes.bits, rowBytes: codes.bytes };
  }
  const { units, active } = codes;
  return { kind: 'SparseCodes', units, active, rowBytes: 4 * active };
}

/** Rows of an .npy array that has codes of a shape. */
export function npyHeaderOf(shape: CodeShape, rows: number): Uint8Array {
  return shape.kind === 'BitCodes'
    ? npyHeader('|u1', rows, shape.rowBytes)
    : npyHeader('<u4', rows, shape.active);
}

function bytesOf(codes: Codes): Buffer {
  if (codes instanceof BitCodes) return codes.toBuffer();
  const { buffer, byteOffset, byteLength } = codes.indices;
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** One line a row. */
function linesOf(
  codes: Codes,
  format: CodeFormat,
  keys: readonly (number | string)[] | undefined,
): string {
  const bytes = bytesOf(codes);
  const { rowBytes } = shapeOf(codes);
  let text = '';
  for (let row = 0; row < codes.rows; row++) {
    const own = bytes.subarray(row * rowBytes, (row + 1) * rowBytes);
    if (format !== 'ndjson') {
      text += `${own.toString(format as 'hex' | 'base64')}\n`;
      continue;
    }
    const code =
      codes instanceof BitCodes ? { code: own.toString('hex') } : { active: [...codes.row(row)] };
    text += `${JSON.stringify(keys === undefined ? code : { key: keys[row], ...code })}\n`;
  }
  return text;
}

/** Codes on their way to an output. */
export class CodeWriter {
  readonly #output: Output;
  readonly #format: CodeFormat;
  readonly #known: number | undefined;
  readonly #held: Codes[] = [];
  #shape: CodeShape;
  #rows = 0;

  /** `none` are no codes, of the shape of those to come; `rows`, how many will come, where that is known. */
  constructor(output: Output, format: CodeFormat, none: Codes, rows: number | undefined) {
    this.#output = output;
    this.#format = format;
    this.#shape = shapeOf(none);
    this.#known = rows;
    this.#held.push(none);
  }

  /** Writes what comes before all rows. */
  async begin(): Promise<void> {
    if (this.#format !== 'npy') return;
    if (this.#known === undefined && !this.#output.canReplaceStart) {
      const expected = 'a file, or raw, where the rows of the input are not known beforehand';
      throw wrongValue('the output for npy', expected, 'standard output');
    }
    await this.#output.put(npyHeaderOf(this.#shape, this.#known ?? 0));
  }

  async add(codes: Codes, keys: readonly (number | string)[] | undefined): Promise<void> {
    this.#rows += codes.rows;
    if (this.#format === 'safetensors') this.#held.push(codes);
    else if (this.#format === 'npy' || this.#format === 'raw')
      await this.#output.put(bytesOf(codes));
    else await this.#output.put(linesOf(codes, this.#format, keys));
  }

  /** Writes what comes after all rows. */
  async end(): Promise<void> {
    if (this.#format === 'safetensors') await this.#output.put(joined(this.#held).toBytes());
    if (this.#format !== 'npy' || this.#rows === this.#known) return;
    await this.#output.replaceStart(npyHeaderOf(this.#shape, this.#rows));
  }
}

/** Codes one after the other, as one. */
function joined(parts: readonly Codes[]): Codes {
  const [first] = parts;
  const bytes = Buffer.concat(parts.map(bytesOf));
  if (first instanceof BitCodes) return BitCodes.adopt(bytes, first.bits);
  const { units, active } = first;
  const indices = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  return SparseCodes.from(indices, { units, active });
}

/** Bytes before the first row of a form whose rows follow one another. */
export function startBytes(format: CodeFormat): number {
  return format === 'npy' ? NPY_HEADER_BYTES : 0;
}
