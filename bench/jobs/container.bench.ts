// Saving and loading 1M codes of 256 bits (32 MB) through the container, beside what any program must do for the same
// promise: writing or reading the file and computing its SHA-256. Both flush to the disk when they write, so that
// what is compared is the copying, hashing and waiting in between.

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BitCodes, HammingIndex } from '../../lib/index.ts';
import { randomBits } from '../framework/data.ts';
import { type Bench, defineBench, type Trial } from '../framework/define.ts';

const ROWS = 1 << 20;
const BITS = 256;

type Stored = BitCodes | HammingIndex;

function codesOf(rows: number): BitCodes {
  return BitCodes.adopt(randomBits(rows, BITS, 1), BITS);
}

function indexOf(rows: number): HammingIndex {
  const index = HammingIndex.create({ bits: BITS });
  index.add(codesOf(rows));
  return index;
}

/** A trial in a temporary folder, whose file holds the object. */
async function trial(
  stored: Stored,
  of: (path: string, plain: string, bytes: Uint8Array) => Trial,
): Promise<Trial> {
  const folder = mkdtempSync(join(tmpdir(), 'flyhash-bench-'));
  const path = join(folder, 'container.safetensors');
  const plain = join(folder, 'plain');
  const bytes = stored.toBytes();
  await stored.save(path);
  await writeFile(plain, bytes);
  const close = (): void => rmSync(folder, { recursive: true });
  return { ...of(path, plain, bytes), close };
}

function saveBench(what: string, make: (rows: number) => Stored): Bench {
  return defineBench({
    name: `container/save-${what}-1m-256`,
    baseline: 'writeFile with flush, and SHA-256',
    targets: { speedup: 0.5 },
    setup: ({ quick }) => {
      const stored = make(quick ? ROWS / 8 : ROWS);
      return trial(stored, (path, plain, bytes) => ({
        run: () => stored.save(path),
        baseline: async () => {
          createHash('sha256').update(bytes).digest();
          await writeFile(plain, bytes, { flush: true });
        },
      }));
    },
  });
}

function loadBench(what: string, make: (rows: number) => Stored, kind: typeof BitCodes): Bench;
function loadBench(what: string, make: (rows: number) => Stored, kind: typeof HammingIndex): Bench;
function loadBench(
  what: string,
  make: (rows: number) => Stored,
  kind: { load(path: string): Promise<Stored> },
): Bench {
  return defineBench({
    name: `container/load-${what}-1m-256`,
    baseline: 'readFile, and SHA-256',
    targets: { speedup: 0.5 },
    setup: ({ quick }) =>
      trial(make(quick ? ROWS / 8 : ROWS), (path, plain) => ({
        run: () => kind.load(path),
        baseline: async () =>
          createHash('sha256')
            .update(await readFile(plain))
            .digest(),
      })),
  });
}

export const benches: readonly Bench[] = [
  saveBench('codes', codesOf),
  loadBench('codes', codesOf, BitCodes),
  saveBench('index', indexOf),
  loadBench('index', indexOf, HammingIndex),
];
