/**
 * An empty folder for one consumer of the package. Programs run in it as on a machine that has Node and nothing else:
 * no compiler, no shell and no other program is on PATH, and nothing of this user's settings or caches is seen.
 */

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setting } from './setting.ts';

/** How a program ended. */
export interface Ended {
  readonly status: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
}

const FINGERPRINT = readFileSync(new URL('fingerprint.mjs', import.meta.url), 'utf8');

/** A path in the node_modules of the tools. */
export function tool(...path: string[]): string {
  return join(setting.tools, 'node_modules', ...path);
}

export class Sandbox {
  readonly folder: string;
  readonly #home: string;
  readonly #node: string;
  readonly #env: Record<string, string>;

  /** A folder whose programs see that registry and run that Node. */
  constructor(registry: string, node: string = process.execPath) {
    this.#home = mkdtempSync(join(tmpdir(), 'flyhash-package-'));
    this.folder = join(this.#home, 'app');
    this.#node = node;
    const programs = join(this.#home, 'programs');
    mkdirSync(this.folder);
    mkdirSync(programs);
    const isWindows = process.platform === 'win32';
    if (!isWindows) symlinkSync(node, join(programs, 'node'));
    this.#env = {
      PATH: isWindows ? dirname(node) : programs,
      HOME: this.#home,
      USERPROFILE: this.#home,
      TMPDIR: this.#home,
      npm_config_registry: registry,
      npm_config_ignore_scripts: 'true',
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      npm_config_update_notifier: 'false',
      NO_COLOR: '1',
      CI: 'true',
    };
    this.write('package.json', '{ "name": "app", "private": true }');
    this.write('.npmrc', `registry=${registry}\n`);
  }

  /** Writes a file below the folder. */
  write(name: string, text: string): string {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  /** Runs a program in the folder; an error of starting it is its status. */
  run(program: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
    const options = { cwd: this.folder, env: { ...this.#env, ...env }, maxBuffer: 1 << 26 };
    return new Promise((resolve) => {
      const child = execFile(program, args, options, (error, stdout, stderr) => {
        resolve({ status: error === null ? 0 : (error.code ?? error.signal ?? 1), stdout, stderr });
      });
      child.stdin?.end();
    });
  }

  /** Runs a script with this sandbox's Node. */
  node(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
    return this.run(this.#node, args, env);
  }

  /** `npm install`, as a user types it. */
  async install(...args: string[]): Promise<void> {
    const ended = await this.node([setting.npm, 'install', ...args]);
    if (ended.status !== 0) throw new Error(`npm install ${args.join(' ')}: ${ended.stderr}`);
  }

  /**
   * Writes a program that prints two lines, what `backend()` tells and the fingerprint; `from` is the import's name of
   * flyhash. Programs in CommonJS form require it.
   */
  writeProgram(name: string, from = 'flyhash'): string {
    this.write('fingerprint.mjs', FINGERPRINT);
    const print = `
      console.log(JSON.stringify(flyhash.backend()));
      fingerprint(flyhash).then(console.log);`;
    const isRequired = name.endsWith('.cjs');
    const head = isRequired
      ? `const flyhash = require('${from}');
         const { fingerprint } = require('./fingerprint.mjs');`
      : `import * as flyhash from '${from}';
         import { fingerprint } from './fingerprint.mjs';`;
    return this.write(name, head + print);
  }

  remove(): void {
    rmSync(this.#home, { recursive: true, force: true });
  }
}
