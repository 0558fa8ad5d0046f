/**
 * Where the addon may lie: a local build, which whoever made it wants, then the prebuild of this platform, then the
 * folder of a bundle. Every prebuild is named by a literal `new URL(...)`: webpack and the tracers that deployments use
 * (ncc, nft) read those and carry the files along, and no other bundler stumbles over them. Calls no other process.
 */

import { closeSync, openSync, readSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file that may hold the addon. */
export interface AddonFile {
  /** Its name within the package. */
  readonly file: string;
  /** Its path on this disk. */
  path(): string;
}

/** Bytes of a program that hold the name of its loader, and so of its C library. */
const PROGRAM_HEAD = 2048;

/** The first bytes of the running program as text; empty where they cannot be read. */
function programHead(): string {
  try {
    const handle = openSync(process.execPath, 'r');
    try {
      const head = Buffer.alloc(PROGRAM_HEAD);
      return head.toString('latin1', 0, readSync(handle, head, 0, PROGRAM_HEAD, 0));
    } finally {
      closeSync(handle);
    }
  } catch {
    return '';
  }
}

/** Whether this Linux process runs on musl. Node's own report knows for certain, but takes milliseconds. */
export function isMusl(): boolean {
  const loader = /\/ld-(musl|linux)/.exec(programHead());
  if (loader !== null) return loader[1] === 'musl';
  const report = process.report?.getReport() as
    | { header?: { glibcVersionRuntime?: string } }
    | undefined;
  return report !== undefined && report.header?.glibcVersionRuntime === undefined;
}

/** The name of this platform's folder in prebuilds. */
export function platformName(): string {
  const musl = process.platform === 'linux' && isMusl() ? '-musl' : '';
  return `${process.platform}-${process.arch}${musl}`;
}

/** A prebuild's URL; some bundlers (ncc) put a path in its place. */
type Location = URL | string;

/** The prebuild of a platform, or undefined where none is published. */
function prebuild(platform: string): Location | undefined {
  switch (platform) {
    case 'linux-x64':
      return new URL('../../prebuilds/linux-x64/flyhash.node', import.meta.url);
    case 'linux-x64-musl':
      return new URL('../../prebuilds/linux-x64-musl/flyhash.node', import.meta.url);
    case 'linux-arm64':
      return new URL('../../prebuilds/linux-arm64/flyhash.node', import.meta.url);
    case 'linux-arm64-musl':
      return new URL('../../prebuilds/linux-arm64-musl/flyhash.node', import.meta.url);
    case 'darwin-x64':
      return new URL('../../prebuilds/darwin-x64/flyhash.node', import.meta.url);
    case 'darwin-arm64':
      return new URL('../../prebuilds/darwin-arm64/flyhash.node', import.meta.url);
    case 'win32-x64':
      return new URL('../../prebuilds/win32-x64/flyhash.node', import.meta.url);
    case 'win32-arm64':
      return new URL('../../prebuilds/win32-arm64/flyhash.node', import.meta.url);
    default:
      return undefined;
  }
}

function prebuildPath(platform: string): string {
  const location = prebuild(platform);
  if (location === undefined) throw new Error('none is published for this platform');
  return typeof location === 'string' ? location : fileURLToPath(location);
}

/** The folder of the file that this code runs in; a bundle in CommonJS form has no import.meta.url. */
function folder(): string {
  return dirname(import.meta.url === undefined ? __filename : fileURLToPath(import.meta.url));
}

/** Where to look for the addon, in this order. */
export function addonFiles(): AddonFile[] {
  const platform = platformName();
  const local = ['build', 'Release', 'flyhash.node'];
  return [
    { file: local.join('/'), path: () => join(folder(), '..', '..', ...local) },
    { file: `prebuilds/${platform}/flyhash.node`, path: () => prebuildPath(platform) },
    { file: 'flyhash.node', path: () => join(folder(), 'flyhash.node') },
  ];
}
