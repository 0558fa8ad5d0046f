/**
 * The work of `flyhash hash`: vectors to codes by a saved model, in constant memory, from a file or standard input to a file or standard
 * output. A row's code depends on the row and the model alone, so any part of a file may be hashed anywhere, and a
 * stream of rows gives a stream of codes in their order.
 */

import { basename } from 'node:path';
import type { VectorFile } from '../files/open-vectors.ts';
import type { VectorBlock } from '../files/vector-block.ts';
import type { Hasher } from '../hash/hasher.ts';
import { type CodeFormat, codeFormatOf } from './code-endings.ts';
import { type Codes, CodeWriter, shapeOf } from './code-formats.ts';
import type { InputOptions, RowRange } from './input-options.ts';
import { manifestOf, manifestPath, removeManifest, writeManifest } from './manifest.ts';
import { loadHasher } from './models.ts';
import { type Output, writeOutput } from './output.ts';
import type { Running } from './run.ts';
import { blocksAhead, checkFinite, inputName, openInput, rangeOf } from './vector-input.ts';

/** What the command is told. */
export interface HashFileOptions extends InputOptions {
  model: string;
  out: string;
  outFormat?: CodeFormat;
  manifest?: string | boolean;
  threads?: number;
  json?: boolean;
}

/** One run: the rows of a range of a file through a hasher. */
class HashRun {
  readonly #file: VectorFile;
  readonly #range: RowRange;
  readonly #hasher: Hasher<Codes>;
  readonly #options: HashFileOptions;
  readonly #running: Running;
  /** Rows hashed so far. */
  rows = 0;

  constructor(file: VectorFile, hasher: Hasher<Codes>, options: HashFileOptions, running: Running) {
    this.#file = file;
    this.#range = rangeOf(file, options);
    this.#hasher = hasher;
    this.#options = options;
    this.#running = running;
  }

  /** Rows that there will be, where that is known. */
  get #total(): number | undefined {
    return this.#file.rows === undefined ? undefined : this.#range.end - this.#range.first;
  }

  async write(output: Output, format: CodeFormat): Promise<void> {
    const none = this.#hasher.hash(new Float32Array(0));
    const writer = new CodeWriter(output, format, none, this.#total);
    await writer.begin();
    const { dim } = this.#hasher;
    for await (const block of blocksAhead(this.#file, this.#range, dim, this.#running.signal)) {
      await writer.add(await this.#codesOf(block), block.keys);
      this.rows += block.rows;
      this.#running.onProgress({ done: this.rows, total: this.#total, unit: 'rows' });
    }
    await writer.end();
  }

  /** Which rows of the input these were, of how many. */
  span(): { first: number; end: number; of: number | null } {
    const { first, end } = this.#range;
    const last = first + this.rows;
    return { first, end: last, of: this.#file.rows ?? (last < end ? last : null) };
  }

  async #codesOf(block: VectorBlock): Promise<Codes> {
    const { threads } = this.#options;
    const { signal } = this.#running;
    try {
      return await this.#hasher.hashAsync(block.values, {
        signal,
        ...(threads === undefined ? {} : { threads }),
      });
    } catch (error) {
      if (!signal.aborted) checkFinite(block, this.#file.name, this.#range.first + this.rows);
      throw error;
    }
  }
}

/** Hashes a file. */
export async function hashFile(options: HashFileOptions, running: Running): Promise<void> {
  const { model, out } = options;
  const { hasher, kind, sha256 } = await loadHasher(model, running.signal);
  const format = options.outFormat ?? codeFormatOf(out);
  const manifest = manifestOption(options);
  const file = await openInput(options, hasher.dim);
  try {
    const run = new HashRun(file, hasher, options, running);
    if (manifest !== undefined) await removeManifest(manifest);
    const written = await writeOutput(out, running.signal, (output) => run.write(output, format));
    const about = manifestOf({
      model: { kind, sha256 },
      input: {
        name: inputName(file),
        format: file.format,
        bytes: file.bytes ?? null,
        dim: hasher.dim,
      },
      rows: run.span(),
      codes: shapeOf(hasher.hash(new Float32Array(0))),
      output: { name: out === '-' ? '-' : basename(out), format, ...written },
    });
    if (manifest !== undefined) await writeManifest(manifest, about);
    if (out === '-') return;
    const said = `${run.rows} rows to ${out}, ${about.codes.rowBytes} bytes each\n`;
    process.stdout.write(options.json === true ? `${JSON.stringify(about)}\n` : said);
  } finally {
    await file.close();
  }
}

/** Where the manifest goes, if anywhere. */
function manifestOption({ manifest = true, out }: HashFileOptions): string | undefined {
  if (typeof manifest === 'string') return manifest;
  return manifest && out !== '-' ? manifestPath(out) : undefined;
}
