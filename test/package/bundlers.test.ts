/**
 * Programs bundled with what people use, moved to a folder without node_modules, and run. webpack and the tracers carry
 * the addon along by themselves; other bundles take a copy beside them, and say so when it is missing.
 */

import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { platformName } from '../../lib/backend/addon-files.ts';
// @ts-expect-error: it has no types
import { PLATFORMS } from '../../scripts/platforms.mjs';
import { expectEnd, expectResults, PREBUILD } from './expected.ts';
import { type Registry, startRegistry } from './registry.ts';
import { Sandbox } from './sandbox.ts';
import { setting } from './setting.ts';

const BUNDLE = fileURLToPath(new URL('bundle.mjs', import.meta.url));

let registry: Registry;
let app: Sandbox;
let away: Sandbox;

function prebuildIn(sandbox: Sandbox, platform: string): string {
  return join(sandbox.folder, 'node_modules', 'flyhash', 'prebuilds', platform, 'flyhash.node');
}

beforeAll(async () => {
  registry = await startRegistry();
  app = new Sandbox(registry.url);
  away = new Sandbox(registry.url);
  await app.install('flyhash');
  // A published package has them all, and bundlers read them all.
  for (const path of Object.keys(PLATFORMS).map((platform) => prebuildIn(app, platform))) {
    if (existsSync(path)) continue;
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, 'in place of a prebuild that this machine cannot make');
  }
});
afterAll(async () => {
  app.remove();
  away.remove();
  await registry.close();
});

/** Bundles a program into a folder of its own elsewhere; the file to run. */
async function bundled(bundler: string, from = 'flyhash', sandbox = away): Promise<string> {
  const entry = app.writeProgram('program.mjs', from);
  const folder = join(sandbox.folder, bundler.replaceAll(' ', '-'));
  const ended = await app.node([BUNDLE, bundler, setting.tools, entry, folder]);
  expectEnd(ended);
  return ended.stdout.trim().split('\n').at(-1) as string;
}

describe('bundles that carry the addon along', () => {
  it.each(['webpack', 'webpack to modules', 'ncc', 'nft'])('%s', async (bundler) => {
    const file = await bundled(bundler);
    expectResults(await away.node([file]), 'native', PREBUILD);
  });

  it('vite, which leaves packages where they are', async () => {
    const file = await bundled('vite', 'flyhash', app);
    expectResults(await app.node([file]), 'native', PREBUILD);
  });
});

describe('bundles that do not', () => {
  const bundlers = ['esbuild', 'esbuild to CommonJS', 'rollup', 'vite without externals'];

  it.each(bundlers)('%s: the reference runs, and a warning says what to do', async (bundler) => {
    const file = await bundled(bundler);
    const alone = await away.node([file]);
    expectResults(alone, 'reference');
    expect(alone.stderr).toContain('[FLYHASH_REFERENCE] Warning');
    expect(alone.stderr).toContain('keep flyhash external or have the prebuild copied beside it');

    cpSync(prebuildIn(app, platformName()), join(file, '..', 'flyhash.node'));
    const beside = await away.node([file]);
    expectResults(beside, 'native', /^flyhash\.node$/);
    expect(beside.stderr).toBe('');
  });

  it.each(bundlers)('%s: flyhash/reference needs nothing', async (bundler) => {
    const file = await bundled(bundler, 'flyhash/reference');
    const ended = await away.node([file]);
    expectResults(ended, 'reference');
    expect(ended.stderr).toBe('');
  });
});
