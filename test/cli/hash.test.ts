/**
 * `flyhash hash` and `flyhash join` as processes: every way in gives the codes of the library, in every form; shares of a
 * file, joined, are the bytes of one run; a manifest is there when, and only when, its file is whole; every fault is one
 * sentence and an exit code, and leaves no file.
 */

import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { npyHeader } from '../../lib/files/npy-header.ts';
import { BitCodes, FlyHash, HammingIndex, load, SimHash } from '../../lib/reference.ts';
import { CommandFolder, MAIN } from '../support/command-line.ts';

const folder = new CommandFolder();
const [dim, rows] = [16, 403];
const vectors = Float32Array.from({ length: rows * dim }, (_, i) =>
  Math.fround(Math.sin(i * i + 1)),
);
const raw = Buffer.from(vectors.buffer);
const row = (i: number): Float32Array => vectors.subarray(i * dim, (i + 1) * dim);
const lines = Array.from(
  { length: rows },
  (_, i) => `${JSON.stringify({ id: `k${i}`, vector: [...row(i)] })}\n`,
);

const model = SimHash.create({ dim, bits: 61, seed: 1 });
const fly = FlyHash.create({ dim, units: 160, active: 8, seed: 1 });
const codes = model.hash(vectors);
const bytes = Buffer.from(codes.data);
const hexLines = `${[...codes].map((code) => Buffer.from(code).toString('hex')).join('\n')}\n`;

await model.save(folder.at('m.safetensors'));
await fly.save(folder.at('f.safetensors'));
await HammingIndex.create({ bits: 61 }).save(folder.at('index.safetensors'));
const header = npyHeader('<f4', rows, dim);
const vecs = Buffer.concat(
  Array.from({ length: rows }, (_, i) =>
    Buffer.concat([
      Buffer.from(Int32Array.of(dim).buffer),
      raw.subarray(4 * i * dim, 4 * (i + 1) * dim),
    ]),
  ),
);
const inputs: Record<string, Uint8Array | string> = {
  'a.npy': Buffer.concat([header, raw]),
  'a.npy.gz': gzipSync(Buffer.concat([header, raw])),
  'a.f32': raw,
  'a.f32.gz': gzipSync(raw),
  'a.fvecs': vecs,
  'a.fvecs.gz': gzipSync(vecs),
  'a.csv': Array.from({ length: rows }, (_, i) => row(i).join()).join('\n'),
  'a.ndjson': lines.join(''),
  'a.ndjson.gz': gzipSync(lines.join('')),
};
for (const [name, content] of Object.entries(inputs)) writeFileSync(folder.at(name), content);

const hash = (...args: string[]): string[] => ['hash', '--model', 'm.safetensors', ...args];

describe('flyhash hash', () => {
  it.each(Object.keys(inputs))('gives the codes of the library from %s', (name) => {
    folder.output(hash('--in', name, '--out', 'codes.raw'));
    expect(folder.read('codes.raw').equals(bytes)).toBe(true);
  });

  it.each([
    ['ndjson', lines.join('')],
    ['f32', raw],
    ['npy', inputs['a.npy']],
    ['fvecs', vecs],
    ['csv', inputs['a.csv']],
  ])('is a filter from %s on standard input', (format, input) => {
    expect(String(folder.output(hash('--format', format), input))).toBe(hexLines);
    const out = folder.output(hash('--format', format, '--out-format', 'raw'), input);
    expect(out.equals(bytes)).toBe(true);
  });

  it('writes npy, lines of base64 and of JSON with keys, and the file of the package', async () => {
    folder.output(hash('--in', 'a.csv', '--out', 'codes.npy'));
    const npy = folder.read('codes.npy');
    expect(npy.equals(Buffer.concat([npyHeader('|u1', rows, 8), bytes]))).toBe(true);
    const base64 = folder.output(hash('--in', 'a.npy', '--out-format', 'base64'));
    expect(Buffer.from(String(base64).split('\n')[7], 'base64')).toEqual(Buffer.from(codes.row(7)));
    const json = folder.output(hash('--key', 'id', '--out-format', 'ndjson'), lines.join(''));
    const last = String(json).trimEnd().split('\n').at(-1) ?? '';
    const code = Buffer.from(codes.row(rows - 1)).toString('hex');
    expect(JSON.parse(last)).toEqual({ key: `k${rows - 1}`, code });
    folder.output(hash('--in', 'a.npy', '--out', 'codes.safetensors'));
    expect((await BitCodes.load(folder.at('codes.safetensors'))).equals(codes)).toBe(true);
  });

  it('writes sparse codes as indices', async () => {
    const sparse = fly.hash(vectors);
    const args = ['hash', '--model', 'f.safetensors', '--in', 'a.npy', '--out'];
    folder.output([...args, 'sparse.npy']);
    const expected = Buffer.concat([npyHeader('<u4', rows, 8), Buffer.from(sparse.indices.buffer)]);
    expect(folder.read('sparse.npy').equals(expected)).toBe(true);
    folder.output([...args, 'sparse.safetensors']);
    expect((await load(folder.at('sparse.safetensors'))).toBytes()).toEqual(sparse.toBytes());
    const line = String(folder.output([...args.slice(0, -1), '--out-format', 'ndjson'])).split(
      '\n',
    )[3];
    expect(JSON.parse(line)).toEqual({ active: [...sparse.row(3)] });
  });

  it('says in the manifest what was made of what', () => {
    const said = folder.output(
      hash('--in', 'a.npy', '--out', 'codes.npy', '--rows', '3..10', '--json'),
    );
    const manifest = folder.json('codes.npy.manifest.json');
    expect(JSON.parse(String(said))).toEqual(manifest);
    const digest = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');
    expect(manifest).toMatchObject({
      model: { kind: 'SimHash', sha256: digest(model.toBytes()) },
      input: { name: 'a.npy', format: 'npy', bytes: header.length + raw.length, dim },
      rows: { first: 3, end: 10, of: rows },
      codes: { kind: 'BitCodes', bits: 61, rowBytes: 8 },
      output: { bytes: 128 + 7 * 8, sha256: digest(folder.read('codes.npy')) },
    });
  });

  it('answers rows as they come, so that a program may wait for each answer', async () => {
    const args = hash('--format', 'f32', '--out-format', 'raw');
    const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder.path, stdio: 'pipe' });
    for (const i of [5, 9]) {
      child.stdin.write(raw.subarray(4 * i * dim, 4 * (i + 1) * dim));
      const [answer] = await new Promise<[Buffer]>((resolve) => {
        child.stdout.once('data', (data: Buffer) => resolve([data]));
      });
      expect(answer.equals(Buffer.from(codes.row(i)))).toBe(true);
    }
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.stdin.end();
    expect(await ended).toBe(0);
  });
});

