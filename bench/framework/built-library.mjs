// Makes the benches measure what users get: every import of lib/*.ts is answered with dist/*.js, as tsc built it.
// The loader that runs the bench files' TypeScript marks each function with its name whenever it is created,
// which adds a microsecond to a call that makes a closure. Used as `node --import`.

import { register } from 'node:module';
import { isMainThread } from 'node:worker_threads';

const LIBRARY = new URL('../../lib/', import.meta.url).href;
const BUILT = new URL('../../dist/', import.meta.url).href;

/** Registered as a hook of module resolution, in the thread that Node runs hooks in. */
export async function resolve(specifier, context, next) {
  const found = await next(specifier, context);
  if (!found.url.startsWith(LIBRARY) || !found.url.includes('.ts')) return found;
  const url = found.url.replace(LIBRARY, BUILT).replace(/\.ts(?=$|\?)/, '.js');
  return { ...found, url, format: 'module', shortCircuit: true };
}

if (isMainThread) register(import.meta.url);
