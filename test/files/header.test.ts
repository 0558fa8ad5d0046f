/**
 * Files whose checksum is right but whose header says what cannot be: each rule of docs/formats.md is broken once,
 * and the error says which. Nothing is allocated that only a header promises.
 */

import { beforeAll, describe, expect, it } from 'vitest';
import { BitCodes } from '../../lib/codes/bit-codes.ts';
import { load } from '../../lib/files/open.ts';
import { reference, useBackend } from '../support/backends.ts';
import { opened, withChecksum } from '../support/stored.ts';

beforeAll(() => useBackend(reference));

type Entry = { dtype?: unknown; shape?: unknown; data_offsets?: unknown; [more: string]: unknown };
type Header = Record<string, Entry | string | Record<string, unknown> | unknown>;

const ABOUT = {
  format: 'flyhash',
  format_version: '1',
  kind: 'BitCodes',
  parameters: '{"bits":8}',
};
const CODES = { dtype: 'U8', shape: [2, 1], data_offsets: [0, 2] };
const SHA = { dtype: 'U8', shape: [32], data_offsets: [2, 34] };

/** A file of that JSON, or of an object, and that many bytes of data. */
function file(header: Header | string | Uint8Array, dataBytes = 34): Uint8Array {
  const text = typeof header === 'string' ? header : JSON.stringify(header);
  const json = header instanceof Uint8Array ? header : new TextEncoder().encode(text);
  const length = Math.ceil((8 + json.length) / 64) * 64 - 8;
  const bytes = new Uint8Array(8 + length + dataBytes).fill(0x20, 8, 8 + length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, 8);
  return withChecksum(bytes);
}

function described(changes: object, codes: Entry = CODES, sha256: Entry = SHA): Header {
  return { __metadata__: { ...ABOUT, ...changes }, codes, sha256 };
}

function withCodes(changes: Entry): Uint8Array {
  return file(described({}, { ...CODES, ...changes }));
}

function lengthOf(json: string): bigint {
  return BigInt(Math.ceil((8 + json.length) / 64) * 64 - 8);
}

function withLength(length: bigint): Uint8Array {
  const bytes = file(described({}));
  new DataView(bytes.buffer).setBigUint64(0, length, true);
  return withChecksum(bytes);
}

