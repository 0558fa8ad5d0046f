/**
 * The modules that Node brings, asked for at the moment of use: a static import of them would keep flyhash/reference
 * out of browsers, where only paths are missing. Promises undefined, never an error, where there is no Node.
 */

import type * as crypto from 'node:crypto';
import type * as fs from 'node:fs';
import type * as files from 'node:fs/promises';
import type * as modules from 'node:module';
import type * as net from 'node:net';
import type * as os from 'node:os';
import type * as path from 'node:path';
import type * as process from 'node:process';
import type * as url from 'node:url';
import type * as zlib from 'node:zlib';

interface Builtins {
  readonly 'node:crypto': typeof crypto;
  readonly 'node:fs': typeof fs;
  readonly 'node:fs/promises': typeof files;
  readonly 'node:module': typeof modules;
  readonly 'node:net': typeof net;
  readonly 'node:os': typeof os;
  readonly 'node:path': typeof path;
  readonly 'node:process': typeof process;
  readonly 'node:url': typeof url;
  readonly 'node:zlib': typeof zlib;
}

/** A module of Node, or undefined elsewhere, and where Node was built without it. */
export function builtin<Name extends keyof Builtins>(name: Name): Builtins[Name] | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?(name: string): unknown } };
  try {
    return process?.getBuiltinModule?.(name) as Builtins[Name] | undefined;
  } catch {
    return undefined;
  }
}
