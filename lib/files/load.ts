/**
 * Loading from a path, memory or a stream beside the event loop. The arrays of a file are read straight to where they
 * stay, hashed while they are in cache, with the next piece already on its way. Of a stream nobody knows how long
 * it is, so its arrays are put together when all of their bytes have come.
 */

import { alignedArray } from '../backend/aligned-memory.ts';
import { FlyhashError } from '../errors.ts';
import { eventLoopTurn } from '../event-loop.ts';
import { forEachPiece } from './bytes.ts';
import { cutShort, type Demand, PIECE_BYTES, readContainer } from './container.ts';
import type { Parts } from './parts.ts';
import { checkFileOptions, type FileOptions } from './save.ts';
import { sha256 } from './sha256.ts';
import { type ByteSource, openSource, type Source } from './sources.ts';

/** One container on its way in. */
class Intake {
  readonly hash = sha256();
  readonly #source: ByteSource;
  readonly #options: FileOptions;
  #done = 0;
  #turnAt = PIECE_BYTES;

  constructor(source: ByteSource, options: FileOptions) {
    this.#source = source;
    this.#options = options;
  }

  /** The bytes that are asked for, in memory of their own. */
  async take(demand: Demand): Promise<Uint8Array> {
    const { size } = this.#source;
    if (size === undefined && demand.bytes > PIECE_BYTES) return this.#gathered(demand);
    if (size !== undefined && demand.bytes > size - this.#done) throw cutShort(demand);
    const memory = alignedArray(Uint8Array, 1, demand.bytes, 'file');
    await this.#fill(memory, demand);
    return memory;
  }

  /** Throws when the source goes on. */
  async end(): Promise<void> {
    if ((await this.#source.read(new Uint8Array(1))) === 0) return;
    const message = 'file: the file must end after the checksum, got more bytes';
    throw new FlyhashError('ERR_CORRUPT_FILE', message);
  }

  /** Bytes of a stream: memory is taken as they come. */
  async #gathered(demand: Demand): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    for (let left = demand.bytes; left > 0; left -= PIECE_BYTES) {
      const piece = new Uint8Array(Math.min(PIECE_BYTES, left));
      await this.#fill(piece, demand);
      pieces.push(piece);
    }
    const memory = alignedArray(Uint8Array, 1, demand.bytes, 'file');
    for (const [i, piece] of pieces.entries()) memory.set(piece, i * PIECE_BYTES);
    return memory;
  }

  /** Reads piece after piece, the next one while the last is hashed. */
  async #fill(memory: Uint8Array, demand: Demand): Promise<void> {
    const pieces: Uint8Array[] = [];
    forEachPiece(memory.length, (start, end) => pieces.push(memory.subarray(start, end)));
    let reading = this.#started(pieces[0], demand);
    try {
      for (const [i, piece] of pieces.entries()) {
        await reading;
        reading = this.#started(pieces[i + 1], demand);
        if (demand.isHashed) this.hash.update(piece);
        await this.#advance(piece.length, demand);
      }
    } finally {
      await reading;
    }
  }

  /** A reading whose failure waits until somebody asks for it. */
  #started(piece: Uint8Array | undefined, demand: Demand): Promise<void> {
    const reading = this.#whole(piece, demand);
    reading.catch(() => {});
    return reading;
  }

  /** Reads until the piece is full. */
  async #whole(piece: Uint8Array | undefined, demand: Demand): Promise<void> {
    for (let at = 0; piece !== undefined && at < piece.length; ) {
      const count = await this.#source.read(piece.subarray(at));
      if (count === 0) throw cutShort(demand);
      at += count;
    }
  }

  async #advance(bytes: number, { total }: Demand): Promise<void> {
    const { signal, onProgress } = this.#options;
    this.#done += bytes;
    signal?.throwIfAborted();
    if (this.#done < this.#turnAt && this.#done !== total) return;
    this.#turnAt = this.#done + PIECE_BYTES;
    if (total !== undefined) onProgress?.({ done: this.#done, total });
    await eventLoopTurn();
  }
}

/** The parts in a container; see {@link Stored.load}. */
export async function loadParts(source: Source, options: FileOptions = {}): Promise<Parts> {
  const checked = checkFileOptions(options);
  const bytes = await openSource(source, checked.signal);
  try {
    const intake = new Intake(bytes, checked);
    const reader = readContainer(bytes.size, intake.hash);
    let step = reader.next();
    while (step.done !== true) step = reader.next(await intake.take(step.value));
    await intake.end();
    return step.value;
  } finally {
    await bytes.close();
  }
}
