/**
 * Words as numbers: each word that comes gets the next number, and a count. Words are UTF-8 in one pool, found by open
 * addressing over typed arrays, so that a word of the text never becomes a string (a Map of strings takes five times
 * as long). Memory is bounded as in word2vec (ReduceVocab): a table that is full forgets its rarest words, by a rule
 * that looks at nothing but the words that came, in their order.
 */

import { allocated } from '../check.ts';

/** Most bytes of a word that has a number. */
export const LONGEST_WORD_BYTES = 256;
/** Words at which a table is full, unless it is given another number. */
export const MOST_WORDS: number = 2 ** 22;
/** Average bytes of a word at which a table of that many words is full too. */
const POOL_BYTES_OF_WORD = 32;
const FIRST_WORDS = 2 ** 10;

/** FNV-1a: where a hash begins, and what it is multiplied by after each byte. */
export const HASH_START: number = 0x811c9dc5 | 0;
export const HASH_FACTOR = 0x01000193;

/** Spreads the hash over its low bits, which choose the slot. */
function mixed(hash: number): number {
  const spread = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return spread ^ (spread >>> 13);
}

/** The hash that `find` and `intern` want of the bytes from start to end, behind those that a hash is of already. */
export function hashOf(bytes: Uint8Array, start: number, end: number, before = HASH_START): number {
  let hash = before;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i], HASH_FACTOR);
  return hash;
}

export class WordTable {
  /** How often each word came since it got its number. */
  counts: Float64Array = new Float64Array(FIRST_WORDS);
  /** Numbers that were ever given; some may be free. */
  size = 0;
  /** How often words were forgotten. */
  reductions = 0;
  forgottenWords = 0;
  forgottenTokens = 0;
  /** Words that came before a number got its present word, where numbers were given twice. */
  births: Float64Array | undefined;
  readonly #most: number;
  readonly #kept: number;
  /** Pairs: number + 1, or 0, and the hash. */
  #slots = new Int32Array(4 * FIRST_WORDS);
  #starts = new Uint32Array(FIRST_WORDS);
  #lengths = new Uint16Array(FIRST_WORDS);
  #pool = new Uint8Array(16 * FIRST_WORDS);
  #poolBytes = 0;
  #free: number[] = [];

  /** A table that is full at `most` words, and never forgets the first `kept` of them. */
  constructor(most: number = MOST_WORDS, kept = 0) {
    this.#most = most;
    this.#kept = kept;
  }

  /** Words that have a number now. */
  get words(): number {
    return this.size - this.#free.length;
  }

  /** The number of a word, or -1 - s for the slot s where it would stand. */
  find(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const slots = this.#slots;
    const mask = slots.length / 2 - 1;
    const wanted = mixed(hash);
    for (let slot = wanted & mask; ; slot = (slot + 1) & mask) {
      const id = slots[2 * slot] - 1;
      if (id < 0) return -1 - slot;
      if (slots[2 * slot + 1] === wanted && this.#isWord(id, bytes, start, end)) return id;
    }
  }

  /** The number of a word, a new one where it has none, and one more of it counted. */
  intern(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const found = this.find(bytes, start, end, hash);
    const id = found >= 0 ? found : this.#added(bytes, start, end, hash, -1 - found);
    this.counts[id]++;
    return id;
  }

  /** The bytes of a word. */
  bytesOf(id: number): Uint8Array {
    return this.#pool.subarray(this.#starts[id], this.#starts[id] + this.#lengths[id]);
  }

  /** Whether a number has a word now. */
  isGiven(id: number): boolean {
    return this.#lengths[id] > 0;
  }

  #isWord(id: number, bytes: Uint8Array, start: number, end: number): boolean {
    const length = end - start;
    if (this.#lengths[id] !== length) return false;
    const pool = this.#pool;
    const at = this.#starts[id];
    for (let i = 0; i < length; i++) if (pool[at + i] !== bytes[start + i]) return false;
    return true;
  }

  #added(bytes: Uint8Array, start: number, end: number, hash: number, slot: number): number {
    const length = end - start;
    let place = slot;
    if (this.#isFull(length)) {
      this.#reduce();
      place = -1 - this.find(bytes, start, end, hash);
    } else if (8 * this.words >= 3 * this.#slots.length) {
      this.#rebuild(2 * this.#slots.length);
      place = -1 - this.find(bytes, start, end, hash);
    }
    const id = this.#free.pop() ?? this.#nextNumber();
    this.#slots[2 * place] = id + 1;
    this.#slots[2 * place + 1] = mixed(hash);
    this.#growPool(length);
    this.#starts[id] = this.#poolBytes;
    this.#lengths[id] = length;
    for (let i = start; i < end; i++) this.#pool[this.#poolBytes++] = bytes[i];
    return id;
  }

