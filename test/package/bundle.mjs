// Bundles a program with one bundler as its users do: node bundle.mjs BUNDLER TOOLS ENTRY FOLDER. Prints the file to run.
// TOOLS is the folder whose node_modules hold the bundlers.

import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [bundler, tools, entry, folder] = process.argv.slice(2);
const require = createRequire(join(tools, 'package.json'));
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const app = dirname(entry);

async function esbuild(format, extension, more = {}) {
  const { build } = createRequire(import.meta.url)('esbuild');
  const outfile = join(folder, `bundled.${extension}`);
  const entryPoints = [entry];
  const logLevel = 'error';
  await build({ entryPoints, outfile, bundle: true, platform: 'node', format, logLevel, ...more });
  return outfile;
}

async function webpack(isModule) {
  const filename = isModule ? 'bundled.mjs' : 'bundled.cjs';
  const output = isModule
    ? { path: folder, filename, module: true, chunkFormat: 'module', library: { type: 'module' } }
    : { path: folder, filename };
  const experiments = isModule ? { outputModule: true } : {};
  const options = {
    mode: 'production',
    target: 'node20',
    context: app,
    entry,
    output,
    experiments,
  };
  const { default: run } = await load('webpack');
  const stats = await new Promise((resolve, reject) => {
    run(options, (error, done) => (error ? reject(error) : resolve(done)));
  });
  if (stats.hasErrors()) throw new Error(stats.toString({ all: false, errors: true }));
  return join(folder, filename);
}

async function rollup() {
  const { rollup: open } = await load('rollup');
  const { nodeResolve } = await load('@rollup/plugin-node-resolve');
  const bundle = await open({ input: entry, plugins: [nodeResolve()], external: [/^node:/] });
  const file = join(folder, 'bundled.mjs');
  await bundle.write({ file, format: 'es', inlineDynamicImports: true });
  return file;
}

async function vite(noExternal) {
  const { build } = await load('vite');
  const output = { entryFileNames: 'bundled.mjs' };
  const ssr = {
    build: { ssr: entry, outDir: folder, rollupOptions: { output } },
    ssr: { noExternal },
  };
  await build({ root: app, configFile: false, logLevel: 'error', ...ssr });
  return join(folder, 'bundled.mjs');
}

async function viteForBrowsers() {
  const { build } = await load('vite');
  const output = { entryFileNames: 'bundled.js' };
  const rollupOptions = { input: entry, output };
  const target = 'es2022';
  await build({
    ...{ root: app, configFile: false, logLevel: 'error' },
    build: { outDir: folder, target, rollupOptions, modulePreload: false },
  });
  return join(folder, 'bundled.js');
}

/** Vercel's compiler into one file, with what it needs beside it. */
async function ncc() {
  const { default: compile } = await load('@vercel/ncc');
  const { code, assets } = await compile(entry, { cache: false, quiet: true, esm: true });
  for (const [name, { source }] of Object.entries(assets)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), source);
  }
  const file = join(folder, 'bundled.mjs');
  writeFileSync(file, code);
  return file;
}

/** The tracer of Vercel and Next.js: no bundle, but a copy of the files that a program may need. */
async function nft() {
  const { nodeFileTrace } = await load('@vercel/nft');
  const { fileList } = await nodeFileTrace([entry], { base: app });
  for (const name of fileList) cpSync(join(app, name), join(folder, name), { recursive: true });
  return join(folder, entry.slice(app.length + 1));
}

const BUNDLERS = {
  esbuild: () => esbuild('esm', 'mjs'),
  'esbuild to CommonJS': () => esbuild('cjs', 'cjs'),
  'esbuild for browsers': () => esbuild('esm', 'js', { platform: 'browser' }),
  webpack: () => webpack(false),
  'webpack to modules': () => webpack(true),
  rollup,
  vite: () => vite(undefined),
  'vite without externals': () => vite(true),
  'vite for browsers': viteForBrowsers,
  ncc,
  nft,
};

mkdirSync(folder, { recursive: true });
console.log(await BUNDLERS[bundler]());
