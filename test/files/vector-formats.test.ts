/**
 * Every format of vectors, written and read: the same numbers come back from each, in blocks, by ranges of rows, with keys
 * where it has them; every file that is cut or changed is read or refused with a typed error that names it.
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { FlyhashError } from '../../lib/errors.ts';
import { type ReadVectorsOptions, readVectors } from '../../lib/files/read-vectors.ts';
import { blockOf, type VectorBlock } from '../../lib/files/vector-block.ts';
import { WRITABLE_FORMATS, type WritableFormat } from '../../lib/files/vector-encoders.ts';
import { writeVectors } from '../../lib/files/write-vectors.ts';
import { RUNS } from '../support/generators.ts';

const folder = mkdtempSync(join(tmpdir(), 'flyhash-formats-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

/** Rows of a file, with whatever keys there are. */
async function read(path: string, options: ReadVectorsOptions = {}) {
  const [values, keys]: [number[], (number | string)[]] = [[], []];
  let [dim, rows] = [0, 0];
  for await (const block of readVectors(path, options)) {
    expect(block.values.length).toBe(block.rows * block.dim);
    dim = block.dim;
    rows += block.rows;
    values.push(...block.values);
    keys.push(...(block.keys ?? []));
  }
  return { values: Float32Array.from(values), keys, dim, rows };
}

const isWhole = (format: WritableFormat): boolean => format === 'ivecs' || format === 'bvecs';
const numbers = (format: WritableFormat, length: number): Float32Array =>
  Float32Array.from({ length }, (_, i) =>
    isWhole(format) ? (i * 37) % 251 : Math.sin(i * i + 1) * 10 ** ((i % 9) - 4),
  );

describe.each(WRITABLE_FORMATS)('%s', (format) => {
  const dim = 5;
  const options = format === 'f32' ? { dim } : {};
  const values = numbers(format, 7 * dim);
  const path = at(`a.${format}`);

  it('gives back what was written', async () => {
    expect(await writeVectors(path, values, { dim })).toBe(7);
    expect(await read(path, options)).toEqual({ values, keys: [], dim, rows: 7 });
    const rows = Array.from({ length: 7 }, (_, i) =>
      Array.from(values.subarray(i * dim, (i + 1) * dim)),
    );
    await writeVectors(at(`b.${format}`), rows);
    expect(readFileSync(at(`b.${format}`)).equals(readFileSync(path))).toBe(true);
  });

  it('gives any range of rows', async () => {
    for (const [first, end] of [
      [0, 3],
      [2, 5],
      [6, 7],
      [3, 3],
      [5, 99],
      [7, 9],
    ]) {
      const found = await read(path, { ...options, first, end });
      expect(found.values).toEqual(values.slice(first * dim, end * dim));
    }
  });

  it('gives ranges of a file of many blocks', async () => {
    const many = numbers(format, 40_000 * 10);
    await writeVectors(at(`many.${format}`), many, { dim: 10 });
    const own = format === 'f32' ? { dim: 10 } : {};
    for (const [first, end] of [
      [0, 40_000],
      [39_990, 40_000],
      [26_000, 27_000],
    ]) {
      let [row, isSame] = [first, true];
      for await (const block of readVectors(at(`many.${format}`), { ...own, first, end })) {
        isSame &&= Buffer.from(block.values.slice().buffer).equals(
          Buffer.from(many.slice(row * 10, (row + block.rows) * 10).buffer),
        );
        row += block.rows;
      }
      expect([row, isSame]).toEqual([end, true]);
    }
  });

  // A cut of a text may leave another number at its end, which nobody can tell.
  it('refuses every file that is cut, but at the end of a row, and names it and the byte', async () => {
    const whole = readFileSync(path);
    const cut = at(`cut.${format}`);
    let refusals = 0;
    for (let length = 0; length < whole.length; length += 3) {
      writeFileSync(cut, whole.subarray(0, length));
      const outcome = await read(cut, options).then(
        ({ values: some }) => format === 'csv' || values.join().startsWith(some.join()) || 'others',
        (error: unknown) => error,
      );
      if (outcome === true) continue;
      expect(outcome).toBeInstanceOf(FlyhashError);
      expect(String(outcome)).toContain(cut);
      if ((outcome as FlyhashError).code === 'ERR_CORRUPT_FILE')
        expect(String(outcome)).toMatch(/\bbytes? \d+/);
      refusals++;
    }
    expect(refusals).toBeGreaterThan(format === 'csv' ? 0 : 10);
  });

  it('never crashes on a file with changed bytes', async () => {
    const whole = readFileSync(path);
    const change = fc.record({ at: fc.nat(whole.length - 1), byte: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        const bytes = Buffer.from(whole);
        for (const { at: place, byte } of changes) bytes[place] = byte;
        writeFileSync(at(`changed.${format}`), bytes);
        const outcome = await read(at(`changed.${format}`), options).then(
          () => true,
          (error: unknown) =>
            error instanceof RangeError ||
            (error instanceof FlyhashError && /\bbytes? \d+/.test(error.message)) ||
            error,
        );
        expect(outcome).toBe(true);
      }),
      { numRuns: Math.ceil(RUNS / 4) },
    );
  });
});

