/** The addon as a Backend, and its loading from the first of its files (addon-files.ts) that loads. */

import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { toNamespacedPath } from 'node:path';
import { FlyhashError } from '../errors.ts';
import { addonFiles } from './addon-files.ts';
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

/** The addon in a file, without `require`, which bundlers would rewrite. */
function loaded(path: string): Addon {
  const holder: { exports: unknown } = { exports: {} };
  process.dlopen(holder, toNamespacedPath(path));
  return holder.exports as Addon;
}

/** The addon with its file, or the reasons why none of the files loads. */
export function loadAddon(): { addon: Addon; file: string } | { reasons: string[] } {
  const reasons: string[] = [];
  for (const { file, path } of addonFiles()) {
    try {
      const found = path();
      if (existsSync(found)) return { addon: loaded(found), file };
      reasons.push(`${file}: not found`);
    } catch (error) {
      reasons.push(`${file}: ${(error as Error).message.split('\n')[0]}`);
    }
  }
  return { reasons };
}
