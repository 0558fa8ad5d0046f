/** How each format of vectors is written: what comes before the rows, the rows of a block, and what comes after them. */

import { wrongValue } from '../errors.ts';
import { shortestFloat32 } from './decimal.ts';
import { npyHeader } from './npy-header.ts';
import type { VectorBlock } from './vector-block.ts';

/** Formats that are written. */
export const WRITABLE_FORMATS = [
  'npy',
  'fvecs',
  'ivecs',
  'bvecs',
  'csv',
  'ndjson',
  'f32',
  'parquet',
  'arrow',
] as const;

/** A format of files of vectors that is written; see VectorFormat. */
export type WritableFormat = (typeof WRITABLE_FORMATS)[number];

/** Names of columns, or fields. */
export interface WrittenColumns {
  readonly column: string;
  readonly keyColumn: string;
}

/** One file in the making. */
export interface VectorEncoder {
  /** What comes before the rows; called with the first block, and not at all for a file without rows. */
  start(block: VectorBlock): Uint8Array;
  /** The rows of a block; `first` is the number of its first row. */
  rows(block: VectorBlock, first: number): Uint8Array | Promise<Uint8Array>;
  /** What comes after the rows, and what takes the place of the first bytes, if anything does. */
  end(rows: number, dim: number): Ending | Promise<Ending>;
}

export interface Ending {
  readonly end: Uint8Array;
  readonly start?: Uint8Array;
}

const NOTHING = new Uint8Array(0);
const encoder = new TextEncoder();

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** A format without beginning and end. */
const plain = (rows: VectorEncoder['rows']): VectorEncoder => ({
  start: () => NOTHING,
  rows,
  end: () => ({ end: NOTHING }),
});

const npy = (): VectorEncoder => ({
  start: ({ dim }) => npyHeader('<f4', 0, dim),
  rows: ({ values }) => bytesOf(values),
  end(rows, dim) {
    const header = npyHeader('<f4', rows, Math.max(1, dim));
    return rows === 0 ? { end: header } : { end: NOTHING, start: header };
  },
});

/** Numbers of ivecs and bvecs. */
const WHOLE = {
  ivecs: { bytes: 4, least: -(2 ** 31), most: 2 ** 31 - 1 },
  bvecs: { bytes: 1, least: 0, most: 255 },
} as const;

function vecs(format: 'fvecs' | 'ivecs' | 'bvecs'): VectorEncoder {
  const width = format === 'fvecs' ? 4 : WHOLE[format].bytes;
  const check = (value: number, row: number, column: number): void => {
    if (format === 'fvecs') return;
    const { least, most } = WHOLE[format];
    if (Number.isInteger(value) && value >= least && value <= most) return;
    throw wrongValue(
      `vectors[${row}][${column}]`,
      `a whole number from ${least} to ${most} for ${format}`,
      value,
    );
  };
  return plain(({ values, rows, dim }, first) => {
    const bytes = new Uint8Array(rows * (4 + width * dim));
    const view = new DataView(bytes.buffer);
    for (let row = 0, at = 0, i = 0; row < rows; row++) {
      view.setInt32(at, dim, true);
      at += 4;
      for (let column = 0; column < dim; column++, i++, at += width) {
        check(values[i], first + row, column);
        if (format === 'fvecs') view.setFloat32(at, values[i], true);
        else if (format === 'ivecs') view.setInt32(at, values[i], true);
        else bytes[at] = values[i];
      }
    }
    return bytes;
  });
}

/** Text between separators; numbers that are not finite have no place in it. */
function numbersOf({ values, dim }: VectorBlock, row: number, first: number): string[] {
  const numbers: string[] = [];
  for (let column = 0; column < dim; column++) {
    const value = values[row * dim + column];
    if (!Number.isFinite(value))
      throw wrongValue(`vectors[${first + row}][${column}]`, 'finite for text', value);
    numbers.push(shortestFloat32(value));
  }
  return numbers;
}

const csv = (): VectorEncoder =>
  plain((block, first) => {
    let text = '';
    for (let row = 0; row < block.rows; row++)
      text += `${numbersOf(block, row, first).join(',')}\n`;
    return encoder.encode(text);
  });

const ndjson = ({ column, keyColumn }: WrittenColumns): VectorEncoder =>
  plain((block, first) => {
    let text = '';
    for (let row = 0; row < block.rows; row++) {
      const vector = `${JSON.stringify(column)}:[${numbersOf(block, row, first).join(',')}]`;
      const key =
        block.keys === undefined
          ? ''
          : `${JSON.stringify(keyColumn)}:${JSON.stringify(block.keys[row])},`;
      text += `{${key}${vector}}\n`;
    }
    return encoder.encode(text);
  });

/** The encoder of a format. */
export async function encoderOf(
  format: WritableFormat,
  columns: WrittenColumns,
): Promise<VectorEncoder> {
  switch (format) {
    case 'npy':
      return npy();
    case 'csv':
      return csv();
    case 'ndjson':
      return ndjson(columns);
    case 'f32':
      return plain(({ values }) => bytesOf(values));
    case 'parquet':
      return (await import('./parquet-encoder.ts')).parquetEncoder(columns);
    case 'arrow':
      return (await import('./arrow-encoder.ts')).arrowEncoder(columns);
    default:
      return vecs(format);
  }
}
