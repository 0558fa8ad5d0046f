/**
 * The examples that need a server, in docstrings and in docs/scaling.md: fenced as `typescript`, they run as written but
 * for the address, on the built package, in a process of their own. An assertion that fails prints to stderr.
 */

import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ENGINES = join(ROOT, 'lib', 'engines');

/** An example and where it stands. */
export interface ServerExample {
  readonly where: string;
  readonly code: string;
}

function examplesOf(file: string): ServerExample[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const blocks = text.matchAll(/^( *\* )?```typescript\n([\s\S]*?)^\1```/gm);
  return [...blocks].map(([, margin = '', body], i) => {
    const lines = body.split('\n').map((line) => line.slice(margin.length));
    return { where: `${file} (${i + 1})`, code: lines.join('\n') };
  });
}

/** The examples that name an address. */
export function examplesAt(address: string): ServerExample[] {
  const sources = readdirSync(ENGINES).map((name) => join('lib', 'engines', name));
  const all = [...sources, join('docs', 'scaling.md')].flatMap(examplesOf);
  return all.filter(({ code }) => code.includes(`'${address}'`));
}

/** What an example leaves when it runs with another address. */
export async function ranExample(
  { code }: ServerExample,
  address: string,
  real: string,
): Promise<{ status: number | null; stderr: string }> {
  const folder = join(ROOT, '.cache', `engine-examples-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 };
  const { outputText } = ts.transpileModule(code, { compilerOptions: options });
  const file = join(folder, 'example.mjs');
  writeFileSync(file, outputText.replaceAll(`'${address}'`, `'${real}'`));
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  rmSync(folder, { recursive: true });
  return { status, stderr };
}
