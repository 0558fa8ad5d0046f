// Another revision of this repository, built and ready to be measured: a git worktree in .cache/compare with
// its own node_modules and builds, kept for the next time. The benches themselves are this tree's, laid over
// its own, so that both sides run the same definition and only the library differs.

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root folder of this tree. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const BUILT = '.built-for-comparison';

function command(folder: string, program: string, ...args: string[]): void {
  const shell = process.platform === 'win32';
  try {
    execFileSync(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], shell });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: Buffer; stderr?: Buffer };
    const tail = `${stdout ?? ''}${stderr ?? ''}`.split('\n').slice(-25).join('\n');
    throw new Error(`${program} ${args.join(' ')} failed in ${folder}:\n${tail}`);
  }
}

function git(...args: string[]): string {
  return execFileSync('git', args, {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
}

/** Full hash of a revision's commit; an unknown one is an Error that names it. */
export function resolveRevision(revision: string): string {
  try {
    return git('rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`);
  } catch {
    throw new Error(`${revision} is not a revision of this repository`);
  }
}

/** Addon and dist of a tree, up to date with its sources; quick when nothing changed. */
function build(tree: string): void {
  command(tree, process.execPath, 'node_modules/node-gyp/bin/node-gyp.js', 'configure', 'build');
  command(tree, process.execPath, 'node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json');
}

export function buildHere(): void {
  build(ROOT);
}

function layBenchesOver(tree: string): void {
  rmSync(join(tree, 'bench'), { recursive: true, force: true });
  const filter = (source: string): boolean => !/node_modules|bench[\\/]results/.test(source);
  cpSync(join(ROOT, 'bench'), join(tree, 'bench'), { recursive: true, filter });
}

/** The root folder of a built worktree of a commit. */
export function prepareRevision(hash: string): string {
  const tree = join(ROOT, '.cache', 'compare', hash);
  if (!existsSync(join(tree, BUILT))) {
    rmSync(tree, { recursive: true, force: true });
    git('worktree', 'prune');
    git('worktree', 'add', '--detach', '--force', tree, hash);
    command(tree, 'npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund');
    build(tree);
    writeFileSync(join(tree, BUILT), `${hash}\n`);
  }
  layBenchesOver(tree);
  return tree;
}
