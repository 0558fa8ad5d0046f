/**
 * Loading from everything that bytes can come from: chunks of any length, sources that stall, fail, lie about their
 * kind or change meanwhile, progress and abort; and arguments that are none of these.
 */

import { createReadStream, existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BitCodes } from '../../lib/codes/bit-codes.ts';
import { load } from '../../lib/files/open.ts';
import type { Source } from '../../lib/files/sources.ts';
import type { Progress } from '../../lib/hash/hasher.ts';
import { SimHash } from '../../lib/hash/sim-hash.ts';
import { reference, useBackend } from '../support/backends.ts';

const codes = BitCodes.adopt(
  Uint8Array.from({ length: 2.3 * 2 ** 20 }, (_, i) => Math.imul(i, 2654435761) >>> 24),
  16,
);
let bytes: Uint8Array;
let folder: string;
let path: string;

beforeAll(async () => {
  useBackend(reference);
  bytes = codes.toBytes();
  folder = await mkdtemp(join(tmpdir(), 'flyhash-load-'));
  path = join(folder, 'codes.safetensors');
  await codes.save(path);
});
afterAll(() => rm(folder, { recursive: true }));

async function* chunks(length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

function detached(): Uint8Array {
  const array = new Uint8Array(8);
  structuredClone(array.buffer, { transfer: [array.buffer] });
  return array;
}

/** Every way in; each makes a new source. */
const sources: readonly (readonly [string, () => Source])[] = [
  ['a path', () => path],
  ['bytes', () => bytes],
  ['an ArrayBuffer', () => bytes.slice().buffer],
  ['a stream of one chunk', () => chunks(bytes.length)],
  ['a stream of odd chunks', () => chunks(99_991)],
  [
    'a stream with empty chunks',
    () => Readable.from([new Uint8Array(0), bytes, new Uint8Array(0)]),
  ],
  ['a Node stream', () => createReadStream(path, { highWaterMark: 1000 })],
  ['a web stream', () => new Blob([bytes as Uint8Array<ArrayBuffer>]).stream()],
  [
    'a web stream that cannot be iterated over',
    () => {
      const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
      return { getReader: () => stream.getReader() } as unknown as ReadableStream<Uint8Array>;
    },
  ],
];

describe.each(sources)('loading from %s', (_name, source) => {
  it('gives what was saved', async () => {
    expect((await BitCodes.load(source())).equals(codes)).toBe(true);
  });

  it('says how far it is, to the end', async () => {
    const seen: Progress[] = [];
    await load(source(), { onProgress: (progress) => seen.push(progress) });
    expect(seen.length).toBeGreaterThan(2);
    const dones = seen.map(({ done }) => done);
    expect(dones).toEqual([...new Set(dones)].sort((a, b) => a - b));
    expect(seen.at(-1)).toEqual({ done: bytes.length, total: bytes.length });
  });

  it('stops when it is aborted or its progress refused', async () => {
    const reason = new Error('enough');
    const aborted = { signal: AbortSignal.abort(reason) };
    await expect(load(source(), aborted)).rejects.toBe(reason);
    const controller = new AbortController();
    const { signal } = controller;
    const abort = (): void => controller.abort(reason);
    await expect(load(source(), { signal, onProgress: abort })).rejects.toBe(reason);
    const refuse = (): void => {
      throw reason;
    };
    await expect(load(source(), { onProgress: refuse })).rejects.toBe(reason);
  });
});

describe('a stream', () => {
  it('that stalls can be given up', async () => {
    const controller = new AbortController();
    const stalled = new ReadableStream<Uint8Array>({
      start: (stream) => stream.enqueue(bytes.slice(0, 500_000)),
      cancel: () => new Promise(() => {}),
    });
    const loading = load(stalled, { signal: controller.signal });
    setImmediate(() => controller.abort('too long'));
    await expect(loading).rejects.toBe('too long');
  });

  it('that fails passes its own error on', async () => {
    const failure = new Error('lost');
    const source = Readable.from(
      (async function* () {
        yield bytes.subarray(0, 100);
        throw failure;
      })(),
    );
    await expect(load(source)).rejects.toBe(failure);
  });

  it('is left alone when nothing more is wanted of it', async () => {
    let isLeft = false;
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield new Uint8Array(64).fill(255);
      } finally {
        isLeft = true;
      }
    }
    await expect(load(source())).rejects.toMatchObject({ code: 'ERR_CORRUPT_FILE' });
    expect(isLeft).toBe(true);
  });

  it('must be one of bytes', async () => {
    for (const chunk of ['text', 7, null, new Float32Array(2), [1, 2]]) {
      const source = (async function* () {
        yield chunk;
      })();
      const loading = load(source as AsyncIterable<Uint8Array>);
      await expect(loading).rejects.toThrow(TypeError);
      await expect(loading).rejects.toThrow('a chunk of source must be a Uint8Array, got');
    }
    const lost = Readable.from([detached()]);
    await expect(load(lost)).rejects.toThrow('a chunk of source must have its memory');
  });
});

