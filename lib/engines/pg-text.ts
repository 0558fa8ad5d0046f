/**
 * What goes into PostgreSQL as text: names in quotes, lines of COPY, and codes and vectors as their types read them.
 * Values of a caller never become part of a statement: they travel as parameters, or by COPY.
 */

import { wrongKind, wrongValue } from '../errors.ts';
import type { Key } from '../search/keys.ts';

/** PostgreSQL cuts longer names; 8 bytes are left for the endings of names that are made from it. */
const MOST_NAME_BYTES = 55;

/** A name of the caller. */
export function checkName(value: unknown, name: string): string {
  if (typeof value !== 'string') throw wrongKind(name, 'a string', value);
  const bytes = new TextEncoder().encode(value).length;
  if (bytes === 0 || bytes > MOST_NAME_BYTES || value.includes('\0') || !value.isWellFormed()) {
    throw wrongValue(name, `a string of 1 to ${MOST_NAME_BYTES} bytes of UTF-8`, value);
  }
  return value;
}

/** A name as statements have it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as a constant, where no parameter can be: in comments. */
export function literal(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll("'", "''");
  return `E'${escaped}'`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
};

/** A line of COPY's text format. */
export function copyLine(fields: readonly string[]): string {
  const escaped = fields.map((field) => field.replace(/[\\\t\n\r]/g, (c) => ESCAPES[c]));
  return `${escaped.join('\t')}\n`;
}

/** Keys as one parameter, for {@link KEYS_OF}. */
export function keysText(keys: readonly Key[]): string {
  return JSON.stringify(keys);
}

const OCTETS: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(2).padStart(8, '0'),
);

/** A code as bit(bits) reads it: bit 0 first. */
export function bitText(code: Uint8Array, bits: number): string {
  let text = '';
  for (const byte of code) text += OCTETS[byte];
  return text.slice(0, bits);
}

/** Active units as sparsevec reads them, counted from 1. */
export function sparseText(active: Uint32Array, units: number): string {
  return `{${Array.from(active, (unit) => `${unit + 1}:1`).join(',')}}/${units}`;
}

/** A vector as the type vector reads it; the shortest text of a float32 gives the same float32 back. */
export function vectorText(vector: Float32Array): string {
  return `[${vector.join(',')}]`;
}
