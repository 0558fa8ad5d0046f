/**
 * The work of `flyhash train`: a hasher from vectors, saved. What is learnt by competition is learnt from the files as they
 * are read, pass after pass; the others need their vectors in memory. What is only drawn needs no more than dim.
 */

import { statSync } from 'node:fs';
import { modelHash } from '../engines/model-hash.ts';
import { wrongKind } from '../errors.ts';
import { PARTS } from '../files/parts.ts';
import type { Stored } from '../files/stored.ts';
import type { VectorTable } from '../files/vector-tables.ts';
import {
  BinaryQuantizer,
  BioHash,
  type BioHashTraining,
  DenseFly,
  FlyHash,
  Itq,
  NaiveBioHash,
  type NaiveBioHashTraining,
  SimHash,
} from '../index.ts';
import type { InputOptions } from './input-options.ts';
import type { Running } from './run.ts';
import { blocksAhead, openInput, rangeOf } from './vector-input.ts';

/** Models that are trained, by the names of their subcommands. */
export type ModelName =
  | 'binary-quantizer'
  | 'simhash'
  | 'flyhash'
  | 'densefly'
  | 'itq'
  | 'biohash'
  | 'naive-biohash';

/** What a subcommand is told: of files and threads, and the options of the library under its own names. */
export interface TrainOptions extends Omit<InputOptions, 'in' | 'shard'> {
  readonly in?: readonly string[];
  readonly out: string;
  readonly dim?: number;
  readonly json?: boolean;
  readonly threads?: number;
  readonly [setting: string]: unknown;
}

/** The vectors of a training. */
class TrainingInput {
  readonly #options: TrainOptions;
  readonly #running: Running;

  constructor(options: TrainOptions, running: Running) {
    this.#options = options;
    this.#running = running;
  }

  /** The blocks of all files, one after the other. */
  async *#blocks() {
    const { in: paths, dim } = this.#options;
    if (paths === undefined) throw wrongKind('--in', 'given, the vectors to learn from', undefined);
    let first = dim;
    for (const path of paths) {
      const options = { ...this.#options, in: path };
      const file = await openInput(options, first);
      try {
        for await (const block of blocksAhead(
          file,
          rangeOf(file, options),
          first,
          this.#running.signal,
        )) {
          first ??= block.dim;
          yield block;
        }
      } finally {
        await file.close();
      }
    }
  }

  /** Numbers of a row: of the first that there is, unless told. */
  async dim(): Promise<number> {
    if (this.#options.dim !== undefined) return this.#options.dim;
    for await (const { dim } of this.#blocks()) return dim;
    throw wrongKind('--in', 'a file with at least one vector', undefined);
  }

  /** A stream for every pass over files; standard input, which comes once, is held. */
  async passes(): Promise<{
    dim: number;
    vectors: Float32Array | (() => AsyncGenerator<Float32Array>);
  }> {
    const isOnce = this.#options.in?.some(
      (path) => path === '-' || !statSync(path, { throwIfNoEntry: false })?.isFile(),
    );
    if (isOnce === true) {
      const { values, dim } = await this.table();
      return { dim, vectors: values };
    }
    const blocks = () => this.#blocks();
    const pass = async function* (): AsyncGenerator<Float32Array> {
      for await (const { values } of blocks()) yield values;
    };
    return { dim: await this.dim(), vectors: pass };
  }

  /** All vectors in memory. */
  async table(): Promise<VectorTable> {
    const { joinedBlocks } = await import('../files/vector-tables.ts');
    return joinedBlocks(this.#blocks(), this.#options.in?.join(', ') ?? '--in');
  }
}

/** Options of commands that are none of the library. */
const OWN = ['in', 'out', 'json', 'dim', 'rows', 'format', 'column', 'key', 'random'];

/** Makes the model of a subcommand. */
async function made(
  name: ModelName,
  options: TrainOptions,
  input: TrainingInput,
  { signal, onProgress }: Running,
): Promise<Stored> {
  const given = Object.entries(options).filter(
    ([key, value]) => !OWN.includes(key) && value !== undefined,
  );
  const settings = Object.fromEntries(given) as Record<string, unknown>;
  const long = { signal, onProgress };
  switch (name) {
    case 'flyhash':
      return FlyHash.create({ ...settings, dim: await input.dim() });
    case 'densefly':
      return DenseFly.create({ bits: 0, ...settings, dim: await input.dim() });
    case 'biohash': {
      const { vectors, dim } = await input.passes();
      return BioHash.train(vectors, { ...(settings as unknown as BioHashTraining), dim, ...long });
    }
    case 'naive-biohash': {
      const { vectors, dim } = await input.passes();
      return NaiveBioHash.train(vectors, {
        ...(settings as unknown as NaiveBioHashTraining),
        dim,
        ...long,
      });
    }
    case 'itq': {
      const { values, dim } = await input.table();
      return Itq.train(values, { bits: 0, ...settings, dim, ...long });
    }
    case 'simhash': {
      if (options.random === true) {
        // Commander says that centring is wanted unless it is told otherwise.
        const { center: _center, ...drawn } = settings;
        return SimHash.create({ bits: 0, ...drawn, dim: await input.dim() });
      }
      const { values, dim } = await input.table();
      return SimHash.train(values, { bits: 0, ...settings, dim, signal });
    }
    default: {
      if (settings.thresholds === 'zero') return BinaryQuantizer.create({ dim: await input.dim() });
      const { values, dim } = await input.table();
      return BinaryQuantizer.train(values, { thresholds: 'median', ...settings, dim, signal });
    }
  }
}

/** Makes a model and saves it. */
export async function trainModel(
  name: ModelName,
  options: TrainOptions,
  running: Running,
): Promise<void> {
  const model = await made(name, options, new TrainingInput(options, running), running);
  await model.save(options.out, { signal: running.signal });
  const { kind, parameters } = model[PARTS]();
  const about = { kind, parameters, file: options.out, sha256: modelHash(model) };
  process.stdout.write(
    options.json === true
      ? `${JSON.stringify(about)}\n`
      : `${kind} to ${options.out}, ${about.sha256}\n`,
  );
}
