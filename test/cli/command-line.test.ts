/**
 * The command line as a process: help, wrong usage, files that are wrong, both commands from files to table, JSON and page,
 * pipes that close, and Ctrl-C, which leaves no file behind.
 */

import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../../dist/bundle/cli.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'flyhash-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

const at = (name: string): string => join(folder, name);

function flyhash(...args: string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8', timeout: 60_000 });
}

const ROWS = 120;
const line = (row: number): string =>
  Array.from({ length: 8 }, (_, i) => ((row * (i + 3) * 7) % 23) + (row % 2) * 20 + 1).join(',');
writeFileSync(at('vectors.csv'), Array.from({ length: ROWS }, (_, row) => line(row)).join('\n'));
writeFileSync(
  at('labels.txt'),
  Array.from({ length: ROWS }, (_, i) => ['even', 'odd'][i % 2]).join('\n'),
);
writeFileSync(at('bad.csv'), '1,2\n3,x\n');

const VECTORS = at('vectors.csv');
const small = ['--k', '2', '--methods', 'LSH;BioHash', '--per-class', '5'];

describe('flyhash', () => {
  it.each([
    [['--help']],
    [['eval', '--help']],
    [['eval', 'biohash', '--help']],
    [['compare', '--help']],
  ])('explains %j', (args) => {
    const { status, stdout, stderr } = flyhash(...args);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('Usage: flyhash');
  });

  it('tells its version', () => {
    const { version } = JSON.parse(
      readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
    );
    expect(flyhash('--version').stdout.trim()).toBe(version);
  });

  const usage: [string[], string][] = [
    [['evl'], 'unknown command'],
    [['eval', 'biohsh'], 'unknown command'],
    [['compare'], "missing required argument 'vectors'"],
    [['compare', VECTORS, '--sises', '8'], 'unknown option'],
    [['compare', VECTORS, '--k', 'ten'], 'It must be a whole number'],
    [['eval', 'biohash', '--vectors', VECTORS], 'required option'],
    [['eval', 'recall', '--vectors', VECTORS, '--activity', 'x'], 'It must be a number'],
  ];

  it.each(usage)('ends with 2 for wrong usage: %j', (args, sentence) => {
    const { status, stdout, stderr } = flyhash(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(sentence);
  });

  const failures: [string[], string][] = [
    [['compare', at('none.npy')], 'none.npy must be a readable file'],
    [['compare', at('bad.csv')], 'a number at row 1, column 1 (line 2), got "x"'],
    [['compare', VECTORS, '--metric', 'l1'], 'flyhash: metric must be one of'],
    [['compare', VECTORS, '--hashers', 'simhash'], 'flyhash: hashers'],
    [['compare', VECTORS, '--labels', at('bad.csv')], 'flyhash: labels'],
    [
      ['eval', 'biohash', '--vectors', VECTORS, '--labels', at('bad.csv')],
      'labels.length must be rows = 120, got 2',
    ],
    [['eval', 'recall', '--vectors', VECTORS, '--methods', 'LHS'], 'methods[0] must be one of'],
    [
      ['eval', 'recall', '--vectors', VECTORS, '--methods', 'LSH', '--json', at('no/where.json')],
      'where.json must be written',
    ],
  ];

  it.each(failures)('ends with 1 and one sentence: %j', (args, sentence) => {
    const { status, stderr } = flyhash(...args);
    expect(status).toBe(1);
    expect(stderr).toContain(sentence);
    expect(stderr.trim().split('\n').length).toBe(1);
  });

  it('evaluates from files to a table and JSON', () => {
    const labels = ['--labels', at('labels.txt')];
    const args = ['eval', 'biohash', '--vectors', VECTORS, ...labels, ...small];
    const { status, stdout, stderr } = flyhash(...args, '--json', at('report.json'));
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('mAP@All');
    const report = JSON.parse(readFileSync(at('report.json'), 'utf8'));
    expect(report.rows.map(({ method }: { method: string }) => method)).toEqual(['LSH', 'BioHash']);
    const alone = flyhash(...args, '--json', '-');
    expect(JSON.parse(alone.stdout)).toEqual(report);
  });

  it.each([
    ['science2017', ['--methods', 'fly 10d units, bits;random units']],
    ['densefly', ['--methods', 'DenseFly, 20k bits;SimHash, k bits']],
    ['recall', ['--methods', 'LSH;ITQ']],
  ])('evaluates %s', (protocol, methods) => {
    const sizes = ['--k', '4', '--queries', '10', '--neighbors', '3', '--repeats', '2'];
    const { status, stdout, stderr } = flyhash(
      'eval',
      protocol,
      '--vectors',
      VECTORS,
      ...sizes,
      ...methods,
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const name of methods[1].split(';')) expect(stdout).toContain(name);
  });

  const quick = [
    '--sizes',
    '8',
    '--hashers',
    'sign-mean,simhash-hadamard',
    '--shortlists',
    '20',
    '--repeats',
    '1',
    '--queries',
    '10',
  ];

  it('compares, and writes table, JSON and page', () => {
    const files = ['--json', at('compare.json'), '--html', at('compare.html')];
    const { status, stdout, stderr } = flyhash(
      'compare',
      VECTORS,
      ...quick,
      ...files,
      '--labels',
      at('labels.txt'),
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const comparison = JSON.parse(readFileSync(at('compare.json'), 'utf8'));
    expect(comparison.results.length).toBe(2);
    expect(readFileSync(at('compare.html'), 'utf8')).toContain('vectors.csv');
    expect(stdout.trim().split('\n').length).toBeGreaterThan(5);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('ends quietly when nobody reads', () => {
    const command = `"${process.execPath}" "${MAIN}" compare "${VECTORS}" ${quick.join(' ')} | head -c 1`;
    const { status, stderr } = spawnSync('sh', ['-c', command], {
      encoding: 'utf8',
      timeout: 60_000,
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('ends with 130 when interrupted, and leaves no file', async () => {
    // A pipe tells when the command has begun to read, and with it to listen.
    spawnSync('mkfifo', [at('pipe.csv')]);
    const long = ['--repeats', '100000', '--methods', 'LSH', '--json', at('never.json')];
    const args = ['eval', 'recall', '--vectors', at('pipe.csv'), ...long];
    const child = spawn(process.execPath, [MAIN, ...args], { stdio: 'ignore' });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    const pipe = await open(at('pipe.csv'), 'w');
    child.kill('SIGINT');
    // The command may be gone before it has read all of it.
    await pipe.writeFile(readFileSync(VECTORS)).catch((error) => {
      if (error.code !== 'EPIPE') throw error;
    });
    await pipe.close();
    expect(await ended).toBe(130);
    expect(existsSync(at('never.json'))).toBe(false);
  });
});
