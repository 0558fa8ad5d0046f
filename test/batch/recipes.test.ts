/**
 * The recipes of docs/batch-hashing.md as they are written, on the engines that they are for: whatever the number of parts,
 * the codes are those of one run, byte for byte.
 */

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { blockOf } from '../../lib/files/vector-block.ts';
import { SimHash, writeVectors } from '../../lib/reference.ts';
import { CommandFolder, MAIN } from '../support/command-line.ts';

interface Engines {
  readonly python?: string;
  readonly java: boolean;
  readonly parallel: boolean;
}

const engines = JSON.parse(process.env.FLYHASH_BATCH ?? '{}') as Engines;
const page = readFileSync(new URL('../../docs/batch-hashing.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)].map(([, language, text]) => ({
  language,
  text,
}));

/** The block of the page that has these words. */
function recipe(language: string, words: string): string {
  const found = blocks.find((block) => block.language === language && block.text.includes(words));
  if (found === undefined) throw new Error(`no ${language} with ${words}`);
  return found.text;
}

const folder = new CommandFolder();
const [dim, rows] = [32, 5000];
const vectors = Float32Array.from({ length: rows * dim }, (_, i) =>
  Math.fround(Math.sin(i * i + 1)),
);
const ids = Array.from({ length: rows }, (_, i) => `page-${i}`);
const model = SimHash.create({ dim, bits: 64, seed: 1 });
const codes = Buffer.from(model.hash(vectors).data);
const codeLines = ids.map((key, i) =>
  JSON.stringify({ key, code: codes.toString('hex', i * 8, i * 8 + 8) }),
);

async function* keyed() {
  yield blockOf(vectors, dim, ids);
}

await model.save(folder.at('model.safetensors'));
await writeVectors(folder.at('embeddings.npy'), vectors, { dim });
await writeVectors(folder.at('pages.ndjson'), keyed(), { keyColumn: 'id' });
await writeVectors(folder.at('pages.parquet'), keyed(), { keyColumn: 'id' });
writeFileSync(folder.at('pages.ndjson.gz'), gzipSync(folder.read('pages.ndjson')));
mkdirSync(folder.at('bin'));
writeFileSync(folder.at('bin/flyhash'), `#!/bin/sh\nexec "${process.execPath}" "${MAIN}" "$@"\n`, {
  mode: 0o755,
});

/** Runs a program where `flyhash` is a command. */
function run(command: string, args: readonly string[]): void {
  const python = engines.python === undefined ? {} : { PYSPARK_PYTHON: engines.python };
  const spark = {
    SPARK_LOCAL_IP: '127.0.0.1',
    PYSPARK_SUBMIT_ARGS: '--master local[2] --conf spark.ui.enabled=false pyspark-shell',
  };
  const env = {
    ...process.env,
    ...python,
    ...spark,
    PATH: `${folder.at('bin')}${delimiter}${process.env.PATH}`,
  };
  const { status, stderr, error } = spawnSync(command, args, {
    cwd: folder.path,
    env,
    encoding: 'utf8',
  });
  if (status !== 0)
    throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr.slice(-2000)}`);
}

/** Runs a Python recipe. */
function python(name: string, ...args: string[]): void {
  writeFileSync(folder.at(name), recipe('python', `# ${name}`));
  run(engines.python as string, [name, ...args]);
}

const partsOf = (name: string): string[] =>
  readdirSync(folder.at(name))
    .filter((part) => part.startsWith('part-'))
    .sort()
    .map((part) => join(name, part));

describe('the page', () => {
  it('has its recipes', () => {
    expect(blocks.map(({ language }) => language)).toEqual([
      'json',
      'sh',
      'sh',
      'python',
      'python',
      'python',
      'python',
      'yaml',
    ]);
  });
});

if (engines.parallel) {
  describe('GNU parallel', () => {
    it('hashes shares, which are joined; one that is lost is hashed again, alone', () => {
      run('sh', ['-ec', recipe('sh', '--shard {}/8')]);
      expect(folder.read('codes.raw').equals(codes)).toBe(true);
      rmSync(folder.at('part-5.raw'));
      rmSync(folder.at('codes.raw'));
      expect(
        folder.failure([
          'join',
          ...partsOf('.').filter((name) => name.endsWith('.raw')),
          '--out',
          'codes.raw',
        ]).sentence,
      ).toContain('rows 3125 to 3750 are missing');
      folder.output([
        'hash',
        '--model',
        'model.safetensors',
        '--in',
        'embeddings.npy',
        '--shard',
        '5/8',
        '--out',
        'part-5.raw',
      ]);
      const parts = Array.from({ length: 8 }, (_, i) => `part-${i}.raw`);
      folder.output(['join', ...parts, '--out', 'codes.raw']);
      expect(folder.read('codes.raw').equals(codes)).toBe(true);
    });

    it('pipes lines through filters, in order', () => {
      run('sh', ['-ec', recipe('sh', '--pipe')]);
      expect(String(folder.read('pages.codes.ndjson')).trimEnd().split('\n')).toEqual(codeLines);
    });
  });
}

if (engines.python !== undefined) {
  describe('Dask', () => {
    it.each(['1', '3'])('hashes %s shares as processes', (shares) => {
      mkdirSync(folder.at(`dask-${shares}`));
      python('dask_shares.py', 'model.safetensors', 'embeddings.npy', `dask-${shares}`, shares);
      expect(folder.read(`dask-${shares}/codes.raw`).equals(codes)).toBe(true);
    });
  });
}

if (engines.python !== undefined) {
  describe('Ray', () => {
    it('hashes 3 shares as tasks', () => {
      mkdirSync(folder.at('ray'));
      const paths = ['model.safetensors', 'embeddings.npy', 'ray'].map((name) => folder.at(name));
      python('ray_shares.py', ...paths, '3');
      expect(folder.read('ray/codes.raw').equals(codes)).toBe(true);
    });
  });
}

if (engines.python !== undefined && engines.java) {
  describe('Spark', () => {
    it.each(['1', '3'])('pipes %s partitions', (partitions) => {
      python(
        'spark_pipe.py',
        folder.at('model.safetensors'),
        'pages.ndjson',
        `piped-${partitions}`,
        partitions,
      );
      const text = partsOf(`piped-${partitions}`).map((part) => String(folder.read(part)));
      expect(text.join('').trimEnd().split('\n')).toEqual(codeLines);
    });

    it('maps frames of pandas', () => {
      python('spark_pandas.py', folder.at('model.safetensors'), 'pages.parquet', 'mapped', '8');
      const program = `
import pyarrow.parquet as pq
table = pq.read_table("mapped").sort_by("id")
rows = sorted(zip(table["id"].to_pylist(), table["code"].to_pylist()), key=lambda row: int(row[0].split("-")[1]))
open("mapped.raw", "wb").write(b"".join(code for _, code in rows))`;
      run(engines.python as string, ['-c', program]);
      expect(folder.read('mapped.raw').equals(codes)).toBe(true);
    });
  });
}
