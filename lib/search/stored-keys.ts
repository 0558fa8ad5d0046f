/**
 * A roster as arrays, for files and shared memory: the bits of the rows that live, integer keys as I64, string keys
 * as one UTF-8 text with the end of each, and what kind each key is. Absent tensors say: all rows live, no keys.
 */

import { allocated } from '../check.ts';
import { corrupt, type PartsReader, type Tensor } from '../files/parts.ts';
import { bitmapBytes, hasBit } from './bitmap.ts';
import { type Key, KeyTable } from './keys.ts';
import { NO_ID } from './neighbors.ts';
import { Roster } from './roster.ts';

const KEY_KINDS = ['none', 'given'] as const;
const NO_KEY = 0;
const INTEGER = 1;
const STRING = 2;
const LOW = 2 ** 32;

/** The parameters of a roster. */
export function rosterParameters(roster: Roster): { rows: number; keys: string } {
  return { rows: roster.rows, keys: KEY_KINDS[roster.keys === undefined ? 0 : 1] };
}

/** The tensors of a roster. */
export function rosterTensors(roster: Roster): Tensor[] {
  const alive = roster.alive();
  const tensors: Tensor[] = [];
  if (alive !== undefined) tensors.push({ name: 'alive', shape: [alive.length], data: alive });
  if (roster.keys !== undefined) tensors.push(...keyTensors(roster.keys, roster.rows));
  return tensors;
}

function keyTensors(keys: readonly (Key | undefined)[], rows: number): Tensor[] {
  const kinds = allocated(Uint8Array, 1, rows, 'keys');
  const integers = allocated(BigInt64Array, 1, rows, 'keys');
  const halves = new Uint32Array(integers.buffer);
  const ends = allocated(Float64Array, 1, rows, 'keys');
  const texts: string[] = [];
  const encoder = new TextEncoder();
  const encoded: Uint8Array[] = [];
  let bytes = 0;
  const flush = (): void => {
    const text = encoder.encode(texts.join(''));
    encoded.push(text);
    texts.length = 0;
  };
  for (let row = 0; row < rows; row++) {
    const key = keys[row];
    if (typeof key === 'number') {
      kinds[row] = INTEGER;
      halves[2 * row] = key; // modulo 2^32, also of negative numbers
      halves[2 * row + 1] = Math.floor(key / LOW);
    } else if (key !== undefined) {
      kinds[row] = STRING;
      texts.push(key);
      bytes += utf8Length(key);
      if (texts.length === 4096) flush();
    }
    ends[row] = bytes;
  }
  flush();
  const text = allocated(Uint8Array, 1, bytes, 'keys');
  let at = 0;
  for (const part of encoded) {
    text.set(part, at);
    at += part.length;
  }
  return [
    { name: 'keys.integers', shape: [rows], data: integers },
    { name: 'keys.ends', shape: [rows], data: ends },
    { name: 'keys.kinds', shape: [rows], data: kinds },
    { name: 'keys.text', shape: [bytes], data: text },
  ];
}

function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x80) bytes++;
    // A surrogate pair is four bytes for two units: two more than counted, one for each.
    if (unit >= 0x800 && (unit < 0xd800 || unit > 0xdfff)) bytes++;
  }
  return bytes;
}

/** The roster that those parameters and tensors describe. */
export function readRoster(reader: PartsReader): Roster {
  // A row takes a byte at least: nothing is allocated, or looped over, because a parameter says so.
  const rows = reader.integer('rows', 0, Math.min(NO_ID - 1, reader.bytes));
  const keyed = reader.oneOf('keys', KEY_KINDS) === 'given';
  // A copy: another thread may write to the other while keys are compared with it.
  const alive = reader.has('alive')
    ? checkedAlive(reader.tensor('alive', Uint8Array, [bitmapBytes(rows)]).slice(), rows)
    : undefined;
  return Roster.restored(rows, alive, keyed ? readKeys(reader, rows, alive) : undefined);
}

function checkedAlive(alive: Uint8Array, rows: number): Uint8Array {
  const padding = rows % 8 === 0 ? 0 : alive[alive.length - 1] & (0xff >> (rows % 8));
  if (padding !== 0) throw corrupt('alive', `without bits after row ${rows - 1}`, padding);
  return alive;
}

function readKeys(reader: PartsReader, rows: number, alive: Uint8Array | undefined): KeyTable {
  const integers = reader.tensor('keys.integers', BigInt64Array, [rows]);
  const ends = reader.tensor('keys.ends', Float64Array, [rows]);
  const kinds = reader.tensor('keys.kinds', Uint8Array, [rows]);
  const text = reader.tensor('keys.text', Uint8Array, [undefined]);
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const keys: (Key | undefined)[] = [];
  let start = 0;
  for (let row = 0; row < rows; row++) {
    const isAlive = alive === undefined || hasBit(alive, row);
    const kind = kinds[row];
    if (isAlive !== (kind !== NO_KEY)) throw corrupt(`keys.kinds[${row}]`, 'of its row', kind);
    const end = ends[row];
    if (!(Number.isInteger(end) && end >= start && end <= text.length)) {
      throw corrupt(`keys.ends[${row}]`, `from ${start} to ${text.length}`, end);
    }
    keys.push(readKey(kind, integers[row], text.slice(start, end), decoder, row));
    start = end;
  }
  if (start !== text.length) throw corrupt('keys.text', `of ${start} bytes`, text.length);
  return distinct(keys);
}

function readKey(
  kind: number,
  integer: bigint,
  text: Uint8Array,
  decoder: TextDecoder,
  row: number,
): Key | undefined {
  if (kind !== STRING && text.length > 0) throw corrupt(`keys.ends[${row}]`, 'without text', kind);
  if (kind === NO_KEY) return undefined;
  if (kind === INTEGER) {
    const key = Number(integer);
    if (Number.isSafeInteger(key)) return key;
    throw corrupt(`keys.integers[${row}]`, 'a safe integer', String(integer));
  }
  if (kind !== STRING) throw corrupt(`keys.kinds[${row}]`, '0, 1 or 2', kind);
  try {
    return decoder.decode(text);
  } catch {
    throw corrupt(`keys.text of row ${row}`, 'UTF-8', 'other bytes');
  }
}

/** The table of keys that must differ. */
function distinct(keys: (Key | undefined)[]): KeyTable {
  const table = new KeyTable(keys);
  for (const [row, key] of keys.entries()) {
    if (key !== undefined && table.find(key) !== row) {
      throw corrupt(`keys of row ${row}`, 'unlike the others', key);
    }
  }
  return table;
}
