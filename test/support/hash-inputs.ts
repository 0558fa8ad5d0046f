/** The same vectors in every format that `flyhash hash` reads from a pipe, models for them, and the codes that it must give. */

import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { npyHeader } from '../../lib/files/npy-header.ts';
import { FlyHash, HammingIndex, SimHash } from '../../lib/reference.ts';
import type { CommandFolder } from './command-line.ts';

export const [dim, rows] = [16, 403];
export const vectors = Float32Array.from({ length: rows * dim }, (_, i) =>
  Math.fround(Math.sin(i * i + 1)),
);
export const raw = Buffer.from(vectors.buffer);
export const row = (i: number): Float32Array => vectors.subarray(i * dim, (i + 1) * dim);
export const lines = Array.from(
  { length: rows },
  (_, i) => `${JSON.stringify({ id: `k${i}`, vector: [...row(i)] })}\n`,
);

export const model = SimHash.create({ dim, bits: 61, seed: 1 });
export const fly = FlyHash.create({ dim, units: 160, active: 8, seed: 1 });
export const codes = model.hash(vectors);
export const bytes = Buffer.from(codes.data);
export const hexLines = `${[...codes].map((code) => Buffer.from(code).toString('hex')).join('\n')}\n`;

export const header = npyHeader('<f4', rows, dim);

/** Writes all of it to the folder of a test. */
export async function writeInputs(folder: CommandFolder): Promise<void> {
  await model.save(folder.at('m.safetensors'));
  await fly.save(folder.at('f.safetensors'));
  await HammingIndex.create({ bits: 61 }).save(folder.at('index.safetensors'));
  for (const [name, content] of Object.entries(inputs)) writeFileSync(folder.at(name), content);
}

/** The arguments of a run with the model. */
export const hash = (...args: string[]): string[] => ['hash', '--model', 'm.safetensors', ...args];

export const vecs = Buffer.concat(
  Array.from({ length: rows }, (_, i) =>
    Buffer.concat([
      Buffer.from(Int32Array.of(dim).buffer),
      raw.subarray(4 * i * dim, 4 * (i + 1) * dim),
    ]),
  ),
);
export const inputs: Record<string, Uint8Array | string> = {
  'a.npy': Buffer.concat([header, raw]),
  'a.npy.gz': gzipSync(Buffer.concat([header, raw])),
  'a.f32': raw,
  'a.f32.gz': gzipSync(raw),
  'a.fvecs': vecs,
  'a.fvecs.gz': gzipSync(vecs),
  'a.csv': Array.from({ length: rows }, (_, i) => row(i).join()).join('\n'),
  'a.ndjson': lines.join(''),
  'a.ndjson.gz': gzipSync(lines.join('')),
};
