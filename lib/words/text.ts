/**
 * Text in: what can be trained on, and how it is read piece by piece, never all of it at once. One rule says where a text
 * ends, whatever holds it: a string is a text of its own, bytes are pieces of one text. So lists and generators of
 * documents, lines of a readline interface and rows of a database are documents, and the chunks of a file are one.
 * Streams, which cut what they carry anywhere, are one text even when they have been decoded to strings.
 */

import { checkOptions, checkSignal, isDetached } from '../check.ts';
import { withoutMemory, wrongKind } from '../errors.ts';
import { ByteReader } from '../files/byte-reader.ts';
import { checkPath } from '../files/paths.ts';
import { chunksOf, unlessAborted } from '../files/sources.ts';
import { PIECE_BYTES, PIECE_UNITS } from './text-buffer.ts';

/** A whole text, or a piece of one in UTF-8. */
export type TextPart = string | Uint8Array;

/**
 * Text, of any size:
 * - a string: one text;
 * - an iterable or async iterable (an array, a generator, a readline interface): each string is a text of its own, and
 *   each Uint8Array a piece, in UTF-8, of the text that goes on until a string or the end comes;
 * - a stream (a Node Readable that is not in object mode, a web ReadableStream): one text, of strings or of UTF-8;
 * - a Uint8Array: one text in UTF-8.
 *
 * The last paragraph of a text ends with it.
 */
export type Text =
  | TextPart
  | Iterable<TextPart>
  | AsyncIterable<TextPart>
  | ReadableStream<TextPart>;

/** What takes a text: pieces of at most PIECE_UNITS or PIECE_BYTES, and where each text ends. */
export interface TextSink {
  write(piece: TextPart): void;
  end(): void;
  /** What must be waited for before the next piece, if anything. */
  rest(): Promise<void> | undefined;
}

const EXPECTED = 'a string, a Uint8Array, or an iterable, async iterable or stream of them';
const FILE_STEP = 1 << 20;
const LINE_FEED = Uint8Array.of(0x0a);

/** Hands the text over to the sink. */
export async function readInto(text: unknown, sink: TextSink, signal?: AbortSignal): Promise<void> {
  const chunks = chunksOfStream(text);
  const intake = new Intake(sink, chunks !== undefined);
  if (isPart(text)) {
    await intake.take(text, 0);
  } else if (chunks !== undefined) {
    await intake.takeAll(chunks, signal);
  } else if (has<AsyncIterable<unknown>>(text, Symbol.asyncIterator)) {
    await intake.takeAll(text[Symbol.asyncIterator](), signal);
  } else if (has<Iterable<unknown>>(text, Symbol.iterator)) {
    let index = 0;
    for (const part of text) {
      const waiting = intake.take(part, index++);
      if (waiting !== undefined) await waiting;
    }
  } else {
    throw wrongKind('text', EXPECTED, text);
  }
  intake.end();
}

/** Hands a whole text over at once, blocking the caller. */
export function readString(text: string, sink: Pick<TextSink, 'write' | 'end'>): void {
  for (const piece of piecesOf(text)) sink.write(piece);
  sink.end();
}

/** Parts of text on their way to a sink. */
class Intake {
  readonly #sink: TextSink;
  /** Whether strings are pieces too. */
  readonly #isStream: boolean;
  /** Whether a text is open that came in pieces. */
  #isOpen = false;

  constructor(sink: TextSink, isStream: boolean) {
    this.#sink = sink;
    this.#isStream = isStream;
  }

  /** One part; what is given must be waited for, if anything. */
  take(part: unknown, index: number): Promise<void> | undefined {
    const isWhole = typeof part === 'string' && !this.#isStream;
    const checked = checkPart(part, index);
    if (isWhole) this.end();
    this.#isOpen = true;
    if (checked.length > PIECE_UNITS) return this.#takeLong(checked, isWhole);
    this.#sink.write(checked);
    if (isWhole) this.end();
    return this.#sink.rest();
  }

  async takeAll(parts: AsyncIterator<unknown>, signal: AbortSignal | undefined): Promise<void> {
    try {
      for (let index = 0; ; index++) {
        const { done, value } = await unlessAborted(Promise.resolve(parts.next()), signal);
        if (done === true) return;
        await this.take(value, index);
      }
    } finally {
      // Not awaited: a stream that stalls would never answer.
      Promise.resolve(parts.return?.()).catch(() => {});
    }
  }

