/**
 * The caller's own names of rows: safe integers and strings, each to one position. Positions are found through a
 * table with open addressing (linear probing, deletion by shifting back) that holds positions only and looks the
 * keys up in one array: half the memory of a Map, and without its limit of 2^24 entries. The table is built when it is
 * first needed.
 */

import { isDetached } from '../check.ts';
import { withoutMemory, wrongKind, wrongValue } from '../errors.ts';

/** The name of a row: a safe integer or a well-formed string. 1 and '1' are different keys. */
export type Key = number | string;

/** Keys of a batch: an array, or a typed array of integers. */
export type Keys = readonly Key[] | Float64Array | Uint32Array | Int32Array;

const EXPECTED =
  'an array of safe integers and strings, or a Float64Array, Uint32Array or Int32Array';

function isKeys(value: unknown): value is Keys {
  return (
    Array.isArray(value) ||
    value instanceof Float64Array ||
    value instanceof Uint32Array ||
    value instanceof Int32Array
  );
}

/** One key, -0 as 0; nothing is rounded silently. */
export function checkKey(value: unknown, name: string): Key {
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw wrongValue(name, 'a string without lone surrogates', value);
    return value;
  }
  if (typeof value !== 'number') throw wrongKind(name, 'a safe integer or a string', value);
  if (!Number.isSafeInteger(value)) throw wrongValue(name, 'a safe integer or a string', value);
  return value === 0 ? 0 : value;
}

/** A copy of the keys of a batch, each checked; reading them may run code of the caller, who sees no half state. */
export function checkKeys(keys: unknown, name = 'keys'): Key[] {
  if (!isKeys(keys)) throw wrongKind(name, EXPECTED, keys);
  if (ArrayBuffer.isView(keys) && isDetached(keys)) throw withoutMemory(name);
  const copy: Key[] = [];
  for (let i = 0; i < keys.length; i++) copy.push(checkKey(keys[i], `${name}[${i}]`));
  return copy;
}

const bits = new Float64Array(1);
const halves = new Uint32Array(bits.buffer);

function hashOf(key: Key): number {
  let hash = 0x811c9dc5;
  if (typeof key === 'string') {
    for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  } else {
    bits[0] = key;
    hash = Math.imul(halves[0] ^ Math.imul(halves[1], 0x9e3779b1), 0x85ebca6b);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** Slots hold position + 1; 0 is empty. */
const LEAST_SLOTS = 16;

/** Keys by position, undefined where there is none, and positions by key. */
export class KeyTable {
  #keys: (Key | undefined)[];
  #slots: Uint32Array | undefined;
  #count: number;

  /** A table of these keys, by position; they must differ. */
  constructor(keys: (Key | undefined)[] = []) {
    this.#keys = keys;
    this.#count = keys.reduce<number>((count, key) => count + (key === undefined ? 0 : 1), 0);
  }

  /** Keys by position. A search in flight holds it: {@link unshare} before a key is taken away or replaced. */
  get keys(): readonly (Key | undefined)[] {
    return this.#keys;
  }

  /** The key of a position, or undefined. */
  at(position: number): Key | undefined {
    return this.#keys[position];
  }

  /** The position of a key, or undefined. */
  find(key: Key): number | undefined {
    const slots = this.#table();
    const position = slots[this.#slotOf(slots, key)];
    return position === 0 ? undefined : position - 1;
  }

  /** Gives a position, which has none, a key, which no position has. */
  set(position: number, key: Key): void {
    let slots = this.#table();
    if (2 * (this.#count + 1) > slots.length) slots = this.#rebuilt(2 * slots.length);
    while (this.#keys.length < position) this.#keys.push(undefined);
    this.#keys[position] = key;
    this.#count++;
    slots[this.#slotOf(slots, key)] = position + 1;
  }

  /** Takes the key of a position away. */
  delete(position: number): void {
    const key = this.#keys[position];
    if (key === undefined) return;
    const slots = this.#table();
    const mask = slots.length - 1;
    let hole = this.#slotOf(slots, key);
    for (let slot = (hole + 1) & mask; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const home = hashOf(this.#keys[slots[slot] - 1] as Key) & mask;
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      slots[hole] = slots[slot];
      hole = slot;
    }
    slots[hole] = 0;
    this.#keys[position] = undefined;
    this.#count--;
  }

  /** From here on changes do not show in the array that {@link keys} gave before. */
  unshare(): void {
    this.#keys = this.#keys.slice();
  }

  /** The slot that holds a key, or the empty one where it would be. */
  #slotOf(slots: Uint32Array, key: Key): number {
    const mask = slots.length - 1;
    let slot = hashOf(key) & mask;
    while (slots[slot] !== 0 && this.#keys[slots[slot] - 1] !== key) slot = (slot + 1) & mask;
    return slot;
  }

  #table(): Uint32Array {
    if (this.#slots !== undefined) return this.#slots;
    let length = LEAST_SLOTS;
    while (length < 2 * this.#count) length *= 2;
    return this.#rebuilt(length);
  }

  #rebuilt(length: number): Uint32Array {
    const slots = new Uint32Array(length);
    for (let position = 0; position < this.#keys.length; position++) {
      const key = this.#keys[position];
      if (key !== undefined) slots[this.#slotOf(slots, key)] = position + 1;
    }
    this.#slots = slots;
    return slots;
  }
}
