/**
 * The container over every kind that can be stored: what comes back is what was saved, whichever way it went; the
 * bytes are the same each time; and of a file that was changed in any bit or cut anywhere nothing comes back.
 */

import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FlyhashError } from '../../lib/errors.ts';
import { load } from '../../lib/files/open.ts';
import type { Source } from '../../lib/files/sources.ts';
import type { Stored } from '../../lib/files/stored.ts';
import { allBackends, useBackend } from '../support/backends.ts';
import { digestOfUse, opened, STORED } from '../support/stored.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flyhash-container-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A class with the ways in that every stored class has. */
interface Loads {
  readonly name: string;
  fromBytes(bytes: Uint8Array | ArrayBuffer): Stored;
  load(source: Source): Promise<Stored>;
}

function classOf(stored: Stored): Loads {
  return stored.constructor as unknown as Loads;
}

async function* inChunks(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.slice(at, at + length);
}

describe.each([...allBackends])('stored on %s', (name, backend) => {
  beforeAll(() => useBackend(backend));

  it.each([...STORED])('%s comes back by every way', async (kind, make) => {
    const stored = await make();
    const made = classOf(stored);
    const bytes = stored.toBytes();
    const path = join(folder, `${name}-${kind}.safetensors`);
    await stored.save(path);
    expect(await readFile(path)).toEqual(Buffer.from(bytes));
    const copies = [
      made.fromBytes(bytes),
      made.fromBytes(bytes.slice().buffer),
      made.fromBytes(Buffer.from(bytes)),
      opened(bytes),
      await made.load(path),
      await made.load(pathToFileURL(path)),
      await made.load(bytes),
      await made.load(createReadStream(path)),
      await made.load(new Blob([bytes as Uint8Array<ArrayBuffer>]).stream()),
      await made.load(inChunks(bytes, 7)),
      await load(path),
    ];
    for (const copy of copies) {
      expect(copy).toBeInstanceOf(stored.constructor);
      expect(digestOfUse(copy)).toBe(digestOfUse(stored));
      expect(copy.toBytes()).toEqual(bytes);
    }
  });
});

function thrown(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** Fails unless the bytes are refused in the way that files are. */
function expectRefused(bytes: Uint8Array, what: string): void {
  const error = thrown(() => opened(bytes));
  if (error instanceof FlyhashError && /^ERR_(CORRUPT_FILE|FORMAT_TOO_NEW)$/.test(error.code))
    return;
  expect.fail(`${what} was not refused but gave ${String(error)}`);
}

describe.each([...STORED])('a file of %s', (_kind, make) => {
  it('has its data where safetensors wants it', async () => {
    const bytes = (await make()).toBytes();
    const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
    expect((8 + length) % 64).toBe(0);
    const json = new TextDecoder().decode(bytes.subarray(8, 8 + length));
    const { __metadata__: about, ...tensors } = JSON.parse(json);
    expect(about).toMatchObject({ format: 'flyhash', format_version: '1' });
    let end = 0;
    for (const { data_offsets: offsets } of Object.values<{ data_offsets: number[] }>(tensors)) {
      expect(offsets[0]).toBe(end);
      end = offsets[1];
    }
    expect(8 + length + end).toBe(bytes.length);
    expect(Object.keys(tensors).at(-1)).toBe('sha256');
  });

  it('is the same each time', async () => {
    expect((await make()).toBytes()).toEqual((await make()).toBytes());
  });

  it('is refused with any bit flipped', async () => {
    const bytes = (await make()).toBytes();
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      bytes[bit >> 3] ^= 1 << (bit & 7);
      expectRefused(bytes, `bit ${bit}`);
      bytes[bit >> 3] ^= 1 << (bit & 7);
    }
    expect(thrown(() => opened(bytes))).toBeUndefined();
  });

  it('is refused when it was cut or goes on', async () => {
    const bytes = (await make()).toBytes();
    for (let length = 0; length < bytes.length; length++) {
      expectRefused(bytes.subarray(0, length), `the first ${length} bytes`);
    }
    const longer = new Uint8Array(bytes.length + 70);
    longer.set(bytes);
    for (let more = 1; more <= 70; more++) {
      expectRefused(longer.subarray(0, bytes.length + more), `${more} more bytes`);
    }
  });

  it('is refused as file and as stream alike', async () => {
    const bytes = (await make()).toBytes();
    const path = join(folder, 'damaged.safetensors');
    const longer = new Uint8Array(bytes.length + 1);
    longer.set(bytes);
    const flipped = bytes.slice();
    flipped[bytes.length - 40] ^= 4;
    for (const damaged of [
      flipped,
      longer,
      bytes.slice(0, -1),
      bytes.slice(0, 20),
      bytes.slice(0, 3),
    ]) {
      await writeFile(path, damaged);
      for (const source of [path, damaged, createReadStream(path), inChunks(damaged, 9)]) {
        await expect(load(source)).rejects.toMatchObject({ code: 'ERR_CORRUPT_FILE' });
      }
    }
  });

  it('is refused by the other classes with both kinds named', async () => {
    const stored = await make();
    const bytes = stored.toBytes();
    for (const other of STORED.values()) {
      const made = classOf(await other());
      if (made === classOf(stored)) continue;
      const error = thrown(() => made.fromBytes(bytes));
      expect(error).toMatchObject({ name: 'FlyhashError', code: 'ERR_WRONG_KIND' });
      const sentence = `file: kind must be "${made.name}", got "${classOf(stored).name}"`;
      expect((error as Error).message).toBe(sentence);
    }
  });
});
