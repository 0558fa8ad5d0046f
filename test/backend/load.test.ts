/**
 * Which backend a process gets, in processes of their own: forced ones, wrong names, an addon that is missing or
 * broken, and the entry point that needs neither the addon nor Node. Runs the built package.
 */

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addon } from '../support/backends.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a script in a folder whose package.json is flyhash's, with nothing of the environment but what is given. */
function run(script: string, env: Record<string, string>, cwd = ROOT): Ended {
  const { FLYHASH_ISA: _isa, FLYHASH_BACKEND: _backend, ...rest } = process.env;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', script],
    { cwd, env: { ...rest, ...env }, encoding: 'utf8' },
  );
  return { status, stdout, stderr };
}

const TELL = `
  import { backend } from 'flyhash';
  console.log(JSON.stringify(backend()));`;

/** Codes of every kind, as text. */
const codes = (entry: string): string => `
  import { createHash } from 'node:crypto';
  import { backend, DenseFly, FlyHash, HammingIndex, SimHash } from '${entry}';
  const vectors = Float32Array.from({ length: 640 }, (_, i) => Math.fround(Math.imul(i, 40503) % 1009));
  const bits = SimHash.create({ dim: 32, bits: 100, seed: 7 }).hash(vectors);
  const dense = DenseFly.create({ dim: 32, bits: 64, seed: 7 }).hash(vectors);
  const fly = FlyHash.create({ dim: 32, units: 100, active: 9, seed: 7 }).hash(vectors);
  const index = HammingIndex.create({ bits: 100 });
  index.add(bits);
  const found = await index.searchAsync(bits, 4);
  const hash = createHash('sha256');
  for (const part of [bits.data, dense.data, fly.indices, found.ids, found.distances]) hash.update(part);
  console.log(backend().kind, hash.digest('hex'));`;

describe('FLYHASH_ISA and FLYHASH_BACKEND', () => {
  it('force what they name', () => {
    for (const isa of addon.levels().split(' ')) {
      const { stdout, stderr } = run(TELL, { FLYHASH_ISA: isa });
      expect(JSON.parse(stdout)).toMatchObject({ kind: 'native', isa });
      expect(stderr).toBe('');
    }
    const { stdout, stderr } = run(TELL, { FLYHASH_BACKEND: 'reference' });
    expect(JSON.parse(stdout)).toEqual({ kind: 'reference', isa: 'reference', threads: 1 });
    expect(stderr).toBe('');
  });

  const lacking = ['avx2', 'avx512', 'neon'].find((level) => !addon.levels().includes(level));
  const wrong: [Record<string, string>, string][] = [
    [{ FLYHASH_ISA: 'sse9' }, 'FLYHASH_ISA must be one of scalar, avx2, avx512, neon, got "sse9"'],
    [{ FLYHASH_ISA: 'AVX2' }, 'got "AVX2"'],
    [{ FLYHASH_BACKEND: 'gpu' }, 'FLYHASH_BACKEND must be native or reference, got "gpu"'],
    [{ FLYHASH_BACKEND: 'reference', FLYHASH_ISA: 'fast' }, 'FLYHASH_ISA must be one of'],
    [{ FLYHASH_ISA: lacking ?? 'none' }, `FLYHASH_ISA must be`],
  ];

  it.each(wrong)('refuse %j', (env, sentence) => {
    const { status, stdout, stderr } = run(TELL, env);
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain("code: 'ERR_BACKEND'");
    expect(stderr).toContain(`FlyhashError: ${sentence.startsWith('got') ? '' : sentence}`);
    expect(stderr).toContain(sentence);
  });
});