const whole = JSON.stringify(described({}));
const corrupt: readonly (readonly [what: string, bytes: () => Uint8Array, sentence: string])[] = [
  ['no header', () => withLength(0n), 'header length must be from 2 to 1048576, got "0"'],
  ['a huge header', () => withLength(2n ** 63n), 'header length must be from 2'],
  [
    'a header beyond the end',
    () => withLength(1_000_056n),
    'the header must be whole, got the end',
  ],
  [
    'a header that is not padded',
    () => withLength(lengthOf(whole) - 1n),
    'header length must be 8 less',
  ],
  ['no UTF-8', () => file(Uint8Array.of(0x7b, 0xff, 0x7d)), 'header must be UTF-8'],
  ['a byte order mark', () => file(`\ufeff${whole}`), 'header must be JSON'],
  ['no JSON', () => file(whole.slice(0, -1)), 'header must be JSON'],
  ['text after the JSON', () => file(`${whole}x`), 'header must be JSON'],
  ['a list', () => file('[]'), 'header must be an object'],
  ['deep nesting', () => file('['.repeat(20) + ']'.repeat(20)), 'header must be JSON'],
  ['deeper nesting', () => file('['.repeat(500_000)), 'header must be JSON'],
  [
    'two tensors of one name',
    () => file(whole.replace('"sha256"', '"codes":{"dtype":"U8"},"sha256"')),
    'header must be JSON',
  ],
  [
    'two tensors of one name, one of them escaped',
    () => file(whole.replace('"sha256"', '"\\u0063odes" : {"dtype":"U8"},"sha256"')),
    'header must be JSON',
  ],
  ['another safetensors file', () => file({ codes: CODES }, 2 + 32), '"flyhash" in a flyhash file'],
  [
    'another format',
    () => file(described({ format: 'pt' })),
    '"flyhash" in a flyhash file, got "pt"',
  ],
  ['metadata that is none', () => file({ ...described({}), __metadata__: 'x' }), 'an object'],
  ['other metadata', () => file(described({ more: 'x' })), '__metadata__ must be an object of'],
  ['version 0', () => file(described({ format_version: '0' })), 'format_version must be a whole'],
  ['a number', () => file(described({ format_version: 1 })), 'format_version must be a whole'],
  ['version 01', () => file(described({ format_version: '01' })), 'format_version must be a whole'],
  ['no kind', () => file(described({ kind: '' })), 'kind must be a name'],
  ['parameters that are no text', () => file(described({ parameters: {} })), 'a text of JSON'],
  ['parameters of no JSON', () => file(described({ parameters: '{' })), 'parameters must be JSON'],
  ['parameters in a list', () => file(described({ parameters: '[]' })), 'parameters must be an'],
  [
    'a parameter that stands twice',
    () => file(described({ parameters: '{"bits":8,"bits":8}' })),
    'parameters must be JSON',
  ],
  ['no parameter', () => file(described({ parameters: '{}' })), 'bits must be a whole number'],
  [
    'an unknown parameter',
    () => file(described({ parameters: '{"bits":8,"more":1}' })),
    'more must be absent',
  ],
  ['an unknown dtype', () => withCodes({ dtype: 'F16' }), 'tensor codes.dtype must be one of'],
  ['a dtype that is inherited', () => withCodes({ dtype: 'constructor' }), 'codes.dtype must be'],
  ['another dtype', () => withCodes({ dtype: 'I8' }), 'tensor codes must be Uint8Array of shape'],
  ['no shape', () => withCodes({ shape: undefined }), 'tensor codes.shape must be a list of sizes'],
  ['a negative shape', () => withCodes({ shape: [-2, -1] }), 'codes.shape must be a list of sizes'],
  ['half a row', () => withCodes({ shape: [0.5, 4] }), 'codes.shape must be a list of sizes'],
  ['another shape', () => withCodes({ shape: [1, 1] }), 'data_offsets must be [0,1], got [0,2]'],
  ['another rank', () => withCodes({ shape: [2] }), 'must be Uint8Array of shape [any, 1]'],
  [
    'a shape beyond 4 GiB',
    () => withCodes({ shape: [2 ** 31, 3] }),
    'tensor codes.shape must be of at most 4294967296 bytes',
  ],
  [
    'a shape beyond all numbers',
    () => withCodes({ shape: [...Array(40).fill(2 ** 52), 0] }),
    'tensor codes.shape must be of at most 4294967296 bytes',
  ],
  ['offsets that overlap', () => withCodes({ data_offsets: [1, 2] }), 'data_offsets must be [0,2]'],
  ['offsets that are texts', () => withCodes({ data_offsets: ['0', 2] }), 'must be [0,2]'],
  ['three offsets', () => withCodes({ data_offsets: [0, 2, 2] }), 'must be [0,2]'],
  ['more in a tensor', () => withCodes({ name: 'x' }), 'tensor codes.name must be absent'],
  [
    'a hole',
    () => file(described({}, CODES, { ...SHA, data_offsets: [3, 35] }), 35),
    'tensor sha256.data_offsets must be [2,34], got [3,35]',
  ],
  [
    'a tensor that is not aligned',
    () =>
      file({
        __metadata__: ABOUT,
        codes: CODES,
        more: { dtype: 'U32', shape: [1], data_offsets: [2, 6] },
        sha256: { ...SHA, data_offsets: [6, 38] },
      }),
    'tensor more.data_offsets must be a multiple of its element size',
  ],
  [
    'tensors out of order',
    () =>
      file({
        __metadata__: ABOUT,
        sha256: SHA,
        codes: CODES,
      }),
    'tensor sha256.data_offsets must be [0,32]',
  ],
  [
    'an unknown tensor',
    () =>
      file(
        {
          __metadata__: ABOUT,
          codes: CODES,
          more: { dtype: 'U8', shape: [0], data_offsets: [2, 2] },
          sha256: SHA,
        },
        34,
      ),
    'tensor more must be absent',
  ],
  [
    'a name that is none',
    () => file({ ...described({}), '': CODES }),
    'the name of a tensor must be letters',
  ],
  [
    'a name that is a number',
    () => file({ ...described({}), 7: CODES }),
    'the name of a tensor must be letters',
  ],
  ['no checksum', () => file({ __metadata__: ABOUT, codes: CODES }), 'must be sha256, got "codes"'],
  ['no tensors', () => file({ __metadata__: ABOUT }), 'the last tensor must be sha256'],
  [
    'a short checksum',
    () => file(described({}, CODES, { dtype: 'U8', shape: [31], data_offsets: [2, 33] }), 33),
    'tensor sha256 must be U8 of shape [32]',
  ],
  ['bytes after it', () => file(described({}), 35), 'as its header says, got'],
  ['padding that is set', () => file(described({ parameters: '{"bits":7}' })), 'zero padding'],
];

