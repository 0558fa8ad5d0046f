/** What consumers must print: the fingerprint of the reference, from this tree. */

import { expect } from 'vitest';
import { platformName } from '../../lib/backend/addon-files.ts';
import * as reference from '../../lib/reference.ts';
// @ts-expect-error: it has no types
import { fingerprint } from './fingerprint.mjs';
import type { Ended } from './sandbox.ts';

export const expected: string = await fingerprint(reference);

/** Expects a program to end well; if not, all that it said is shown. */
export function expectEnd({ status, stdout, stderr }: Ended): void {
  expect(status, `${stderr}\n${stdout}`).toBe(0);
}

/** Expects a program's two lines to tell a backend, and results equal to those of the reference. */
export function expectResults(ended: Ended, kind: 'native' | 'reference', file?: RegExp): void {
  const [told = '', found] = ended.stdout.trim().split('\n');
  expectEnd(ended);
  expect(JSON.parse(told)).toMatchObject({ kind });
  if (file !== undefined) expect(JSON.parse(told).file).toMatch(file);
  expect(found).toBe(expected);
}

/** The file that an installed package runs on here. */
export const PREBUILD = new RegExp(`^prebuilds/${platformName()}/flyhash\\.node$`);
