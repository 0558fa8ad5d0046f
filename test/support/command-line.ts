/** The command line as a process, on the built package, with files of a folder that is gone when the test file ends. */

import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

export const MAIN = fileURLToPath(new URL('../../dist/bundle/cli.js', import.meta.url));

/** A folder for the files of one test file. */
export class CommandFolder {
  readonly path: string = mkdtempSync(join(tmpdir(), 'flyhash-cli-'));

  constructor() {
    afterAll(() => rmSync(this.path, { recursive: true }));
  }

  at(name: string): string {
    return join(this.path, name);
  }

  read(name: string): Buffer {
    return readFileSync(this.at(name));
  }

  json(name: string): unknown {
    return JSON.parse(readFileSync(this.at(name), 'utf8'));
  }

  /** Runs the command in the folder; `input` is its standard input. */
  run(args: readonly string[], input: Uint8Array | string = ''): SpawnSyncReturns<Buffer> {
    return spawnSync(process.execPath, [MAIN, ...args], {
      cwd: this.path,
      input,
      maxBuffer: 1 << 28,
      timeout: 60_000,
    });
  }

  /** What it prints, when it ends well and says nothing on stderr. */
  output(args: readonly string[], input?: Uint8Array | string): Buffer {
    const { status, stdout, stderr } = this.run(args, input);
    if (status === 0 && stderr.length === 0) return stdout;
    throw new Error(`flyhash ${args.join(' ')} ended with ${status}: ${stderr}`);
  }

  /** How it ends, and its one sentence. */
  failure(
    args: readonly string[],
    input?: Uint8Array | string,
  ): { status: number | null; sentence: string } {
    const { status, stderr } = this.run(args, input);
    return { status, sentence: String(stderr).trim() };
  }

  /** Runs a line of a shell, in which $flyhash is the command. */
  shell(line: string): SpawnSyncReturns<string> {
    const env = { ...process.env, flyhash: `${process.execPath} ${MAIN}` };
    const options = { cwd: this.path, env, encoding: 'utf8' as const, timeout: 60_000 };
    return spawnSync('sh', ['-c', line], options);
  }
}
