/** `flyhash train`, `search`, `dedupe` and `info` as processes: what they give is what the library gives, and faults are told. */

import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  BioHash,
  exactNeighbors,
  FlyHash,
  HammingIndex,
  Itq,
  load,
  SimHash,
} from '../../lib/reference.ts';
import { CommandFolder } from '../support/command-line.ts';
import {
  bytes,
  codes,
  dim,
  fly,
  hash,
  model,
  rows,
  vectors,
  writeInputs,
} from '../support/hash-inputs.ts';

const folder = new CommandFolder();
await writeInputs(folder);
const table = Array.from({ length: rows }, (_, i) => vectors.slice(i * dim, (i + 1) * dim));
folder.output(hash('--in', 'a.npy', '--out', 'codes.npy'));
folder.output(['hash', '--model', 'f.safetensors', '--in', 'a.npy', '--out', 'sparse.npy']);

const jsonLines = (output: Uint8Array): unknown[] =>
  String(output)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('flyhash train', () => {
  it.each([
    [
      'simhash',
      ['--bits', '24', '--projection', 'orthogonal', '--seed', '3'],
      () => SimHash.train(vectors, { dim, bits: 24, projection: 'orthogonal', seed: 3 }),
    ],
    ['simhash', ['--bits', '24', '--random'], async () => SimHash.create({ dim, bits: 24 })],
    [
      'itq',
      ['--bits', '8', '--iterations', '4'],
      () => Itq.train(vectors, { dim, bits: 8, iterations: 4 }),
    ],
    [
      'biohash',
      ['--units', '20', '--active', '2', '--iterations', '3'],
      () => BioHash.train(table, { units: 20, active: 2, iterations: 3 }),
    ],
    [
      'flyhash',
      ['--units', '99', '--active', '5'],
      async () => FlyHash.create({ dim, units: 99, active: 5 }),
    ],
  ] as const)('%s %j makes the model of the library', async (name, args, made) => {
    folder.output(['train', name, '--in', 'a.npy', ...args, '--out', 'made.safetensors']);
    expect((await load(folder.at('made.safetensors'))).toBytes()).toEqual((await made()).toBytes());
  });

  it('learns the same from standard input and from several files', () => {
    const args = [
      'train',
      'biohash',
      '--units',
      '20',
      '--active',
      '2',
      '--iterations',
      '3',
      '--out',
    ];
    folder.output([...args, 'one.safetensors', '--in', 'a.npy']);
    folder.output(
      [...args, 'two.safetensors', '--in', '-', '--format', 'csv'],
      folder.read('a.csv'),
    );
    folder.output([...args, 'three.safetensors', '--in', 'a.npy', 'a.csv']);
    expect(folder.read('two.safetensors').equals(folder.read('one.safetensors'))).toBe(true);
    expect(folder.read('three.safetensors').equals(folder.read('one.safetensors'))).toBe(false);
  });

  it.each([
    [['itq', '--bits', '99', '--in', 'a.npy'], 'bits'],
    [['itq', '--bits', '8'], '--in must be given'],
    [
      ['simhash', '--bits', '8', '--projection', 'round', '--in', 'a.npy'],
      'projection must be one of',
    ],
  ])('says what is wrong: %j', (args, expected) => {
    const { status, sentence } = folder.failure(['train', ...args, '--out', 'never.safetensors']);
    expect(status).toBe(1);
    expect(sentence).toContain(expected);
  });
});

describe('flyhash search', () => {
  const queries = ['--in', 'a.npy', '--rows', '7..10', '--k', '4'];

  it('finds codes by their bits, from hashed codes, as lines, CSV and ids', async () => {
    const index = HammingIndex.create({ bits: codes.bits });
    index.add(codes);
    const { ids, distances } = index.search(codes.slice(7, 10), 4);
    const args = ['search', '--codes', 'codes.npy', '--model', 'm.safetensors', ...queries];
    const neighbors = (query: number) =>
      Array.from({ length: 4 }, (_, i) => ({
        id: ids[query * 4 + i],
        distance: distances[query * 4 + i],
      }));
    expect(jsonLines(folder.output([...args, '--save-index', 'saved.safetensors']))).toEqual(
      [0, 1, 2].map((query) => ({ query: 7 + query, neighbors: neighbors(query) })),
    );
    const csv = String(folder.output([...args, '--out-format', 'csv']))
      .trimEnd()
      .split('\n');
    expect(csv.slice(0, 2)).toEqual(['query,rank,id,distance', `7,0,${ids[0]},${distances[0]}`]);
    expect(csv.length).toBe(13);
    folder.output([...args, '--out', 'ids.npy']);
    expect(folder.read('ids.npy').subarray(128)).toEqual(Buffer.from(ids.buffer));
    const saved = [
      'search',
      '--index',
      'saved.safetensors',
      '--model',
      'm.safetensors',
      ...queries,
      '--out-format',
      'csv',
    ];
    expect(String(folder.output(saved)).trimEnd().split('\n')).toEqual(csv);
  });

  it('finds sparse codes by overlap', () => {
    const args = ['search', '--codes', 'sparse.npy', '--model', 'f.safetensors', ...queries];
    const found = jsonLines(folder.output(args)) as { neighbors: { id: number }[] }[];
    expect(found.map(({ neighbors }) => neighbors[0].id)).toEqual([7, 8, 9]);
    expect(fly.dim).toBe(dim);
  });

  it('finds vectors, with keys', () => {
    const exact = exactNeighbors(vectors, table.slice(7, 10), 4, { metric: 'l2', dim });
    const args = [
      'search',
      '--vectors',
      'a.ndjson',
      '--vectors-key',
      'id',
      '--metric',
      'l2',
      '--shortlist',
      '403',
    ];
    const found = jsonLines(folder.output([...args, ...queries])) as {
      neighbors: { id: string; distance: number }[];
    }[];
    const ids = found.flatMap(({ neighbors }) => neighbors.map(({ id }) => id));
    expect(ids).toEqual([...exact.ids].map((id) => `k${id}`));
  });

  it.each([
    [['--model', 'm.safetensors'], 'one of --index, --codes and --vectors must be given'],
    [['--codes', 'codes.npy'], '--model must be given'],
    [
      ['--codes', 'codes.npy', '--model', 'f.safetensors'],
      'codes.npy must have codes of the model',
    ],
    [
      ['--index', 'm.safetensors', '--model', 'm.safetensors'],
      'm.safetensors must be an index or codes',
    ],
    [
      ['--index', 'index.safetensors', '--model', 'f.safetensors'],
      'codes of 61 bits, as the index has',
    ],
    [['--codes', 'a.npy', '--model', 'm.safetensors'], 'a.npy.manifest.json must be the manifest'],
    [['--vectors', 'a.npy', '--out', 'x.xls'], '--out must be a file of'],
  ])('says what is wrong: %j', (args, expected) => {
    const { status, sentence } = folder.failure(['search', ...queries, ...args]);
    expect(status).toBe(1);
    expect(sentence).toContain(expected);
  });
});