  /** The end of the text that is open. */
  end(): void {
    if (this.#isOpen) this.#sink.end();
    this.#isOpen = false;
  }

  async #takeLong(part: TextPart, isWhole: boolean): Promise<void> {
    for (const piece of piecesOf(part)) {
      this.#sink.write(piece);
      await this.#sink.rest();
    }
    if (isWhole) this.end();
  }
}

function isPart(part: unknown): part is TextPart {
  return typeof part === 'string' || part instanceof Uint8Array;
}

function checkPart(part: unknown, index: number): TextPart {
  if (!isPart(part)) throw wrongKind(`text[${index}]`, 'a string or a Uint8Array', part);
  if (typeof part === 'string') return part;
  if (isDetached(part)) throw withoutMemory(`text[${index}]`);
  return new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
}

function* piecesOf(part: TextPart): Generator<TextPart, void, void> {
  if (typeof part === 'string') {
    for (let at = 0; at < part.length; at += PIECE_UNITS) yield part.slice(at, at + PIECE_UNITS);
  } else {
    for (let at = 0; at < part.length; at += PIECE_BYTES) yield part.subarray(at, at + PIECE_BYTES);
  }
}

function has<Kind>(value: unknown, key: symbol): value is Kind {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Record<symbol, unknown>)[key] === 'function'
  );
}

/** The chunks of a stream, if it is one whose chunks end anywhere. */
function chunksOfStream(text: unknown): AsyncIterator<unknown> | undefined {
  if (typeof text !== 'object' || text === null) return undefined;
  const { getReader, pipe, readableObjectMode } = text as Partial<
    Record<'getReader' | 'pipe' | 'readableObjectMode', unknown>
  >;
  if (typeof getReader === 'function') return chunksOf(text as ReadableStream<unknown>);
  if (typeof pipe !== 'function' || readableObjectMode === true) return undefined;
  return has<AsyncIterable<unknown>>(text, Symbol.asyncIterator)
    ? text[Symbol.asyncIterator]()
    : undefined;
}

/** Options of {@link readText}. */
export interface ReadTextOptions {
  /** Aborting rejects with `signal.reason`. */
  signal?: AbortSignal;
}

/**
 * The text of files in UTF-8, in pieces as they are read; files whose name ends in .gz are unpacked on the way,
 * also when they were packed in several members. Each file is a text of its own.
 *
 * @param path a path or file: URL, or several.
 * @returns pieces of UTF-8, for whatever takes {@link Text}; each file is followed by a line feed.
 * @throws TypeError or RangeError for a wrong path; (rejects) FlyhashError ERR_FILE when the system refuses,
 * ERR_CORRUPT_FILE, with the offset in the unpacked text, for a .gz file that is damaged or cut.
 *
 * @example
 * ```ts
 * import { rm, writeFile } from 'node:fs/promises';
 * import { readText, Vocabulary } from 'flyhash';
 * await writeFile('small.txt', 'A fly smells a plum.\nA plum smells.\n');
 * const vocabulary = await Vocabulary.fromText(readText('small.txt'), { minimumCount: 1 });
 * console.assert(vocabulary.words.join() === 'plum,smells,fly');
 * await rm('small.txt');
 * ```
 */
export function readText(
  path: string | URL | readonly (string | URL)[],
  options: ReadTextOptions = {},
): AsyncGenerator<Uint8Array, void, void> {
  checkOptions(options, 'options', ['signal']);
  const paths = Array.isArray(path) ? path.map(checkPath) : [checkPath(path)];
  return textOfFiles(paths, checkSignal(options.signal));
}

async function* textOfFiles(
  paths: readonly string[],
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, void> {
  for (const path of paths) {
    const reader = await ByteReader.open(path);
    try {
      for (;;) {
        const bytes = await unlessAborted(reader.some(FILE_STEP), signal);
        if (bytes.length === 0) break;
        yield bytes;
      }
    } finally {
      reader.close();
    }
    yield LINE_FEED;
  }
}
