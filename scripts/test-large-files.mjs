// Writes and reads a container of more than 4 GiB: two tensors, each larger than 2 GiB, through a file, checked from
// end to end in pieces. Needs about 5 GiB of disk and 10 GiB of memory, in a folder that FLYHASH_LARGE_FOLDER names or
// in .cache; says loudly when there is less. `npm run test:large-files`.

import { mkdirSync, mkdtempSync, rmSync, statfsSync, statSync } from 'node:fs';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { loadParts } from '../dist/files/load.js';
import { saveParts } from '../dist/files/save.js';
import '../dist/reference.js';

const GIB = 2 ** 30;
const DISK = 12 * GIB;
const MEMORY = 11 * GIB;
const parent =
  process.env.FLYHASH_LARGE_FOLDER ?? new URL('../.cache/large', import.meta.url).pathname;

function skip(reason) {
  console.error(`SKIPPED, files above 4 GiB were not tested: ${reason}`);
  process.exit(0);
}

/** A rate that tells a look at progress from a hang. */
function timed(what, bytes, start) {
  const seconds = (performance.now() - start) / 1000;
  console.log(`${what}: ${seconds.toFixed(1)} s, ${(bytes / 2 ** 20 / seconds).toFixed(0)} MiB/s`);
}

/** The array with every 4096th byte, and so every page, unlike the others. */
function numbered(array) {
  const bytes = new DataView(array.buffer);
  for (let at = 0; at < array.byteLength; at += 4096) bytes.setFloat64(at, at);
  return array;
}

function areEqual(a, b) {
  if (a.byteLength !== b.byteLength) return false;
  for (let at = 0; at < a.byteLength; at += GIB / 4) {
    const length = Math.min(GIB / 4, a.byteLength - at);
    const piece = (array) => Buffer.from(array.buffer, array.byteOffset + at, length);
    if (!piece(a).equals(piece(b))) return false;
  }
  return true;
}

mkdirSync(parent, { recursive: true });
const { bavail, bsize } = statfsSync(parent);
if (bavail * bsize < DISK) skip(`${parent} has less than ${DISK / GIB} GiB left`);
if (freemem() < MEMORY) skip(`less than ${MEMORY / GIB} GiB of memory are free`);

const folder = mkdtempSync(join(parent, 'run-'));
try {
  const path = join(folder, 'large.safetensors');
  const words = numbered(new BigUint64Array(0.3 * GIB));
  const bytes = numbered(new Uint8Array(2.2 * GIB));
  const tensors = [
    { name: 'bytes', shape: [bytes.length], data: bytes },
    { name: 'words', shape: [words.length], data: words },
  ];
  let start = performance.now();
  await saveParts(path, () => ({ kind: 'Large', parameters: {}, tensors }));
  const { size } = statSync(path);
  timed(`saved ${size} bytes`, size, start);
  if (size <= 4 * GIB) throw new Error(`the file must have more than 4 GiB, got ${size}`);
  start = performance.now();
  const loaded = await loadParts(path);
  timed(`loaded ${size} bytes`, size, start);
  const [first, second] = loaded.tensors.map(({ data }) => data);
  if (!areEqual(first, words) || !areEqual(second, bytes)) {
    throw new Error('the tensors must come back as they were saved, got others');
  }
  console.log('every element came back');
} finally {
  rmSync(folder, { recursive: true });
}
