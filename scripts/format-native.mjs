// Formats the C++ files with clang-format; with --check it changes nothing and fails where a file differs.
// The clang-format is the one from npm, compiled to WebAssembly: everybody has the same version, and nobody
// installs one.

import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const FORMATTER = join(ROOT, 'node_modules', '@wasm-fmt', 'clang-format', 'clang-format-cli.cjs');

const files = ['native', 'bench']
  .flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true }).map((n) => join(folder, n)),
  )
  .filter((name) => /\.(cc|h)$/.test(name) && !/node_modules|build/.test(name));
const action = process.argv.includes('--check') ? ['--dry-run', '--Werror'] : ['-i'];
const result = spawnSync(process.execPath, [FORMATTER, ...action, ...files], {
  cwd: ROOT,
  stdio: ['ignore', 'inherit', 'inherit'],
});
if (result.status !== 0) console.error('C++ files are not formatted: run `npm run format`.');
process.exit(result.status ?? 1);
