/**
 * What goes wrong with `flyhash hash` and `flyhash join`: every fault is one sentence that names file, row and column, and an
 * exit code; nothing half-written stays, whether files are wrong, the disk is full, nobody reads on, or a signal comes.
 */

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { CommandFolder, MAIN } from '../support/command-line.ts';
import {
  bytes,
  dim,
  hash,
  header,
  hexLines,
  inputs,
  lines,
  raw,
  row,
  vectors,
  writeInputs,
} from '../support/hash-inputs.ts';

const folder = new CommandFolder();
await writeInputs(folder);

describe('what goes wrong', () => {
  writeFileSync(folder.at('wide.csv'), '1,2,3\n');
  writeFileSync(folder.at('word.csv'), `${row(0).join()}\n${row(1).join()},x\n`);
  const bad = Float32Array.from(vectors);
  bad[300 * dim + 5] = Number.NaN;
  writeFileSync(folder.at('nan.npy'), Buffer.concat([header, Buffer.from(bad.buffer)]));
  writeFileSync(folder.at('cut.npy'), (inputs['a.npy'] as Buffer).subarray(0, 5000));
  const huge = lines.with(4, lines[4].replace(/\[[^,]*/, '[1e999'));
  writeFileSync(folder.at('huge.ndjson'), huge.join(''));

  const failures: [string[], string][] = [
    [['--in', 'none.npy'], 'none.npy must be a readable file, got ENOENT'],
    [['--in', 'a.xyz'], 'or to come with its format'],
    [['--in', 'wide.csv'], 'wide.csv: numbers of a row must be 16, as the model has, got 3'],
    [['--in', 'word.csv'], 'a number at row 1, column 16 (line 2), got "x"'],
    [['--in', 'nan.npy'], 'nan.npy: row 300, column 5 must be finite, got NaN'],
    [['--in', 'nan.npy', '--rows', '250..'], 'nan.npy: row 300, column 5 must be finite'],
    [['--in', 'huge.ndjson'], 'huge.ndjson: row 4, column 0 must be finite, got Infinity'],
    [['--in', 'cut.npy'], 'byte 128 must be followed by the 25792 bytes of its shape, got 4872'],
    [['--in', 'a.npy', '--rows', '2000..'], 'within its 403 rows, got 2000'],
    [['--in', 'a.npy', '--out', 'no/where.raw'], 'no/where.raw must be written'],
    [
      ['--in', 'a.npy', '--out', '/dev/full', '--out-format', 'raw'],
      '/dev/full must be a regular file',
    ],
    [
      ['--in', 'a.csv', '--out-format', 'npy', '--out', '-'],
      'where the rows of the input are not known beforehand',
    ],
    [
      ['--in', 'a.npy', '--model', 'index.safetensors'],
      'index.safetensors must be a hasher, got a HammingIndex',
    ],
    [
      ['--in', 'a.npy', '--model', 'none.safetensors'],
      'none.safetensors must be a file that can be read',
    ],
    [['--in', 'a.npy', '--model', 'a.npy'], 'a.npy: file: header length must be'],
  ];

  it.each(failures)('is one sentence: %j', (args, expected) => {
    const { status, sentence } = folder.failure(
      hash('--out-format', 'raw', '--out', 'never.raw', ...args),
    );
    expect({ status, lines: sentence.split('\n').length }).toEqual({ status: 1, lines: 1 });
    expect(sentence).toContain(expected);
    expect(readdirSync(folder.path).filter((name) => /never|\.tmp$/.test(name))).toEqual([]);
  });

  it.each([
    [['hash'], "required option '--model <file>'"],
    [hash('--rows', '5'), 'It must be first..end'],
    [hash('--shard', '3/3'), 'It must be i/n'],
    [hash('--format', 'xls'), 'It must be one of npy'],
    [hash('--out-format', 'xls'), 'It must be one of npy'],
    [['join'], "missing required argument 'codes'"],
  ])('is wrong usage: %j', (args, expected) => {
    const { status, sentence } = folder.failure(args);
    expect(status).toBe(2);
    expect(sentence).toContain(expected);
  });

  it('leaves an old file and takes its manifest when a new run fails', () => {
    folder.output(hash('--in', 'a.npy', '--out', 'old.raw'));
    expect(folder.failure(hash('--in', 'nan.npy', '--out', 'old.raw')).status).toBe(1);
    expect(folder.read('old.raw').equals(bytes)).toBe(true);
    expect(existsSync(folder.at('old.raw.manifest.json'))).toBe(false);
  });

  it('is a full disk on standard output, and no fault when nobody reads on', () => {
    const full = folder.shell('$flyhash hash --model m.safetensors --in a.npy > /dev/full');
    expect(full.status).toBe(1);
    expect(full.stderr).toContain('standard output must take what is written, got ENOSPC');
    const line =
      'cat a.f32 a.f32 a.f32 a.f32 | $flyhash hash --model m.safetensors --format f32 | head -1';
    const head = folder.shell(line);
    expect(head).toMatchObject({ status: 0, stderr: '', stdout: `${hexLines.split('\n')[0]}\n` });
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('is %s, which leaves no file', async (signal, expected) => {
    rmSync(folder.at('pipe'), { force: true });
    spawnSync('mkfifo', [folder.at('pipe')]);
    const args = hash('--in', 'pipe', '--format', 'f32', '--out', 'interrupted.raw');
    const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder.path, stdio: 'ignore' });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    // Opens when the command reads; it waits for more rows when it is interrupted.
    const pipe = await open(folder.at('pipe'), 'w');
    await pipe.write(raw);
    child.kill(signal);
    expect(await ended).toBe(expected);
    await pipe.close();
    expect(readdirSync(folder.path).filter((name) => /interrupted|\.tmp$/.test(name))).toEqual([]);
  });
});
