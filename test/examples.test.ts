/**
 * Every example in a docstring or in the documentation runs as it is written, on the built package, one after the other in
 * a process of their own (support/run-examples.mjs). An assertion that fails fails its example, and so does any warning.
 */

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { examplesOf, moduleOf } from './support/examples.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDER = join(ROOT, '.cache', `examples-${process.pid}`);

function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(ROOT, folder, name));
}

const documents = ['README.md', ...filesBelow('docs', '.md').map((file) => relative(ROOT, file))];
const sources = [...filesBelow('lib', '.ts'), ...documents.map((name) => join(ROOT, name))];
/** Documents may also show code that is no whole program; docstrings may not. */
const examples = sources
  .flatMap(examplesOf)
  .filter(({ where, code }) => where.startsWith('lib') || /from 'flyhash(\/\w+)?'/.test(code));

interface Outcome {
  readonly where: string;
  readonly failures: readonly string[];
}

/** Runs all examples in one process; what it prints on stderr belongs to none of them. */
function outcomes(): { readonly found: readonly Outcome[]; readonly stderr: string } {
  mkdirSync(FOLDER, { recursive: true });
  const list = examples.map((example, i) => {
    const file = join(FOLDER, `example-${i}.mjs`);
    writeFileSync(file, moduleOf(example));
    return { where: example.where, file };
  });
  writeFileSync(join(FOLDER, 'list.json'), JSON.stringify(list));
  const args = [join(ROOT, 'test', 'support', 'run-examples.mjs'), join(FOLDER, 'list.json')];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: FOLDER, encoding: 'utf8' });
  const lines = stdout.split('\n').filter((line) => line.startsWith('{"where"'));
  return { found: lines.map((line) => JSON.parse(line) as Outcome), stderr };
}

afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

describe('examples', () => {
  const { found, stderr } = outcomes();

  it('are found, all of them run, and print no warnings', () => {
    expect(examples.length).toBeGreaterThan(10);
    expect(found.map(({ where }) => where)).toEqual(examples.map(({ where }) => where));
    expect(stderr).toBe('');
  });

  it.each(found)('$where', ({ failures }) => {
    expect(failures).toEqual([]);
  });
});
