/**
 * Text in: every form that text may have, where a text ends in it, files packed and plain, and the error for what is no
 * text or breaks off.
 */

import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { FlyhashError } from '../../lib/errors.ts';
import { readInto, readText, type Text, type TextPart } from '../../lib/words/text.ts';
import { RUNS } from '../support/generators.ts';

const folder = mkdtempSync(join(tmpdir(), 'flyhash-text-'));
afterAll(() => rmSync(folder, { recursive: true }));

function written(name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** The texts that a sink gets, each put together again. */
async function texts(text: unknown): Promise<string[]> {
  const found: string[] = [];
  let parts: Buffer[] = [];
  await readInto(text, {
    write: (piece: TextPart) => parts.push(Buffer.from(piece as string)),
    end: () => {
      found.push(Buffer.concat(parts).toString());
      parts = [];
    },
    rest: () => undefined,
  });
  expect(parts).toEqual([]);
  return found;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function* given<Kind>(...parts: Kind[]): AsyncGenerator<Kind, void, void> {
  yield* parts;
}

describe('text', () => {
  it.each<[string, () => Text, string[]]>([
    ['a string', () => 'a\nb', ['a\nb']],
    ['an empty string', () => '', ['']],
    ['bytes', () => bytes('a b'), ['a b']],
    ['an array of strings', () => ['a', '', 'b'], ['a', '', 'b']],
    ['a set', () => new Set(['a', 'b']), ['a', 'b']],
    ['an array of bytes', () => [bytes('a'), bytes('b')], ['ab']],
    [
      'bytes and strings',
      () => [bytes('a'), bytes('b'), 'c', bytes('d'), 'e'],
      ['ab', 'c', 'd', 'e'],
    ],
    ['nothing', () => [], []],
    ['an async generator of strings', () => given('a', 'b'), ['a', 'b']],
    ['an async generator of bytes', () => given(bytes('a'), bytes('b')), ['ab']],
    [
      'a readable of bytes',
      () => Readable.from([bytes('a'), bytes('b')], { objectMode: false }),
      ['ab'],
    ],
    ['a readable of objects', () => Readable.from(['a', 'b']), ['a', 'b']],
    ['a web stream of bytes', () => new Blob(['a', 'b']).stream(), ['ab']],
    [
      'a web stream of strings',
      () =>
        new Blob(['a', 'b'])
          .stream()
          .pipeThrough(new TextDecoderStream()) as ReadableStream<string>,
      ['ab'],
    ],
  ])('may be %s', async (_what, text, expected) => {
    expect(await texts(text())).toEqual(expected);
  });

  it('of a readable that decodes is one text, whatever its pieces', async () => {
    const path = written('decoded.txt', `\u00e9\u{1f600}${'x'.repeat(500)}`);
    const stream = createReadStream(path, { encoding: 'utf8', highWaterMark: 3 });
    expect(await texts(stream)).toEqual([`\u00e9\u{1f600}${'x'.repeat(500)}`]);
  });

  it('comes in pieces of bounded size, and nothing of it is lost', async () => {
    const long = 'y'.repeat(300_000);
    for (const text of [long, [long, long], bytes(long), [bytes(long)], given(long)]) {
      await readInto(text, {
        write: ({ length }: TextPart) => expect(length).toBeLessThanOrEqual(65_536),
        end: () => undefined,
        rest: () => Promise.resolve(),
      });
      expect((await texts(Array.isArray(text) ? text : [long])).join('').length % 300_000).toBe(0);
    }
  });

  it.each<[string, unknown, string]>([
    [
      'a number',
      7,
      'text must be a string, a Uint8Array, or an iterable, async iterable or stream of them, got 7',
    ],
    ['nothing', undefined, 'got undefined'],
    ['an object', {}, 'got Object'],
    ['numbers in an array', ['a', 7], 'text[1] must be a string or a Uint8Array, got 7'],
    [
      'other arrays',
      [Uint16Array.of(1)],
      'text[0] must be a string or a Uint8Array, got Uint16Array(1)',
    ],
    [
      'numbers in a stream',
      given<unknown>('a', null),
      'text[1] must be a string or a Uint8Array, got null',
    ],
  ])('must not be %s', async (_what, text, sentence) => {
    const error = await texts(text).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toContain(sentence);
  });

  it('must have its memory', async () => {
    const gone = bytes('abc');
    structuredClone(gone.buffer, { transfer: [gone.buffer as ArrayBuffer] });
    await expect(texts([gone])).rejects.toThrow(
      'text[0] must have its memory, got a detached array',
    );
  });

  it('that throws, throws, and is closed when it is refused', async () => {
    const thrown = new Error('mine');
    async function* failing(): AsyncGenerator<string, void, void> {
      yield 'a';
      throw thrown;
    }
    await expect(texts(failing())).rejects.toBe(thrown);
    let closed = 0;
    function* refused(): Generator<unknown, void, void> {
      try {
        yield 1;
      } finally {
        closed++;
      }
    }
    await expect(texts(refused())).rejects.toThrow(TypeError);
    expect(closed).toBe(1);
  });

  it('that stalls can be given up', async () => {
    const controller = new AbortController();
    const stalled: AsyncIterable<string> = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }),
    };
    const sink = { write: () => undefined, end: () => undefined, rest: () => undefined };
    const reading = readInto(stalled, sink, controller.signal);
    controller.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
  });
});

