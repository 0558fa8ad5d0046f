/**
 * One pass over a text: its words counted, and, for who wants to go over it again, its numbers kept. Beside the event
 * loop, with progress, and given up when a signal says so.
 */

import { eventLoopTurn } from '../event-loop.ts';
import { NumberList } from './number-list.ts';
import { readInto, type TextPart, type TextSink } from './text.ts';
import type { TokenStore } from './token-store.ts';
import { newWordTable, type Tokenizer, type TokenReader, tokenReader } from './tokenizer.ts';
import type { WordTable } from './word-table.ts';

/** Units of text that are read between two turns of the event loop: some hundredths of a second. */
const TURN_UNITS = 1 << 20;

/** How far the reading of a text is; how much is still to come, nobody knows. */
export interface TextProgress {
  /** Words that were read, masked ones too. */
  readonly tokens: number;
  /** Words read in a second, on average so far. */
  readonly tokensPerSecond: number;
}

/** Options of reading a text. */
export interface CountOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: TextProgress) => void) | undefined;
  /** Words at which the rarest are forgotten. */
  readonly mostWords?: number | undefined;
}

/** What a text holds. */
export interface CountedText {
  readonly table: WordTable;
  readonly tokens: number;
  readonly paragraphs: number;
  readonly replaced: number;
  readonly tooLong: number;
  readonly emptied: number;
  readonly segmented: number;
}

class Counting implements TextSink {
  readonly table: WordTable;
  readonly #numbers = new NumberList();
  readonly #tokenReader: TokenReader;
  readonly #store: TokenStore | undefined;
  readonly #options: CountOptions;
  readonly #start = performance.now();
  #length = 0;
  #units = 0;

  constructor(tokenizer: Tokenizer, options: CountOptions, store: TokenStore | undefined) {
    this.table = newWordTable(options.mostWords);
    this.#tokenReader = tokenReader(tokenizer, this.table, this.#numbers, false);
    this.#options = options;
    this.#store = store;
  }

  write(piece: TextPart): void {
    this.#tokenReader.reader.write(piece);
    this.#units += piece.length;
    this.#keep();
  }

  end(): void {
    this.#tokenReader.reader.end();
    this.#keep();
  }

  rest(): Promise<void> | undefined {
    return this.#units < TURN_UNITS && this.#store?.isCrowded !== true ? undefined : this.#rest();
  }

  result(): CountedText {
    const { reader, ids } = this.#tokenReader;
    const { paragraphs, replaced, segmented } = reader;
    const { tooLong, emptied } = ids;
    this.#tell();
    const { table } = this;
    return { table, tokens: this.#tokens(), paragraphs, replaced, tooLong, emptied, segmented };
  }

  #keep(): void {
    const numbers = this.#numbers.taken;
    this.#length += numbers.length;
    this.#store?.append(numbers);
  }

  async #rest(): Promise<void> {
    this.#units = 0;
    if (this.#store?.isCrowded === true) await this.#store.spill();
    await eventLoopTurn();
    this.#options.signal?.throwIfAborted();
    this.#tell();
  }

  #tokens(): number {
    return this.#length - this.#tokenReader.reader.paragraphs;
  }

  #tell(): void {
    const tokens = this.#tokens();
    const seconds = (performance.now() - this.#start) / 1000;
    this.#options.onProgress?.({ tokens, tokensPerSecond: seconds > 0 ? tokens / seconds : 0 });
  }
}

/** Reads a text; its numbers, as the table has them, go to the store. */
export async function countText(
  text: unknown,
  tokenizer: Tokenizer,
  options: CountOptions,
  store?: TokenStore,
): Promise<CountedText> {
  const counting = new Counting(tokenizer, options, store);
  await readInto(text, counting, options.signal);
  options.signal?.throwIfAborted();
  return counting.result();
}
