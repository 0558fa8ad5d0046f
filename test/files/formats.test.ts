/**
 * Files of every version of the format, committed when it was current: they must load for ever, on every backend, to
 * objects that do what they did. FLYHASH_GOLDEN=write adds the files of kinds that are new, and never changes one.
 */

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { partsOfBytes } from '../../lib/files/bytes.ts';
import { load } from '../../lib/files/open.ts';
import { allBackends, reference, useBackend } from '../support/backends.ts';
import { digestOfUse, opened, STORED } from '../support/stored.ts';

const FOLDER = new URL('../fixtures/format-1/', import.meta.url);
const DIGESTS = new URL('digests.json', FOLDER);
const WRITE = process.env.FLYHASH_GOLDEN === 'write';

const digests: Record<string, string> = JSON.parse(readFileSync(DIGESTS, 'utf8'));

function fileOf(kind: string): URL {
  return new URL(`${kind}.safetensors`, FOLDER);
}

if (WRITE) {
  beforeAll(async () => {
    useBackend(reference);
    for (const [kind, make] of STORED) {
      if (existsSync(fileOf(kind))) continue;
      const stored = await make();
      writeFileSync(fileOf(kind), stored.toBytes());
      digests[kind] = digestOfUse(stored);
    }
  });
  afterAll(() => {
    const sorted = Object.entries(digests).sort(([a], [b]) => (a < b ? -1 : 1));
    writeFileSync(DIGESTS, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
  });
}

describe.each([...allBackends])('format 1 on %s', (_name, backend) => {
  beforeAll(() => useBackend(backend));

  it.each([...STORED])('%s loads and does what it did', async (kind) => {
    const stored = await load(fileOf(kind));
    expect(digestOfUse(stored)).toBe(digests[kind]);
  });

  it.each([...STORED])('%s is still written as it was', async (kind, make) => {
    const bytes = readFileSync(fileOf(kind));
    expect((await make()).toBytes()).toEqual(new Uint8Array(bytes));
    expect(opened(bytes).toBytes()).toEqual(new Uint8Array(bytes));
  });
});

it.each([...STORED])('%s is specified', async (_kind, make) => {
  const { kind, parameters, tensors } = partsOfBytes((await make()).toBytes());
  const page = readFileSync(new URL('../../docs/formats.md', import.meta.url), 'utf8');
  expect(page).toContain(`\n### ${kind}\n`);
  for (const name of [...Object.keys(parameters), ...tensors.map((tensor) => tensor.name)]) {
    if (!name.startsWith('hasher.')) expect(page).toContain(`| \`${name}\``);
  }
});

it('every file has its trial', () => {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.safetensors'));
  expect(files.sort()).toEqual([...STORED.keys()].map((kind) => `${kind}.safetensors`).sort());
  expect(Object.keys(digests).sort()).toEqual([...STORED.keys()].sort());
});