async function contents(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString();
}

describe('readText', () => {
  it('reads files, packed ones too, each followed by a line feed', async () => {
    const plain = written('a.txt', 'plain');
    const packed = written('b.txt.gz', gzipSync('packed'));
    const members = written(
      'c.gz',
      Buffer.concat(['two ', 'members'].map((part) => gzipSync(part))),
    );
    expect(await contents(readText(plain))).toBe('plain\n');
    expect(await contents(readText(pathToFileURL(packed)))).toBe('packed\n');
    expect(await contents(readText([plain, packed, members]))).toBe('plain\npacked\ntwo members\n');
    expect(await contents(readText([]))).toBe('');
  });

  it('says where a packed file breaks off, wherever that is', async () => {
    const text = Array.from({ length: 3000 }, (_, i) => `word${i} `).join('');
    const whole = gzipSync(text);
    const cuts = fc.integer({ min: 0, max: whole.length - 1 });
    await fc.assert(
      fc.asyncProperty(cuts, async (length) => {
        const path = written('cut.gz', whole.subarray(0, length));
        const error = await contents(readText(path)).catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(FlyhashError);
        expect(error).toMatchObject({ code: 'ERR_CORRUPT_FILE' });
        expect(String(error)).toMatch(/cut\.gz: byte \d+ must be gzip, got unexpected end of file/);
      }),
      { numRuns: Math.ceil(RUNS / 8) },
    );
  });

  it('says when a file is no gzip, is not there, or is a folder', async () => {
    await expect(contents(readText(written('no.gz', 'plain text')))).rejects.toMatchObject({
      code: 'ERR_CORRUPT_FILE',
    });
    for (const path of [join(folder, 'none.txt'), folder]) {
      await expect(contents(readText(path))).rejects.toMatchObject({ code: 'ERR_FILE' });
    }
  });

  it('checks its arguments at once', () => {
    expect(() => readText(7 as unknown as string)).toThrow('path must be a string or a file: URL');
    expect(() => readText(['a', ''])).toThrow(RangeError);
    expect(() => readText('a', { sginal: 1 } as object)).toThrow('options must have only the keys');
    expect(() => readText('a', { signal: AbortSignal.abort(new Error('early')) })).toThrow('early');
  });

  it('can be aborted between pieces', async () => {
    const controller = new AbortController();
    const stream = readText(written('long.txt', 'x'.repeat(200_000)), {
      signal: controller.signal,
    });
    await stream.next();
    controller.abort(new Error('enough'));
    await expect(contents(stream)).rejects.toThrow('enough');
  });
});
