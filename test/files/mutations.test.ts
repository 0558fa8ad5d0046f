/**
 * Damaged files by the thousand, many of them with a right checksum: each is refused with a typed error or gives an
 * object that can be used, takes no memory that it does not have, and ends soon. FLYHASH_MUTATIONS says how many
 * (scripts/test-native.mjs: 100,000 under AddressSanitizer), FLYHASH_SEED which.
 */

import { beforeAll, describe, expect, it } from 'vitest';
import { FlyhashError } from '../../lib/errors.ts';
import type { Stored } from '../../lib/files/stored.ts';
import { allBackends, useBackend } from '../support/backends.ts';
import { RUNS } from '../support/generators.ts';
import { damaged } from '../support/mutations.ts';
import { digestOfUse, opened, STORED } from '../support/stored.ts';

const COUNT = Number(process.env.FLYHASH_MUTATIONS ?? 10 * RUNS);
const SEED = Number(process.env.FLYHASH_SEED ?? 20261124);

/** Beside a file's bytes, once as they are and once as the object wants them: groups of 16 outputs or 8 units. */
const SLACK = 2 ** 18;

const files: Uint8Array[] = [];

beforeAll(async () => {
  useBackend([...allBackends.values()].at(-1) ?? expect.fail('no backend'));
  for (const make of STORED.values()) files.push((await make()).toBytes());
});

/** The object in the bytes, or the error. */
function openedOrError(bytes: Uint8Array): Stored | FlyhashError {
  try {
    return opened(bytes);
  } catch (error) {
    if (error instanceof FlyhashError) return error;
    throw error;
  }
}

interface Tally {
  refused: number;
  used: number;
  most: number;
}

function tryOne(index: number, tally: Tally): void {
  const bytes = damaged(files, SEED, index);
  const before = process.memoryUsage().arrayBuffers;
  const result = openedOrError(bytes);
  tally.most = Math.max(tally.most, process.memoryUsage().arrayBuffers - before - 2 * bytes.length);
  if (result instanceof FlyhashError) {
    expect(result.code).toMatch(/^ERR_(CORRUPT_FILE|FORMAT_TOO_NEW|WRONG_KIND)$/);
    expect(result.message.length).toBeLessThan(500);
    tally.refused++;
  } else {
    digestOfUse(result);
    tally.used++;
  }
}

describe(`${COUNT} damaged files`, () => {
  it('are refused with a typed error, or give objects that can be used', () => {
    const tally: Tally = { refused: 0, used: 0, most: 0 };
    for (let index = 0; index < COUNT; index++) {
      try {
        tryOne(index, tally);
      } catch (error) {
        throw new Error(`damaged file ${index} of seed ${SEED}`, { cause: error });
      }
    }
    expect(tally.most).toBeLessThan(SLACK);
    expect(tally.refused).toBeGreaterThan(COUNT / 4);
    expect(tally.used).toBeGreaterThan(COUNT / 50);
  }, 600_000);
});
