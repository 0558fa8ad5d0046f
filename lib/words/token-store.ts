/**
 * Numbered text that is read once and used many times: in memory while it is short, else in a temporary file, where
 * there is one to be had. Blocks are written and read in order, so nothing of it shows but the time.
 */

import { allocated } from '../check.ts';
import { eventLoopTurn } from '../event-loop.ts';
import { canSpool, Spool } from '../files/spool.ts';

/** Numbers of a block. */
const BLOCK = 1 << 18;
/** Blocks that gather before they are written behind a file. */
const BLOCKS_BEHIND_FILE = 4;
/** Numbers that stay in memory (128 MiB), unless told otherwise. */
export const MOST_IN_MEMORY: number = 1 << 25;

export class TokenStore {
  /** Numbers in all. */
  length = 0;
  readonly #mostBlocks: number;
  /** Blocks from number #spooled on, all of them full but the last. */
  #blocks: Int32Array[] = [];
  #spool: Spool | undefined;
  #spooled = 0;

  constructor(mostInMemory: number = MOST_IN_MEMORY) {
    this.#mostBlocks = canSpool() ? Math.floor(mostInMemory / BLOCK) : Number.POSITIVE_INFINITY;
  }

  /** Puts numbers behind the others. */
  append(numbers: Int32Array): void {
    for (let from = 0; from < numbers.length; ) {
      const at = (this.length - this.#spooled) % BLOCK;
      if (at === 0) this.#blocks.push(allocated(Int32Array, 1, BLOCK, 'text in memory'));
      const count = Math.min(numbers.length - from, BLOCK - at);
      this.#blocks[this.#blocks.length - 1].set(numbers.subarray(from, from + count), at);
      this.length += count;
      from += count;
    }
  }

  /** Whether there is more in memory than shall stay there. */
  get isCrowded(): boolean {
    const most = this.#spool === undefined ? this.#mostBlocks : BLOCKS_BEHIND_FILE;
    return this.#blocks.length > most;
  }

  /** Moves all blocks but the last to the file. */
  async spill(): Promise<void> {
    this.#spool ??= await Spool.open();
    while (this.#blocks.length > 1) {
      await this.#spool.write(this.#blocks[0], this.#spooled);
      this.#blocks.shift();
      this.#spooled += BLOCK;
    }
  }

  /** Hands every number to a function that may change it, in order, some at a time. */
  async rewrite(change: (numbers: Int32Array) => void): Promise<void> {
    const block = new Int32Array(this.#spooled > 0 ? BLOCK : 0);
    for (let place = 0; place < this.#spooled; place += BLOCK) {
      await this.#spool?.read(block, place);
      change(block);
      await this.#spool?.write(block, place);
    }
    const left = this.length - this.#spooled;
    for (const [i, numbers] of this.#blocks.entries()) {
      change(numbers.subarray(0, Math.min(BLOCK, left - i * BLOCK)));
      await eventLoopTurn();
    }
  }

  /** Fills `into` with the numbers from a place on. */
  async read(into: Int32Array, place: number): Promise<void> {
    const ofFile = Math.max(0, Math.min(into.length, this.#spooled - place));
    if (ofFile > 0) await this.#spool?.read(into.subarray(0, ofFile), place);
    for (let at = ofFile; at < into.length; ) {
      const from = place + at - this.#spooled;
      const block = this.#blocks[Math.floor(from / BLOCK)];
      const count = Math.min(into.length - at, BLOCK - (from % BLOCK));
      into.set(block.subarray(from % BLOCK, (from % BLOCK) + count), at);
      at += count;
    }
  }

  /** Lets go of memory and file. */
  async close(): Promise<void> {
    const spool = this.#spool;
    this.#spool = undefined;
    this.#blocks = [];
    [this.length, this.#spooled] = [0, 0];
    await spool?.close();
  }
}
