/**
 * flyhash in a browser, bundled as people bundle it: hashes, searches, loads a model file that the addon saved, and gives
 * the same bits. `flyhash` itself means flyhash/reference there.
 */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import puppeteer, { type Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// @ts-expect-error: it has no types
import { browserPath } from '../../scripts/browser.mjs';
import { expectEnd, expected } from './expected.ts';
import { type Registry, startRegistry } from './registry.ts';
import { Sandbox } from './sandbox.ts';
import { setting } from './setting.ts';

const BUNDLE = fileURLToPath(new URL('bundle.mjs', import.meta.url));
const PATH: string | undefined = browserPath();

/** What is done with a model, there and here. */
const USE = `
  export async function use({ HammingIndex }, model) {
    const vectors = Float32Array.from({ length: 50 * model.dim }, (_, i) => Math.imul(i, 40503) % 1009);
    const codes = model.hash(vectors);
    const index = HammingIndex.create({ bits: codes.bits });
    index.add(codes);
    const { ids, distances } = await index.searchAsync(codes, 3);
    return JSON.stringify([[...codes.data], [...ids], [...distances]]);
  }`;
const SAVE = `
  import * as flyhash from 'flyhash';
  import { use } from './use.mjs';
  const model = flyhash.SimHash.create({ dim: 24, bits: 90, seed: 5, projection: 'orthogonal' });
  await model.save('model.safetensors');
  console.log(await use(flyhash, model));`;

const TYPES: Record<string, string> = { '.js': 'text/javascript', '.html': 'text/html' };

let registry: Registry;
let sandbox: Sandbox;
let server: Server;
let browser: Browser | undefined;
let used = '';

beforeAll(async () => {
  registry = await startRegistry();
  sandbox = new Sandbox(registry.url);
  await sandbox.install('flyhash');
  sandbox.write('use.mjs', USE);
  const ended = await sandbox.node([sandbox.write('save.mjs', SAVE)]);
  expectEnd(ended);
  used = ended.stdout.trim();
  server = createServer(({ url = '' }, response) => {
    const path = join(sandbox.folder, url);
    response.setHeader('content-type', TYPES[extname(url)] ?? 'application/octet-stream');
    if (existsSync(path)) response.end(readFileSync(path));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const args = ['--no-sandbox', '--disable-gpu'];
  if (PATH !== undefined) browser = await puppeteer.launch({ executablePath: PATH, args });
});
afterAll(async () => {
  await browser?.close();
  server.close();
  sandbox.remove();
  await registry.close();
});

/** Bundles a page's program, opens the page, and gives what it told in the end. */
async function told(bundler: string, from: string, chromium: Browser): Promise<string[]> {
  const folder = join(sandbox.folder, bundler.replaceAll(' ', '-'));
  sandbox.writeProgram('unused.mjs', from);
  const program = `
    import * as flyhash from '${from}';
    import { fingerprint } from './fingerprint.mjs';
    import { use } from './use.mjs';
    const { body } = await fetch('/model.safetensors');
    const model = await flyhash.load(body);
    window.told = [flyhash.backend().kind, await fingerprint(flyhash), await use(flyhash, model)];`;
  const entry = sandbox.write('page.mjs', program);
  mkdirSync(folder, { recursive: true });
  expectEnd(await sandbox.node([BUNDLE, bundler, setting.tools, entry, folder]));
  writeFileSync(join(folder, 'page.html'), '<script type="module" src="bundled.js"></script>');
  const page = await chromium.newPage();
  const failures: string[] = [];
  page.on('pageerror', (error) => failures.push(String(error)));
  const { port } = server.address() as AddressInfo;
  await page.goto(`http://127.0.0.1:${port}/${bundler.replaceAll(' ', '-')}/page.html`);
  const done = page.waitForFunction('window.told', { timeout: 60_000 });
  const result = await done.then((handle) => handle.jsonValue()).catch(() => failures);
  await page.close();
  return result as string[];
}

describe('in Chromium', () => {
  it.for([
    ['esbuild for browsers', 'flyhash/reference'],
    ['esbuild for browsers', 'flyhash'],
    ['vite for browsers', 'flyhash/reference'],
  ] as const)('%s, %s', async ([bundler, from], { skip }) => {
    if (browser === undefined) return skip('there is no Chromium here');
    expect(await told(bundler, from, browser)).toEqual(['reference', expected, used]);
  });
});
