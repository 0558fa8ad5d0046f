// `npm run test:large-streams`: the command line on more than fits: 2 GiB of vectors through `flyhash hash` as a filter and from
// a file, in less than 200 MB of memory; and a disk that fills up, of which nothing but an error may stay. Linux; a small
// file system of its own wants root. What cannot be tried is said loudly.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
} from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { SimHash } from '../dist/index.js';

const MAIN = fileURLToPath(new URL('../dist/bundle/cli.js', import.meta.url));
const DIM = 128;
const BLOCK = 1 << 22;
const BLOCKS = 512;
const MOST_MEMORY = 200_000;
const parent =
  process.env.FLYHASH_LARGE_FOLDER ?? fileURLToPath(new URL('../.cache/large', import.meta.url));

function skip(reason) {
  console.error(`!!! NOT TESTED: ${reason} !!!`);
}

/** Vectors that are not all alike. */
const block = Buffer.from(
  Float32Array.from({ length: BLOCK / 4 }, (_, i) => Math.sin(i * i)).buffer,
);

async function feed(stream) {
  for (let i = 0; i < BLOCKS; i++) if (!stream.write(block)) await once(stream, 'drain');
  stream.end();
}

/** Peak memory of a process in kB. */
function peak(pid) {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

/** Runs the command; its peak memory, looked at while it runs. */
async function measured(what, args, options, feeding) {
  const start = performance.now();
  const child = spawn(process.execPath, [MAIN, ...args], options);
  let most = 0;
  const look = setInterval(() => {
    try {
      most = Math.max(most, peak(child.pid) || 0);
    } catch {
      // It has ended.
    }
  }, 50);
  child.stdout?.resume();
  const ended = once(child, 'exit');
  await feeding?.(child);
  const [status] = await ended;
  clearInterval(look);
  const seconds = (performance.now() - start) / 1000;
  const rate = ((BLOCK * BLOCKS) / 2 ** 20 / seconds).toFixed(0);
  console.log(
    `${what}: ${seconds.toFixed(1)} s, ${rate} MiB/s, at most ${(most / 1000).toFixed(0)} MB of memory`,
  );
  if (status !== 0) throw new Error(`${what} must end with 0, got ${status}`);
  if (most > MOST_MEMORY)
    throw new Error(`${what} must take less than ${MOST_MEMORY} kB, got ${most}`);
}

/** A file system of 4 MiB that the output does not fit. */
function fullDisk(folder, model) {
  const disk = join(folder, 'disk');
  mkdirSync(disk);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk]).status === 0;
  if (!mounted) return skip('a full disk: no file system can be mounted');
  try {
    const args = [
      'hash',
      '--model',
      model,
      '--in',
      join(folder, 'a.f32'),
      '--out',
      join(disk, 'codes.raw'),
    ];
    const { status, stderr } = spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' });
    const left = readdirSync(disk);
    const isRight = status === 1 && /ENOSPC/.test(stderr) && stderr.trim().split('\n').length === 1;
    if (!isRight || left.length > 0)
      throw new Error(
        `a full disk must be one sentence and no file, got ${status}, ${stderr}, ${left}`,
      );
    console.log(`a full disk: ${stderr.trim()}`);
  } finally {
    spawnSync('umount', [disk]);
  }
}

mkdirSync(parent, { recursive: true });
const { bavail, bsize } = statfsSync(parent);
const folder = mkdtempSync(join(parent, 'streams-'));
try {
  const model = join(folder, 'model.safetensors');
  await SimHash.create({ dim: DIM, bits: 256, seed: 1, projection: 'hadamard' }).save(model);
  const filter = ['hash', '--model', model, '--format', 'f32', '--out-format', 'raw'];
  await measured(
    '2 GiB through a filter',
    filter,
    { stdio: ['pipe', 'pipe', 'inherit'] },
    ({ stdin }) => feed(stdin),
  );
  if (bavail * bsize < 2 * BLOCK * BLOCKS) skip(`2 GiB from a file: ${parent} is too full`);
  else {
    const file = createWriteStream(join(folder, 'a.f32'));
    await feed(file);
    await finished(file);
    const args = [
      'hash',
      '--model',
      model,
      '--in',
      join(folder, 'a.f32'),
      '--out',
      join(folder, 'codes.npy'),
    ];
    await measured('2 GiB from a file', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    fullDisk(folder, model);
  }
} finally {
  rmSync(folder, { recursive: true });
}
