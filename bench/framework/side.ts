// The parent's hold on one child of a comparison (child.ts): requests go out one at a time, answers come back
// as promises, and a child that dies fails the request in flight instead of hanging it.

import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Level } from './define.ts';
import type { Answer, Request } from './messages.ts';

type Wanted<K extends Answer['kind']> = Extract<Answer, { kind: K }>;

const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

export class Side {
  readonly #child: ChildProcess;

  /** Starts a child in a tree (its root folder) at a level. */
  constructor(tree: string, level: Level) {
    const backend =
      level === 'reference'
        ? { FLYHASH_BACKEND: 'reference' }
        : { FLYHASH_BACKEND: 'native', FLYHASH_ISA: level };
    const built = pathToFileURL(join(tree, 'bench', 'framework', 'built-library.mjs'));
    this.#child = fork(join(tree, 'bench', 'framework', 'child.ts'), [], {
      cwd: tree,
      execArgv: ['--import', TSX, '--import', built.href],
      env: { ...process.env, ...backend },
    });
  }

  /** Sends a request and waits for the answer of the expected kind; anything else is an Error. */
  async ask<K extends Answer['kind']>(request: Request, kind: K): Promise<Wanted<K>> {
    const reply = await this.#exchange(request);
    if (reply.kind === 'failed') throw new Error(reply.reason);
    if (reply.kind !== kind) throw new Error(`expected the answer ${kind}, got ${reply.kind}`);
    return reply as Wanted<K>;
  }

  #exchange(request: Request): Promise<Answer> {
    const child = this.#child;
    return new Promise((resolve, reject) => {
      const onExit = (code: number | null, signal: string | null): void =>
        reject(new Error(`the child process ended (${signal ?? code})`));
      child.once('exit', onExit);
      child.once('message', (reply: Answer) => {
        child.off('exit', onExit);
        resolve(reply);
      });
      child.send(request);
    });
  }

  end(): void {
    this.#child.kill();
  }
}