describe('a path', () => {
  it('that is a folder, or of another kind, is refused and closed again', async () => {
    const own = '/proc/self/fd';
    const open = async (): Promise<number> => (existsSync(own) ? (await readdir(own)).length : 0);
    await expect(load(folder)).rejects.toMatchObject({ code: 'ERR_FILE' });
    const before = await open();
    for (let i = 0; i < 20; i++) {
      await expect(load(folder)).rejects.toMatchObject({ cause: { code: 'EISDIR' } });
      await expect(BitCodes.load(path, { signal: AbortSignal.abort() })).rejects.toThrow();
    }
    expect((await open()) - before).toBeLessThan(10); // other tests may hold some
  });
});

describe('bytes', () => {
  it('may change or go while they are read: never a wrong object', async () => {
    const changing = bytes.slice();
    const loading = BitCodes.load(changing);
    setImmediate(() => changing.fill(1));
    const loaded = await loading.catch((error: unknown) => error);
    if (loaded instanceof BitCodes) expect(loaded.equals(codes)).toBe(true);
    else expect(loaded).toMatchObject({ code: 'ERR_CORRUPT_FILE' });
    const going = bytes.slice();
    const lost = BitCodes.load(going);
    structuredClone(going.buffer, { transfer: [going.buffer] });
    await expect(lost).rejects.toThrow('source must have its memory, got a detached array');
  });

  it('may lie at any address and in shared memory', () => {
    for (let offset = 1; offset < 9; offset++) {
      const shifted = new Uint8Array(new SharedArrayBuffer(bytes.length + 9)).subarray(offset);
      shifted.set(bytes);
      const own = shifted.subarray(0, bytes.length);
      expect(BitCodes.fromBytes(own).equals(codes)).toBe(true);
    }
  });

  it('are copied', () => {
    const given = bytes.slice();
    const loaded = BitCodes.fromBytes(given);
    given.fill(0);
    expect(loaded.equals(codes)).toBe(true);
  });
});

/** The surface as JavaScript sees it. */
type Loose = (...args: readonly unknown[]) => unknown;

describe('wrong arguments', () => {
  const loads = load as Loose;
  const fromBytes = SimHash.fromBytes.bind(SimHash) as Loose;
  const save = codes.save.bind(codes) as Loose;
  const takenOff = { fromBytes: SimHash.fromBytes as Loose, load: SimHash.load as Loose };
  const rows: readonly (readonly [() => unknown, typeof TypeError | typeof RangeError, string])[] =
    [
      [
        () => loads(undefined),
        TypeError,
        'source must be a path, a file: URL, a Uint8Array, an Array',
      ],
      [() => loads(null), TypeError, 'got null'],
      [() => loads(7), TypeError, 'got 7'],
      [() => loads({}), TypeError, 'got Object'],
      [() => loads([bytes]), TypeError, 'got an array of 1'],
      [() => loads(new Float32Array(3)), TypeError, 'got Float32Array(3)'],
      [() => loads(detached()), TypeError, 'source must have its memory, got a detached array'],
      [() => loads(''), RangeError, 'path must be the name of a file, got ""'],
      [() => loads('a\0b'), RangeError, 'path must be the name of a file'],
      [() => loads(new URL('https://example.org/x')), RangeError, 'path must be a file: URL'],
      [() => loads(path, null), TypeError, 'options must be an object, got null'],
      [() => loads(path, { onprogress: 1 }), TypeError, 'got "onprogress"'],
      [() => loads(path, { onProgress: 1 }), TypeError, 'onProgress must be a function, got 1'],
      [() => loads(path, { signal: 1 }), TypeError, 'signal must be an AbortSignal, got 1'],
      [() => save(), TypeError, 'path must be a string or a file: URL, got undefined'],
      [() => save(7), TypeError, 'path must be a string or a file: URL, got 7'],
      [() => save(bytes), TypeError, 'path must be a string or a file: URL, got Uint8Array'],
      [() => save(''), RangeError, 'path must be the name of a file, got ""'],
      [() => save(new URL('data:,x')), RangeError, 'path must be a file: URL, got "data:,x"'],
      [() => save(path, { sync: true }), TypeError, 'options must have only the keys signal, onPr'],
      [() => fromBytes(), TypeError, 'bytes must be a Uint8Array or ArrayBuffer, got undefined'],
      [() => fromBytes('x'), TypeError, 'bytes must be a Uint8Array or ArrayBuffer, got "x"'],
      [() => fromBytes(new Uint16Array(4)), TypeError, 'got Uint16Array(4)'],
      [() => fromBytes(detached()), TypeError, 'bytes must have its memory, got a detached array'],
      [() => takenOff.fromBytes(bytes), TypeError, 'fromBytes must be called on a class'],
      [() => takenOff.load(path), TypeError, 'load must be called on a class, as in Sim'],
    ];

  it.each(rows)('%s', async (call, kind, sentence) => {
    const error = await (async () => call())().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(kind);
    expect((error as Error).message).toContain(sentence);
  });
});
