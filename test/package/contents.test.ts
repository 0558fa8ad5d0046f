/**
 * What is in the tarball: no more than it should weigh, no scripts, no paths of the machine that packed it, every file
 * that `exports` promises, declarations that compilers understand, and prebuilds that run on old systems.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tool } from './sandbox.ts';
import { flyhash, setting } from './setting.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Bytes that each part may take, packed: four prebuilds for each of two processors and the rest are 4 MB. */
const MOST_BYTES = { x64: 480_000, arm64: 300_000, rest: 880_000 };

const folder = mkdtempSync(join(tmpdir(), 'flyhash-tarball-'));
const packed = join(folder, 'package');
const paths = flyhash.files.map(({ path }) => path);

beforeAll(() => {
  execFileSync('tar', ['xf', flyhash.tarball, '-C', folder]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a tool of the tools with this Node. */
function check(...args: string[]): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return { status, said: `${stdout}${stderr}` };
}

/** The source map that a packed file names. */
function mapOf(path: string): string | undefined {
  return /^\/\/# sourceMappingURL=(.+)$/m.exec(readFileSync(join(packed, path), 'utf8'))?.[1];
}

describe('the tarball', () => {
  it('is smaller than 4 MB with all prebuilds', ({ skip }) => {
    if (!setting.isPortable) skip('the local build is packed, which is not made to be small');
    const prebuilds = paths.filter((path) => path.startsWith('prebuilds/'));
    const sizes = prebuilds.map((path) => {
      const zipped = execFileSync('gzip', ['-9', '-c', join(packed, path)], { maxBuffer: 1 << 26 });
      return zipped.length;
    });
    const rest = sizes.reduce((left, size) => left - size, flyhash.size);
    const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(0)} kB`;
    console.log(
      [
        `${kilobytes(flyhash.size)} packed, ${kilobytes(flyhash.unpackedSize)} unpacked, ${paths.length} files`,
        ...prebuilds.map((path, i) => `${path}: ${kilobytes(sizes[i])} packed`),
        `all else: ${kilobytes(rest)} packed`,
      ].join('\n'),
    );
    expect(prebuilds.length).toBeGreaterThan(0);
    for (const [i, path] of prebuilds.entries()) {
      expect(sizes[i]).toBeLessThan(MOST_BYTES[path.includes('-arm64') ? 'arm64' : 'x64']);
    }
    expect(rest).toBeLessThan(MOST_BYTES.rest);
  });

  it('has no install scripts, and nothing that package managers take for one', () => {
    const scripts = Object.keys(flyhash.manifest.scripts ?? {});
    expect(scripts.filter((name) => /^(pre|post)?install$|^prepare$/.test(name))).toEqual([]);
    expect(paths).not.toContain('binding.gyp');
  });

  it('holds what users need and nothing else', () => {
    const rooms = /^(dist|native|prebuilds|docs)\//;
    const single = [
      'package.json',
      'README.md',
      'LICENSE',
      'NOTICE',
      'CHANGELOG.md',
      'SECURITY.md',
    ];
    const others = paths.filter((path) => !rooms.test(path) && !single.includes(path));
    expect(others).toEqual([]);
    const odd = /(^|\/)(test|node_modules|build|\.cache)\/|\.tgz$|\.test\.ts$/;
    expect(paths.filter((path) => odd.test(path))).toEqual([]);
    expect(paths.filter((path) => /^dist\/(?!bundle\/).*\.js(\.map)?$/.test(path))).toEqual([]);
  });

  it('has every file of exports', () => {
    const targets = Object.values(flyhash.manifest.exports).flatMap((entry) =>
      typeof entry === 'string' ? [entry] : Object.values(entry),
    );
    const missing = targets.filter((target) => !paths.includes(target.replace('./', '')));
    expect(missing).toEqual([]);
  });

  it('names no map that is not there', () => {
    const named = paths.filter((path) => /\.(js|d\.ts)$/.test(path) && mapOf(path) !== undefined);
    expect(named).toEqual([]);
  });

  it('names no folder of this machine', () => {
    const texts = readdirSync(packed, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => readFileSync(file).includes(ROOT.replace(/[\\/]$/, '')));
    expect(texts).toEqual([]);
  });
});

describe('tools that look at packages', () => {
  it('publint has nothing to say', () => {
    const { status, said } = check(tool('publint', 'src', 'cli.js'), '--strict', flyhash.tarball);
    expect(status, said).toBe(0);
  });

  it('the types are not wrong', () => {
    const attw = tool('@arethetypeswrong', 'cli', 'dist', 'index.js');
    const { status, said } = check(attw, '--profile', 'esm-only', flyhash.tarball);
    expect(status, said).toBe(0);
  });

  it('the prebuilds are as they should be', ({ skip }) => {
    if (!setting.isPortable) skip('the local build is packed, which runs on this machine only');
    const platforms = readdirSync(join(packed, 'prebuilds'));
    const script = join(ROOT, 'scripts', 'check-prebuilds.mjs');
    const { status, said } = check(script, '--folder', join(packed, 'prebuilds'), ...platforms);
    expect(status, said).toBe(0);
  });
});