describe('shares', () => {
  it.each([
    ['a.npy', 'npy'],
    ['a.npy', 'raw'],
    ['a.fvecs', 'raw'],
    ['a.f32', 'hex'],
  ])('of %s, joined as %s, are the bytes of one run, manifest and all', (name, ending) => {
    folder.output(hash('--in', name, '--out', `all.${ending}`));
    const [whole, manifest] = [
      folder.read(`all.${ending}`),
      folder.read(`all.${ending}.manifest.json`),
    ];
    const shares = ['2/3', '0/3', '1/3'].map((share, i) => {
      folder.output(hash('--in', name, '--shard', share, '--out', `part-${i}.${ending}`));
      return `part-${i}.${ending}`;
    });
    folder.output(['join', ...shares, '--out', `all.${ending}`]);
    expect(folder.read(`all.${ending}`).equals(whole)).toBe(true);
    expect(folder.read(`all.${ending}.manifest.json`).equals(manifest)).toBe(true);
  });

  it('of text are ranges of rows', () => {
    folder.output(hash('--in', 'a.csv', '--rows', '..200', '--out', 'one.raw'));
    folder.output(hash('--in', 'a.csv', '--rows', '200..', '--out', 'two.raw'));
    folder.output(['join', 'two.raw', 'one.raw', '--out', 'both.raw']);
    expect(folder.read('both.raw').equals(bytes)).toBe(true);
    expect(folder.failure(hash('--in', 'a.csv', '--shard', '0/2')).sentence).toContain(
      'use --rows for csv',
    );
  });

  it('are joined when they are complete, sound and of one model, and else leave nothing', () => {
    const made = ['0/3', '1/3', '2/3'].map((share, i) => {
      folder.output(hash('--in', 'a.npy', '--shard', share, '--out', `p${i}.raw`));
      return `p${i}.raw`;
    });
    const join = (...parts: string[]) => folder.failure(['join', ...parts, '--out', 'never.raw']);
    const failures: [string[], string][] = [
      [[made[0], made[2]], 'rows 134 to 268 are missing'],
      [[made[0], made[1]], 'the parts must have 403 rows, got 268 rows'],
      [[...made, made[1]], 'come twice'],
      [[...made, 'none.raw'], 'none.raw.manifest.json must be the manifest'],
    ];
    for (const [parts, sentence] of failures) {
      expect(join(...parts)).toMatchObject({
        status: 1,
        sentence: expect.stringContaining(sentence),
      });
    }
    const damaged = folder.read(made[1]);
    damaged[11] ^= 1;
    writeFileSync(folder.at(made[1]), damaged);
    expect(join(...made).sentence).toContain(
      'p1.raw must be the 1072 bytes of its manifest, got others',
    );
    folder.output([
      'hash',
      '--model',
      'f.safetensors',
      '--in',
      'a.npy',
      '--shard',
      '1/3',
      '--out',
      made[1],
    ]);
    expect(join(...made).sentence).toContain('p1.raw must have codes of the model');
    expect(readdirSync(folder.path).filter((name) => /never|\.tmp$/.test(name))).toEqual([]);
    // A share that failed is hashed again, alone.
    folder.output(hash('--in', 'a.npy', '--shard', '1/3', '--out', made[1]));
    folder.output(['join', ...made, '--out', 'again.raw']);
    expect(folder.read('again.raw').equals(bytes)).toBe(true);
  });

  it('of whole files are joined as they are named', () => {
    for (const [name, from] of [
      ['x', 'a.npy'],
      ['y', 'a.f32'],
    ]) {
      folder.output(hash('--in', from, '--out', `${name}.raw`));
    }
    folder.output(['join', 'x.raw', 'y.raw', '--out', 'both.raw']);
    expect(folder.read('both.raw').equals(Buffer.concat([bytes, bytes]))).toBe(true);
  });
});

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