describe('a header that says what cannot be', () => {
  it('is not this one', () => {
    expect(opened(file(described({})))).toBeInstanceOf(BitCodes);
  });

  it.each(corrupt)('%s', (_what, bytes, sentence) => {
    const damaged = bytes();
    if (sentence === 'zero padding') {
      damaged[damaged.length - 34] = 1;
      withChecksum(damaged);
    }
    const open = (): unknown => opened(damaged);
    expect(open).toThrow(sentence);
    expect(open).toThrow(expect.objectContaining({ code: 'ERR_CORRUPT_FILE' }));
  });

  it('never makes a long message', () => {
    const long = 'x'.repeat(100_000);
    for (const changes of [
      { kind: long },
      { format: long },
      { [long]: long },
      { format_version: long },
    ]) {
      expect(() => opened(file(described(changes)))).toThrow(/^.{1,300}$/);
    }
  });
});

describe('a newer version of the format', () => {
  const newer = file({ __metadata__: { format: 'flyhash', format_version: '2' }, any: 'thing' });

  it('is named together with the one that is known', async () => {
    const error = {
      code: 'ERR_FORMAT_TOO_NEW',
      message: expect.stringContaining('format_version must be at most 1, got 2'),
    };
    expect(() => opened(newer)).toThrow(expect.objectContaining(error));
    await expect(load(newer)).rejects.toMatchObject(error);
    await expect(load(new Blob([newer as Uint8Array<ArrayBuffer>]).stream())).rejects.toMatchObject(
      error,
    );
  });

  it('is only said of a whole file', async () => {
    const flipped = newer.slice();
    flipped[newer.length - 33] ^= 1;
    for (const damaged of [flipped, newer.slice(0, -1), newer.slice(0, newer.length - 40)]) {
      expect(() => opened(damaged)).toThrow(expect.objectContaining({ code: 'ERR_CORRUPT_FILE' }));
    }
  });
});

describe('memory', () => {
  const promising = file(
    described(
      { parameters: '{"bits":8}' },
      { dtype: 'U8', shape: [2 ** 32, 1], data_offsets: [0, 2 ** 32] },
      { ...SHA, data_offsets: [2 ** 32, 2 ** 32 + 32] },
    ),
  );

  it('is not taken for what only a header promises', async () => {
    const before = process.memoryUsage().arrayBuffers;
    expect(() => opened(promising)).toThrow('the file must have 4294967');
    await expect(load(promising)).rejects.toMatchObject({ code: 'ERR_CORRUPT_FILE' });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 22);
  });

  it('is taken as a stream comes', async () => {
    const sent = 4 * 2 ** 20;
    async function* stream(): AsyncGenerator<Uint8Array> {
      yield promising;
      for (let i = 0; i < 4; i++) yield new Uint8Array(sent / 4);
    }
    const before = process.memoryUsage().arrayBuffers;
    const failed = load(stream());
    await expect(failed).rejects.toThrow('tensor codes must be whole, got the end of the file');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * sent);
  });
});