describe('flyhash dedupe', () => {
  const row = (i: number, change = 0): string =>
    JSON.stringify({
      url: `u${i}${change === 0 ? '' : '-again'}`,
      vector: Array.from(table[i], (v) => v + change),
    });
  const pages = [row(0), row(1), row(0, 1e-6), row(2), row(1, 1e-6), row(0, 2e-6)].join('\n');
  const args = ['dedupe', '--model', 'm.safetensors', '--radius', '2', '--key', 'url'];

  it('gives pairs, groups, and what stays', () => {
    const pairs = jsonLines(folder.output(args, pages)) as {
      left: string;
      right: string;
      distance: number;
    }[];
    expect(pairs.map(({ left, right }) => `${left} ${right}`).sort()).toEqual([
      'u0 u0-again',
      'u0 u0-again',
      'u0-again u0-again',
      'u1 u1-again',
    ]);
    expect(jsonLines(folder.output([...args, '--result', 'groups'], pages))).toEqual([
      { group: ['u0', 'u0-again', 'u0-again'] },
      { group: ['u1', 'u1-again'] },
    ]);
    expect(jsonLines(folder.output([...args, '--result', 'keep'], pages))).toEqual([
      'u0',
      'u1',
      'u2',
    ]);
  });

  it('gives the pairs of the library from codes', async () => {
    const index = HammingIndex.create({ bits: codes.bits });
    index.add(codes);
    const expected: string[] = [];
    for await (const { count, left, right, distances } of index.selfJoin(6)) {
      for (let i = 0; i < count; i++)
        expected.push(JSON.stringify({ left: left[i], right: right[i], distance: distances[i] }));
    }
    const found = String(folder.output(['dedupe', '--codes', 'codes.npy', '--radius', '6']));
    expect(found.trimEnd().split('\n').sort()).toEqual(expected.sort());
    expect(expected.length).toBeGreaterThan(3);
  });

  it.each([
    [['--codes', 'sparse.npy'], 'must be bit codes, got sparse ones'],
    [['--in', 'a.npy'], '--model must be given'],
  ])('says what is wrong: %j', (more, expected) => {
    const { status, sentence } = folder.failure(['dedupe', '--radius', '2', ...more]);
    expect(status).toBe(1);
    expect(sentence).toContain(expected);
  });
});

describe('flyhash info', () => {
  it('tells what files are', () => {
    const [stored, vecs] = jsonLines(
      folder.output(['info', '--json', 'm.safetensors', 'a.csv']),
    ) as Record<string, unknown>[];
    const manifest = folder.json('codes.npy.manifest.json') as { model: { sha256: string } };
    expect(stored).toMatchObject({
      kind: 'SimHash',
      version: 1,
      bytes: model.toBytes().length,
      sha256: manifest.model.sha256,
      parameters: { dim, bits: 61 },
    });
    expect(vecs).toMatchObject({ format: 'csv', rows, dim, zeroRows: 0, notFinite: 0 });
    expect(String(folder.output(['info', 'index.safetensors', 'codes.npy']))).toContain(
      `codes.npy: npy, ${rows} rows of 8 numbers`,
    );
    expect(bytes.length).toBe(rows * 8);
  });

  it('tells what is odd among numbers', () => {
    writeFileSync(folder.at('odd.ndjson'), '[0,0]\n[1,1e999]\n');
    const said = String(folder.output(['info', 'odd.ndjson']));
    expect(said).toContain('1 rows are all zero');
    expect(said).toContain('1 numbers are not finite (the first in row 1, column 1)');
  });

  it('refuses a file with any byte changed', () => {
    const sound = folder.read('index.safetensors');
    for (const at of [0, 9, 70, sound.length - 1]) {
      const changed = Buffer.from(sound);
      changed[at] ^= 4;
      writeFileSync(folder.at('changed.safetensors'), changed);
      const { status, sentence } = folder.failure(['info', 'changed.safetensors']);
      expect(status).toBe(1);
      expect(sentence).toContain('changed.safetensors');
    }
  });
});
