/**
 * `flyhash hash` and `flyhash join` as processes: every way in gives the codes of the library, in every form; shares of a
 * file, joined, are the bytes of one run, manifest and all; a share that is damaged or missing is found.
 */

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { npyHeader } from '../../lib/files/npy-header.ts';
import { BitCodes, load } from '../../lib/reference.ts';
import { CommandFolder, MAIN } from '../support/command-line.ts';
import {
  bytes,
  codes,
  dim,
  fly,
  hash,
  header,
  hexLines,
  inputs,
  lines,
  model,
  raw,
  rows,
  vecs,
  vectors,
  writeInputs,
} from '../support/hash-inputs.ts';

const folder = new CommandFolder();
await writeInputs(folder);

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
