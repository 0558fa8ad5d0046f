/**
 * Files of vectors: every format and kind of number as its makers write it, packed or not, and the error with the byte
 * offset for every file that is cut, lies about its size, or holds something else.
 */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { FlyhashError } from '../../lib/errors.ts';
import { readVectors } from '../../lib/files/read-vectors.ts';
import { readLabels, readTable } from '../../lib/files/vector-tables.ts';
import { RUNS } from '../support/generators.ts';

const folder = mkdtempSync(join(tmpdir(), 'flyhash-vectors-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function written(name: string, bytes: Uint8Array | string): string {
  const own = join(folder, String(files++));
  mkdirSync(own);
  writeFileSync(join(own, name), name.endsWith('.gz') ? gzipSync(bytes) : bytes);
  return join(own, name);
}

interface NpyOptions {
  readonly descr: string;
  readonly shape: string;
  readonly order?: 'True' | 'False';
  readonly version?: 1 | 2 | 3;
}

function npy(data: Uint8Array, { descr, shape, order = 'False', version = 1 }: NpyOptions): Buffer {
  const dict = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }`;
  const start = version === 1 ? 10 : 12;
  const width = Math.ceil((start + dict.length + 1) / 64) * 64 - start - 1;
  const header = `${dict.padEnd(width)}\n`;
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  if (version === 1) length.writeUInt16LE(header.length);
  else length.writeUInt32LE(header.length);
  const magic = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]);
  return Buffer.concat([magic, length, Buffer.from(header, 'latin1'), data]);
}

const bytesOf = (array: ArrayBufferView): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

function bigEndian(array: Float32Array | Float64Array | Int16Array): Uint8Array {
  const bytes = Buffer.from(bytesOf(array));
  if (array.BYTES_PER_ELEMENT === 2) return bytes.swap16();
  return array.BYTES_PER_ELEMENT === 4 ? bytes.swap32() : bytes.swap64();
}

const VALUES = [1, -2, 3, 0, 5, -6];

describe('npy', () => {
  const floats = Float32Array.from(VALUES);
  const kinds: [string, Uint8Array][] = [
    ['<f4', bytesOf(floats)],
    ['>f4', bigEndian(floats)],
    ['<f8', bytesOf(Float64Array.from(VALUES))],
    ['>f8', bigEndian(Float64Array.from(VALUES))],
    ['<f2', bytesOf(Uint16Array.of(0x3c00, 0xc000, 0x4200, 0, 0x4500, 0xc600))],
    ['|i1', bytesOf(Int8Array.from(VALUES))],
    ['>i2', bigEndian(Int16Array.from(VALUES))],
    ['<i4', bytesOf(Int32Array.from(VALUES))],
    ['<i8', bytesOf(BigInt64Array.from(VALUES, BigInt))],
  ];

  it.each(kinds)('reads %s', async (descr, data) => {
    for (const name of ['a.npy', 'a.npy.gz']) {
      const path = written(name, npy(data, { descr, shape: '(2, 3)' }));
      expect(await readTable([path])).toEqual({ values: floats, rows: 2, dim: 3 });
    }
  });

  it.each([1, 2, 3] as const)('reads format version %i, and more dimensions', async (version) => {
    const data = Uint8Array.from({ length: 12 }, (_, i) => i);
    const path = written('a.npy', npy(data, { descr: '|u1', shape: '(3, 2, 2)', version }));
    expect(await readTable([path])).toEqual({ values: Float32Array.from(data), rows: 3, dim: 4 });
  });

  it('reads Fortran order and arrays of one dimension', async () => {
    const data = bytesOf(Float32Array.of(1, 4, 2, 5, 3, 6));
    const turned = npy(data, { descr: '<f4', shape: '(2, 3)', order: 'True' });
    const { values } = await readTable([written('a.npy', turned)]);
    expect([...values]).toEqual([1, 2, 3, 4, 5, 6]);
    const labels = npy(Uint8Array.of(7, 8, 9), { descr: '|u1', shape: '(3,)' });
    expect(await readLabels([written('l.npy', labels)])).toEqual([7, 8, 9]);
  });

  const wrong: [string, Buffer, string][] = [
    ['another magic', Buffer.from('NUMPYNUMPYNUMPY'), 'byte 0 must be the start of an .npy file'],
    ['nothing', Buffer.alloc(0), 'byte 0 must be the first byte of the magic string, got the end'],
    ['objects', npy(Buffer.alloc(8), { descr: '|O8', shape: '(1,)' }), 'got "|O8"'],
    ['no rows of numbers', npy(Buffer.alloc(0), { descr: '<f4', shape: '(3, 0)' }), 'rows of 1 to'],
    ['a scalar', npy(Buffer.alloc(4), { descr: '<f4', shape: '()' }), 'a shape of one dimension'],
    [
      'a huge claim',
      npy(Buffer.alloc(8), { descr: '<f4', shape: '(1099511627776, 2)' }),
      'bytes of its shape',
    ],
    [
      'a byte too many',
      npy(Buffer.alloc(9), { descr: '<f4', shape: '(1, 2)' }),
      'bytes of its shape',
    ],
  ];

  it.each(wrong)('refuses %s', async (_what, bytes, sentence) => {
    await expect(readTable([written('a.npy', bytes)])).rejects.toThrow(sentence);
    await expect(readTable([written('a.npy', bytes)])).rejects.toThrow(FlyhashError);
  });

  it('refuses a huge claim in a packed file without taking the memory', async () => {
    const claim = npy(Buffer.alloc(8), { descr: '<f4', shape: '(1099511627776, 2)' });
    await expect(readTable([written('a.npy.gz', claim)])).rejects.toThrow('more bytes of rows 0');
  });
});

describe('idx', () => {
  const images = Buffer.from([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 9, 8, 7, 6]);

  it('reads images and labels', async () => {
    const path = written('t-images-idx3-ubyte.gz', images);
    expect(await readTable([path])).toEqual({
      values: Float32Array.of(9, 8, 7, 6),
      rows: 2,
      dim: 2,
    });
    const labels = Buffer.from([0, 0, 8, 1, 0, 0, 0, 3, 5, 0, 4]);
    expect(await readLabels([written('t-labels-idx1-ubyte', labels)])).toEqual([5, 0, 4]);
  });

  it('refuses labels that are images', async () => {
    const path = written('t-idx3-ubyte', images);
    await expect(readLabels([path])).rejects.toThrow('must be 1, the label, got 2');
  });

  it('refuses what is cut, longer, or something else', async () => {
    for (let length = 0; length < images.length; length++) {
      const cut = written('c-idx3-ubyte', images.subarray(0, length));
      await expect(readTable([cut])).rejects.toThrow(FlyhashError);
    }
    const longer = written('c-idx3-ubyte', Buffer.concat([images, Buffer.of(1)]));
    await expect(readTable([longer])).rejects.toThrow('byte 20 must be the end, got more bytes');
    const other = written('c-idx3-ubyte', Buffer.from([1, 0, 8, 1, 0, 0, 0, 0]));
    await expect(readTable([other])).rejects.toThrow('byte 0 must be the start of an idx file');
  });
});

describe('vecs', () => {
  const fvecs = Buffer.concat(
    [
      [1.5, -2],
      [3, 4],
    ].map((row) => Buffer.concat([bytesOf(Int32Array.of(2)), bytesOf(Float32Array.from(row))])),
  );

  it('reads floats and bytes', async () => {
    const found = await readTable([written('a.fvecs', fvecs)]);
    expect(found).toEqual({ values: Float32Array.of(1.5, -2, 3, 4), rows: 2, dim: 2 });
    const bvecs = Buffer.from([3, 0, 0, 0, 1, 2, 255]);
    expect((await readTable([written('a.bvecs.gz', bvecs)])).values).toEqual(
      Float32Array.of(1, 2, 255),
    );
  });

  it('refuses every cut but between rows, and rows of other lengths', async () => {
    for (let length = 1; length < fvecs.length; length++) {
      if (length === 12) continue;
      const path = written('c.fvecs', fvecs.subarray(0, length));
      await expect(readTable([path])).rejects.toThrow(FlyhashError);
    }
    const other = Buffer.concat([fvecs, Buffer.from([3, 0, 0, 0])]);
    await expect(readTable([written('c.fvecs', other)])).rejects.toThrow(
      'byte 24 must be 2, the numbers of every row, got 3',
    );
    const huge = Buffer.from([255, 255, 255, 127]);
    await expect(readTable([written('c.fvecs', huge)])).rejects.toThrow(
      'byte 0 must be a number of numbers',
    );
  });
});

describe('csv', () => {
  it.each([
    ['commas, one at the end', '1,2,3,\n4,5,6,\n'],
    ['a line of names', 'a,b,c\n1,2,3\n4,5,6'],
    ['tabs and CRLF', '1\t2\t3\r\n4\t5\t6\r\n'],
    ['spaces and empty lines', '\n1 2  3\n\n 4 5 6 \n'],
    ['exponents', '1e0;2.0;+3\n4;5;60e-1\n'],
  ])('reads %s', async (_what, text) => {
    for (const name of ['a.csv', 'a.txt.gz']) {
      const found = await readTable([written(name, text)]);
      expect(found).toEqual({ values: Float32Array.of(1, 2, 3, 4, 5, 6), rows: 2, dim: 3 });
    }
  });

  it('names row, column and line of what is no number, and lines of other lengths', async () => {
    const text = written('a.csv', 'x,y\n1,2\n3,four\n');
    await expect(readTable([text])).rejects.toThrow(
      'a number at row 1, column 1 (line 3), got "four"',
    );
    const short = written('a.csv', '1,2\n3\n');
    await expect(readTable([short])).rejects.toThrow('byte 4 must be 2 numbers in line 2, got 1');
    const gap = written('a.csv', '1,,2\n');
    await expect(readTable([gap])).rejects.toThrow('column 1 (line 1), got ""');
    await expect(readTable([written('a.csv', '\n')])).rejects.toThrow('at least one vector');
  });

  it('reads labels of text', async () => {
    expect(await readLabels([written('l.txt', 'cat\ndog\ncat\n')])).toEqual(['cat', 'dog', 'cat']);
  });
});

describe('files of vectors', () => {
  it('are joined, when their rows are alike', async () => {
    const [one, other] = [written('a.csv', '1,2\n'), written('b.csv', '3,4\n')];
    expect((await readTable([one, other])).values).toEqual(Float32Array.of(1, 2, 3, 4));
    const wide = written('c.csv', '1,2,3\n');
    await expect(readTable([one, wide])).rejects.toThrow('must be 2, as in the file before, got 3');
  });

  it('come in blocks of whole rows', async () => {
    const rows = 40_000;
    const data = bytesOf(new Float32Array(rows * 10).fill(1));
    let count = 0;
    let blocks = 0;
    for await (const { dim, values } of readVectors(
      written('a.npy', npy(data, { descr: '<f4', shape: `(${rows}, 10)` })),
    )) {
      expect(dim).toBe(10);
      expect(values.length % 10).toBe(0);
      count += values.length / 10;
      blocks++;
    }
    expect([count, blocks]).toEqual([rows, 2]);
  });

  it('that are not there, or of no known kind, are named', async () => {
    const missing = join(folder, 'none.npy');
    await expect(readTable([missing])).rejects.toThrow(missing);
    await expect(readTable([join(folder, 'a.xyz')])).rejects.toThrow('path must be a file of .npy');
    const broken = join(folder, 'broken.csv.gz');
    writeFileSync(broken, gzipSync('1,2\n').subarray(0, 15));
    await expect(readTable([broken])).rejects.toThrow(FlyhashError);
  });

  it('that were changed anywhere are read or refused, and never crash', async () => {
    const sound = npy(bytesOf(Float32Array.from(VALUES)), { descr: '<f4', shape: '(2, 3)' });
    const change = fc.record({ at: fc.nat(sound.length - 1), byte: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        const bytes = Buffer.from(sound);
        for (const { at, byte } of changes) bytes[at] = byte;
        const path = join(folder, 'changed.npy');
        writeFileSync(path, bytes);
        const outcome = await readTable([path]).then(
          ({ rows, dim, values }) => values.length === rows * dim,
          (error: unknown) => error instanceof FlyhashError || error instanceof RangeError,
        );
        expect(outcome).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });
});
