/** The names of the forms of codes, and which one the name of a file tells. */

import { wrongValue } from '../errors.ts';

/** Forms of codes. */
export const CODE_FORMATS = ['npy', 'raw', 'hex', 'base64', 'ndjson', 'safetensors'] as const;
export type CodeFormat = (typeof CODE_FORMATS)[number];

const ENDINGS: Readonly<Record<string, CodeFormat>> = {
  npy: 'npy',
  raw: 'raw',
  codes: 'raw',
  hex: 'hex',
  b64: 'base64',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  safetensors: 'safetensors',
};

/** The form that the name of a file tells; lines of hex on standard output. */
export function codeFormatOf(path: string): CodeFormat {
  if (path === '-') return 'hex';
  const found = ENDINGS[/\.([a-z0-9]+)$/.exec(path)?.[1] ?? ''];
  if (found !== undefined) return found;
  const endings = Object.keys(ENDINGS).map((ending) => `.${ending}`);
  throw wrongValue('--out', `a file of ${endings.join(', ')}, or to come with --out-format`, path);
}
