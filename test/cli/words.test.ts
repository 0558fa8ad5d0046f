/**
 * `flyhash words` as a process: a model from files and from standard input, the same for both; neighbours alone and in a
 * sentence; figures, codes of other people's vectors, the page; and everything that can be wrong with what it is given.
 */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { CommandFolder } from '../support/command-line.ts';

const folder = new CommandFolder();
const at = (name: string): string => folder.at(name);

function words(args: readonly string[], input?: string) {
  const { status, stdout, stderr } = folder.run(['words', ...args], input);
  return { status, stdout: String(stdout), stderr: String(stderr) };
}

const WHO = [
  ['cat', 'dog', 'fox'],
  ['car', 'bus', 'van'],
];
const TEXT = Array.from({ length: 300 }, (_, i) => {
  const [does, what] = [
    ['eats', 'meat'],
    ['burns', 'petrol'],
  ][i % 2];
  return `the ${WHO[i % 2][Math.floor(i / 2) % 3]} ${does} ${what}\n`;
}).join('');
const SIZES = '--units 6 --active 3 --minimum-count 5 --seed 1 --shift 1'.split(' ');

beforeAll(() => {
  writeFileSync(at('text.txt.gz'), gzipSync(TEXT));
  writeFileSync(at('pairs.txt'), 'cat dog 9\ncar bus 9\ncat bus 1\nfox van 1\nfox unicorn 5\n');
  writeFileSync(at('bad.vec'), 'a 1 2\nb 1\n');
  writeFileSync(at('small.vec'), '3 2\nfly 1 0\nbee 1 0.1\nstone -1 3\n');
  const { status, stderr } = words([
    'train',
    at('text.txt.gz'),
    '--out',
    at('m.safetensors'),
    ...SIZES,
  ]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

describe('flyhash words', () => {
  it('trains the same from files and from standard input, and tells what as JSON', () => {
    const { status, stdout } = words(
      ['train', '-', '--out', at('n.safetensors'), ...SIZES, '--json'],
      TEXT,
    );
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'BioWord', words: 10, units: 6, active: 3 });
    expect(readFileSync(at('n.safetensors'))).toEqual(readFileSync(at('m.safetensors')));
  });

  it('tells neighbours of words, and of a word in a sentence', () => {
    const { stdout } = words(['nearest', at('m.safetensors'), 'Cat', 'bus', '--n', '5', '--json']);
    const found = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(found.map(({ query }) => query)).toEqual(['Cat', 'bus']);
    const near = found.map(({ neighbors }) => neighbors.map(({ word }: { word: string }) => word));
    expect(near[0]).toEqual(expect.arrayContaining(['dog', 'fox']));
    expect(near[1]).toEqual(expect.arrayContaining(['car', 'van']));
    const sentence = 'the [thing] eats meat';
    const inside = words(['nearest', at('m.safetensors'), '--sentence', sentence, '--n', '3']);
    expect(inside.stdout).toMatch(/^the \[thing\] eats meat: \w+ [01]\.\d{3}/);
  });

  it('measures at every number of active units', () => {
    const args = ['eval', at('m.safetensors'), '--similarity', at('pairs.txt'), '--active', '2,3'];
    const table = words(args);
    expect(table.stdout).toMatch(/^code +bits +set +measure +x 100 +covered\n2 of 6 /);
    const figures = JSON.parse(words([...args, '--json']).stdout);
    expect(figures).toMatchObject([
      { model: '2 of 6', bits: 6, set: 'pairs', measure: 'Spearman', covered: 4, asked: 5 },
      { model: '3 of 6', bits: 9 },
    ]);
    expect(figures[1].value).toBeGreaterThan(0.5);
  });

  it('tells classes of documents', () => {
    const documents = Array.from({ length: 40 }, (_, i) =>
      JSON.stringify({ body: TEXT.split('\n')[i], kind: ['animal', 'vehicle'][i % 2] }),
    );
    writeFileSync(
      at('documents.jsonl'),
      `${documents.join('\n')}\n{"body":"unheard","kind":"x"}\n`,
    );
    const args = ['eval', at('m.safetensors'), '--documents', at('documents.jsonl'), '--json'];
    const { stdout } = words([...args, '--text', 'body', '--label', 'kind']);
    const [figure] = JSON.parse(stdout);
    expect(figure).toMatchObject({ measure: 'naive Bayes', covered: 8, asked: 9 });
    expect(figure.value).toBeCloseTo(8 / 9, 12);
    const wrong = words([...args, '--text', 'body']);
    expect(wrong.stderr).toMatch(
      /documents\.jsonl, line 1 must be an object with a string or number label/,
    );
    writeFileSync(at('broken.jsonl'), '{"text":"a","label":"b"}\n{"te');
    const broken = words(['eval', at('m.safetensors'), '--documents', at('broken.jsonl')]);
    expect(broken.stderr).toMatch(/broken\.jsonl, line 2 must be a JSON object/);
  });

  it.each(['itq', 'simhash', 'binary-quantizer', 'flyhash', 'densefly'])(
    "makes codes of other people's vectors with %s",
    (hasher) => {
      const sizes = hasher === 'flyhash' ? ['--units', '40', '--active', '4'] : ['--bits', '16'];
      const out = at(`${hasher}.safetensors`);
      const made = words(['import', at('small.vec'), '--out', out, '--hasher', hasher, ...sizes]);
      expect({ ...made, stdout: '' }).toEqual({ status: 0, stdout: '', stderr: '' });
      const { stdout } = words(['nearest', out, 'fly', '--n', '1', '--json']);
      expect(JSON.parse(stdout).query).toBe('fly');
      expect(words(['eval', out, '--similarity', at('pairs.txt')]).status).toBe(0);
    },
  );

  it('writes a page', () => {
    const args = ['report', at('m.safetensors'), '--out', at('p.html'), '--word', 'cat'];
    expect(words([...args, '--sentence', 'a [cat] eats']).status).toBe(0);
    expect(readFileSync(at('p.html'), 'utf8')).toContain('a [cat] eats</textarea>');
  });

  const model = ['nearest', at('m.safetensors')];
  it.each([
    [['nearest', at('gone'), 'cat'], /gone must be/],
    [[...model, 'unheard'], /words must be words that are in .*, got "unheard"/],
    [model, /words must be at least one, or --sentence/],
    [
      [...model, '--sentence', 'no brackets'],
      /--sentence must be text with one word in \[brackets\]/,
    ],
    [[...model, '--sentence', 'xx [yy] zz'], /--sentence must be words around it/],
    [['eval', at('m.safetensors')], /must be given, got "none"/],
    [['eval', at('m.safetensors'), '--wic', at('pairs.txt')], /--wic must be four files/],
    [
      ['eval', at('m.safetensors'), '--similarity', at('text.txt.gz')],
      /text\.txt\.gz must be a file with at least one question/,
    ],
    [
      ['report', at('itq.safetensors'), '--out', at('q.html')],
      /must be a BioWord, got "WordCodes"/,
    ],
    [['import', at('bad.vec'), '--out', at('x')], /bad\.vec/],
    [['import', at('small.vec'), '--out', at('x'), '--hasher', 'magic'], /--hasher must be itq/],
    [['train', at('pairs.txt'), '--out', at('x')], /minimumCount = 15 times/],
    [['train', at('pairs.txt'), '--out', at('x'), '--window', '4'], /window must be an odd number/],
  ])('refuses %j', (args, message) => {
    const { status, stdout, stderr } = words(args);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    for (const name of ['x', 'q.html']) expect(existsSync(at(name))).toBe(false);
  });

  it('names wrong usage', () => {
    expect(words(['train', at('text.txt.gz')]).status).toBe(2);
    expect(words(['nearset']).status).toBe(2);
  });
});
