// The command line of the benches: `npm run bench -- [name ...] [options]`. Words are filters on names.

import { parseArgs } from 'node:util';
import type { Level } from './define.ts';

export interface BenchOptions {
  filters: string[];
  /** Levels to run in turn; undefined for every SIMD level of this machine. */
  levels: Level[] | undefined;
  threads: number;
  quick: boolean;
  list: boolean;
  json: string | undefined;
}

const LEVELS: readonly string[] = ['scalar', 'avx2', 'avx512', 'neon', 'reference'];

export function parseLevels(text: string | undefined): Level[] | undefined {
  if (text === undefined) return undefined;
  const names = text.split(',');
  for (const name of names) {
    if (!LEVELS.includes(name)) {
      throw new RangeError(`--isa takes ${LEVELS.join(', ')} separated by commas, got ${name}`);
    }
  }
  return names as Level[];
}

/** A whole number of at least 1 from an option's text. */
export function parseCount(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) {
    throw new RangeError(`--${name} takes a whole number from 1, got ${text}`);
  }
  return value;
}

export function parseBenchOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      isa: { type: 'string' },
      threads: { type: 'string', default: '1' },
      quick: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      json: { type: 'string' },
    },
  });
  return {
    filters: positionals,
    levels: parseLevels(values.isa),
    threads: parseCount('threads', values.threads),
    quick: values.quick,
    list: values.list,
    json: values.json,
  };
}
