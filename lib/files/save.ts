/**
 * Saving to a path so that a crash at any moment leaves the old file or the new one, never a piece of either: the
 * bytes go to a temporary file in the same folder, which is flushed to the disk and takes the place of the old one in a
 * single step; then the folder is flushed. Each piece is copied before it is hashed and written, so that memory that
 * somebody shares and changes meanwhile cannot make a file that contradicts its checksum.
 */

import type { FileHandle } from 'node:fs/promises';
import { checkCallback, checkOptions, checkSignal } from '../check.ts';
import { FlyhashError } from '../errors.ts';
import type { Progress } from '../hash/hasher.ts';
import { encoded, PIECE_BYTES } from './container.ts';
import type { Parts } from './parts.ts';
import { checkPath, type Disk, disk, hasCode, refused } from './paths.ts';
import { sha256 } from './sha256.ts';

/** Options of saving and of loading. */
export interface FileOptions {
  /** Aborting rejects with `signal.reason`; a file that was being saved stays as it was. */
  signal?: AbortSignal;
  /** Called as bytes are done, ascending; the last call has done = total. */
  onProgress?: (progress: Progress) => void;
}

const MOST_LINKS = 40;
const PERMISSIONS = 0o7777;

/** Checked options. */
export function checkFileOptions(options: FileOptions): FileOptions {
  checkOptions(options, 'options', ['signal', 'onProgress']);
  const onProgress = checkCallback(options.onProgress, 'onProgress');
  return { signal: checkSignal(options.signal), onProgress };
}

/** What is at the path now. */
interface Target {
  readonly path: string;
  /** The permissions and owner of the file that is there. */
  readonly old: { readonly mode: number; readonly uid: number; readonly gid: number } | undefined;
}

/** The file that a path leads to through symbolic links, whether it exists or not: links stay, files are replaced. */
async function targetOf(path: string, { fs, paths }: Disk): Promise<Target> {
  let target = path;
  for (let links = 0; links < MOST_LINKS; links++) {
    const status = await fs.lstat(target).catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return undefined;
      throw error;
    });
    if (status === undefined) return { path: target, old: undefined };
    if (status.isFile()) return { path: target, old: status };
    if (!status.isSymbolicLink()) {
      throw new FlyhashError('ERR_FILE', `${target} must be a regular file, got another thing`);
    }
    target = paths.resolve(paths.dirname(target), await fs.readlink(target));
  }
  throw new FlyhashError('ERR_FILE', `${path} must be a file, got more than ${MOST_LINKS} links`);
}

/** A new file beside the target. Names that a killed process left behind are passed over. */
async function openTemporary(
  { path, old }: Target,
  { fs, paths, pid }: Disk,
): Promise<{ handle: FileHandle; temporary: string }> {
  const folder = paths.dirname(path);
  for (let number = 0; ; number++) {
    const temporary = paths.join(folder, `.flyhash-${pid}-${number}.tmp`);
    try {
      return { handle: await fs.open(temporary, 'wx+', old?.mode ?? 0o666), temporary };
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
    }
  }
}

/** Gives the new file what the old one had. Only the superuser may give files away: others keep theirs. */
async function keepPermissions(handle: FileHandle, { old }: Target): Promise<void> {
  if (old === undefined) return;
  const { uid, gid } = await handle.stat();
  if (uid !== old.uid || gid !== old.gid) {
    await handle.chown(old.uid, old.gid).catch(() => undefined);
  }
  await handle.chmod(old.mode & PERMISSIONS);
}

/** Pieces of at most PIECE_BYTES, copied in turn to two buffers: one is written while the next is made. */
function* copies(pieces: readonly Uint8Array[]): Generator<Uint8Array, void, void> {
  const buffers = [new Uint8Array(PIECE_BYTES), new Uint8Array(PIECE_BYTES)];
  let filled = 0;
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      const count = Math.min(PIECE_BYTES - filled, piece.length - at);
      buffers[0].set(piece.subarray(at, at + count), filled);
      filled += count;
      at += count;
      if (filled < PIECE_BYTES) continue;
      yield buffers[0];
      buffers.reverse();
      filled = 0;
    }
  }
  if (filled > 0) yield buffers[0].subarray(0, filled);
}

/** Writes all of the bytes. */
export async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    at += (await handle.write(bytes, at, bytes.length - at)).bytesWritten;
  }
}

/**
 * Writes the container; while a piece is on its way to the disk, the next is copied and hashed. Nothing else is
 * awaited meanwhile, so that a write that fails is always waited for.
 */
async function writeContainer(
  handle: FileHandle,
  parts: Parts,
  { signal, onProgress }: FileOptions,
): Promise<void> {
  const { pieces, bytes: total } = encoded(parts);
  const hash = sha256();
  let done = 0;
  let writing: Promise<void> = Promise.resolve();
  try {
    for (const piece of copies(pieces)) {
      hash.update(piece);
      await writing;
      signal?.throwIfAborted();
      if (done > 0) onProgress?.({ done, total });
      writing = writeAll(handle, piece);
      done += piece.length;
    }
  } finally {
    await writing;
  }
  await writeAll(handle, hash.digest());
  signal?.throwIfAborted();
  onProgress?.({ done: total, total });
}

/** Makes the folder remember the new name; systems without such a thing refuse, and need it not. */
async function flushFolder(path: string, { fs, paths }: Disk): Promise<void> {
  try {
    const folder = await fs.open(paths.dirname(path), 'r');
    await folder.sync().finally(() => folder.close());
  } catch {
    // Windows cannot open a folder, some network file systems cannot flush one.
  }
}

/** Saves the parts of now at a path; see {@link Stored.save}. */
export async function saveParts(
  path: string | URL,
  partsOf: () => Parts,
  options: FileOptions = {},
): Promise<void> {
  const name = checkPath(path);
  const checked = checkFileOptions(options);
  const parts = partsOf();
  await replaceFile(name, (handle) => writeContainer(handle, parts, checked));
}

/** Puts a new file at a path, all of it or, when `write` or the system fails, nothing. */
export async function replaceFile(
  name: string,
  write: (handle: FileHandle) => Promise<void>,
): Promise<void> {
  const where = disk();
  let temporary: string | undefined;
  try {
    const target = await targetOf(name, where);
    const opened = await openTemporary(target, where);
    temporary = opened.temporary;
    await filled(opened.handle, target, write);
    await where.fs.rename(temporary, target.path);
    temporary = undefined;
    await flushFolder(target.path, where);
  } catch (error) {
    if (temporary !== undefined) await where.fs.rm(temporary, { force: true }).catch(() => {});
    throw isOfSystem(error) ? refused(name, 'written', error) : error;
  }
}

async function filled(
  handle: FileHandle,
  target: Target,
  write: (handle: FileHandle) => Promise<void>,
): Promise<void> {
  try {
    await keepPermissions(handle, target);
    await write(handle);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Whether the system said it: reasons of signals and errors of callbacks are passed on as they are. */
function isOfSystem(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
