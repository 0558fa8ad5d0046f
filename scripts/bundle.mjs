// Joins the compiled modules into dist/bundle: one file an entry point of package.json, and one for what entry points
// share, so that they hold one backend between them. A process that imports flyhash opens four files instead of
// a hundred and thirty, in a sixth of the time; SHA-256 for where there is no Node is joined in, with its licence. The
// command line is joined by itself: what it loads only when it runs would cut the library into as many pieces. The
// library is not minified: stacks and debuggers show what is written in lib/.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const FOLDER = './dist/bundle/';
const { exports, bin, dependencies, peerDependencies } = JSON.parse(
  readFileSync(join(ROOT, 'package.json'), 'utf8'),
);

/** Names in dist/bundle and the modules they are made from: those of the exports' types. */
function libraryEntries() {
  const entries = Object.values(exports)
    .filter((entry) => entry.default?.startsWith(FOLDER))
    .map((entry) => [entry.default, entry.types.replace(/\.d\.ts$/, '.js')]);
  return Object.fromEntries(entries.map(([out, from]) => [nameOf(out), join(ROOT, from)]));
}

const nameOf = (out) => out.slice(FOLDER.length).replace(/\.js$/, '');
const commandLine = { [nameOf(`./${bin.flyhash}`)]: join(ROOT, 'dist/cli/main.js') };

for (const entryPoints of [libraryEntries(), commandLine]) {
  await build({
    entryPoints,
    outdir: join(ROOT, FOLDER),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    external: Object.keys({ ...dependencies, ...peerDependencies }),
    legalComments: 'eof',
    minify: entryPoints === commandLine,
    logLevel: 'warning',
  });
}
