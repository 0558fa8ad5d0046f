/**
 * The addon as a Backend, and its loading: a switch of literal requires over the shipped prebuilds (bundlers
 * can follow those; the idea is sharp's), then the local build. FLYHASH_ISA picks a level.
 */

import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { FlyhashError } from '../errors.ts';
import type { Backend, KernelCall, KernelName, Running } from './kernels.ts';

type Done = (outcome: 'finished' | 'aborted' | 'outOfMemory', result: number) => void;
type Door = (threads: number, done: Done | undefined, ...args: readonly unknown[]) => number;

/** The addon's exports: one door a kernel, and the handling of levels and jobs. */
export type Addon = Readonly<Record<KernelName, Door>> & {
  /** Levels of this machine, slowest first, separated by spaces. */
  levels(): string;
  level(): string;
  selectLevel(name: string): boolean;
  stopJob(job: number): void;
  jobProgress(job: number): number;
};

const CHUNK_BYTES = 1 << 20;

/** What a door throws: memory that could not be had is a fault with a code, as everywhere else. */
function asFlyhashError(error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== 'ERR_OUT_OF_MEMORY') return error;
  return new FlyhashError(code, message, { cause: error });
}

export class NativeBackend implements Backend {
  readonly kind = 'native';
  readonly file: string;
  readonly threads: number = availableParallelism();
  readonly reason = undefined;
  readonly chunkBytes = CHUNK_BYTES;
  readonly #addon: Addon;

  constructor(addon: Addon, file: string) {
    this.#addon = addon;
    this.file = file;
  }

  get isa(): string {
    return this.#addon.level();
  }

  run(call: KernelCall, threads: number): number {
    try {
      return this.#addon[call.name](threads, undefined, ...call.args);
    } catch (error) {
      throw asFlyhashError(error);
    }
  }

  start(call: KernelCall, threads: number): Running {
    let job = 0;
    const result = new Promise<number | undefined>((resolve, reject) => {
      const done: Done = (outcome, value) => {
        if (outcome === 'finished') resolve(value);
        else if (outcome === 'aborted') resolve(undefined);
        else
          reject(new FlyhashError('ERR_OUT_OF_MEMORY', "no memory for a thread's working space"));
      };
      try {
        job = this.#addon[call.name](threads, done, ...call.args);
      } catch (error) {
        reject(asFlyhashError(error));
      }
    });
    return {
      result,
      stop: () => this.#addon.stopJob(job),
      progress: () => this.#addon.jobProgress(job),
    };
  }
}

const require = createRequire(import.meta.url);

interface Candidate {
  readonly file: string;
  load(): unknown;
}

function prebuild(): Candidate | undefined {
  switch (`${process.platform}-${process.arch}`) {
    case 'linux-x64':
      return {
        file: 'prebuilds/linux-x64/flyhash.node',
        load: () => require('../../prebuilds/linux-x64/flyhash.node'),
      };
    case 'linux-arm64':
      return {
        file: 'prebuilds/linux-arm64/flyhash.node',
        load: () => require('../../prebuilds/linux-arm64/flyhash.node'),
      };
    case 'darwin-x64':
    case 'darwin-arm64':
      return {
        file: 'prebuilds/darwin-x64+arm64/flyhash.node',
        load: () => require('../../prebuilds/darwin-x64+arm64/flyhash.node'),
      };
    case 'win32-x64':
      return {
        file: 'prebuilds/win32-x64/flyhash.node',
        load: () => require('../../prebuilds/win32-x64/flyhash.node'),
      };
    default:
      return undefined;
  }
}

function candidates(): Candidate[] {
  const local: Candidate = {
    file: 'build/Release/flyhash.node',
    load: () => require('../../build/Release/flyhash.node'),
  };
  const shipped = prebuild();
  return shipped === undefined ? [local] : [shipped, local];
}

/** The addon with its file, or the reasons why none of the candidates loads. */
export function loadAddon(): { addon: Addon; file: string } | { reasons: string[] } {
  const reasons: string[] = [];
  for (const { file, load } of candidates()) {
    try {
      return { addon: load() as Addon, file };
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      reasons.push(
        `${file}: ${code === 'MODULE_NOT_FOUND' ? 'not found' : message.split('\n')[0]}`,
      );
    }
  }
  return { reasons };
}
