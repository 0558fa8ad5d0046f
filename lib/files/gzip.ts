/** Packing of text on its way to a file. */

import { FlyhashError } from '../errors.ts';
import { builtin } from './builtin.ts';

/** Packs bytes as a gzip member of their own; members one after the other are a file. */
export function gzip(): (bytes: Uint8Array) => Promise<Uint8Array> {
  const zlib = builtin('node:zlib');
  if (zlib === undefined) throw new FlyhashError('ERR_FILE', 'Node must have node:zlib, got none');
  return (bytes) =>
    new Promise((resolve, reject) => {
      zlib.gzip(bytes, (error, packed) => (error === null ? resolve(packed) : reject(error)));
    });
}