describe('keys', () => {
  const block = (keys: (number | string)[]): VectorBlock =>
    blockOf(Float32Array.of(1, 2, 3, 4), 2, keys);
  async function* blocks(keys: (number | string)[]) {
    yield block(keys);
    yield block(keys);
  }

  it.each(['ndjson', 'parquet', 'arrow'])('travel in %s', async (format) => {
    for (const keys of [
      ['a', 'b "c"'],
      [7, 2 ** 53 - 1],
    ]) {
      const path = at(`keys.${format}`);
      await writeVectors(path, blocks(keys), { keyColumn: 'id', column: 'own' });
      const found = await read(path, { keyColumn: 'id', column: 'own' });
      expect(found).toEqual({
        values: Float32Array.of(1, 2, 3, 4, 1, 2, 3, 4),
        keys: [...keys, ...keys],
        dim: 2,
        rows: 4,
      });
      await expect(read(path, { column: 'none' })).rejects.toThrow(/none/);
    }
  });

  it('are the words of word vectors', async () => {
    writeFileSync(at('w.vec'), '2 2\nfly 1 2\nplum 3 4\n');
    expect(await read(at('w.vec'))).toMatchObject({ keys: ['fly', 'plum'], rows: 2, dim: 2 });
  });
});

describe('JSON lines', () => {
  it.each([
    ['[1,2]\n[3]\n', 'byte 6 must be 2 numbers at row 1 (line 2), got 1'],
    ['[1,2]\n\n[3,"x"]', 'byte 7 must be a number in column 1 at row 1 (line 3), got "x"'],
    [
      '{"vector":[1]}\n{"embedding":null}\n',
      'byte 15 must be an array of numbers, or an object with one in vector or embedding at row 1',
    ],
    ['[1,', 'byte 0 must be JSON at row 0 (line 1), got "[1,"'],
    ['[]', 'byte 0 must be 1 to 16777216 numbers at row 0 (line 1), got 0'],
  ])('refuse %j', async (text, sentence) => {
    writeFileSync(at('wrong.ndjson'), text);
    await expect(read(at('wrong.ndjson'))).rejects.toThrow(sentence);
    writeFileSync(at('wrong.ndjson.gz'), gzipSync(text));
    await expect(read(at('wrong.ndjson.gz'))).rejects.toThrow(sentence);
  });

  it('know offsets behind letters of several bytes and lines across reads', async () => {
    const filler = `{"text":"${'\u00e9'.repeat(200_000)}","vector":[1]}\n`;
    writeFileSync(at('long.ndjson'), `${filler}${filler}[1,2]\n`);
    const offset = 2 * Buffer.byteLength(filler);
    await expect(read(at('long.ndjson'))).rejects.toThrow(
      `byte ${offset} must be 1 numbers at row 2 (line 3)`,
    );
  });
});

describe('writing', () => {
  it('packs text, and refuses what a format cannot hold', async () => {
    await writeVectors(at('p.csv.gz'), [[1, 2]]);
    expect((await read(at('p.csv.gz'))).rows).toBe(1);
    await expect(writeVectors(at('p.npy.gz'), [[1, 2]])).rejects.toThrow(
      'path must be without .gz for npy',
    );
    await expect(writeVectors(at('p.bvecs'), [[1, 256]])).rejects.toThrow(
      'vectors[0][1] must be a whole number from 0 to 255',
    );
    await expect(writeVectors(at('p.csv'), [[1, Number.NaN]])).rejects.toThrow(
      'vectors[0][1] must be finite',
    );
    await expect(writeVectors(at('p.idx'), [[1]])).rejects.toThrow('format must be one of');
    await expect(writeVectors(at('p.csv'), 7 as never)).rejects.toThrow(
      'vectors must be vectors, or blocks',
    );
    const stop = AbortSignal.abort(new Error('enough'));
    await expect(writeVectors(at('p.csv'), [[1]], { signal: stop })).rejects.toThrow('enough');
  });
});
