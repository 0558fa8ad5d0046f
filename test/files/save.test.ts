/**
 * Saving to a path: the old file or the new one whatever happens, its permissions and links kept, nothing left
 * behind, and the system's own word on why not.
 */

import { spawnSync } from 'node:child_process';
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BitCodes } from '../../lib/codes/bit-codes.ts';
import type { Progress } from '../../lib/hash/hasher.ts';
import { HammingIndex } from '../../lib/search/hamming-index.ts';
import { reference, useBackend } from '../support/backends.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Five pieces of a megabyte and a bit. */
const large = BitCodes.adopt(new Uint8Array(5.3 * 2 ** 20).fill(7), 8);
const small = BitCodes.from(Uint8Array.of(1, 2, 3), 8);

let folder: string;
let path: string;

beforeEach(async () => {
  useBackend(reference);
  folder = await mkdtemp(join(tmpdir(), 'flyhash-save-'));
  path = join(folder, 'codes.safetensors');
});
afterEach(() => rm(folder, { recursive: true }));

/** Fails unless the path holds these codes and the folder nothing else. */
async function expectOnly(codes: BitCodes): Promise<void> {
  expect((await BitCodes.load(path)).equals(codes)).toBe(true);
  expect(await readdir(folder)).toEqual(['codes.safetensors']);
}

describe('saving', () => {
  it('replaces what was there, from a path or a URL', async () => {
    await writeFile(path, 'something else, longer than the new file'.repeat(100));
    await small.save(path);
    await expectOnly(small);
    await large.save(pathToFileURL(path));
    await expectOnly(large);
  });

  it('says how far it is, to the end', async () => {
    const seen: Progress[] = [];
    await large.save(path, { onProgress: (progress) => seen.push(progress) });
    const { size } = await stat(path);
    expect(seen.length).toBeGreaterThan(4);
    const ascends = seen.every(({ done, total }, i) => {
      return total === size && done > (seen[i - 1]?.done ?? 0);
    });
    expect(ascends).toBe(true);
    expect(seen.at(-1)).toEqual({ done: size, total: size });
  });

  it('lets the event loop live', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    await large.save(path);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
  });

  it('stops when it is aborted, and leaves the old file', async () => {
    await small.save(path);
    const controller = new AbortController();
    const reason = new Error('enough');
    const onProgress = (): void => controller.abort(reason);
    await expect(large.save(path, { signal: controller.signal, onProgress })).rejects.toBe(reason);
    await expect(large.save(path, { signal: controller.signal })).rejects.toBe(reason);
    await expectOnly(small);
  });

  it('stops when its progress is refused, and leaves the old file', async () => {
    await small.save(path);
    const refusal = new Error('no');
    let calls = 0;
    const onProgress = (): void => {
      calls++;
      throw refusal;
    };
    await expect(large.save(path, { onProgress })).rejects.toBe(refusal);
    expect(calls).toBe(1);
    await expectOnly(small);
  });

  it('keeps permissions', async () => {
    for (const mode of [0o600, 0o640, 0o777, 0o604]) {
      await writeFile(path, 'old');
      await chmod(path, mode);
      await small.save(path);
      expect((await stat(path)).mode & 0o7777).toBe(mode);
    }
    await expectOnly(small);
  });

  it('follows links and keeps them, also those that lead nowhere yet', async () => {
    await mkdir(join(folder, 'real'));
    await mkdir(join(folder, 'links'));
    await symlink('../real/codes', join(folder, 'links', 'near'));
    await symlink('links/near', path);
    for (const codes of [small, large]) {
      await codes.save(path);
      expect(await readlink(path)).toBe('links/near');
      expect((await lstat(join(folder, 'links', 'near'))).isSymbolicLink()).toBe(true);
      expect((await lstat(join(folder, 'real', 'codes'))).isFile()).toBe(true);
      expect((await BitCodes.load(path)).equals(codes)).toBe(true);
    }
    expect(await readdir(join(folder, 'real'))).toEqual(['codes']);
    await symlink('around', join(folder, 'around'));
    const around = small.save(join(folder, 'around'));
    await expect(around).rejects.toMatchObject({ code: 'ERR_FILE' });
  });

  it('passes over what a killed process left', async () => {
    for (const number of [0, 1, 3]) {
      await writeFile(join(folder, `.flyhash-${process.pid}-${number}.tmp`), 'half');
    }
    await small.save(path);
    expect((await readdir(folder)).length).toBe(4);
    expect((await BitCodes.load(path)).equals(small)).toBe(true);
  });

  it('of many objects to one path leaves one of them, whole', async () => {
    const all = Array.from({ length: 8 }, (_, i) => {
      return BitCodes.adopt(new Uint8Array(2 ** 20 + i).fill(i), 8);
    });
    await Promise.all(all.map((codes) => codes.save(path)));
    const { data } = await BitCodes.load(path);
    expect(data.length).toBe(2 ** 20 + data[0]);
    expect(await readdir(folder)).toEqual(['codes.safetensors']);
  });

  it('of an index takes the index of the call', async () => {
    const index = HammingIndex.create({ bits: 8 });
    index.add(large);
    const before = index.toBytes();
    const saving = index.save(path);
    index.upsert(BitCodes.from(Uint8Array.of(255), 8), [large.rows - 1]);
    index.remove([0, 1]);
    index.add(small);
    await saving;
    expect((await readFile(path)).equals(before)).toBe(true);
  });
});

describe('what the system refuses', () => {
  it('is told with its reason', async () => {
    await mkdir(join(folder, 'folder'));
    const refused: [string, string | undefined][] = [
      [join(folder, 'none', 'codes'), 'ENOENT'],
      [join(folder, 'folder'), undefined],
      [join(path, 'codes'), 'ENOTDIR'],
      [join(folder, 'x'.repeat(300)), 'ENAMETOOLONG'],
      ['/dev/null', undefined],
    ];
    await writeFile(path, 'old');
    for (const [target, code] of refused) {
      const error = await small.save(target).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ name: 'FlyhashError', code: 'ERR_FILE' });
      expect((error as Error).message).toContain(target.slice(0, 40));
      expect((error as { cause?: { code?: string } }).cause?.code).toBe(code);
    }
    expect(await readFile(path, 'utf8')).toBe('old');
    expect((await stat('/dev/null')).isCharacterDevice()).toBe(true);
  });

  it('is no reason to lose the old file: beyond the size that files may have', async () => {
    await small.save(path);
    const script = `
      import { BitCodes } from 'flyhash/reference';
      const codes = BitCodes.adopt(new Uint8Array(3 * 2 ** 20), 8);
      const error = await codes.save(${JSON.stringify(path)}).catch((reason) => reason);
      console.log(error.code, error.cause?.code);`;
    const limited = 'ulimit -f 1024; exec "$0" --input-type=module -e "$1"';
    const ended = spawnSync('bash', ['-c', limited, process.execPath, script], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect(ended).toMatchObject({ status: 0, stdout: 'ERR_FILE EFBIG\n', stderr: '' });
    await expectOnly(small);
  });

  it('is no reason to lose the old file: a full disk', async () => {
    const mount = (...args: string[]): boolean => spawnSync('mount', args).status === 0;
    if (!mount('-t', 'tmpfs', '-o', 'size=2m', 'flyhash-test', folder)) {
      console.warn('NOT TESTED on a full disk: only the superuser can mount a small one');
      return;
    }
    try {
      await small.save(path);
      const error = await large.save(path).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'ERR_FILE', cause: { code: 'ENOSPC' } });
      await expectOnly(small);
    } finally {
      spawnSync('umount', [folder]);
    }
  });
});
