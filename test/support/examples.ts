/** The examples of documentation: fenced TypeScript blocks in docstrings and documents. */

import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface Example {
  /** File, line, and which of the file's it is. */
  readonly where: string;
  readonly code: string;
}

/** The fenced TypeScript blocks of a file; in docstrings each line starts with a star. */
export function examplesOf(file: string): Example[] {
  const text = readFileSync(file, 'utf8');
  const blocks = text.matchAll(/^( *\* )?```(?:ts|js)\n([\s\S]*?)^\1```/gm);
  return [...blocks].map(([whole, margin = '', body], i) => {
    const line = text.slice(0, text.indexOf(whole)).split('\n').length;
    const lines = body.split('\n').map((row) => row.slice(margin.length));
    return { where: `${relative(ROOT, file)}:${line} (${i + 1})`, code: lines.join('\n') };
  });
}

/** An example as a module that Node runs. */
export function moduleOf({ code }: Example): string {
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 };
  return ts.transpileModule(code, { compilerOptions }).outputText;
}