describe('without a working addon', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flyhash-'));
  const binary = join(folder, 'build', 'Release', 'flyhash.node');
  const native = codes('flyhash');

  beforeAll(() => {
    cpSync(join(ROOT, 'dist'), join(folder, 'dist'), { recursive: true });
    cpSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
    const dependency = join('node_modules', '@noble', 'hashes');
    cpSync(join(ROOT, dependency), join(folder, dependency), { recursive: true });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function warnings({ stderr }: Ended): number {
    return stderr.split('[FLYHASH_REFERENCE] Warning').length - 1;
  }

  it('the reference runs after one warning with the reason and what to do', () => {
    const script = `import 'flyhash/reference';\n import 'flyhash';\n ${native}`;
    for (const each of [native, `await import('flyhash');\n ${native}`]) {
      const ended = run(each, {}, folder);
      expect(ended.status).toBe(0);
      expect(warnings(ended)).toBe(1);
      expect(ended.stderr).toContain('the native addon did not load on');
      expect(ended.stderr).toContain('build/Release/flyhash.node: not found');
      expect(ended.stderr).toContain('npx node-gyp rebuild');
      expect(ended.stderr).toContain('FLYHASH_BACKEND=reference');
      expect(ended.stdout).toMatch(/^reference /);
      expect(ended.stdout.split(' ')[1]).toBe(run(native, {}).stdout.split(' ')[1]);
    }
    expect(warnings(run(script, {}, folder))).toBe(0);
    const info = JSON.parse(run(TELL, {}, folder).stdout);
    expect(info).toMatchObject({ kind: 'reference', isa: 'reference' });
    expect(info.reason).toContain('not found');
  });

  it('an accepted reference warns of nothing, and what asks for the addon fails', () => {
    const accepted = run(TELL, { FLYHASH_BACKEND: 'reference' }, folder);
    expect([accepted.status, accepted.stderr]).toEqual([0, '']);
    const forced: Record<string, string>[] = [
      { FLYHASH_BACKEND: 'native' },
      { FLYHASH_ISA: 'scalar' },
    ];
    for (const env of forced) {
      const { status, stderr } = run(TELL, env, folder);
      expect(status).toBe(1);
      expect(stderr).toContain('FlyhashError: the native addon did not load on');
      expect(stderr).toContain("code: 'ERR_BACKEND'");
    }
  });

  it.each([
    ['garbage', 'this is no library'],
    ['an empty file', ''],
  ])('%s in its place is told, not crashed on', (_what, content) => {
    mkdirSync(join(folder, 'build', 'Release'), { recursive: true });
    writeFileSync(binary, content);
    const ended = run(native, {}, folder);
    rmSync(binary);
    expect(ended.status).toBe(0);
    expect(ended.stdout).toMatch(/^reference /);
    expect(warnings(ended)).toBe(1);
    expect(ended.stderr).toContain('build/Release/flyhash.node: ');
    expect(ended.stderr).not.toContain('flyhash.node: not found. ');
  });
});

describe('flyhash/reference', () => {
  /** Every module that a module of the package imports, itself included, types left out. */
  function graph(path: URL, seen = new Map<string, string[]>()): Map<string, string[]> {
    if (seen.has(path.href)) return seen;
    const text = readFileSync(path, 'utf8');
    const statements = /^(?:import|export)\s(?!type\b)[^;]*?from '([^']+)';|^import '([^']+)';/gm;
    const imported = [...text.matchAll(statements)].map(([, from, bare]) => from ?? bare);
    seen.set(path.href, imported);
    for (const name of imported) if (name.startsWith('.')) graph(new URL(name, path), seen);
    return seen;
  }

  it('imports nothing of Node, and neither the addon nor its loader', () => {
    const modules = graph(new URL('../../lib/reference.ts', import.meta.url));
    expect(modules.size).toBeGreaterThan(20);
    const foreign = [...modules.values()].flat().filter((name) => !name.startsWith('.'));
    expect(foreign).toEqual(['@noble/hashes/sha2.js']);
    const paths = [...modules.keys()].map((href) => href.replace(/^.*\/lib\//, ''));
    expect(paths).not.toContain('backend/native.ts');
    expect(paths).not.toContain('backend/load.ts');
  });

  it('names no global of Node but where it may be missing', () => {
    const modules = graph(new URL('../../lib/reference.ts', import.meta.url));
    for (const href of modules.keys()) {
      const code = readFileSync(new URL(href), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
      expect([href, /\b(process|require|__dirname)\b[.(]/.test(code)]).toEqual([href, false]);
    }
  });

  it('gives the same codes, also where another package requires it', () => {
    const expected = run(codes('flyhash'), {}).stdout.split(' ')[1];
    const ended = run(codes('flyhash/reference'), {});
    expect(ended).toEqual({ status: 0, stdout: `reference ${expected}`, stderr: '' });
    const required = `
      import { createRequire } from 'node:module';
      const require = createRequire(process.cwd() + '/some.cjs');
      console.log(require('flyhash/reference').backend().kind, require('flyhash').backend().kind);`;
    expect(run(required, {}).stdout).toBe('reference reference\n');
  });
});