  #isFull(length: number): boolean {
    return this.words >= this.#most || this.#poolBytes + length > this.#mostBytes();
  }

  #mostBytes(): number {
    return Math.max(8 * LONGEST_WORD_BYTES, POOL_BYTES_OF_WORD * this.#most);
  }

  /** Forgets every word that came at most r times, for the smallest power of two r that frees half of the table. */
  #reduce(): void {
    let rare = 1;
    while (!this.#isHalved(rare)) rare *= 2;
    let clock = this.forgottenTokens;
    for (let id = 0; id < this.size; id++) clock += this.counts[id];
    this.births ??= new Float64Array(this.counts.length);
    this.#free = [];
    for (let id = this.size - 1; id >= this.#kept; id--) {
      if (this.counts[id] > rare) continue;
      this.#free.push(id);
      if (!this.isGiven(id)) continue;
      this.forgottenWords++;
      this.forgottenTokens += this.counts[id];
      this.births[id] = clock;
      this.counts[id] = 0;
      this.#lengths[id] = 0;
    }
    this.reductions++;
    this.#packPool();
    this.#rebuild(this.#slots.length);
  }

  #isHalved(rare: number): boolean {
    let [words, bytes] = [0, 0];
    for (let id = 0; id < this.size; id++) {
      if (id >= this.#kept && this.counts[id] <= rare) continue;
      words++;
      bytes += this.#lengths[id];
    }
    return words <= Math.max(this.#kept, this.#most / 2) && bytes <= this.#mostBytes() / 2;
  }

  /** Moves the words that are left to the front of a new pool. */
  #packPool(): void {
    const old = this.#pool;
    this.#pool = allocated(Uint8Array, 1, old.length, 'words');
    this.#poolBytes = 0;
    for (let id = 0; id < this.size; id++) {
      const start = this.#starts[id];
      this.#pool.set(old.subarray(start, start + this.#lengths[id]), this.#poolBytes);
      this.#starts[id] = this.#poolBytes;
      this.#poolBytes += this.#lengths[id];
    }
  }

  #rebuild(length: number): void {
    this.#slots = allocated(Int32Array, 1, length, 'words');
    const slots = this.#slots;
    const mask = length / 2 - 1;
    for (let id = 0; id < this.size; id++) {
      if (!this.isGiven(id)) continue;
      const start = this.#starts[id];
      const hash = mixed(hashOf(this.#pool, start, start + this.#lengths[id]));
      let slot = hash & mask;
      while (slots[2 * slot] !== 0) slot = (slot + 1) & mask;
      slots[2 * slot] = id + 1;
      slots[2 * slot + 1] = hash;
    }
  }

  #nextNumber(): number {
    const id = this.size++;
    if (id < this.counts.length) return id;
    const length = 2 * id;
    this.counts = grown(this.counts, Float64Array, length);
    this.#starts = grown(this.#starts, Uint32Array, length);
    this.#lengths = grown(this.#lengths, Uint16Array, length);
    if (this.births !== undefined) this.births = grown(this.births, Float64Array, length);
    return id;
  }

  #growPool(length: number): void {
    const needed = this.#poolBytes + length;
    if (needed > this.#pool.length) this.#pool = grown(this.#pool, Uint8Array, 2 * needed);
  }
}

function grown<Kind extends Uint8Array | Uint16Array | Uint32Array | Float64Array>(
  array: Kind,
  kind: { readonly BYTES_PER_ELEMENT: number; new (length: number): Kind },
  length: number,
): Kind {
  const larger = allocated(kind, 1, length, 'words');
  larger.set(array);
  return larger;
}
